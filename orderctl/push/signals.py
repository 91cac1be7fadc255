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
    """The signals that have come; only noted here, since a handler may interrupt anything.

    The second ends what may be broken off anywhere, such as a read that blocks, and the rest at its next `check`: no
    result is told by half, and none is left out. The third breaks off anything.
    """

    def __init__(self) -> None:
        self.signals: list[signal.Signals] = []
        self._may_break_off = False

    @property
    def must_leave(self) -> bool:
        """Whether what runs now must be broken off."""
        return len(self.signals) > (1 if self._may_break_off else 2)

    def check(self) -> None:
        """Raise Leave where the second signal has come."""
        if len(self.signals) > 1:
            raise Leave

    @contextmanager
    def breaking_off(self) -> Iterator[None]:
        """What is done here may be broken off anywhere."""
        self._may_break_off = True
        try:
            yield
        finally:
            self._may_break_off = False

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
        heard.signals.append(signal.Signals(number))
        wake()
        if heard.must_leave:
            raise Leave

    before = {number: signal.getsignal(number) for number in _EXITS}
    ours = [number for number, was in before.items() if was not in (signal.SIG_IGN, None)]
    for number in ours:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
