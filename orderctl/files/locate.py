"""Where a value of a record stands in its file.

Knows the records' own text only; nothing is read again.
"""

import re
from functools import lru_cache

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
        return _searched(record._source, record.line, record.column).place(whole)
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


class _Search:
    """One record's text and what was found in it so far, so that many places in one record cost one reading of it."""

    def __init__(self, raw: bytes, line: int, column: int) -> None:
        self.raw = raw
        self.begin = self.last = (0, line, column)
        self.inside: dict[int, _Inside] = {}

    def place(self, path: Path) -> tuple[int, int]:
        """The line and column of the value at a path, or of the nearest object around it."""
        at = 0
        for part in path:
            inside = self.inside.get(at) or self.inside.setdefault(at, _Inside(self.raw, at))
            found = inside.find(part)
            if found is None:
                break
            at = found
        start, line, column = self.last if self.last[0] <= at else self.begin
        line, column = advance(line, column, self.raw[start:at])
        self.last = (at, line, column)
        return line, column


_searched = lru_cache(maxsize=1)(_Search)


class _Inside:
    """The values of one object or array, found one after another as far as they are asked for."""

    def __init__(self, raw: bytes, at: int) -> None:
        self.raw = raw
        self.kind = raw[at : at + 1]
        self.found: dict[str | int, int] = {}
        self.next: int | None = at + 1 if self.kind in (b"{", b"[") else None
        if self.kind == b"[":
            self.next = _BLANKS.match(raw, at + 1).end()  # type: ignore[union-attr]

    def find(self, part: str | int) -> int | None:
        """The offset of a key's value, or of an element."""
        go_on = self._member if self.kind == b"{" else self._element
        while part not in self.found and self.next is not None:
            self.next = go_on(self.next)
        return self.found.get(part)

    def _member(self, at: int) -> int | None:
        """Note the member that begins here; the offset of the next."""
        match = _MEMBER.match(self.raw, at)
        if match is None:
            return None
        key, at = match[1], match.end(2)
        self.found.setdefault(msgspec.json.decode(key) if b"\\" in key else key[1:-1].decode("utf-8", "replace"), at)
        return match.end() if match.end() > at else _behind(self.raw, at)

    def _element(self, at: int) -> int | None:
        """Note the element that begins here; the offset of the next."""
        if self.raw[at : at + 1] in (b"]", b""):
            return None
        self.found[len(self.found)] = at
        return _behind(self.raw, at)


def _behind(raw: bytes, at: int) -> int:
    """The offset behind a value and the comma after it."""
    start = raw[at : at + 1]
    if start in (b"{", b"["):
        at = Brackets().end(raw, at)
        if at < 0:
            return len(raw)
    return _VALUE.match(raw, at).end()  # type: ignore[union-attr]


_BLANKS = re.compile(rb"[ \t\r\n]*")
_PLAIN = rb'(?:"(?:[^"\\]++|\\.)*+"|[^,\[\]{}"]*+)[ \t\r\n]*+(?:,[ \t\r\n]*+)?'
_VALUE = re.compile(_PLAIN, re.DOTALL)
_MEMBER = re.compile(rb'[ \t\r\n]*+("(?:[^"\\]++|\\.)*+")([ \t\r\n]*+:[ \t\r\n]*+)' + _PLAIN, re.DOTALL)
