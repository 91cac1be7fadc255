"""Documents that wait until a larger one can hold them: beyond 1 MiB in a temporary file, however many they are.

Knows JSON; knows no report.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Any

from orderctl.report.document import render

_NEAR = 1024 * 1024
_CHUNK = 64 * 1024


class Spool:
    """A list of JSON documents that grows; `len` tells how many they are."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._number = 0

    def __len__(self) -> int:
        return self._number

    def add(self, document: Any) -> None:
        """Add a document, as it is now."""
        if self._file is None:
            import tempfile

            self._file = tempfile.SpooledTemporaryFile(_NEAR)  # noqa: SIM115
        else:
            self._file.write(b",\n")
        self._file.write(render(document))
        self._number += 1

    def chunks(self, depth: int) -> Iterator[bytes]:
        """The list as indented JSON, which stands so many blanks deep; its documents are forgotten with that."""
        if self._file is None:
            yield b"[]"
            return
        line = b"\n" + b" " * depth
        yield b"[" + line + b"  "
        with closing(self._file):
            self._file.seek(0)
            while chunk := self._file.read(_CHUNK):
                yield chunk.replace(b"\n", line + b"  ")
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
