"""Reading: for each shape one function, written from its table, that makes the canonical order of a document.

Knows prepared tables and canonical classes; knows no vendor. Every value of every order passes here, so that where we
stand is said only before what can be refused or noted.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from orderctl.mapping.kinds import TEXT, Refused
from orderctl.mapping.prepare import Pattern, Row, Table
from orderctl.mapping.program import Program
from orderctl.mapping.way import Way

Read = Callable[[Mapping[str, Any], Way], Any]
_NO_MAPPING = "type({0}) is not dict and not isinstance({0}, Mapping)"


@dataclass(frozen=True, slots=True)
class _Object:
    """One object of a document: its function, table and places, and whether it is kept where it says nothing."""

    function: str
    table: Table
    wire: Pattern = ()
    canonical: Pattern = ()
    kept: bool = True


@dataclass(slots=True)
class _Work:
    """The program, and the objects whose functions are still to be written."""

    program: Program
    todo: list[_Object] = field(default_factory=list)

    def at(self, wire: Pattern, canonical: Pattern) -> str:
        """The name of a place: where it is in the document, and in the canonical order."""
        return self.program.name("AT_" + "_".join(part or "n" for part in wire), (wire, canonical))


def reader(table: Table) -> Read:
    """The function that reads documents of a table.

    Null, "" and what is absent say nothing. What cannot be read is refused on the way, at its place.
    """
    work = _Work(Program(Mapping=Mapping, Refused=Refused, NOTHING={}))
    work.todo.append(_Object(work.program.reserve("read"), table))
    while work.todo:
        each = work.todo.pop()
        with work.program.block(f"def {each.function}(document, way):"):
            _object(work, each)
    read: Read = work.program.function("read", f"reading {table.model.__module__}")
    return read


def _object(work: _Work, here: _Object) -> None:
    of, line = here.table.of, work.program.line
    needed = [each.name for each in fields(of) if _is_needed(each)] if of is not None else []
    place = work.at(here.wire, here.canonical)
    if here.wire:
        with work.program.block(f"if {_NO_MAPPING.format('document')}:"):
            line(f"return way.no_object(document, {place})")
    if needed:
        line("refused = len(way.findings)")
    said: dict[str, list[str]] = {}
    _rows(work, here, "document", said)
    if of is None:
        line("return None")
        return
    if not here.kept:
        with work.program.block(f"if {' is '.join(['None', *_every(said), 'None'])}:"):
            line("return None")
    if needed:
        with work.program.block(f"if {' or '.join(f'{_last_said(said, name)} is None' for name in needed)}:"):
            given = ", ".join(f"{name!r}: {_last_said(said, name)}" for name in said)
            line(f"return way.incomplete({{{given}}}, refused, {place})")
    if not here.wire:
        line(f"way.here = {place}")
    line(f"return {work.program.name(of.__name__, of)}({', '.join(_arguments(work, of, said))})")


def _is_needed(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _arguments(work: _Work, of: Any, said: Mapping[str, list[str]]) -> list[str]:
    """The values of the canonical object, by position."""
    given = []
    for each in fields(of):
        value = _last_said(said, each.name)
        if each.default_factory is not MISSING:
            value = f"{work.program.name(f'new_{each.name}', each.default_factory)}() if {value} is None else {value}"
        given.append(value)
    while given and given[-1] == "None":
        given.pop()
    return given


def _every(said: Mapping[str, list[str]]) -> list[str]:
    return [name for names in said.values() for name in names]


def _last_said(said: Mapping[str, list[str]], attribute: str) -> str:
    """The value of an attribute; of several lines that live on it, the last that says something."""
    value = "None"
    for name in said.get(attribute, []):
        value = name if value == "None" else f"({name} if {name} is not None else {value})"
    return value


def _rows(work: _Work, here: _Object, holder: str, said: dict[str, list[str]]) -> None:
    """Read the fields of an object into names, which `said` lists by attribute."""
    get, line = f"get_{holder}", work.program.line
    line(f"{get} = {holder}.get")
    for row in here.table.carried:
        wire = (*here.wire, row.wire)
        if row.to == "":
            line(f"flat_{len(wire)} = {get}({row.wire!r})")
            _flat(work, row, f"flat_{len(wire)}", _Object("", here.table, wire, here.canonical), said)
            continue
        names = said.setdefault(str(row.to), [])
        names.append(f"{row.to}_{len(names)}")
        line(f"{names[-1]} = {get}({row.wire!r})")
        with work.program.block(f'if {names[-1]} == "":'):
            line(f"{names[-1]} = None")
        if row.kind.read is not TEXT.read or row.nested is not None or row.many:
            with work.program.block(f"elif {names[-1]} is not None:"):
                (_list if row.many else _value)(work, row, names[-1], wire, (*here.canonical, str(row.to)))


def _flat(work: _Work, row: Row, holder: str, here: _Object, said: dict[str, list[str]]) -> None:
    """An object whose own fields live on the canonical object around it."""
    assert row.nested is not None
    with work.program.block(f"if {_NO_MAPPING.format(holder)}:"):
        with work.program.block(f'if {holder} is not None and {holder} != "":'):
            work.program.line(f"way.no_object({holder}, {work.at(here.wire, here.canonical)})")
        work.program.line(f"{holder} = NOTHING")
    _rows(work, _Object("", row.nested, here.wire, here.canonical), holder, said)


def _list(work: _Work, row: Row, name: str, wire: Pattern, canonical: Pattern) -> None:
    line = work.program.line
    with work.program.block(f"if isinstance({name}, list):"):
        line(f"outer_{name}, found_{name} = way.indexes, []")
        with work.program.block(f"for index, {name} in enumerate({name}):"):
            line(f"way.indexes = {f'(*outer_{name}, index)' if None in wire else '(index,)'}")
            _value(work, row, name, (*wire, None), (*canonical, None))
            line(f"found_{name}.append({name})")
        line(f"way.indexes = outer_{name}")
        line(f"{name} = found_{name} or None")
    with work.program.block("else:"):
        line(f"{name} = way.no_list({work.at(wire, canonical)})")


def _value(work: _Work, row: Row, name: str, wire: Pattern, canonical: Pattern) -> None:
    program = work.program
    if row.nested is not None:
        inner = program.reserve("read_" + "_".join(part for part in wire if part))
        work.todo.append(_Object(inner, row.nested, wire, canonical, kept=row.many))
        program.line(f"{name} = {inner}({name}, way)")
    elif row.kind.read is not TEXT.read:
        program.line(f"way.here = {work.at(wire, canonical)}")
        with program.block("try:"):
            program.line(f"{name} = {program.name(f'read_{row.kind.word}', row.kind.read)}({name}, way)")
        with program.block("except Refused as refusal:"):
            program.line(f"{name} = way.refused(refusal)")
