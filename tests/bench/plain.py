"""The plain forms of what conversion does quickly: rows walked one by one, places looked up for each value.

Knows what each must say; nothing here is quick.
"""

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from orderctl.findings import Change
from orderctl.mapping.changes import Noted, filled
from orderctl.mapping.kinds import OMIT, Refused
from orderctl.mapping.prepare import Row, Table, pattern_of
from orderctl.mapping.way import Way
from orderctl.order import Customs, Insurance, Order, Party
from orderctl.paths import Path, look, spell

SAYS_NOTHING: tuple[object, ...] = (None, "", [], {})


@contextmanager
def standing(way: Way, wire: Path, canonical: Path) -> Iterator[None]:
    """Stand so many steps deeper."""
    here = way.here
    way.here = (*here[0], *wire), (*here[1], *canonical)  # type: ignore[assignment]
    yield
    way.here = here


def read(table: Table, document: Any, way: Way) -> dict[str, Any]:
    """The canonical values of an object."""
    values: dict[str, Any] = {}
    for row in table.carried:
        value = document.get(row.wire)
        if value is None or value == "":
            continue
        with standing(way, (row.wire,), (row.to,) if row.to else ()):
            if row.to == "":
                assert row.nested is not None
                values |= read(row.nested, value, way) if isinstance(value, Mapping) else {}
                if not isinstance(value, Mapping):
                    _no_object(value, way)
            elif (found := _read_list(row, value, way) if row.many else _read_one(row, value, way)) is not None:
                values[str(row.to)] = found
    return values


def _read_list(row: Row, value: Any, way: Way) -> list[Any] | None:
    if not isinstance(value, list):
        way.refuse("wrong-type", "not a list")
        return None
    found = []
    for index, element in enumerate(value):
        with standing(way, (index,), (index,)):
            found.append(_read_one(row, element, way))
    return found or None


def _read_one(row: Row, value: Any, way: Way) -> Any:
    if row.nested is None:
        try:
            return row.kind.read(value, way)
        except Refused as refused:
            way.refuse(refused.code, refused.message)
            return None
    if not isinstance(value, Mapping):
        return _no_object(value, way)
    refused_before = len(way.findings)
    values = read(row.nested, value, way)
    if row.nested.of is None or not (values or row.many):
        return None
    try:
        return row.nested.of(**values)
    except TypeError:
        if len(way.findings) == refused_before and values.keys() == {"unit"}:
            place, canonical = (filled(part, way.indexes) for part in way.here)
            way.unsaid.append(way.source.where((*canonical, "unit")) or place)
        elif len(way.findings) == refused_before:
            way.refuse("missing", f"only {', '.join(sorted(values)) or 'nothing'} is given, and both are needed")
        return None


def _no_object(value: Any, way: Way) -> None:
    if value != []:
        way.refuse("wrong-type", "not an object")


def write(table: Table, thing: Any, way: Way) -> dict[str, Any]:
    """The document's object for a canonical one."""
    written: dict[str, Any] = {}
    for row in table.rows:
        value = getattr(thing, row.to) if row.to else None if row.to is None else thing
        with standing(way, (row.wire,), (row.to,) if row.to else ()):
            given = OMIT if value is None or value in ([], {}) else _write_value(row, value, way)
        if (given := row.absent if given is OMIT else given) is not OMIT:
            written[row.wire] = given
    return written


def _write_value(row: Row, value: Any, way: Way) -> Any:
    try:
        if row.nested is None:
            return [row.kind.write(each, way) for each in value] if row.many else row.kind.write(value, way)
    except Refused as refused:
        way.refuse(refused.code, refused.message)
        return OMIT
    if not row.many:
        return write(row.nested, value, way) or OMIT
    written = []
    for index, each in enumerate(value):
        with standing(way, (index,), (index,)):
            written.append(write(row.nested, each, way))
    return written


def homeless(order: Order, way: Way) -> list[Path]:
    """The canonical places, as the source counts its lines, that hold a value for which the target has no home."""
    return [way.source_place(told) for place in _unheld(order, (), way) for told in _told(order, place, way)]


def _unheld(thing: Any, at: Path, way: Way) -> Iterator[Path]:
    held, inside = way.target.written, []
    for field in dataclasses.fields(thing):
        place, value = (*at, field.name), getattr(thing, field.name)
        here = (*pattern_of(place), None) if "list[" in str(_hints(type(thing))[field.name]) else pattern_of(place)
        if place in (("origin",), ("extra",)):
            continue
        if any(known[: len(here)] == here for known in held):
            inside.append((place, value))
        elif value is not None:
            yield place
    for place, value in inside:
        for index, element in enumerate(value) if isinstance(value, list) else ():
            if dataclasses.is_dataclass(element):
                yield from _unheld(element, (*place, index), way)
        if isinstance(value, Party | Insurance | Customs):
            yield from _unheld(value, place, way)


@cache
def _hints(of: type) -> dict[str, Any]:
    return typing.get_type_hints(of)


def _told(order: Order, place: Path, way: Way) -> Iterator[Path]:
    """The place, or what lies in it where the source has no place for the whole."""
    value: Any = order
    for part in place:
        value = value[part] if isinstance(part, int) else getattr(value, part)
    if not isinstance(value, Party | Insurance | Customs) or way.source.where(way.source_place(place)):
        yield place
        return
    yield from ((*place, field.name) for field in dataclasses.fields(value) if getattr(value, field.name) is not None)


def leftovers(table: Table, document: Mapping[str, Any], at: Path = ()) -> Iterator[Path]:
    """The places of a document that say something which no canonical place carries."""
    for key, value in document.items():
        row = table.by_wire.get(key)
        if row is None or (row.to is None and not row.line.via):
            if value not in SAYS_NOTHING:
                yield (*at, key)
        elif row.nested is not None:
            for index, element in enumerate(value) if isinstance(value, list) else ():
                yield from leftovers(row.nested, element, (*at, key, index)) if isinstance(element, Mapping) else ()
            yield from leftovers(row.nested, value, (*at, key)) if isinstance(value, Mapping) else ()


def differences(wanted: Any, given: Any, at: Path = ()) -> Iterator[tuple[str, Any]]:
    """What must be put into `given` to make it `wanted`, by spelled path; a path after "-" is not there."""
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        for key, value in wanted.items():
            if key in given:
                yield from differences(value, given[key], (*at, key))
            else:
                yield spell((*at, key)), value
        yield from (("-" + spell((*at, key)), True) for key in given if key not in wanted)
    elif isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given) and wanted:
        for index, (mine, theirs) in enumerate(zip(wanted, given, strict=True)):
            yield from differences(mine, theirs, (*at, index))
    elif repr(wanted) != repr(given):
        yield spell(at), wanted


def changes(way: Way, written: Mapping[str, object]) -> list[Change]:
    """All that was noted, each place looked up for itself."""
    dropped = {_canonical(noted) for noted in way.noted if noted[0].kind == "dropped"} - {None}
    return [
        _change(noted, way, written)
        for noted in way.noted
        if noted[0].kind == "dropped" or _canonical(noted) not in dropped
    ]


def _canonical(noted: Noted) -> Path | None:
    mark, indexes, _, _ = noted
    return None if mark.canonical is None else filled(mark.canonical, indexes)


def _change(noted: Noted, way: Way, written: Mapping[str, object]) -> Change:
    mark, indexes, after, before = noted
    canonical = _canonical(noted)
    source = filled(mark.source, indexes) if mark.source is not None else None
    target = filled(mark.target, indexes) if mark.target is not None else None
    if canonical is not None and not mark.source_given:
        source = way.said_at.get(canonical) or way.source.where(canonical)
    if canonical is not None and not mark.target_given:
        counted = way.target_canonical(canonical)
        target = way.target.where(counted) if counted else None
    before = look(way.document, source) if before is None else before
    return Change(mark.kind, source, target, before, look(written, target) if after is None else after, mark.reason)
