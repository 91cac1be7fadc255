"""One document's way to another shape and back, and what its two reports name.

Knows reports and paths; judges nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from laws.meaning import Name, translations
from orderctl.convert import Converted, convert
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings
from orderctl.paths import Path, unspell

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_SORTED = msgspec.json.Encoder(decimal_format="number", order="sorted")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class Journey:
    """A document sent from A to B and back: both results."""

    source: Shape
    target: Shape
    document: Mapping[str, Any]
    there: Converted
    back: Converted

    @property
    def result(self) -> dict[str, Any]:
        """The document that came back."""
        assert self.back.document is not None
        result = as_read(self.back.document)
        assert isinstance(result, dict)
        return result

    def went(self, path: Path) -> Path | None:
        """Where a place of the document must be in the result; None when its whole line was left out."""
        gone = {change.source for change in self.there.changes if change.kind == "dropped" and _is_line(change.source)}
        if len(path) < 2 or not isinstance(path[1], int):
            return path
        if path[:2] in gone:
            return None
        before = sum((path[0], index) in gone for index in range(path[1]))
        return (path[0], path[1] - before, *path[2:])

    def named(self) -> set[Name]:
        """Every place of the result that one of the two reports names, in the names of A."""
        places: set[Name] = {
            went for change in self.there.changes if change.source and (went := self.went(change.source))
        }
        for change in self.there.changes:
            places.update(self._translated(change.target))
        for change in self.back.changes:
            places.update(self._translated(change.source))
            if change.target:
                places.add(change.target)
        return places

    def named_back(self, *kinds: str) -> set[Name]:
        """The places of the result that the second report names with one of these kinds."""
        return {change.target for change in self.back.changes if change.target and change.kind in kinds}

    def _translated(self, path: Path | None) -> Iterator[Name]:
        """The places of A that carry what a place of B carries; `extra` names them by A's own paths."""
        if path and self.target.own and path[:2] == ("extra", self.source.name):
            yield unspell(str(path[2])) or ()
        elif path:
            yield from translations(self.target, path, self.source)


def travel(document: Mapping[str, Any], source: Shape, target: Shape, settings: Settings) -> Journey | None:
    """Send a document to another shape and back, through JSON; None where either way is refused."""
    there = convert(document, source, target, settings)
    if there.document is None:
        return None
    back = convert(as_read(there.document), target, source, settings)
    return Journey(source, target, document, there, back) if back.document is not None else None


def covers(names: set[Name], path: Path) -> bool:
    """Whether a place, or something that it lies in, is among the names."""
    return any(spelling[:depth] in names for spelling in _spellings(path) for depth in range(1, len(path) + 1))


def _spellings(path: Path) -> Iterator[Name]:
    """The path, and with None for some last indexes."""
    yield path
    indexes = [at for at, part in enumerate(path) if isinstance(part, int)]
    for kept in range(len(indexes)):
        yield tuple(None if at in indexes[kept:] else part for at, part in enumerate(path))


def as_read(document: Any) -> Any:
    """A document as it is read back from the JSON that is written."""
    return _DECODER.decode(_ENCODER.encode(document))


def as_json(document: Any) -> bytes:
    """A document as JSON with its keys sorted: equal bytes are equal documents, digits and all."""
    return _SORTED.encode(document)


def _is_line(path: Path | None) -> bool:
    return path is not None and len(path) == 2 and path[0] in ("items", "packages") and isinstance(path[1], int)
