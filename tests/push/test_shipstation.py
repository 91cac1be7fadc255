"""ShipStation: an order is known by its key, alone or in a batch (SPEC §7)."""

from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from orderctl.push import Candidate

from .support import decoded, pushed, several, shipstation, target
from .vendors import ShipStation, Store, answered, committed, committed_but, lost, refused_connection, status


def key(number: str, store: str = "") -> str:
    return "orderctl-" + sha256(f"{store}\0{number}".encode()).hexdigest()[:32]


def test_an_order_without_a_key_gets_one_made_of_store_and_number(tmp_path: Path) -> None:
    vendor = ShipStation().vendor()
    orders = [
        shipstation("A-1"),
        shipstation("A-2", advancedOptions={"storeId": 42}),
        shipstation("A-3", orderKey="own"),
    ]
    run = pushed(orders, target(tmp_path, "shipstation"), vendor)
    assert [decoded(request.content)["orderKey"] for request in vendor.asked] == [key("A-1"), key("A-2", "42"), "own"]
    assert [result.key for result in run.results] == [key("A-1"), key("A-2", "42"), "own"]
    assert run.results[0].remote_id == "101"


def test_the_credentials_are_basic(tmp_path: Path) -> None:
    vendor = ShipStation().vendor()
    pushed([shipstation()], target(tmp_path, "shipstation"), vendor)
    expected = httpx.BasicAuth("canary-api_key-Zq7/+x", "canary-api_secret-Zq7/+x")._auth_header
    assert vendor.asked[0].headers["authorization"] == expected
    assert vendor.lines == ["POST /orders/createorder"]


def test_a_lost_answer_is_followed_by_the_same_key_after_the_settle_time(tmp_path: Path) -> None:
    store = ShipStation(faults=[committed])
    vendor = store.vendor()
    run = pushed([shipstation()], target(tmp_path, "shipstation"), vendor)
    assert set(run.outcomes.values()) == {"accepted"}
    assert len(store.orders) == 1
    assert vendor.times[1] - vendor.times[0] >= 30


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"orderKey": "another", "orderId": 1}, "unknown"),
        ({"orderId": 1}, "unknown"),
        ([], "unknown"),
        ({"orderKey": key("A-1"), "orderId": 5, "orderStatus": "shipped"}, "conflict"),
        ({"orderKey": key("A-1"), "orderId": 5, "orderStatus": "cancelled"}, "conflict"),
        ({"orderKey": key("A-1"), "orderId": 5, "orderStatus": "on_hold"}, "accepted"),
    ],
)
def test_success_is_the_order_itself_in_an_open_state(tmp_path: Path, answer: object, outcome: str) -> None:
    store = ShipStation(faults=[status(200, answer)] * 3)
    run = pushed([shipstation()], target(tmp_path, "shipstation"), store.vendor())
    assert list(run.outcomes.values()) == [outcome]


def test_a_refusal_carries_all_that_the_system_says(tmp_path: Path) -> None:
    body = {"Message": "The request is invalid.", "ModelState": {"apiOrder.items[0].weight": ["Could not", "convert"]}}
    run = pushed([shipstation()], target(tmp_path, "shipstation"), ShipStation(faults=[status(400, body)]).vendor())
    assert list(run.outcomes.values()) == ["rejected"]
    said = "HTTP 400 Bad Request: The request is invalid.; apiOrder.items[0].weight: Could not convert"
    assert run.results[0].message == said


class TestWithoutAKey:
    def test_none_is_sent(self, tmp_path: Path) -> None:
        vendor = ShipStation().vendor()
        run = pushed([shipstation()], target(tmp_path, "shipstation"), vendor, no_order_key=True)
        assert "orderKey" not in decoded(vendor.asked[0].content)
        assert set(run.outcomes.values()) == {"accepted"}

    def test_a_lost_answer_is_settled_by_a_look_up_and_never_repeated(self, tmp_path: Path) -> None:
        store = ShipStation(faults=[committed])
        vendor = store.vendor()
        run = pushed([shipstation()], target(tmp_path, "shipstation"), vendor, no_order_key=True)
        assert set(run.outcomes.values()) == {"accepted"}
        assert [line.split("&")[0] for line in vendor.lines] == [
            "POST /orders/createorder",
            "GET /orders?orderNumber=A-1",
        ]

    def test_an_order_that_is_not_there_stays_unknown_and_is_not_sent_again(self, tmp_path: Path) -> None:
        store, to = ShipStation(faults=[lost]), target(tmp_path, "shipstation")
        run = pushed([shipstation()], to, store.vendor(), no_order_key=True)
        assert list(run.outcomes.values()) == ["unknown"]
        again = pushed([shipstation()], to, store.vendor())
        assert list(again.outcomes.values()) == ["unknown"]
        assert store.writes == 1

    def test_two_of_one_number_are_a_conflict(self, tmp_path: Path) -> None:
        def twice(store: Store, request: httpx.Request) -> httpx.ReadError:
            store.write(request)
            store.write(request)
            return httpx.ReadError("reset")

        store = ShipStation(faults=[twice])
        run = pushed([shipstation()], target(tmp_path, "shipstation"), store.vendor(), no_order_key=True)
        assert list(run.outcomes.values()) == ["conflict"]

    def test_a_later_change_is_an_update_by_id(self, tmp_path: Path) -> None:
        store, to = ShipStation(), target(tmp_path, "shipstation")
        pushed([shipstation()], to, store.vendor(), no_order_key=True)
        run = pushed([shipstation(customerNotes="Ring twice")], to, store.vendor())
        assert set(run.outcomes.values()) == {"accepted"}
        assert len(store.orders) == 1
        assert store.orders[0]["customerNotes"] == "Ring twice"


class TestInBatches:
    def test_a_hundred_orders_are_one_request(self, tmp_path: Path) -> None:
        store = ShipStation()
        vendor = store.vendor()
        run = pushed(several(250, shipstation), target(tmp_path, "shipstation", batch=100), vendor)
        assert vendor.lines[0] == "POST /orders/createorders"
        assert set(run.outcomes.values()) == {"accepted"}
        assert len(store.orders) == 250
        assert run.summary.requests <= 6
        held = {order["orderNumber"]: str(order["orderId"]) for order in store.orders}
        assert {result.number: result.remote_id for result in run.results} == held

    def test_each_order_has_its_own_result_whatever_their_order(self, tmp_path: Path) -> None:
        orders = [shipstation("A-1"), shipstation("BAD-1"), shipstation("A-2")]
        run = pushed(orders, target(tmp_path, "shipstation", batch=10), ShipStation().vendor())
        by_number = {result.number: result.outcome.value for result in run.results}
        assert by_number == {"A-1": "accepted", "BAD-1": "rejected", "A-2": "accepted"}
        rejected = next(result for result in run.results if result.number == "BAD-1")
        assert rejected.message == "Please use a 2 character country code"
        assert run.exit_code == 3

    def test_a_batch_refused_whole_goes_in_halves_until_the_bad_order_stands_alone(self, tmp_path: Path) -> None:
        orders = [shipstation(f"A-{at}", at, **({"items": {}} if at == 5 else {})) for at in range(8)]

        def refuse(store: Store, request: httpx.Request) -> httpx.Response:
            body = decoded(request.content)
            if isinstance(body, dict) and not isinstance(body["items"], list):
                return answered(400, {"Message": "The request is invalid."})
            return store.write(request)

        store = ShipStation(faults=[refuse] * 20)
        run = pushed(orders, target(tmp_path, "shipstation", batch=8), store.vendor())
        outcomes = {result.number: result.outcome.value for result in run.results}
        assert outcomes == {f"A-{at}": "rejected" if at == 5 else "accepted" for at in range(8)}

    def test_an_order_that_the_answer_does_not_mention_is_sent_alone_after_the_settle_time(
        self, tmp_path: Path
    ) -> None:
        def forget(store: Store, request: httpx.Request) -> httpx.Response:
            whole = decoded(store.write(request).content)
            return answered(200, {"results": [one for one in whole["results"] if one["orderNumber"] != "A-1"]})

        store = ShipStation(faults=[forget])
        vendor = store.vendor()
        run = pushed(several(3, shipstation), target(tmp_path, "shipstation", batch=3), vendor)
        assert set(run.outcomes.values()) == {"accepted"}
        assert vendor.lines == ["POST /orders/createorders", "POST /orders/createorder"]
        assert vendor.times[1] - vendor.times[0] >= 30
        assert len(store.orders) == 3

    def test_one_order_that_breaks_the_system_does_not_hold_its_mates(self, tmp_path: Path) -> None:
        def poisoned(store: Store, request: httpx.Request) -> httpx.Response:
            return answered(500) if b"A-3" in request.content else store.write(request)

        store = ShipStation(faults=[poisoned] * 40)
        run = pushed(several(8, shipstation), target(tmp_path, "shipstation", batch=8), store.vendor())
        outcomes = {result.number: result.outcome.value for result in run.results}
        assert outcomes == {f"A-{at}": "failed" if at == 3 else "accepted" for at in range(8)}
        assert run.exit_code == 5

    @pytest.mark.parametrize("fault", [committed, committed_but(502), lost, refused_connection])
    def test_a_batch_without_an_answer_ends_well(self, tmp_path: Path, fault: object) -> None:
        store = ShipStation(faults=[fault])
        run = pushed(several(5, shipstation), target(tmp_path, "shipstation", batch=5), store.vendor())
        assert set(run.outcomes.values()) == {"accepted"}
        assert len(store.orders) == 5

    def test_refused_credentials_stop_the_batch_and_the_rest(self, tmp_path: Path) -> None:
        store = ShipStation(faults=[status(401)])
        to = target(tmp_path, "shipstation", batch=3)
        run = pushed(several(6, shipstation), to, store.vendor(), concurrency=1)
        assert list(run.outcomes.values()) == ["failed"] * 3 + ["not_sent"] * 3
        assert run.exit_code == 4

    def test_a_target_that_is_not_there_is_not_asked_in_halves(self, tmp_path: Path) -> None:
        store = ShipStation(faults=[refused_connection] * 99)
        run = pushed(several(5, shipstation), target(tmp_path, "shipstation", batch=5), store.vendor())
        assert set(run.outcomes.values()) == {"failed"}
        assert store.fired == 3

    def test_a_pause_beyond_five_minutes_ends_the_run(self, tmp_path: Path) -> None:
        store = ShipStation(faults=[status(429, None, Retry_After="301")])
        to = target(tmp_path, "shipstation", batch=3)
        run = pushed(several(6, shipstation), to, store.vendor(), concurrency=1)
        assert list(run.outcomes.values()) == ["failed"] * 3 + ["not_sent"] * 3
        assert store.fired == 1

    def test_without_keys_each_is_looked_up_and_none_repeated(self, tmp_path: Path) -> None:
        store = ShipStation(faults=[committed])
        to = target(tmp_path, "shipstation", batch=5)
        run = pushed(several(5, shipstation), to, store.vendor(), no_order_key=True)
        assert set(run.outcomes.values()) == {"accepted"}
        assert len(store.orders) == 5
        assert store.writes == 1


def test_a_list_is_followed_over_its_pages(tmp_path: Path) -> None:
    """A prefix of the number fills the first page; the order stands on the second."""

    def first(store: Store, request: httpx.Request) -> httpx.Response:
        near = [{"orderNumber": f"A-1{at}", "orderKey": f"k{at}", "orderId": at} for at in range(3)]
        return answered(200, {"orders": near, "page": 1, "pages": 2})

    store = ShipStation(faults=[committed], look_faults=[first])
    run = pushed([shipstation()], target(tmp_path, "shipstation"), store.vendor(), no_order_key=True)
    assert list(run.outcomes.values()) == ["accepted"]


def test_the_candidate_is_not_changed_by_the_push(tmp_path: Path) -> None:
    one: Candidate = shipstation()
    pushed([one], target(tmp_path, "shipstation"), ShipStation().vendor())
    assert one.document is not None
    assert "orderKey" not in one.document
