"""Reconcile: asks about what is unknown, sends nothing, and believes only what it sees."""

from decimal import Decimal
from pathlib import Path

from orderctl.cli.options import Reaching
from orderctl.cli.targets import again
from orderctl.push import Options, Outcome, Result, Summary, reconcile, status
from orderctl.push.words import Candidate
from orderctl.report.pushed import advice, result_line

from .databases import both, both_databases  # noqa: F401
from .support import Run, pushed, several, shipstation, starshipit, target, webship
from .vendors import ShipStation, Starshipit, Store, Webship, committed, lost
from .vendors import status as answers

pytestmark = both


def settled(to: object, store: Store, **flags: object) -> Run:
    results: list[Result] = []
    vendor = store.vendor()
    summary = reconcile(to, Options(**flags), vendor.world(), results.append, lambda _: None)  # type: ignore[arg-type]
    assert all(request.method == "GET" for request in vendor.asked)
    return Run(summary, results, [])


def left_unknown(tmp_path: Path, store: Starshipit, candidate: Candidate) -> object:
    """The run is over before the settle time is."""
    to = target(tmp_path, "starshipit")
    run = pushed([candidate], to, store.vendor(), max_time=5.0)
    assert list(run.outcomes.values()) == ["unknown"]
    return to


def test_an_order_that_is_there_as_sent_is_accepted(tmp_path: Path) -> None:
    store = Starshipit(faults=[committed])
    to = left_unknown(tmp_path, store, starshipit())
    order = store.orders[0]
    order["order_date"] = "2020-12-09T02:11:12"
    order["items"][0]["value"] = Decimal("3.5000")
    order["destination"]["country"] = "AU"
    run = settled(to, store)
    assert run.outcomes == {"A-1": "accepted"}
    assert run.exit_code == 0
    assert pushed([starshipit()], to, store.vendor()).outcomes == {"A-1": "unchanged"}  # type: ignore[arg-type]


def test_one_that_is_there_with_other_content_stays_unknown(tmp_path: Path) -> None:
    store = Starshipit(faults=[committed])
    to = left_unknown(tmp_path, store, starshipit())
    store.orders[0]["items"][0]["quantity"] = 9
    run = settled(to, store)
    assert run.outcomes == {"A-1": "unknown"}
    assert run.exit_code == 7


def test_one_that_is_not_there_has_failed(tmp_path: Path) -> None:
    store = Starshipit(faults=[lost])
    to = left_unknown(tmp_path, store, starshipit())
    run = settled(to, store)
    assert (run.outcomes, run.exit_code) == ({"A-1": "failed"}, 5)
    assert pushed([starshipit()], to, store.vendor()).outcomes == {"A-1": "accepted"}  # type: ignore[arg-type]


def test_it_waits_for_the_settle_time(tmp_path: Path) -> None:
    store = Starshipit(faults=[lost])
    to = left_unknown(tmp_path, store, starshipit())
    before = store.clock.at
    settled(to, store)
    assert store.clock.at - before >= 50


def test_a_look_up_that_never_answers_leaves_it_unknown(tmp_path: Path) -> None:
    store = Starshipit(faults=[committed])
    to = left_unknown(tmp_path, store, starshipit())
    store.look_faults = [answers(500)] * 9
    run = settled(to, store)
    assert (run.outcomes, run.exit_code) == ({"A-1": "unknown"}, 7)


def test_refused_credentials_are_exit_4(tmp_path: Path) -> None:
    store = Starshipit(faults=[committed])
    to = left_unknown(tmp_path, store, starshipit())
    store.look_faults = [answers(401)]
    assert settled(to, store).exit_code == 7
    assert [row.outcome.value for row in status(to)] == ["unknown"]  # type: ignore[arg-type]


def test_two_there_are_a_conflict(tmp_path: Path) -> None:
    store = Starshipit(faults=[committed])
    to = left_unknown(tmp_path, store, starshipit())
    store.orders.append({**store.orders[0], "order_id": 999})
    assert settled(to, store).exit_code == 3


def test_a_system_that_cannot_be_asked_leaves_all_unknown(tmp_path: Path) -> None:
    to = target(tmp_path)
    pushed([webship()], to, Webship(faults=[lost] * 3).vendor())
    run = settled(to, Webship())
    assert (run.outcomes, run.exit_code) == ({"A-1": "unknown"}, 7)
    assert "push the file again" in (run.results[0].message or "")
    assert result_line(run.results[0]).startswith("A-1: unknown: ")
    assert advice(to, run.summary, sandbox=False) == ["push again, to settle what is unknown"]


def test_the_advice_reaches_the_same_journal(tmp_path: Path) -> None:
    to = target(tmp_path, "starshipit")
    asked = Reaching(to="starshipit", config="my shop.yaml", state_dir="state")
    summary = Summary(counts={Outcome.UNKNOWN: 1})
    flags = "--to starshipit --config 'my shop.yaml' --state-dir state"
    said = f"push again or orderctl reconcile {flags}, to settle what is unknown"
    assert advice(to, summary, sandbox=False, flags=again(asked)) == [said]


def test_shipstation_is_asked_by_number_and_believed_by_key(tmp_path: Path) -> None:
    store, to = ShipStation(faults=[committed] * 2), target(tmp_path, "shipstation")
    pushed(several(2, shipstation), to, store.vendor(), max_time=5.0)
    assert set(settled(to, store).outcomes.values()) == {"accepted"}


def test_without_a_key_absence_proves_nothing(tmp_path: Path) -> None:
    store, to = ShipStation(faults=[lost]), target(tmp_path, "shipstation")
    pushed([shipstation()], to, store.vendor(), no_order_key=True)
    assert list(settled(to, store).outcomes.values()) == ["unknown"]


def test_nothing_unknown_is_nothing_to_do(tmp_path: Path) -> None:
    to = target(tmp_path, "starshipit")
    pushed([starshipit()], to, Starshipit().vendor())
    run = settled(to, Starshipit())
    assert (run.outcomes, run.summary.requests, run.exit_code) == ({}, 0, 0)
