"""Reading: for each shape the function, written from its table, that makes the canonical order of a document.

Knows prepared tables and canonical classes; knows no vendor. Every value of every order passes here: where we stand is
said only before what can be refused or noted, and a document that is vouched for is not asked again.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import MISSING, dataclass, fields
from typing import Any

from orderctl.mapping.kinds import TEXT, Refused
from orderctl.mapping.objects import Functions, Object
from orderctl.mapping.prepare import Pattern, Row, Table
from orderctl.mapping.program import Program
from orderctl.mapping.way import Way

Read = Callable[[Mapping[str, Any], Way], Any]
_NO_MAPPING = "type({0}) is not dict and not isinstance({0}, Mapping)"


def reader(table: Table, *, sound: bool = False) -> Read:
    """The function that reads documents of a table; a `sound` one reads only those that the table vouches for.

    Null, "" and what is absent say nothing. What cannot be read is refused on the way, at its place.
    """
    functions = Functions(Program(Mapping=Mapping, Refused=Refused, NOTHING={}), "read")
    read: Read = functions.built(table, "document, way", _Reader(functions, sound).object)
    return read


@dataclass(frozen=True, slots=True)
class _Reader:
    """Writes the statements that read; those of a `sound` document test no type and no value."""

    functions: Functions
    sound: bool

    def object(self, here: Object) -> None:
        """Read one object: its fields into names, and a canonical object of these."""
        of, line, program = here.table.of, self.functions.program.line, self.functions.program
        needed = [each.name for each in fields(of) if _is_needed(each)] if of is not None else []
        place = self.functions.at(here.wire, here.canonical)
        if here.wire and not self.sound:
            with program.block(f"if {_NO_MAPPING.format('document')}:"):
                line(f"return way.no_object(document, {place})")
        if needed:
            line("refused = len(way.findings)")
        said: dict[str, list[str]] = {}
        self._rows(here, "document", said)
        if of is None:
            line("return None")
            return
        if not here.kept:
            with program.block(f"if {' is '.join(['None', *_every(said), 'None'])}:"):
                line("return None")
        if needed:
            with program.block(f"if {' or '.join(f'{_last_said(said, name)} is None' for name in needed)}:"):
                given = ", ".join(f"{name!r}: {_last_said(said, name)}" for name in said)
                line(f"return way.incomplete({{{given}}}, refused, {place})")
        if not here.wire:
            line(f"way.here = {place}")
        line(f"return {program.name(of.__name__, of)}({', '.join(_arguments(program, of, said))})")

    def _rows(self, here: Object, holder: str, said: dict[str, list[str]]) -> None:
        """Read the fields of an object into names, which `said` lists by attribute."""
        get, line = f"get_{holder}", self.functions.program.line
        line(f"{get} = {holder}.get")
        for row in here.table.carried:
            wire, got = (*here.wire, row.wire), f"{get}({row.wire!r})"
            if row.to == "":
                line(f"flat_{len(wire)} = {got}")
                self._flat(row, f"flat_{len(wire)}", Object("", here.table, wire, here.canonical), said)
                continue
            names = said.setdefault(str(row.to), [])
            names.append(f"{row.to}_{len(names)}")
            self._row(row, names[-1], got, wire, (*here.canonical, str(row.to)))

    def _row(self, row: Row, name: str, got: str, wire: Pattern, canonical: Pattern) -> None:
        """Read one field into a name."""
        line, block, sure = self.functions.program.line, self.functions.program.block, self.sound and row.kind.sure
        plain = (row.kind.read is TEXT.read or sure is TEXT.sure) and row.nested is None and not row.many
        if plain and row.is_text:
            line(f"{name} = {got} or None")
            return
        line(f"{name} = {got}")
        if not (self.sound and (sure or row.nested is not None)):
            with block(f'if {name} == "":'):
                line(f"{name} = None")
        if not plain:
            with block(f"if {name} is not None:"):
                (self._list if row.many else self._value)(row, name, wire, canonical)

    def _flat(self, row: Row, holder: str, here: Object, said: dict[str, list[str]]) -> None:
        """Read an object whose own fields live on the canonical object around it."""
        assert row.nested is not None
        line, block = self.functions.program.line, self.functions.program.block
        if self.sound:
            with block(f"if {holder} is None:"):
                line(f"{holder} = NOTHING")
        else:
            with block(f"if {_NO_MAPPING.format(holder)}:"):
                with block(f'if {holder} is not None and {holder} != "":'):
                    line(f"way.no_object({holder}, {self.functions.at(here.wire, here.canonical)})")
                line(f"{holder} = NOTHING")
        self._rows(Object("", row.nested, here.wire, here.canonical), holder, said)

    def _list(self, row: Row, name: str, wire: Pattern, canonical: Pattern) -> None:
        """Read the elements of a list."""
        line, block = self.functions.program.line, self.functions.program.block
        with nullcontext() if self.sound else block(f"if isinstance({name}, list):"):
            line(f"outer_{name}, found_{name} = way.indexes, []")
            with block(f"for index, {name} in enumerate({name}):"):
                line(f"way.indexes = {f'(*outer_{name}, index)' if None in wire else '(index,)'}")
                self._value(row, name, (*wire, None), (*canonical, None))
                line(f"found_{name}.append({name})")
            line(f"way.indexes = outer_{name}")
            line(f"{name} = found_{name} or None")
        if not self.sound:
            with block("else:"):
                line(f"{name} = way.no_list({self.functions.at(wire, canonical)})")

    def _value(self, row: Row, name: str, wire: Pattern, canonical: Pattern) -> None:
        """Read a value that is there."""
        functions, program = self.functions, self.functions.program
        if row.nested is not None:
            inner = functions.inner(row.nested, wire, canonical, kept=row.many)
            program.line(f"{name} = {inner}({name}, way)")
        elif self.sound and row.kind.sure is not None:
            if row.kind.sure is not TEXT.sure:
                program.line(f"{name} = {program.name(f'sure_{row.kind.word}', row.kind.sure)}({name})")
        elif row.kind.read is not TEXT.read:
            read = program.name(f"read_{row.kind.word}", row.kind.read)
            with functions.standing(wire, canonical, [f"{name} = way.refused(refusal)"], quiet=row.kind.quiet):
                program.line(f"{name} = {read}({name}, way)")


def _is_needed(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _arguments(program: Program, of: Any, said: Mapping[str, list[str]]) -> list[str]:
    """The values of the canonical object, by position."""
    given = []
    for each in fields(of):
        value = _last_said(said, each.name)
        if each.default_factory is not MISSING:
            made = f"{program.name(f'new_{each.name}', each.default_factory)}()"
            value = made if value == "None" else f"{made} if {value} is None else {value}"
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
