"""The journal in PostgreSQL, for many machines: one schema, locks that a connection holds, the server's own clock.

Knows no order and no system, and shows no password. One pool of connections for each database in a process: a journal
takes one and gives it back.
"""

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError

from orderctl.errors import JournalError, Locked, UsageError
from orderctl.push.database import Clock, Lost
from orderctl.push.schema import MARK, STEPS, VERSION, meta, metadata, reason

SCHEMA = "orderctl"
SILENCE = 30
"""Seconds after which the server and we give up a connection from which nothing is heard."""

_VERSION = "version"
_MAKING = 0x6F726463
"""The advisory lock under which the tables are made."""

_SESSION = (
    f"SET search_path = {SCHEMA}",
    "SET synchronous_commit = on",
    f"SET tcp_keepalives_idle = {SILENCE // 3}",
    f"SET tcp_keepalives_interval = {SILENCE // 6}",
    "SET tcp_keepalives_count = 4",
    f"SET tcp_user_timeout = '{SILENCE}s'",
    "SET idle_in_transaction_session_timeout = '60s'",
)
_OFF = text("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY 1")
_TABLE = text("SELECT 1 FROM pg_tables WHERE schemaname = :schema AND tablename = :name")
_NAMESPACE = text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
_HOLDER = text(
    "SELECT application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND classid = (:key >> 32) & 4294967295 AND objid = :key & 4294967295"
)


class Postgres:
    """The database that a URL names."""

    begin = "BEGIN"
    at_once = True

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._password = make_url(url).password

    def is_made(self) -> bool:
        """Whether the journal's tables are there. Raises JournalError when it cannot be reached, or is not ours."""
        with self._using() as connection:
            return is_there(meta, connection) and _version(connection) > 0

    def prepare(self, mark: bytes) -> None:
        """Make the tables, or bring them to our version; `mark` is the key's own, by which another is found out.

        Raises JournalError when they are newer, not ours, or made with another key.
        """
        with self._using() as connection:
            if is_there(meta, connection) and _version(connection) == VERSION:
                found = connection.scalar(select(meta.c.value).where(meta.c.name == MARK))
            else:
                found = _make(connection, mark)
        if found != mark:
            raise JournalError(
                "the journal was made with another journal.key: copy that file from the host where the journal was "
                "begun; nothing was sent"
            )

    def switched_off(self) -> list[str]:
        """The server's settings without which it may lose what it has confirmed. Raises JournalError."""
        with self._using() as connection:
            return list(connection.execute(_OFF).scalars())

    def connect(self) -> Connection:
        """A connection of its own. Raises JournalError."""
        try:
            return self._engine.connect()
        except DBAPIError as error:
            raise self._unusable(error) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of its own, committed at the end of the block. Raises JournalError."""
        with self._using() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            finally:
                with suppress(Lost):
                    self.roll_back(connection)

    def raw(self, connection: Connection) -> Any:
        """The driver's own connection, for a library that wants to write in our transaction."""
        return connection.connection.driver_connection

    def roll_back(self, connection: Connection) -> bool:
        """Leave a transaction that was not committed; whether there was one."""
        if connection.invalidated:
            return True
        raw = self.raw(connection)
        if raw.closed or raw.info.transaction_status == _IDLE:
            return bool(raw.closed)
        try:
            connection.exec_driver_sql("ROLLBACK")
        except DBAPIError as error:
            raise Lost(reason(error)) from error
        return True

    def check_whole(self, connection: Connection) -> str | None:
        """None: the server looks after its own files."""
        return None

    @contextmanager
    def locked(self, connection: Connection, account: str, wait: float) -> Iterator[None]:
        """Hold the account's lock as long as the connection lives. Raises Locked after `wait` seconds."""
        key = lock_key(account)
        try:
            if not _take(connection, key, wait):
                raise Locked(f"another run holds this target's lock{_holder(connection, key)}")
        except DBAPIError as error:
            raise self._unusable(error) from error
        try:
            yield
        finally:
            _let_go(connection, key)

    def clock(self, connection: Connection, steady: Clock) -> Clock | None:
        """The server's wall clock, going on by the steady one."""
        try:
            began, there = steady(), now_there(connection)
        except DBAPIError as error:
            raise self._unusable(error) from error
        return lambda: there + steady() - began

    def close(self) -> None:
        """Nothing: the connection is back in its pool."""

    @contextmanager
    def _using(self) -> Iterator[Connection]:
        connection = self.connect()
        try:
            yield connection
        except DBAPIError as error:
            raise self._unusable(error) from error
        finally:
            if not connection.invalidated and self.raw(connection).closed:
                connection.invalidate()  # a library used it when it broke; giving it back as it is would raise
            connection.close()

    def _unusable(self, error: DBAPIError) -> JournalError:
        said = reason(error)
        if self._password:
            said = said.replace(str(self._password), "***")
        return JournalError(f"the journal in PostgreSQL cannot be used: {said}; nothing was sent")


_IDLE = 0


def now_there(connection: Connection) -> float:
    """The server's wall clock, seconds."""
    return float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())::float8")) or 0.0)


def lock_key(name: str) -> int:
    """The number under which a lock of this name is known to the server."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


@cache
def _engine(url: str) -> Engine:
    """The pool of connections to a database; as large as the most that were in use at once."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise UsageError("journal: PostgreSQL needs more packages: pip install 'orderctl[cluster]'") from None
    name = f"orderctl {os.getpid()} on {socket.gethostname()}"
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=0,
        pool_pre_ping=True,
        connect_args={"application_name": name[:63], "connect_timeout": 10, "keepalives_idle": SILENCE // 3},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, record: object) -> None:
        """Set up a new session."""
        cursor = connection.cursor()
        cursor.execute("; ".join(_SESSION))
        cursor.close()

    return engine


def is_there(table: Table, connection: Connection) -> bool:
    """Whether a table of ours has been made.

    Asked of the catalog's rows: within a transaction `to_regclass` may not see what another has made meanwhile.
    """
    return connection.scalar(_TABLE, {"schema": SCHEMA, "name": table.name}) is not None


def _version(connection: Connection) -> int:
    found = connection.scalar(select(meta.c.value).where(meta.c.name == _VERSION))
    version = int(found) if found and re.fullmatch(rb"[0-9]{1,6}", found) else 0
    if not version:
        raise JournalError(
            f"the schema {SCHEMA} in PostgreSQL is of another program; name another database; nothing was sent"
        )
    if version > VERSION:
        raise JournalError(
            f"the journal in PostgreSQL was made by a newer orderctl (version {version}, ours {VERSION}); "
            "update this one; nothing was sent"
        )
    return version


def _make(connection: Connection, mark: bytes) -> bytes | None:
    """Make the tables, or bring them to our version, all or nothing; returns the mark that they have then."""
    connection.exec_driver_sql("BEGIN")
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
    if is_there(meta, connection):
        for step in range(_version(connection), VERSION):
            STEPS[step](connection)
    else:
        if connection.scalar(_NAMESPACE, {"schema": SCHEMA}) is None:
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
        metadata.create_all(connection)
        connection.execute(insert(meta), [{"name": MARK, "value": mark}, {"name": _VERSION, "value": b"0"}])
    connection.execute(meta.update().where(meta.c.name == _VERSION).values(value=str(VERSION).encode()))
    found = connection.scalar(select(meta.c.value).where(meta.c.name == MARK))
    connection.exec_driver_sql("COMMIT")
    return found


def _take(connection: Connection, key: int, wait: float) -> bool:
    """Take a lock of the session, within so many seconds."""
    end = time.monotonic() + wait
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
        left = end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(0.1, left))
    return True


def _let_go(connection: Connection, key: int) -> None:
    """Let the lock go; where that cannot be done, the connection goes, and the lock with it."""
    if connection.invalidated:
        return
    try:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
    except DBAPIError:
        connection.invalidate()


def _holder(connection: Connection, key: int) -> str:
    found = connection.execute(_HOLDER, {"key": key}).first()
    if found is None:
        return ""
    program, _, host = found[0].removeprefix("orderctl ").partition(" on ")
    return f" (process {program} on {host} since {found[1]:%Y-%m-%d %H:%M:%S})"
