"""ShipStation V1 as its pages describe it: create and update orders, one or many; list, read and delete them.

Encodes documents, not the real server, and shares no code with our own validator. Where no page says what
happens, the comment says what we read into it. The field table lies in `sandbox_rules`, an answer's full
order in `sandbox_order`.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderctl.systems.page_rules import Breach, called, check
from orderctl.systems.shipstation.sandbox_order import full_order
from orderctl.systems.shipstation.sandbox_rules import RULES, with_country_and_carrier
from orderctl.systems.stand_in import Answer, Gauge, Held, Json, Limit, Orders, Request

CREDENTIALS: Mapping[str, str] = {
    "api_key": "sandbox-shipstation-key",
    "api_secret": "sandbox-shipstation-secret",
}
LIMIT: Limit | None = Limit(40, 60.0)
"""API Requirements: 40 requests a minute."""

_OPEN = ("awaiting_payment", "awaiting_shipment", "on_hold", "pending_fulfillment")
"""Create/Update Order; the last one is on the page of several orders only."""
_PAGE = "ShipStation, Create/Update Order"
_MOST = 100
_STORE: dict[str, Json] = {
    "storeId": 1,
    "storeName": "Sandbox",
    "marketplaceId": 0,
    "marketplaceName": "ShipStation",
    "active": True,
}


def answer(request: Request, orders: Orders, now: datetime) -> Answer:
    """Answer a request as the pages say."""
    if not _let_in(request.headers.get("authorization", "")):
        return Answer(401, headers={"WWW-Authenticate": "Basic"}, rule="API Requirements: HTTP Basic, key:secret")
    match request.method, request.parts:
        case "POST", ("orders", "createorder"):
            return _create_one(request, orders, now)
        case "POST", ("orders", "createorders"):
            return _create_many(request, orders, now)
        case _, ("orders", "createorder" | "createorders"):
            return _only("POST", request.method)
        case "GET", ("orders",):
            return _list(request.query, orders)
        case "GET", ("orders", number):
            held = _by_id(number, orders)
            return Answer(200, held.document, concerns=(held.key,)) if held else _nothing(f"order {number}")
        case "DELETE", ("orders", number):
            return _delete(number, orders)
        case "GET", ("stores",):
            return Answer(200, [_STORE])
        case _, ("orders",) | ("stores",):
            return _only("GET", request.method)
        case _, ("orders", _):
            return _only("GET, DELETE", request.method)
    return _nothing("this address")


def refuse(status: int, text: str) -> Answer:
    """An error in one of the three shapes that were seen, by its status."""
    if status == 429:
        return Answer(429, {"message": "Too Many Requests"})
    if status >= 500:
        return Answer(status, {"Message": "An error has occurred.", "ExceptionMessage": text})
    return Answer(status, {"Message": text})


def limit_headers(gauge: Gauge) -> Mapping[str, str]:
    """The three headers that stand on every answer; `Retry-After` is not among them."""
    return {
        "X-Rate-Limit-Limit": str(gauge.limit),
        "X-Rate-Limit-Remaining": str(gauge.remaining),
        "X-Rate-Limit-Reset": str(gauge.reset),
    }


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of one order."""

    order: dict[str, Json] | None
    key: str
    refusal: str | None = None


def _let_in(authorization: str) -> bool:
    scheme, _, text = authorization.partition(" ")
    try:
        pair = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    expected = f"{CREDENTIALS['api_key']}:{CREDENTIALS['api_secret']}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(pair, expected)


def _create_one(request: Request, orders: Orders, now: datetime) -> Answer:
    sent = _sent(request)
    if isinstance(sent, Answer):
        return sent
    if not isinstance(sent, dict):
        return _model_state({"apiOrder": [f"must be an Order object, found {called(sent)}"]})
    if unbound := _unbound(sent, "apiOrder"):
        return _model_state(unbound, _key(sent))
    result = _keep(sent, orders, now)
    if result.order is None:
        rule = f"{_PAGE}: {result.refusal}"
        return Answer(400, {"Message": result.refusal}, concerns=(result.key,), rule=rule)
    return Answer(200, result.order, concerns=(result.key,))


def _create_many(request: Request, orders: Orders, now: datetime) -> Answer:
    """A wrong type anywhere refuses the whole array, as was seen; any other fault only its order."""
    sent = _sent(request)
    if isinstance(sent, Answer):
        return sent
    if not isinstance(sent, list):
        return _model_state({"apiOrders": [f"must be an array of Order objects, found {called(sent)}"]})
    if len(sent) > _MOST:
        return _refuse(400, f"At most {_MOST} orders, found {len(sent)}", "Create/Update Multiple Orders: 100 orders")
    unbound = {place: words for i, one in enumerate(sent) for place, words in _unbound(one, f"apiOrders[{i}]").items()}
    if unbound:
        return _model_state(unbound, *(_key(one) for one in sent))
    results = [_keep(one, orders, now) for one in sent if isinstance(one, dict)]
    refused = [f"{result.key}: {result.refusal}" for result in results if result.refusal]
    return Answer(
        200,
        {
            "hasErrors": bool(refused),
            "results": [_in_batch(*pair) for pair in zip(sent, results, strict=True)],
        },
        concerns=tuple(result.key for result in results if result.key),
        rule=f"{_PAGE}: {'; '.join(refused)}" if refused else None,
    )


def _sent(request: Request) -> "Json | Answer":
    if not request.is_json:
        return _refuse(415, "The content type must be application/json", "Create/Update Order, Content-Type")
    if not request.body.strip() or request.body.strip() == b"null":
        # Seen: input that is missing where an object is due ends in this exception.
        text = "Object reference not set to an instance of an object."
        return _refuse(500, text, "observed: a missing object ends in a 500")
    try:
        return request.json()
    except ValueError as fault:
        return _model_state({"apiOrder": [f"not JSON: {fault}"]})


def _unbound(sent: Json, prefix: str) -> dict[str, list[str]]:
    """What cannot be read into an Order at all, by its place."""
    breaches = [breach for breach in check(sent, RULES) if breach.fault in ("type", "format")]
    return {f"{prefix}.{breach.path}" if breach.path else prefix: [breach.text] for breach in breaches}


def _keep(sent: dict[str, Json], orders: Orders, now: datetime) -> _Result:
    """Create the order, or replace the one that has its orderKey."""
    key = _key(sent)
    breaches: list[Breach] = [*check(sent, RULES), *with_country_and_carrier(sent)]
    if breaches:
        return _Result(None, key, "; ".join(map(str, breaches)))
    held = orders.by_key(key) if key else None
    if held and held.state not in _OPEN:
        # The page says that it may not be updated, not how it says no.
        return _Result(None, key, f"the order is {held.state} and may not be updated")
    key = key or secrets.token_hex(16)
    number = held.id if held else orders.new_id()
    order = full_order({**sent, "orderKey": key}, number, held.document if held else None, orders.new_id, now)
    ship_to = order["shipTo"]
    assert isinstance(ship_to, dict)
    about = ", ".join(str(ship_to[word]) for word in ("name", "city", "country") if ship_to[word])
    orders.keep(Held(number, key, str(sent["orderNumber"]), str(sent["orderStatus"]), about, order))
    return _Result(order, key)


def _in_batch(sent: Json, result: _Result) -> Json:
    assert isinstance(sent, dict)
    order = result.order or {}
    return {
        "orderId": order.get("orderId"),
        "orderNumber": sent.get("orderNumber"),
        "orderKey": order.get("orderKey", sent.get("orderKey")),
        "success": result.order is not None,
        "errorMessage": result.refusal,
    }


def _list(query: Mapping[str, str], orders: Orders) -> Answer:
    """List Orders: orderNumber is a beginning, not the whole."""
    page, size = query.get("page", "1"), query.get("pageSize", "100")
    if not (_is_count(page, 10**9) and _is_count(size, 500)):
        return _refuse(400, "page is from 1 on, pageSize from 1 to 500", "List Orders, page and pageSize")
    states = [query["orderStatus"]] if query.get("orderStatus") else []
    found, total = orders.search(
        query.get("orderNumber", ""),
        starts=True,
        states=states,
        offset=(int(page) - 1) * int(size),
        limit=int(size),
    )
    documents: list[Json] = [held.document for held in found]
    pages = -(-total // int(size))
    body: Json = {"orders": documents, "total": total, "page": int(page), "pages": pages}
    return Answer(200, body, concerns=tuple(held.key for held in found[:20]))


def _is_count(text: str, most: int) -> bool:
    return text.isdecimal() and len(text) < 12 and 0 < int(text) <= most


def _delete(number: str, orders: Orders) -> Answer:
    held = _by_id(number, orders)
    if held is None:
        return _nothing(f"order {number}")
    orders.remove(held.id)
    done: Json = {"success": True, "message": "The requested order has been deleted."}
    return Answer(200, done, concerns=(held.key,))


def _by_id(number: str, orders: Orders) -> Held | None:
    return orders.by_id(int(number)) if number.isascii() and number.isdecimal() and len(number) < 19 else None


def _key(sent: Json) -> str:
    key = sent.get("orderKey") if isinstance(sent, dict) else None
    return key if isinstance(key, str) else ""


def _model_state(places: dict[str, list[str]], *keys: str) -> Answer:
    said = [f"{place} {', '.join(words)}" for place, words in places.items()]
    rule = f"{_PAGE}: {'; '.join(said)}"
    state: Json = {place: [*words] for place, words in places.items()}
    body: Json = {"Message": "The request is invalid.", "ModelState": state}
    return Answer(400, body, concerns=tuple(filter(None, keys)), rule=rule)


def _nothing(what: str) -> Answer:
    return _refuse(404, f"There is no {what}", "API Requirements, status 404")


def _only(allowed: str, method: str) -> Answer:
    plain = refuse(405, f"The requested resource does not support http method '{method}'.")
    return Answer(405, plain.body, {"Allow": allowed}, rule="API Requirements, status 405")


def _refuse(status: int, text: str, rule: str) -> Answer:
    return Answer(status, refuse(status, text).body, rule=rule)
