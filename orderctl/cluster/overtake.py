"""A push beside the queue: what it has dealt with waits no longer, else a worker would send the older content after it.

Knows no job and no request.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from orderctl.cluster import queue
from orderctl.cluster.tables import needed, waiting
from orderctl.errors import JournalError
from orderctl.push.account import identity, open_journal
from orderctl.push.postgres import Postgres, is_there
from orderctl.push.words import Outcome, Result

if TYPE_CHECKING:
    from orderctl.config import Target

_LEFT_AS_IT_IS = (Outcome.INVALID, Outcome.NOT_SENT)


def overtaking(target: "Target", on_result: Callable[[Result], None]) -> Callable[[Result], None]:
    """What takes the results of a push; of what waits now, the orders that it has dealt with are taken out.

    What is enqueued later is later content, and stays. Raises UsageError and JournalError.
    """
    journal = open_journal(target, create=False)
    if journal is None:
        return on_result
    with closing(journal):
        account = journal.account(identity(target, journal.fingerprints))
    postgres = Postgres(needed(target.journal).reveal())
    with postgres.transaction() as connection:
        known = account is not None and is_there(waiting, connection)
        last = queue.last_row(connection, account or 0) if known else None
    if account is None or last is None:
        return on_result

    def take(result: Result) -> None:
        """Take what was dealt with out of the queue; where the database is away, the push stops by itself."""
        if result.key is not None and result.outcome not in _LEFT_AS_IT_IS:
            with suppress(JournalError), postgres.transaction() as connection:
                queue.replace(connection, account, [result.key], last)
        on_result(result)

    return take
