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
    """The signals that have come; only noted here, since a handler may interrupt anything."""

    def __init__(self) -> None:
        self.signals: list[signal.Signals] = []

    def why(self) -> tuple[str, Exit] | None:
        """Why the run must stop, when it must."""
        if not self.signals:
            return None
        first = self.signals[0]
        return first.name, _EXITS[first]


@contextmanager
def listening(heard: Heard, wake: Callable[[], None]) -> Iterator[None]:
    """Note signals in `heard`, raise Leave at the second; does nothing outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        """Note a signal; at the second one leave."""
        heard.signals.append(signal.Signals(number))
        wake()
        if len(heard.signals) > 1:
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
