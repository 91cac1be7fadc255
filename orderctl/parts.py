"""Several processes that each work on a range of one file; what they found is taken in the order of the file.

Knows processes and messages; knows no order. Where one of them gives up, or ends in any way but well, nothing was
done, and one process has to do it all.
"""

import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext, suppress
from typing import Any, BinaryIO, TypeAlias, TypeVar

from orderctl.files.ranges import Range

Tell: TypeAlias = Callable[[object], None]
"""Sends a message home; messages come home in the order in which they were sent."""
T = TypeVar("T")

PAYS = 8 * 1024 * 1024
"""The bytes of a file from which on a second process saves more time than it costs, as measured."""
_WATCHED = 1024


class GivenUp(Exception):
    """A range cannot be worked on apart from the rest."""


class Parts:
    """What the processes told, range by range."""

    def __init__(self, told: Sequence[BinaryIO]) -> None:
        self._told = told

    def messages(self, *, last: bool = True) -> Iterator[Any]:
        """Every message in its order; after the `last` reading they are forgotten."""
        with closing(self) if last else nullcontext():
            for file in self._told:
                file.seek(0)
                with suppress(EOFError):
                    while True:
                        yield pickle.load(file)

    def close(self) -> None:
        """Forget it all."""
        for file in self._told:
            file.close()


def work_apart(ranges: Sequence[Range], work: Callable[[Range, Tell], None]) -> Parts | None:
    """Let a process work on each range; None where one of them did not end well."""
    children: list[int] = []
    with ExitStack() as files:
        told = [files.enter_context(tempfile.TemporaryFile()) for _ in ranges]
        files.callback(_end, children)
        for part, file in zip(ranges, told, strict=True):
            children.append(_start(work, part, file))
        if not all(_ended_well(children) for _ in ranges):
            return None
        files.pop_all()
        return Parts(told)


def watched(records: Iterable[T], parent: int) -> Iterator[T]:
    """The records, as long as the process lives that waits for them."""
    for number, record in enumerate(records):
        if number % _WATCHED == 0 and os.getppid() != parent:
            raise GivenUp
        yield record


def _start(work: Callable[[Range, Tell], None], part: Range, file: BinaryIO) -> int:
    """Begin a process; it says nothing of its own, and never comes back from here."""
    if child := os.fork():
        return child
    code = 1
    try:
        work(part, lambda message: pickle.dump(message, file, pickle.HIGHEST_PROTOCOL))
        file.flush()
        code = 0
    finally:
        os._exit(code)


def _end(children: list[int]) -> None:
    """End what is still at work."""
    for child in children:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _ended_well(children: list[int]) -> bool:
    """Wait for the first process that is left."""
    _, status = os.waitpid(children[0], 0)
    del children[0]
    return os.waitstatus_to_exitcode(status) == 0
