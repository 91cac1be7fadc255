"""The jobs: one for each account that has orders waiting, and nothing in it but the account; over Procrastinate.

Knows no order. At most one job of an account waits and at most one runs.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from orderctl.errors import JournalError, UsageError
from orderctl.push.postgres import Postgres, lock_key
from orderctl.push.schema import reason

if TYPE_CHECKING:
    import procrastinate

TASK = "orderctl.drain"
_INDEX = "CREATE INDEX drains_of_account ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing');"
_MISSING = "the queue needs more packages: pip install 'orderctl[cluster]'"

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_SOONER = text(
    "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = :name AND status = 'todo'"
    " AND (scheduled_at IS NULL OR scheduled_at <= to_timestamp(:at)) FOR UPDATE"
)
_DROP = text("DELETE FROM procrastinate_jobs WHERE queueing_lock = :name AND status = 'todo'")
_STALLED = text(
    "DELETE FROM procrastinate_jobs WHERE id IN ("
    "SELECT jobs.id FROM procrastinate_jobs jobs LEFT JOIN procrastinate_workers workers ON workers.id = jobs.worker_id"
    " WHERE jobs.status = 'doing'"
    " AND (workers.id IS NULL OR workers.last_heartbeat < now() - make_interval(secs => :silent))"
    " FOR UPDATE OF jobs SKIP LOCKED) RETURNING (args->>'account')::bigint"
)
_ORPHANS = text(
    "SELECT accounts.id FROM accounts"
    " WHERE EXISTS (SELECT 1 FROM waiting WHERE account = accounts.id AND document IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock = 'drain ' || accounts.id"
    " AND status IN ('todo', 'doing'))"
)


def job_tables() -> str:
    """The statements that make Procrastinate's own tables, and an index for thousands of accounts.

    Without it, finding the next job among 5,000 takes 30 ms, with it 1.
    """
    return str(_library().schema.SchemaManager.get_schema()) + _INDEX


def open_app(connector: Any = None) -> "procrastinate.App":
    """Procrastinate with our one task; the worker puts in what it does."""
    library = _library()
    app: procrastinate.App = library.App(connector=connector or library.PsycopgConnector())
    return app


def lock_account(connection: Connection, account: int) -> None:
    """Keep others from changing which job the account has, until the transaction ends."""
    connection.execute(_LOCK, {"key": lock_key(f"orderctl queue {account}")})


def schedule(postgres: Postgres, connection: Connection, account: int, at: float | None = None) -> None:
    """Let a job of the account run at a time of the database's clock, or now, or sooner if one is to run sooner.

    Within the caller's transaction: rows that it has written are seen by that job. One that runs already may have read
    before; so where it waits, it is held until then, and where none waits, a new one will.
    """
    lock_account(connection, account)
    name = f"drain {account}"
    if at is not None and connection.execute(_SOONER, {"name": name, "at": at}).first():
        return
    connection.execute(_DROP, {"name": name})
    when = None if at is None else datetime.fromtimestamp(at, UTC)
    deferrer = open_app().configure_task(
        TASK, lock=name, queueing_lock=name, schedule_at=when, connection=postgres.raw(connection)
    )
    try:
        deferrer.defer(account=account)
    except _library().exceptions.ConnectorException as error:
        raise JournalError(f"the queue cannot be written: {reason(error.__cause__ or error)}") from error


def sweep(postgres: Postgres, silent: float) -> list[int]:
    """Put jobs back whose worker has not been heard for so many seconds, and those that got lost; their accounts."""
    with postgres.transaction() as connection:
        stalled = list(connection.execute(_STALLED, {"silent": silent}).scalars())
        found = sorted({*stalled, *connection.execute(_ORPHANS).scalars()})
        for account in found:
            schedule(postgres, connection, account)
    return found


def _library() -> Any:
    try:
        import procrastinate.exceptions
        import procrastinate.schema
    except ImportError:
        raise UsageError(_MISSING) from None
    return procrastinate
