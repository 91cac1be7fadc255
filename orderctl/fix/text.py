"""A file's text in memory: its records, and the bytes where places of it stand.

Knows formats and detection; judges no field.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orderctl import files, intake, systems
from orderctl.files.inputs import form_of, named, open_bytes
from orderctl.files.reading import read_stream
from orderctl.intake import Incoming
from orderctl.mapping.shape import Shape


@dataclass(frozen=True, slots=True)
class Text:
    """The bytes of one file, the mark at their beginning apart; `form` is the format, where it is known."""

    file: str
    mark: bytes
    body: bytes
    form: files.Format | None

    @property
    def whole(self) -> bytes:
        """The bytes as they stand in the file."""
        return self.mark + self.body

    def edited(self, edits: Iterable[tuple[int, bytes, bytes]]) -> "Text":
        """The text with some tokens replaced, each given by its offset, its bytes and the new ones, in order."""
        pieces, at = [], 0
        for offset, old, new in edits:
            pieces += [self.body[at:offset], new]
            at = offset + len(old)
        return replace(self, body=b"".join((*pieces, self.body[at:])))


def text_of(file: str, input_format: files.Format | None = None) -> Text:
    """The text of a file or of standard input (`-`), read whole; failing reads raise `NoInput`."""
    with open_bytes(file) as source:
        raw = source.read()
    mark = _MARK if raw.startswith(_MARK) else b""
    return Text(named(file), mark, raw[len(mark) :], input_format or form_of(file))


def take_in_text(text: Text, shape: Shape | None = None) -> Iterator[Incoming]:
    """Every record of a text, in order, as `take_in` gives those of a file."""
    envelopes = files.Envelopes(*systems.envelopes())
    for record in read_stream(io.BytesIO(text.whole), text.file, envelopes, text.form):
        yield intake.settle(record, shape)


def offsets(body: bytes, places: Iterable[tuple[int, int]], form: files.Format) -> dict[tuple[int, int], int]:
    """The offset of each place (line and column, 1-based, in characters) that the text has."""
    found: dict[tuple[int, int], int] = {}
    breaks = (_YAML_BREAK if form == "yaml" else _BREAK).finditer(body)
    start, line, column, at = 0, 1, 1, 0
    for place in sorted(set(places)):
        while line < place[0] and (ended := next(breaks, None)) is not None:
            start, line, column = ended.end(), line + 1, 1
            at = start
        if line != place[0]:
            break
        at += _width(body, at, place[1] - column)
        column = place[1]
        found[place] = at
    return found


def _width(body: bytes, at: int, characters: int) -> int:
    """How many bytes some characters take."""
    piece = body[at : at + 4 * characters]
    if piece[:characters].isascii():
        return characters
    return len(piece.decode("utf-8", "surrogateescape")[:characters].encode("utf-8", "surrogateescape"))


_MARK = b"\xef\xbb\xbf"
_BREAK = re.compile(rb"\r\n|\r|\n")
_YAML_BREAK = re.compile(rb"\r\n|\r|\n|\xc2\x85|\xe2\x80[\xa8\xa9]")  # as libyaml counts lines
