"""What SIGINT and SIGTERM do to a push: the first lets it end in order, the second leaves at once.

Knows no order; a signal that was ignored when the program started stays ignored (a job in the background).
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from orderctl.errors import Exit

_EXITS = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


class Leave(BaseException):
    """The second signal: leave at once."""


class Heard:
    """The signals that have come; mostly only noted here, since a handler may interrupt anything.

    The second ends what may be broken off anywhere, such as a read that blocks, and the rest at its next `check`: no
    result is told by half, and none is left out. The third breaks off anything.
    """

    def __init__(self) -> None:
        self.signals: list[signal.Signals] = []
        self._at_first: Callable[[], None] | None = None
        """Tells of the first signal, where what runs now may be broken off anywhere."""

    def note(self, number: int) -> None:
        """Note a signal that has come. Raises Leave where what runs now must be broken off."""
        self.signals.append(signal.Signals(number))
        if len(self.signals) > (1 if self._at_first else 2):
            raise Leave
        if self._at_first and len(self.signals) == 1:
            self._at_first()

    def check(self) -> None:
        """Raise Leave where the second signal has come."""
        if len(self.signals) > 1:
            raise Leave

    @contextmanager
    def breaking_off(self, at_first: Callable[[], None]) -> Iterator[None]:
        """What is done here may be broken off anywhere, and may last; the first signal calls `at_first` in it."""
        self._at_first = at_first
        try:
            yield
        finally:
            self._at_first = None

    def why(self) -> tuple[str, Exit] | None:
        """Why the run must stop, when it must."""
        if not self.signals:
            return None
        first = self.signals[0]
        return first.name, _EXITS[first]


@contextmanager
def listening(heard: Heard, wake: Callable[[], None]) -> Iterator[None]:
    """Note signals in `heard`, raise Leave where it says so; does nothing outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        """Note a signal."""
        wake()
        heard.note(number)

    before = {number: signal.getsignal(number) for number in _EXITS}
    ours = [number for number, was in before.items() if was not in (signal.SIG_IGN, None)]
    for number in ours:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
