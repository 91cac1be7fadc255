"""What a system's sandbox module is written in: a request, an answer, the orders held, a limit.

Knows no system, no server and no database; `orderctl.sandbox` gives these words their world.
Such a module is a `StandIn`; its `CREDENTIALS` are setting → the value that the sandbox accepts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypeAlias

import msgspec

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | Decimal | bool | None"

_READ = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a system sees it; `parts` is the path below the system's own, each part decoded once.

    Header names are in lower case. Of a repeated query word the last counts.
    """

    method: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether the body is said to be JSON."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"

    def json(self) -> Json:
        """The body as a JSON value, numbers with all their digits.

        Raises ValueError when it is not JSON.
        """
        try:
            value: Json = _READ.decode(self.body)
        except (msgspec.DecodeError, RecursionError, ArithmeticError) as fault:
            raise ValueError(str(fault)) from None
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system answers; `body` is a JSON value, None is an empty body.

    `concerns` are the keys of the orders that the request was about. `rule` says which rule refused it, and
    where that rule stands: not for the client, but for the person at the sandbox's page.
    """

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    concerns: tuple[str, ...] = ()
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An order as the system holds it; `key` is what makes it the same order, `about` says whose it is."""

    id: int
    key: str
    number: str
    state: str
    about: str
    document: dict[str, Json]


class Orders(Protocol):
    """The orders that one system holds. Nothing is held before the request has been answered whole."""

    def by_key(self, key: str) -> Held | None:
        """The order of this key."""

    def by_id(self, id: int) -> Held | None:
        """The order of this id."""

    def search(
        self,
        number: str = "",
        *,
        starts: bool = False,
        states: Sequence[str] = (),
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[list[Held], int]:
        """The orders whose number equals, or starts with, this one, by id; and how many there are in all."""

    def keep(self, order: Held) -> None:
        """Hold this order, as a new version if its id is held already."""

    def remove(self, id: int) -> None:
        """Hold this order no longer."""

    def new_id(self) -> int:
        """A number that was never given out before."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in each window of so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Gauge:
    """How a limit stands: what is left in this window, and whole seconds until the next one."""

    limit: int
    remaining: int
    reset: int
    exceeded: bool = False


class StandIn(Protocol):
    """A system's sandbox module."""

    CREDENTIALS: Mapping[str, str]
    LIMIT: Limit | None

    def answer(self, request: Request, orders: Orders, now: datetime) -> Answer:
        """Answer a request; `now` is aware."""

    def refuse(self, status: int, text: str) -> Answer:
        """An error of this status in the system's own shape."""

    def limit_headers(self, gauge: Gauge) -> Mapping[str, str]:
        """The headers that say how the limit stands."""
