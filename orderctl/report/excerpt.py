"""The place of a finding as people see it: the line of the file, and a caret under the column.

Knows files as text only; reads a file again, forward, and never holds more than a few thousand characters of it.
Standard input, which cannot be read again, is read from a copy.
"""

import io
import os
import unicodedata
import weakref
from typing import BinaryIO, TextIO

from orderctl.files import STDIN_NAME
from orderctl.files.stream import Take, stream
from orderctl.findings import Finding
from orderctl.report.visible import visible

_PIECE = 8192
_AROUND = 400
_LEAST = 20
_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"


class Excerpts:
    """Excerpts for findings as they come, most of them further down the same file.

    `copy` holds what was read of standard input so far.
    """

    def __init__(self, *, colour: bool, copy: BinaryIO | None = None) -> None:
        self._colour = colour
        self._copy = copy
        import shutil

        self._width = min(shutil.get_terminal_size().columns, _AROUND)
        self._text: _Text | None = None

    def below(self, finding: Finding) -> str:
        """The line with its number and the caret below it; nothing where there is no file to look into."""
        if finding.file is None or finding.line is None or finding.column is None:
            return ""
        found = self._around(finding.file, finding.line, finding.column)
        if found is None:
            return ""
        gutter = f"{finding.line:>5} | "
        line, caret = cut(*found, self._width - len(gutter) - 1)
        blank = " " * (len(gutter) - 2) + "| "
        if not self._colour:
            return f"{gutter}{line}\n{blank}{caret}\n"
        return f"{_DIM}{gutter}{_PLAIN}{line}\n{_DIM}{blank}{_PLAIN}{caret}\n"

    def _around(self, file: str, line: int, column: int) -> tuple[str, int] | None:
        try:
            if self._text is None or not self._text.may_reach(file, line, column):
                self._text = self._open(file)
            return None if self._text is None else self._text.around(line, column)
        except (OSError, ValueError):
            return None

    def _open(self, file: str) -> "_Text | None":
        if file == STDIN_NAME and self._copy is not None:
            return _Text(file, stream(_from_start(self._copy.fileno())))
        return _Text(file, open(file, "rb")) if os.path.isfile(file) else None


def cut(text: str, at: int, width: int) -> tuple[str, str]:
    """A line and its caret: the text around a character, no wider than that many cells of a terminal.

    Control characters are written out, a tab is four blanks; what is left out on a side shows as `…`.
    """
    shown = ["    " if character == "\t" else visible(character) for character in text]
    cells = [_cells(piece) for piece in shown]
    room = max(width, _LEAST) - 2
    start = end = min(at, len(shown))
    used = 0
    while start > 0 and used + cells[start - 1] <= room // 2:
        start -= 1
        used += cells[start]
    while end < len(shown) and used + cells[end] <= room:
        used += cells[end]
        end += 1
    while start > 0 and used + cells[start - 1] <= room:
        start -= 1
        used += cells[start]
    before = "…" if start > 0 else ""
    after = "…" if end < len(shown) else ""
    indent = len(before) + sum(cells[start:at])
    return before + "".join(shown[start:end]) + after, " " * indent + "^"


def _cells(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


class _Text:
    """A file that is read forward in pieces of a line."""

    def __init__(self, file: str, source: BinaryIO) -> None:
        self.file = file
        self.stream: TextIO = io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape")
        weakref.finalize(self, self.stream.close)
        self.line = self.column = 1
        self.tail = ""
        self.piece = self.stream.readline(_PIECE)

    def may_reach(self, file: str, line: int, column: int) -> bool:
        """Whether a place lies here or further on."""
        return file == self.file and (line, column) >= (self.line, self.column)

    def around(self, line: int, column: int) -> tuple[str, int] | None:
        """The text around a place, and where in it the place is; None beyond the end."""
        while self.piece and not (self.line == line and column < self.column + len(self.piece)):
            if self.line > line:
                return None
            self._go_on()
        if self.line != line:
            return None
        if not self.piece.endswith("\n") and column + _AROUND > self.column + len(self.piece):
            self.piece += self.stream.readline(2 * _AROUND)
        text = self.tail + self.piece.rstrip("\n")
        at = column - self.column + len(self.tail)
        low = max(0, at - _AROUND)
        return (text[low : at + _AROUND], at - low) if at <= len(text) else None

    def _go_on(self) -> None:
        if self.piece.endswith("\n"):
            self.line, self.column, self.tail = self.line + 1, 1, ""
        else:
            self.column += len(self.piece)
            self.tail = self.piece[-_AROUND:]
        self.piece = self.stream.readline(_PIECE)


def _from_start(number: int) -> Take:
    """Reads an open file from its beginning, wherever its writer is."""
    at = 0

    def take(size: int) -> bytes:
        """The bytes behind those taken before."""
        nonlocal at
        data = os.pread(number, size, at)
        at += len(data)
        return data

    return take
