"""One quick question of a text or a document: is nothing at all wrong or odd with any of its fields?

Knows prepared tables, and the types that msgspec checks while it decodes; knows no finding. It may doubt what is
right, but vouches for nothing wrong: only what it doubts is looked at by `check`, which names what is wrong.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Annotated, Any, NotRequired, TypeAlias, TypedDict

import msgspec
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from orderctl.mapping.prepare import Row, Table

Test: TypeAlias = Callable[[Any], object]
"""Whether a value that is there and not null is right: true or false in Python's sense."""
_SCALARS = (int, bool, int | str, int | Decimal)
_REMEMBERED = 4096


class Soundness:
    """The types and tests of one table, for texts and for documents; `flat` when no field holds just anything."""

    def __init__(self, table: Table) -> None:
        self.flat = _flat(table)
        self._type = _typed(table)
        self._rest = _rest(table)
        self._decode = msgspec.json.Decoder(self._type, float_hook=Decimal).decode

    def read(self, raw: bytes) -> Mapping[str, Any] | None:
        """The document of a JSON text, None where it is in doubt; keys that the table does not know are left out."""
        try:
            document: Mapping[str, Any] = self._decode(raw)
        except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
            return None
        return document if self._rest is None or self._rest.holds(document) else None

    def vouches(self, document: Mapping[str, Any]) -> bool:
        """Whether a document has nothing but known fields, all of them right.

        Its numbers are those that reading gives: ints and finite Decimals.
        """
        try:
            same = msgspec.convert(document, self._type) == document
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False
        return same and (self._rest is None or self._rest.holds(document))


@dataclass(frozen=True, slots=True)
class _Rest:
    """What the types leave open: tests of single values, and the same for the objects inside."""

    tests: tuple[tuple[str, Test], ...]
    objects: "tuple[tuple[str, _Rest], ...]"
    lists: "tuple[tuple[str, _Rest], ...]"

    def holds(self, document: Mapping[str, Any]) -> bool:
        """Whether every test holds of a document that has the types."""
        get = document.get
        for key, test in self.tests:
            value = get(key)
            if value is not None and not test(value):
                return False
        for key, rest in self.objects:
            value = get(key)
            if value is not None and not rest.holds(value):
                return False
        for key, rest in self.lists:
            for element in get(key) or ():
                if not rest.holds(element):
                    return False
        return True


def _flat(table: Table) -> bool:
    return all(
        row.is_text or row.annotation in _SCALARS if row.nested is None else _flat(row.nested) for row in table.rows
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
    given: dict[str, Any] = {
        name: value
        for extra in row.metadata
        for name in ("ge", "le", "min_length", "max_length")
        if (value := getattr(extra, name, None)) is not None
    }
    if row.line.soft_max is not None:
        given["max_length"] = min(row.line.soft_max, given.get("max_length", row.line.soft_max))
    return given


def _rest(table: Table) -> _Rest | None:
    """The tests of a table; None where there is none to make."""
    inner = [(row, rest) for row in table.rows if row.nested is not None and (rest := _rest(row.nested)) is not None]
    rest = _Rest(
        tests=tuple((row.wire, test) for row in table.rows for test in _tests(row)),
        objects=tuple((row.wire, rest) for row, rest in inner if not row.many),
        lists=tuple((row.wire, rest) for row, rest in inner if row.many),
    )
    return rest if rest.tests or inner else None


def _tests(row: Row) -> Iterator[Test]:
    for extra in row.metadata:
        if isinstance(extra, StringConstraints) and extra.pattern is not None:
            yield _matches(str(extra.pattern))
        elif isinstance(extra, AfterValidator):
            yield _passes(extra.func)


def _matches(pattern: str) -> Test:
    """Whether a text matches; pydantic's `$` is the end of the text, which is what `fullmatch` means by it."""
    if pattern == r"\S":
        return str.strip
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    return re.compile(pattern).fullmatch


@cache
def _passes(validate: Callable[..., object]) -> Test:
    """Whether a value passes a validator; values seen lately are remembered."""

    @lru_cache(_REMEMBERED)
    def passes(value: Any) -> bool:
        try:
            validate(value)
        except PydanticCustomError:
            return False
        return True

    return passes
