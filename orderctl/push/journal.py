"""The journal: what is sent, before it leaves, and what became of it, before more of that order leaves.

Knows no HTTP and no system. It holds keyed hashes, ids, times and outcomes, never an address and never a secret.
One thread uses it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import CursorResult, Executable, Row, select, text, update
from sqlalchemy.exc import DBAPIError

from orderctl.errors import JournalError
from orderctl.push.database import Clock, Database, Lost
from orderctl.push.entries import (
    FRESH,
    INFLIGHT,
    NEVER,
    Entry,
    Intent,
    Noted,
    Settled,
    pack,
    read,
    read_settled,
    time_text,
    unpack,
    wide,
)
from orderctl.push.fingerprint import Fingerprints
from orderctl.push.schema import CURE, accounts, layouts, orders, reason
from orderctl.push.statements import (
    ADD,
    ADD_AT_ONCE,
    BY_KEY,
    CHANGE,
    CHANGE_AT_ONCE,
    COMMIT,
    FREE,
    LIMIT,
    NEW_ACCOUNT,
    NEW_LAYOUT,
    NEW_LIMIT,
    NOTE,
    SENDS,
    SETTLED,
    all_of,
    open_of,
)
from orderctl.push.words import Outcome

_CHUNK = 500
_PAGE = 1000


class Journal:
    """The journal, on one connection, which also holds the lock of the account that is pushed to.

    A connection that was lost is not replaced: another one would not hold the lock.
    """

    def __init__(self, database: Database, fingerprints: Fingerprints) -> None:
        self._database = database
        self._connection = database.connect()
        self._begin = text(database.begin)
        self._layouts: dict[tuple[str, ...], int] = {}
        self._lost: str | None = None
        self.fingerprints = fingerprints

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
        self._database.close()

    def locked(self, account: str, wait: float) -> AbstractContextManager[None]:
        """Hold the account's lock. Raises Locked after `wait` seconds."""
        return self._database.locked(self._connection, account, wait)

    def clock(self, steady: Clock) -> Clock | None:
        """The database's own wall clock, going on by the steady one; None where it is this machine's."""
        return self._database.clock(self._connection, steady)

    def account(self, identity: str) -> int | None:
        """The id of an account, None when it is new."""
        with self._reading():
            return self._execute(select(accounts.c.id).where(accounts.c.identity == identity)).scalar()

    def ensure_account(self, identity: str, system: str) -> int:
        """The id of an account, made where it is new. Raises JournalError."""
        try:
            with self._writing():
                return self._new_account(identity, system)
        except Lost as lost:
            raise JournalError(f"the journal cannot be written: {lost}; nothing was sent") from lost

    def begin(self, identity: str, system: str, now: float) -> tuple[int, list[float]]:
        """Begin a run under the account's lock: what a dead run left in flight is unknown now.

        Returns the account's id and the times of its last requests. Raises JournalError when it cannot be written.
        """
        try:
            known = self._execute(select(accounts).where(accounts.c.identity == identity)).one_or_none()
            if known is not None and known.ended == time_text(NEVER):
                self._check_whole()
            with self._writing():
                account = known.id if known else self._new_account(identity, system)
                stamps = {"started": time_text(now), "ended": time_text(NEVER)}
                self._execute(update(accounts).where(accounts.c.id == account).values(stamps))
                dead = open_of(account, INFLIGHT)
                self._execute(update(orders).where(*dead).values(state=wide(Outcome.UNKNOWN, 8)))
        except (DBAPIError, Lost) as error:
            raise JournalError(f"the journal cannot be written: {reason(error)}; nothing was sent") from error
        return account, unpack(known.sends) if known else []

    def end(self, account: int, now: float, sends: Sequence[float]) -> None:
        """End the run; a run that did not end is looked at closely by the next. Raises Lost."""
        with self._writing():
            values = {"ended": time_text(now), "sends": pack(sends)}
            self._execute(update(accounts).where(accounts.c.id == account).values(values))

    def entries(self, account: int, keys: Sequence[str]) -> dict[str, Entry]:
        """What is known of these orders, by key. Raises JournalError."""
        with self._reading():
            return self._entries(account, keys)

    def settled(self, account: int, keys: Sequence[str]) -> dict[str, Settled]:
        """What the target surely holds of these orders, by key; quickly, for every order. Raises JournalError."""
        with self._reading():
            return {each.key: each for each in map(read_settled, self._of(SETTLED, account, keys))}

    def every_entry(self, account: int) -> Iterator[Entry]:
        """What is known of every order of the account, in the order of their keys, page by page."""
        after = ""
        while True:
            with self._reading():
                rows = self._execute(all_of(account).where(orders.c.key >= after).limit(_PAGE)).all()
            page = [row for row in rows if row.key != after]
            yield from map(read, page)
            if len(rows) < _PAGE:
                return
            after = page[-1].key

    def unknown(self, account: int) -> list[Entry]:
        """The orders whose outcome is unknown, in the order of their keys."""
        with self._reading():
            return [read(row) for row in self._execute(all_of(account).where(*open_of(account, Outcome.UNKNOWN)))]

    def leaves(self, entry: Entry, slot: str) -> tuple[tuple[str, ...], bytes]:
        """The paths and leaf hashes of what was accepted (`entry.slot`) or last sent (`entry.sent_slot`)."""
        layout, hashes = orders.c[f"layout{slot}"], orders.c[f"leaves{slot}"]
        query = select(layouts.c.paths, hashes).join_from(orders, layouts, layouts.c.id == layout)
        with self._reading():
            row: Any = self._execute(query.where(orders.c.id == entry.id)).one()
        return tuple(row[0].split("\n")), row[1]

    def intend(self, account: int, intents: Sequence[Intent], now: float, sends: Sequence[float]) -> list[Entry]:
        """Note durably that these are about to leave; returns their entries as they are now. Raises Lost."""
        if self._database.at_once and len(intents) == 1:
            return [self._intend_at_once(account, intents[0], now, sends)]
        with self._writing():
            self._execute(SENDS, {"of": account, "packed": pack(sends)})
            for paths in sorted({intent.leaves[0] for intent in intents}):  # in one order everywhere: no deadlock
                self._layout(paths)
            for intent in intents:
                self._intend(account, intent, now)
            entries = self._entries(account, [intent.key for intent in intents])
        return [entries[intent.key] for intent in intents]

    def note(self, noted: Sequence[Noted], now: float) -> None:
        """Note durably what became of orders that left. Raises Lost."""
        if self._database.at_once and len(noted) == 1:
            self._note(noted[0], now)
            return
        with self._writing():
            for one in noted:
                self._note(one, now)

    def _note(self, one: Noted, now: float) -> None:
        if self._execute(NOTE, one.values(now)).rowcount != 1:
            self._lost = f"the entry of {one.entry.key} was changed by another run"
            raise Lost(self._lost)

    def _intend_at_once(self, account: int, intent: Intent, now: float, sends: Sequence[float]) -> Entry:
        """The statements of an intent as one."""
        values = intent.values(now, self._layout(intent.leaves[0]))
        if intent.entry is None:
            values |= {**FRESH, "account": account, "key": intent.key, "accepted_at": time_text(NEVER)}
            statement: Executable = ADD_AT_ONCE
        else:
            values["row"] = intent.entry.id
            statement = CHANGE_AT_ONCE[values["sent_slot"]]
        return read(self._execute(statement, {**values, "of": account, "packed": pack(sends)}).one())

    def draw(self, group: str, now: float, spacing: float, horizon: float) -> tuple[bool, float]:
        """Draw the next moment in which a request of the group may leave: whether there is one, and in how long.

        There is none when it lies beyond the horizon; then the seconds are until one may. Raises JournalError.
        """
        with self._limit(group) as free_at:
            wait = max(0.0, free_at - now)
            if wait <= horizon:
                self._execute(FREE, {"group": group, "at": now + wait + spacing})
                return True, wait
            return False, wait - horizon / 2

    def hold(self, group: str, until: float) -> None:
        """Let no request of the group leave before this time. Raises JournalError."""
        with self._limit(group) as free_at:
            self._execute(FREE, {"group": group, "at": max(until, free_at)})

    @contextmanager
    def _limit(self, group: str) -> Iterator[float]:
        """The group's limit, which nobody else can draw from meanwhile."""
        try:
            with self._writing():
                self._execute(NEW_LIMIT, {"group": group})
                yield self._execute(LIMIT, {"group": group}).scalar_one()
        except Lost as lost:
            raise JournalError(f"the journal cannot be written: {lost}") from lost

    def _intend(self, account: int, intent: Intent, now: float) -> None:
        values = intent.values(now, self._layout(intent.leaves[0]))
        if intent.entry is not None:
            self._execute(CHANGE[values["sent_slot"]], {"row": intent.entry.id, **values})
            return
        fixed = {"account": account, "key": intent.key, "accepted_at": time_text(NEVER)}
        self._execute(ADD, {**FRESH, **fixed, **values})

    def _entries(self, account: int, keys: Sequence[str]) -> dict[str, Entry]:
        return {entry.key: entry for entry in map(read, self._of(BY_KEY, account, keys))}

    def _of(self, statement: Executable, account: int, keys: Sequence[str]) -> Iterator[Row[Any]]:
        """The rows of these orders."""
        for at in range(0, len(keys), _CHUNK):
            given = {"of": account, "keys": [key for key in keys[at : at + _CHUNK] if "\0" not in key]}
            yield from self._execute(statement, given).all()

    def _layout(self, paths: tuple[str, ...]) -> int:
        if paths not in self._layouts:
            joined = "\n".join(paths)
            digest = sha256(joined.encode("utf-8", "surrogatepass")).digest()[:16]
            known = select(layouts.c.id).where(layouts.c.digest == digest)
            found = self._execute(known).scalar()
            if found is None:
                self._execute(NEW_LAYOUT, {"digest": digest, "paths": joined})
                found = self._execute(known).scalar_one()
            self._layouts[paths] = found
        return self._layouts[paths]

    def _new_account(self, identity: str, system: str) -> int:
        self._execute(NEW_ACCOUNT, {"identity": identity, "system": system, "never": time_text(NEVER), "sends": b""})
        return int(self._execute(select(accounts.c.id).where(accounts.c.identity == identity)).scalar_one())

    def _check_whole(self) -> None:
        damage = self._database.check_whole(self._connection)
        if damage:
            raise JournalError(f"the journal is damaged: {damage}; {CURE}; nothing was sent")

    def _execute(self, statement: Executable, given: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Carry out a statement; after one that failed none any more, since the next might only seem to work."""
        if self._lost:
            raise Lost(self._lost)
        try:
            return self._connection.execute(statement, given)
        except DBAPIError as error:
            self._lost = reason(error)
            raise Lost(self._lost) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, Lost) as error:
            raise JournalError(f"the journal cannot be read: {reason(error)}") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One durable transaction; after an error of the disk none any more, since the next might only seem to work."""
        try:
            self._execute(self._begin)
            yield
            self._execute(COMMIT)
        except DBAPIError as error:
            self._lost = reason(error)
            raise Lost(self._lost) from error
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        """Leave a transaction that was not committed."""
        try:
            if self._database.roll_back(self._connection):
                self._layouts.clear()
        except Lost as lost:
            self._lost = self._lost or str(lost)
