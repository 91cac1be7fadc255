"""Webship as its Put Order page describes it: the rules of the page, and the answers of the overview.

Encodes documents, not the real server, and shares no code with our own validator. What no page says
(the error categories, how strict the server really is) is our reading; only PUT is stood in for.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime

from orderctl.systems.page_rules import (
    ARRAY,
    INTEGER,
    OBJECT,
    TEXT,
    Breach,
    Form,
    Row,
    check,
    is_date,
    matches,
    under,
)
from orderctl.systems.stand_in import Answer, Gauge, Held, Json, Limit, Orders, Request

CREDENTIALS: Mapping[str, str] = {
    "customer_id": "SANDBOX",
    "integration_id": "1",
    "api_key": "sandbox-webship-key",
}
LIMIT: Limit | None = None
"""No page states a limit."""

_PAGE = "Webship, Put Order"
_CATEGORY = {401: "AUTHENTICATION", 403: "AUTHORIZATION", 404: "NOT_FOUND", 422: "VALIDATION"}

_GIVEN = Form("given, not blank", lambda text: bool(text.strip()))
_DECIMAL = Form("a decimal as text, digits with at most one inner point", matches(r"[0-9]+(\.[0-9]+)?"))
_DATE = Form("a date as YYYY-MM-DD", is_date)
_COUNTRY = Form("a two-character country code", matches(r"[A-Za-z]{2}"))
_COUNTRY_OR_BLANK = Form("a two-character country code", matches(r"([A-Za-z]{2})?"))

_ADDRESS = (
    Row("name", TEXT, required=True, form=_GIVEN),
    Row("company", TEXT),
    Row("address1", TEXT, required=True, form=_GIVEN),
    Row("address2", TEXT),
    Row("city", TEXT, required=True, form=_GIVEN),
    Row("state", TEXT, required=True),
    Row("zip", TEXT, required=True),
    Row("country", TEXT, required=True, form=_COUNTRY),
    Row("phone", TEXT),
    Row("email", TEXT),
)
_RETURN_ADDRESS = tuple(
    Row(row.path, TEXT, form=_COUNTRY_OR_BLANK if row.path == "country" else None) for row in _ADDRESS
)
RULES = (
    Row("orderId", TEXT, required=True, form=_GIVEN),
    Row("orderDate", TEXT, required=True, form=_DATE),
    Row("orderNumber", TEXT, required=True, null=True),
    Row("fulfillmentStatus", TEXT, required=True, words=("pending", "fulfilled", "partial")),
    Row("shippingService", TEXT, required=True, null=True),
    Row("shipperReference", TEXT, null=True),
    Row("shipperReference2", TEXT, null=True),
    Row("contentDescription", TEXT),
    Row("shippingTotal", TEXT, required=True, null=True, form=_DECIMAL),
    Row("weightUnit", TEXT, required=True, null=True, words=("lb", "kg")),
    Row("dimUnit", TEXT, required=True, null=True, words=("in", "cm")),
    Row("dueByDate", TEXT, required=True, null=True, form=_DATE),
    Row("orderGroup", TEXT, required=True, null=True),
    Row("sender", OBJECT, required=True),
    *under("sender", _ADDRESS),
    Row("returnTo", OBJECT),
    *under("returnTo", _RETURN_ADDRESS),
    Row("receiver", OBJECT, required=True),
    *under("receiver", _ADDRESS),
    Row("items", ARRAY, required=True, null=True),
    Row("items[]", OBJECT),
    Row("items[].productId", TEXT),
    Row("items[].sku", TEXT, null=True),
    Row("items[].title", TEXT),
    Row("items[].price", TEXT, form=_DECIMAL),
    Row("items[].quantity", INTEGER),
    Row("items[].weight", TEXT, null=True, form=_DECIMAL),
    Row("items[].imgUrl", TEXT, null=True),
    Row("items[].htsNumber", TEXT, null=True),
    Row("items[].countryOfOrigin", TEXT, null=True, form=_COUNTRY_OR_BLANK),
    Row("items[].lineId", TEXT, null=True),
    Row("items[].pickLocation", TEXT, null=True),
    Row("packages", ARRAY, required=True, null=True),
    Row("packages[]", OBJECT),
    Row("packages[].weight", TEXT, form=_DECIMAL),
    Row("packages[].length", TEXT, null=True, form=_DECIMAL),
    Row("packages[].width", TEXT, null=True, form=_DECIMAL),
    Row("packages[].height", TEXT, null=True, form=_DECIMAL),
    Row("packages[].insuranceAmount", TEXT, null=True, form=_DECIMAL),
    Row("packages[].declaredValue", TEXT, null=True, form=_DECIMAL),
)


def answer(request: Request, orders: Orders, now: datetime) -> Answer:
    """Answer a request as the pages say."""
    key = f"RSIS {CREDENTIALS['api_key']}"
    if not hmac.compare_digest(request.headers.get("authorization", "").encode(), key.encode()):
        return _refuse(401, "The API key is missing or invalid", "overview, Authorization: RSIS <key>")
    match request.parts:
        case ("restapi", "v1", "customers", customer, *_) if customer != CREDENTIALS["customer_id"]:
            return _refuse(404, f"There is no customer {customer}", "overview, status 404")
        case ("restapi", "v1", "customers", _, "integrations", integration, "orders", order_id):
            if integration != CREDENTIALS["integration_id"]:
                return _refuse(404, f"There is no integration {integration}", "overview, status 404")
            return _put(request, order_id, orders) if request.method == "PUT" else _only("PUT")
        case ("restapi", "v1", "customers", _, "services"):
            return Answer(200, []) if request.method == "GET" else _only("GET")
        case ("restapi", "v1", "customers", _, "searchShipments"):
            return Answer(200, {"shipments": []}) if request.method == "POST" else _only("POST")
    return _refuse(404, "There is nothing at this address", "overview, status 404")


def refuse(status: int, text: str) -> Answer:
    """An error as the overview shows it; the categories are made up, no page lists them."""
    return Answer(status, {"error": text, "errorCategory": _CATEGORY.get(status, "UNCATEGORIZED")})


def limit_headers(gauge: Gauge) -> Mapping[str, str]:
    """Only the time to wait: no page names a header of a limit."""
    return {"Retry-After": str(gauge.reset)} if gauge.exceeded else {}


def _put(request: Request, order_id: str, orders: Orders) -> Answer:
    if not request.is_json:
        return _refuse(415, "The content type must be application/json", "overview, status 415", order_id)
    try:
        document = request.json()
    except ValueError as fault:
        return _refuse(422, f"The body is not JSON: {fault}", "overview, status 422", order_id)
    breaches = [*check(document, RULES), *_between_fields(document, order_id)]
    if breaches or not isinstance(document, dict):
        return _refuse(422, str(breaches[0]), f"{_PAGE}: {'; '.join(map(str, breaches))}", order_id)
    held = orders.by_key(order_id)
    orders.keep(_held(held.id if held else orders.new_id(), order_id, document))
    return Answer(201, {"ok": True}, concerns=(order_id,))


def _between_fields(document: Json, order_id: str) -> list[Breach]:
    if not isinstance(document, dict):
        return []
    found = []
    if isinstance(document.get("orderId"), str) and document["orderId"] != order_id:
        found.append(Breach("orderId", "conflict", "must match the order ID in the URL"))
    for party in ("sender", "receiver", "returnTo"):
        found += _us_or_ca(document.get(party), party)
    return found + _domestic(document)


def _us_or_ca(address: Json, party: str) -> list[Breach]:
    """Two rules for the two countries: the state is its code, and a required zip is not blank."""
    if not isinstance(address, dict) or str(address.get("country")).upper() not in ("US", "CA"):
        return []
    found = []
    state, postal_code = address.get("state"), address.get("zip")
    optional = party == "returnTo"
    if isinstance(state, str) and not matches(r"[A-Za-z]{2}")(state) and not (optional and not state.strip()):
        found.append(Breach(f"{party}.state", "format", "must be a two-character code for US and CA"))
    if isinstance(postal_code, str) and not postal_code.strip() and not optional:
        found.append(Breach(f"{party}.zip", "length", "must not be blank"))
    return found


def _domestic(document: dict[str, Json]) -> list[Breach]:
    countries = [
        str(party.get("country")).upper()
        for party in (document.get("sender"), document.get("receiver"))
        if isinstance(party, dict)
    ]
    packages = document.get("packages")
    if len(countries) < 2 or countries[0] != countries[1] or not isinstance(packages, list):
        return []
    return [
        Breach(f"packages[{index}].declaredValue", "conflict", "must be null for domestic shipments")
        for index, package in enumerate(packages)
        if isinstance(package, dict) and package.get("declaredValue") is not None
    ]


def _held(number: int, order_id: str, document: dict[str, Json]) -> Held:
    receiver = document["receiver"]
    assert isinstance(receiver, dict)
    return Held(
        id=number,
        key=order_id,
        number=str(document["orderNumber"] or ""),
        state=str(document["fulfillmentStatus"]),
        about=", ".join(str(receiver[word]) for word in ("name", "city", "country")),
        document=document,
    )


def _refuse(status: int, text: str, rule: str, *concerns: str) -> Answer:
    plain = refuse(status, text)
    return Answer(status, plain.body, concerns=concerns, rule=rule)


def _only(method: str) -> Answer:
    plain = refuse(405, f"Only {method} is allowed here")
    return Answer(405, plain.body, {"Allow": method}, rule="overview, status 405")
