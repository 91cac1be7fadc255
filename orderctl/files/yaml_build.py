"""Values and their places out of YAML events, text as written.

Knows nothing of records and envelopes. Depth, tags and expansion are judged before anything is built.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from orderctl.files.record import MAX_BYTES, MAX_DEPTH, MAX_EXPANDED, Flaw, Place, Plain
from orderctl.files.yaml_stream import Mark, YamlStream, beyond
from orderctl.paths import Path

Built = tuple[object, Place]


class Refused(Exception):
    """A value that is not built, for a flaw at a place."""

    def __init__(self, code: str, message: str, mark: Mark) -> None:
        self.code = code
        self.message = message
        self.mark = mark
        self.path: Path = ()

    def flaw(self) -> Flaw:
        """The flaw, with the path that led to it."""
        return Flaw(self.code, self.message, path=self.path)


class YamlBuilder:
    """Builds values from a parser's events; anchors hold for one document."""

    def __init__(self, events: Callable[[], Any], stream: YamlStream) -> None:
        self.events = events
        self.next = events
        self.stream = stream
        self.base = stream.kept_from
        self.open = 0
        self.end = self.base.at
        """The index behind the last nest."""
        self.begin_document()

    def begin_document(self) -> None:
        """Forget the anchors of the last document."""
        self.anchors: dict[str, _Anchored | None] = {}
        self.expanded = 0

    def replay(self, events: Sequence[Any]) -> None:
        """Let some events come once more, before the parser's next ones."""
        waiting = iter(events)

        def next_event() -> Any:
            """The next of the waiting events; behind them, the parser's."""
            for event in waiting:
                return event
            self.next = self.events
            return self.events()

        self.next = next_event

    def value(self, event: Any, depth: int) -> Built:
        """Build the value that an event begins; raises `Refused`."""
        kind = event.__class__
        if kind is ScalarEvent:
            if event.tag is None and event.anchor is None:
                mark = event.start_mark
                place = Place(self.base.line + mark.line, 1 + mark.column)
                text = event.value
                if event.style == "":
                    return (None if text in _NULLS else Plain(text)), place
                if "\0" in text:
                    raise self._nul(event)
                return text, place
            return self._tagged(event)
        if kind is AliasEvent:
            return self._alias(event)
        self.open += 1
        if depth > MAX_DEPTH:
            raise Refused("limit", f"Nesting goes deeper than {MAX_DEPTH}, the limit.", self.mark(event))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if event.tag is not None and event.tag not in _NEST_TAGS[kind]:
            raise self._tag(event)
        built = self._mapping(event, depth) if kind is MappingStartEvent else self._sequence(event, depth)
        self.open -= 1
        return self._anchored(event, built)

    def skip(self, level: int) -> None:
        """Pass over events until no more than `level` nests are open."""
        while self.open > level:
            event = self.next()
            kind = event.__class__
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                self.open += 1
                if self.open > _SKIPPED_DEPTH:
                    message = f"Nesting goes far deeper than {MAX_DEPTH}, the limit; the document can't be read on."
                    raise Refused("limit", message, self.mark(event))
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self.open -= 1
            self.stream.forget(self.mark(event))

    def mark(self, event: Any) -> Mark:
        """Where an event begins, in the whole text."""
        mark = event.start_mark
        return Mark(self.base.at + mark.index, self.base.line + mark.line, 1 + mark.column)

    def place(self, event: Any) -> Place:
        """Where the value of an event is written, behind its anchor and tag."""
        mark = self.mark(event)
        if event.anchor is None and event.tag is None:
            return Place(mark.line, mark.column)
        found = _PROPERTIES.match(self.stream.text(mark.at))
        behind = beyond(mark, found[0] if found else "")
        return Place(behind.line, behind.column)

    def key(self, event: Any) -> str:
        """The text of a key; nests are refused as keys."""
        kind = event.__class__
        if kind is ScalarEvent:
            if event.tag is not None or event.anchor is not None:
                tagged = self._tagged(event)[0]
                return "null" if tagged is None else str.__str__(cast(str, tagged))
            text: str = event.value
            if event.style == '"' and "\0" in text:
                raise self._nul(event)
            return text
        if kind is AliasEvent:
            named = self._alias(event)[0]
            if isinstance(named, str):
                return str.__str__(named)
        else:
            self.open += 1
        raise Refused("unsupported", "A key is a list or a mapping; write a plain text.", self.mark(event))

    def _mapping(self, start: Any, depth: int) -> Built:
        pairs: dict[str, object] = {}
        places: dict[str, Place] = {}
        merged: list[Built] | None = None
        first: Place | None = None
        while (event := self.next()).__class__ is not MappingEndEvent:
            if self.stream.over:
                raise self._over(event)
            key = self.key(event)
            if first is None:
                first = self.place(event)
            try:
                merges = key == "<<" and event.__class__ is ScalarEvent and event.style == ""
                if key in pairs or (merges and merged is not None):
                    message = f'The key "{key}" stands here again. Remove one.'
                    raise Refused("duplicate-key", message, self.mark(event))
                if merges:
                    merged = self._merged(self.next(), depth)
                else:
                    pairs[key], places[key] = self.value(self.next(), depth + 1)
            except Refused as refused:
                refused.path = (key, *refused.path)
                raise
        self.end = self._behind(event)
        for values, place in merged or ():
            for key, value in cast(dict[str, object], values).items():
                if key not in pairs:
                    pairs[key], places[key] = value, cast(dict[str, Place], place.inner)[key]
        at = first if first is not None and not start.flow_style else self.place(start)
        return pairs, Place(at.line, at.column, places)

    def _behind(self, event: Any) -> int:
        return self.base.at + int(event.end_mark.index)

    def _merged(self, event: Any, depth: int) -> list[Built]:
        """Build the mappings that a merge key brings in, the strongest first."""
        value, place = self.value(event, depth + 1)
        if isinstance(value, list):
            built = list(zip(value, cast(list[Place], place.inner), strict=True))
        else:
            built = [(value, place)]
        if not all(isinstance(values, dict) for values, _ in built):
            raise Refused("broken", "A merge key (<<) takes a mapping, or a list of mappings.", self.mark(event))
        return built

    def _sequence(self, start: Any, depth: int) -> Built:
        items: list[object] = []
        places: list[Place] = []
        while True:
            event: Any = self.next()
            if event.__class__ is SequenceEndEvent:
                break
            if self.stream.over:
                raise self._over(event)
            try:
                item, place = self.value(event, depth + 1)
            except Refused as refused:
                refused.path = (len(items), *refused.path)
                raise
            items.append(item)
            places.append(place)
        self.end = self._behind(event)
        at = self.place(start)
        return items, Place(at.line, at.column, places)

    def _tagged(self, event: Any) -> Built:
        """Build a scalar that has a tag or an anchor."""
        text: str | None = event.value
        if "\0" in event.value:
            raise self._nul(event)
        if event.tag is None or event.tag in _LOOSE_TAGS:
            loose = event.tag is not None or event.style == ""
            text = None if loose and text in _NULLS and event.tag in _NULLABLE else Plain(text) if loose else text
        elif event.tag not in _TEXT_TAGS:
            raise self._tag(event)
        return self._anchored(event, (text, self.place(event)))

    def _anchored(self, event: Any, built: Built) -> Built:
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(*built, _size(built[0]))
        return built

    def _alias(self, event: Any) -> Built:
        name = event.anchor
        if name not in self.anchors:
            raise Refused("broken", f"The alias *{name} names no anchor above it.", self.mark(event))
        anchored = self.anchors[name]
        if anchored is None:
            raise Refused("unsupported", f"The alias *{name} stands inside of what it names.", self.mark(event))
        self.expanded += anchored.size
        if self.expanded > MAX_EXPANDED:
            message = f"Aliases expand to {self.expanded:,} nodes, at most {MAX_EXPANDED:,} a document are allowed."
            raise Refused("limit", message, self.mark(event))
        return _copied(anchored.value), anchored.place

    def _tag(self, event: Any) -> Refused:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        message = f"The tag {tag} is not supported: orders are plain texts, lists and mappings. Remove it."
        return Refused("unsupported", message, self.mark(event))

    def _nul(self, event: Any) -> Refused:
        return Refused("bad-text", "A text holds NUL; remove it.", self.mark(event))

    def _over(self, event: Any) -> Refused:
        return Refused("limit", f"The record has more than {MAX_BYTES:,} bytes (8 MiB), the limit.", self.mark(event))


class _Anchored(NamedTuple):
    """What an anchor names: its value, where that stands, and how many nodes it has."""

    value: object
    place: Place
    size: int


def _size(value: object) -> int:
    """Count the nodes of a value, keys included."""
    if isinstance(value, dict):
        return 1 + sum(1 + _size(inner) for inner in value.values())
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _copied(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


_NULLS = frozenset({"", "~", "null"})
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!", _CORE + "str"})
_LOOSE_TAGS = frozenset(_CORE + name for name in ("int", "float", "bool", "timestamp", "null"))
_NULLABLE = (None, _CORE + "null")
_NEST_TAGS = {MappingStartEvent: ("!", _CORE + "map"), SequenceStartEvent: ("!", _CORE + "seq")}
_SKIPPED_DEPTH = 1_000
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s|#[^\r\n]*)*)+")
