"""Candidates out of records: what an order in the target's own shape says is found out when it is asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orderctl import systems
from orderctl.candidates import Choice, make
from orderctl.files.record import Record
from orderctl.intake import settle
from orderctl.mapping.way import Settings
from orderctl.push import Candidate

from .support import pushed, shipstation, starshipit, target
from .vendors import ShipStation, Starshipit


def candidates(
    system: str, *documents: Any, choice: Choice | None = None, source: str | None = None
) -> Iterator[Candidate]:
    """The candidates of documents in the shape that the system takes, or in another one."""
    shape = systems.shape(source or system)
    records = [Record("o.json", at, each, None, "json", "bare", 1) for at, each in enumerate(documents)]
    made = make((settle(record, shape) for record in records), system, Settings(), choice or Choice())
    return (each.candidate for each in made)


def valid(**changes: Any) -> Any:
    """A document that ShipStation takes."""
    address = {"name": "Ann Example", "street1": "1 Some Street", "country": "US"}
    return {**(shipstation().document or {}), "billTo": address, "shipTo": address, **changes}


def test_an_order_that_was_cancelled_in_the_file_after_it_was_accepted_is_a_conflict(tmp_path: Path) -> None:
    to, store = target(tmp_path, "shipstation"), ShipStation()
    assert pushed(candidates("shipstation", valid()), to, store.vendor()).summary.counts["accepted"] == 1
    run = pushed(candidates("shipstation", valid(orderStatus="cancelled")), to, store.vendor())
    (result,) = run.results
    assert (result.outcome, result.message) == (
        "conflict",
        "accepted on 2023-11-14, now cancelled here: stop it in shipstation",
    )
    assert run.summary.requests == 0


@pytest.mark.parametrize("key", ["K-1", None], ids=["a key", "a key of our making"])
def test_an_order_that_was_cancelled_and_is_wrong_too_is_a_conflict(key: str | None, tmp_path: Path) -> None:
    to, store = target(tmp_path, "shipstation"), ShipStation()
    accepted = pushed(candidates("shipstation", valid(orderKey=key)), to, store.vendor()).outcomes
    for wrong in ({"orderDate": "soon"}, {"items": "none"}):
        stopped = valid(orderKey=key, orderStatus="cancelled", **wrong)
        run = pushed(candidates("shipstation", stopped), to, store.vendor())
        assert run.outcomes == dict.fromkeys(accepted, "conflict")


def test_a_wrong_order_without_a_number_has_no_key() -> None:
    for system, document in (
        ("shipstation", valid(orderNumber=None, orderKey=None)),
        ("webship", {"orderNumber": "N"}),
    ):
        assert [each.key for each in candidates(system, document, source=system)] == [None]


def test_what_has_not_changed_is_unchanged_in_a_second_file(tmp_path: Path) -> None:
    to, store = target(tmp_path, "starshipit"), Starshipit()
    document = starshipit().document
    for outcome in ("accepted", "unchanged"):
        assert pushed(candidates("starshipit", document), to, store.vendor()).outcomes == {"A-1": outcome}


def test_orders_are_chosen_by_what_they_say() -> None:
    choice = Choice(statuses=frozenset({"cancelled", "on_hold"}))
    documents = [valid(orderNumber=word, orderStatus=word) for word in ("awaiting_shipment", "cancelled", "on_hold")]
    assert [each.number for each in candidates("shipstation", *documents, choice=choice)] == ["cancelled", "on_hold"]
    assert choice.left_out_by_status == 1


@pytest.mark.parametrize("target", ["shipstation", "starshipit"])
@pytest.mark.parametrize("wrong", [{"items": "none"}, {"amountPaid": []}, {"shipTo": {"name": "A", "country": "XX"}}])
def test_an_order_is_left_out_by_its_status_whatever_else_is_wrong_with_it(
    target: str, wrong: dict[str, object]
) -> None:
    choice = Choice(statuses=frozenset({"pending"}))
    held = valid(orderStatus="on_hold", **wrong)
    assert not list(candidates(target, held, choice=choice, source="shipstation"))
    told = valid(orderStatus=5, **wrong)
    assert len(list(candidates(target, told, choice=choice, source="shipstation"))) == 1


def test_an_order_that_cannot_be_converted_still_has_the_number_that_people_know() -> None:
    (found,) = candidates("starshipit", valid(orderStatus="lost", orderKey="K-1"), source="shipstation")
    assert (found.document, found.key, found.number) == (None, None, "A-1")


@pytest.mark.parametrize("status", ["awaiting_shipment", "lost"])
@pytest.mark.parametrize("name", ["K-1", "A-1"])
def test_an_order_is_chosen_by_what_its_own_file_calls_it_also_when_it_cannot_be_converted(
    name: str, status: str
) -> None:
    choice = Choice(only=frozenset({name}))
    documents = [valid(orderKey="K-0", orderNumber="A-0"), valid(orderKey="K-1", orderStatus=status)]
    assert [each.number for each in candidates("starshipit", *documents, choice=choice, source="shipstation")] == [
        "A-1"
    ]
    assert not list(choice.lines())


def test_an_id_that_is_unsafe_in_the_target_is_told_where_the_file_says_it() -> None:
    address = {"name": "Ann", "address1": "1 Some Street", "city": "Holladay", "state": "UT", "zip": "84117"}
    receiver = {**address, "country": "US"}
    order = {"orderId": "..", "orderNumber": "n-1", "orderDate": 1444148650, "status": "pending", "receiver": receiver}
    (candidate,) = candidates("shipstation", order, source="webship-webhook")
    (finding,) = [each for each in candidate.findings if each.severity == "error"]
    assert (finding.code, finding.path, finding.shape) == ("unsafe-id", ("orderId",), "webship-webhook")
    assert (finding.judged_as, finding.target_path) == ("shipstation", ("orderKey",))


def test_an_unsafe_id_in_the_targets_own_shape_is_told_once_at_its_field(tmp_path: Path) -> None:
    run = pushed(
        candidates("shipstation", valid(orderKey="..")), target(tmp_path, "shipstation"), ShipStation().vendor()
    )
    assert run.outcomes == {"..": "invalid"}
    (finding,) = run.results[0].candidate.findings
    assert (finding.code, finding.path) == ("unsafe-id", ("orderKey",))
