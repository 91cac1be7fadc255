"""The text that a YAML parser is fed: checked, kept while it is needed, and its places.

Knows nothing of YAML's grammar but the line that begins a document.
"""

import codecs
import re
from collections import deque
from typing import BinaryIO, NamedTuple

from orderctl.files.place import advance
from orderctl.files.record import MAX_BYTES, Flaw


class Mark(NamedTuple):
    """A place in the whole text: the characters before it, its line and column (1-based)."""

    at: int
    line: int
    column: int


class BadText(Exception):
    """The text can't be fed to a parser any further, for a flaw at a place."""

    def __init__(self, flaw: Flaw, mark: Mark) -> None:
        self.flaw = flaw
        self.mark = mark


class YamlStream:
    """Feeds a parser from a stream, and keeps what was fed since the last `forget`."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.kept: deque[str] = deque()
        self.kept_from = Mark(0, 1, 1)
        self.end = 0
        self.unfed = ""
        self.good = 0
        self.ended = False
        self.over = False

    def read(self, size: int) -> str:
        """Feed the parser; raises `BadText` behind the last good character."""
        fed = self.end - self.kept_from.at
        self.over = fed > MAX_BYTES + _AHEAD
        if fed > _ENDLESS:
            raise BadText(
                Flaw("limit", f"A value goes on for over {MAX_BYTES:,} bytes (8 MiB), the limit."),
                self.kept_from,
            )
        if not self.unfed:
            self._fill(size)
        if self.unfed and not self.good:
            raise BadText(_bad(self.unfed[0]), self.mark(self.end))
        text = self.unfed[: min(size, self.good)]
        self.unfed = self.unfed[len(text) :]
        self.good -= len(text)
        self.kept.append(text)
        self.end += len(text)
        return text

    def forget(self, mark: Mark) -> None:
        """Drop what stands before a place."""
        drop = mark.at - self.kept_from.at
        while self.kept and drop >= len(self.kept[0]):
            drop -= len(self.kept.popleft())
        if drop and self.kept:
            self.kept[0] = self.kept[0][drop:]
        self.kept_from = mark
        self.over = False

    def text(self, start: int, end: int | None = None) -> str:
        """The text between two indexes, as far as it is kept."""
        if len(self.kept) > 1:
            self.kept = deque(["".join(self.kept)])
        whole = self.kept[0] if self.kept else ""
        base = self.kept_from.at
        return whole[max(0, start - base) : None if end is None else max(0, end - base)]

    def size(self, start: int, end: int) -> int:
        """The bytes between two indexes; a quick count of characters when they are few."""
        if 4 * (end - start) <= MAX_BYTES:
            return end - start
        return len(self.text(start, end).encode("utf-8", "surrogateescape"))

    def mark(self, index: int) -> Mark:
        """The place of an index that is kept."""
        text = self.text(self.kept_from.at, index)
        return beyond(self.kept_from, text)

    def next_document(self, index: int) -> bool:
        """Go on with the next line at or behind an index that begins a document; False when there is none."""
        before = self.text(index - 2, index)
        mark = self.mark(max(index - 1 - (before == "\r\n"), self.kept_from.at))
        text = self.text(mark.at) + self.unfed
        while True:
            found = _DOCUMENT.search(text)
            cut = found.start(1) if found else max(0, len(text) - _TAIL)
            cut -= not found and text[cut - 1 : cut + 1] == "\r\n"
            mark = beyond(mark, text[:cut])
            text = text[cut:]
            if found or not self._more():
                break
            text += self.unfed
        self.kept.clear()
        self.kept_from, self.end, self.unfed, self.over = mark, mark.at, text, False
        self._check()
        return found is not None

    def _more(self) -> bool:
        self.unfed = ""
        self._fill(_CHUNK)
        return bool(self.unfed)

    def _fill(self, size: int) -> None:
        while not self.unfed and not self.ended:
            raw = self.stream.read(size)
            self.ended = not raw
            self.unfed = self.decoder.decode(raw, final=self.ended)
        self._check()

    def _check(self) -> None:
        bad = _BAD.search(self.unfed)
        self.good = bad.start() if bad else len(self.unfed)


def beyond(mark: Mark, text: str) -> Mark:
    """The place behind a text; its lines are those of the parser, which ends one at U+0085, U+2028 and U+2029 too."""
    lines = text if text.isascii() else _ODD_BREAK.sub("\n", text)
    return Mark(mark.at + len(text), *advance(mark.line, mark.column, lines.encode("utf-8", "surrogateescape")))


def _bad(character: str) -> Flaw:
    """Say why a character can't stand in a YAML file."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return Flaw("encoding", f"The byte 0x{code - 0xDC00:02X} is not UTF-8; save the file as UTF-8.")
    if code == 0:
        return Flaw("bad-text", "The text holds NUL; remove it.")
    return Flaw(
        "broken",
        f'The text holds the control character U+{code:04X}; write it as "\\x{code:02x}" in double quotes.',
    )


_CHUNK = 64 * 1024
_AHEAD = 2 * _CHUNK
_ENDLESS = 3 * MAX_BYTES
_TAIL = len("\r\n---\r")
_BAD = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_DOCUMENT = re.compile(r"[\r\n](---)(?=[ \t\r\n]|\Z)")
