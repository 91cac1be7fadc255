"""Stand-ins for the three vendors, as small as the tests need them: a store, and a list of faults to come first.

Written from the vendors' pages alone; they share no code with the wires.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from .support import Clock, Vendor, decoded

Fault = Callable[["Store", httpx.Request], httpx.Response | Exception]


@dataclass
class Store:
    """A vendor in process: `faults` are used up one a write (or one a look-up), then the vendor behaves.

    `late` are writes that it will commit at their moment. Its index is `stale` seconds behind: a look-up does not show
    an order before (F17); `hidden` counts what it so kept back.
    """

    clock: Clock = field(default_factory=Clock)
    orders: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault | None] = field(default_factory=list)
    look_faults: list[Fault | None] = field(default_factory=list)
    writes: int = 0
    next_id: int = 100
    fired: int = 0
    late: list[tuple[float, httpx.Request]] = field(default_factory=list)
    stale: float = 0.0
    since: dict[int, float] = field(default_factory=dict)
    hidden: int = 0

    def vendor(self) -> Vendor:
        return Vendor(self.answer, self.clock)

    def answer(self, request: httpx.Request) -> httpx.Response:
        looking = request.method == "GET"
        faults = self.look_faults if looking else self.faults
        fault = faults.pop(0) if faults else None
        self.writes += not looking
        if fault is not None:
            self.fired += 1
            answer = fault(self, request)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self.look(request) if looking else self.write(request)

    def look(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def write(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def new_id(self) -> int:
        self.next_id += 1
        self.since[self.next_id] = self.clock()
        return self.next_id

    def land(self) -> None:
        """Commit what is due by now."""
        due = [one for one in self.late if one[0] <= self.clock()]
        for one in due:
            self.late.remove(one)
            made = self.next_id
            self.write(one[1])
            self.since.update(dict.fromkeys(range(made + 1, self.next_id + 1), one[0]))

    def shown(self, hits: list[dict[str, Any]], mark: str) -> list[dict[str, Any]]:
        """Those of the orders found that the index knows by now."""
        known = [one for one in hits if not self.stale or self.clock() - self.since[one[mark]] >= self.stale]
        self.hidden += len(hits) - len(known)
        return known


class Webship(Store):
    def write(self, request: httpx.Request) -> httpx.Response:
        document = decoded(request.content)
        self.orders = [order for order in self.orders if order["orderId"] != document["orderId"]]
        self.orders.append(document)
        return answered(201, {"ok": True})


class ShipStation(Store):
    def write(self, request: httpx.Request) -> httpx.Response:
        body = decoded(request.content)
        if isinstance(body, dict):
            return answered(200, self._keep(body))
        for order in body:
            if not isinstance(order.get("items", []), list):
                state = {"apiOrders[0].items": ["not a list"]}
                return answered(400, {"Message": "The request is invalid.", "ModelState": state})
        results = []
        for order in body:
            if order["orderNumber"].startswith("BAD"):
                results.append(
                    {
                        "orderId": 0,
                        "orderNumber": order["orderNumber"],
                        "orderKey": order["orderKey"],
                        "success": False,
                        "errorMessage": "Please use a 2 character country code",
                    }
                )
                continue
            kept = self._keep(order)
            results.append(
                {
                    **{name: kept[name] for name in ("orderId", "orderNumber", "orderKey")},
                    "success": True,
                    "errorMessage": None,
                }
            )
        return answered(200, {"hasErrors": False, "results": results[::-1]})

    def _keep(self, order: dict[str, Any]) -> dict[str, Any]:
        key = order.get("orderKey")
        held = next((one for one in self.orders if key and one["orderKey"] == key), None)
        if held is None and order.get("orderId"):
            held = next((one for one in self.orders if one["orderId"] == order["orderId"]), None)
        if held is None:
            held = {"orderId": self.new_id(), "orderKey": key or f"{self.new_id():032x}"}
            self.orders.append(held)
        held.update({name: value for name, value in order.items() if name not in ("orderKey", "orderId")})
        return {**held, "customerId": None}

    def look(self, request: httpx.Request) -> httpx.Response:
        number = request.url.params["orderNumber"]
        hits = [order for order in self.orders if order["orderNumber"].startswith(number)]
        hits = self.shown(hits, "orderId")
        return answered(200, {"orders": hits, "total": len(hits), "page": 1, "pages": 1})


class Starshipit(Store):
    def write(self, request: httpx.Request) -> httpx.Response:
        order = decoded(request.content)["order"]
        if request.method == "POST":
            held = {"order_id": self.new_id(), "status": "Unshipped"}
            self.orders.append(held)
        else:
            held = next(one for one in self.orders if one["order_id"] == order["order_id"])
        self._merge(held, order)
        return answered(200, {"order": held, "success": True})

    def _merge(self, held: dict[str, Any], order: dict[str, Any]) -> None:
        for name, value in order.items():
            if name == "items":
                held["items"] = self._lines(held.get("items", []), value, "item_id")
            elif name == "packages":
                held["packages"] = self._lines(held.get("packages", []), value, "package_id")
            elif isinstance(value, dict):
                held[name] = {**held.get(name, {}), **value}
            elif name != "order_id":
                held[name] = value

    def _lines(self, held: list[dict[str, Any]], sent: list[dict[str, Any]], mark: str) -> list[dict[str, Any]]:
        lines = {line[mark]: line for line in held}
        for line in sent:
            if line.get("delete"):
                lines.pop(line[mark])
            elif mark in line:
                lines[line[mark]].update(line)
            else:
                number = self.new_id()
                lines[number] = {**line, mark: number}
        return list(lines.values())

    def look(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        if "order_id" in asked:
            hits = [order for order in self.orders if str(order["order_id"]) == asked["order_id"]]
        else:
            shipped = asked.get("status") == "Shipped"
            hits = [
                order
                for order in self.orders
                if order["order_number"] == asked["order_number"]
                and (order["status"] not in ("Unshipped", "Saved")) == shipped
            ]
        hits = self.shown(hits, "order_id")
        if not hits:
            errors = [{"message": "Order not found", "details": "Unable to get order details"}]
            return answered(200, {"success": False, "errors": errors})
        return answered(200, {"order": hits if len(hits) > 1 else hits[0], "success": True})


def answered(code: int, body: object = None, headers: dict[str, str] | None = None) -> httpx.Response:
    """An answer whose numbers keep their digits."""
    content = msgspec.json.Encoder(decimal_format="number").encode(body)
    return httpx.Response(code, content=content, headers={"Content-Type": "application/json", **(headers or {})})


def lost(store: Store, request: httpx.Request) -> Exception:
    """The request never got through, but may have, for all the client knows."""
    return httpx.ReadTimeout("no answer", request=request)


def committed(store: Store, request: httpx.Request) -> Exception:
    """The vendor did it, and the answer was lost."""
    store.write(request)
    return httpx.ReadError("reset", request=request)


def late(seconds: float) -> Fault:
    """The client gives up; the vendor commits later, but before the settle time is over."""

    def fault(store: "Store", request: httpx.Request) -> Exception:
        store.late.append((store.clock() + seconds, request))
        return httpx.ReadTimeout("no answer", request=request)

    return fault


def refused_connection(store: Store, request: httpx.Request) -> Exception:
    return httpx.ConnectError("connection refused", request=request)


def status(code: int, body: object = None, **headers: str) -> Fault:
    """An answer with this status instead of doing it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda store, request: answered(code, body, headers=named)


def committed_but(code: int, body: object = None) -> Fault:
    """Done all the same, with this answer."""

    def fault(store: Store, request: httpx.Request) -> httpx.Response:
        store.write(request)
        return answered(code, body)

    return fault
