"""Records out of cut JSON bytes, and out of JSON Lines.

Knows no shape and opens no file.
"""

from collections.abc import Iterator
from typing import BinaryIO

from orderctl.files.json_cut import Cut
from orderctl.files.json_flaws import examine
from orderctl.files.json_text import decode, vouched
from orderctl.files.place import advance
from orderctl.files.record import MAX_BYTES, Envelopes, Expected, Flaw, Format, Record, fault, spelled, unwrap
from orderctl.paths import Path


def read_lines(
    stream: BinaryIO, file: str, envelopes: Envelopes, expected: Expected | None = None, first: int = 1
) -> Iterator[Record]:
    """Read JSON Lines, the first of which is counted as `first`: one document a line; a blank line is no record."""
    maker = Maker(file, envelopes, "ndjson", expected)
    below = first
    while line := stream.readline(_LINE):
        number, below = below, below + 1
        size = len(line)
        while not line.endswith(b"\n") and (rest := stream.readline(_LINE)):
            size += len(rest)
            line = line[:_LINE] + rest[-1:]
        if b"\r" in line:
            below, _ = advance(number, 1, line)
        text = line.strip(_BLANKS)
        if text:
            column = 1 + line.index(text[:1])
            size = len(text) if size <= _LINE else size - column
            if b"\r" in line:
                number, column = advance(number, 1, line[: column - 1])
            yield from maker.make(Cut(text[:MAX_BYTES], number, column, size, True), "bare")


class Maker:
    """Makes records out of cut bytes, and counts them."""

    def __init__(self, file: str, envelopes: Envelopes, form: Format, expected: Expected | None) -> None:
        self.file = file
        self.envelopes = envelopes
        self.form = form
        self.expected = expected or Expected()
        self.index = 0
        self._spelled = bytearray()

    def make(self, cut: Cut, envelope: str) -> list[Record]:
        """Decode one value: one record, or those of the envelope that it is."""
        record = self.vouched(cut, envelope)
        return self.decoded(cut, envelope) if record is None else [record]

    def vouched(self, cut: Cut, envelope: str) -> Record | None:
        """The record of a value that the quick decoder of the expected kind vouches for."""
        known = self.expected.known
        document = vouched(cut.raw, known, self._spelled) if known is not None and cut.size <= MAX_BYTES else None
        if document is None or self.envelopes.path_in(document) is not None:
            return None
        return self._record(cut, envelope, document, (), True)

    def decoded(self, cut: Cut, envelope: str) -> list[Record]:
        """The same as `make`, the plain way."""
        found = decode(cut.raw) if cut.size <= MAX_BYTES else _beyond(cut)
        if isinstance(found, Flaw):
            return [self.flawed(cut, found, envelope)]
        path = self.envelopes.path_in(found)
        if path is None:
            return [self._record(cut, envelope, found, ())]
        return [
            self._record(cut, spelled(path, len(prefix) > len(path)), document, prefix)
            for prefix, document in unwrap(found, path)
        ]

    def _record(self, cut: Cut, envelope: str, document: object, prefix: Path, vouched: bool = False) -> Record:
        index = self.index
        self.index += 1
        line, column, raw = cut.line, cut.column, cut.raw
        return Record(self.file, index, document, None, self.form, envelope, line, column, raw, prefix, vouched)

    def flawed(self, cut: Cut, flaw: Flaw, envelope: str) -> Record:
        """Make the record of a value that can't be read."""
        line, column = advance(cut.line, cut.column, cut.raw[: flaw.offset])
        if flaw.also is not None:
            also = "line {}, column {}".format(*advance(cut.line, cut.column, cut.raw[: flaw.also]))
            flaw = flaw._replace(message=flaw.message.replace("{also}", also))
        finding = fault(flaw, self.file, self.index, line, column)
        record = Record(self.file, self.index, None, finding, self.form, envelope, cut.line, cut.column, cut.raw)
        self.index += 1
        return record


def _beyond(cut: Cut) -> Flaw:
    """Name the limit, or an earlier flaw that may be why the value does not end."""
    flaw = examine(cut.raw)
    if flaw is not None and flaw.offset < len(cut.raw):
        return flaw
    return Flaw("limit", f"The record has {cut.size:,} bytes, at most {MAX_BYTES:,} (8 MiB) are allowed.")


_LINE = MAX_BYTES + 4096
_BLANKS = b" \t\r\n"
