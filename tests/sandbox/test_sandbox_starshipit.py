"""Starshipit's stand-in, rule by rule from the Update Order page and what was seen of the server."""

from itertools import count
from typing import Any

import httpx
import pytest

from orderctl.sandbox import Running

from .by_hand import GONE, UPDATE_ORDER, changed

ORDERS = "/api/orders"
NUMBERS = (f"N-{number}" for number in count(1))


def create(client: httpx.Client, *places: tuple[str, object]) -> dict[str, Any]:
    """Create an order of a number of its own; the answer's body."""
    document = changed(UPDATE_ORDER, ("order_number", next(NUMBERS)), *places)
    answer = client.post(ORDERS, json={"order": document})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def update(client: httpx.Client, order: dict[str, Any]) -> dict[str, Any]:
    answer = client.put(ORDERS, json={"order": order})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def look_up(client: httpx.Client, **words: str) -> dict[str, Any]:
    answer = client.get(ORDERS, params=words)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def test_the_example_of_the_page_is_answered_as_the_page_shows(starshipit: httpx.Client) -> None:
    body = create(starshipit, ("order_number", "10001"))
    order = body["order"]
    assert body["success"] is True
    assert isinstance(order.pop("order_id"), int)
    ids = [item.pop("item_id") for item in order["items"]] + [order["packages"][0].pop("package_id")]
    assert len(set(ids)) == 3
    assert order == UPDATE_ORDER | {
        "dangerous_goods": False,
        "declared_value": 0,
        "archived": False,
        "manifest_number": 0,
        "address_validation": "NotChecked",
        "create_return": False,
        "dtp": False,
        "add_insurance": False,
        "insurance_value": 0,
        "plt": False,
        "type": "Outgoing",
        "platform": "API",
        "status": "Unshipped",
    }


@pytest.mark.parametrize(
    "place",
    [
        "order_number",
        "destination",
        *(f"destination.{name}" for name in ("name", "street", "suburb", "country")),
    ],
)
@pytest.mark.parametrize("value", [GONE, None])
def test_a_required_key_must_be_there_on_creation(starshipit: httpx.Client, place: str, value: object) -> None:
    refused(create(starshipit, (place, value)), place)


def test_a_sender_has_the_same_required_keys(starshipit: httpx.Client) -> None:
    sender = {"name": "A", "street": "B", "country": "Australia"}
    refused(create(starshipit, ("sender_details", sender)), "sender_details.suburb")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("order_number", ""),
        ("order_number", "x" * 51),
        ("reference", "x" * 51),
        ("shipping_method", "x" * 101),
        ("shipping_description", "x" * 101),
        ("currency", "AUDS"),
        *((f"destination.{name}", "x" * 101) for name in ("name", "email", "phone", "building", "company")),
        *((f"destination.{name}", "x" * 101) for name in ("street", "suburb", "city", "state", "country")),
        ("destination.name", ""),
        ("destination.country", "A"),
        ("destination.post_code", "x" * 11),
        ("destination.delivery_instructions", "x" * 101),
        ("destination.post_code", 2000),
        ("items.0.sku", "x" * 51),
        ("items.0.tariff_code", "x" * 19),
        ("items.0.country_of_origin", "x" * 51),
        ("items.0.quantity", "1"),
        ("items.0.weight", "0.65"),
        ("items", {}),
        ("packages.0.weight", "0.7"),
        ("packages.0", []),
        ("signature_required", "false"),
        ("order_date", "09/12/2020"),
        ("order_date", 1607479872),
        ("status", "Shipped"),
        ("metadatas", [{"metafield_key": "a", "value": 1}]),
    ],
)
def test_a_value_that_breaks_the_schema_is_refused(starshipit: httpx.Client, place: str, value: object) -> None:
    parent = place if place != "metadatas" else "metadatas.0.value"
    refused(create(starshipit, (place, value)), parent)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("destination.state", ""),
        ("destination.state", GONE),
        ("destination.country", "AU"),
        ("packages", GONE),
        ("items", GONE),
        ("carrier", "ANewCarrier"),
        ("order_date", "2026-03-03T03:12:38"),
        ("anything", 1),
    ],
)
def test_what_the_server_was_seen_to_take_is_taken(starshipit: httpx.Client, place: str, value: object) -> None:
    assert create(starshipit, (place, value))["success"] is True


def test_a_second_post_of_one_number_is_refused(starshipit: httpx.Client) -> None:
    number = create(starshipit)["order"]["order_number"]
    again = create(starshipit, ("order_number", number))
    assert again["success"] is False
    assert again["errors"][0]["message"] == "Order Exists"
    assert "order" not in again


def test_an_order_is_found_by_id_and_by_number(starshipit: httpx.Client) -> None:
    order = create(starshipit)["order"]
    assert look_up(starshipit, order_id=str(order["order_id"])) == {"order": order, "success": True}
    assert look_up(starshipit, order_number=order["order_number"]) == {"order": order, "success": True}


def test_what_is_not_there_is_a_200_without_success(starshipit: httpx.Client) -> None:
    for words in ({"order_id": "1"}, {"order_number": "nobody's"}, {"order_id": "x"}):
        body = look_up(starshipit, **words)
        assert set(body) == {"success", "errors"}
        assert body["success"] is False
        assert "not found" in body["errors"][0]["message"]


def test_by_number_only_unshipped_orders_are_found_unless_asked(starshipit: httpx.Client) -> None:
    order = create(starshipit, ("status", "Printed"))["order"]
    number = order["order_number"]
    assert look_up(starshipit, order_number=number)["success"] is False
    assert look_up(starshipit, order_number=number, status="Shipped")["order"] == order
    assert look_up(starshipit, order_id=str(order["order_id"]))["order"] == order


def test_an_unshipped_order_is_not_among_the_shipped(starshipit: httpx.Client) -> None:
    number = create(starshipit)["order"]["order_number"]
    assert look_up(starshipit, order_number=number, status="Shipped")["success"] is False


def test_an_update_leaves_what_it_does_not_name(starshipit: httpx.Client) -> None:
    order = create(starshipit)["order"]
    change = {"order_id": order["order_id"], "shipping_method": "Road", "destination": {"name": "Jane"}}
    after = update(starshipit, change)["order"]
    assert after == order | {
        "shipping_method": "Road",
        "destination": order["destination"] | {"name": "Jane"},
    }


def test_lines_merge_by_id_and_lines_without_one_are_added(starshipit: httpx.Client) -> None:
    order = create(starshipit)["order"]
    first, second = order["items"]
    lines = [{"item_id": first["item_id"], "quantity": 3}, {"sku": "NEW", "quantity": 1}]
    after = update(starshipit, {"order_id": order["order_id"], "items": lines})["order"]["items"]
    assert after[:2] == [first | {"quantity": 3}, second]
    assert after[2]["sku"] == "NEW"
    assert after[2]["item_id"] not in (first["item_id"], second["item_id"])


def test_a_line_goes_only_when_it_is_to_be_deleted(starshipit: httpx.Client) -> None:
    order = create(starshipit)["order"]
    remote, (first, second) = order["order_id"], order["items"]
    update(starshipit, {"order_id": remote, "items": []})
    after = update(starshipit, {"order_id": remote, "items": [{"item_id": first["item_id"], "delete": True}]})
    assert after["order"]["items"] == [second]
    package = order["packages"][0]["package_id"]
    after = update(starshipit, {"order_id": remote, "packages": [{"package_id": package, "delete": True}]})
    assert after["order"]["packages"] == []


def test_a_line_of_another_order_or_a_deletion_without_id_is_refused(starshipit: httpx.Client) -> None:
    order = create(starshipit)["order"]
    refused(update(starshipit, {"order_id": order["order_id"], "items": [{"item_id": 1}]}), "items.0.item_id")
    refused(update(starshipit, {"order_id": order["order_id"], "items": [{"delete": True}]}), "items.0")


def test_whole_quantities_come_back_as_integers_and_a_package_description_as_contents(
    starshipit: httpx.Client,
) -> None:
    order = create(starshipit, ("items.0.quantity", 2.0), ("packages.0.description", "Phone"))["order"]
    assert (order["items"][0]["quantity"], type(order["items"][0]["quantity"])) == (2, int)
    assert order["packages"][0]["contents"] == "Phone"


def test_ids_and_deletions_mean_nothing_on_creation(starshipit: httpx.Client) -> None:
    order = create(starshipit, ("order_id", 7), ("items.0.item_id", 7), ("items.1.delete", True))["order"]
    assert order["order_id"] != 7
    assert [item["sku"] for item in order["items"]] == ["MOBILE"]
    assert order["items"][0]["item_id"] != 7


def test_after_printing_only_the_status_changes_and_never_back(starshipit: httpx.Client) -> None:
    remote = create(starshipit, ("status", "Printed"))["order"]["order_id"]
    refused(update(starshipit, {"order_id": remote, "reference": "x"}), "reference")
    refused(update(starshipit, {"order_id": remote, "status": "Unshipped"}), "status")
    assert update(starshipit, {"order_id": remote, "status": "Delivered"})["order"]["status"] == "Delivered"


def test_an_update_needs_an_order_id_that_is_known(starshipit: httpx.Client) -> None:
    number = create(starshipit)["order"]["order_number"]
    assert update(starshipit, {"order_number": number, "reference": "x"})["success"] is False
    assert update(starshipit, {"order_id": 1, "reference": "x"})["success"] is False


def test_an_update_may_not_take_another_orders_number(starshipit: httpx.Client) -> None:
    one, other = create(starshipit)["order"], create(starshipit)["order"]
    change = {"order_id": one["order_id"], "order_number": other["order_number"]}
    refused(update(starshipit, change), "order_number")
    renamed = update(starshipit, {"order_id": one["order_id"], "order_number": "renamed"})["order"]
    assert look_up(starshipit, order_number="renamed")["order"] == renamed


def test_an_envelope_without_an_order_is_refused(starshipit: httpx.Client) -> None:
    bodies: list[object] = [{}, {"Order": UPDATE_ORDER}, {"order": [UPDATE_ORDER]}, [], UPDATE_ORDER]
    for body in bodies:
        answer = starshipit.post(ORDERS, json=body)
        assert (answer.status_code, answer.json()["success"]) == (200, False)


def test_a_body_that_is_no_json_is_refused_by_the_gateway(starshipit: httpx.Client) -> None:
    answer = starshipit.post(ORDERS, content=b"{", headers={"Content-Type": "application/json"})
    assert answer.json()["statusCode"] == answer.status_code == 400


def test_a_search_finds_and_a_deletion_removes(starshipit: httpx.Client) -> None:
    order = create(starshipit, ("order_number", "SEARCH-1"))["order"]
    found = starshipit.get(f"{ORDERS}/search", params={"phrase": "SEARCH"}).json()
    assert [hit["order_id"] for hit in found["orders"]] == [order["order_id"]]
    gone = starshipit.delete(f"{ORDERS}/delete", params={"order_id": order["order_id"]})
    assert gone.json() == {"success": True}
    assert look_up(starshipit, order_number="SEARCH-1")["success"] is False
    assert create(starshipit, ("order_number", "SEARCH-1"))["success"] is True


def test_a_shipped_order_is_not_deleted(starshipit: httpx.Client) -> None:
    remote = create(starshipit, ("status", "Delivered"))["order"]["order_id"]
    assert starshipit.delete(f"{ORDERS}/delete", params={"order_id": remote}).json()["success"] is False


def test_without_an_id_there_is_a_list_in_pages(starshipit: httpx.Client) -> None:
    create(starshipit)
    create(starshipit)
    body = starshipit.get(ORDERS, params={"page_size": "1", "page_number": "2"}).json()
    assert len(body["orders"]) == 1
    assert body["total_pages"] >= 2


@pytest.mark.parametrize("header", ["StarShipIT-Api-Key", "Ocp-Apim-Subscription-Key"])
@pytest.mark.parametrize("value", ["", "wrong", "\xe9"])
def test_without_both_keys_the_gateway_says_403(starshipit: httpx.Client, header: str, value: str) -> None:
    answer = starshipit.get(ORDERS, headers=[(header.encode(), value.encode())])
    assert answer.status_code == 403
    assert set(answer.json()) == {"statusCode", "message"}
    assert answer.json()["statusCode"] == 403


def test_without_any_header_the_gateway_says_403(sandbox: Running) -> None:
    assert httpx.get(sandbox.base_url("starshipit") + ORDERS).status_code == 403


def refused(body: dict[str, Any], place: str) -> None:
    spelled = "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in place.split(".")).lstrip(".")
    assert body["success"] is False
    assert "order" not in body
    assert body["errors"][0]["message"]
    assert body["errors"][0]["details"].startswith(f"{spelled} ")
