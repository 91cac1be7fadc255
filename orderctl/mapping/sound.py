"""One quick question of a text or a document: is nothing at all wrong or odd with any of its fields?

Knows prepared tables, and the types that msgspec checks while it decodes; knows no finding. It may doubt what is
right, but vouches for nothing wrong: only what it doubts is looked at by `check`, which names what is wrong.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from decimal import Decimal
from functools import cache, lru_cache
from typing import Annotated, Any, Literal, NotRequired, TypeAlias, TypedDict, get_args, get_origin

import msgspec
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from orderctl.mapping.kinds import TEXT
from orderctl.mapping.prepare import Row, Table
from orderctl.mapping.program import Program

Test: TypeAlias = Callable[[Any], object]
"""Whether a value that is there and not null is right: true or false in Python's sense."""
Holds: TypeAlias = Callable[[Mapping[str, Any]], bool]
_WHOLE = (int, bool, int | str)
_SCALARS = (*_WHOLE, int | Decimal)
_MOST = {"ge": -(2**63), "le": 2**63 - 1}
_REMEMBERED = 4096


class Soundness:
    """The types and tests of one table, for texts and for documents.

    `flat` when no field holds just anything, `whole` when all numbers are whole ones of 64 bits.
    """

    def __init__(self, table: Table) -> None:
        self.flat = _only(table, _SCALARS)
        self.whole = _only(table, _WHOLE)
        self._type = _typed(table)
        self._holds = _rest(table)
        self._decode = msgspec.json.Decoder(self._type, float_hook=Decimal).decode

    def read(self, raw: bytes) -> Mapping[str, Any] | None:
        """The document of a JSON text, None where it is in doubt; keys that the table does not know are left out."""
        try:
            document: Mapping[str, Any] = self._decode(raw)
        except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
            return None
        return document if self._holds(document) else None

    def vouches(self, document: Mapping[str, Any]) -> bool:
        """Whether a document has nothing but known fields, all of them right.

        Its numbers are those that reading gives: ints and finite Decimals.
        """
        try:
            same = msgspec.convert(document, self._type) == document
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False
        return same and self._holds(document)


def doubt(row: Row, program: Program, value: str) -> str:
    """The expression that says whether a value which a codec wrote may be wrong; "" where it cannot be.

    What a codec makes has the type and the form that its kind asks for, which is not asked again.
    """
    asked, bounds = [], _bounds(row)
    if (words := _words(row)) is not None:
        asked.append(f"{{0}} not in {program.name(f'WORDS_{row.kind.word}', words)}")
    elif any(hasattr(extra, "quick") for extra in row.metadata):
        asked.append(f"not {program.name(f'is_{row.kind.word}', _is_of(_field(row)))}({{0}})")
    elif row.kind.write is TEXT.write and (test := _test(row)) is not None:
        asked.append(f"not {program.name(f'is_{row.kind.word}', test)}({{0}})")
    for name, sign, size in (("ge", "<", "{0}"), ("le", ">", "{0}"), ("min_length", "<", "len({0})")):
        asked += [f"{size} {sign} {bounds[name]}"] if name in bounds else []
    asked += [f"len({{0}}) > {bounds['max_length']}"] if "max_length" in bounds else []
    said = " or ".join(asked).format(value if not row.many else "each")
    return f"any({said} for each in {value})" if said and row.many else said


def _words(row: Row) -> frozenset[str] | None:
    """The words of a closed list."""
    listed = next((extra.quick for extra in row.metadata if hasattr(extra, "quick")), row.annotation)
    return frozenset(get_args(listed)) if get_origin(listed) is Literal else None


def _is_of(type: Any) -> Test:
    """Whether a value has a type that msgspec knows."""

    def is_of(value: Any) -> bool:
        try:
            msgspec.convert(value, type)
        except msgspec.MsgspecError:
            return False
        return True

    return is_of


def _only(table: Table, scalars: tuple[Any, ...]) -> bool:
    """Whether a table holds nothing but texts and these."""
    return all(
        row.is_text or row.annotation in scalars if row.nested is None else _only(row.nested, scalars)
        for row in table.rows
    )


def _typed(table: Table) -> Any:
    """The type of a table's documents: plain dicts of the known keys."""
    fields = {row.wire: _field(row) if row.required else NotRequired[_field(row)] for row in table.rows}
    return TypedDict(table.model.__name__, fields)  # type: ignore[operator]


def _field(row: Row) -> Any:
    bare = row.annotation if row.nested is None else _typed(row.nested)
    for extra in row.metadata:
        bare = getattr(extra, "quick", bare)
    bounds = _bounds(row)
    typed = Annotated[bare, msgspec.Meta(**bounds)] if bounds else bare
    typed = list[typed] if row.many else typed  # type: ignore[valid-type]
    return typed | None if row.nullable else typed


def _bounds(row: Row) -> dict[str, Any]:
    """The limits of a field that msgspec knows under the same names; a soft limit is one, too."""
    given: dict[str, Any] = dict(_MOST) if row.annotation is int else {}
    given |= {
        name: value
        for extra in row.metadata
        for name in ("ge", "le", "min_length", "max_length")
        if (value := getattr(extra, name, None)) is not None
    }
    if row.line.soft_max is not None:
        given["max_length"] = min(row.line.soft_max, given.get("max_length", row.line.soft_max))
    return given


def _rest(table: Table) -> Holds:
    """What the types of a table leave open, as one function: whether the tests of all its values hold."""
    program = Program()
    with program.block("def holds(document):"):
        _object(program, table, "document")
        program.line("return True")
    holds: Holds = program.function("holds", f"tests of {table.model.__module__}")
    return holds


def _object(program: Program, table: Table, holder: str) -> None:
    """Test the fields of an object that has the types."""
    for number, row in enumerate(table.rows):
        if not _is_tested(row):
            continue
        value = f"{holder}_{number}"
        program.line(f"{value} = {holder}[{row.wire!r}]" if row.required else f"{value} = {holder}.get({row.wire!r})")
        given = nullcontext() if row.required and not row.nullable else program.block(f"if {value} is not None:")
        with given, program.block(f"for {value} in {value}:") if row.many else nullcontext():
            _value(program, row, value)


def _value(program: Program, row: Row, value: str) -> None:
    if row.nested is not None:
        _object(program, row.nested, value)
    elif (test := _test(row)) is not None:
        with program.block(f"if not {program.name(f'is_{row.kind.word}', test)}({value}):"):
            program.line("return False")


def _is_tested(row: Row) -> bool:
    return _test(row) is not None if row.nested is None else any(map(_is_tested, row.nested.rows))


def _test(row: Row) -> Test | None:
    """What a value must pass beyond its type; None where that is nothing."""
    patterns = [str(extra.pattern) for extra in row.metadata if isinstance(extra, StringConstraints) and extra.pattern]
    validators = [extra.func for extra in row.metadata if isinstance(extra, AfterValidator)]
    tests = (*map(_matches, patterns), *map(_passes, validators))
    return _remembered(tests) if validators else tests[0] if tests else None


@cache
def _matches(pattern: str) -> Test:
    """Whether a text matches; pydantic's `$` is the end of the text, which is what `fullmatch` means by it."""
    if pattern == r"\S":
        return str.strip
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    return re.compile(pattern).fullmatch


@cache
def _passes(validate: Callable[..., object]) -> Test:
    """Whether a value passes a validator."""

    def passes(value: Any) -> bool:
        try:
            validate(value)
        except PydanticCustomError:
            return False
        return True

    return passes


@cache
def _remembered(tests: tuple[Test, ...]) -> Test:
    """Whether all tests hold, remembered: days and words come again."""
    return lru_cache(_REMEMBERED)(tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests))
