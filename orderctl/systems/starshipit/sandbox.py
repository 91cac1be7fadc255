"""Starshipit as its Update Order page and others' notes describe it: create, update, read, search, delete.

Encodes documents, not the real server, and shares no code with our own validator. A refusal is HTTP 200 with
`success` false. What the pages leave open (a second order of one number, an unknown item_id) is our reading.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime

from orderctl.systems.page_rules import Breach, check
from orderctl.systems.stand_in import Answer, Gauge, Held, Json, Limit, Orders, Request
from orderctl.systems.starshipit.sandbox_order import RULES, fresh, lines_at_odds, merged

CREDENTIALS: Mapping[str, str] = {
    "api_key": "sandbox-starshipit-key",
    "subscription_key": "sandbox-starshipit-subscription",
}
LIMIT: Limit | None = Limit(2, 1.0)
"""API fundamentals: two requests a second for developers."""

_HEADERS = {"api_key": "starshipit-api-key", "subscription_key": "ocp-apim-subscription-key"}
_PAGE = "Starshipit, Update Order"
_UNSHIPPED = ("Unshipped", "Saved")
_SHIPPED = ("Printed", "AwaitingDispatch", "Dispatched", "Delivered")
_STATES = {"": _UNSHIPPED, "unshipped": _UNSHIPPED, "shipped": _SHIPPED, "all": (*_UNSHIPPED, *_SHIPPED)}


def answer(request: Request, orders: Orders, now: datetime) -> Answer:
    """Answer a request as the pages say."""
    for setting, header in _HEADERS.items():
        given = request.headers.get(header, "")
        if not hmac.compare_digest(given.encode(), CREDENTIALS[setting].encode()):
            text = f"Access denied: {header} is {'invalid' if given else 'missing'}"
            return Answer(403, refuse(403, text).body, rule="API fundamentals: both keys on every request")
    match request.method, request.parts:
        case "POST" | "PUT", ("api", "orders"):
            return _write(request, orders, now)
        case "GET", ("api", "orders"):
            return _read(request.query, orders)
        case "GET", ("api", "orders", "search"):
            return _search(request.query, orders)
        case "DELETE", ("api", "orders", "delete"):
            return _delete(request.query, orders)
        case _, ("api", "orders"):
            return _gateway(405, "Method not allowed", {"Allow": "GET, POST, PUT"})
        case _, ("api", "orders", "search" | "delete" as last):
            return _gateway(405, "Method not allowed", {"Allow": "GET" if last == "search" else "DELETE"})
    return _gateway(404, "Resource not found")


def refuse(status: int, text: str) -> Answer:
    """A refusal of the gateway, which has no `success` in it."""
    if status == 429:
        text = "Rate limit is exceeded. Try again in 1 seconds."
    return Answer(status, {"statusCode": status, "message": text})


def limit_headers(gauge: Gauge) -> Mapping[str, str]:
    """The gateway's own header, on a refusal only."""
    return {"Retry-After": str(gauge.reset)} if gauge.exceeded else {}


def _write(request: Request, orders: Orders, now: datetime) -> Answer:
    if not request.is_json:
        return _gateway(415, "The content type must be application/json")
    try:
        sent = request.json()
    except ValueError as fault:
        return _gateway(400, f"The body is not JSON: {fault}")
    order = sent.get("order") if isinstance(sent, dict) else None
    if not isinstance(order, dict):
        return _refuse("Invalid request", "order is required, and must be an object", f"{_PAGE}, order")
    if request.method == "POST":
        return _create(order, orders, now)
    return _update(order, orders)


def _create(order: dict[str, Json], orders: Orders, now: datetime) -> Answer:
    number = order.get("order_number")
    concerns = (number,) if isinstance(number, str) and number else ()
    breaches = check(order, RULES)
    if breaches or not isinstance(number, str):
        return _invalid(breaches, *concerns)
    if orders.by_key(number):
        # Clients meet this message on a second POST; whether every account refuses it is not known.
        return _refuse("Order Exists", f"order_number {number} is held already", "observed: Order Exists", number)
    return _hold(fresh(order, orders.new_id, now), orders)


def _update(order: dict[str, Json], orders: Orders) -> Answer:
    remote = order.get("order_id")
    if not isinstance(remote, int):
        return _refuse("Invalid request", "order_id is required to update", f"{_PAGE}, order_id")
    held = orders.by_id(remote)
    if held is None:
        return _not_found(f"Unable to get order details from order_id {remote}", rule=f"{_PAGE}, order_id")
    breaches = [*check(order, RULES, partial=True), *lines_at_odds(order, held.document)]
    if held.state in _SHIPPED:
        breaches += _after_printing(order, held.document)
    number = order.get("order_number", held.number)
    if number != held.number and isinstance(number, str) and orders.by_key(number):
        breaches.append(Breach("order_number", "conflict", "belongs to another order"))
    if breaches:
        return _invalid(breaches, held.key)
    return _hold(merged(held.document, order, orders.new_id), orders)


def _after_printing(order: dict[str, Json], held: dict[str, Json]) -> list[Breach]:
    """Once it is printed, only the status of an order changes, and never back."""
    found = [
        Breach(name, "conflict", f"cannot change, the order is {held['status']}")
        for name in order
        if name not in ("order_id", "status")
    ]
    if order.get("status", held["status"]) in _UNSHIPPED:
        found.append(Breach("status", "conflict", f"cannot go back from {held['status']}"))
    return found


def _hold(order: dict[str, Json], orders: Orders) -> Answer:
    destination, number, remote = order.get("destination"), order.get("order_number"), order["order_id"]
    assert isinstance(number, str)
    assert isinstance(remote, int)
    to = destination if isinstance(destination, dict) else {}
    about = ", ".join(str(to[word]) for word in ("name", "suburb", "country") if to.get(word))
    orders.keep(Held(remote, number, number, str(order["status"]), about, order))
    return _yes({"order": order}, number)


def _read(query: Mapping[str, str], orders: Orders) -> Answer:
    """One order by order_id, whatever its status; by order_number only within a status; else a list."""
    if remote := query.get("order_id"):
        held = _by_id(remote, orders)
        if held is None:
            return _not_found(f"Unable to get order details from order_id {remote}")
        return _yes({"order": held.document}, held.key)
    status = query.get("status", "")
    if status.lower() not in _STATES:
        return _refuse("Invalid request", f"status {status} is unknown", "Get Orders, status")
    if number := query.get("order_number"):
        held = orders.by_key(number)
        if held is None or held.state not in _STATES[status.lower()]:
            return _not_found(f"No {status or 'Unshipped'} order has the order_number {number}", number)
        return _yes({"order": held.document}, held.key)
    page, size = _page(query, "page_number", "page_size", 500, 500)
    found, total = orders.search(states=_STATES[status.lower()], offset=(page - 1) * size, limit=size)
    return _yes({"orders": [held.document for held in found], "total_pages": -(-total // size)})


def _search(query: Mapping[str, str], orders: Orders) -> Answer:
    """Orders whose number begins with the phrase; the real one looks into more fields."""
    status = query.get("status", "all").lower()
    page, size = _page(query, "page", "limit", 50, 250)
    states = _STATES.get(status, _STATES["all"])
    found, total = orders.search(
        query.get("phrase", ""), starts=True, states=states, offset=(page - 1) * size, limit=size
    )
    hits: list[Json] = [
        {name: held.document[name] for name in ("order_id", "order_date", "order_number")} for held in found
    ]
    return _yes({"orders": hits, "total_pages": -(-total // size)})


def _delete(query: Mapping[str, str], orders: Orders) -> Answer:
    remote = query.get("order_id", "")
    held = _by_id(remote, orders)
    if held is None:
        return _not_found(f"Unable to get order details from order_id {remote}", rule="Delete Order, order_id")
    if held.state not in _UNSHIPPED:
        return _refuse("Invalid request", f"the order is {held.state}", "Delete Order: unshipped only", held.key)
    orders.remove(held.id)
    return _yes({}, held.key)


def _by_id(text: str, orders: Orders) -> Held | None:
    return orders.by_id(int(text)) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _page(query: Mapping[str, str], page: str, size: str, usual: int, most: int) -> tuple[int, int]:
    pages, sizes = query.get(page, ""), query.get(size, "")
    number = int(pages) if pages.isdecimal() and len(pages) < 9 else 1
    return max(1, number), min(most, int(sizes)) if sizes.isdecimal() and int(sizes) else usual


def _yes(body: dict[str, Json], *concerns: str) -> Answer:
    return Answer(200, {**body, "success": True}, concerns=concerns)


def _not_found(details: str, *concerns: str, rule: str | None = None) -> Answer:
    """Not there is HTTP 200 as well, as was seen; to a look-up it is no refusal."""
    body: Json = {"success": False, "errors": [{"message": "Order not found", "details": details}]}
    return Answer(200, body, concerns=concerns, rule=rule)


def _invalid(breaches: list[Breach], *concerns: str) -> Answer:
    errors: list[Json] = [{"message": "Validation failed", "details": str(breach)} for breach in breaches]
    rule = f"{_PAGE}: {'; '.join(map(str, breaches))}"
    return Answer(200, {"success": False, "errors": errors}, concerns=concerns, rule=rule)


def _refuse(message: str, details: str, rule: str, *concerns: str) -> Answer:
    body: Json = {"success": False, "errors": [{"message": message, "details": details}]}
    return Answer(200, body, concerns=concerns, rule=f"{rule}: {details}")


def _gateway(status: int, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, refuse(status, text).body, headers or {}, rule=f"gateway: {text}")
