"""What waits until a report can hold it: bytes, or JSON documents; beyond 1 MiB in a temporary file, however many.

Knows JSON; knows no report.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Any

from orderctl.report.document import render

_NEAR = 1024 * 1024
_CHUNK = 64 * 1024


class SpooledBytes:
    """Bytes that grow and are read once.

    Where the disk has no room for them, they stay in memory: a report must not end a run.
    """

    def __init__(self) -> None:
        self._near = bytearray()
        self._far: IO[bytes] | None = None
        self._full = False

    def add(self, data: bytes) -> None:
        """Add some at the end."""
        self._near += data
        if len(self._near) > _NEAR and not self._full:
            self._put_away()

    def pieces(self) -> Iterator[bytes]:
        """What is in the file, then what is near; it is forgotten with that."""
        if self._far is not None:
            with closing(self._far):
                self._far.seek(0)
                while chunk := self._far.read(_CHUNK):
                    yield chunk
        for at in range(0, len(self._near), _CHUNK):
            yield bytes(self._near[at : at + _CHUNK])

    def lines(self) -> Iterator[bytes]:
        """The same, cut behind each newline, which is left out; the last line has one, too."""
        rest = b""
        for piece in self.pieces():
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole

    def _put_away(self) -> None:
        """Move what is near into the file, as far as it has room."""
        try:
            if self._far is None:
                import tempfile

                self._far = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
            while self._near:
                del self._near[: self._far.write(self._near)]
        except OSError:
            self._full = True


class Spool:
    """A list of JSON documents that grows; `len` tells how many they are."""

    def __init__(self) -> None:
        self._bytes = SpooledBytes()
        self._number = 0

    def __len__(self) -> int:
        return self._number

    def add(self, document: Any) -> None:
        """Add a document, as it is now."""
        self._bytes.add((b",\n" if self._number else b"") + render(document))
        self._number += 1

    def chunks(self, depth: int) -> Iterator[bytes]:
        """The list as indented JSON, which stands so many blanks deep; its documents are forgotten with that."""
        if not self._number:
            yield b"[]"
            return
        line = b"\n" + b" " * depth
        yield b"[" + line + b"  "
        for piece in self._bytes.pieces():
            yield piece.replace(b"\n", line + b"  ")
        yield line + b"]"


def rendered(document: Any) -> Iterator[bytes]:
    """A document that holds spools as indented JSON, in pieces, with the newline at its end."""
    mark, spools = os.urandom(16).hex(), list[Spool]()
    text = render(_marked(document, mark, spools))
    for spool in spools:
        head, _, text = text.partition(f'"{mark}"'.encode())
        line = head[head.rfind(b"\n") + 1 :]
        yield head
        yield from spool.chunks(len(line) - len(line.lstrip(b" ")))
    yield text + b"\n"


def _marked(value: Any, mark: str, spools: list[Spool]) -> Any:
    """The same with a mark for each spool, in their order."""
    if isinstance(value, Spool):
        spools.append(value)
        return mark
    if isinstance(value, dict):
        return {key: _marked(inner, mark, spools) for key, inner in value.items()}
    if isinstance(value, list):
        return [_marked(inner, mark, spools) for inner in value]
    return value
