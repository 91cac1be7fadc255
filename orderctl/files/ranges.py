"""Cutting one large file into ranges that can be read apart: JSON Lines, and a JSON array with a line for each order
or more.

Knows bytes and line ends; knows no shape. Where a range of an array begins is a guess, which its reading proves: each
range is read as an array of its own, and a wrong cut leaves brackets open on one side of it.
"""

import io
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from orderctl.files.inputs import STDIN, form_of
from orderctl.files.json_cut import Brackets
from orderctl.files.json_document import read_json
from orderctl.files.json_records import read_lines
from orderctl.files.place import advance
from orderctl.files.reading import read_stream
from orderctl.files.record import Envelopes, Expected, Format, Record
from orderctl.files.stream import CHUNK, stream


class Range(NamedTuple):
    """Some bytes of a file, and what makes a text of its own of them."""

    file: str
    form: Format
    start: int
    end: int
    opening: bytes
    closing: bytes


def ranges(file: str, number: int, input_format: Format | None = None) -> list[Range]:
    """So many ranges of a file, one after another, or fewer; none where it is not known to have any."""
    form = input_format or form_of(file)
    if number < 2 or file == STDIN or form not in ("json", "ndjson") or not os.path.isfile(file):
        return []
    with open(file, "rb") as source:
        size = os.fstat(source.fileno()).st_size
        between = re.compile(b"()(\n)\\{") if form == "ndjson" else _between(source.read(CHUNK))
        if between is None:
            return []
        cuts = [cut for part in range(1, number) if (cut := _cut(source, between, size * part // number)) is not None]
    edges = [(0, 0), *sorted(set(cuts)), (size, size)]
    pairs = list(pairwise(edges))
    array = form == "json"
    return [
        Range(
            file,
            form,
            start,
            end,
            b"[\n" if array and position else b"",
            b"]" if array and position < len(pairs) - 1 else b"",
        )
        for position, ((_, start), (end, _)) in enumerate(pairs)
    ]


def read_range(part: Range, envelopes: Envelopes, expected: Expected | None = None) -> Iterator[Record]:
    """Read the records of a range: their lines are those of the file, their indexes begin at 0."""
    with open(part.file, "rb") as source:
        first = 1 + _lines(source, part.start) - part.opening.count(b"\n")
        text = _text(source, part)
        if part.start == 0:
            yield from read_stream(text, part.file, envelopes, part.form, expected)
        else:
            yield from (read_json if part.form == "json" else read_lines)(text, part.file, envelopes, expected, first)


def _text(source: BinaryIO, part: Range) -> BinaryIO:
    """The bytes of a range, between its opening and its closing."""
    source.seek(part.start)
    opening, closing = io.BytesIO(part.opening), io.BytesIO(part.closing)
    return stream(
        lambda size: opening.read(size) or source.read(min(size, part.end - source.tell())) or closing.read(size)
    )


def _between(head: bytes) -> re.Pattern[bytes] | None:
    """What stands between two orders of the array that a text begins: an end, a comma, a line end, the first key."""
    start = _ARRAY.match(head)
    end = Brackets().end(head, start.end() - 1) if start else -1
    found = _NEXT.match(head, end - 1) if end > 0 else None
    return re.compile(b"(%b)(%b)%b" % tuple(map(re.escape, found.groups()))) if found else None


def _cut(source: BinaryIO, between: re.Pattern[bytes], near: int) -> tuple[int, int] | None:
    """The first place behind an offset where a range may end, and where the next begins."""
    at, data = near, b""
    while chunk := _read_at(source, at, CHUNK):
        data = data[-_OVERLAP:] + chunk
        at += len(chunk)
        if found := between.search(data):
            begun = at - len(data)
            return begun + found.end(1), begun + found.end(2)
    return None


def _read_at(source: BinaryIO, at: int, size: int) -> bytes:
    source.seek(at)
    return source.read(size)


def _lines(source: BinaryIO, end: int) -> int:
    """The line ends before an offset, which stands behind one."""
    source.seek(0)
    line, left = 0, end
    while left and (chunk := source.read(min(CHUNK, left))):
        if chunk.endswith(b"\r"):
            chunk += source.read(1)
        left -= len(chunk)
        line, _ = advance(line, 1, chunk)
    return line


_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\[[ \t\r\n]*\{")
_NEXT = re.compile(rb'(\})([ \t\r\n]*,[ \t\r]*\n)([ \t]*\{[ \t\r\n]*"[^"\\]*"[ \t\r\n]*:)')
_OVERLAP = 4096
