"""Processes that each work on a range of one file; what they tell is taken in the order of the file.

Knows processes and messages; knows no order.
"""

import mmap
import os
import pickle
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import chain
from types import TracebackType
from typing import Any, BinaryIO, TypeAlias, TypeVar

from orderctl.files.ranges import Range

Tell: TypeAlias = Callable[[object], int]
"""Sends a message home, where they come in the order in which they were sent; the place at which it is kept."""
T = TypeVar("T")

_WATCHED = 1024
_ROOM = 2
"""Free bytes in the folder for temporary files for each byte that is read; half of them are left to others."""
_SLOT = 8
"""Bytes of the memory that all share, for the count of each process."""


class GivenUp(Exception):
    """A range cannot be worked on apart from the rest."""


class Home:
    """The process that others work for, as one of them sees it: it is told messages, and how far the work is."""

    def __init__(self, file: BinaryIO, done: memoryview) -> None:
        self._file = file
        self._done = done
        self._parent = os.getpid()

    def tell(self, message: object) -> int:
        """Send a message; the place where it is kept. Raises OSError where there is no room for it."""
        place = self._file.tell()
        pickle.dump(message, self._file, pickle.HIGHEST_PROTOCOL)
        return place

    def flush(self) -> None:
        """Send what is still held back."""
        self._file.flush()

    def watched(self, records: Iterable[T]) -> Iterator[T]:
        """The records, counted, as long as the process lives that waits for them."""
        for number, record in enumerate(records):
            if number % _WATCHED == 0:
                self._done[0] = number
                if os.getppid() != self._parent:
                    raise GivenUp
            yield record


Work: TypeAlias = Callable[[Range, Home], None]
"""What a process does with its range."""


class Parts:
    """The processes at work, each on its range; left, they are ended and what they told is forgotten."""

    def __init__(self, number: int) -> None:
        self._children: list[int] = []
        self._told: list[BinaryIO] = [tempfile.TemporaryFile()]  # noqa: SIM115
        self._done = memoryview(mmap.mmap(-1, _SLOT * (1 + number))).cast("Q")
        self.home = Home(self._told[0], self._done[:1])
        """Keeps what this process tells itself; its messages are those of part 0."""

    def __enter__(self) -> "Parts":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def start(self, part: Range, work: Work) -> None:
        """Let a process work on a range. Raises OSError where there is no room for what it tells, or none for it."""
        slot = len(self._told)
        file = tempfile.TemporaryFile()  # noqa: SIM115
        self._told.append(file)
        self._children.append(_start(part, work, Home(file, self._done[slot : slot + 1])))

    def done(self) -> int:
        """About how many records they are through with."""
        return sum(self._done) if self._told else 0

    def end_well(self) -> bool:
        """Wait for all of them; whether each has told everything."""
        while self._children:
            _, status = os.waitpid(self._children[0], 0)
            del self._children[0]
            if status != 0:
                return False
        return bool(self._told)

    def messages(self) -> Iterator[Any]:
        """Every message, range by range."""
        return chain.from_iterable(self.each())

    def each(self) -> list[Iterator[Any]]:
        """The messages of each range."""
        return [_messages(file) for file in self._told[1:]]

    def message(self, part: int, place: int) -> Any:
        """One message of a part. Raises OSError where it found no room."""
        self._told[part].seek(place)
        return pickle.load(self._told[part])

    def close(self) -> None:
        """End what is still at work, and forget it all."""
        while self._children:
            child = self._children.pop()
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        while self._told:
            with suppress(OSError):  # what found no room before finds none now
                self._told.pop().close()


def work_apart(ranges: Sequence[Range], work: Work) -> Parts | None:
    """Let a process work on each range; None where they cannot be started, or what they tell may fill the disk."""
    with ExitStack() as undone, suppress(OSError):
        if shutil.disk_usage(tempfile.gettempdir()).free < _ROOM * sum(part.end - part.start for part in ranges):
            return None
        parts = undone.enter_context(Parts(len(ranges)))
        for part in ranges:
            parts.start(part, work)
        undone.pop_all()
        return parts
    return None


def _start(part: Range, work: Work, home: Home) -> int:
    """Begin a process; it says nothing of its own, and never comes back from here."""
    if child := os.fork():
        return child
    code = 1
    try:
        work(part, home)
        home.flush()
        code = 0
    finally:
        os._exit(code)


def _messages(file: BinaryIO) -> Iterator[Any]:
    file.seek(0)
    with suppress(EOFError):
        while True:
            yield pickle.load(file)
