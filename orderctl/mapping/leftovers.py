"""What a document says that no canonical place carries.

Knows prepared tables; knows no vendor. Most objects of most documents hold nothing of the kind, so that the question
comes first, and quick.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from orderctl.mapping.prepare import Row, Table
from orderctl.mapping.program import Program
from orderctl.paths import Path

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape

_FEW = 3


def leftovers(table: Table, document: Mapping[str, Any], at: Path, left: list[Path]) -> None:
    """Add the places of a document that say something which no canonical place carries."""
    if document.keys() <= table.taken:
        return
    for key, value in document.items():
        if key not in table.taken and value is not None:
            _leftovers_of(table.by_wire.get(key), value, (*at, key), left)


def _leftovers_of(row: Row | None, value: Any, place: Path, left: list[Path]) -> None:
    """Add the places of one value; `row` is None where its key is not known."""
    if row is None or _is_own(row):
        if not says_nothing(value):
            left.append(place)
    elif row.nested is None:
        return
    elif isinstance(value, list):
        for index, element in enumerate(value):
            if type(element) is dict or isinstance(element, Mapping):
                leftovers(row.nested, element, (*place, index), left)
    elif type(value) is dict or isinstance(value, Mapping):
        leftovers(row.nested, value, place, left)


def _is_own(row: Row) -> bool:
    """Whether only the shape itself knows a field: no canonical place carries it."""
    return row.to is None and not row.line.via


def sound_leftovers(shape: "Shape", document: Mapping[str, Any], left: list[Path]) -> None:
    """The same for a document whose fields are known and right, most of which hold nothing of the kind."""
    held = _holding(shape)(document)
    for key in document if len(held) > 1 else held:
        if key in held:
            _leftovers_of(shape.table.by_wire[key], document[key], (key,), left)


@cache
def _holding(shape: "Shape") -> Callable[[Mapping[str, Any]], set[str]]:
    """The function that says under which keys a sound document holds what no canonical place carries."""
    program = Program()
    with program.block("def holding(document):"):
        program.line(f"held = document.keys() & {program.name('OWN', _own_keys(shape.table))}")
        _look_inside(program, shape.table, "document", None)
        program.line("return held")
    holding: Callable[[Mapping[str, Any]], set[str]] = program.function("holding", f"leftovers of {shape.name}")
    return holding


def _look_inside(program: Program, table: Table, holder: str, top: str | None) -> None:
    """Write the statements that look into what lies within an object, where anything of the kind can be.

    `top` is the key of the document under which all of it lies, None for the document itself.
    """
    for row in table.rows:
        if row.nested is None or row.nested.complete or _is_own(row):
            continue
        inner, said = program.reserve(f"{holder}_{row.wire}"), f"{holder}.get({row.wire!r})"
        with program.block(f"for {inner} in {said} or ():" if row.many else f"if {inner} := {said}:"):
            if own := _own_keys(row.nested):
                with program.block(f"if {_has_any(program, inner, own)}:"):
                    program.line(f"held.add({top or row.wire!r})")
            _look_inside(program, row.nested, inner, top or row.wire)


def _has_any(program: Program, holder: str, keys: frozenset[str]) -> str:
    """The expression that says whether an object has any of some keys; for a few, one by one is quicker."""
    if len(keys) <= _FEW:
        return " or ".join(f"{key!r} in {holder}" for key in sorted(keys))
    return f"not {program.name('OWN_' + holder, keys)}.isdisjoint({holder})"


def _own_keys(table: Table) -> frozenset[str]:
    return frozenset(row.wire for row in table.rows if _is_own(row))


def says_nothing(value: object) -> bool:
    """Whether a value is null, "", [] or {}; false and 0 are values."""
    return not value and not isinstance(value, (int, Decimal))
