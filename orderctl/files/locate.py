"""Where a value of a record stands in its file.

Knows the records' own text only; nothing is read again.
"""

import re

import msgspec

from orderctl.files.json_cut import Brackets
from orderctl.files.place import advance
from orderctl.files.record import Place, Record
from orderctl.paths import Path


def locate(record: Record, path: Path) -> tuple[int, int]:
    """Find the line and column (1-based, in characters) of the value at a path.

    Where the path leads to nothing, the place is that of the nearest object around it that exists.
    """
    whole = (*record._prefix, *path)
    if isinstance(record._source, bytes):
        offset = _offset(record._source, whole)
        return advance(record.line, record.column, record._source[:offset])
    if isinstance(record._source, Place):
        return _place(record._source, whole)
    return record.line, record.column


def _place(place: Place, path: Path) -> tuple[int, int]:
    for part in path:
        found = _inner(place, part)
        if found is None:
            break
        place = found
    return place.line, place.column


def _inner(place: Place, part: str | int) -> Place | None:
    if isinstance(part, str):
        return place.inner.get(part) if isinstance(place.inner, dict) else None
    return place.inner[part] if isinstance(place.inner, list) and 0 <= part < len(place.inner) else None


def _offset(raw: bytes, path: Path) -> int:
    at = 0
    for part in path:
        found = _key(raw, at, part) if isinstance(part, str) else _item(raw, at, part)
        if found is None:
            break
        at = found
    return at


def _key(raw: bytes, at: int, name: str) -> int | None:
    """The offset of a key's value in the object at an offset."""
    if raw[at : at + 1] != b"{":
        return None
    at += 1
    while match := _KEY.match(raw, at):
        key = match[1]
        at = match.end()
        if (msgspec.json.decode(key) if b"\\" in key else key[1:-1].decode("utf-8", "replace")) == name:
            return at
        at = _behind(raw, at)
    return None


def _item(raw: bytes, at: int, index: int) -> int | None:
    """The offset of an element of the array at an offset."""
    if raw[at : at + 1] != b"[" or index < 0:
        return None
    at = _BLANKS.match(raw, at + 1).end()  # type: ignore[union-attr]
    for _ in range(index):
        if raw[at : at + 1] in (b"]", b""):
            return None
        at = _behind(raw, at)
    return None if raw[at : at + 1] in (b"]", b"") else at


def _behind(raw: bytes, at: int) -> int:
    """The offset behind a value and the comma after it."""
    start = raw[at : at + 1]
    if start in (b"{", b"["):
        at = Brackets().end(raw, at)
        if at < 0:
            return len(raw)
    return _VALUE.match(raw, at).end()  # type: ignore[union-attr]


_KEY = re.compile(rb'[ \t\r\n]*("(?:[^"\\]++|\\.)*+")[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)
_BLANKS = re.compile(rb"[ \t\r\n]*")
_VALUE = re.compile(rb'(?:"(?:[^"\\]++|\\.)*+"|[^,\[\]{}"]*+)[ \t\r\n]*(?:,[ \t\r\n]*)?', re.DOTALL)
