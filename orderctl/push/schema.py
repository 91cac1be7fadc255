"""The tables of the journal, the same on SQLite and PostgreSQL, and the steps from version to version.

Knows no order, no system and no connection. Everything that an outcome changes is text of a fixed width: such an update
needs no new page, so that an outcome can be noted on a disk that has just become full.
"""

import sqlite3
from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.exc import DBAPIError

VERSION = 2
MARK = "key"
"""The name under which `meta` keeps the mark of the key that the hashes are made with."""

_Id = BigInteger().with_variant(Integer, "sqlite")
_Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Ordered by its bytes everywhere."""

metadata = MetaData()

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", LargeBinary, nullable=False))

accounts = Table(
    "accounts",
    metadata,
    Column("id", _Id, primary_key=True),
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
    Column("id", _Id, primary_key=True),
    Column("account", _Id, ForeignKey("accounts.id"), nullable=False),
    Column("key", _Key, nullable=False),
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
_UNSETTLED = text("unsettled = '1'")
Index("open_orders", orders.c.account, sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)

limits = Table(
    "limits",
    metadata,
    Column("name", Text, primary_key=True),
    Column("free_at", Float, nullable=False),
)
"""When the next request of a group of accounts may leave; wall-clock seconds."""


def _share_limits(connection: Connection) -> None:
    limits.create(connection)


STEPS: dict[int, Callable[[Connection], None]] = {1: _share_limits}
"""Version → the step that leads from it to the next."""


CURE = (
    "restore the file from a copy, or move it and journal.db-journal away: what was accepted is then no longer known, "
    "and a push sends it again, as an update by its key or after a look-up by its number (only what was sent with "
    "--no-order-key may be there twice)"
)
"""What to do about a journal's file that is damaged."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def reason(error: Exception) -> str:
    """What the database or the system said, in one line, without the statement around it; of damage, what to do."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(cause).split())
    return f"{said}; {CURE}" if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGED else said
