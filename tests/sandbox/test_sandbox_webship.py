"""Webship's stand-in, rule by rule from the Put Order page and the overview."""

import httpx
import pytest

from orderctl.sandbox import Running

from .by_hand import GONE, PUT_ORDER, Document, changed

ORDERS = "/restapi/v1/customers/SANDBOX/integrations/1/orders"


def put(client: httpx.Client, document: Document) -> httpx.Response:
    return client.put(f"{ORDERS}/123ABC", json=document)


def test_the_example_of_the_page_is_taken(webship: httpx.Client) -> None:
    answer = put(webship, PUT_ORDER)
    assert (answer.status_code, answer.json()) == (201, {"ok": True})
    assert answer.headers["content-type"].startswith("application/json")


def test_an_update_is_answered_as_a_creation_is(webship: httpx.Client) -> None:
    assert put(webship, PUT_ORDER).status_code == put(webship, PUT_ORDER).status_code == 201


@pytest.mark.parametrize(
    "place",
    [
        *(
            "orderNumber",
            "shippingService",
            "shippingTotal",
            "weightUnit",
            "dimUnit",
            "dueByDate",
            "orderGroup",
        ),
        *("items", "packages", "items.0.sku", "items.0.weight", "items.0.imgUrl", "items.0.htsNumber"),
        *("items.0.countryOfOrigin", "items.0.lineId", "items.0.pickLocation"),
        *("packages.0.length", "packages.0.width", "packages.0.height"),
    ],
)
def test_null_is_taken_where_the_page_says_or_null(webship: httpx.Client, place: str) -> None:
    assert put(webship, changed(PUT_ORDER, (place, None))).status_code == 201


@pytest.mark.parametrize(
    "place",
    [
        *("orderId", "orderDate", "fulfillmentStatus", "contentDescription", "sender", "receiver"),
        *("sender.company", "receiver.address2", "returnTo.name", "receiver.phone", "items.0.productId"),
        *("items.0.title", "items.0.price", "items.0.quantity", "packages.0.weight"),
    ],
)
def test_null_is_refused_where_the_page_does_not(webship: httpx.Client, place: str) -> None:
    refused(put(webship, changed(PUT_ORDER, (place, None))), place)


@pytest.mark.parametrize(
    "place",
    [
        *("orderId", "orderDate", "orderNumber", "fulfillmentStatus", "shippingService", "shippingTotal"),
        *("weightUnit", "dimUnit", "dueByDate", "orderGroup", "sender", "receiver", "items", "packages"),
        *(f"{party}.{name}" for party in ("sender", "receiver") for name in ("name", "address1", "city")),
        *(f"{party}.{name}" for party in ("sender", "receiver") for name in ("state", "zip", "country")),
    ],
)
def test_a_required_key_must_be_there(webship: httpx.Client, place: str) -> None:
    refused(put(webship, changed(PUT_ORDER, (place, GONE))), place)


@pytest.mark.parametrize(
    "place",
    [
        *("contentDescription", "returnTo", "returnTo.state", "returnTo.country", "sender.company"),
        *("receiver.phone", "receiver.email", "receiver.address2", "items.0.price", "items.0.quantity"),
        *("packages.0.weight", "packages.0.insuranceAmount"),
    ],
)
def test_an_optional_key_may_be_absent(webship: httpx.Client, place: str) -> None:
    assert put(webship, changed(PUT_ORDER, (place, GONE))).status_code == 201


@pytest.mark.parametrize(
    ("place", "value"),
    [
        *(("orderDate", text) for text in ("04/24/2016", "2016-04-24T10:00:00Z", "2016-02-30", "2016-4-24", "")),
        ("dueByDate", "26 April"),
        *(("shippingTotal", text) for text in (".77", "5.", "-1", "+1", "1e5", "1,000", "$3", " 1", "1\n", "", "٣")),
        ("shippingTotal", 8.24),
        ("items.0.price", "3,99"),
        ("items.0.weight", 0.5),
        ("packages.0.length", 6),
        ("packages.0.weight", "half"),
        *(("items.0.quantity", value) for value in ("2", 2.5, True)),
        ("fulfillmentStatus", "shipped"),
        ("weightUnit", "oz"),
        ("dimUnit", "ft"),
        ("orderNumber", 123),
        ("sender.state", "Utah"),
        ("receiver.state", "U"),
        ("receiver.state", ""),
        ("returnTo.state", "Utah"),
        ("receiver.country", "USA"),
        ("receiver.country", ""),
        ("receiver.zip", 84106),
        ("receiver.zip", " "),
        ("receiver.name", " "),
        ("sender.address1", ""),
        ("items", {}),
        ("items.0", "socks"),
        ("packages", "one"),
        ("items.0.countryOfOrigin", "United States"),
        ("packages.0.declaredValue", "20"),
    ],
)
def test_a_value_that_breaks_the_page_is_refused(webship: httpx.Client, place: str, value: object) -> None:
    refused(put(webship, changed(PUT_ORDER, (place, value))), place)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        *(("shippingTotal", text) for text in ("0", "08", "8.240")),
        ("items.0.quantity", 0),
        ("packages.0.insuranceAmount", "20.00"),
        ("sender.company", ""),
        ("somethingElse", {"a": 1}),
    ],
)
def test_a_value_that_keeps_to_the_page_is_taken(webship: httpx.Client, place: str, value: object) -> None:
    assert put(webship, changed(PUT_ORDER, (place, value))).status_code == 201


def test_outside_of_us_and_canada_a_state_and_zip_may_be_blank_or_long(webship: httpx.Client) -> None:
    abroad = changed(PUT_ORDER, ("receiver.country", "IE"), ("receiver.state", ""), ("receiver.zip", ""))
    assert put(webship, abroad).status_code == 201
    assert put(webship, changed(abroad, ("receiver.state", "County Cork"))).status_code == 201


def test_a_declared_value_is_for_international_shipments(webship: httpx.Client) -> None:
    abroad = changed(PUT_ORDER, ("receiver.country", "IE"), ("packages.0.declaredValue", "20"))
    assert put(webship, abroad).status_code == 201


def test_the_id_in_the_url_must_be_that_in_the_body(webship: httpx.Client) -> None:
    refused(webship.put(f"{ORDERS}/123456", json=PUT_ORDER), "orderId")


@pytest.mark.parametrize(
    ("part", "order_id"),
    [
        ("A%2F..%2FB", "A/../B"),
        ("100%25", "100%"),
        ("%252F", "%2F"),
        ("a%20b+c", "a b+c"),
        ("Z%C3%BCrich%231%3F", "Zürich#1?"),
    ],
)
def test_an_id_is_decoded_exactly_once(webship: httpx.Client, part: str, order_id: str) -> None:
    url = httpx.URL(str(webship.base_url).rstrip("/") + f"{ORDERS}/{part}")
    assert webship.put(url, json=changed(PUT_ORDER, ("orderId", order_id))).status_code == 201


@pytest.mark.parametrize(
    "authorization",
    [None, "", "RSIS", "RSIS  sandbox-webship-key", "RSIS other", "Bearer sandbox-webship-key"],
)
def test_without_the_key_there_is_a_401(sandbox: Running, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = httpx.put(f"{sandbox.base_url('webship')}{ORDERS}/123ABC", json=PUT_ORDER, headers=headers)
    assert answer.status_code == 401
    assert set(answer.json()) == {"error", "errorCategory"}


@pytest.mark.parametrize(
    "path",
    [
        "/restapi/v1/customers/OTHER/integrations/1/orders/123ABC",
        "/restapi/v1/customers/SANDBOX/integrations/2/orders/123ABC",
        "/restapi/v1/customers/SANDBOX/integrations/1/orders/123ABC/more",
        "/restapi/v2/customers/SANDBOX/integrations/1/orders/123ABC",
    ],
)
def test_a_wrong_customer_integration_or_address_is_a_404(webship: httpx.Client, path: str) -> None:
    assert webship.put(path, json=PUT_ORDER).status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_another_method_is_a_405_that_names_the_right_one(webship: httpx.Client, method: str) -> None:
    answer = webship.request(method, f"{ORDERS}/123ABC")
    assert (answer.status_code, answer.headers["allow"]) == (405, "PUT")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_a_415(webship: httpx.Client, kind: str) -> None:
    answer = webship.put(f"{ORDERS}/123ABC", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": NaN}', b'"\xff"', b"[" * 100_000, b"[]", b"null"])
def test_a_body_that_is_no_json_object_is_a_422(webship: httpx.Client, body: bytes) -> None:
    answer = webship.put(f"{ORDERS}/123ABC", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_the_services_are_a_harmless_check_of_credentials(webship: httpx.Client) -> None:
    answer = webship.get("/restapi/v1/customers/SANDBOX/services")
    assert (answer.status_code, answer.json()) == (200, [])


def refused(answer: httpx.Response, place: str) -> None:
    *parents, last = place.split(".")
    spelled = "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in [*parents, last]).lstrip(".")
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "errorCategory"}
    assert answer.json()["error"].startswith(f"{spelled} ")
