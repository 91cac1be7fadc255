"""Writing: for each shape one function, written from its table, that makes the document of a canonical order.

Knows prepared tables; knows no vendor. Every value of every order passes here: where we stand is said only before
what can be refused or noted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_origin

from orderctl.mapping.kinds import OMIT, TEXT, Refused
from orderctl.mapping.objects import Functions, Object
from orderctl.mapping.prepare import Pattern, Row, Table
from orderctl.mapping.program import Program
from orderctl.mapping.sound import doubt
from orderctl.mapping.way import Way

Write = Callable[[Any, Way], dict[str, Any]]
_DOUBT = "way.doubted = True"


def writer(table: Table) -> Write:
    """The function that writes orders as documents of a table.

    What has no value is left out, or written as `whole` documents write it. What cannot be written is refused on the
    way, at its place; what may break the table's own rules leaves the way doubted.
    """
    functions = Functions(Program(Refused=Refused), "write")
    write: Write = functions.built(table, "thing, way", _Writer(functions).object)
    return write


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the statements that write."""

    functions: Functions

    def object(self, here: Object) -> None:
        """Write one object, field by field in the order of the page."""
        line = self.functions.program.line
        line("document = {}")
        for row in here.table.rows:
            self._row(row, here)
        if not here.wire:
            line(f"way.here = {self.functions.at((), ())}")
        line("return document")

    def _row(self, row: Row, here: Object) -> None:
        line, block, wire = self.functions.program.line, self.functions.program.block, (*here.wire, row.wire)
        absent = f"document[{row.wire!r}] = {row.absent!r}" if row.absent is not OMIT else None
        if row.to is None:
            self._absent(row, absent)
            return
        given = f"thing.{row.to}" if row.to else "thing"
        line(f"value = {given} or None" if row.many or get_origin(row.annotation) is dict else f"value = {given}")
        with block("if value is not None:"):
            self._value(row, wire, (*here.canonical, row.to) if row.to else here.canonical, absent)
        self._else(row, absent)

    def _value(self, row: Row, wire: Pattern, canonical: Pattern, absent: str | None) -> None:
        """Put a value that is there into the document, or what stands for none where nothing is left of it."""
        program, put = self.functions.program, f"document[{row.wire!r}] = "
        if row.nested is not None and row.many:
            self._list(row.nested, wire, canonical, put)
        elif row.nested is not None:
            program.line(f"value = {self.functions.inner(row.nested, wire, canonical)}(value, way)")
            with program.block("if value:"):
                program.line(f"{put}value")
            self._else(row, absent)
        elif row.kind.write is TEXT.write:
            program.line(f"{put}value")
            self._doubt(row)
        else:
            self._codec(row, wire, canonical, f"value = {put}", absent)

    def _codec(self, row: Row, wire: Pattern, canonical: Pattern, put: str, absent: str | None) -> None:
        """Put what a codec makes of a value; what it refuses is refused at its place."""
        program = self.functions.program
        write = program.name(f"write_{row.kind.word}", row.kind.write)
        refused = ["way.refused(refusal)", *([absent] if absent is not None else [])]
        with self.functions.standing(wire, canonical, refused, quiet=row.kind.quiet):
            program.line(put + (f"[{write}(each, way) for each in value]" if row.many else f"{write}(value, way)"))
            self._doubt(row)

    def _doubt(self, row: Row) -> None:
        """Doubt a value that may break the table's rules."""
        if doubted := doubt(row, self.functions.program, "value"):
            with self.functions.program.block(f"if {doubted}:"):
                self.functions.program.line(_DOUBT)

    def _list(self, table: Table, wire: Pattern, canonical: Pattern, put: str) -> None:
        """Put a list of objects."""
        line, inner = self.functions.program.line, self.functions.inner(table, (*wire, None), (*canonical, None))
        line("outer, written = way.indexes, []")
        with self.functions.program.block("for index, each in enumerate(value):"):
            line(f"way.indexes = {'(*outer, index)' if None in wire else '(index,)'}")
            line(f"written.append({inner}(each, way))")
        line("way.indexes = outer")
        line(f"{put}written")

    def _else(self, row: Row, absent: str | None) -> None:
        """Put what stands for a value that is not there."""
        if absent is not None or row.required:
            with self.functions.program.block("else:"):
                self._absent(row, absent)

    def _absent(self, row: Row, absent: str | None) -> None:
        if absent is not None:
            self.functions.program.line(absent)
        elif row.required:
            self.functions.program.line(_DOUBT)
