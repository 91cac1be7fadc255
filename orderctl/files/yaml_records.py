"""Records out of YAML: documents, sequences and envelopes, one record at a time.

Knows no shape and opens no file.
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, TypeAlias, cast

from yaml import MarkedYAMLError, YAMLError
from yaml._yaml import CParser
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from orderctl.files.record import (
    MAX_BYTES,
    MAX_DEPTH,
    Envelopes,
    Flaw,
    Place,
    Record,
    fault,
    spelled,
    unwrap,
)
from orderctl.files.yaml_build import Refused, YamlBuilder
from orderctl.files.yaml_stream import BadText, Mark, YamlStream

Names: TypeAlias = tuple[str, ...]


def read_yaml(stream: BinaryIO, file: str, envelopes: Envelopes) -> Iterator[Record]:
    """Read the records of a YAML stream; behind a document that is broken the next one goes on."""
    return _YamlFile(stream, file, envelopes).records()


class _Lost(Exception):
    """The rest of a document can't be read, which is already said."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark


class _YamlFile:
    """The walk over one file, document by document."""

    def __init__(self, stream: BinaryIO, file: str, envelopes: Envelopes) -> None:
        self.stream = YamlStream(stream)
        self.file = file
        self.envelopes = envelopes
        self.index = 0
        self.spelling = "bare"

    def records(self) -> Iterator[Record]:
        """The records of every document; behind a broken one, reading begins again at the next."""
        while True:
            self.build = YamlBuilder(CParser(cast(Any, self.stream)).get_event, self.stream)
            self.begun: Mark | None = None
            try:
                yield from self._documents()
                return
            except _Lost as lost:
                mark = lost.mark
            except (YAMLError, BadText) as error:
                flaw, mark = self._explained(error)
                yield self._flawed(flaw, mark, self.begun)
            if not self.stream.next_document(mark.at):
                return

    def _documents(self) -> Iterator[Record]:
        build = self.build
        build.next()  # the stream begins
        while (event := build.next()).__class__ is not StreamEndEvent:
            if event.__class__ is DocumentStartEvent:
                build.begin_document()
                self.spelling = "documents" if self.index else "bare"
                yield from self._root(build.next())
                self.stream.forget(build.mark(build.next()))  # the document ends

    def _root(self, event: Any) -> Iterator[Record]:
        if event.__class__ is SequenceStartEvent and event.tag is None:
            self.spelling = "array"
            yield from self._items(event)
        elif event.__class__ is MappingStartEvent and event.tag is None and event.anchor is None:
            yield from self._object(event)
        else:
            for record in self._item(event):
                if record.document is not None or record.fault:
                    yield record
                else:
                    self.index -= 1  # an empty document is no record

    def _items(self, start: Any) -> Iterator[Record]:
        """Read the records of a sequence that was just begun."""
        build = self.build
        if start.anchor is not None:
            build.anchors[start.anchor] = None
        build.open += 1
        while (event := build.next()).__class__ is not SequenceEndEvent:
            yield from self._item(event)
        build.open -= 1

    def _item(self, event: Any) -> Iterator[Record]:
        """Build one record, or those of the envelope that it is."""
        build, level = self.build, self.build.open
        self.begun = start = build.mark(event)
        self.stream.forget(start)
        try:
            document, place = build.value(event, 1)
        except Refused as refused:
            yield from self._refused(refused, level, start)
            return
        self.begun = None
        size = self.stream.size(start.at, build.end)
        if size > MAX_BYTES:
            message = f"The record has {size:,} bytes, at most {MAX_BYTES:,} (8 MiB) are allowed."
            yield self._flawed(Flaw("limit", message), start, start)
            return
        path = self.envelopes.path_in(document)
        for prefix, inner in [((), document)] if path is None else unwrap(document, path):
            spelling = self.spelling if path is None else spelled(path, len(prefix) > len(path))
            yield Record(self.file, self.index, inner, None, "yaml", spelling, place.line, place.column, place, prefix)
            self.index += 1

    def _object(self, start: Any) -> Iterator[Record]:
        """Read a mapping at the top: an envelope, or one record."""
        events: list[Any] = []
        self.begun = self.build.mark(start)
        found = self._lead(self.envelopes.paths, events)
        if found is None:
            self.build.replay(events)
            yield from self._item(start)
            return
        self.begun = None
        path, event = found
        listed = event.__class__ is SequenceStartEvent
        self.spelling = spelled(path, listed)
        self.build.open += len(path)
        yield from self._items(event) if listed else self._item(event)
        for name in reversed(path):
            yield from self._beside(path, name)
            self.build.open -= 1

    def _lead(self, paths: Sequence[Names], events: list[Any]) -> tuple[Names, Any] | None:
        """Read on to the value that holds the orders; `events` collects what was read."""
        while (key := self._take(events)).__class__ is ScalarEvent:
            event = self._take(events)
            kind = event.__class__
            inner = [path[1:] for path in paths if path[0] == key.value]
            if inner:
                deeper = [path for path in inner if path]
                found = self._lead(deeper, events) if deeper and kind is MappingStartEvent else None
                if found is not None:
                    return (key.value, *found[0]), found[1]
                is_value = () in inner and kind in (MappingStartEvent, SequenceStartEvent)
                return ((key.value,), event) if is_value and not deeper else None
            if key.value not in self.envelopes.beside or not self._pass(event, events):
                return None
        return None

    def _pass(self, event: Any, events: list[Any]) -> bool:
        """Collect the events of one value; False when it is too deep or long to lead an envelope."""
        depth = 0
        while True:
            kind = event.__class__
            depth += (kind is MappingStartEvent or kind is SequenceStartEvent) - (
                kind is MappingEndEvent or kind is SequenceEndEvent
            )
            if depth == 0:
                return True
            if depth > MAX_DEPTH or len(events) > _LEADING:
                return False
            event = self._take(events)

    def _take(self, events: list[Any]) -> Any:
        event = self.build.next()
        events.append(event)
        return event

    def _beside(self, path: Names, name: str) -> Iterator[Record]:
        """Read the keys behind the orders, up to the end of the mapping."""
        build, level = self.build, self.build.open
        while (event := build.next()).__class__ is not MappingEndEvent:
            mark = build.mark(event)
            self.stream.forget(mark)
            try:
                key = build.key(event)
                build.value(build.next(), 1)
                if key == name:
                    raise Refused("duplicate-key", _AGAIN.format(key), mark)
                if key not in self.envelopes.beside:
                    raise Refused("not-an-order", _BESIDE.format(key, ".".join(path)), mark)
            except Refused as refused:
                yield from self._refused(refused, level, mark)

    def _refused(self, refused: Refused, level: int, start: Mark) -> Iterator[Record]:
        """Make the record of a value that is not built, and go behind it."""
        flaw = refused.flaw()
        try:
            self.build.skip(level)
        except (Refused, YAMLError, BadText) as error:
            yield self._flawed(flaw._replace(message=flaw.message + _STOPS), refused.mark, start)
            mark = error.mark if isinstance(error, Refused | BadText) else self._explained(error)[1]
            raise _Lost(mark) from None
        self.begun = None
        yield self._flawed(flaw, refused.mark, start)

    def _flawed(self, flaw: Flaw, mark: Mark, start: Mark | None = None) -> Record:
        """Make the record of what can't be read."""
        begin = start or mark
        finding = fault(flaw, self.file, self.index, mark.line, mark.column)
        record = Record(
            self.file,
            self.index,
            None,
            finding,
            "yaml",
            self.spelling,
            begin.line,
            begin.column,
            Place(*begin[1:]),
        )
        self.index += 1
        return record

    def _explained(self, error: YAMLError | BadText) -> tuple[Flaw, Mark]:
        """Say what the parser found, and where."""
        if isinstance(error, BadText):
            return error.flaw, error.mark
        base = self.build.base
        at = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
        if at is None or not isinstance(error, MarkedYAMLError):
            return Flaw("broken", f"The text is not valid YAML: {error}."), self.stream.mark(self.stream.end)
        mark = Mark(base.at + at.index, base.line + at.line, 1 + at.column)
        if mark.at >= self.stream.end:
            mark = self.stream.mark(self.stream.end)  # libyaml counts a line more at the end
        message = f"The text is not valid YAML: {error.problem}"
        if error.context and error.context_mark:
            message += f", {error.context} that begins in line {base.line + error.context_mark.line}"
        hint = _HINTS.get(str(error.problem)) or _CHARACTER_HINTS.get(self.stream.text(mark.at, mark.at + 1), "")
        code = "bad-text" if error.problem == _BAD_ESCAPE else "broken"
        return Flaw(code, f"{message}.{hint}"), mark


_STOPS = " The rest of the document can't be read."
_LEADING = 10_000
_AGAIN = 'The key "{}" stands here again, and only the first is read. Remove one.'
_BESIDE = 'The key "{}" is not known beside "{}", so this is no envelope of orders. Remove it.'
_BAD_ESCAPE = "found invalid Unicode character escape code"
_HINTS = {
    "mapping values are not allowed in this context": " Put a text that holds a colon and a blank in quotes.",
    _BAD_ESCAPE: " It is half of a surrogate pair, or no character at all.",
    "did not find expected <document start>": " Part documents by a line of ---, or give --input-format ndjson.",
}
_CHARACTER_HINTS = {
    "\t": " A tab can't indent YAML; use blanks.",
    "@": " Put the text in quotes.",
    "`": " Put the text in quotes.",
    "%": " Put the text in quotes.",
}
