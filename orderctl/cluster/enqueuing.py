"""Writes orders down for the workers, with the account's job, in one transaction; and waits for what became of them.

Knows no HTTP. What need not be sent is found here as in a push, so that it never waits.
"""

import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from orderctl import systems
from orderctl.cluster import queue
from orderctl.cluster.documents import Told
from orderctl.cluster.jobs import lock_account, schedule
from orderctl.cluster.queue import Put
from orderctl.cluster.tables import queue_in
from orderctl.errors import Exit, JournalError, UsageError
from orderctl.push.account import identity, open_journal
from orderctl.push.ledger import Ledger, key_of
from orderctl.push.postgres import Postgres
from orderctl.push.run import finished, revealed
from orderctl.push.signals import Heard, Leave, listening
from orderctl.push.words import Candidate, Options, Outcome, Result, Summary, World

if TYPE_CHECKING:
    from orderctl.config import Target

_CHUNK = 256
_POLL = 0.25
_ENQUEUED = "enqueued"


class _Enqueuing:
    """One command that enqueues."""

    def __init__(self, target: "Target", options: Options, on_result: Callable[[Result], None], wait: bool) -> None:
        self.target, self.options = target, options
        self.summary = Summary(enqueued=True)
        self.ticket = uuid.uuid4().hex if wait else None
        self.open: dict[int, tuple[Candidate, str]] = {}
        self._on_result = on_result

    def tell(self, result: Result) -> None:
        """Count a result and hand it on."""
        self.summary.counts[result.outcome] += 1
        self._on_result(result)

    def put(self, connection: Connection, account: int, ledger: Ledger, candidates: Iterable[Candidate]) -> int:
        """Put what is to be sent, chunk by chunk; returns how many orders that is."""
        lock_account(connection, account)
        where = Put(account, self.target.name, self.ticket)
        rest, count = iter(candidates), 0
        while chunk := list(islice(rest, _CHUNK)):
            orders = self._sift(connection, account, ledger, chunk)
            if not orders:
                continue
            ids = queue.put(connection, where, orders)
            count += len(ids)
            if self.ticket:
                self.open.update(zip(ids, orders, strict=True))
            else:
                for candidate, key in orders:
                    self.tell(Result(candidate, Outcome.NOT_SENT, key, candidate.number, message=_ENQUEUED))
        return count

    def _sift(
        self, connection: Connection, account: int, ledger: Ledger, chunk: list[Candidate]
    ) -> list[tuple[Candidate, str]]:
        """What is to wait; what is unchanged does too where another content of it waits already.

        What waits is asked before the journal: an order that a worker takes and settles meanwhile is seen there.
        """
        known = queue.waiting_keys(connection, account, [key for each in chunk if (key := key_of(each, ledger.wire))])
        orders = []
        for one in ledger.sift(chunk):
            if not isinstance(one, Result):
                orders.append((one.candidate, one.identity.key))
            elif one.outcome is Outcome.UNCHANGED and one.key in known:
                assert one.key is not None
                orders.append((one.candidate, one.key))
            else:
                self.tell(one)
        return orders

    def follow(self, postgres: Postgres, world: World, heard: Heard) -> tuple[str, Exit] | None:
        """Tell what became of the orders until all are settled; returns why no longer, where that is."""
        assert self.ticket
        began, limit = world.clock(), self.options.max_time
        while self.open:
            try:
                with postgres.transaction() as connection:
                    for row, told in queue.collect(connection, self.ticket):
                        self._settle(row, told)
            except JournalError:
                return "the database is away; orderctl status tells later what became of the rest", Exit.TEMPORARY
            if self.open and limit is not None and world.clock() - began >= limit:
                return f"{limit:g} s are over (--max-time)", Exit.STOPPED
            if self.open and heard.signals:
                return heard.why()
            if self.open:
                (world.sleep or time.sleep)(_POLL)
        return None

    def leave(self, postgres: Postgres, why: tuple[str, Exit] | None) -> None:
        """Wait no longer; what is not settled goes on without us."""
        assert self.ticket
        with suppress(JournalError), postgres.transaction() as connection:
            queue.release(connection, self.ticket)
        for candidate, key in self.open.values():
            self.tell(Result(candidate, Outcome.NOT_SENT, key, candidate.number, message=f"still {_ENQUEUED}"))
        if why is not None:
            self.summary.stopped = why[0]
            self.summary.exits.add(why[1])

    def _settle(self, row: int, told: Told) -> None:
        candidate, key = self.open.pop(row)
        self.summary.requests += told.attempts
        self.tell(told.result(candidate, key))


def enqueue(
    candidates: Iterable[Candidate],
    target: "Target",
    options: Options,
    world: World,
    on_result: Callable[[Result], None],
    *,
    wait: bool,
) -> Summary:
    """Write orders down for the workers; with `wait`, tell what became of each."""
    began = world.clock()
    run = _Enqueuing(target, options, on_result, wait)
    postgres = queue_in(target.state_dir, target.journal)
    revealed(target)
    _put_all(candidates, run, postgres)
    if wait:
        _follow(run, postgres, world)
    return finished(run.summary, began, world)


def _follow(run: _Enqueuing, postgres: Postgres, world: World) -> None:
    """Tell what becomes of the orders; the first signal ends that in order, as it does a push."""
    heard, why = world.heard or Heard(), None
    try:
        with listening(heard, lambda: None):
            why = run.follow(postgres, world, heard)
    except Leave:
        why = heard.why()
    finally:
        run.leave(postgres, why)


def _put_all(candidates: Iterable[Candidate], run: _Enqueuing, postgres: Postgres) -> None:
    journal = open_journal(run.target, create=True)
    assert journal is not None
    try:
        account = journal.ensure_account(identity(run.target, journal.fingerprints), run.target.system)
        ledger = Ledger(journal, account, systems.wire_of(run.target.system), run.target.name, run.options)
        with postgres.transaction() as connection:
            if run.put(connection, account, ledger, candidates):
                schedule(postgres, connection, account)
    except DBAPIError as error:
        raise UsageError(f"the queue cannot be written: {error.orig}; nothing was enqueued") from error
    finally:
        journal.close()
