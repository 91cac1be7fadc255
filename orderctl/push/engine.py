"""The engine: starts orders, paces their requests, notes each before and after, collects what became of them.

Knows no system and no HTTP: what an order goes through stands in `deliver`, what is sent in the system's wire.
One thread runs it, only the requests are elsewhere; everything waits in one place, so that time can be simulated.
"""

import heapq
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any, TypeAlias

from orderctl.errors import Exit, JournalError
from orderctl.push.batch import deliver_batch
from orderctl.push.brakes import Brakes
from orderctl.push.client import NoAnswer, Sure
from orderctl.push.crew import Crew
from orderctl.push.deliver import deliver
from orderctl.push.journal import Lost
from orderctl.push.ledger import Ledger
from orderctl.push.signals import Heard, Leave
from orderctl.push.steps import Desk, Ending, Order, Send, Wait
from orderctl.push.words import Candidate, Options, Outcome, Result, Summary
from orderctl.systems.wire import Answer

MOST_WAITING = 1000
"""Orders that may wait at once for their settle time; beyond, no new one is started."""

_FIRST_CHUNK, _LARGEST_CHUNK = 8, 256
_NEVER_LEFT = (Sure.NOT_SENT, Sure.CERTIFICATE, Sure.UNSENDABLE)

Flow: TypeAlias = Generator["Send | Wait", Any, None]


@dataclass(slots=True, eq=False)
class Task:
    """One order, or one batch, on its way."""

    flow: Flow
    orders: list[Order]
    send: Send | None = None


@dataclass(slots=True)
class Engine:
    """One run over one account."""

    desk: Desk
    ledger: Ledger
    crew: Crew
    options: Options
    batch: int
    summary: Summary
    on_result: Callable[[Result], None]
    heard: Heard = field(default_factory=Heard)
    brakes: Brakes = field(init=False)
    _pending: deque[Order] = field(default_factory=deque)
    _ready: deque[Task] = field(default_factory=deque)
    _waiting: list[tuple[float, int, Task]] = field(default_factory=list)
    _inflight: dict[int, Task] = field(default_factory=dict)
    _open: dict[int, Order] = field(default_factory=dict)
    _tickets: Iterator[int] = field(default_factory=count)
    _flow: Callable[[Order], Flow] | None = None
    _stopped: str | None = None
    _cut: bool = False
    _ends_at: float | None = None

    def __post_init__(self) -> None:
        self.brakes = Brakes(self.options)
        if self.options.max_time is not None:
            self._ends_at = self.desk.clock() + self.options.max_time

    def run(self, candidates: Iterable[Candidate]) -> None:
        """Bring every candidate to its end; when the input breaks off, what is in flight is still noted."""
        self._carry(self._chunks(iter(candidates)))

    def run_orders(self, orders: Iterable[Order], flow: Callable[[Order], Flow]) -> None:
        """Bring orders that the journal knows to their end, each in its own flow."""
        self._pending.extend(orders)
        self._flow, self.batch = flow, 1
        self._carry(iter(()))

    def _carry(self, chunks: Iterator[list[Order | Result]]) -> None:
        try:
            while self._more(chunks) or self._ready or self._waiting or self._inflight:
                self._dispatch()
                self._collect()
        except Leave:
            raise
        except BaseException:
            self._finish_in_flight()
            raise

    def stop(self, why: str, code: Exit | None, *, cut: bool = True) -> None:
        """Start nothing more; with `cut`, orders that wait do not go on either. What is in flight is finished."""
        if self._stopped is None:
            self._stopped = why
            self.desk.tell(f"stopping: {why}")
        self._cut = self._cut or cut
        self.summary.stopped = self._stopped
        if code is not None:
            self.summary.exits.add(code)

    def leave(self) -> None:
        """Report at once what is open: what is in flight has no known outcome, and its intent stays in the journal."""
        self._check_world()
        in_flight = {id(order) for task in self._inflight.values() for order in task.orders if task.send}
        for order in list(self._open.values()):
            outcome = Outcome.UNKNOWN if id(order) in in_flight else order.open_outcome(Outcome.NOT_SENT)
            self._report(order, Ending(outcome, "interrupted"))

    # starting

    def _more(self, chunks: Iterator[list[Order | Result]]) -> bool:
        """Start what may start; returns whether there is input left."""
        self._check_world()
        while True:
            if not self._pending and not self._pull(chunks):
                return False
            if self._stopped is not None or self.brakes.limit_reached():
                self._turn_away()
                continue
            unsent = sum(1 for order in self._open.values() if not order.sent)
            room = self.brakes.room(unsent)
            if self._full() or room == 0:
                return True
            most = self.batch if room is None else min(room, self.batch)
            while len(self._pending) < most and self._pull(chunks):
                pass
            self._start(most)

    def _pull(self, chunks: Iterator[list[Order | Result]]) -> bool:
        """Take from the input until there is one more order to send; False at its end."""
        before = len(self._pending)
        for chunk in chunks:
            for one in chunk:
                if isinstance(one, Result):
                    self._tell_result(one)
                else:
                    self._pending.append(one)
            if len(self._pending) > before:
                return True
        return False

    def _chunks(self, candidates: Iterator[Candidate]) -> Iterator[list[Order | Result]]:
        size = max(_FIRST_CHUNK, self.batch)
        while chunk := list(islice(candidates, size)):
            yield self.ledger.sift(chunk)
            size = min(size * 2, _LARGEST_CHUNK)

    def _full(self) -> bool:
        busy = len(self._ready) + len(self._inflight)
        return busy >= self.options.concurrency or len(self._waiting) >= MOST_WAITING

    def _start(self, most: int) -> None:
        """Start the next order; fresh ones together where the target takes batches."""
        orders = [self._pending.popleft()]
        while len(orders) < most and self._pending and _fits(orders[0]) and _fits(self._pending[0]):
            orders.append(self._pending.popleft())
        for order in orders:
            self._open[id(order)] = order
        self.spawn(orders)

    def spawn(self, orders: list[Order]) -> None:
        """Begin the flow of one order, or of a batch."""
        one = self._flow or self._single
        flow = one(orders[0]) if len(orders) == 1 else deliver_batch(orders, self.desk, self)
        self._advance(Task(flow, orders), None)

    def _single(self, order: Order) -> Flow:
        self.finish(order, (yield from deliver(order, self.desk)))

    def _turn_away(self) -> None:
        """What is left of the input is not sent."""
        if self._stopped is None:
            self.stop(f"{self.options.limit} orders were sent (--limit)", Exit.STOPPED, cut=False)
        while self._pending:
            self._report(self._pending.popleft(), Ending(Outcome.NOT_SENT, self._stopped))

    # going on

    def _dispatch(self) -> None:
        """Let leave what may leave: a slot is free, the pace allows it, and its intent is in the journal."""
        if self._cut:
            self._abandon_all()
        while self._ready and len(self._inflight) < self.options.concurrency:
            if self.desk.pace.wait(self.desk.clock()) > 0:
                return
            task = self._ready.popleft()
            assert task.send is not None
            if task.send.writes and not self._intend(task.send):
                self._abandon(task)
                self._abandon_all()
                return
            task.send.sent_at = self.desk.clock()
            self.desk.pace.take(task.send.sent_at)
            self.summary.requests += 1
            ticket = next(self._tickets)
            self._inflight[ticket] = task
            self.crew.submit(ticket, task.send.request)

    def _collect(self) -> None:
        """Wait for the next answer or the next due moment, and go on with those that it is for."""
        for ticket, answer in self.crew.wait(self._patience()):
            task = self._inflight.pop(ticket)
            if isinstance(answer, BaseException):
                raise answer
            assert task.send is not None
            if task.send.writes and not (isinstance(answer, NoAnswer) and answer.sure in _NEVER_LEFT):
                self._mark_sent(task.send.orders)
            self._advance(task, answer)
        now = self.desk.clock()
        while self._waiting and self._waiting[0][0] <= now:
            self._advance(heapq.heappop(self._waiting)[2], None)
        self._check_world()

    def _patience(self) -> float | None:
        """Seconds until something is due; None when only an answer is awaited."""
        now = self.desk.clock()
        due = [self._waiting[0][0] - now] if self._waiting else []
        if self._ready and len(self._inflight) < self.options.concurrency:
            due.append(self.desk.pace.wait(now))
        if self._ends_at is not None and not self._cut:
            due.append(self._ends_at - now)
        if not due and not self._inflight:
            return 0.0
        return max(0.0, min(due)) if due else None

    def _advance(self, task: Task, answer: Answer | NoAnswer | None) -> None:
        """Go on with a task until it waits or sends; one that ends has told its orders' endings."""
        task.send = None
        try:
            step = task.flow.send(answer)
        except StopIteration:
            return
        if self._cut:
            self._abandon(task)
        elif isinstance(step, Send):
            task.send = step
            self._ready.append(task)
        else:
            heapq.heappush(self._waiting, (self.desk.clock() + step.seconds, next(self._tickets), task))

    def _check_world(self) -> None:
        """Stop where a signal has come, or the time is over."""
        if not self._cut and (why := self.heard.why()):
            self.stop(*why)
        if self._ends_at is not None and not self._cut and self.desk.clock() >= self._ends_at:
            self.stop(f"{self.options.max_time:g} s are over (--max-time)", Exit.STOPPED)

    # ending

    def finish(self, order: Order, ending: Ending) -> None:
        """Note and report how an order ended; when it cannot be noted, say so at once and stop."""
        try:
            self.ledger.note(order, ending, self.desk.now(), self.recent())
        except Lost as lost:
            self._say_lost(order, ending, lost)
        silent = ending.outcome is Outcome.FAILED and not order.sent and order.http_status is None
        self._report(order, ending)
        if why := self.brakes.note(ending.outcome, sent=order.sent, silent=silent):
            self.stop(*why, cut=False)

    def settled(self, orders: list[Order]) -> None:
        """Note that what these orders sent last was surely not applied."""
        try:
            self.ledger.settled(orders, self.desk.now())
        except Lost as lost:
            self.stop(f"the journal cannot be written: {lost}", Exit.UNKNOWN)

    def recent(self) -> list[float]:
        """The wall-clock times of the last requests."""
        shift = self.desk.now() - self.desk.clock()
        return [at + shift for at in self.desk.pace.recent()]

    def _mark_sent(self, orders: list[Order]) -> None:
        for order in orders:
            self.brakes.sent += not order.sent
            order.sent = True

    def _intend(self, send: Send) -> bool:
        try:
            self.ledger.intend(send.orders, send.request.repeat, self.desk.now(), self.recent())
        except Lost as lost:
            if not self.brakes.sent and not self._inflight:
                raise JournalError(f"the journal cannot be written: {lost}; nothing was sent") from lost
            self.stop(f"the journal cannot be written: {lost}", Exit.TEMPORARY)
            return False
        return True

    def _abandon_all(self) -> None:
        tasks = [*self._ready, *(task for _, _, task in self._waiting)]
        self._ready.clear()
        self._waiting.clear()
        for task in tasks:
            self._abandon(task)

    def _abandon(self, task: Task) -> None:
        """End a task that may not go on: unknown where something was sent without an answer, else not sent."""
        task.flow.close()
        for order in task.orders:
            if id(order) in self._open:
                outcome = order.open_outcome(Outcome.NOT_SENT)
                self._end_unfinished(order, Ending(outcome, self._stopped, order.remote_id))

    def _end_unfinished(self, order: Order, ending: Ending) -> None:
        if order.intent is not None or (order.entry is not None and order.unsettled):
            self.finish(order, ending)
        else:
            self._report(order, ending)

    def _finish_in_flight(self) -> None:
        """The input or a reporter broke: let what is in flight end, and note it."""
        self.stop("the run broke off", None)
        while self._inflight:
            self._abandon_all()
            self._collect()
        self._abandon_all()

    def _say_lost(self, order: Order, ending: Ending, lost: Lost) -> None:
        where = f", id {ending.remote_id}" if ending.remote_id else ""
        self.desk.tell(
            f"{order.identity.key}: {ending.outcome.value}{where}, but the journal cannot be written: {lost}"
        )
        self.stop(f"the journal cannot be written: {lost}", Exit.UNKNOWN)

    def _report(self, order: Order, ending: Ending) -> None:
        self._open.pop(id(order), None)
        remote_id = ending.remote_id or order.remote_id
        candidate, identity = order.candidate, order.identity
        number = candidate.number or identity.number
        self._tell_result(
            Result(
                candidate,
                ending.outcome,
                identity.key,
                number,
                remote_id,
                order.http_status,
                order.tries,
                ending.message,
            )
        )

    def _tell_result(self, result: Result) -> None:
        self.summary.counts[result.outcome] += 1
        with suppress(BrokenPipeError):  # whoever reads along has gone; the push goes on
            self.on_result(result)


def _fits(order: Order) -> bool:
    """Whether an order can go with others: not one that must be looked up, or updated by its remote id."""
    return not order.unsettled and not (order.keyless and order.entry is not None)
