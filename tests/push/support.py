"""What the tests of the push share: targets, candidates, a vendor that is a function, a clock that only sleep moves."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import msgspec

from orderctl import systems
from orderctl.config import Secret, Target
from orderctl.push import Candidate, Meant, Options, Result, Summary, World, push

SETTINGS = {"webship": {"customer_id": "TEST00002", "integration_id": "3214"}}


JOURNAL: Secret | None = None
"""Where the journal of every target is, where it is not a file; `both` of the conftest sets it."""


def target(state_dir: Path, system: str = "webship", **changes: Any) -> Target:
    """A target of this system with made-up credentials."""
    described = systems.load(system)
    plain = Target(
        name=system,
        system=system,
        base_url=described.base_url,
        settings=SETTINGS.get(system, {}),
        secrets={setting.key: Secret(f"canary-{setting.key}-Zq7/+x") for setting in described.credentials},
        account=None,
        batch=1,
        rate="1000/second",
        settle=None,
        environment=None,
        proxy=None,
        ca_file=None,
        defaults={},
        maps={},
        state_dir=state_dir,
        sandbox=False,
        journal=JOURNAL,
    )
    return replace(plain, **changes)


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    at: float = 1000.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    def wall(self) -> float:
        return 1_700_000_000.0 + self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.at += seconds


Reply = Callable[[httpx.Request], httpx.Response]


@dataclass
class Vendor:
    """A vendor that answers in process and remembers what it was asked, and when."""

    handler: Reply
    clock: Clock = field(default_factory=Clock)
    asked: list[httpx.Request] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def world(self) -> World:
        return World(
            clock=self.clock,
            now=self.clock.wall,
            random=lambda: 1.0,
            transport=httpx.MockTransport(self._answer),
            sleep=self.clock.sleep,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        self.times.append(self.clock())
        return self.handler(request)

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.asked]


def decoded(content: bytes) -> Any:
    """JSON as a document."""
    return msgspec.json.decode(content, type=Any) if b"." not in content else _DECODER.decode(content)


_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass
class Run:
    """One push and what it told."""

    summary: Summary
    results: list[Result]
    messages: list[str]

    @property
    def outcomes(self) -> dict[str | None, str]:
        return {result.key: result.outcome.value for result in self.results}

    @property
    def by_key(self) -> dict[str | None, Result]:
        return {result.key: result for result in self.results}

    @property
    def exit_code(self) -> int:
        return int(self.summary.exit_code)


def pushed(candidates: Iterable[Candidate], to: Target, vendor: Vendor, **flags: Any) -> Run:
    """Push to the vendor in simulated time."""
    results: list[Result] = []
    messages: list[str] = []
    summary = push(candidates, to, Options(**flags), vendor.world(), results.append, messages.append)
    return Run(summary, results, messages)


def webship(order_id: str = "A-1", index: int = 0, **changes: Any) -> Candidate:
    """A candidate in Webship's shape."""
    document = {
        "orderId": order_id,
        "orderDate": "2016-04-24",
        "orderNumber": f"#{order_id}",
        "fulfillmentStatus": "pending",
        "shippingTotal": "5.10",
        "receiver": {"name": "Ann Example", "address1": "1 Some Street", "zip": "02110"},
        "items": [{"title": "Hat", "quantity": 2, "price": "3.00"}],
        **changes,
    }
    return Candidate("orders.json", index, 1, document, order_id, f"#{order_id}", Meant("pending"), shape="webship")


def several(count: int, make: Callable[..., Candidate] = webship) -> list[Candidate]:
    """So many different orders."""
    return [make(f"A-{number}", number) for number in range(count)]


def shipstation(number: str = "A-1", index: int = 0, **changes: Any) -> Candidate:
    """A candidate in ShipStation's shape, without an orderKey of its own."""
    document = {
        "orderNumber": number,
        "orderDate": "2015-06-29T08:46:27.0000000",
        "orderStatus": "awaiting_shipment",
        "billTo": {"name": "Ann Example"},
        "shipTo": {"name": "Ann Example", "street1": "1 Some Street", "country": "US"},
        "items": [{"name": "Hat", "quantity": 2, "unitPrice": Decimal("3.50")}],
        **changes,
    }
    return Candidate("orders.json", index, 1, document, None, number, Meant("pending"), shape="shipstation")


def starshipit(number: str = "A-1", index: int = 0, **changes: Any) -> Candidate:
    """A candidate in Starshipit's shape."""
    document = {
        "order_number": number,
        "order_date": "2020-12-09T02:11:12.6468502Z",
        "destination": {"name": "Ann Example", "street": "1 Some Street", "suburb": "Sydney", "country": "Australia"},
        "items": [{"description": "Hat", "sku": "HAT", "quantity": 2, "value": Decimal("3.50")}],
        **changes,
    }
    return Candidate("orders.json", index, 1, document, number, number, Meant("pending"), shape="starshipit")
