"""How a batch of orders is brought to its target in one request, and what is done when that does not work.

Knows no system. A batch that is refused whole goes on in halves until the bad order stands alone. One without
a trustworthy answer is repeated once after the settle time, then goes on in halves too: one bad order holds no other.
"""

from collections.abc import Generator
from itertools import count
from typing import Any, Protocol

from orderctl.push.deliver import ask
from orderctl.push.pace import LONGEST_PAUSE, backoff
from orderctl.push.reading import Kind, Reading, without_success
from orderctl.push.steps import Desk, Ending, Order, Send, Wait
from orderctl.push.words import Outcome
from orderctl.systems.wire import Answer, Document, Repeat, Request, Verdict, Word

_WHOLE_TRIES = 2


class Rest(Protocol):
    """What a batch needs of the engine: to end its orders, and to begin smaller flows."""

    def finish(self, order: Order, ending: Ending) -> None:
        """Note and report how an order ended."""

    def spawn(self, orders: list[Order]) -> None:
        """Begin the flow of one order, or of a batch."""


def deliver_batch(orders: list[Order], desk: Desk, engine: Rest) -> Generator[Send | Wait, Any, None]:
    """Bring several fresh orders to the target in one request; what that leaves open goes on in smaller ones."""
    assert desk.wire.batch
    documents = [desk.wire.prepare(order.document, order.keyless) for order in orders]
    request = desk.wire.batch(documents)
    for tries in count(1):
        answer = yield from ask(Send(request, orders, writes=True), desk)
        reading = _read(desk, answer)
        _mark(orders, request, answer, reading, desk)
        if reading is None and isinstance(answer, Answer):
            _tell_each(orders, documents, answer, desk, engine)
            return
        assert reading is not None
        if reading.kind in (Kind.REFUSED, Kind.CERTIFICATE):
            _end_all(orders, reading, engine)
            return
        if reading.kind is Kind.REJECTED or request.repeat is Repeat.NEVER:
            break
        not_applied = reading.kind in (Kind.NOT_SENT, Kind.LIMITED)
        if (reading.wait or 0) > LONGEST_PAUSE or (not_applied and tries >= desk.max_attempts):
            _end_all(orders, reading, engine)
            return
        if not not_applied and tries >= _WHOLE_TRIES:
            break
        yield Wait(_delay(orders[0], desk, reading, tries), holds=reading.kind is Kind.NOT_SENT)
    _go_on(orders, engine)


def _read(desk: Desk, answer: Any) -> Reading | None:
    """What an answer means for the batch as a whole; None when it speaks of each order."""
    if not isinstance(answer, Answer) or not 200 <= answer.status < 300:
        return without_success(desk, answer)
    if answer.fields:
        return None
    return Reading(Kind.UNSURE, f"HTTP {answer.status} without the documented answer", None, answer.status)


def _mark(orders: list[Order], request: Request, answer: Any, reading: Reading | None, desk: Desk) -> None:
    """Keep every order of the batch up to date with what its request has met."""
    surely_not = reading is not None and reading.kind not in (Kind.TROUBLE, Kind.UNSURE)
    fresh = [order for order in orders if not order.unsettled]
    for order in orders:
        order.tries += 1
        order.http_status = answer.status if isinstance(answer, Answer) else None
        if not surely_not:
            order.unsettled, order.repeat = True, request.repeat
            order.unsure = order.unsure or reading is None or reading.kind is Kind.UNSURE
            order.settled_at = desk.clock() + desk.settle
    if surely_not and fresh:
        desk.settled(fresh)


def _tell_each(orders: list[Order], documents: list[Document], answer: Answer, desk: Desk, engine: Rest) -> None:
    """End each order by its own verdict; one that the answer does not mention goes on alone."""
    assert desk.wire.judge_batch
    verdicts = desk.wire.judge_batch(documents, answer)
    for order, verdict in zip(orders, verdicts, strict=True):
        if verdict is None or verdict.word not in _OUTCOMES:
            order.tries = 0
            engine.spawn([order])
            continue
        order.unsettled = False
        engine.finish(order, _ending(verdict, desk))


_OUTCOMES = {
    Word.ACCEPTED: Outcome.ACCEPTED,
    Word.REJECTED: Outcome.REJECTED,
    Word.CONFLICT: Outcome.CONFLICT,
}


def _ending(verdict: Verdict, desk: Desk) -> Ending:
    return Ending(_OUTCOMES[verdict.word], desk.mask.words(verdict.message), verdict.remote_id)


def _go_on(orders: list[Order], engine: Rest) -> None:
    """Go on in halves, or one by one where nothing may be sent before a look; each has all of its tries again."""
    middle = len(orders) // 2
    halves = [orders[:middle], orders[middle:]]
    if any(order.unsettled and order.repeat is Repeat.NEVER for order in orders):
        halves = [[order] for order in orders]
    for half in halves:
        for order in half:
            order.tries = 0
        engine.spawn(half)


def _end_all(orders: list[Order], reading: Reading, engine: Rest) -> None:
    for order in orders:
        engine.finish(order, Ending(order.open_outcome(Outcome.FAILED), reading.message))


def _delay(order: Order, desk: Desk, reading: Reading, tries: int) -> float:
    if reading.kind is Kind.LIMITED:
        return 0.0
    wait = reading.wait if reading.wait else backoff(tries - 1, desk.random())
    return max(wait, order.unrest(desk))
