"""Settles orders whose outcome is unknown by asking the system, where it can be asked; sends nothing.

Knows no system. There is no document at hand: what was sent is known by its keyed hashes only, so an order that is
there counts as accepted only when every leaf that was sent is there, with the same meaning.
"""

from orderctl.push.deliver import search
from orderctl.push.engine import Engine
from orderctl.push.entries import Entry
from orderctl.push.fingerprint import by_path
from orderctl.push.journal import Journal
from orderctl.push.run import Job, engine_for, finished
from orderctl.push.steps import Desk, Ending, Order, Wait
from orderctl.push.tasks import Flow
from orderctl.push.words import Candidate, Outcome, Summary
from orderctl.systems.wire import Document, Identity, Repeat, Unanswered


def reconcile(job: Job) -> Summary:
    """Ask about every unknown order of the account and return the summary."""
    summary = Summary()
    began = job.world.clock()
    with engine_for(job, summary) as engine:
        ledger = engine.books.ledger
        orders = [_order(entry) for entry in ledger.journal.unknown(ledger.account)]
        engine.run_orders(orders, lambda order: _settle(order, engine))
    return finished(summary, began, job.world)


def _order(entry: Entry) -> Order:
    """An unknown order as the journal has it: an identity without a document."""
    identity = Identity(entry.key, entry.number, entry.remote_id, entry.keyless)
    candidate = Candidate("", 0, key=entry.key, number=entry.number)
    return Order(
        candidate,
        {},
        identity,
        entry.sent_content,
        entry.keyless,
        entry,
        unsettled=True,
        unsure=True,
        repeat=entry.repeat,
        remote_id=entry.remote_id,
    )


def _settle(order: Order, engine: Engine) -> Flow:
    desk = engine.desk
    if desk.wire.look_up is None:
        message = f"{desk.target} cannot be asked about an order: push the file again, which is safe"
        engine.finish(order, Ending(Outcome.UNKNOWN, message, order.remote_id))
        return
    if (left := order.unrest(desk)) > 0:
        yield Wait(left)
    found = yield from search(order, desk)
    if isinstance(found, Unanswered):
        engine.finish(order, Ending(Outcome.UNKNOWN, f"the look-up has no answer: {found.message}"))
        return
    engine.finish(order, _judged(order, list(found.hits), desk, engine.books.ledger.journal))


def _judged(order: Order, hits: list[Document], desk: Desk, journal: Journal) -> Ending:
    assert order.entry is not None
    if len(hits) > 1:
        return Ending(Outcome.CONFLICT, f"{desk.target} holds {len(hits)} orders under this identity")
    if not hits and order.repeat is Repeat.NEVER:
        return Ending(Outcome.UNKNOWN, "not there yet, and a second one must not be sent: settle it by hand")
    if not hits:
        return Ending(Outcome.FAILED, f"not there: {desk.target} does not hold it; push it again")
    remote_id = desk.wire.remote_id(hits[0]) if desk.wire.remote_id else None
    if _is_as_sent(hits[0], order.entry, desk, journal):
        return Ending(Outcome.ACCEPTED, "found there, as sent", remote_id)
    return Ending(Outcome.UNKNOWN, "there, but not surely with this content; push the file again", remote_id)


def _is_as_sent(remote: Document, entry: Entry, desk: Desk, journal: Journal) -> bool:
    """Whether every leaf that was sent means the same in the remote order, by position; absent is blank."""
    prints, meaning = journal.fingerprints, desk.wire.meaning
    there = by_path(prints.leaves(remote, meaning))
    sent = by_path(journal.leaves(entry, entry.sent_slot))
    return all(hashed == there.get(path, prints.leaf(path, None)) for path, hashed in sent.items())
