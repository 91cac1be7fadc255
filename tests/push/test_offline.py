"""Plan and status: from the journal alone; and the dry run, without it."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orderctl.findings import Finding
from orderctl.mapping import wording
from orderctl.push import Meant, plan, status

from .databases import both, both_databases  # noqa: F401
from .support import pushed, several, shipstation, starshipit, target, webship
from .vendors import ShipStation, Starshipit, Webship, lost
from .vendors import status as answers

pytestmark = both


def test_a_plan_without_a_journal_makes_none(tmp_path: Path) -> None:
    to = target(tmp_path / "state")
    assert [one.action for one in plan(several(2), to)] == ["new", "new"]
    assert not (tmp_path / "state").exists()


def test_a_plan_names_what_a_push_would_do(tmp_path: Path) -> None:
    to = target(tmp_path)
    faults = [None, None, answers(422), *[lost] * 3]
    pushed([*several(4), webship("..", 4)], to, Webship(faults=faults).vendor(), concurrency=1)
    wrong = webship("A-9")
    wrong.findings = [Finding("missing", ("orderDate",), "found none")]
    changed = webship("A-1", 1, shippingTotal="6.00", dueByDate=None)
    assert changed.document is not None
    del changed.document["items"][0]["price"]
    planned = list(plan([webship("A-0"), changed, webship("A-2"), webship("A-3"), webship("A-4"), wrong], to))
    assert [(one.key, one.action) for one in planned] == [
        ("A-0", "unchanged"),
        ("A-1", "changed"),
        ("A-2", "new"),
        ("A-3", "unknown"),
        ("A-4", "new"),
        ("A-9", "invalid"),
    ]
    assert set(planned[1].changes) == {"shippingTotal", "dueByDate", "items[0].price"}


def test_what_was_accepted_and_has_not_changed_is_unchanged_to_both_even_where_its_id_is_refused_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = target(tmp_path)
    pushed([webship("A-0")], to, Webship().vendor())
    monkeypatch.setattr(wording, "LONGEST_ID", 2)
    assert [one.action for one in plan([webship("A-0"), webship("A-1")], to)] == ["unchanged", "invalid"]
    results = pushed([webship("A-0"), webship("A-1")], to, Webship().vendor()).results
    assert {one.key: one.outcome.value for one in results} == {"A-0": "unchanged", "A-1": "invalid"}


def test_the_status_tells_the_last_outcome_of_each(tmp_path: Path) -> None:
    to = target(tmp_path, "shipstation")
    faults = [None, answers(400, {"Message": "no"}), lost]
    pushed(several(3, shipstation), to, ShipStation(faults=faults).vendor(), concurrency=1, max_attempts=1)
    rows = {row.number: row for row in status(to)}
    assert {number: row.outcome.value for number, row in rows.items()} == {
        "A-0": "accepted",
        "A-1": "rejected",
        "A-2": "unknown",
    }
    assert rows["A-0"].remote_id == "101"
    assert rows["A-0"].attempts == 1
    assert rows["A-0"].accepted_at is not None
    assert rows["A-1"].accepted_at is None
    assert rows["A-1"].http_status == 400
    assert [row.number for row in status(to, ["A-1"])] == ["A-1"]
    assert list(status(to, ["A-77"])) == []


def test_the_status_of_a_target_that_was_never_pushed_to_is_empty(tmp_path: Path) -> None:
    assert list(status(target(tmp_path / "state"))) == []


class TestDryRun:
    def test_it_shows_the_exact_request_with_secrets_masked(self, tmp_path: Path) -> None:
        vendor = Webship().vendor()
        run = pushed([webship("A/1")], target(tmp_path / "state"), vendor, dry_run=True)
        assert vendor.asked == []
        assert not (tmp_path / "state").exists()
        assert run.outcomes == {"A/1": "not_sent"}
        assert run.exit_code == 0
        (request,) = run.results[0].requests or []
        assert request["method"] == "PUT"
        assert request["url"] == (
            "https://xpsshipper.com/restapi/v1/customers/TEST00002/integrations/3214/orders/A%2F1"
        )
        assert request["headers"]["Authorization"] == "RSIS ***"  # type: ignore[index]
        assert request["body"] == run.results[0].candidate.document

    def test_it_needs_no_credentials(self, tmp_path: Path) -> None:
        for system, make in (("webship", webship), ("shipstation", shipstation), ("starshipit", starshipit)):
            run = pushed([make()], target(tmp_path / "s", system, secrets={}), Webship().vendor(), dry_run=True)
            assert set(run.outcomes.values()) == {"not_sent"}
            assert "canary" not in str(run.results[0].requests)

    def test_shipstation_shows_the_key_that_would_be_sent(self, tmp_path: Path) -> None:
        run = pushed([shipstation()], target(tmp_path, "shipstation"), ShipStation().vendor(), dry_run=True)
        (request,) = run.results[0].requests or []
        assert request["body"]["orderKey"] == run.results[0].key  # type: ignore[index]
        assert request["headers"]["Authorization"] == "Basic ***"  # type: ignore[index]

    def test_a_batch_is_shown_once(self, tmp_path: Path) -> None:
        to = target(tmp_path, "shipstation", batch=2)
        run = pushed(several(3, shipstation), to, ShipStation().vendor(), dry_run=True)
        shown = [result.requests or [] for result in run.results]
        assert [len(requests) for requests in shown] == [1, 0, 1]
        assert len(shown[0][0]["body"]) == 2  # type: ignore[arg-type]
        assert shown[2][0]["url"] == "https://ssapi.shipstation.com/orders/createorder"

    def test_starshipit_shows_the_look_up_and_the_post(self, tmp_path: Path) -> None:
        run = pushed([starshipit()], target(tmp_path, "starshipit"), Starshipit().vendor(), dry_run=True)
        lines = [(request["method"], request["url"]) for request in run.results[0].requests or []]
        assert lines == [
            ("GET", "https://api.starshipit.com/api/orders?order_number=A-1"),
            ("POST", "https://api.starshipit.com/api/orders"),
        ]

    def test_invalid_orders_are_told_and_the_exit_code_is_1(self, tmp_path: Path) -> None:
        run = pushed([webship(".."), webship()], target(tmp_path), Webship().vendor(), dry_run=True)
        assert run.outcomes == {"..": "invalid", "A-1": "not_sent"}
        assert run.exit_code == 1


@pytest.mark.parametrize("key", ["", " ", ".", "..", "a\nb", "a\x00", "a\x7f", "a\x9bb", "x" * 101])
def test_an_unsafe_id_is_refused_before_any_request(key: str, tmp_path: Path) -> None:
    vendor = Webship().vendor()
    run = pushed([webship(key)], target(tmp_path), vendor)
    assert vendor.asked == []
    assert [result.outcome.value for result in run.results] == ["invalid"]
    (finding,) = run.results[0].candidate.findings
    assert (finding.code, finding.path) == ("unsafe-id", ("orderId",))
    assert run.exit_code == 1


def test_two_orders_of_one_identity_in_a_run_are_not_both_sent(tmp_path: Path) -> None:
    store = Webship()
    run = pushed([webship(), webship(shippingTotal="9.00")], target(tmp_path), store.vendor())
    assert [result.outcome.value for result in run.results] == ["invalid", "accepted"]
    assert store.writes == 1


def test_numbers_of_one_worth_are_no_named_change(tmp_path: Path) -> None:
    to = target(tmp_path, "shipstation")
    pushed([shipstation(amountPaid=Decimal("5.10"))], to, ShipStation().vendor())
    (planned,) = plan([shipstation(amountPaid=Decimal("5.1"), taxAmount=1)], to)
    assert planned.changes == ["taxAmount"]


def test_a_plan_says_what_a_push_says_of_an_order_that_was_stopped_later(tmp_path: Path) -> None:
    """Webship takes no cancelled order, so there is no document: still it is no invalid one."""
    pushed([webship()], target(tmp_path), Webship().vendor())
    stopped = replace(webship(), document=None, says=Meant("cancelled"))
    (planned,) = plan([stopped], target(tmp_path))
    (result,) = pushed([stopped], target(tmp_path), Webship().vendor()).results
    assert (planned.action, result.outcome) == ("changed", "conflict")
    assert planned.message == result.message
    assert "now cancelled here: stop it in webship" in (planned.message or "")


def test_the_status_goes_page_by_page_in_the_order_of_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderctl.push.journal._PAGE", 2)
    keys = ["b", "A", "a", "B", "é", "1", "_"]
    pushed([webship(key, at) for at, key in enumerate(keys)], target(tmp_path), Webship().vendor())
    assert [one.key for one in status(target(tmp_path))] == ["1", "A", "B", "_", "a", "b", "é"]
