"""How one order is brought to its target: look, write, look again, until it is sure what became of it.

Knows no system and no network: it is a generator that asks for steps. Retries are not a decorator's (stamina,
tenacity): each may need a settle time, a look-up and a journal entry before it, and other orders go on meanwhile.
"""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from orderctl.errors import Exit
from orderctl.push.client import NoAnswer
from orderctl.push.pace import FREE_REFUSALS, LONGEST_PAUSE, backoff
from orderctl.push.reading import Kind, Reading, read, without_success
from orderctl.push.steps import Asking, Desk, Ending, Order, Send, Steps, Wait
from orderctl.push.words import Outcome
from orderctl.systems.wire import Answer, Document, Found, Repeat, Request, Unanswered

Looking = Generator[Send | Wait, Any, "Document | Ending | None"]

_FINAL = {
    Kind.ACCEPTED: Outcome.ACCEPTED,
    Kind.CONFLICT: Outcome.CONFLICT,
    Kind.REFUSED: Outcome.FAILED,
    Kind.CERTIFICATE: Outcome.FAILED,
}


def deliver(order: Order, desk: Desk) -> Steps:
    """Bring one order to the target and return how it ended."""
    if (left := order.unrest(desk)) > 0:
        yield Wait(left)
    remote = None
    only_look = order.unsettled and order.repeat is Repeat.NEVER
    if desk.wire.look_up and (desk.wire.looks_first or only_look):
        young = order.youth(desk)
        seen = yield from look(order, desk)
        if seen is None and young > 0:
            yield Wait(young)
            seen = yield from look(order, desk)
        if isinstance(seen, Ending):
            return seen
        if only_look:
            return Ending(Outcome.UNKNOWN, _only_looked(seen), order.remote_id)
        remote = seen
    return (yield from _write(order, desk, remote))


def _write(order: Order, desk: Desk, remote: Document | None) -> Steps:
    """Write until an answer settles it, or no try is left."""
    refusal: Reading | None = None
    while True:
        request = desk.wire.write(desk.settings, _prepared(order, desk), remote or _known(order, desk))
        before = order.unsettled
        reading = yield from _attempt(order, desk, request)
        if reading.kind in _FINAL:
            return _ended(order, desk, reading, remote, refusal)
        if reading.kind is Kind.REJECTED and not (before and desk.wire.look_up):
            return _refused(order, reading)
        if reading.kind in (Kind.REJECTED, Kind.LOOK):
            seen = yield from _look_behind(order, desk, reading, again=refusal is not None)
            if isinstance(seen, Ending):
                return seen
            remote, refusal = seen, reading
            continue
        if reading.kind not in (Kind.NOT_SENT, Kind.LIMITED):
            seen = yield from _settle(order, desk, request, reading)
            if isinstance(seen, Ending):
                return seen
            remote = seen if request.repeat is Repeat.IF_ABSENT else remote
        if order.tries >= desk.max_attempts or (reading.wait or 0) > LONGEST_PAUSE:
            return _given_up(order, reading)
        yield Wait(_delay(order, desk, reading), holds=reading.kind is Kind.NOT_SENT)


def _attempt(order: Order, desk: Desk, request: Request) -> Generator[Send | Wait, Any, Reading]:
    """One write and what its answer means; `order.unsettled` is up to date after it."""
    before = order.unsettled
    answer = yield from ask(Send(request, [order], writes=True), desk)
    order.tries += 1
    order.http_status = answer.status if isinstance(answer, Answer) else None
    reading = read(desk, _prepared(order, desk), answer)
    if reading.kind in (Kind.TROUBLE, Kind.UNSURE, Kind.LOOK):
        order.unsettled = True
        order.unsure = order.unsure or reading.kind is Kind.UNSURE
        order.repeat = request.repeat
        order.settled_at = desk.clock() + desk.settle
    elif reading.kind in (Kind.ACCEPTED, Kind.CONFLICT):
        order.unsettled = False
    elif not before and reading.kind is not Kind.REJECTED:
        desk.settled([order])
    return reading


def ask(send: Send, desk: Desk) -> Asking:
    """Send a request and return its answer; a 429 pauses the account, and the first ten in a row are free."""
    while True:
        answer: Answer | NoAnswer = yield send
        if isinstance(answer, NoAnswer):
            if without_success(desk, answer).kind is Kind.CERTIFICATE:
                desk.stop(f"the certificate of {desk.host} was refused", Exit.REFUSED)
            return answer
        if answer.status != 429:
            desk.pace.answered(answer.headers, desk.clock())
            if answer.status in (401, 403):
                desk.stop(f"{desk.target} refused the credentials (HTTP {answer.status})", Exit.REFUSED)
            return answer
        reading = without_success(desk, answer)
        pause = desk.pace.refused(send.sent_at, desk.clock(), reading.wait)
        if pause > LONGEST_PAUSE:
            desk.stop(f"{desk.target} asks for a pause of {pause:.0f} s, longer than five minutes", None)
            return answer
        if desk.pace.refusals >= FREE_REFUSALS:
            return answer
        if send.writes:
            desk.settled([order for order in send.orders if not order.unsettled])
        desk.tell(f"{desk.target}: too many requests, waiting {pause:.0f} s")


def look(order: Order, desk: Desk) -> Looking:
    """Ask what the target holds: None when the order is not there, the order as it is there, or how that ends it."""
    found = yield from search(order, desk)
    if isinstance(found, Unanswered):
        outcome = Outcome.UNKNOWN if order.unsettled else Outcome.FAILED
        return Ending(outcome, f"the look-up has no answer: {found.message}")
    if len(found.hits) > 1:
        return Ending(Outcome.CONFLICT, f"{desk.target} holds {len(found.hits)} orders under this identity")
    if not found.hits:
        return None
    remote = found.hits[0]
    order.remote_id = desk.wire.remote_id(remote) if desk.wire.remote_id else None
    if order.unsettled and desk.wire.same and desk.wire.same(_prepared(order, desk), remote):
        order.unsettled = False
        return Ending(Outcome.ACCEPTED, "found there, as sent", order.remote_id)
    if desk.wire.closed and (state := desk.wire.closed(remote)):
        message = f"{desk.target} holds it as {state}, which takes no update"
        return Ending(Outcome.CONFLICT, message, order.remote_id)
    return remote


def search(order: Order, desk: Desk) -> Generator[Send | Wait, Any, Found | Unanswered]:
    """Put the wire's questions until they show presence or absence; each gets as many tries as a write."""
    assert desk.wire.look_up
    answers: list[Answer] = []
    tries = 0
    while True:
        question = desk.wire.look_up(order.identity, answers)
        if isinstance(question, Found):
            return question
        if isinstance(question, Unanswered):
            message, wait, answers = desk.mask.words(question.message) or "", None, []
        else:
            answer = yield from ask(Send(question, [order], writes=False), desk)
            order.http_status = answer.status if isinstance(answer, Answer) else None
            reading = without_success(desk, answer)
            if isinstance(answer, Answer) and (answer.status < 300 or reading.kind is Kind.REJECTED):
                answers.append(answer)
                continue
            if reading.kind in (Kind.REFUSED, Kind.CERTIFICATE):
                return Unanswered(reading.message or "")
            message, wait = reading.message or "", reading.wait
        tries += 1
        if tries >= desk.max_attempts or (wait or 0) > LONGEST_PAUSE:
            order.tries = order.tries or tries
            return Unanswered(message)
        yield Wait(wait if wait else backoff(tries - 1, desk.random()))


def _look_behind(order: Order, desk: Desk, refusal: Reading, *, again: bool) -> Looking:
    """Look whether a refusal hides a success: of this write, or of one before it that had no answer."""
    if refusal.kind is Kind.REJECTED:
        yield Wait(order.unrest(desk))
    if refusal.remote_id:
        order.identity = replace(order.identity, remote_id=refusal.remote_id)
    seen = yield from look(order, desk)
    words = refusal.message or "refused without a word"
    if isinstance(seen, Ending):
        return replace(seen, message=f"{seen.message}; {desk.target} said: {words}")
    if seen is not None and refusal.kind is Kind.LOOK and not again:
        return seen
    order.unsettled = False
    reported = f" (id {refusal.remote_id})" if refusal.remote_id else ""
    return Ending(Outcome.REJECTED, words + reported, refusal.remote_id)


def _settle(order: Order, desk: Desk, request: Request, reading: Reading) -> Looking:
    """After a write that may have arrived: what can be learnt before it may be repeated."""
    if request.repeat in (Repeat.AT_ONCE, Repeat.SETTLED):
        return None
    if desk.wire.look_up is None:
        return Ending(Outcome.UNKNOWN, reading.message)
    yield Wait(max(desk.settle, reading.wait or 0.0))
    seen = yield from look(order, desk)
    if request.repeat is Repeat.NEVER and not isinstance(seen, Ending):
        return Ending(Outcome.UNKNOWN, f"{reading.message}; {_only_looked(seen)}", order.remote_id)
    return seen


def _delay(order: Order, desk: Desk, reading: Reading) -> float:
    """The wait before the next try: what was asked for, else our own; the settle time in any case."""
    wait = reading.wait if reading.wait else backoff(order.tries - 1, desk.random())
    if reading.kind is Kind.LIMITED:
        return 0.0
    return max(wait, order.unrest(desk)) if order.unsettled and order.repeat is Repeat.SETTLED else wait


def _ended(order: Order, desk: Desk, reading: Reading, remote: Document | None, refusal: Reading | None) -> Ending:
    message = reading.message
    if reading.kind is Kind.ACCEPTED:
        notes = desk.wire.notes(order.document, remote) if desk.wire.notes and remote else None
        said = f"{desk.target} said before: {refusal.message}" if refusal else None
        message = "; ".join(filter(None, (message, notes, said))) or None
    outcome = _FINAL[reading.kind]
    if outcome is Outcome.FAILED:
        outcome = order.open_outcome(Outcome.FAILED)
    return Ending(outcome, message, reading.remote_id or order.remote_id)


def _refused(order: Order, reading: Reading) -> Ending:
    """A refusal; where an earlier try had no answer, and nobody can be asked, the order may be there all the same."""
    if order.unsettled and order.unsure:
        message = f"{reading.message}; but an earlier try had no answer, and it may be there"
        return Ending(Outcome.UNKNOWN, message, reading.remote_id)
    return Ending(Outcome.REJECTED, reading.message, reading.remote_id)


def _given_up(order: Order, reading: Reading) -> Ending:
    tries = "1 try" if order.tries == 1 else f"{order.tries} tries"
    asked = f"; asked to wait {reading.wait:.0f} s" if (reading.wait or 0) > LONGEST_PAUSE else ""
    outcome = order.open_outcome(Outcome.FAILED)
    return Ending(outcome, f"{reading.message}; gave up after {tries}{asked}", order.remote_id)


def _prepared(order: Order, desk: Desk) -> Document:
    return desk.wire.prepare(order.document, order.keyless)


def _known(order: Order, desk: Desk) -> Document | None:
    """The remote order as far as the journal knows it: by its id."""
    known = order.entry.remote_id if order.entry and order.entry.accepted_at else None
    return desk.wire.known(known) if desk.wire.known and known else None


def _only_looked(seen: object) -> str:
    what = "the order there is another" if seen is not None else "the order is not there yet"
    return f"{what}, and a second one must not be sent: settle it by hand"
