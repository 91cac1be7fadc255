"""The orders that wait, as rows beside the journal: the only place where order documents are kept, until settled.

Knows no order and no job.
"""

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal_column,
    text,
)

from orderctl.cluster.jobs import job_tables
from orderctl.config import Secret
from orderctl.errors import UsageError
from orderctl.push.account import databases
from orderctl.push.postgres import Postgres, is_there

metadata = MetaData()

waiting = Table(
    "waiting",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("account", BigInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("document", LargeBinary),
    Column("ticket", Text),
    Column("added_at", Float, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("rounds", Integer, nullable=False),
    Column("told", LargeBinary),
)
"""One row an order. `document` is what is to be sent, gone once settled; `ticket` whoever waits to be `told`."""

_OPEN = text("document IS NOT NULL")
Index("waiting_of_account", waiting.c.account, waiting.c.id, postgresql_where=_OPEN)
Index("waiting_of_key", waiting.c.account, waiting.c.key, postgresql_where=_OPEN)
Index("waiting_of_ticket", waiting.c.ticket, postgresql_where=text("ticket IS NOT NULL"))

NOW: ColumnElement[float] = literal_column("extract(epoch FROM clock_timestamp())::float8", Float)
_MAKING = 0x71756575


def queue_in(directory: Path, url: Secret | None) -> Postgres:
    """The journal's database with the queue's tables, made where they are not there; the key is in the directory.

    Raises UsageError and JournalError.
    """
    postgres = databases(directory, needed(url))
    assert isinstance(postgres, Postgres)
    with postgres.transaction() as connection:
        if not is_there(waiting, connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
        if not is_there(waiting, connection):
            metadata.create_all(connection)
            connection.exec_driver_sql(job_tables(), execution_options={"no_parameters": True})
    return postgres


def needed(url: Secret | None) -> Secret:
    """The database that the queue cannot do without. Raises UsageError."""
    if url is None:
        raise UsageError(
            "the queue needs a journal in PostgreSQL: set journal: postgresql+psycopg://user:password@host/database "
            "in the configuration, or ORDERCTL_JOURNAL"
        )
    return url
