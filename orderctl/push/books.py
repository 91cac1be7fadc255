"""What is written down and told of every order: intents before, outcomes after, results to whoever asked for them.

Knows no system and no HTTP. When the journal can no longer be written, it says what is lost and stops the run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from orderctl.errors import Exit, JournalError
from orderctl.push.brakes import Brakes
from orderctl.push.database import Lost
from orderctl.push.ledger import Ledger
from orderctl.push.steps import Desk, Ending, Order, Send
from orderctl.push.words import Candidate, Outcome, Result, Summary

_OLD_INTENT = 5.0
"""Seconds after which an intent no longer says when its request left."""


class Stop(Protocol):
    """Ends a run before its end."""

    def __call__(self, why: str, code: Exit | None, *, cut: bool = True) -> None:
        """Start nothing more; with `cut`, orders that wait do not go on either."""


@dataclass(slots=True)
class Books:
    """The books of one run."""

    ledger: Ledger
    desk: Desk
    summary: Summary
    brakes: Brakes
    on_result: Callable[[Result], None]
    stop: Stop = field(init=False)

    def sift(self, candidates: Sequence[Candidate]) -> list[Order | Result]:
        """For each candidate the order to send, or its result; without a journal nothing more is sent.

        Raises JournalError while nothing has been sent in this run.
        """
        try:
            return self.ledger.sift(candidates)
        except JournalError as error:
            if not self.summary.requests:
                raise
            self.stop(str(error), Exit.TEMPORARY)
            return [_not_sent(candidate, str(error)) for candidate in candidates]

    def intend(self, send: Send) -> bool:
        """Note that orders are about to leave; False when that failed and they must not.

        Raises JournalError while nothing has been sent in this run.
        """
        try:
            self._intend_now(send)
        except Lost as lost:
            if not self.summary.requests:
                raise JournalError(f"the journal cannot be written: {lost}; nothing was sent") from lost
            self.stop(f"the journal cannot be written: {lost}", Exit.TEMPORARY)
            return False
        return True

    def _intend_now(self, send: Send) -> None:
        """Note it again where the process stood still meanwhile: a dead run's request ended soon after its intent."""
        for _ in range(2):
            at = self.desk.now()
            self.ledger.intend(send.orders, send.request.repeat, at, [*self.recent(), at])
            if abs(self.desk.now() - at) <= _OLD_INTENT:
                return

    def mark_sent(self, orders: list[Order]) -> None:
        """Count orders of which a request has left."""
        for order in orders:
            self.brakes.sent += not order.sent
            order.sent = True

    def settled(self, orders: list[Order]) -> None:
        """Note that what these orders sent last was surely not applied."""
        try:
            self.ledger.settled(orders, self.desk.now())
        except Lost as lost:
            self.stop(f"the journal cannot be written: {lost}", Exit.UNKNOWN)

    def finish(self, order: Order, ending: Ending) -> None:
        """Note and report how an order ended; when it cannot be noted, say so at once and stop."""
        noted = True
        try:
            self.ledger.note(order, ending, self.desk.now(), self.recent)
        except Lost as lost:
            noted = False
            self._say_lost(order, ending, lost)
        silent = ending.outcome is Outcome.FAILED and not order.sent and order.http_status is None
        self.report(order, ending, noted=noted)
        if why := self.brakes.note(ending.outcome, sent=order.sent, silent=silent):
            self.stop(*why, cut=False)

    def abandon(self, order: Order, why: str | None) -> None:
        """End an order that may not go on; its entry is brought up to date where it has one of this run."""
        ending = Ending(order.open_outcome(Outcome.NOT_SENT), why, order.remote_id)
        if order.intent is not None or (order.entry is not None and order.unsettled):
            self.finish(order, ending)
        else:
            self.report(order, ending)

    def report(self, order: Order, ending: Ending, *, noted: bool = True) -> None:
        """Tell how an order ended."""
        candidate, identity = order.candidate, order.identity
        result = Result(
            candidate=candidate,
            outcome=ending.outcome,
            key=identity.key,
            number=candidate.number or identity.number,
            remote_id=ending.remote_id or order.remote_id,
            http_status=order.http_status,
            attempts=order.tries,
            message=ending.message,
            asked=order.asked,
            noted=noted,
        )
        order.ended = True
        self.tell(result)

    def tell(self, result: Result) -> None:
        """Count a result and hand it on."""
        self.summary.counts[result.outcome] += 1
        try:  # noqa: SIM105 - every order comes by here, and suppressing costs as much as the rest
            self.on_result(result)
        except BrokenPipeError:
            pass  # whoever reads along has gone; the push goes on

    def recent(self) -> list[float]:
        """The wall-clock times of the last requests."""
        shift = self.desk.now() - self.desk.clock()
        return [at + shift for at in self.desk.pace.recent()]

    def _say_lost(self, order: Order, ending: Ending, lost: Lost) -> None:
        outcome = f"{ending.outcome.value}, id {ending.remote_id}" if ending.remote_id else ending.outcome.value
        self.desk.tell(f"{order.identity.key}: {outcome}, but the journal cannot be written: {lost}")
        self.stop(f"the journal cannot be written: {lost}", Exit.UNKNOWN)


def _not_sent(candidate: Candidate, why: str) -> Result:
    return Result(candidate, Outcome.NOT_SENT, candidate.key, candidate.number, message=why)
