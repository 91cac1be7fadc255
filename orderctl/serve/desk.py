"""What is listed, what is told of one order, and what an update does: orders and shipments together.

Knows documents and shipments; knows no HTTP.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orderctl.errors import NoInput
from orderctl.files import json_bytes
from orderctl.report.text import count
from orderctl.serve.rest import rest, strangers
from orderctl.serve.shipment import Shipment
from orderctl.serve.shipments import Shipments
from orderctl.serve.stock import Orders, Stock


class Closed(Exception):
    """The orders cannot be read, or a shipment cannot be kept, for the moment."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What List Orders answers, with its counts."""

    body: bytes
    listed: int
    left_out: int


class Desk:
    """The orders of the files less what was shipped; safe to use from several threads."""

    def __init__(self, stock: Stock, shipments: Shipments, say: Callable[[str], None]) -> None:
        self._stock = stock
        self._shipments = shipments
        self._say = say
        self._lock = threading.Lock()
        self._listing: tuple[Orders, int, Listing] | None = None
        self._met: set[str] = set()

    def listing(self) -> Listing:
        """All orders that are ready. Raises Closed."""
        with self._lock:
            orders, number = self._orders(), len(self._shipments)
            if self._listing is None or self._listing[0] is not orders or self._listing[1] != number:
                self._listing = orders, number, self._list(orders)
            return self._listing[2]

    def one(self, order: str) -> bytes | None:
        """One order, what is left of it; None when there is no such order. Raises Closed."""
        with self._lock:
            document = self._orders().documents.get(order)
        if document is None:
            return None
        left = rest(document, self._shipments.of(order))
        return json_bytes({"order": left or {**document, "status": "fulfilled", "items": []}}, indent=False) + b"\n"

    def update(self, shipment: Shipment) -> str | None:
        """Keep a shipment and say what it did; None when there is no such order. Raises Closed.

        An order that has left the files since it was listed is still known: what left must be told.
        """
        with self._lock:
            try:
                orders = self._orders()
            except Closed:
                orders = self._stock.orders
        known = shipment.order in orders.keys or shipment.order in self._met or self._shipments.of(shipment.order)
        if not known:
            return None
        try:
            if not self._shipments.add(shipment):
                return "told before"
        except OSError as error:
            self._say(f"A shipment cannot be kept: {error.strerror or error}. It was not confirmed")
            raise Closed from None
        return self._done(orders.documents.get(shipment.order), shipment)

    def _done(self, document: Mapping[str, Any] | None, shipment: Shipment) -> str:
        if document is None:
            return "kept; the order stands in no file"
        left = rest(document, self._shipments.of(shipment.order))
        number = strangers(document, shipment)
        stranger = f"; {count(number, 'item')} of it that the order has not" if number else ""
        return ("kept; the order is shipped" if left is None else "kept; a part of the order is left") + stranger

    def _orders(self) -> Orders:
        try:
            orders = self._stock.refresh()
        except NoInput as error:
            self._say(f"{error} Until it can, no order is listed")
            raise Closed from None
        return orders

    def _list(self, orders: Orders) -> Listing:
        left: Sequence[dict[str, Any] | None] = [
            rest(orders.documents[key], self._shipments.of(key)) for key in orders.ready
        ]
        documents = [document for document in left if document is not None]
        self._met.update(document["orderId"] for document in documents)
        body = json_bytes({"orders": documents}, indent=False) + b"\n"
        return Listing(body, len(documents), len(orders.left_out))
