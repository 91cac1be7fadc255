"""The mapping tables: every field of a shape with its place in the canonical order, one shape or two side by side.

Knows prepared lines; says nothing that they do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orderctl.mapping.prepare import Pattern, Row, pattern_of, places
from orderctl.mapping.shape import Shape
from orderctl.paths import Path, unspell

_LOST = "lost"
_PARTS = ("value", "unit")
"""The parts of a measure, where a shape writes each on a line of its own."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column names, printed as text, markdown or JSON."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def document(self) -> dict[str, Any]:
        """The table as one JSON document."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"schema": "orderctl.fields/1", "title": self.title, "fields": rows}

    def text(self) -> str:
        """The table in columns."""
        every = [self.columns, *self.rows]
        widths = [max(len(row[at]) for row in every) for at in range(len(self.columns))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in every]
        return "".join(f"{line.rstrip()}\n" for line in [self.title, "", *lines])

    def markdown(self) -> str:
        """The table in Markdown."""
        rule = tuple("---" for _ in self.columns)
        lines = [f"| {' | '.join(_escaped(cell) for cell in row)} |" for row in (self.columns, rule, *self.rows)]
        return f"# {self.title}\n\n" + "".join(f"{line}\n" for line in lines)


def field_table(shapes: Sequence[Shape]) -> Table:
    """The table of one shape, or of two side by side."""
    return _one(shapes[0]) if len(shapes) == 1 else _two(shapes[0], shapes[1])


def _one(shape: Shape) -> Table:
    columns = ("field", "type", "required", "null", "length", "canonical", "normalisation", "source")
    rows = [_row(shape, wire, canonical, row) for wire, canonical, row in places(shape.table)]
    return Table(f"{shape.name}: {shape.title}, {shape.model.page}", columns, rows)


def _row(shape: Shape, wire: Pattern, canonical: Pattern | None, row: Row) -> tuple[str, ...]:
    return (
        _spelled(wire),
        _type(row),
        "required" if row.required else "",
        "null" if row.nullable else "",
        _length(row),
        _home(shape, wire, canonical, row),
        row.kind.note or row.line.why,
        shape.citation(tuple(0 if part is None else part for part in wire)),
    )


def _type(row: Row) -> str:
    if row.nested is not None:
        return "list of objects" if row.many else "object"
    return f"list of {row.kind.word}s" if row.many else row.kind.word


def _length(row: Row) -> str:
    least, most = row.limits.get("min_length"), row.limits.get("max_length")
    if most is None or most >= 1000:
        return f"usually {row.line.soft_max}" if row.line.soft_max else ""
    return f"{least}..{most}" if least else f"..{most}"


def _home(shape: Shape, wire: Pattern, canonical: Pattern | None, row: Row) -> str:
    if canonical is not None:
        return _spelled(canonical) or "the order"
    if row.line.via:
        return f"with {row.line.via}"
    return f"extra.{shape.name}"


def _two(first: Shape, second: Shape) -> Table:
    columns = (first.name, "canonical", second.name)
    rows: list[tuple[str, ...]] = []
    for wire, canonical, row in places(first.table):
        if row.nested is not None:
            continue
        rows.append((_spelled(wire), _home(first, wire, canonical, row), _other(first, second, canonical, row)))
    met = {canonical for _, canonical, _ in places(first.table) if canonical is not None}
    shown = {place for _, _, place in rows}
    for wire, canonical, row in places(second.table):
        if row.nested is None and canonical is not None and _spelled(wire) not in shown and not _met(canonical, met):
            path = tuple(0 if part is None else part for part in canonical)
            found = first.where(path) if first.holds(path) else None
            rows.append((_blank(found) if found else "", _spelled(canonical), _spelled(wire)))
    return Table(f"{first.name} to {second.name}", columns, rows)


def _met(canonical: Pattern, met: set[Pattern]) -> bool:
    """Whether a place is among those met: as it is, as a measure of which it is a part, or in its parts."""
    whole = canonical[:-1] if canonical[-1] in _PARTS else canonical
    return not met.isdisjoint({canonical, whole, *((*canonical, part) for part in _PARTS)})


def _other(first: Shape, shape: Shape, canonical: Pattern | None, row: Row) -> str:
    """Where the other shape holds it, or that it is lost there."""
    if canonical and canonical[-1] == "remote_id" and not first.own and not shape.own and first.system != shape.system:
        return _LOST  # a number that one system gave out means nothing in another
    if canonical is None:
        via = unspell(row.line.via) if row.line.via and " " not in row.line.via else None
        found = _held(shape, via) if via else None
        return found or ("" if row.line.via else "extra" if shape.own else _LOST)
    path = tuple(0 if part is None else part for part in canonical)
    measure = path[:-1] if path[-1] in _PARTS else path
    return _held(shape, path) or _held(shape, measure) or _LOST


def _held(shape: Shape, path: Path) -> str | None:
    """Where a shape writes a canonical place, in its own words; None where it does not."""
    if (lands := shape.lands(path)) is not None:
        return lands
    found = shape.where(path) if shape.writes(path) else None
    return _blank(found) if found else None


def _blank(path: Path) -> str:
    """A place, spelled without its indexes."""
    return _spelled(pattern_of(path))


def _spelled(pattern: Pattern) -> str:
    text = ""
    for part in pattern:
        text += "[n]" if part is None else f".{part}" if text else part
    return text


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
