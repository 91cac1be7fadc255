"""The engine: starts orders, paces their requests, and carries each from step to step until it has ended.

Knows no system and no HTTP: what an order goes through stands in `deliver`, what is sent in the system's
wire. One thread runs it, only the requests are elsewhere; it waits in one place, so that time can be simulated.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from orderctl.errors import Exit
from orderctl.push.batch import deliver_batch
from orderctl.push.books import Books
from orderctl.push.client import NoAnswer, Sure
from orderctl.push.crew import Crew
from orderctl.push.deliver import deliver
from orderctl.push.signals import Heard, Leave
from orderctl.push.steps import Desk, Ending, Order, Send
from orderctl.push.tasks import Flow, Task, Tasks
from orderctl.push.words import Candidate, Options, Outcome, Result
from orderctl.systems.wire import Answer

MOST_WAITING = 1000
"""Orders that may wait at once for their settle time; beyond, no new one is started."""

_FIRST_CHUNK, _LARGEST_CHUNK = 8, 128
_NEVER_LEFT = (Sure.NOT_SENT, Sure.CERTIFICATE, Sure.UNSENDABLE)


@dataclass(slots=True)
class Engine:
    """One run over one account; `batch` is how many orders go in one request at most."""

    desk: Desk
    books: Books
    crew: Crew
    options: Options
    batch: int
    heard: Heard = field(default_factory=Heard)
    _tasks: Tasks = field(default_factory=Tasks)
    _pending: deque[Order] = field(default_factory=deque)
    _started: dict[int, Order] = field(default_factory=dict)
    _flow: Callable[[Order], Flow] | None = None
    _stopped: str | None = None
    _cut: bool = False
    _ends_at: float | None = None

    def __post_init__(self) -> None:
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

    def stop(self, why: str, code: Exit | None, *, cut: bool = True) -> None:
        """Start nothing more; with `cut`, orders that wait do not go on either. What flies is finished."""
        if self._stopped is None:
            self._stopped = self.books.summary.stopped = why
            self.desk.tell(f"stopping: {why}")
        self._cut = self._cut or cut
        if code is not None:
            self.books.summary.exits.add(code)

    def leave(self) -> None:
        """Report at once what is open; the intent of what is in flight stays in the journal."""
        self._heed()
        in_flight = {id(order) for task in self._tasks.inflight.values() for order in task.orders}
        for order in [*self._open(), *self._pending]:
            outcome = Outcome.UNKNOWN if id(order) in in_flight else order.open_outcome(Outcome.NOT_SENT)
            self.books.report(order, Ending(outcome, "interrupted"))

    def spawn(self, orders: list[Order]) -> None:
        """Begin the flow of one order, or of a batch."""
        one = self._flow or self._single
        flow = one(orders[0]) if len(orders) == 1 else deliver_batch(orders, self.desk, self)
        self._advance(Task(flow, orders), None)

    def finish(self, order: Order, ending: Ending) -> None:
        """Note and report how an order ended."""
        self.books.finish(order, ending)

    def _carry(self, chunks: Iterator[list[Order | Result]]) -> None:
        try:
            while self._more(chunks) or self._tasks:
                self._dispatch()
                self._collect()
        except Leave:
            raise
        except BaseException:
            if self._tasks:
                self._finish_in_flight()
            raise

    def _more(self, chunks: Iterator[list[Order | Result]]) -> bool:
        """Start what may start; returns whether there is input left.

        What is not sent any more is told behind what is under way, so that whoever puts the results into the order of
        the input need not hold them; but at once after a signal, since the second one may follow.
        """
        self._check_world()
        while self._pending or self._pull(chunks):
            if self._stopped is not None or self.books.brakes.limit_reached():
                if self._tasks and not self.heard.signals:
                    return True
                self._turn_away()
                continue
            room = self.books.brakes.room(self._unsent)
            if self._full() or room == 0:
                return True
            self._start(self.batch if room is None else min(room, self.batch), chunks)
        return False

    def _start(self, most: int, chunks: Iterator[list[Order | Result]]) -> None:
        """Start the next order; fresh ones together where the target takes batches."""
        while len(self._pending) < most and self._pull(chunks):
            pass
        orders = [self._pending.popleft()]
        while len(orders) < most and self._pending and _fits(orders[0]) and _fits(self._pending[0]):
            orders.append(self._pending.popleft())
        self._started.update((id(order), order) for order in orders)
        if len(self._started) > 2 * MOST_WAITING:
            self._open()
        self.spawn(orders)

    def _single(self, order: Order) -> Flow:
        self.finish(order, (yield from deliver(order, self.desk)))

    def _pull(self, chunks: Iterator[list[Order | Result]]) -> bool:
        """Take from the input until there is one more order to send; False at its end."""
        before = len(self._pending)
        for chunk in chunks:
            for one in chunk:
                if isinstance(one, Result):
                    self.books.tell(one)
                else:
                    self._pending.append(one)
            if len(self._pending) > before:
                return True
        return False

    def _chunks(self, candidates: Iterator[Candidate]) -> Iterator[list[Order | Result]]:
        size = max(_FIRST_CHUNK, self.batch)
        while chunk := self._read(candidates, size):
            yield self.books.sift(chunk)
            size = min(size * 2, max(_LARGEST_CHUNK, self.batch))

    def _read(self, candidates: Iterator[Candidate], size: int) -> list[Candidate]:
        """The next of the input, which may never come: the first signal is told of here, the second breaks it off."""
        with self.heard.breaking_off(self._heed):
            self.heard.check()
            return list(islice(candidates, size))

    def _full(self) -> bool:
        tasks = self._tasks
        return tasks.holding or tasks.busy >= self.options.concurrency or tasks.waiting >= MOST_WAITING

    def _open(self) -> list[Order]:
        """The orders that were started and have not ended."""
        self._started = {mark: order for mark, order in self._started.items() if not order.ended}
        return list(self._started.values())

    def _unsent(self) -> int:
        return sum(not order.sent for order in self._open())

    def _turn_away(self) -> None:
        """What is left of the input is not sent."""
        if self._stopped is None:
            self.stop(f"--limit {self.options.limit} is reached", Exit.STOPPED, cut=False)
        while self._pending:
            self.books.report(self._pending.popleft(), Ending(Outcome.NOT_SENT, self._stopped))

    def _dispatch(self) -> None:
        """Let leave what may: a slot is free, the pace allows it, and its intent is in the journal."""
        if self._cut:
            self._abandon_all()
        while self._tasks.ready and len(self._tasks.inflight) < self.options.concurrency:
            if self.desk.pace.wait(self.desk.clock()) > 0:
                return
            task = self._tasks.ready.popleft()
            assert task.send is not None
            if task.send.writes and not self.books.intend(task.send):
                self._abandon(task)
                self._abandon_all()
                return
            self._send(task, task.send)

    def _send(self, task: Task, send: Send) -> None:
        send.sent_at = self.desk.clock()
        for order in send.orders:
            order.asked = True
        self.desk.pace.take(send.sent_at)
        self.books.summary.requests += 1
        self.crew.submit(self._tasks.fly(task), send.request)

    def _collect(self) -> None:
        """Wait for the next answer or the next due moment, and go on with those that it is for."""
        seconds = self._patience()
        if self._is_too_long(seconds):
            return
        for ticket, answer in self.crew.wait(seconds):
            task = self._tasks.inflight.pop(ticket)
            if isinstance(answer, BaseException):
                raise answer
            assert task.send is not None
            if task.send.writes and not (isinstance(answer, NoAnswer) and answer.sure in _NEVER_LEFT):
                self.books.mark_sent(task.send.orders)
            self._advance(task, answer)
        for task in self._tasks.due(self.desk.clock()):
            self._advance(task, None)
        self._check_world()

    def _is_too_long(self, seconds: float | None) -> bool:
        """Whether there is nothing to do but wait, for longer than was asked for; the run ends then.

        An order that only waits for the rate, and has asked something already, is brought on first: its look-ups would
        be lost, and no order that needs more requests than the rate allows at once would ever be sent.
        """
        patience = self.options.patience
        if self._cut or patience is None or seconds is None or seconds <= patience or self._tasks.inflight:
            return False
        begun = any(order.asked for task in self._tasks.ready for order in task.orders)
        self.books.summary.resume_in = seconds
        self.stop(f"nothing to do for {seconds:.1f} s", None, cut=not begun)
        return not begun

    def _patience(self) -> float | None:
        """Seconds until something is due; None when only an answer is awaited."""
        now = self.desk.clock()
        due = [] if self._tasks.next_due is None else [self._tasks.next_due - now]
        if self._tasks.ready and len(self._tasks.inflight) < self.options.concurrency:
            due.append(self.desk.pace.wait(now))
        if self._ends_at is not None and not self._cut:
            due.append(self._ends_at - now)
        if not due and not self._tasks.inflight:
            return 0.0
        return max(0.0, min(due)) if due else None

    def _advance(self, task: Task, answer: Answer | NoAnswer | None) -> None:
        """Go on with a task until it sends or waits; one that is over has told how its orders ended."""
        task.send = None
        try:
            step = task.flow.send(answer)
        except StopIteration:
            return
        if self._cut:
            self._abandon(task)
        elif isinstance(step, Send):
            task.send = step
            self._tasks.ready.append(task)
        else:
            self._tasks.wait(task, self.desk.clock() + step.seconds, holds=step.holds)

    def _check_world(self) -> None:
        """Stop where a signal has come, or the time is over. Raises Leave at the second signal."""
        self.heard.check()
        self._heed()

    def _heed(self) -> None:
        if not self._cut and (why := self.heard.why()):
            self.stop(*why)
            self.desk.tell(
                "what is in flight is finished, the input read to its end; the signal once more leaves at once"
            )
        if self._ends_at is not None and not self._cut and self.desk.clock() >= self._ends_at:
            self.stop(f"{self.options.max_time:g} s are over (--max-time)", Exit.STOPPED)

    def _abandon_all(self) -> None:
        for task in self._tasks.drop():
            self._abandon(task)

    def _abandon(self, task: Task) -> None:
        """End a task that may not go on."""
        task.flow.close()
        for order in task.orders:
            if not order.ended:
                self.books.abandon(order, self._stopped)

    def _finish_in_flight(self) -> None:
        """The input or a reporter broke: let what is in flight end, and note it."""
        self.stop("the run broke off", None)
        while self._tasks.inflight:
            self._abandon_all()
            self._collect()
        self._abandon_all()


def _fits(order: Order) -> bool:
    """Whether an order can go with others: not one that must be looked up, or updated by its remote id."""
    return not order.unsettled and not (order.keyless and order.entry is not None)
