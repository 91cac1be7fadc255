"""Carries values between a document and the canonical order, row by row.

Knows prepared tables; knows no vendor and no file.
"""

from collections.abc import Mapping
from typing import Any

from orderctl.mapping.kinds import OMIT, Refused
from orderctl.mapping.prepare import Row, Table
from orderctl.mapping.way import Way


def read_object(table: Table, document: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """The canonical values of one object. What cannot be read is refused on the way, at its place."""
    values: dict[str, Any] = {}
    for row in table.carried:
        value = document.get(row.wire)
        if value is None or value == "":
            continue
        with way.at(row.wire, row.to or None):
            found = _read(row, value, way)
        if row.to == "":
            values.update(found or {})
        elif found is not None and row.to is not None:
            values[row.to] = found
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
        with way.at(index, index):
            if row.nested is not None:
                found.append(_read_nested(row.nested, element, way, flat=False, keep=True))
            else:
                found.append(row.kind.read(element, way))
    return found or None


def _read_nested(table: Table, value: Any, way: Way, *, flat: bool, keep: bool = False) -> Any:
    """A nested object's canonical value; None when it says nothing and need not be kept."""
    if not isinstance(value, Mapping):
        if value != []:
            way.refuse("wrong-type", "not an object")
        return None
    values = read_object(table, value, way)
    if flat:
        return values
    if table.of is None or not (values or keep):
        return None
    try:
        return table.of(**values)
    except TypeError:
        way.refuse("missing", f"only {', '.join(sorted(values)) or 'nothing'} is given, and both are needed")
        return None


def write_object(table: Table, thing: Any, way: Way) -> dict[str, Any]:
    """The document's object for a canonical one. What cannot be written is refused on the way."""
    written: dict[str, Any] = {}
    for row in table.rows:
        value = None if row.to is None else thing if row.to == "" else getattr(thing, row.to)
        if value is not None and value != []:
            with way.at(row.wire, row.to or None):
                value = _write(row, value, way)
        else:
            value = OMIT
        if value is OMIT:
            value = row.absent
        if value is not OMIT:
            written[row.wire] = value
    return written


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
        with way.at(index, index):
            written.append(write_object(table, thing, way))
    return written
