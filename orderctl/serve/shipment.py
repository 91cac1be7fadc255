"""One shipment, as Webship's Update Order tells of it and as a line of the shipments file keeps it.

Knows the fields of that page; knows no file and no order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from orderctl.serve.form import Malformed, Tree

SCHEMA = "orderctl.shipment/1"
_QUANTITY = re.compile(r"([0-9]{1,9})(\.0+)?")
_NAMED = frozenset({"orderId", "carrier", "trackingNumbers", "items", "item", "receiver", "quote"})


@dataclass(frozen=True, slots=True)
class Shipped:
    """So many pieces of a product; None is all of its line."""

    id: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Shipment:
    """A shipment of one order: with `items` of those, without any of the whole order.

    `at` is when it was told, in UTC; `more` holds what the page's stored copy does not name.
    """

    order: str
    at: str
    carrier: str | None
    tracking_numbers: tuple[str, ...]
    items: tuple[Shipped, ...]
    receiver: Tree
    quote: Tree
    more: Mapping[str, Tree]

    def line(self) -> dict[str, Any]:
        """The shipment as one line of the shipments file."""
        return {
            "schema": SCHEMA,
            "at": self.at,
            "order": self.order,
            "carrier": self.carrier,
            "tracking_numbers": list(self.tracking_numbers),
            "items": [{"id": item.id, "quantity": item.quantity} for item in self.items],
            "receiver": self.receiver,
            "quote": self.quote,
            "more": dict(self.more),
        }

    @property
    def told(self) -> bytes:
        """What two tellings of the same have in common: all but the time."""
        from orderctl.files import json_bytes

        return sha256(json_bytes({**self.line(), "at": None}, indent=False)).digest()

    @property
    def parcel(self) -> object:
        """What two tellings of one parcel have in common; its charges may have been corrected."""
        return (frozenset(self.tracking_numbers), self.items) if self.tracking_numbers else self.told


def told_by(form: Mapping[str, Tree], at: str) -> Shipment:
    """The shipment that a form of Update Order tells of. Raises Malformed."""
    order = _text(form, "orderId")
    if not order:
        raise Malformed("orderId is missing")
    numbers = (_text(form, "trackingNumbers") or "").split(",")
    return Shipment(
        order=order,
        at=at,
        carrier=_text(form, "carrier"),
        tracking_numbers=tuple(dict.fromkeys(number.strip() for number in numbers if number.strip())),
        items=tuple(_item(item) for item in _items(form)),
        receiver=form.get("receiver", {}),
        quote=form.get("quote", {}),
        more={name: value for name, value in form.items() if name not in _NAMED},
    )


def kept_as(line: object) -> Shipment:
    """The shipment that a line of the file keeps. Raises ValueError when it keeps none."""
    try:
        if not isinstance(line, dict) or line["schema"] != SCHEMA:
            raise ValueError("not a shipment")
        items = [Shipped(item["id"], item["quantity"]) for item in line["items"]]
        rest = {name: line[name] for name in ("order", "at", "carrier", "receiver", "quote", "more")}
        shipment = Shipment(tracking_numbers=tuple(line["tracking_numbers"]), items=tuple(items), **rest)
    except (KeyError, TypeError) as error:
        raise ValueError("not a shipment") from error
    if not isinstance(shipment.order, str) or not all(map(_is_kept_item, items)):
        raise ValueError("not a shipment")
    return shipment


def _text(form: Mapping[str, Tree], name: str) -> str | None:
    value = form.get(name)
    if value is not None and not isinstance(value, str):
        raise Malformed(f"{name} is a group, not a value")
    return value


def _items(form: Mapping[str, Tree]) -> list[Tree]:
    """The items, as a list or as a single one, under either of the page's two names."""
    if "items" in form and "item" in form:
        raise Malformed("items stand under two names")
    found = form.get("items", form.get("item", []))
    if isinstance(found, str) and found:
        raise Malformed("items is a value, not a list")
    return found if isinstance(found, list) else [found] if found else []


def _item(item: Tree) -> Shipped:
    if not isinstance(item, dict):
        raise Malformed("an item is a value, not a group")
    quantity = _text(item, "quantity") or ""
    match = _QUANTITY.fullmatch(quantity.strip())
    if match is None and quantity.strip():
        raise Malformed("the quantity of an item is not a whole number")
    return Shipped(_text(item, "id") or "", int(match[1]) if match else None)


def _is_kept_item(item: Shipped) -> bool:
    return isinstance(item.id, str) and (item.quantity is None or isinstance(item.quantity, int))
