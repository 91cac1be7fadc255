"""The account of a conversion: every value that the target has no home for is named.

Knows prepared tables and canonical classes; knows no vendor. What a target lacks of another's orders is worked out
once, as a function.
"""

import dataclasses
import typing
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from orderctl.mapping.changes import came, mark
from orderctl.mapping.leftovers import leftovers, says_nothing, sound_leftovers
from orderctl.mapping.prepare import Pattern
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
    if not way.sound:
        leftovers(way.source.table, way.document, (), left)
    elif not way.source.table.complete:
        sound_leftovers(way.source, way.document, left)
    if left:
        _drop_source(left, way)


def _drop_source(left: list[Path], way: Way) -> None:
    """Name places of the source, but for what lies in one that is named whole."""
    whole: set[Path | None] = set()
    if not _carried_objects(way.source).isdisjoint([path[0] for path in left]):
        whole = {came(noted, way) for noted in way.noted if noted[0].whole}
    reason = f"only {way.source.title} knows this field"
    for path in left:
        if not whole or whole.isdisjoint([path[:end] for end in range(1, len(path))]):
            way.drop_source(path, reason)


@cache
def _carried_objects(shape: "Shape") -> frozenset[str]:
    """The keys of the objects, and lists of them, that the canonical order has as such: they may be named whole."""
    return frozenset(row.wire for row in shape.table.carried if row.nested is not None and row.to)


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
            outer = f"*in_{_spelled(_innermost(here[:-1]))}, " if None in here[:-1] else ""
            program.line(f"in_{name} = ({outer}at_{name},)")
            _lack(program, of, name, here, source, target)
    else:
        program.line(f"{name} = {value}")
        _lack(program, of, name, here, source, target)


def _name(program: Program, of: Any, value: str, place: Pattern, source: "Shape", target: "Shape") -> None:
    """Name a place, or what lies in it where the source has no place for the whole."""
    marked = mark(source, target, "dropped", place, None, None, f"{target.title} has no field for it")
    if of is None or marked.source is not None:
        dropped = "DROPPED_" + _spelled(place)
        if None in place:
            lines = f"in_{_spelled(_innermost(place))}"
            program.line(f"note(({program.name(dropped, marked)}, {lines}, None, None))")
        else:
            program.line(f"note({program.name(dropped, (marked, (), None, None))})")
        return
    for field in dataclasses.fields(of):
        with program.block(f"if {value}.{field.name} is not None:"):
            _name(program, None, f"{value}.{field.name}", (*place, field.name), source, target)


def _innermost(place: Pattern) -> Pattern:
    """The innermost list that a place lies in."""
    return place if place[-1] is None else _innermost(place[:-1])


def _spelled(place: Pattern) -> str:
    return "_".join(part or "n" for part in place)


def _classes(hint: Any) -> list[type]:
    found: list[type] = []
    for part in typing.get_args(hint) or (hint,):
        found.extend([part] if isinstance(part, type) else _classes(part) if typing.get_args(part) else [])
    return found


def _is_list(hint: Any) -> bool:
    return any(typing.get_origin(part) is list for part in (hint, *typing.get_args(hint)))
