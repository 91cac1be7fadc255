"""Writes orders down for the workers, with the account's job, in one transaction; and waits for what became of them.

Knows no HTTP. What need not be sent is found here as in a push, so that it never waits.
"""

import time
import uuid
from collections.abc import Callable, Iterable
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
from orderctl.errors import Exit, UsageError
from orderctl.push.account import identity, open_journal
from orderctl.push.ledger import Ledger
from orderctl.push.postgres import Postgres
from orderctl.push.run import finished, revealed
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
        """What is to wait; what is unchanged does too where another content of it waits already."""
        decided = ledger.sift(chunk)
        keys = [one.key for one in decided if isinstance(one, Result) and one.outcome is Outcome.UNCHANGED]
        known = queue.waiting_keys(connection, account, filter(None, keys)) if keys else set()
        orders = []
        for one in decided:
            if not isinstance(one, Result):
                orders.append((one.candidate, one.identity.key))
            elif one.outcome is Outcome.UNCHANGED and one.key in known:
                assert one.key is not None
                orders.append((one.candidate, one.key))
            else:
                self.tell(one)
        return orders

    def follow(self, postgres: Postgres, world: World) -> None:
        """Tell what became of the orders until all are settled, or the time is over."""
        assert self.ticket
        began, limit = world.clock(), self.options.max_time
        while self.open:
            with postgres.transaction() as connection:
                for row, told in queue.collect(connection, self.ticket):
                    self._settle(row, told)
            if limit is not None and world.clock() - began >= limit:
                break
            if self.open:
                (world.sleep or time.sleep)(_POLL)

    def leave(self, postgres: Postgres) -> None:
        """Wait no longer; what is not settled goes on without us."""
        if self.ticket:
            with postgres.transaction() as connection:
                queue.release(connection, self.ticket)
        for candidate, key in self.open.values():
            self.tell(Result(candidate, Outcome.NOT_SENT, key, candidate.number, message=f"still {_ENQUEUED}"))
        if self.open:
            self.summary.stopped = f"{self.options.max_time or 0:g} s are over (--max-time)"
            self.summary.exits.add(Exit.STOPPED)

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
        try:
            run.follow(postgres, world)
        finally:
            run.leave(postgres)
    return finished(run.summary, began, world)


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
