"""Starshipit: look, then create or update; never a second order (SPEC §7)."""

from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from orderctl.push import Meant

from .support import decoded, pushed, several, starshipit, target
from .vendors import Starshipit, Store, committed, committed_but, lost, status

NUMBER = "GET /api/orders?order_number=A-1"
SHIPPED = "GET /api/orders?order_number=A-1&status=Shipped"


def test_an_absent_order_is_created_after_two_look_ups(tmp_path: Path) -> None:
    store = Starshipit()
    vendor = store.vendor()
    run = pushed([starshipit()], target(tmp_path, "starshipit"), vendor)
    assert run.outcomes == {"A-1": "accepted"}
    assert vendor.lines == [NUMBER, SHIPPED, "POST /api/orders"]
    assert run.results[0].remote_id == "101"
    assert vendor.asked[0].headers["ocp-apim-subscription-key"] == "canary-subscription_key-Zq7/+x"


def test_a_held_order_is_updated_by_its_id_with_lines_told_apart(tmp_path: Path) -> None:
    store = Starshipit()
    to = target(tmp_path, "starshipit")
    first = starshipit(items=[{"sku": "HAT", "quantity": 2}, {"sku": "OLD", "quantity": 1}])
    first.document["destination"]["building"] = "Tower"
    pushed([first], to, store.vendor())
    vendor = store.vendor()
    run = pushed([starshipit(items=[{"sku": "HAT", "quantity": 3}, {"sku": "NEW", "quantity": 1}])], to, vendor)
    assert run.outcomes == {"A-1": "accepted"}
    assert [line.split()[0] for line in vendor.lines] == ["GET", "PUT"]
    (order,) = store.orders
    assert [(line["sku"], line["quantity"]) for line in order["items"]] == [("HAT", 3), ("NEW", 1)]
    assert order["destination"]["building"] == ""


@pytest.mark.parametrize("fault", [committed, committed_but(500), committed_but(200, {"nonsense": 1})])
def test_an_order_that_was_created_without_an_answer_is_found_and_not_made_twice(tmp_path: Path, fault: object) -> None:
    store = Starshipit(faults=[fault])
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert len(store.orders) == 1
    assert store.writes == 1
    assert store.fired == 1
    assert sum(store.clock.naps) >= 60


def test_an_order_that_was_not_created_is_made_after_the_settle_time_and_a_look(tmp_path: Path) -> None:
    store = Starshipit(faults=[lost])
    vendor = store.vendor()
    run = pushed([starshipit()], target(tmp_path, "starshipit"), vendor)
    assert run.outcomes == {"A-1": "accepted"}
    assert vendor.lines == [NUMBER, SHIPPED, "POST /api/orders", NUMBER, SHIPPED, "POST /api/orders"]
    assert vendor.times[3] - vendor.times[2] >= 60
    assert run.results[0].attempts == 2


@pytest.mark.parametrize(("fault", "outcome", "exit_code"), [(lost, "unknown", 7), (status(503), "failed", 5)])
def test_without_any_answer_it_ends_after_three_tries(
    tmp_path: Path, fault: object, outcome: str, exit_code: int
) -> None:
    store = Starshipit(faults=[fault] * 9)
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": outcome}
    assert run.exit_code == exit_code
    assert store.writes == 3


def test_a_look_up_that_never_answers_is_no_absence(tmp_path: Path) -> None:
    store = Starshipit(look_faults=[status(500)] * 9)
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "failed"}
    assert store.writes == 0


@pytest.mark.parametrize(
    "body",
    [
        {"success": False, "errors": [{"message": "Something broke", "details": ""}]},
        {"success": True},
        {"statusCode": 429, "message": "Rate limit is exceeded"},
        [],
        "not found",
    ],
)
def test_an_unclear_look_up_is_no_absence(tmp_path: Path, body: object) -> None:
    store = Starshipit(look_faults=[status(200, body)] * 9)
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "failed"}
    assert store.writes == 0


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (200, {"success": True, "orders": [], "total_pages": 0}),
        (200, {"success": True, "orders": [{"order_id": 7, "order_number": "A-10"}]}),
        (404, {"statusCode": 404, "message": "Resource not found"}),
        (200, {"success": False, "errors": [{"message": "Order not found"}]}),
    ],
)
def test_what_counts_as_absence(tmp_path: Path, code: int, body: object) -> None:
    store = Starshipit(look_faults=[status(code, body)] * 2)
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert store.fired == 2


@pytest.mark.parametrize("shape", ["order", "orders"])
def test_two_orders_of_one_number_are_a_conflict(tmp_path: Path, shape: str) -> None:
    both = [{"order_id": number, "order_number": "A-1"} for number in (1, 2)]
    store = Starshipit(look_faults=[status(200, {"success": True, shape: both})])
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "conflict"}
    assert run.exit_code == 3
    assert store.writes == 0


def test_a_shipped_order_is_a_conflict(tmp_path: Path) -> None:
    store = Starshipit(orders=[{"order_id": 9, "order_number": "A-1", "status": "Printed"}])
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "conflict"}
    assert run.results[0].message == "starshipit holds it as Printed, which takes no update"
    assert run.results[0].remote_id == "9"


def test_a_refusal_is_http_200(tmp_path: Path) -> None:
    body = {"success": False, "errors": [{"message": "Invalid", "details": "destination object is required"}]}
    run = pushed([starshipit()], target(tmp_path, "starshipit"), Starshipit(faults=[status(200, body)]).vendor())
    assert run.outcomes == {"A-1": "rejected"}
    assert run.results[0].message == "Invalid: destination object is required"


REFUSED_WITH_ID = {"success": False, "order": {"order_id": 101}, "errors": [{"message": "Import step failed"}]}


def test_a_refusal_with_an_id_that_is_there_and_equal_is_accepted_with_the_words(tmp_path: Path) -> None:
    store = Starshipit(faults=[committed_but(200, REFUSED_WITH_ID)])
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert "Import step failed" in (run.results[0].message or "")
    assert store.writes == 1


def test_a_refusal_with_an_id_that_is_there_and_different_is_put_once(tmp_path: Path) -> None:
    def half(store: Store, request: httpx.Request) -> httpx.Response:
        store.write(request)
        store.orders[0]["items"][0]["quantity"] = 1
        return httpx.Response(200, json=REFUSED_WITH_ID)

    store = Starshipit(faults=[half])
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert store.writes == 2
    assert store.orders[0]["items"][0]["quantity"] == 2
    again = Starshipit(faults=[half, status(200, REFUSED_WITH_ID)])
    run = pushed([starshipit()], target(tmp_path / "again", "starshipit"), again.vendor())
    assert run.outcomes == {"A-1": "rejected"}
    assert again.writes == 2


def test_a_refusal_with_an_id_that_is_not_there_is_rejected_and_reports_the_id(tmp_path: Path) -> None:
    store = Starshipit(faults=[status(200, REFUSED_WITH_ID)])
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "rejected"}
    assert run.results[0].message == "Import step failed (id 101)"


def test_order_exists_after_a_lost_answer_is_found(tmp_path: Path) -> None:
    """The first POST was committed, the look-up still stale, the second POST refused as a duplicate."""
    absent = status(200, {"success": False, "errors": [{"message": "Order not found"}]})
    exists = status(200, {"success": False, "errors": [{"message": "Order Exists"}]})
    store = Starshipit(faults=[committed, exists], look_faults=[absent] * 4)
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert len(store.orders) == 1


def test_another_source_order_under_one_number_is_a_conflict(tmp_path: Path) -> None:
    store, to = Starshipit(), target(tmp_path, "starshipit")
    first, second = starshipit(), starshipit(reference="other")
    first.says, second.says = Meant("pending", "shop-1"), Meant("pending", "shop-2")
    pushed([first], to, store.vendor())
    run = pushed([second], to, store.vendor())
    assert run.outcomes == {"A-1": "conflict"}
    assert run.summary.requests == 0


def test_an_own_order_id_is_looked_up_first(tmp_path: Path) -> None:
    store = Starshipit(orders=[{"order_id": 55, "order_number": "A-1", "status": "Unshipped"}])
    vendor = store.vendor()
    pushed([starshipit(order_id=55)], target(tmp_path, "starshipit"), vendor)
    assert vendor.lines == ["GET /api/orders?order_id=55", "PUT /api/orders"]


def test_the_other_orders_go_on_while_one_settles(tmp_path: Path) -> None:
    store = Starshipit(faults=[lost])
    run = pushed(several(5, starshipit), target(tmp_path, "starshipit"), store.vendor())
    assert [result.key for result in run.results] == ["A-1", "A-2", "A-3", "A-4", "A-0"]
    assert set(run.outcomes.values()) == {"accepted"}


def test_equality_is_of_meaning(tmp_path: Path) -> None:
    """Answers drop fractions and zones, name countries otherwise, leave out what is blank, write 2 as 2.0."""
    sent = starshipit(reference="", signature_required=False)

    def echo(store: Store, request: httpx.Request) -> httpx.ReadError:
        store.write(request)
        order = store.orders[0]
        order["order_date"] = "2020-12-09T02:11:12"
        order["destination"]["country"] = "AU"
        order["items"][0]["quantity"] = 2.0
        del order["reference"], order["signature_required"]
        return httpx.ReadError("reset")

    store = Starshipit(faults=[echo])
    run = pushed([sent], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert store.writes == 1


def test_an_extra_line_there_is_a_difference(tmp_path: Path) -> None:
    def extra(store: Store, request: httpx.Request) -> httpx.ReadError:
        store.write(request)
        store.orders[0]["items"].append({"item_id": 900, "sku": "EXTRA", "quantity": 1})
        return httpx.ReadError("reset")

    store = Starshipit(faults=[extra])
    run = pushed([starshipit()], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert store.writes == 2
    assert [line["sku"] for line in store.orders[0]["items"]] == ["HAT"]


def test_money_keeps_its_digits(tmp_path: Path) -> None:
    vendor = Starshipit().vendor()
    line = {"sku": "HAT", "quantity": 1, "value": Decimal("3.50")}
    pushed([starshipit(items=[line])], target(tmp_path, "starshipit"), vendor)
    assert b'"value":3.50' in vendor.asked[-1].content


def test_an_order_accepted_a_moment_ago_is_not_made_twice_by_an_index_that_lags_behind(tmp_path: Path) -> None:
    """F17: its absence counts only after the settle time."""
    store = Starshipit(stale=2.0)
    to = target(tmp_path, "starshipit")
    pushed([starshipit()], to, store.vendor())
    store.clock.at += 1.0
    run = pushed([starshipit(reference="new")], to, store.vendor())
    assert store.hidden
    assert run.outcomes == {"A-1": "accepted"}
    assert [order["reference"] for order in store.orders] == ["new"]


def test_an_index_that_lagged_behind_when_the_first_question_was_asked_proves_nothing_later(tmp_path: Path) -> None:
    """F17 with F24: the process stands still between its two questions."""

    def freeze(store: Store, request: httpx.Request) -> httpx.Response:
        answer = store.look(request)
        store.clock.at += 90
        return answer

    store = Starshipit(stale=2.0)
    to = target(tmp_path, "starshipit")
    pushed([starshipit()], to, store.vendor())
    store.clock.at += 1.0
    store.look_faults = [freeze]
    assert pushed([starshipit(reference="new")], to, store.vendor()).outcomes == {"A-1": "accepted"}
    assert [order["reference"] for order in store.orders] == ["new"]


def test_an_order_that_is_gone_from_the_target_is_made_again(tmp_path: Path) -> None:
    store = Starshipit()
    to = target(tmp_path, "starshipit")
    pushed([starshipit()], to, store.vendor())
    store.orders.clear()
    store.clock.at += 3600
    before = store.clock.at
    assert pushed([starshipit(reference="new")], to, store.vendor()).outcomes == {"A-1": "accepted"}
    assert len(store.orders) == 1
    assert store.clock.at - before < 2


def test_an_order_without_a_destination_is_not_sent_unless_it_names_the_one_that_it_updates(tmp_path: Path) -> None:
    store = Starshipit()
    nowhere = starshipit()
    assert nowhere.document
    del nowhere.document["destination"]
    run = pushed([nowhere], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "invalid"}
    (finding,) = run.results[0].candidate.findings
    assert (finding.code, finding.path) == ("missing", ("destination",))
    assert store.writes == 0
    pushed([starshipit("B-1")], target(tmp_path, "starshipit"), store.vendor())
    update = starshipit("B-1", order_id=101, reference="new")
    assert update.document
    del update.document["destination"]
    assert pushed([update], target(tmp_path, "starshipit"), store.vendor()).outcomes == {"B-1": "accepted"}


@pytest.mark.parametrize("mark", [{}, {"item_id": None}])
def test_a_remote_line_without_an_id_is_not_surely_the_same_and_no_crash(mark: dict[str, None]) -> None:
    from orderctl.systems.starshipit.merge import same

    document = starshipit().document
    assert document is not None
    there = {**document, "order_id": 1, "items": [{**document["items"][0], **mark}]}
    assert not same(document, there)
    assert same(document, {**there, "items": [{**document["items"][0], "item_id": 5}]})


def test_an_answer_about_another_order_proves_no_absence(tmp_path: Path) -> None:
    store = Starshipit()
    to = target(tmp_path, "starshipit")
    pushed([starshipit()], to, store.vendor())
    other = {"order_id": 999, "order_number": "B-9", "status": "Unshipped"}
    store.clock.at += 3600
    store.look_faults = [status(200, {"success": True, "order": other})] * 3
    run = pushed([starshipit(reference="new")], to, store.vendor())
    assert run.outcomes == {"A-1": "failed"}
    assert "about another order" in (run.results[0].message or "")
    assert len(store.orders) == 1
    assert pushed([starshipit(reference="new")], to, store.vendor()).outcomes == {"A-1": "accepted"}
    assert len(store.orders) == 1


def held_in_two_boxes() -> Starshipit:
    boxes = [{"package_id": 11, "weight": 1}, {"package_id": 12, "weight": 2}]
    return Starshipit(orders=[{"order_id": 9, "order_number": "A-1", "status": "Unshipped", "packages": boxes}])


def test_a_package_that_is_to_be_deleted_takes_no_other_one_with_it(tmp_path: Path) -> None:
    store = held_in_two_boxes()
    boxes = [{"package_id": 11, "delete": True}, {"package_id": 12, "weight": 2}]
    run = pushed([starshipit(packages=boxes)], target(tmp_path, "starshipit"), store.vendor())
    assert run.outcomes == {"A-1": "accepted"}
    assert store.orders[0]["packages"] == [{"package_id": 12, "weight": 2}]


def test_a_package_that_names_its_id_is_updated_as_that_one_wherever_it_stands(tmp_path: Path) -> None:
    store = held_in_two_boxes()
    boxes = [{"weight": 5}, {"package_id": 12, "weight": 3}, {"package_id": 11, "weight": 4}]
    pushed([starshipit(packages=boxes)], target(tmp_path, "starshipit"), store.vendor())
    *held, new = store.orders[0]["packages"]
    assert held == [{"package_id": 11, "weight": 4}, {"package_id": 12, "weight": 3}]
    assert new["weight"] == 5


def test_the_last_of_two_packages_can_stay_alone(tmp_path: Path) -> None:
    store = held_in_two_boxes()
    pushed([starshipit(packages=[{"package_id": 12, "weight": 3}])], target(tmp_path, "starshipit"), store.vendor())
    assert store.orders[0]["packages"] == [{"package_id": 12, "weight": 3}]


def test_a_line_that_names_its_id_is_that_one_though_another_of_its_sku_stands_before_it(tmp_path: Path) -> None:
    """Line 5 was deleted by an earlier push of the same file; line 6 is not to go in its stead."""
    line = {"item_id": 6, "sku": "HAT", "quantity": 1}
    store = Starshipit(orders=[{"order_id": 9, "order_number": "A-1", "status": "Unshipped", "items": [line]}])
    lines = [{"item_id": 5, "sku": "HAT", "delete": True}, {"item_id": 6, "sku": "HAT", "quantity": 4}]
    vendor = store.vendor()
    run = pushed([starshipit(items=lines)], target(tmp_path, "starshipit"), vendor)
    assert run.outcomes == {"A-1": "accepted"}
    assert decoded(vendor.asked[-1].content)["order"]["items"] == [{"item_id": 6, "sku": "HAT", "quantity": 4}]
    assert store.orders[0]["items"] == [{"item_id": 6, "sku": "HAT", "quantity": 4}]


def test_a_line_to_delete_is_not_created_where_the_order_is_not_there(tmp_path: Path) -> None:
    vendor = Starshipit().vendor()
    lines = [{"item_id": 5, "sku": "OLD", "delete": True}, {"sku": "HAT", "quantity": 1}]
    boxes = [{"package_id": 7, "delete": True}]
    pushed([starshipit(items=lines, packages=boxes)], target(tmp_path, "starshipit"), vendor)
    order = decoded(vendor.asked[-1].content)["order"]
    assert order["items"] == [{"sku": "HAT", "quantity": 1}]
    assert "packages" not in order
