"""A stream of bytes over a function that hands them out.

Knows nothing of where they come from, nor of what they mean.
"""

import io
from collections.abc import Callable
from typing import BinaryIO

Take = Callable[[int], bytes | None]
"""Hands out the next bytes, so many at most; none at the end."""
CHUNK = 64 * 1024


def stream(take: Take, close: Callable[[], None] | None = None) -> BinaryIO:
    """Read what a function hands out as a file is read; `close` runs when the stream is closed."""
    return io.BufferedReader(Stream(take, close), CHUNK)


class Stream(io.RawIOBase):
    """The bytes that a function hands out, each read asking it once."""

    def __init__(self, take: Take, close: Callable[[], None] | None = None) -> None:
        self._take = take
        self._close = close

    def readable(self) -> bool:
        """A stream can be read, never written."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as the function fills it; 0 is the end."""
        data = self._take(len(buffer)) or b""
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """End what the bytes come from, then the stream."""
        if self._close is not None:
            self._close()
        super().close()
