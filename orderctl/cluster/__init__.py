"""Many machines: orders that wait in PostgreSQL, and workers that push them, one at a time for each account.

Light to import: the queue and the database are loaded when something is enqueued or worked on.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orderctl.cluster.status import Queued
    from orderctl.cluster.worker import Work
    from orderctl.config import Config, Target
    from orderctl.push import Candidate, Options, Result, Summary, World

__all__ = ["enqueue", "overtaking", "queued", "work"]


def enqueue(
    candidates: "Iterable[Candidate]",
    target: "Target",
    options: "Options",
    world: "World",
    on_result: "Callable[[Result], None]",
    *,
    wait: bool,
) -> "Summary":
    """Write orders down for the workers, all or none; with `wait`, tell what became of each, as a push does.

    Without, an order that was enqueued is `not_sent`, and says so. Raises UsageError and JournalError.
    """
    from orderctl.cluster import enqueuing

    return enqueuing.enqueue(candidates, target, options, world, on_result, wait=wait)


def overtaking(target: "Target", on_result: "Callable[[Result], None]") -> "Callable[[Result], None]":
    """What takes the results of a direct push: an older content that waits for a worker is not sent after it.

    Raises UsageError and JournalError.
    """
    if target.journal is None:
        return on_result
    from orderctl.cluster import overtake

    return overtake.overtaking(target, on_result)


def queued(config: "Config") -> "list[Queued]":
    """What waits in the queue, account by account. Raises UsageError and JournalError."""
    from orderctl.cluster import status

    return status.queued(config)


def work(config: "Config", asked: "Work") -> int:
    """Push what is enqueued until a signal comes; the exit code is that of SPEC §3. Raises UsageError, JournalError."""
    from orderctl.cluster import worker

    return worker.work(config, asked)
