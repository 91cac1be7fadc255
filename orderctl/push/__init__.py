"""Push: brings orders to a target once each, and is never wrong about what happened.

Light to import: the journal and the network are loaded when something is pushed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from orderctl.push.words import Candidate, Options, Outcome, Planned, Result, Status, Summary, World

if TYPE_CHECKING:
    from orderctl.config import Target
    from orderctl.systems.wire import Identity

__all__ = [
    "Candidate",
    "Options",
    "Outcome",
    "Planned",
    "Result",
    "Status",
    "Summary",
    "World",
    "identify",
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


def identify(system: str, document: dict[str, Any]) -> "Identity":
    """The key and number of a valid document in the shape that the system's push writes."""
    from importlib import import_module

    from orderctl import systems
    from orderctl.systems.wire import Wire

    wire = import_module(systems.load(system).wire).WIRE
    assert isinstance(wire, Wire)
    return wire.identity(document)
