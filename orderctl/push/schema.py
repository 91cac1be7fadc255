"""The tables of the journal, and the checks before it is trusted.

Knows no order and no system. Everything that an outcome changes is text of a fixed width: such an update needs no new
page, so that an outcome can be noted on a disk that has just become full (rollback journal kept, `PERSIST`).
"""

import os
import secrets
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from orderctl.errors import JournalError

FILE = "journal.db"
APPLICATION_ID = 0x6F726463
VERSION = 1
_MAGIC = b"SQLite format 3\0"

_MARK = "key"

metadata = MetaData()

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", LargeBinary, nullable=False))

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("system", Text, nullable=False),
    Column("started", Text, nullable=False),
    Column("ended", Text, nullable=False),
    Column("sends", LargeBinary, nullable=False),
)

layouts = Table(
    "layouts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("paths", Text, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("number", Text),
    Column("source", LargeBinary),
    Column("attempt", Integer, nullable=False),
    Column("repeat", Text, nullable=False),
    Column("keyless", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("unsettled", Text, nullable=False),
    Column("http", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("sent_slot", Text, nullable=False),
    Column("sent_at", Text, nullable=False),
    Column("accepted_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    *(Column(f"status{slot}", Text) for slot in (0, 1)),
    *(Column(f"content{slot}", LargeBinary) for slot in (0, 1)),
    *(Column(f"layout{slot}", Integer, ForeignKey("layouts.id")) for slot in (0, 1)),
    *(Column(f"leaves{slot}", LargeBinary) for slot in (0, 1)),
    UniqueConstraint("account", "key"),
)
Index("open_orders", orders.c.account, sqlite_where=text("unsettled = '1'"))

STEPS: dict[int, Callable[[Connection], None]] = {}
"""Version → the step that leads from it to the next."""


def open_engine(place: Path, mark: bytes, *, create: bool) -> Engine | None:
    """The journal's database, checked and at our version; None when there is none and none shall be made.

    `mark` is the key's own mark, by which another key is found out. Raises JournalError when the file is damaged,
    newer, not ours or cannot be opened.
    """
    try:
        if create and not os.path.lexists(place):
            _make(place, mark)
        if not os.path.lexists(place):
            return None
        _check_file(place)
        engine = _connect(place)
        _check_version(engine, place)
        _check_mark(engine, place, mark)
    except (OSError, DBAPIError, sqlite3.Error) as error:
        raise JournalError(f"{place}: the journal cannot be used: {reason(error)}; nothing was sent") from error
    return engine


def reason(error: Exception) -> str:
    """What SQLite or the system said, without the statement around it."""
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)


def _make(place: Path, mark: bytes) -> None:
    """Make the journal beside its place and link it there: it is never there in part."""
    draft = place.with_name(f".{FILE}.{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        engine = _connect(draft)
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
            metadata.create_all(connection)
            connection.execute(insert(meta).values(name=_MARK, value=mark))
            connection.exec_driver_sql("COMMIT")
        engine.dispose()
        os.link(draft, place)
    except FileExistsError:
        pass  # another run was first
    finally:
        os.unlink(draft)
        draft.with_name(draft.name + "-journal").unlink(missing_ok=True)


def _check_file(place: Path) -> None:
    found = os.lstat(place)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        raise JournalError(f"{place}: not a regular file of this user; nothing was sent")
    if stat.S_IMODE(found.st_mode) & 0o077:
        os.chmod(place, 0o600)
    with open(place, "rb") as file:
        magic = file.read(len(_MAGIC))
    if magic != _MAGIC:
        raise JournalError(f"{place}: not a journal; move the file away or restore it; nothing was sent")


def _connect(place: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{place}", poolclass=StaticPool, isolation_level="AUTOCOMMIT", connect_args={"timeout": 10}
    )

    @event.listens_for(engine, "connect")
    def pragmas(connection: sqlite3.Connection, record: object) -> None:
        for pragma in ("journal_mode=PERSIST", "synchronous=EXTRA", "foreign_keys=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine


def _check_version(engine: Engine, place: Path) -> None:
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
            raise JournalError(f"{place}: a database of another program; nothing was sent")
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version > VERSION:
            raise JournalError(
                f"{place}: made by a newer orderctl (version {version}, ours {VERSION}); nothing was sent"
            )
        while version < VERSION:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            STEPS[version](connection)
            version += 1
            connection.exec_driver_sql(f"PRAGMA user_version={version}")
            connection.exec_driver_sql("COMMIT")


def _check_mark(engine: Engine, place: Path, mark: bytes) -> None:
    with engine.connect() as connection:
        if connection.scalar(select(meta.c.value).where(meta.c.name == _MARK)) != mark:
            raise JournalError(f"{place}: made with another journal.key: restore that file; nothing was sent")
