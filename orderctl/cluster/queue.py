"""What is asked of the rows that wait: put, take, settle, put off, tell.

Knows no job and no request; every function is one part of its caller's transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from orderctl.cluster.documents import Told, packed, unpacked
from orderctl.cluster.tables import NOW, waiting
from orderctl.push.words import Candidate, Outcome

KEPT = 24 * 3600.0
"""Seconds for which a result is kept for a command that waits, and may have died."""

_REPLACED = Told(Outcome.NOT_SENT, message="a later push of it took its place")
_OPEN = waiting.c.document.is_not(None)
_SETTLE = (
    update(waiting)
    .where(waiting.c.id == bindparam("row"))
    .values(document=None, told=bindparam("said"), due_at=NOW)
    .execution_options(synchronize_session=False)
)
_PUT_OFF = (
    update(waiting)
    .where(waiting.c.id == bindparam("row"))
    .values(rounds=waiting.c.rounds + 1, due_at=NOW + bindparam("seconds"))
)
_IDS = text("SELECT nextval(pg_get_serial_sequence('waiting', 'id')) FROM generate_series(1, :count)")


@dataclass(frozen=True, slots=True)
class Put:
    """Where orders are put: for which account, by which target, and for whom who waits."""

    account: int
    target: str
    ticket: str | None


def put(connection: Connection, where: Put, orders: Sequence[tuple[Candidate, str]]) -> list[int]:
    """Put orders, each with its key; what waited under one of the keys is replaced. Returns the rows."""
    since = replace(connection, where.account, [key for _, key in orders])
    ids = list(connection.execute(_IDS, {"count": len(orders)}).scalars())
    now = connection.scalar(select(NOW))
    rows: list[dict[str, Any]] = [
        {
            "id": row,
            "account": where.account,
            "target": where.target,
            "key": key,
            "document": packed(candidate, key),
            "ticket": where.ticket,
            "added_at": since.get(key, now),
            "due_at": now,
            "rounds": 0,
        }
        for row, (candidate, key) in zip(ids, orders, strict=True)
    ]
    connection.execute(insert(waiting), rows)
    return ids


def replace(connection: Connection, account: int, keys: Sequence[str], last: int | None = None) -> dict[str, float]:
    """Let what waits under these keys, in rows up to the last where one is given, wait no more; its `added_at` by key.

    Whoever waits for such an order is told.
    """
    replaced = [waiting.c.account == account, waiting.c.key.in_(keys), _OPEN]
    replaced += [waiting.c.id <= last] if last is not None else []
    gone = delete(waiting).where(*replaced, waiting.c.ticket.is_(None))
    told = update(waiting).where(*replaced).values(document=None, told=_REPLACED.packed(), due_at=NOW)
    columns = waiting.c.key, waiting.c.added_at
    return {key: at for statement in (gone, told) for key, at in connection.execute(statement.returning(*columns))}


def waiting_keys(connection: Connection, account: int, keys: Iterable[str]) -> set[str]:
    """Those of the keys under which an order waits."""
    known = select(waiting.c.key).where(waiting.c.account == account, waiting.c.key.in_(list(keys)), _OPEN)
    return set(connection.execute(known).scalars())


@dataclass(frozen=True, slots=True)
class Page:
    """The next orders of an account; their rounds so far, and who is waited for, by row."""

    target: str
    candidates: list[Candidate]
    rounds: dict[int, int]
    waited: frozenset[int]


def take(connection: Connection, account: int, most: int) -> Page | None:
    """The next orders that are due, in the order in which they were put; all of one target."""
    due = select(waiting).where(waiting.c.account == account, _OPEN, waiting.c.due_at <= NOW)
    found = connection.execute(due.order_by(waiting.c.id).limit(most)).all()
    rows = [row for row in found if row.target == found[0].target]
    if not rows:
        return None
    return Page(
        rows[0].target,
        [unpacked(row.id, row.document) for row in rows],
        {row.id: row.rounds for row in rows},
        frozenset(row.id for row in rows if row.ticket is not None),
    )


def still_waiting(connection: Connection, rows: Sequence[int]) -> set[int]:
    """Those of the rows in which an order still waits."""
    return set(connection.execute(select(waiting.c.id).where(waiting.c.id.in_(rows), _OPEN)).scalars())


def settle(connection: Connection, silent: Sequence[int], told: Sequence[tuple[int, Told]]) -> None:
    """Remove the documents of settled orders; for those that are waited for, keep what became of them."""
    if silent:
        connection.execute(delete(waiting).where(waiting.c.id.in_(silent)))
    if told:
        connection.execute(_SETTLE, [{"row": row, "said": said.packed()} for row, said in told])


def put_off(connection: Connection, rows: Sequence[tuple[int, float]]) -> None:
    """Let orders wait for so many seconds until their next round."""
    if rows:
        connection.execute(_PUT_OFF, [{"row": row, "seconds": seconds} for row, seconds in rows])


def last_row(connection: Connection, account: int) -> int | None:
    """The latest row of an account in which an order waits, None when none does."""
    last: int | None = connection.scalar(select(func.max(waiting.c.id)).where(waiting.c.account == account, _OPEN))
    return last


def next_due(connection: Connection, account: int) -> float | None:
    """Seconds until the account's next order is due, 0 when one is, None when none waits."""
    due = select(func.min(waiting.c.due_at) - NOW).where(waiting.c.account == account, _OPEN)
    left = connection.scalar(due)
    return None if left is None else max(0.0, float(left))


def collect(connection: Connection, ticket: str) -> list[tuple[int, Told]]:
    """Take out what became of the orders of a ticket since the last time."""
    ended = delete(waiting).where(waiting.c.ticket == ticket, waiting.c.document.is_(None))
    rows = connection.execute(ended.returning(waiting.c.id, waiting.c.told))
    return [(row.id, Told.unpacked(row.told)) for row in rows]


def release(connection: Connection, ticket: str) -> None:
    """Nobody waits for the orders of this ticket any more."""
    connection.execute(update(waiting).where(waiting.c.ticket == ticket).values(ticket=None))
    forget(connection, KEPT)


def forget(connection: Connection, age: float) -> None:
    """Remove results that nobody has collected for so long, or that nobody waits for."""
    stale = (waiting.c.due_at < NOW - age) | waiting.c.ticket.is_(None)
    connection.execute(delete(waiting).where(waiting.c.document.is_(None), stale))
