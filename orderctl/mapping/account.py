"""The account of a conversion: every value that the target has no home for is named.

Knows prepared tables and canonical classes; knows no vendor.
"""

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orderctl.mapping.prepare import Pattern, Table
from orderctl.mapping.way import Way, look, place_in
from orderctl.order import Length, Order, RemoteId, Weight
from orderctl.paths import Path

_LEAVES = (Weight, Length, RemoteId)
_OURS = frozenset({"origin", "extra"})


@dataclass(frozen=True, slots=True)
class Lack:
    """What a shape cannot hold of one canonical class: its attributes, and what lies inside the others."""

    attributes: tuple[str, ...]
    inside: tuple[tuple[str, "Lack"], ...]


def lack(held: frozenset[Pattern]) -> Lack:
    """What is missing where these canonical places are held."""
    return _lack(Order, (), held)


def _lack(of: type, at: Pattern, held: frozenset[Pattern]) -> Lack:
    attributes: list[str] = []
    inside: list[tuple[str, Lack]] = []
    hints = typing.get_type_hints(of)
    for field in dataclasses.fields(of):
        if of is Order and field.name in _OURS:
            continue
        classes = [c for c in _classes(hints[field.name]) if dataclasses.is_dataclass(c) and c not in _LEAVES]
        here = (*at, field.name) + ((None,) if _is_list(hints[field.name]) else ())
        if not classes:
            if here not in held:
                attributes.append(field.name)
        elif not any(place[: len(here)] == here for place in held):
            attributes.append(field.name)
        else:
            inside.append((field.name, _lack(classes[0], here, held)))
    return Lack(tuple(attributes), tuple(inside))


def _classes(hint: Any) -> list[type]:
    found: list[type] = []
    for part in typing.get_args(hint) or (hint,):
        found.extend([part] if isinstance(part, type) else _classes(part) if typing.get_args(part) else [])
    return found


def _is_list(hint: Any) -> bool:
    return any(typing.get_origin(part) is list for part in (hint, *typing.get_args(hint)))


def unheld(order: Order, missing: Lack) -> Iterator[Path]:
    """The canonical places of an order that hold a value and that the target lacks."""
    return _unheld(order, missing, ())


def _unheld(thing: Any, missing: Lack, at: Path) -> Iterator[Path]:
    for name in missing.attributes:
        if getattr(thing, name) is not None:
            yield (*at, name)
    for name, deeper in missing.inside:
        value = getattr(thing, name)
        if isinstance(value, list):
            for index, element in enumerate(value):
                yield from _unheld(element, deeper, (*at, name, index))
        elif value is not None:
            yield from _unheld(value, deeper, (*at, name))


def leftovers(table: Table, document: Mapping[str, Any], at: Path = ()) -> Iterator[Path]:
    """The places of a document that say something which no canonical place carries."""
    for key, value in document.items():
        row = table.by_wire.get(key)
        if row is None or (row.to is None and not row.line.via):
            if not _says_nothing(value):
                yield (*at, key)
        elif row.nested is None or value is None:
            continue
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if isinstance(element, Mapping):
                    yield from leftovers(row.nested, element, (*at, key, index))
        elif isinstance(value, Mapping):
            yield from leftovers(row.nested, value, (*at, key))


def _told_by_source(order: Order, place: Path, way: Way) -> Iterator[Path]:
    """The place, or what lies in it where the source has no place for the whole."""
    value: Any = order
    for part in place:
        value = value[part] if isinstance(part, int) else getattr(value, part)
    whole = place_in(way.source, way.source_place(place)) or place in way.said_at
    if whole or not dataclasses.is_dataclass(value) or isinstance(value, _LEAVES):
        yield place
        return
    for field in dataclasses.fields(value):
        if getattr(value, field.name) is not None:
            yield (*place, field.name)


def _says_nothing(value: object) -> bool:
    """Whether a value is null, "", [] or {}; false and 0 are values."""
    return value is None or value == "" or value == [] or value == {}


def drop_the_rest(order: Order, missing: Lack, table: Table, way: Way) -> None:
    """Name everything that neither `depart` nor a row of the target has taken."""
    for found in unheld(order, missing):
        for place in _told_by_source(order, found, way):
            way.change("dropped", way.source_place(place), f"{way.target.title} has no field for it")
    gone = [noted.canonical for noted in way.noted if noted.to_nowhere and noted.canonical]
    whole = {way.said_at.get(place) or place_in(way.source, place) for place in gone}
    for path in (*way.unsaid, *leftovers(table, way.document)):
        if _says_nothing(look(way.document, path)):
            continue
        if not any(path[:depth] in whole for depth in range(1, len(path))):
            way.drop_source(path, f"only {way.source.title} knows this field")
