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
_SOON = 1.0
"""Seconds after which a bar beside data begins: what is over by then needs none, nor what tells line after line."""


def beside_data(*, wanted: bool, stdout: bool) -> "Progress | None":
    """A bar on the terminal that stderr is; None where there is none, or where data come to it through `stdout`."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        return None
    if stdout and sys.stdout is not None and sys.stdout.isatty():
        return None
    return Progress(wanted=True, after=_SOON)


class Progress:
    """How far a run is: orders read so far, results by outcome; on a terminal a bar, `after` seconds without a line."""

    def __init__(self, *, wanted: bool, after: float = 0.0) -> None:
        self._wanted = wanted
        self._after = after
        self._terminal = False
        self._bar: Any = None
        self._task: Any = None
        self._expected = 0
        self._counts: dict[str, int] = {}
        self.elsewhere: Callable[[], int] = int
        """How many orders other processes are through with."""
        self._said = time.monotonic()

    def __enter__(self) -> "Progress":
        self._terminal = self._wanted and sys.stderr is not None and sys.stderr.isatty()
        if self._terminal and not self._after:
            self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            with suppress(OSError):
                self._bar.stop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while lines are written to the same terminal; where it began late, it does so again."""
        if self._bar is not None:
            with suppress(OSError):
                self._bar.stop()
        yield
        if self._after:
            self._bar, self._said = None, time.monotonic()
        elif self._bar is not None:
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
        if self._bar is None and self._terminal and time.monotonic() - self._said >= self._after:
            self._start()
        if self._bar is not None:
            done = sum(self._counts.values()) + self.elsewhere()
            with suppress(OSError):
                total = max(self._expected, done) if self._expected else None
                self._bar.update(self._task, completed=done, total=total, words=self._words())
        elif not self._terminal and time.monotonic() - self._said >= _EVERY:
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
