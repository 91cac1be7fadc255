"""The journal: what is sent, before it leaves, and what became of it, before more of that order leaves.

Knows no HTTP and no system. It holds keyed hashes, ids, times and outcomes, never an address and never a secret.
One thread uses it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import ColumnElement, Engine, Select, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from orderctl.errors import JournalError
from orderctl.push.entries import (
    FRESH,
    INFLIGHT,
    NEVER,
    Entry,
    Intent,
    Noted,
    pack,
    read,
    time_text,
    unpack,
    wide,
)
from orderctl.push.fingerprint import Fingerprints
from orderctl.push.schema import accounts, layouts, orders, reason
from orderctl.push.words import Outcome

_CHUNK = 500
_COLUMNS = [column for column in orders.c if not column.name.startswith(("layout", "leaves"))]
_BY_KEY = select(*_COLUMNS).where(
    orders.c.account == bindparam("of"), orders.c.key.in_(bindparam("keys", expanding=True))
)
_CHANGED = ("state", "unsettled", "http", "remote_id", "slot", "accepted_at", "updated_at")
_NOTE = (
    update(orders)
    .where(orders.c.id == bindparam("row"), orders.c.attempt == bindparam("fence"))
    .values({name: bindparam(name) for name in _CHANGED})
)


class Lost(Exception):
    """The journal can no longer be written; `str()` says why."""


class Journal:
    """The journal of one state directory."""

    def __init__(self, engine: Engine, fingerprints: Fingerprints) -> None:
        self._engine = engine
        self._connection = engine.connect()
        self._layouts: dict[tuple[str, ...], int] = {}
        self._lost: str | None = None
        self.fingerprints = fingerprints

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._engine.dispose()

    def account(self, identity: str) -> int | None:
        """The id of an account, None when it is new."""
        return self._connection.scalar(select(accounts.c.id).where(accounts.c.identity == identity))

    def begin(self, identity: str, system: str, now: float) -> tuple[int, list[float]]:
        """Begin a run under the account's lock: what a dead run left in flight is unknown now.

        Returns the account's id and the times of its last requests. Raises JournalError when it cannot be written.
        """
        try:
            known = self._connection.execute(select(accounts).where(accounts.c.identity == identity)).one_or_none()
            if known is not None and known.ended == time_text(NEVER):
                self._check_whole()
            with self._writing():
                account = known.id if known else self._new_account(identity, system)
                stamps = {"started": time_text(now), "ended": time_text(NEVER)}
                self._connection.execute(update(accounts).where(accounts.c.id == account).values(stamps))
                dead = _open(account, INFLIGHT)
                self._connection.execute(update(orders).where(*dead).values(state=wide(Outcome.UNKNOWN, 8)))
        except (DBAPIError, Lost) as error:
            raise JournalError(f"the journal cannot be written: {reason(error)}; nothing was sent") from error
        return account, unpack(known.sends) if known else []

    def end(self, account: int, now: float, sends: Sequence[float]) -> None:
        """End the run; a run that did not end is looked at closely by the next. Raises Lost."""
        with self._writing():
            values = {"ended": time_text(now), "sends": pack(sends)}
            self._connection.execute(update(accounts).where(accounts.c.id == account).values(values))

    def entries(self, account: int, keys: Sequence[str]) -> dict[str, Entry]:
        """What is known of these orders, by key."""
        found = {}
        for at in range(0, len(keys), _CHUNK):
            given = {"of": account, "keys": list(keys[at : at + _CHUNK])}
            found.update({row.key: read(row) for row in self._connection.execute(_BY_KEY, given)})
        return found

    def every_entry(self, account: int) -> Iterator[Entry]:
        """What is known of every order of the account, in the order of their keys."""
        return map(read, self._connection.execute(_all(account)))

    def unknown(self, account: int) -> list[Entry]:
        """The orders whose outcome is unknown, in the order of their keys."""
        return [read(row) for row in self._connection.execute(_all(account).where(*_open(account, Outcome.UNKNOWN)))]

    def leaves(self, entry: Entry, slot: str) -> tuple[tuple[str, ...], bytes]:
        """The paths and leaf hashes of what was accepted (`entry.slot`) or last sent (`entry.sent_slot`)."""
        layout, hashes = orders.c[f"layout{slot}"], orders.c[f"leaves{slot}"]
        query = select(layouts.c.paths, hashes).join_from(orders, layouts, layouts.c.id == layout)
        row = self._connection.execute(query.where(orders.c.id == entry.id)).one()
        return tuple(row[0].split("\n")), row[1]

    def intend(self, account: int, intents: Sequence[Intent], now: float, sends: Sequence[float]) -> list[Entry]:
        """Note durably that these are about to leave; returns their entries as they are now. Raises Lost."""
        with self._writing():
            values = {"sends": pack(sends)}
            self._connection.execute(update(accounts).where(accounts.c.id == account).values(values))
            for intent in intents:
                self._intend(account, intent, now)
            entries = self.entries(account, [intent.key for intent in intents])
        return [entries[intent.key] for intent in intents]

    def note(self, noted: Sequence[Noted], now: float) -> None:
        """Note durably what became of orders that left. Raises Lost."""
        with self._writing():
            for one in noted:
                if self._connection.execute(_NOTE, one.values(now)).rowcount != 1:
                    self._lost = f"the entry of {one.entry.key} was changed by another run"
                    raise Lost(self._lost)

    def _intend(self, account: int, intent: Intent, now: float) -> None:
        values = intent.values(now, self._layout(intent.leaves[0]))
        if intent.entry is not None:
            self._connection.execute(update(orders).where(orders.c.id == intent.entry.id).values(values))
            return
        fixed = {"account": account, "key": intent.key, "accepted_at": time_text(NEVER)}
        self._connection.execute(insert(orders).values({**FRESH, **fixed, **values}))

    def _layout(self, paths: tuple[str, ...]) -> int:
        if paths not in self._layouts:
            text = "\n".join(paths)
            digest = sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
            known = self._connection.scalar(select(layouts.c.id).where(layouts.c.digest == digest))
            if known is None:
                known = self._connection.execute(insert(layouts).values(digest=digest, paths=text)).lastrowid
            self._layouts[paths] = known
        return self._layouts[paths]

    def _new_account(self, identity: str, system: str) -> int:
        fixed = {"started": time_text(NEVER), "ended": time_text(NEVER), "sends": b""}
        made = self._connection.execute(insert(accounts).values(identity=identity, system=system, **fixed))
        return int(made.lastrowid)

    def _check_whole(self) -> None:
        said = self._connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if said != "ok":
            raise JournalError(f"the journal is damaged: {said}; restore it from a backup; nothing was sent")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One durable transaction; after an error of the disk none any more, since the next might only seem to work."""
        if self._lost:
            raise Lost(self._lost)
        try:
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield
            self._connection.exec_driver_sql("COMMIT")
        except DBAPIError as error:
            self._lost = reason(error)
            raise Lost(self._lost) from error
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        """Leave a transaction that was not committed."""
        raw = self._connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        if raw.in_transaction:
            self._layouts.clear()
            try:
                raw.rollback()
            except sqlite3.Error as error:
                self._lost = self._lost or str(error)


def _all(account: int) -> Select[tuple[object, ...]]:
    return select(*_COLUMNS).where(orders.c.account == account).order_by(orders.c.key)


def _open(account: int, state: str) -> tuple[ColumnElement[bool], ...]:
    return orders.c.account == account, orders.c.unsettled == "1", orders.c.state == wide(state, 8)
