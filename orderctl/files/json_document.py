"""One JSON document as a stream of records: an object, an array, or an envelope of any length.

Knows no shape and opens no file. What stands between records is parsed here, the records are cut out whole.
"""

import re
from collections.abc import Generator, Iterator
from typing import BinaryIO

from msgspec.structs import replace

from orderctl.files.json_cut import Cut, JsonStream, cut_is_certain
from orderctl.files.json_envelope import begun_envelope, whole_envelope
from orderctl.files.json_flaws import not_utf8, seen
from orderctl.files.json_records import Maker
from orderctl.files.json_text import decode
from orderctl.files.record import MAX_BYTES, Envelopes, Expected, Flaw, Record, spelled


def read_json(
    stream: BinaryIO, file: str, envelopes: Envelopes, expected: Expected | None = None, first: int = 1
) -> Iterator[Record]:
    """Read the records of one JSON document, whose first line is counted as `first`."""
    document = _Document(stream, file, envelopes, expected)
    document.text.line = first
    return document.records()


class _Document:
    """The walk over one document. Its generators return whether the text can be read on."""

    def __init__(self, stream: BinaryIO, file: str, envelopes: Envelopes, expected: Expected | None) -> None:
        self.text = JsonStream(stream)
        self.envelopes = envelopes
        self.maker = Maker(file, envelopes, "json", expected)
        self.spelling = "bare"

    def records(self) -> Iterator[Record]:
        """The records of the document, then the fault that ends it, if one does."""
        start = self.text.solid()
        if not start:
            return
        if start == b"[":
            self.spelling = "array"
            whole = yield from self._array()
        elif start == b"{":
            whole = yield from self._object()
        else:
            whole = yield from self._scalar()
        if whole and self.text.solid():
            yield self._broken("The document ends before this, but {found} follows. " + _ONE)

    def _scalar(self) -> Generator[Record, None, bool]:
        looks_yaml = _YAML.match(self.text.data, self.text.at) is not None
        cut = self.text.value()
        if cut.raw == b"null":
            return True
        record = self.maker.make(cut, "bare")[0] if cut.raw else self._broken("A value is due here, found {found}.")
        if record.fault is not None and looks_yaml:
            record = _worded(record, f"This is not JSON. {_LOOKS_YAML}")
        yield record
        return record.fault is None

    def _object(self) -> Generator[Record, None, bool]:
        path = self._envelope()
        if path is not None:
            return (yield from self._members(path, path))
        cut = self.text.value()
        return (yield from self._made(cut, self.maker.make(cut, self.spelling)))

    def _envelope(self) -> tuple[str, ...] | None:
        """Find the path to the orders: exact for a sound document of up to 8 MiB."""
        window = self.text.window(MAX_BYTES)
        if window is not None:
            try:
                return whole_envelope(window, self.envelopes)
            except (ValueError, RecursionError):
                pass
        return begun_envelope(self.text.data, self.text.at, self.envelopes)

    def _array(self) -> Generator[Record, None, bool]:
        """Read the elements of the array that begins here."""
        self.text.move(self.text.at + 1)
        if self.text.solid() == b"]":
            self.text.move(self.text.at + 1)
            return True
        while True:
            if self.text.solid() in _NO_VALUE:
                yield self._broken("An order is due here, found {found}.")
                return False
            for cut in self.text.run() or [self.text.value()]:
                record = self.maker.vouched(cut, self.spelling)
                if record is not None:
                    yield record
                elif not (yield from self._made(cut, self.maker.decoded(cut, self.spelling))):
                    return False
            ended = self._after(b"]")
            if isinstance(ended, Record):
                yield ended
                return False
            if ended:
                return True

    def _made(self, cut: Cut, records: list[Record]) -> Generator[Record, None, bool]:
        """Hand out the records of a cut value."""
        if records and records[0].fault is not None and not _is_bounded(cut, records[0].fault.code):
            yield _worded(records[0], records[0].fault.message + _STOPS)
            return False
        yield from records
        return True

    def _members(self, path: tuple[str, ...], names: tuple[str, ...]) -> Generator[Record, None, bool]:
        """Read the envelope's object that begins here; `names` are the keys that lead on to the orders."""
        keys: set[str] = set()
        self.text.move(self.text.at + 1)
        while True:
            if self.text.solid() != b'"':
                yield self._broken("A key in double quotes is due here, found {found}.")
                return False
            cut = self.text.value()
            key = decode(cut.raw)
            if not isinstance(key, str):
                yield from self.maker.make(cut, self.spelling)
                return False
            if self.text.solid() != b":":
                yield self._broken("A colon is due after the key, found {found}.")
                return False
            self.text.move(self.text.at + 1)
            if not (yield from self._member(path, names, key, cut, key in keys)):
                return False
            keys.add(key)
            ended = self._after(b"}")
            if isinstance(ended, Record):
                yield ended
                return False
            if ended:
                return True

    def _member(
        self, path: tuple[str, ...], names: tuple[str, ...], key: str, cut: Cut, again: bool
    ) -> Generator[Record, None, bool]:
        """Read the value of one key of an envelope."""
        start = self.text.solid()
        if start in _NO_VALUE:
            yield self._broken("A value is due here, found {found}.")
            return False
        if key == names[0] and not again:
            if len(names) > 1 and start == b"{":
                return (yield from self._members(path, names[1:]))
            self.spelling = spelled(path, start == b"[")
            if start == b"[":
                return (yield from self._array())
            value = self.text.value()
            return (yield from self._made(value, self.maker.make(value, self.spelling)))
        value = self.text.value()
        found = decode(value.raw) if value.size <= MAX_BYTES else None
        if again:
            yield self.maker.flawed(cut, Flaw("duplicate-key", _AGAIN.format(key)), self.spelling)
        elif key not in self.envelopes.beside:
            yield self.maker.flawed(cut, Flaw("not-an-order", _BESIDE.format(key, ".".join(path))), self.spelling)
        elif isinstance(found, Flaw):
            yield self.maker.flawed(value, found, self.spelling)
        return value.closed

    def _after(self, closer: bytes) -> bool | Record:
        """Take what follows a value: False for a comma, True for the closer, else a record with a fault."""
        found = self.text.solid()
        if found not in (b",", closer):
            return self._broken(f"A comma or {closer.decode()} is due here, found {{found}}.")
        self.text.move(self.text.at + 1)
        if found == b"," and self.text.solid() == closer:
            return self._broken(f"There is a comma before {closer.decode()}; remove it.")
        return found == closer

    def _broken(self, message: str) -> Record:
        """Make the record of a fault between records."""
        self.text.solid()
        raw = self.text.data[self.text.at : self.text.at + 4]
        here = Cut(raw, self.text.line, self.text.column, len(raw), False)
        found = seen(raw) if raw else "the end of the text"
        flaw = (
            Flaw("encoding", not_utf8(raw[0])) if found is None else Flaw("broken", message.replace("{found}", found))
        )
        return self.maker.flawed(here, flaw, self.spelling)


def _is_bounded(cut: Cut, code: str) -> bool:
    """Whether what follows a faulty value can be trusted."""
    return cut.closed and (code != "broken" or (cut.size <= MAX_BYTES and cut_is_certain(cut.raw)))


def _worded(record: Record, message: str) -> Record:
    assert record.fault is not None  # only faults are reworded
    return replace(record, fault=replace(record.fault, message=message))


_NO_VALUE = (b"", b",", b"]", b"}", b":")
_YAML = re.compile(rb"---\s|[-?]\s|[%#&!]|[A-Za-z_][\w -]*:(?:\s|\Z)")
_LOOKS_YAML = "It looks like YAML: name the file .yaml, or give --input-format yaml."
_ONE = "A file holds one JSON document, or JSON Lines with one document a line."
_STOPS = " The rest of the file can't be read."
_AGAIN = 'The key "{}" stands here again, and only the first is read. Remove one.'
_BESIDE = 'The key "{}" is not known beside "{}", so this is no envelope of orders. Remove it.'
