"""Push: brings orders to a target once each, and is never wrong about what happened.

Light to import: the journal and the network are loaded when something is pushed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from orderctl.push.words import Candidate, Meant, Options, Outcome, Planned, Result, Status, Summary, World

if TYPE_CHECKING:
    from orderctl.config import Target

__all__ = [
    "Candidate",
    "Meant",
    "Options",
    "Outcome",
    "Planned",
    "Result",
    "Status",
    "Summary",
    "World",
    "plan",
    "push",
    "reconcile",
    "status",
]


def push(
    candidates: Iterable[Candidate],
    target: "Target",
    options: Options,
    world: World,
    on_result: Callable[[Result], None],
    on_message: Callable[[str], None] | None = None,
) -> Summary:
    """Push every candidate to the target and return the summary; `on_result` is called as each is sure.

    Results come in the order in which they are sure. `on_message` gets one line for people at a time (pauses, stops,
    a journal that cannot be written); without it they go to stderr. Raises UsageError, JournalError and Locked before
    anything is sent.
    """
    from orderctl.push.run import Job, run, to_stderr

    return run(candidates, Job(target, options, world, on_result, on_message or to_stderr))


def plan(candidates: Iterable[Candidate], target: "Target") -> Iterator[Planned]:
    """What a push would do with each candidate, from the journal alone, in order. Raises JournalError."""
    from orderctl.push import offline

    return offline.plan(candidates, target)


def status(target: "Target", keys: Sequence[str] = ()) -> Iterator[Status]:
    """What the journal knows of these keys or numbers, or of every order of the account. Raises JournalError."""
    from orderctl.push import offline

    return offline.status(target, keys)


def reconcile(
    target: "Target",
    options: Options,
    world: World,
    on_result: Callable[[Result], None],
    on_message: Callable[[str], None] | None = None,
) -> Summary:
    """Settle unknown orders by asking the system, where it can be asked; nothing is written there."""
    from orderctl.push import settling
    from orderctl.push.run import Job, to_stderr

    return settling.reconcile(Job(target, options, world, on_result, on_message or to_stderr))
