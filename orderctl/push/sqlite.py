"""The journal in a file of SQLite: made whole, checked before it is trusted, locked by the kernel.

Knows no order and no system. The rollback journal is kept (`PERSIST`) and every commit is synced, see `schema`.
"""

import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from orderctl.errors import JournalError
from orderctl.push.database import Clock, Lost
from orderctl.push.lock import file_lock
from orderctl.push.schema import CURE, MARK, STEPS, VERSION, meta, metadata, reason

FILE = "journal.db"
APPLICATION_ID = 0x6F726463
_MAGIC, _APPLICATION = b"SQLite format 3\0", slice(68, 72)
"""How such a file begins, and where in its header the application stands (SQLite, Database File Format)."""


@dataclass(frozen=True, slots=True)
class SQLite:
    """The database in one file."""

    directory: Path
    engine: Engine
    begin: str = "BEGIN IMMEDIATE"
    at_once: bool = False

    def connect(self) -> Connection:
        """The one connection there is."""
        return self.engine.connect()

    def roll_back(self, connection: Connection) -> bool:
        """Leave a transaction that was not committed; whether there was one. Raises Lost."""
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        if not raw.in_transaction:
            return False
        try:
            raw.rollback()
        except sqlite3.Error as error:
            raise Lost(str(error)) from error
        return True

    def check_whole(self, connection: Connection) -> str | None:
        """What is damaged, if anything is."""
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        return None if said == "ok" else str(said)

    @contextmanager
    def locked(self, connection: Connection, account: str, wait: float) -> Iterator[None]:
        """Hold the account's lock, the kernel's on a file. Raises Locked after `wait` seconds."""
        with file_lock(self.directory / "locks", account, wait):
            yield

    def clock(self, connection: Connection, steady: Clock) -> Clock | None:
        """None: the file is on this machine."""
        return None

    def close(self) -> None:
        """Close the file."""
        self.engine.dispose()


def open_sqlite(directory: Path, mark: bytes, *, create: bool) -> SQLite | None:
    """The journal in this directory, checked and at our version; None when there is none and none shall be made.

    `mark` is the key's own mark, by which another key is found out. Raises JournalError when the file is damaged,
    newer, not ours or cannot be opened.
    """
    place = directory / FILE
    try:
        if create and not os.path.lexists(place):
            _make(place, mark)
        if not os.path.lexists(place):
            return None
        check_file(place)
        with ExitStack() as undone:
            engine = _connect(place)
            undone.callback(engine.dispose)
            _check_version(engine, place)
            _check_mark(engine, place, mark)
            undone.pop_all()
    except (OSError, DBAPIError, sqlite3.Error) as error:
        raise JournalError(f"{place}: the journal cannot be used: {reason(error)}; nothing was sent") from error
    return SQLite(directory, engine)


def _make(place: Path, mark: bytes) -> None:
    """Make the journal beside its place and link it there: it is never there in part."""
    draft = place.with_name(f".{FILE}.{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        with ExitStack() as left:
            engine = _connect(draft)
            left.callback(engine.dispose)
            connection = left.enter_context(engine.connect())
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
            metadata.create_all(connection)
            connection.execute(insert(meta).values(name=MARK, value=mark))
            connection.exec_driver_sql("COMMIT")
        with suppress(FileExistsError):  # another run was first
            os.link(draft, place)
    finally:
        os.unlink(draft)
        draft.with_name(draft.name + "-journal").unlink(missing_ok=True)


def check_file(place: Path) -> None:
    """Look at the file without opening it as a database. Raises JournalError when it is no journal, and OSError."""
    found = os.lstat(place)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        raise JournalError(
            f"{place}: not a regular file of this user; move it away or set --state-dir; nothing was sent"
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        os.chmod(place, 0o600)
    with open(place, "rb") as file:
        head = file.read(_APPLICATION.stop)
    if not head.startswith(_MAGIC) or len(head) < _APPLICATION.stop:
        raise JournalError(f"{place}: not a journal; {CURE}; nothing was sent")
    if int.from_bytes(head[_APPLICATION], "big") != APPLICATION_ID:
        raise JournalError(f"{place}: a database of another program; move it away or set --state-dir; nothing was sent")


def _connect(place: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(place.absolute())),
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def pragmas(connection: sqlite3.Connection, record: object) -> None:
        """Set up a new connection; one that cannot be set up is closed."""
        with ExitStack() as undone:
            undone.callback(connection.close)
            for pragma in ("journal_mode=PERSIST", "synchronous=EXTRA", "foreign_keys=ON", "trusted_schema=OFF"):
                connection.execute(f"PRAGMA {pragma}").close()
            undone.pop_all()

    return engine


def _check_version(engine: Engine, place: Path) -> None:
    with engine.connect() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version > VERSION:
            raise JournalError(
                f"{place}: made by a newer orderctl (version {version}, ours {VERSION}); "
                "update this one; nothing was sent"
            )
        if version < VERSION:
            _step(connection)


def _step(connection: Connection) -> None:
    """Bring the file to our version; another run may have done it meanwhile."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    for step in range(version, VERSION):
        STEPS[step](connection)
    connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    connection.exec_driver_sql("COMMIT")


def _check_mark(engine: Engine, place: Path, mark: bytes) -> None:
    with engine.connect() as connection:
        if connection.scalar(select(meta.c.value).where(meta.c.name == MARK)) != mark:
            raise JournalError(f"{place}: made with another journal.key: restore that file; nothing was sent")
