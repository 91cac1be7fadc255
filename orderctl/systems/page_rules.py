"""The words that a sandbox's field table is written in, and the check of a document against such a table.

Knows no system, and on purpose nothing of the shapes: sandbox and validator share pages, not code.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Literal, TypeAlias

from orderctl.systems.stand_in import Json

Fault: TypeAlias = Literal["missing", "type", "format", "length", "choice", "conflict"]
Test: TypeAlias = Callable[[Json], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type as a page names it, with the test that a value of it passes."""

    name: str
    test: Test


@dataclass(frozen=True, slots=True)
class Form:
    """A form that a text must have, in words for people."""

    words: str
    test: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a page's field table; `items[].price` stands for the price of every item.

    `shortest` and `longest` count characters; `words` is a closed list.
    """

    path: str
    kind: Kind
    required: bool = False
    null: bool = False
    shortest: int = 0
    longest: int | None = None
    words: tuple[str, ...] = ()
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that a document breaks."""

    path: str
    fault: Fault
    text: str

    def __str__(self) -> str:
        return f"{self.path} {self.text}" if self.path else self.text


def is_number(value: Json) -> bool:
    """Whether a JSON value is a number that a double can hold, as every server here reads it."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return abs(value) < 10**308 if isinstance(value, int) else -308 < value.adjusted() < 308


def is_number_text(value: Json) -> bool:
    """Whether a JSON value is a text that reads as such a number."""
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else None
    except InvalidOperation:
        return False
    return number is not None and number.is_finite() and is_number(number)


def matches(pattern: str) -> Callable[[str], bool]:
    """A test that the whole text fits the pattern."""
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar as `YYYY-MM-DD`."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


TEXT = Kind("a string", lambda value: isinstance(value, str))
INTEGER = Kind("an integer", lambda value: isinstance(value, int) and is_number(value))
NUMBER = Kind("a number", is_number)
FLAG = Kind("a boolean", lambda value: isinstance(value, bool))
OBJECT = Kind("an object", lambda value: isinstance(value, dict))
ARRAY = Kind("an array", lambda value: isinstance(value, list))


def check(document: Json, table: Sequence[Row], *, partial: bool = False) -> list[Breach]:
    """Every rule of the table that the document breaks, in the order of the table.

    With `partial` nothing is required: the rules are for what is there.
    """
    if not isinstance(document, dict):
        return [Breach("", "type", f"must be an object, found {called(document)}")]
    return [breach for row in table for breach in _row(document, row, partial)]


def under(prefix: str, rows: Iterable[Row], *, required: bool | None = None) -> tuple[Row, ...]:
    """The same rows below another object, all or none of them required if that is said."""
    return tuple(
        replace(row, path=f"{prefix}.{row.path}", required=row.required if required is None else required)
        for row in rows
    )


def called(value: Json) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    for kind in (FLAG, TEXT, NUMBER, OBJECT, ARRAY):
        if kind.test(value):
            return kind.name
    return type(value).__name__


def _row(document: dict[str, Json], row: Row, partial: bool) -> Iterator[Breach]:
    *parents, last = _steps(row.path)
    for place, parent in _reach(document, tuple(parents), ""):
        where = f"{place}.{last}" if place else last
        if last == "[]":
            for index, entry in enumerate(parent if isinstance(parent, list) else ()):
                yield from _judge(entry, row, f"{place}[{index}]")
        elif not isinstance(parent, dict):
            continue
        elif last in parent:
            yield from _judge(parent[last], row, where)
        elif row.required and not partial:
            yield Breach(where, "missing", "is required")


def _judge(value: Json, row: Row, where: str) -> Iterator[Breach]:
    if value is None and row.null:
        return
    if not row.kind.test(value):
        null = " or null" if row.null else ""
        yield Breach(where, "type", f"must be {row.kind.name}{null}, found {called(value)}")
    elif row.words and value not in row.words:
        yield Breach(where, "choice", f"must be one of {', '.join(row.words)}; found {_short(value)}")
    elif isinstance(value, str):
        yield from _judge_text(value, row, where)


def _judge_text(value: str, row: Row, where: str) -> Iterator[Breach]:
    if len(value) < row.shortest:
        yield Breach(where, "length", f"must have at least {row.shortest} characters, has {len(value)}")
    elif row.longest is not None and len(value) > row.longest:
        yield Breach(where, "length", f"must have at most {row.longest} characters, has {len(value)}")
    elif row.form and not row.form.test(value):
        yield Breach(where, "format", f"must be {row.form.words}; found {_short(value)}")


def _reach(value: Json, steps: tuple[str, ...], place: str) -> Iterator[tuple[str, Json]]:
    """The values at the end of the steps; what is absent or of another type has a row of its own."""
    if not steps:
        yield place, value
    elif steps[0] == "[]":
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            yield from _reach(entry, steps[1:], f"{place}[{index}]")
    elif isinstance(value, dict) and steps[0] in value:
        yield from _reach(value[steps[0]], steps[1:], f"{place}.{steps[0]}" if place else steps[0])


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.replace("[]", ".[]").split("."))


def _short(value: Json) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
