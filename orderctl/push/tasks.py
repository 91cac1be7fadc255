"""Where orders on their way stand: ready to send, waiting for a moment, or in flight.

Knows no clock and no network; times are seconds of the monotonic clock.
"""

import heapq
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeAlias

from orderctl.push.steps import Order, Send, Wait

Flow: TypeAlias = Generator[Send | Wait, Any, None]
"""What an order, or a batch, goes through, one step after the other."""


@dataclass(slots=True, eq=False)
class Task:
    """One order, or one batch, on its way; `holds` while it waits and no new order may start."""

    flow: Flow
    orders: list[Order]
    send: Send | None = None
    holds: bool = False


@dataclass(slots=True)
class Tasks:
    """All tasks of a run."""

    ready: deque[Task] = field(default_factory=deque)
    inflight: dict[int, Task] = field(default_factory=dict)
    _waiting: list[tuple[float, int, Task]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _holding: int = 0

    def __bool__(self) -> bool:
        """Whether any task is left."""
        return bool(self.ready or self.inflight or self._waiting)

    @property
    def busy(self) -> int:
        """How many send or are about to."""
        return len(self.ready) + len(self.inflight)

    @property
    def waiting(self) -> int:
        """How many wait for a moment."""
        return len(self._waiting)

    @property
    def holding(self) -> bool:
        """Whether one of them keeps new orders from starting."""
        return self._holding > 0

    @property
    def next_due(self) -> float | None:
        """When the first of those that wait goes on."""
        return self._waiting[0][0] if self._waiting else None

    def fly(self, task: Task) -> int:
        """Note a task whose request leaves; returns its ticket."""
        ticket = next(self._numbers)
        self.inflight[ticket] = task
        return ticket

    def wait(self, task: Task, until: float, *, holds: bool) -> None:
        """Let a task wait for a moment."""
        task.holds = holds
        self._holding += holds
        heapq.heappush(self._waiting, (until, next(self._numbers), task))

    def due(self, now: float) -> Iterator[Task]:
        """Take out those whose moment has come."""
        while self._waiting and self._waiting[0][0] <= now:
            yield self._take(heapq.heappop(self._waiting)[2])

    def drop(self) -> list[Task]:
        """Take out all that is not in flight."""
        dropped = [*self.ready, *(self._take(task) for _, _, task in self._waiting)]
        self.ready.clear()
        self._waiting.clear()
        return dropped

    def _take(self, task: Task) -> Task:
        self._holding -= task.holds
        task.holds = False
        return task
