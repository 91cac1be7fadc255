"""Cutting JSON values out of a stream as bytes, with their places, in bounded memory.

Knows only brackets and quotes; what stands between them is for `json_text` to judge.
"""

import re
from typing import BinaryIO

import msgspec

from orderctl.files.place import advance
from orderctl.files.record import MAX_BYTES
from orderctl.files.stream import CHUNK


class Cut(msgspec.Struct, frozen=True):
    """One value's bytes, at most `MAX_BYTES` of the `size` that it has, and where it begins.

    `closed` tells whether the brackets match up to its end, so that what follows can be read.
    """

    raw: bytes
    line: int
    column: int
    size: int
    closed: bool


class Brackets:
    """Follows brackets and quotes from the first byte of an object, array or text to its end."""

    def __init__(self) -> None:
        self.due = bytearray()
        self.quoted = False
        self.broken = False

    def end(self, data: bytes, at: int) -> int:
        """The offset behind the value, or -1 when it goes on beyond `data` (or is `broken`).

        To go on, call again with the following bytes; a lone backslash at the end must come again.
        """
        while True:
            if self.quoted:
                at = _QUOTED.match(data, at).end()  # type: ignore[union-attr]
                if data[at : at + 1] != b'"':
                    return -1
                at += 1
                self.quoted = False
                if not self.due:
                    return at
            at = _UNQUOTED.match(data, at).end()  # type: ignore[union-attr]
            if at >= len(data):
                return -1
            byte = data[at]
            at += 1
            if byte == _QUOTE:
                self.quoted = True
                continue
            closer = _CLOSERS.get(byte)
            if closer is not None:
                self.due.append(closer)
                if len(self.due) > MAX_BYTES:
                    self.broken = True
                    return -1
            elif self.due and self.due[-1] == byte:
                self.due.pop()
                if not self.due:
                    return at
            else:
                self.broken = True
                return -1


class JsonStream:
    """A JSON text being read: a window of bytes, and the place of its first unread byte."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.data = b""
        self.at = 0
        self.line = 1
        self.column = 1
        self.between = b""
        self.gap = b""
        self.single = 0

    def more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end. Never parts a CR from its LF."""
        chunk = self.stream.read(size)
        if chunk.endswith(b"\r"):
            chunk += self.stream.read(1)
        self.data = self.data[self.at :] + chunk
        self.at = 0
        return bool(chunk)

    def window(self, size: int) -> bytes | None:
        """The whole unread rest when it has at most `size` bytes, else None."""
        while len(self.data) - self.at <= size:
            if not self.more(max(CHUNK, len(self.data) - self.at)):
                return self.data
        return None

    def move(self, to: int) -> None:
        """Go to an offset of the window."""
        self.line, self.column = advance(self.line, self.column, self.data[self.at : to])
        self.at = to

    def solid(self) -> bytes:
        """Skip blanks; the byte that stands there, empty at the end."""
        while True:
            self.move(_BLANKS.match(self.data, self.at).end())  # type: ignore[union-attr]
            if self.at < len(self.data) or not self.more():
                return self.data[self.at : self.at + 1]

    def run(self) -> list[Cut]:
        """Cut many elements of the array that is being read, as long as they are objects; may be none.

        The end is a guess, at text that stood between two objects before; that the piece up to there
        parses as whole elements proves it. After a wrong guess some elements are cut one by one.
        """
        if len(self.data) - self.at < CHUNK // 2:
            self.more()
        if self.single:
            self.single -= 1
            return []
        if not self.between:
            self.between, self.gap = _between(self.data, self.at)
        end = min(len(self.data), self.at + CHUNK)
        for _ in range(_GUESSES if self.between else 0):
            end = self.data.rfind(self.between, self.at, end)
            if end <= self.at:
                return []
            try:
                raws = _raws(b"[%b]" % self.data[self.at : end + 1])
            except (msgspec.MsgspecError, RecursionError):
                continue
            return self._each(raws)
        self.single = _SINGLES
        return []

    def _each(self, raws: list[msgspec.Raw]) -> list[Cut]:
        """Go behind the elements that stand next, one after another."""
        data, gap, start, line, column = self.data, self.gap, self.at, self.line, self.column
        below, behind = advance(0, 1, gap[:-1])
        usual = below > 0 and b"\r" not in data
        cuts = []
        for found in raws:
            raw = bytes(found)
            cuts.append(Cut(raw, line, column, len(raw), True))
            end = start + len(raw)
            if usual and data.startswith(gap, end):
                start = end + len(gap) - 1
                line, column = line + below + (raw.count(b"\n") if b"\n" in raw else 0), behind
            else:
                at, start = start, _GAP.match(data, end).end()  # type: ignore[union-attr]
                line, column = advance(line, column, data[at:start])
        self.at = end - len(raw)
        self.line, self.column = cuts[-1].line, cuts[-1].column
        self.move(end)
        return cuts

    def value(self) -> Cut:
        """Cut the value that begins here and go behind it."""
        if self.data[self.at] in _STARTS:
            return self._bracketed()
        end = self._scalar_end()
        return self._take(end, closed=True)

    def _bracketed(self) -> Cut:
        brackets = Brackets()
        brackets.quoted = self.data[self.at] == _QUOTE
        seen = int(brackets.quoted)
        while True:
            end = brackets.end(self.data, self.at + seen)
            if end >= 0 or brackets.broken:
                return self._take(end if end >= 0 else len(self.data), closed=end >= 0)
            seen = len(self.data) - self.at
            if brackets.quoted and _dangling(self.data):
                seen -= 1
            if seen > MAX_BYTES:
                return self._beyond(brackets, seen)
            if not self.more(max(CHUNK, seen)):
                return self._take(len(self.data), closed=False)

    def _beyond(self, brackets: Brackets, seen: int) -> Cut:
        """Go to the end of a value beyond the limit without keeping it."""
        raw, line, column, size = self.data[self.at : self.at + MAX_BYTES], self.line, self.column, seen
        self.move(self.at + seen)
        while True:
            if not self.more():
                return Cut(raw, line, column, size, False)
            end = brackets.end(self.data, self.at)
            stop = end if end >= 0 else len(self.data)
            if end < 0 and brackets.quoted and _dangling(self.data):
                stop -= 1
            size += stop - self.at
            self.move(stop)
            if end >= 0 or brackets.broken:
                return Cut(raw, line, column, size, end >= 0)

    def _scalar_end(self) -> int:
        seen = 0
        while True:
            end = _SCALAR.match(self.data, self.at + seen).end()  # type: ignore[union-attr]
            seen = end - self.at
            if end < len(self.data) or seen > MAX_BYTES or not self.more():
                return self.at + seen

    def _take(self, end: int, closed: bool) -> Cut:
        size = end - self.at
        raw = self.data[self.at : self.at + min(size, MAX_BYTES)]
        cut = Cut(raw, self.line, self.column, size, closed)
        self.move(end)
        return cut


def cut_is_certain(raw: bytes) -> bool:
    """Whether a broken value surely ends where its brackets close: no quote of it may be a stray one.

    A quote is stray when a text touches something other than brackets, commas, colons, or another
    text or plain value set off by a blank.
    """
    return _CERTAIN.fullmatch(raw) is not None


def _between(data: bytes, at: int) -> tuple[bytes, bytes]:
    """The text from the end of one object to the first key of the next, which begins at an offset; what of it stands
    between the two, with the bracket behind."""
    start = data.rfind(b"}", 0, at)
    match = _NEXT.match(data, start) if start >= 0 else None
    return (match[0], data[start + 1 : at + 1]) if match and match.start(1) == at else (b"", b"")


def _dangling(data: bytes) -> bool:
    """Whether the data ends within an escape."""
    return (len(data) - len(data.rstrip(b"\\"))) % 2 == 1


_QUOTE = ord('"')
_STARTS = b'{["'
_CLOSERS = {ord("{"): ord("}"), ord("["): ord("]")}
_BLANKS = re.compile(rb"[ \t\r\n]*+")
_UNQUOTED = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+', re.DOTALL)
_QUOTED = re.compile(rb"[^\"\\]*+(?:\\.[^\"\\]*+)*+", re.DOTALL)
_GUESSES = 3
_SINGLES = 64
_GAP = re.compile(rb"[ \t\r\n,]*+")
_NEXT = re.compile(rb'\}[ \t\r\n]*,[ \t\r\n]*(\{)[ \t\r\n]*"[^"\\]*"[ \t\r\n]*:')
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_SCALAR = re.compile(rb"[^,\[\]{}\" \t\r\n]*+")
_CERTAIN = re.compile(
    rb"""(?:[\s,:{}\[\]]++                          # structure
        |"(?:[^"\\]++|\\.)*+"(?=[\s,:{}\[\]]|\Z)    # a text
        |[^\s,:{}\[\]"]++(?=[,:{}\[\]]|\s++[^\s"]|\s*+\Z)  # a word, with no text behind it
        |(?:true|false|null|-?[0-9.eE+-]++)\s++(?=")  # a plain value, and a comma forgotten
    )*+""",
    re.VERBOSE | re.DOTALL,
)
