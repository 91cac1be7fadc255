"""Carries values between a document and the canonical order, row by row.

Knows prepared tables; knows no vendor and no file. Every value of every order passes here, so that the way's two
lists are stepped by hand, and only for values that can be refused.
"""

from collections.abc import Mapping
from typing import Any

from orderctl.mapping.kinds import OMIT, TEXT, Refused
from orderctl.mapping.prepare import Row, Table
from orderctl.mapping.way import Way

_AS_IT_IS = TEXT.read, TEXT.write
"""The codecs of values that are the same on both sides."""


def read_object(table: Table, document: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """The canonical values of one object. What cannot be read is refused on the way, at its place."""
    values: dict[str, Any] = {}
    get, wire, canonical = document.get, way.wire, way.canonical
    for row in table.carried:
        value = get(row.wire)
        if value is None or value == "":
            continue
        to = row.to
        if to and row.kind.read is _AS_IT_IS[0] and row.nested is None and not row.many:
            values[to] = value
            continue
        wire.append(row.wire)
        if to:
            canonical.append(to)
            found = _read(row, value, way)
            canonical.pop()
            if found is not None:
                values[to] = found
        else:
            values.update(_read(row, value, way) or {})
        wire.pop()
    return values


def _read(row: Row, value: Any, way: Way) -> Any:
    if row.many:
        return _read_list(row, value, way)
    if row.nested is not None:
        return _read_nested(row.nested, value, way, flat=row.to == "")
    try:
        return row.kind.read(value, way)
    except Refused as refused:
        way.refuse(refused.code, refused.message)
        return None


def _read_list(row: Row, value: Any, way: Way) -> list[Any] | None:
    if not isinstance(value, list):
        way.refuse("wrong-type", "not a list")
        return None
    found = []
    for index, element in enumerate(value):
        way.wire.append(index)
        way.canonical.append(index)
        if row.nested is not None:
            found.append(_read_nested(row.nested, element, way, flat=False, keep=True))
        else:
            found.append(row.kind.read(element, way))
        way.wire.pop()
        way.canonical.pop()
    return found or None


def _read_nested(table: Table, value: Any, way: Way, *, flat: bool, keep: bool = False) -> Any:
    """A nested object's canonical value; None when it says nothing and need not be kept."""
    if not isinstance(value, Mapping):
        if value != []:
            way.refuse("wrong-type", "not an object")
        return None
    refused = len(way.findings)
    values = read_object(table, value, way)
    if flat:
        return values
    if table.of is None or not (values or keep):
        return None
    try:
        return table.of(**values)
    except TypeError:
        if len(way.findings) > refused:
            return None
        way.refuse("missing", f"only {', '.join(sorted(values)) or 'nothing'} is given, and both are needed")
        return None


def write_object(table: Table, thing: Any, way: Way) -> dict[str, Any]:
    """The document's object for a canonical one. What cannot be written is refused on the way."""
    written: dict[str, Any] = {}
    for row in table.rows:
        to = row.to
        value = getattr(thing, to) if to else None if to is None else thing
        if value is None or value == []:
            value = row.absent
        elif row.kind.write is not _AS_IT_IS[1] or row.nested is not None:
            value = _write_at(row, value, way)
        if value is not OMIT:
            written[row.wire] = value
    return written


def _write_at(row: Row, value: Any, way: Way) -> Any:
    """What a row writes, standing at its place; its absent value where it writes nothing."""
    way.wire.append(row.wire)
    if row.to:
        way.canonical.append(row.to)
    written = _write(row, value, way)
    way.wire.pop()
    if row.to:
        way.canonical.pop()
    return row.absent if written is OMIT else written


def _write(row: Row, value: Any, way: Way) -> Any:
    if row.nested is not None:
        if row.many:
            return _write_list(row.nested, value, way)
        written = write_object(row.nested, value, way)
        return written or OMIT
    try:
        if row.many:
            return [row.kind.write(element, way) for element in value]
        return row.kind.write(value, way)
    except Refused as refused:
        way.refuse(refused.code, refused.message)
        return OMIT


def _write_list(table: Table, things: list[Any], way: Way) -> list[Any]:
    written = []
    for index, thing in enumerate(things):
        way.wire.append(index)
        way.canonical.append(index)
        written.append(write_object(table, thing, way))
        way.wire.pop()
        way.canonical.pop()
    return written
