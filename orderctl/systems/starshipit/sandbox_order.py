"""The order of Starshipit's sandbox: the schema of the page, how an order begins, and how an update merges.

Knows no request. Lines merge by item_id and package_id, as the page's schema lets one read.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from orderctl.systems.page_rules import ARRAY, FLAG, INTEGER, NUMBER, OBJECT, TEXT, Breach, Form, Row, under
from orderctl.systems.stand_in import Json

_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})?", re.ASCII | re.IGNORECASE
)
_LINES = {"items": "item_id", "packages": "package_id"}


def _is_date_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _DATE_TIME.fullmatch(text) is not None


def _text(name: str, shortest: int, longest: int | None, *, required: bool = False) -> Row:
    return Row(name, TEXT, required=required, shortest=shortest, longest=longest)


_ADDRESS = (
    _text("name", 1, 100, required=True),
    _text("email", 0, 100),
    _text("phone", 0, 100),
    _text("building", 0, 100),
    _text("company", 0, 100),
    _text("street", 1, 100, required=True),
    _text("suburb", 1, 100, required=True),
    _text("city", 0, 100),
    # The schema says at least 1, a blank one was seen to be taken.
    _text("state", 0, 100),
    _text("post_code", 0, 10),
    _text("country", 2, 100, required=True),
)
_ITEM = (
    Row("item_id", INTEGER),
    _text("description", 0, None),
    _text("sku", 0, 50),
    _text("tariff_code", 0, 18),
    _text("country_of_origin", 0, 50),
    *(Row(name, NUMBER) for name in ("quantity", "quantity_to_ship", "weight", "value")),
    Row("delete", FLAG),
)
_PACKAGE = (
    Row("package_id", INTEGER),
    *(_text(name, 0, None) for name in ("name", "packaging_type", "tracking_number", "description")),
    *(Row(name, NUMBER) for name in ("weight", "height", "width", "length")),
    Row("delete", FLAG),
)
RULES = (
    Row("order_id", INTEGER),
    Row("order_date", TEXT, form=Form("a date-time as in RFC 3339", _is_date_time)),
    # Create Order: required, 1 to 50 characters.
    _text("order_number", 1, 50, required=True),
    _text("reference", 0, 50),
    # The page has a closed list; the real one has grown, so any name is taken.
    _text("carrier", 0, None),
    _text("carrier_service_code", 0, None),
    _text("shipping_method", 0, 100),
    _text("shipping_description", 0, 100),
    Row("signature_required", FLAG),
    _text("currency", 0, 3),
    Row("sender_details", OBJECT),
    *under("sender_details", _ADDRESS),
    Row("destination", OBJECT, required=True),
    *under("destination", _ADDRESS),
    _text("destination.delivery_instructions", 0, 100),
    _text("destination.tax_number", 0, None),
    Row("items", ARRAY),
    Row("items[]", OBJECT),
    *under("items[]", _ITEM),
    Row("packages", ARRAY),
    Row("packages[]", OBJECT),
    *under("packages[]", _PACKAGE),
    Row("metadatas", ARRAY),
    Row("metadatas[]", OBJECT),
    _text("metadatas[].metafield_key", 0, None),
    _text("metadatas[].value", 0, None),
    Row(
        "status",
        TEXT,
        words=("Unshipped", "Saved", "Printed", "AwaitingDispatch", "Dispatched", "Delivered"),
    ),
    Row("is_manifested", FLAG),
)

_FILLED: dict[str, Json] = {
    "signature_required": False,
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
"""What the page's example answer holds beside what was sent; keys without a value are absent, never null."""

_ANSWER = (
    *("order_id", "order_date", "order_number", "reference", "carrier", "carrier_service_code"),
    *("shipping_method", "shipping_description", "signature_required", "dangerous_goods", "currency"),
    *("sender_details", "destination", "items", "packages", "metadatas"),
)
"""The first keys of the page's response schema, in its order."""


def fresh(sent: dict[str, Json], new_id: Callable[[], int], now: datetime) -> dict[str, Json]:
    """A new order as an answer shows it; ids that were sent are not used, lines to delete are none."""
    sent = {name: _without_ids(name, value) for name, value in sent.items()}
    order_date = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
    return _shown({"order_date": order_date, **_FILLED}, sent, new_id(), new_id)


def merged(held: dict[str, Json], sent: dict[str, Json], new_id: Callable[[], int]) -> dict[str, Json]:
    """The order after an update: absent keys stay, lines with an id change in place, others are added."""
    remote = held["order_id"]
    assert isinstance(remote, int)
    return _shown(held, sent, remote, new_id)


def lines_at_odds(sent: dict[str, Json], held: dict[str, Json]) -> list[Breach]:
    """Lines that name an id which the order does not have, or are to be deleted without one."""
    found = []
    for name, id_name in _LINES.items():
        known = {line.get(id_name) for line in _objects(held.get(name))}
        for index, line in enumerate(_objects(sent.get(name))):
            if id_name in line and line[id_name] not in known:
                found.append(Breach(f"{name}[{index}].{id_name}", "conflict", "is no line of this order"))
            elif line.get("delete") and id_name not in line:
                found.append(Breach(f"{name}[{index}]", "conflict", f"cannot be deleted without its {id_name}"))
    return found


def _shown(held: dict[str, Json], sent: dict[str, Json], remote: int, new_id: Callable[[], int]) -> dict[str, Json]:
    order = {**held, **{name: value for name, value in sent.items() if name not in (*_LINES, "order_id")}}
    for name in ("sender_details", "destination"):
        before, now = held.get(name), sent.get(name)
        if isinstance(before, dict) and isinstance(now, dict):
            order[name] = {**before, **now}
    for name, id_name in _LINES.items():
        if isinstance(lines := sent.get(name), list):
            order[name] = _lines(_objects(held.get(name)), _objects(lines), id_name, new_id)
    if "is_manifested" in order:
        order["manifested"] = order.pop("is_manifested")
    order["order_id"] = remote
    names = (*(name for name in _ANSWER if name in order), *order)
    return {name: order[name] for name in dict.fromkeys(names)}


def _lines(
    held: Sequence[dict[str, Json]], sent: Sequence[dict[str, Json]], id_name: str, new_id: Callable[[], int]
) -> list[Json]:
    by_id = {line[id_name]: line for line in held}
    for line in sent:
        number = line.get(id_name) or new_id()
        if line.get("delete"):
            by_id.pop(number, None)
        else:
            by_id[number] = _line({**by_id.get(number, {}), **line, id_name: number})
    return list(by_id.values())


def _without_ids(name: str, value: Json) -> Json:
    if name not in _LINES:
        return value
    lines = [line for line in _objects(value) if not line.get("delete")]
    return [{word: each for word, each in line.items() if word != _LINES[name]} for line in lines]


def _line(line: dict[str, Json]) -> dict[str, Json]:
    """A line as answers show it: whole quantities as integers, a package's description as its contents."""
    shown = {name: value for name, value in line.items() if name != "delete"}
    for name in ("quantity", "quantity_to_ship"):
        value = shown.get(name)
        if isinstance(value, Decimal) and value == value.to_integral_value():
            shown[name] = int(value)
    if "package_id" in shown and "description" in shown:
        shown["contents"] = shown.pop("description")
    return shown


def _objects(value: Json) -> list[dict[str, Json]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
