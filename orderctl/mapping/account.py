"""The account of a conversion: every value that the target has no home for is named.

Knows prepared tables and canonical classes; knows no vendor. What a target lacks of another's orders is worked out
once, as a function.
"""

import dataclasses
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from orderctl.mapping.changes import came, mark
from orderctl.mapping.prepare import Pattern, Table
from orderctl.mapping.program import Program
from orderctl.mapping.way import Way
from orderctl.order import Length, Order, RemoteId, Weight
from orderctl.paths import Path, look

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape

_LEAVES = (Weight, Length, RemoteId)
_OURS = frozenset({"origin", "extra"})


def drop_the_rest(order: Order, way: Way) -> None:
    """Name everything that neither `depart` nor a row of the target has taken."""
    _unheld(way.source, way.target)(order, way)
    left = [path for path in way.unsaid if not says_nothing(look(way.document, path))]
    if not (way.sound and way.source.table.complete):
        leftovers(way.source.table, way.document, (), left)
    if not left:
        return
    whole = {came(noted, way) for noted in way.noted if noted[0].whole}
    reason = f"only {way.source.title} knows this field"
    for path in left:
        if not any(path[:end] in whole for end in range(1, len(path))):
            way.drop_source(path, reason)


def leftovers(table: Table, document: Mapping[str, Any], at: Path, left: list[Path]) -> None:
    """Add the places of a document that say something which no canonical place carries."""
    if document.keys() <= table.taken:
        return
    for key, value in document.items():
        if key in table.taken or value is None:
            continue
        row = table.by_wire.get(key)
        if row is None or (row.to is None and not row.line.via):
            if not says_nothing(value):
                left.append((*at, key))
        elif row.nested is None:
            continue
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if type(element) is dict or isinstance(element, Mapping):
                    leftovers(row.nested, element, (*at, key, index), left)
        elif type(value) is dict or isinstance(value, Mapping):
            leftovers(row.nested, value, (*at, key), left)


def says_nothing(value: object) -> bool:
    """Whether a value is null, "", [] or {}; false and 0 are values."""
    return value is None or value == "" or value == [] or value == {}


@cache
def _unheld(source: "Shape", target: "Shape") -> Callable[[Order, Way], None]:
    """The function that names what an order of the source holds and the target lacks."""
    program = Program()
    with program.block("def unheld(order, way):"):
        program.line("note = way.noted.append")
        _lack(program, Order, "order", (), source, target)
    named: Callable[[Order, Way], None] = program.function("unheld", f"{source.name} to {target.name}")
    return named


def _lack(program: Program, of: Any, thing: str, at: Pattern, source: "Shape", target: "Shape") -> None:
    """Write the statements that name what the target lacks of one canonical class: first whole, then within."""
    hints = typing.get_type_hints(of)
    inside: list[tuple[Any, str, Pattern]] = []
    for name in [field.name for field in dataclasses.fields(of) if of is not Order or field.name not in _OURS]:
        inner = next((c for c in _classes(hints[name]) if dataclasses.is_dataclass(c) and c not in _LEAVES), None)
        many = _is_list(hints[name])
        here: Pattern = (*at, name, None) if many else (*at, name)
        if inner is not None and any(place[: len(here)] == here for place in target.written):
            inside.append((inner, f"{thing}.{name}", here))
        elif inner is not None or here not in target.written:
            with program.block(f"if {thing}.{name} is not None:"):
                _name(program, None if many else inner, f"{thing}.{name}", (*at, name), source, target)
    for inner, value, here in inside:
        with program.block(f"if {value} is not None:"):
            _within(program, inner, value, here, source, target)


def _within(program: Program, of: Any, value: str, here: Pattern, source: "Shape", target: "Shape") -> None:
    """Go on inside an object, or inside each of a list, which is counted as the source counts its lines."""
    name = _spelled(here)
    if here[-1] is None:
        lines = f"enumerate({value})" if None in here[:-1] else f"way.lines({here[-2]!r}, {value})"
        with program.block(f"for at_{name}, {name} in {lines}:"):
            program.line("pass")
            _lack(program, of, name, here, source, target)
    else:
        program.line(f"{name} = {value}")
        _lack(program, of, name, here, source, target)


def _name(program: Program, of: Any, value: str, place: Pattern, source: "Shape", target: "Shape") -> None:
    """Name a place, or what lies in it where the source has no place for the whole."""
    marked = mark(source, target, "dropped", place, None, None, f"{target.title} has no field for it")
    if of is None or marked.source is not None:
        indexes = "".join(f"at_{_spelled(place[: end + 1])}, " for end, part in enumerate(place) if part is None)
        program.line(f"note(({program.name('DROPPED_' + _spelled(place), marked)}, ({indexes}), None, None))")
        return
    for field in dataclasses.fields(of):
        with program.block(f"if {value}.{field.name} is not None:"):
            _name(program, None, f"{value}.{field.name}", (*place, field.name), source, target)


def _spelled(place: Pattern) -> str:
    return "_".join(part or "n" for part in place)


def _classes(hint: Any) -> list[type]:
    found: list[type] = []
    for part in typing.get_args(hint) or (hint,):
        found.extend([part] if isinstance(part, type) else _classes(part) if typing.get_args(part) else [])
    return found


def _is_list(hint: Any) -> bool:
    return any(typing.get_origin(part) is list for part in (hint, *typing.get_args(hint)))
