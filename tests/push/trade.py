"""A seller's orders, the vendor that they go to, and what can go wrong between them; what must hold after every run.

Written in the words of the invariants: I1 each order is in the store exactly once, I2 with the newest content,
I3 accepted means in the store, I4 the outcomes add up and say the truth, I5 the exit code fits them, I6 no secret and
no address in anything written, I7 never over the rate, I9 the fault really fired, I10 the time is bounded.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from orderctl.config import Target
from orderctl.errors import Exit, JournalError, Locked
from orderctl.push import Candidate, Options, Outcome, Result, Summary, World, push

from .disk import Disk
from .support import shipstation, starshipit, target, webship
from .vendors import (
    Fault,
    ShipStation,
    Starshipit,
    Store,
    Webship,
    committed,
    committed_but,
    late,
    lost,
    refused_connection,
    status,
)

PERSONAL = (b"canary-", b"Ann Example", b"1 Some Street")
LONGEST_RUN = 3600.0
"""Simulated seconds that one run over a handful of orders may take, pauses and settle times included."""


class Killed(BaseException):
    """The process is dead: no code of it runs any more."""


@dataclass
class Fate:
    """Counts every touch of the world and kills the process at one of them; the dead touch nothing."""

    at: int | None = None
    touches: int = 0
    dead: bool = False

    def touch(self) -> None:
        self.touches += 1
        if self.dead or self.touches == self.at:
            self.dead = True
            raise Killed


MAKES: dict[str, tuple[type[Store], Callable[..., Candidate], str]] = {
    "webship": (Webship, webship, "orderId"),
    "shipstation": (ShipStation, shipstation, "orderNumber"),
    "starshipit": (Starshipit, starshipit, "order_number"),
}
EDITED = {"webship": "shippingTotal", "shipstation": "customerNotes", "starshipit": "reference"}
REFUSALS: dict[str, Fault] = {
    "webship": status(422, {"error": "no"}),
    "shipstation": status(400, {"Message": "no"}),
    "starshipit": status(200, {"success": False, "errors": [{"message": "no"}]}),
}
FAULTS: dict[str, Fault] = {
    "lost": lost,
    "committed, then reset": committed,
    "500 after commit": committed_but(500),
    "502 after commit": committed_but(502),
    "nonsense after commit": committed_but(200, {"nonsense": True}),
    "408 after commit": committed_but(408),
    "500": status(500),
    "503": status(503),
    "503 with Retry-After": status(503, None, Retry_After="4"),
    "429": status(429),
    "429 with Retry-After": status(429, None, Retry_After="3"),
    "connection refused": refused_connection,
    "log-in page": status(200, "log in"),
    "committed late": late(3.0),
}
LOOK_FAULTS: dict[str, Fault] = {
    "500": status(500),
    "lost": lost,
    "429": status(429),
    "200 that says nothing": status(200, {"success": True}),
    "log-in page": status(200, "log in"),
}
UNREPEATABLE = frozenset({"lost", "committed late", "500", "503", "503 with Retry-After", "log-in page"})
"""Faults after which an order without a key of its own may stay unknown: a second one must not be sent."""


@dataclass
class Trade:
    """Orders by key with their editions, which only grow; the vendor; how they are pushed."""

    system: str
    store: Store
    state_dir: Path
    orders: dict[str, int] = field(default_factory=dict)
    batch: int = 1
    settle: float = 10.0
    keyless: bool = False
    wall: float = 0.0
    rate: str = "100/second"
    sends: list[float] = field(default_factory=list)
    locks: bool = True
    locked_out: int = 0
    freezes: int = 0
    met_unauthorised: bool = False
    forgetful: bool = False

    @property
    def to(self) -> Target:
        """Where the orders go."""
        return target(self.state_dir, self.system, batch=self.batch, rate=self.rate)

    def candidates(self) -> list[Candidate]:
        """The orders as they are now."""
        make = MAKES[self.system][1]
        return [make(key, at, **self._content(edition)) for at, (key, edition) in enumerate(self.orders.items())]

    def _content(self, edition: int) -> dict[str, Any]:
        return {EDITED[self.system]: f"{edition}.00"}

    def held(self) -> Counter[tuple[str, int]]:
        """What the store holds: orders and their editions."""
        name, said = MAKES[self.system][2], EDITED[self.system]
        return Counter((order[name], int(float(order[said]))) for order in self.store.orders)

    def options(self) -> Options:
        return Options(settle=self.settle, max_failures=1000, no_order_key=self.keyless)

    def world(self, fate: Fate) -> World:
        """The world of one run; its monotonic clock begins anywhere, as after a restart of the machine."""
        born = self.store.clock.at - 50.0

        def answer(request: httpx.Request) -> httpx.Response:
            fate.touch()
            self.store.land()
            self.sends.append(self.store.clock())
            reply = self.store.answer(request)
            fate.touch()
            return reply

        def clock() -> float:
            fate.touch()
            return self.store.clock() - born

        def now() -> float:
            fate.touch()
            return self.store.clock.wall() + self.wall

        def sleep(seconds: float) -> None:
            fate.touch()
            self.store.clock.sleep(seconds)
            self.store.land()

        return World(clock, now, lambda: 0.5, httpx.MockTransport(answer), sleep)

    def refuse(self, store: Store, request: httpx.Request) -> httpx.Response | Exception:
        """A refusal for good; a vendor that holds just this content does not refuse it."""
        words = [f"{edition}.00".encode() for order, edition in self.held() if order.encode() in request.content]
        if any(word in request.content for word in words):
            return store.write(request)
        return REFUSALS[self.system](store, request)

    def unauthorised(self, store: Store, request: httpx.Request) -> httpx.Response | Exception:
        """The credentials are refused for a moment."""
        self.met_unauthorised = True
        return status(401)(store, request)

    def frozen(self, store: Store, request: httpx.Request) -> httpx.Response | Exception:
        """F24, F25: the process stands still behind its request, for longer than its timeout; another run starts."""
        self.freezes += 1
        reply = store.write(request)
        if self.locks:
            try:
                push(self.candidates(), self.to, self.options(), self.world(Fate()), lambda _: None, lambda _: None)
            except Locked:
                self.locked_out += 1
        store.clock.at += 90.0
        return reply


@dataclass
class Told:
    """What one run told; `exit_code` None when it died."""

    results: list[Result] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    exit_code: int | None = None
    writes: int = 0
    asked: int = 0


Engine = Callable[[list[Candidate], Trade, World, Told], "Summary | None"]


def ours(candidates: list[Candidate], trade: Trade, world: World, told: Told) -> Summary:
    """The engine under test."""
    return push(candidates, trade.to, trade.options(), world, told.results.append, told.messages.append)


def one_run(trade: Trade, engine: Engine, fate: Fate, found: list[str], disk: Disk | None = None) -> Told:
    """Push everything once, and add to `found` what does not hold afterwards."""
    told = Told()
    trade.store.clock.at += 2.0  # a process does not start in no time
    trade.store.land()
    writes, asked, began = trade.store.writes, len(trade.sends), trade.store.clock.at
    trade.met_unauthorised = False
    disk = Disk() if disk is None or disk.fired else disk
    summary = None
    try:
        with disk.failing():
            summary = engine(trade.candidates(), trade, trade.world(fate), told)
    except Killed:
        return told
    except JournalError as error:
        told.exit_code = int(error.exit_code)
        if trade.store.writes != writes or any(result.outcome == Outcome.ACCEPTED for result in told.results):
            found.append(f"F21: exit 2 after {trade.store.writes - writes} writes")
        return told
    told.writes, told.asked = trade.store.writes - writes, len(trade.sends) - asked
    told.exit_code = int(summary.exit_code) if summary else _expected(told.results, set())[0]
    found += [*_told(trade, told), *_wrong_exit(trade, told, disk)]
    if trade.store.clock.at - began > LONGEST_RUN:
        found.append(f"I10: the run took {trade.store.clock.at - began:.0f} s")
    return told


def _told(trade: Trade, told: Told) -> list[str]:
    """I3 and I4: what was told of each order is true."""
    if len(told.results) != len(trade.orders):
        return [f"I4: {len(told.results)} outcomes of {len(trade.orders)} orders"]
    held, found = trade.held(), []
    for result in told.results:
        number = list(trade.orders)[result.candidate.index]
        there = held[(number, trade.orders[number])]
        if result.outcome in (Outcome.ACCEPTED, Outcome.UNCHANGED) and there != 1:
            found.append(f"I3: {number} told {result.outcome.value}, {there} in the store")
        not_there = (Outcome.REJECTED,) if trade.forgetful else (Outcome.REJECTED, Outcome.NOT_SENT, Outcome.INVALID)
        if result.outcome in not_there and there:
            found.append(f"I4: {number} told {result.outcome.value}, and in the store")
    return found


def _wrong_exit(trade: Trade, told: Told, disk: Disk) -> list[str]:
    """I5: the exit code is the first of those that the outcomes and the end of the run ask for."""
    stops = {int(Exit.REFUSED)} if trade.met_unauthorised else set()
    expected = _expected(told.results, stops)
    if disk.fired:
        ended = [*expected, 5, 7]  # where only the end of the run could not be noted, all outcomes are
        if told.exit_code in ended and any("the journal cannot be written" in line for line in told.messages):
            return []
        return [f"F21: exit {told.exit_code} after {disk.fired}, told {told.messages}"]
    if told.exit_code not in expected:
        outcomes = Counter(result.outcome.value for result in told.results)
        return [f"I5: exit {told.exit_code}, not {expected}, for {outcomes}"]
    return []


def _expected(results: list[Result], stops: set[int]) -> list[int]:
    table = {"unknown": 7, "rejected": 3, "conflict": 3, "failed": 5, "invalid": 1}
    met = stops | {table[result.outcome.value] for result in results if result.outcome.value in table}
    return [next((code for code in (7, 4, 3, 5, 8, 1) if code in met), 0)]


def busiest(times: list[float], window: float) -> int:
    """I7: the most requests in any window, as the vendor counts them."""
    times, most, first = sorted(times), 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - window:
            first += 1
        most = max(most, last - first + 1)
    return most


def personal(trade: Trade, told: Told) -> list[str]:
    """I6: secrets and addresses in what was written or told."""
    words = "\n".join([*told.messages, *(result.message or "" for result in told.results)]).encode()
    files = [path for path in trade.state_dir.rglob("*") if path.is_file()]
    everything = b"\0".join([words, *(path.read_bytes() for path in files)])
    return [f"I6: {word.decode()!r} was written" for word in PERSONAL if word in everything]
