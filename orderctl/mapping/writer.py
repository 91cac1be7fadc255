"""Writing: for each shape one function, written from its table, that makes the document of a canonical order.

Knows prepared tables; knows no vendor. Every value of every order passes here, so that where we stand is said only
before what can be refused or noted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orderctl.mapping.kinds import OMIT, TEXT, Refused
from orderctl.mapping.prepare import Pattern, Row, Table
from orderctl.mapping.program import Program
from orderctl.mapping.way import Way

Write = Callable[[Any, Way], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Object:
    """One object of a document: its function, table and places."""

    function: str
    table: Table
    wire: Pattern = ()
    canonical: Pattern = ()


@dataclass(slots=True)
class _Work:
    """The program, and the objects whose functions are still to be written."""

    program: Program
    todo: list[_Object] = field(default_factory=list)

    def inner(self, table: Table, wire: Pattern, canonical: Pattern) -> str:
        """The name of the function that writes an object inside another."""
        function = self.program.reserve("write_" + "_".join(part for part in wire if part))
        self.todo.append(_Object(function, table, wire, canonical))
        return function


def writer(table: Table) -> Write:
    """The function that writes orders as documents of a table.

    What has no value is left out, or written as `whole` documents write it. What cannot be written is refused on the
    way, at its place.
    """
    work = _Work(Program(Refused=Refused, OMIT=OMIT))
    work.todo.append(_Object(work.program.reserve("write"), table))
    while work.todo:
        each = work.todo.pop()
        with work.program.block(f"def {each.function}(thing, way):"):
            work.program.line("document = {}")
            for row in each.table.rows:
                _row(work, row, each)
            if not each.wire:
                work.program.line(f"way.here = {_at(work, (), ())}")
            work.program.line("return document")
    write: Write = work.program.function("write", f"writing {table.model.__module__}")
    return write


def _row(work: _Work, row: Row, here: _Object) -> None:
    line, wire = work.program.line, (*here.wire, row.wire)
    if row.to is None:
        if row.absent is not OMIT:
            line(f"document[{row.wire!r}] = {row.absent!r}")
        return
    canonical = (*here.canonical, row.to) if row.to else here.canonical
    line(f"value = thing.{row.to}" if row.to else "value = thing")
    if row.kind.write is TEXT.write and row.nested is None:
        _put(work, row, "value is None" + (" or value == []" if row.many else ""))
        return
    with work.program.block("if value is None or value == []:" if row.many else "if value is None:"):
        line("value = OMIT")
    with work.program.block("else:"):
        if row.nested is None:
            _value(work, row, wire, canonical)
        elif row.many:
            _list(work, row.nested, wire, canonical)
        else:
            line(f"value = {work.inner(row.nested, wire, canonical)}(value, way) or OMIT")
    _put(work, row, "value is OMIT")


def _put(work: _Work, row: Row, absent: str) -> None:
    """Put the value into the document, or what stands for none."""
    if row.absent is OMIT:
        with work.program.block(f"if not ({absent}):"):
            work.program.line(f"document[{row.wire!r}] = value")
    else:
        work.program.line(f"document[{row.wire!r}] = {row.absent!r} if {absent} else value")


def _value(work: _Work, row: Row, wire: Pattern, canonical: Pattern) -> None:
    write = work.program.name(f"write_{row.kind.word}", row.kind.write)
    work.program.line(f"way.here = {_at(work, wire, canonical)}")
    with work.program.block("try:"):
        made = f"[{write}(each, way) for each in value]" if row.many else f"{write}(value, way)"
        work.program.line(f"value = {made}")
    with work.program.block("except Refused as refusal:"):
        work.program.line("way.refused(refusal)")
        work.program.line("value = OMIT")


def _list(work: _Work, table: Table, wire: Pattern, canonical: Pattern) -> None:
    line, inner = work.program.line, work.inner(table, (*wire, None), (*canonical, None))
    line("outer, written = way.indexes, []")
    with work.program.block("for index, each in enumerate(value):"):
        line(f"way.indexes = {'(*outer, index)' if None in wire else '(index,)'}")
        line(f"written.append({inner}(each, way))")
    line("way.indexes = outer")
    line("value = written")


def _at(work: _Work, wire: Pattern, canonical: Pattern) -> str:
    return work.program.name("AT_" + "_".join(part or "n" for part in wire), (wire, canonical))
