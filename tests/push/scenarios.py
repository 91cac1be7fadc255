"""Scenarios from seeds: faults, late commits, deaths and edits over a few orders, and what must hold afterwards.

I1 each order is in the store exactly once, I2 with the newest content, I3 accepted means in the store, I4 the outcomes
add up and say the truth, I5 the exit code fits them, I8 at most two fault-free runs reach exit 0 and the next sends
nothing, I9 the faults really fired. One integer makes one scenario, the same on every machine.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from orderctl.config import Target
from orderctl.push import Candidate, Options, Result, Summary, World, push

from .support import Clock, shipstation, starshipit, target, webship
from .vendors import (
    Fault,
    ShipStation,
    Starshipit,
    Store,
    Webship,
    committed,
    committed_but,
    lost,
    refused_connection,
    status,
)


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


def late(seconds: float) -> Fault:
    """The client gives up; the vendor commits later, but before the settle time is over."""

    def fault(store: Store, request: httpx.Request) -> Exception:
        store.late.append((store.clock() + seconds, request))  # type: ignore[attr-defined]
        return httpx.ReadTimeout("no answer")

    return fault


MAKES: dict[str, tuple[type[Store], Callable[..., Candidate], str]] = {
    "webship": (Webship, webship, "orderId"),
    "shipstation": (ShipStation, shipstation, "orderNumber"),
    "starshipit": (Starshipit, starshipit, "order_number"),
}
REFUSALS: dict[str, Fault] = {
    "webship": status(422, {"error": "no"}),
    "shipstation": status(400, {"Message": "no"}),
    "starshipit": status(200, {"success": False, "errors": [{"message": "no"}]}),
}
FAULTS: list[Fault] = [
    lost,
    committed,
    committed_but(500),
    committed_but(502),
    committed_but(200, {"nonsense": True}),
    committed_but(408),
    status(500),
    status(503),
    status(503, None, Retry_After="4"),
    status(429),
    status(429, None, Retry_After="3"),
    refused_connection,
    status(200, "log in"),
    late(3.0),
]
LOOK_FAULTS: list[Fault] = [status(500), lost, status(429), status(200, {"success": True}), status(200, "log in")]


@dataclass
class Scenario:
    """What one seed makes."""

    seed: int
    system: str = ""
    store: Store = field(default_factory=Store)
    orders: dict[str, int] = field(default_factory=dict)
    batch: int = 1
    settle: float = 10.0
    fates: list[int | None] = field(default_factory=list)
    edits: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self.system = chance.choice(sorted(MAKES))
        kind = MAKES[self.system][0]
        self.store = kind(clock=Clock())
        self.store.late = []  # type: ignore[attr-defined]
        self.orders = {f"A-{at}": 1 for at in range(chance.randint(1, 6))}
        self.batch = chance.choice([1, 3]) if self.system == "shipstation" else 1
        everything = [*FAULTS, self._refuse]
        for _ in range(chance.randint(1, 4)):
            self.store.faults += [None] * chance.randint(0, 3) + [chance.choice(everything)]
        if chance.random() < 0.3:
            self.store.faults += [chance.choice(everything)] * chance.randint(2, 5)
        for _ in range(chance.randint(0, 3)):
            self.store.look_faults += [None] * chance.randint(0, 4) + [chance.choice(LOOK_FAULTS)]
        self.fates = [chance.randint(3, 120) if chance.random() < 0.6 else None for _ in range(chance.randint(1, 3))]
        self.edits = [[key for key in self.orders if chance.random() < 0.3] for _ in self.fates]

    def _refuse(self, store: Store, request: httpx.Request) -> httpx.Response | Exception:
        """A vendor that holds just this content does not refuse it."""
        words = [f"{edition}.00".encode() for order, edition in self.held() if order.encode() in request.content]
        if any(word in request.content for word in words):
            return store.write(request)
        return REFUSALS[self.system](store, request)

    def candidates(self) -> list[Candidate]:
        """The orders as they are now."""
        make = MAKES[self.system][1]
        return [make(key, at, **self._content(edition)) for at, (key, edition) in enumerate(self.orders.items())]

    def _content(self, edition: int) -> dict[str, Any]:
        names = {"webship": "shippingTotal", "shipstation": "customerNotes", "starshipit": "reference"}
        return {names[self.system]: f"{edition}.00"}

    def held(self) -> Counter[tuple[str, int]]:
        """What the store holds: orders and their editions."""
        name = MAKES[self.system][2]
        said = next(iter(self._content(1)))
        return Counter((order[name], int(float(order[said]))) for order in self.store.orders)

    def world(self, fate: Fate) -> World:
        def answer(request: httpx.Request) -> httpx.Response:
            fate.touch()
            self._commit_late()
            reply = self.store.answer(request)
            fate.touch()
            return reply

        def clock() -> float:
            fate.touch()
            return self.store.clock()

        def now() -> float:
            fate.touch()
            return self.store.clock.wall()

        def sleep(seconds: float) -> None:
            fate.touch()
            self.store.clock.sleep(seconds)
            self._commit_late()

        return World(clock, now, lambda: 0.5, httpx.MockTransport(answer), sleep)

    def _commit_late(self) -> None:
        waiting = self.store.late  # type: ignore[attr-defined]
        due = [one for one in waiting if one[0] <= self.store.clock()]
        for one in due:
            waiting.remove(one)
            self.store.write(one[1])


Engine = Callable[[list[Candidate], Target, Scenario, World], "tuple[list[Result], Summary | None]"]


def ours(candidates: list[Candidate], to: Target, scenario: Scenario, world: World) -> "tuple[list[Result], Summary]":
    """The engine under test."""
    results: list[Result] = []
    options = Options(settle=scenario.settle, max_failures=1000)
    return results, push(candidates, to, options, world, results.append, lambda _: None)


def violations(seed: int, tmp_path: Path, engine: Engine) -> list[str]:
    """Run the scenario to its end and return what did not hold."""
    scenario = Scenario(seed)
    to = target(tmp_path / str(seed), scenario.system, batch=scenario.batch, rate="100/second")
    found: list[str] = []
    for fate, edited in zip(scenario.fates, scenario.edits, strict=True):
        _one_run(scenario, to, engine, Fate(fate), found)
        for key in edited:
            scenario.orders[key] += 1
    scenario.store.faults, scenario.store.look_faults = [], []
    summaries = [_one_run(scenario, to, engine, Fate(), found) for _ in range(3)]
    _check_end(scenario, summaries, found)
    return [f"seed {seed} ({scenario.system}): {one}" for one in found]


def _one_run(scenario: Scenario, to: Target, engine: Engine, fate: Fate, found: list[str]) -> tuple[int | None, int]:
    before = scenario.store.writes
    candidates = scenario.candidates()
    try:
        results, summary = engine(candidates, to, scenario, scenario.world(fate))
    except Killed:
        return None, 0
    if len(results) != len(candidates):
        found.append(f"I4: {len(results)} outcomes of {len(candidates)} orders")
    held = scenario.held()
    for result in results:
        _check_result(scenario, result, held, found)
    if summary is not None and int(summary.exit_code) != _exit_code(results):
        found.append(f"I5: exit {int(summary.exit_code)} for {Counter(result.outcome.value for result in results)}")
    return _exit_code(results), scenario.store.writes - before


def _check_result(scenario: Scenario, result: Result, held: Counter[tuple[str, int]], found: list[str]) -> None:
    number = list(scenario.orders)[result.candidate.index]
    there = held[(number, scenario.orders[number])]
    if result.outcome in ("accepted", "unchanged") and there != 1:
        found.append(f"I3: {number} told {result.outcome.value}, {there} in the store")
    if result.outcome in ("rejected", "not_sent") and there:
        found.append(f"I4: {number} told {result.outcome.value}, and in the store")


def _check_end(scenario: Scenario, summaries: list[tuple[int | None, int]], found: list[str]) -> None:
    if scenario.held() != Counter(dict.fromkeys(scenario.orders.items(), 1)):
        found.append(f"I1, I2: the store holds {dict(scenario.held())}, not {scenario.orders}")
    if 0 not in (summaries[0][0], summaries[1][0]):
        found.append(f"I8: two fault-free runs end with {summaries[0][0]} and {summaries[1][0]}")
    if summaries[2] != (0, 0):
        found.append(f"I8: one more run ends with {summaries[2][0]} and writes {summaries[2][1]}")


def _exit_code(results: list[Result]) -> int:
    outcomes = {result.outcome.value for result in results}
    table = [("unknown", 7), ("rejected", 3), ("conflict", 3), ("failed", 5), ("invalid", 1)]
    return next((code for outcome, code in table if outcome in outcomes), 0)
