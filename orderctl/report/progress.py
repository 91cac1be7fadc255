"""Progress for people: a bar on a terminal, a line now and then elsewhere, nothing where it is not wanted.

Knows counts only; the terminal library is loaded on a terminal alone.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

from orderctl.report.text import say

_EVERY = 30.0
"""Seconds between two lines where there is no terminal."""


class Progress:
    """How far a run is: orders read so far, results by outcome."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._bar: Any = None
        self._task: Any = None
        self._expected = 0
        self._counts: dict[str, int] = {}
        self.elsewhere: Callable[[], int] = int
        """How many orders other processes are through with."""
        self._said = time.monotonic()

    def __enter__(self) -> "Progress":
        if self._wanted and sys.stderr is not None and sys.stderr.isatty():
            self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            with suppress(OSError):
                self._bar.stop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while lines are written to the same terminal."""
        if self._bar is None:
            yield
            return
        with suppress(OSError):
            self._bar.stop()
        yield
        with suppress(OSError):
            self._bar.start()

    def expect(self) -> None:
        """Count one more order to come."""
        self._expected += 1

    def advance(self, outcome: str) -> None:
        """Count one result."""
        if not self._wanted:
            return
        self._counts[outcome] = self._counts.get(outcome, 0) + 1
        if self._bar is not None:
            done = sum(self._counts.values()) + self.elsewhere()
            with suppress(OSError):
                self._bar.update(self._task, completed=done, total=max(self._expected, done), words=self._words())
        elif self._wanted and time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            say(f"{self._words()} of {self._expected:,} read so far")

    def _words(self) -> str:
        words = [f"{number:,} {outcome.replace('_', ' ')}" for outcome, number in self._counts.items()]
        return ", ".join([*words, f"{elsewhere:,} in other processes"] if (elsewhere := self.elsewhere()) else words)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[words]}", markup=False),
        )
        console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        # Stdout is data: it must not pass through the console, which folds and colours.
        self._bar = Bar(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        self._task = self._bar.add_task("orders", total=None, words="")
        self._bar.start()
