"""Scenarios from seeds: faults, late commits, deaths, failing disks and edits over a few orders.

What must hold during and after each stands in `trade`; here also: I8 at most two fault-free runs reach exit 0 and the
next sends nothing, and I9, that every fault that a scenario is made of really fired. One integer makes one scenario,
the same on every machine.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .disk import Disk
from .trade import FAULTS, LOOK_FAULTS, MAKES, UNREPEATABLE, Engine, Fate, Told, Trade, busiest, one_run, ours, personal
from .vendors import Fault

__all__ = ["Scenario", "ours", "violations"]

LIMIT = 100
"""Requests a second."""


@dataclass
class Scenario:
    """What one seed makes: a trade, its faults in the order in which they come, the death and the disk of each run."""

    seed: int
    state_dir: Path
    trade: Trade = field(init=False)
    fates: list[int | None] = field(default_factory=list)
    disks: list[Disk] = field(default_factory=list)
    edits: list[list[str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        system = chance.choice(sorted(MAKES))
        self.trade = trade = Trade(system, MAKES[system][0](), self.state_dir, rate=f"{LIMIT}/second")
        trade.orders = {f"A-{at}": 1 for at in range(chance.randint(1, 6))}
        if system == "shipstation":
            trade.batch, trade.keyless = chance.choice([1, 3]), chance.random() < 0.25
        if chance.random() < 0.15:
            trade.store.stale = 3.0
        self._plan_faults(chance)
        runs = chance.randint(1, 3)
        self.fates = [chance.randint(3, 120) if chance.random() < 0.6 else None for _ in range(runs)]
        self.edits = [[key for key in trade.orders if chance.random() < 0.3] for _ in self.fates]
        self.disks = [Disk() for _ in self.fates]
        if chance.random() < 0.25:
            self.disks[-1] = Disk(chance.randint(1, 40), done=chance.random() < 0.5)
        if trade.keyless:  # what a death or a broken disk leaves of such an order, only a person can settle
            self.fates, self.disks = [None] * runs, [Disk() for _ in self.fates]

    def _plan_faults(self, chance: random.Random) -> None:
        """The first fault meets the first run: it comes no later than its last request would."""
        store, requests = self.trade.store, -(-len(self.trade.orders) // self.trade.batch)
        store.faults = [None] * chance.randrange(requests) + [self._draw(chance)]
        for _ in range(chance.randint(0, 3)):
            store.faults += [None] * chance.randint(0, 3) + [self._draw(chance)]
        if chance.random() < 0.3:
            store.faults += [self._draw(chance)] * chance.randint(2, 5)
        for _ in range(chance.randint(0, 3)):
            store.look_faults += [None] * chance.randint(0, 4) + [chance.choice(list(LOOK_FAULTS.values()))]

    def _draw(self, chance: random.Random) -> Fault:
        named = {**FAULTS, "refused": self.trade.refuse, "frozen": self.trade.frozen}
        name = chance.choice(sorted(named))
        self.names.append(name)
        return named[name]

    @property
    def may_hide(self) -> bool:
        """Whether the index lags behind and is asked."""
        return self.trade.store.stale > 0 and self.trade.system == "starshipit"

    @property
    def open_ended(self) -> bool:
        """Whether a person may have to settle what is left: orders without a key, and an answer that was lost."""
        return self.trade.keyless and not UNREPEATABLE.isdisjoint(self.names)


def violations(seed: int, tmp_path: Path, engine: Engine) -> list[str]:
    """Run the scenario to its end and return what did not hold."""
    scenario = Scenario(seed, tmp_path / str(seed))
    trade, found = scenario.trade, list[str]()
    trade.locks = engine is ours
    for fate, disk, edited in zip(scenario.fates, scenario.disks, scenario.edits, strict=True):
        _run(scenario, engine, Fate(fate), found, disk)
        for key in edited:
            trade.orders[key] += 1
    _let_the_rest_fire(scenario, engine, found)
    trade.store.faults, trade.store.look_faults = [], []
    _check_end(scenario, [_run(scenario, engine, Fate(), found) for _ in range(3)], found)
    if engine is ours:
        found += _never_fired(scenario)
    if busiest(trade.sends, 1.0) > LIMIT:
        found.append(f"I7: {busiest(trade.sends, 1.0)} requests in one second")
    return [f"seed {seed} ({trade.system}): {one}" for one in found]


def _run(scenario: Scenario, engine: Engine, fate: Fate, found: list[str], disk: Disk | None = None) -> Told:
    told = one_run(scenario.trade, engine, fate, found, disk)
    if engine is ours:
        found += personal(scenario.trade, told)
    return told


def _let_the_rest_fire(scenario: Scenario, engine: Engine, found: list[str]) -> None:
    """A death may come before the fault: then all orders change, and one more run meets it."""
    trade, disk = scenario.trade, scenario.disks[-1]
    if disk.at is not None and not disk.fired:
        disk.at = disk.writes + 1
        _edited(scenario, engine, found)
    if not trade.store.fired:
        _edited(scenario, engine, found)
    if scenario.may_hide and not trade.store.hidden:
        trade.store.faults, trade.store.look_faults = [], []
        _run(scenario, engine, Fate(), found)
        trade.store.clock.at += trade.settle
        trade.orders["B-0"] = 0
        _edited(scenario, engine, found)
        _edited(scenario, engine, found)


def _edited(scenario: Scenario, engine: Engine, found: list[str]) -> None:
    for key in scenario.trade.orders:
        scenario.trade.orders[key] += 1
    _run(scenario, engine, Fate(), found, scenario.disks[-1])


def _never_fired(scenario: Scenario) -> list[str]:
    trade, disk = scenario.trade, scenario.disks[-1]
    found = [] if trade.store.fired else ["I9: no fault of the wire fired"]
    if scenario.may_hide and not trade.store.hidden:
        found.append("I9: no look-up was kept in the dark")
    if disk.at is not None and not disk.fired:
        found.append(f"I9: the disk never failed, at {disk.at}")
    if trade.locked_out != trade.freezes:
        found.append(f"F25: {trade.freezes} freezes, {trade.locked_out} second runs were locked out")
    return found


def _check_end(scenario: Scenario, last: list[Told], found: list[str]) -> None:
    trade = scenario.trade
    if scenario.open_ended:
        found += [f"I1: {order} is {times} times in the store" for order, times in _times(trade).items() if times > 1]
        found += [f"I8: a last run ends with {told.exit_code}" for told in last if told.exit_code not in (0, 7)]
        return
    if trade.held() != Counter(dict.fromkeys(trade.orders.items(), 1)):
        found.append(f"I1, I2: the store holds {dict(trade.held())}, not {trade.orders}")
    if 0 not in (last[0].exit_code, last[1].exit_code):
        found.append(f"I8: two fault-free runs end with {last[0].exit_code} and {last[1].exit_code}")
    if (last[2].exit_code, last[2].asked) != (0, 0):
        found.append(f"I8: one more run ends with {last[2].exit_code} and asks {last[2].asked} times")


def _times(trade: Trade) -> Counter[str]:
    return Counter(number for number, _ in trade.held().elements())
