"""A seller's weeks as a state machine: orders come, change and go, runs meet faults, die, overlap, lose their journal.

The real engine and journal run against a vendor stand-in; time is simulated. After every step: no order is in the
store twice (I1), what the journal holds as accepted is there (I3), nothing personal is written (I6), the pace is kept
(I7); every run checks what it told (I4, I5, I10) and that its fault fired (I9). In the end two runs without a fault
bring everything there with its newest content, and one more asks nothing (I2, I8).

Two things no client can know are left out: what was in flight when a journal was lost, and how much time passed in
truth when the wall clock was set forward. In both cases the vendor gets the time to finish first.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orderctl.push import Outcome, plan, status

from .conftest import memory
from .disk import Disk
from .trade import FAULTS, LOOK_FAULTS, MAKES, Fate, Told, Trade, busiest, one_run, ours, personal

LIMIT = 20
MOST = 6
DAY = 86_400.0
FILES = ("journal.db", "journal.db-journal")

faults = st.lists(st.sampled_from([None, "refused", "frozen", "unauthorised", *FAULTS]), min_size=1, max_size=5)
changed = st.sets(st.integers(0, MOST - 1), max_size=3)
look_faults = st.lists(st.sampled_from([None, *LOOK_FAULTS]), max_size=3)


class Weeks(RuleBasedStateMachine):
    """One seller, one vendor."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="orderctl-test-", dir=memory()))
        self.found: list[str] = []
        self.editions: Counter[str] = Counter()
        self.kept = False

    @initialize(system=st.sampled_from(sorted(MAKES)), batch=st.sampled_from([1, 3]), stale=st.sampled_from([0.0, 3.0]))
    def open(self, system: str, batch: int, stale: float) -> None:
        store = MAKES[system][0](stale=stale)
        size = batch if system == "shipstation" else 1
        self.trade = Trade(system, store, self.folder / "state", batch=size, rate=f"{LIMIT}/second")
        self.add(0)
        self.add(1)

    @rule(number=st.integers(0, MOST - 1))
    def add(self, number: int) -> None:
        """A new order, or one that was removed and comes back changed."""
        if f"A-{number}" not in self.trade.orders:
            self.edit(number)

    @rule(number=st.integers(0, MOST - 1))
    def edit(self, number: int) -> None:
        self.editions[f"A-{number}"] += 1
        self.trade.orders[f"A-{number}"] = self.editions[f"A-{number}"]

    @rule(number=st.integers(0, MOST - 1))
    def remove(self, number: int) -> None:
        self.trade.orders.pop(f"A-{number}", None)

    @rule(changed=changed)
    def run(self, changed: set[int]) -> None:
        self._change(changed)
        self._run(Fate())

    @rule(changed=changed, names=faults, looks=look_faults)
    def run_with_a_wire_fault(self, changed: set[int], names: list[str | None], looks: list[str | None]) -> None:
        self._change(changed)
        self._break(names, looks)
        self._run(Fate())

    @rule(changed=changed, names=faults, at=st.integers(3, 90))
    def run_and_die(self, changed: set[int], names: list[str | None], at: int) -> None:
        self._change(changed)
        self._break(names, [])
        self._run(Fate(at))

    @rule(changed=changed, at=st.integers(1, 40), done=st.booleans())
    def run_on_a_failing_disk(self, changed: set[int], at: int, done: bool) -> None:
        self._change(changed)
        disk = Disk(at, done=done)
        self._run(Fate(), disk)
        assert bool(disk.fired) == (disk.writes >= at), "I9: the disk did not fail"

    @rule(changed=changed)
    def two_runs_at_once(self, changed: set[int]) -> None:
        self._change(changed)
        self._break(["frozen"], [])
        self._run(Fate())

    @precondition(lambda self: (self.folder / "state" / FILES[0]).exists())
    @rule()
    def keep_a_copy_of_the_journal(self) -> None:
        self._copy(self.folder / "state", self.folder / "kept")
        self.kept = True

    @precondition(lambda self: self.kept)
    @rule()
    def restore_the_old_journal(self) -> None:
        self._let_the_vendor_finish()
        self._copy(self.folder / "kept", self.folder / "state")
        self.trade.forgetful = True

    @rule(seconds=st.sampled_from([-2 * DAY, -60.0, 5.0, 120.0, 2 * DAY]))
    def set_the_wall_clock(self, seconds: float) -> None:
        self._let_the_vendor_finish()
        self.trade.wall += seconds

    @rule(seconds=st.sampled_from([1.0, 15.0, DAY]))
    def wait(self, seconds: float) -> None:
        self.trade.store.clock.at += seconds
        self.trade.store.land()

    @invariant()
    def every_run_told_the_truth(self) -> None:
        assert self.found == []

    @invariant()
    def nothing_is_there_twice(self) -> None:
        times = Counter(number for number, _ in self.trade.held().elements())
        assert [number for number, count in times.items() if count > 1] == []

    @invariant()
    def what_the_journal_holds_as_accepted_is_there(self) -> None:
        held = self.trade.held()
        numbers = {number for number, _ in held}
        for known in status(self.trade.to):
            assert known.outcome != Outcome.ACCEPTED or known.number in numbers or known.key in numbers
        for planned in plan(self.trade.candidates(), self.trade.to):
            number = list(self.trade.orders)[planned.candidate.index]
            assert planned.action != "unchanged" or held[(number, self.trade.orders[number])] == 1

    @invariant()
    def the_pace_is_kept(self) -> None:
        assert busiest(self.trade.sends[-3 * LIMIT :], 1.0) <= LIMIT

    def teardown(self) -> None:
        try:
            if hasattr(self, "trade"):
                self._bring_everything_there()
        finally:
            shutil.rmtree(self.folder)

    def _bring_everything_there(self) -> None:
        trade = self.trade
        self._break([], [])
        first, second, third = (self._run(Fate()) for _ in range(3))
        assert self.found == []
        assert 0 in (first.exit_code, second.exit_code), "I8: two fault-free runs reach exit 0"
        assert (third.exit_code, third.asked) == (0, 0), "I8: one more sends nothing"
        held = trade.held()
        assert {number: held[(number, edition)] for number, edition in trade.orders.items()} == dict.fromkeys(
            trade.orders, 1
        ), "I1, I2"
        self.nothing_is_there_twice()

    def _change(self, numbers: set[int]) -> None:
        for number in sorted(numbers):
            self.edit(number)

    def _run(self, fate: Fate, disk: Disk | None = None) -> Told:
        store = self.trade.store
        fired, writes, waiting = store.fired, store.writes, [*store.faults]
        told = one_run(self.trade, ours, fate, self.found, disk)
        self.found += personal(self.trade, told)
        met = waiting[: store.writes - writes]
        looks = store.fired - fired - sum(fault is not None for fault in met)
        if looks < 0 or self.trade.locked_out != self.trade.freezes:
            self.found.append("I9: a fault did not fire")
        return told

    def _break(self, names: list[str | None], looks: list[str | None]) -> None:
        trade = self.trade
        named = {**FAULTS, "refused": trade.refuse, "frozen": trade.frozen, "unauthorised": trade.unauthorised}
        trade.store.faults = [named[name] if name else None for name in names]
        trade.store.look_faults = [LOOK_FAULTS[name] if name else None for name in looks]

    def _let_the_vendor_finish(self) -> None:
        self.trade.store.clock.at += self.trade.settle
        self.trade.store.land()

    def _copy(self, source: Path, place: Path) -> None:
        place.mkdir(exist_ok=True)
        for name in FILES:
            (place / name).unlink(missing_ok=True)
            if (source / name).exists():
                shutil.copy2(source / name, place / name)


PHASES = (Phase.explicit, Phase.generate)
"""No shrinking: it takes minutes, and the steps of a failing week are printed all the same."""
EVERY = {
    "derandomize": True,
    "phases": PHASES,
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


class TestWeeks(Weeks.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(max_examples=5, stateful_step_count=10, **EVERY)  # type: ignore[arg-type]


@pytest.mark.long
@pytest.mark.timeout(900)
class TestManyWeeks(Weeks.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(max_examples=200, stateful_step_count=30, **EVERY)  # type: ignore[arg-type]
