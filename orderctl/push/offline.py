"""What the journal tells without asking anybody: the plan of a push, and the status of orders.

Knows no HTTP and writes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from orderctl import systems
from orderctl.errors import JournalError
from orderctl.push.account import identity, open_journal
from orderctl.push.entries import INFLIGHT, Entry
from orderctl.push.fingerprint import changed
from orderctl.push.journal import Journal
from orderctl.push.ledger import conflict, is_error, is_unchanged, key_of, unsendable
from orderctl.push.schema import reason
from orderctl.push.words import Candidate, Outcome, Planned, Status
from orderctl.systems.wire import Wire

if TYPE_CHECKING:
    from orderctl.config import Target

_CHUNK = 256


def plan(candidates: Iterable[Candidate], target: "Target") -> Iterator[Planned]:
    """What a push would do with each candidate, in order."""
    wire = systems.wire_of(target.system)
    with _reading(target) as (journal, account):
        rest = iter(candidates)
        while chunk := list(islice(rest, _CHUNK)):
            keys = [key_of(candidate, wire) for candidate in chunk]
            known = [key for key in keys if key]
            entries = journal.entries(account, known) if journal and account is not None else {}
            for candidate, key in zip(chunk, keys, strict=True):
                yield _planned(candidate, key, entries.get(key or ""), journal, wire, target.name)


def status(target: "Target", keys: Sequence[str]) -> Iterator[Status]:
    """What the journal knows of these keys or order numbers, or of every order when none is given.

    A key that it does not know is left out.
    """
    with _reading(target) as (journal, account):
        if journal is None or account is None:
            return
        wanted = frozenset(keys)
        for entry in journal.every_entry(account):
            if not wanted or entry.key in wanted or entry.number in wanted:
                yield _status(entry)


def _planned(
    candidate: Candidate, key: str | None, entry: Entry | None, journal: Journal | None, wire: Wire, target: str
) -> Planned:
    number = candidate.number or (entry.number if entry else None)
    document = candidate.document
    content = journal.fingerprints.document(document) if journal and document is not None else None
    if entry is not None and journal and (why := conflict(candidate, entry, content, target, wire, journal)):
        return Planned(candidate, key, number, "changed", message=why)
    if document is None or any(map(is_error, candidate.findings)):
        return Planned(candidate, key, number, "invalid")
    if entry is not None and content is not None and is_unchanged(entry, content):
        return Planned(candidate, key, number, "unchanged")
    if unsendable(document, key, wire):
        return Planned(candidate, key, number, "invalid")
    if entry is None or journal is None or content is None:
        return Planned(candidate, key, number, "new")
    if entry.state in (Outcome.UNKNOWN, INFLIGHT):
        return Planned(candidate, key, number, "unknown")
    if entry.content is None:
        return Planned(candidate, key, number, "new")
    changes = changed(journal.leaves(entry, entry.slot), journal.fingerprints.leaves(document, wire.meaning))
    return Planned(candidate, key, number, "changed", changes)


def _status(entry: Entry) -> Status:
    outcome = Outcome.UNKNOWN if entry.state == INFLIGHT else Outcome(entry.state)
    return Status(
        key=entry.key,
        number=entry.number,
        outcome=outcome,
        remote_id=entry.remote_id,
        http_status=entry.http_status,
        attempts=entry.attempt,
        at=entry.updated_at,
        accepted_at=entry.accepted_at or None,
    )


@contextmanager
def _reading(target: "Target") -> Iterator[tuple[Journal | None, int | None]]:
    """The journal and the account in it, where there are any."""
    journal = open_journal(target, create=False)
    if journal is None:
        yield None, None
        return
    try:
        yield journal, journal.account(identity(target, journal.fingerprints))
    except DBAPIError as error:
        raise JournalError(f"the journal cannot be read: {reason(error)}") from error
    finally:
        journal.close()
