"""The functions of a program that read or write documents: one for each object, named after its place.

Knows prepared tables; knows neither reading nor writing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from orderctl.mapping.prepare import Pattern, Table
from orderctl.mapping.program import Program


@dataclass(frozen=True, slots=True)
class Object:
    """One object of a document: its function, table and places, and whether it is kept where it says nothing."""

    function: str
    table: Table
    wire: Pattern = ()
    canonical: Pattern = ()
    kept: bool = True


@dataclass(slots=True)
class Functions:
    """A program, and the objects whose functions are still to be written."""

    program: Program
    verb: str
    _todo: list[Object] = field(default_factory=list)

    def inner(self, table: Table, wire: Pattern, canonical: Pattern, *, kept: bool = True) -> str:
        """The name of the function for an object; the outermost has no place."""
        name = self.program.reserve("_".join([self.verb, *(part for part in wire if part)]))
        self._todo.append(Object(name, table, wire, canonical, kept))
        return name

    def at(self, wire: Pattern, canonical: Pattern) -> str:
        """The name of a place: where it is in the document, and in the canonical order."""
        return self.program.name("AT_" + "_".join(part or "n" for part in wire), (wire, canonical))

    @contextmanager
    def standing(self, wire: Pattern, canonical: Pattern, refused: Sequence[str], *, quiet: bool) -> Iterator[None]:
        """Add what a codec does at a place, and what follows where it refuses; a `quiet` one notes nothing there."""
        program, stand = self.program, f"way.here = {self.at(wire, canonical)}"
        if not quiet:
            program.line(stand)
        with program.block("try:"):
            yield
        with program.block("except Refused as refusal:"):
            for statement in [stand, *refused] if quiet else refused:
                program.line(statement)

    def built(self, table: Table, arguments: str, write: Callable[[Object], None]) -> Any:
        """The function for a whole document, when `write` has written the statements of each object's."""
        outermost = self.inner(table, (), ())
        while self._todo:
            each = self._todo.pop()
            with self.program.block(f"def {each.function}({arguments}):"):
                write(each)
        return self.program.function(outermost, f"{self.verb} {table.model.__module__}")
