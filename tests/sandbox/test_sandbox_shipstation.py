"""ShipStation's stand-in, rule by rule from the Create/Update Order page and what was seen of the server."""

import re
from typing import Any

import httpx
import pytest

from orderctl.sandbox import Running

from .by_hand import CREATE_ORDER, GONE, Document, changed

ONE = "/orders/createorder"
MANY = "/orders/createorders"


def create(client: httpx.Client, key: str, *places: tuple[str, object]) -> httpx.Response:
    return client.post(ONE, json=changed(CREATE_ORDER, ("orderKey", key), *places))


def test_the_example_of_the_page_is_answered_as_the_page_shows(shipstation: httpx.Client) -> None:
    answer = create(shipstation, "example")
    order = answer.json()
    assert answer.status_code == 200
    filled = {name: order.pop(name) for name in ("orderId", "createDate", "modifyDate")}
    for item in order["items"]:
        assert isinstance(item.pop("orderItemId"), int)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", item.pop("createDate"))
        item.pop("modifyDate")
    assert isinstance(filled["orderId"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", filled["createDate"])
    advanced = CREATE_ORDER["advancedOptions"] | {
        "warehouseId": 1,
        "storeId": 1,
        "billToMyOtherAccount": None,
    }
    assert order == CREATE_ORDER | {
        "orderKey": "example",
        "customerId": None,
        "billTo": CREATE_ORDER["billTo"] | {"addressVerified": None},
        "shipTo": CREATE_ORDER["shipTo"] | {"residential": False, "addressVerified": "Address not yet validated"},
        "items": [item | {"productId": None} for item in CREATE_ORDER["items"]],
        "orderTotal": 194.43,
        "holdUntilDate": None,
        "internationalOptions": {"contents": None, "customsItems": None, "nonDelivery": None},
        "advancedOptions": advanced,
        "tagIds": None,
        "userId": None,
        "externallyFulfilled": False,
        "externallyFulfilledBy": None,
    }


def test_the_five_required_fields_are_enough(shipstation: httpx.Client) -> None:
    least = {name: CREATE_ORDER[name] for name in ("orderNumber", "orderDate", "orderStatus", "billTo", "shipTo")}
    answer = shipstation.post(ONE, json=least)
    assert answer.status_code == 200
    assert (answer.json()["items"], answer.json()["gift"], answer.json()["orderTotal"]) == ([], False, 0)


@pytest.mark.parametrize("place", ["orderNumber", "orderDate", "orderStatus", "billTo", "shipTo", "items.0.name"])
@pytest.mark.parametrize("value", [GONE, None])
def test_a_required_field_must_be_there_and_not_null(shipstation: httpx.Client, place: str, value: object) -> None:
    assert create(shipstation, "required", (place, value)).status_code == 400


def test_one_key_is_one_order_and_an_update_replaces_it_whole(shipstation: httpx.Client) -> None:
    first = create(shipstation, "upsert").json()
    second = create(shipstation, "upsert", ("customerNotes", GONE), ("orderNumber", "other")).json()
    assert (second["orderId"], second["createDate"]) == (first["orderId"], first["createDate"])
    assert (second["orderNumber"], second["customerNotes"]) == ("other", None)
    assert shipstation.get(f"/orders/{first['orderId']}").json() == second


def test_without_a_key_every_request_makes_another_order(shipstation: httpx.Client) -> None:
    first, second = (create(shipstation, "", ("orderKey", GONE)).json() for _ in range(2))
    assert first["orderId"] != second["orderId"]
    assert first["orderKey"] != second["orderKey"]
    assert re.fullmatch("[0-9a-f]{32}", first["orderKey"])


@pytest.mark.parametrize("state", ["shipped", "cancelled"])
def test_a_closed_order_may_not_be_updated(shipstation: httpx.Client, state: str) -> None:
    assert create(shipstation, state, ("orderStatus", state)).status_code == 200
    answer = create(shipstation, state)
    assert answer.status_code == 400
    assert state in answer.json()["Message"]


@pytest.mark.parametrize("state", ["awaiting_payment", "awaiting_shipment", "on_hold", "pending_fulfillment"])
def test_an_open_order_may_be_updated(shipstation: httpx.Client, state: str) -> None:
    for _ in range(2):
        assert create(shipstation, state, ("orderStatus", state)).status_code == 200


@pytest.mark.parametrize(
    ("place", "value", "spelled"),
    [
        ("orderNumber", 10001, "orderNumber"),
        ("orderDate", "29 June", "orderDate"),
        ("orderDate", "2015-06-31T00:00:00", "orderDate"),
        ("orderDate", "20150629", "orderDate"),
        ("shipTo", [], "shipTo"),
        ("shipTo.name", 1, "shipTo.name"),
        ("items", {"0": {}}, "items"),
        ("items.0", "socks", "items[0]"),
        ("items.0.weight", 24, "items[0].weight"),
        ("items.0.quantity", "two", "items[0].quantity"),
        ("gift", "1", "gift"),
        ("gift", 1, "gift"),
        ("tagIds", [True], "tagIds[0]"),
        ("dimensions", "7x5x6", "dimensions"),
    ],
)
def test_a_wrong_type_is_named_in_the_model_state(
    shipstation: httpx.Client, place: str, value: object, spelled: str
) -> None:
    answer = create(shipstation, "types", (place, value))
    assert answer.status_code == 400
    assert set(answer.json()) == {"Message", "ModelState"}
    (words,) = [answer.json()["ModelState"].pop(f"apiOrder.{spelled}")]
    assert words
    assert all(isinstance(word, str) for word in words)
    assert answer.json()["Message"] == "The request is invalid."


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("orderNumber", "x" * 51, "at most 50"),
        ("orderStatus", "open", "orderStatus"),
        ("confirmation", "yes", "confirmation"),
        ("weight.units", "kilograms", "weight.units"),
        ("dimensions.units", "meters", "dimensions.units"),
        ("insuranceOptions.provider", "lloyds", "insuranceOptions.provider"),
        ("internationalOptions.contents", "stuff", "internationalOptions.contents"),
        ("internationalOptions.nonDelivery", "burn", "internationalOptions.nonDelivery"),
        ("advancedOptions.billToParty", "nobody", "advancedOptions.billToParty"),
        ("shipTo.name", "", "'Ship Name' must not be empty."),
        ("billTo.name", None, "'Bill Name' must not be empty."),
        ("shipTo.country", "USA", "Please use a 2 character country code"),
        ("serviceCode", GONE, "Invalid carrierCode"),
        ("carrierCode", None, "Invalid carrierCode"),
    ],
)
def test_a_broken_rule_is_refused_in_words(shipstation: httpx.Client, place: str, value: object, words: str) -> None:
    answer = create(shipstation, "rules", (place, value))
    assert answer.status_code == 400
    assert words in answer.json()["Message"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("orderNumber", "x" * 50),
        ("amountPaid", "218.73"),
        ("gift", "true"),
        ("orderDate", "2015-06-29 08:46:27"),
        ("orderDate", "2015-06-29"),
        ("orderTotal", 1),
        ("anything", {"new": 1}),
        ("orderId", 5),
        ("items", None),
        ("items", []),
        ("internationalOptions", None),
    ],
)
def test_what_the_server_was_seen_to_read_is_taken(shipstation: httpx.Client, place: str, value: object) -> None:
    assert create(shipstation, "lenient", (place, value)).status_code == 200


def test_times_with_an_offset_come_back_as_pacific_time(shipstation: httpx.Client) -> None:
    order = create(shipstation, "zone", ("orderDate", "2015-06-29T15:46:27Z")).json()
    assert order["orderDate"] == "2015-06-29T08:46:27.0000000"


def test_an_array_is_no_order_and_an_object_no_array(shipstation: httpx.Client) -> None:
    assert list(shipstation.post(ONE, json=[CREATE_ORDER]).json()["ModelState"]) == ["apiOrder"]
    assert list(shipstation.post(MANY, json=CREATE_ORDER).json()["ModelState"]) == ["apiOrders"]


def test_no_body_ends_in_the_exception_that_was_seen(shipstation: httpx.Client) -> None:
    answer = shipstation.post(ONE, content=b"null", headers={"Content-Type": "application/json"})
    assert answer.status_code == 500
    assert answer.json()["ExceptionMessage"] == "Object reference not set to an instance of an object."


def batch(*orders: tuple[str, tuple[tuple[str, object], ...]]) -> list[Document]:
    return [changed(CREATE_ORDER, ("orderKey", key), *places) for key, places in orders]


def test_a_batch_says_of_each_order_what_became_of_it(shipstation: httpx.Client) -> None:
    answer = shipstation.post(MANY, json=batch(("b1", ()), ("b2", (("orderNumber", "x" * 51),)), ("b3", ())))
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["hasErrors"]) == (200, True)
    assert [result["orderKey"] for result in body["results"]] == ["b1", "b2", "b3"]
    assert [result["success"] for result in body["results"]] == [True, False, True]
    assert set(body["results"][0]) == {"orderId", "orderNumber", "orderKey", "success", "errorMessage"}
    assert body["results"][0]["errorMessage"] is None
    assert "50" in body["results"][1]["errorMessage"]
    assert body["results"][1]["orderId"] is None


def test_a_batch_without_fault_has_no_errors(shipstation: httpx.Client) -> None:
    assert shipstation.post(MANY, json=batch(("c1", ()), ("c2", ()))).json()["hasErrors"] is False


def test_a_wrong_type_anywhere_refuses_the_whole_batch(shipstation: httpx.Client) -> None:
    broken = changed(CREATE_ORDER, ("orderKey", "d2"), ("items.0.weight", 24))
    answer = shipstation.post(MANY, json=[*batch(("d1", (("orderNumber", "whole-batch"),))), broken])
    assert answer.status_code == 400
    assert list(answer.json()["ModelState"]) == ["apiOrders[1].items[0].weight"]
    assert shipstation.get("/orders", params={"orderNumber": "whole-batch"}).json()["total"] == 0


def test_a_batch_has_at_most_a_hundred_orders(shipstation: httpx.Client) -> None:
    many = batch(*((f"e{number}", ()) for number in range(101)))
    assert shipstation.post(MANY, json=many).status_code == 400
    assert shipstation.post(MANY, json=many[:100]).status_code == 200


def test_orders_are_listed_by_the_beginning_of_their_number(shipstation: httpx.Client) -> None:
    for key in ("L-1", "L-10", "L-2"):
        create(shipstation, key, ("orderNumber", key))
    found = shipstation.get("/orders", params={"orderNumber": "L-1"}).json()
    assert [order["orderNumber"] for order in found["orders"]] == ["L-1", "L-10"]
    assert (found["total"], found["page"], found["pages"]) == (2, 1, 1)


def test_a_list_comes_in_pages(shipstation: httpx.Client) -> None:
    for key in ("P-1", "P-2", "P-3"):
        create(shipstation, key, ("orderNumber", key))
    params = {"orderNumber": "P-", "pageSize": "2", "page": "2"}
    found = shipstation.get("/orders", params=params).json()
    assert [order["orderNumber"] for order in found["orders"]] == ["P-3"]
    assert (found["total"], found["page"], found["pages"]) == (3, 2, 2)
    assert shipstation.get("/orders", params={"pageSize": "501"}).status_code == 400


def test_a_deleted_order_is_gone(shipstation: httpx.Client) -> None:
    number = create(shipstation, "gone").json()["orderId"]
    assert shipstation.delete(f"/orders/{number}").json() == {
        "success": True,
        "message": "The requested order has been deleted.",
    }
    assert shipstation.get(f"/orders/{number}").status_code == 404
    assert shipstation.delete(f"/orders/{number}").status_code == 404
    assert create(shipstation, "gone").json()["orderId"] != number


def test_the_stores_are_a_bare_array(shipstation: httpx.Client) -> None:
    (store,) = shipstation.get("/stores").json()
    assert store["active"] is True


@pytest.mark.parametrize(("method", "path"), [("PUT", ONE), ("GET", MANY), ("POST", "/orders"), ("PUT", "/orders/1")])
def test_another_method_is_a_405(shipstation: httpx.Client, method: str, path: str) -> None:
    answer = shipstation.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"]


@pytest.mark.parametrize("auth", [None, ("sandbox-shipstation-key", "wrong"), ("x", "y")])
def test_without_the_pair_of_keys_there_is_a_401(sandbox: Running, auth: tuple[str, str] | None) -> None:
    answer = httpx.post(sandbox.base_url("shipstation") + ONE, json=CREATE_ORDER, auth=auth)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("authorization", ["Basic", "Basic !!", "Bearer abc", "Basic é"])
def test_a_broken_authorization_is_a_401_too(sandbox: Running, authorization: str) -> None:
    headers = [(b"authorization", authorization.encode())]
    assert httpx.get(sandbox.base_url("shipstation") + "/stores", headers=headers).status_code == 401
