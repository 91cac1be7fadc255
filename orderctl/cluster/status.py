"""What waits in the queue, account by account: counts, and how long the oldest has waited.

Knows no job library; changes nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from orderctl.cluster.tables import needed, waiting
from orderctl.push.postgres import Postgres, is_there

if TYPE_CHECKING:
    from orderctl.config import Config

_QUEUED = text(
    "SELECT open.target, open.waiting, open.oldest, open.due, held.in_flight, held.unknown FROM ("
    "  SELECT account, min(target) AS target, count(*) AS waiting, min(added_at) AS oldest, min(due_at) AS due"
    "  FROM waiting WHERE document IS NOT NULL GROUP BY account) open"
    " CROSS JOIN LATERAL ("
    "  SELECT count(*) FILTER (WHERE state = 'inflight') AS in_flight,"
    "  count(*) FILTER (WHERE state = 'unknown ') AS unknown"
    "  FROM orders WHERE account = open.account AND unsettled = '1') held"
    " ORDER BY open.oldest"
)


@dataclass(frozen=True, slots=True)
class Queued:
    """One account; `oldest` and `due` are wall-clock seconds: put into the queue, and next to be tried."""

    target: str
    waiting: int
    oldest: float
    due: float
    in_flight: int
    unknown: int


def queued(config: "Config") -> list[Queued]:
    """Every account that has orders waiting, the longest waiting first."""
    with Postgres(needed(config.journal).reveal()).transaction() as connection:
        return [Queued(*row) for row in connection.execute(_QUEUED)] if is_there(waiting, connection) else []
