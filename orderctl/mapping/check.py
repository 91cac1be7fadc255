"""Checks a document against its prepared table and turns what is wrong into findings.

Knows how pydantic words an error; knows no vendor. Nothing here runs for a field that is right.
"""

import difflib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from pydantic import ValidationError

from orderctl.findings import Finding, Severity
from orderctl.mapping.prepare import Row, Table
from orderctl.mapping.wording import found, instead, no_order
from orderctl.paths import Path

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape

_MOST_HINTS, _LONGEST_SLIP = 100, 100
"""How many unknown keys of one order, and up to how many characters, are compared with the known names."""


class Judge:
    """Collects the findings of one document; rules between fields speak through it.

    A place that already has an error is not judged again.
    """

    def __init__(self, shape: "Shape", document: Mapping[str, Any]) -> None:
        self.shape = shape
        self.document = document
        self.findings: list[Finding] = []
        self._errors: set[Path] = set()

    def find(self, code: str, path: Path, message: str, severity: Severity = "error", *, basis: str = "") -> None:
        """Add a finding at a path, unless an error stands there or above.

        `basis` says how we know a rule that the page does not state: "OBSERVED" or "inferred".
        """
        if self._errors and any(path[:depth] in self._errors for depth in range(1, len(path) + 1)):
            return
        if severity == "error":
            self._errors.add(path)
        finding = self.shape.finding(code, path, message, self.document, severity=severity)
        self.findings.append(replace(finding, source=f"{finding.source} ({basis})") if basis else finding)


def check(shape: "Shape", document: Any, *, sound: bool = False) -> list[Finding]:
    """All that is wrong with one document under its shape's own rules, in the order of the page.

    `sound` says that `Shape.sound` has vouched for its fields.
    """
    if not isinstance(document, (dict, Mapping)):
        return [shape.finding("not-an-order", (), no_order(document), None)]
    judge = Judge(shape, document)
    if not sound and not shape.sound.vouches(document):
        _judge_fields(judge, shape, document)
    if shape.across is not None:
        shape.across(document, judge)
    return judge.findings


def _judge_fields(judge: Judge, shape: "Shape", document: Mapping[str, Any]) -> None:
    """Every field under its own line, whatever the others are."""
    try:
        shape.table.model.__pydantic_validator__.validate_python(document)
    except ValidationError as broken:
        for error in broken.errors(include_url=False, include_context=True):
            _judge_error(judge, shape, error)
    for number, (path, table) in enumerate(_strays(shape.table, document, ())):
        near = number < _MOST_HINTS and len(str(path[-1])) <= _LONGEST_SLIP
        judge.find("unknown-field", path, _unknown(str(path[-1]), table, shape, near=near), "warning")
    for path, length, most in _long(shape.table, document, ()):
        message = f"{length} characters; sibling channels hold {most}"
        judge.find("too-long", path, message, "warning", basis="inferred")


def _judge_error(judge: Judge, shape: "Shape", error: Any) -> None:
    path: Path = tuple(error["loc"])
    row = shape.row(path)
    value = error["input"]
    if error["type"] == "missing":
        judge.find("missing", path, _missing(row))
        return
    alone = row is not None and (isinstance(path[-1], int) or not row.many)
    milder = row.kind.grade(value) if row and row.kind.grade and alone else None
    if milder:
        code, severity, message = milder
        judge.find(code, path, message, severity)
        return
    code, message = _word(error, row, value, element=isinstance(path[-1], int))
    mild = code == "null" and row is not None and not row.required and isinstance(path[-1], str)
    judge.find(code, path, message, shape.null if mild else "error")


def _missing(row: Row | None) -> str:
    null = ", null if there is none" if row and row.nullable else ""
    return f"missing; the page requires this field{null}"


def _word(error: Any, row: Row | None, value: Any, *, element: bool) -> tuple[str, str]:
    """The code and the message of an error of pydantic's."""
    kind, context = error["type"], error.get("ctx", {})
    if value is None:
        return "null", f"found null, and only {_want(row, element)} is allowed"
    if isinstance(value, str) and not value.strip() and row and _plain_and_required(row):
        return "blank", "found blank text; the page requires a value"
    if kind == "string_too_long":
        return "too-long", f"{len(value)} characters, at most {context['max_length']}"
    if kind == "string_too_short":
        return "too-short", f"found {found(value)}, at least {context['min_length']} characters are allowed"
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = "at least" if kind[0] == "g" else "at most"
        return (
            "out-of-range",
            f"found {found(value)}, {limit} {context.get('ge', context.get('le'))} is allowed",
        )
    if kind == "too_small":
        return "out-of-range", instead(value, "a number of 1 or more")
    if kind == "literal_error" and row is not None and isinstance(value, str):
        code = row.kind.code if row.kind.code != "wrong-type" else "unknown-choice"
        return code, instead(value, row.kind.want or _listed(context))
    if kind in ("string_pattern_mismatch", "date_format") and row is not None:
        return row.kind.code, instead(value, row.kind.want)
    listed = "" if row is not None and row.kind.want else _listed(context)
    return "wrong-type", instead(value, listed or _want(row, element))


def _listed(context: Mapping[str, Any]) -> str:
    """The words of a closed list, without pydantic's quotes."""
    return str(context.get("expected", "")).replace("'", "")


def _plain_and_required(row: Row) -> bool:
    """Whether the page requires a plain text here."""
    return row.required and not row.nullable and not row.many and row.is_text


def _want(row: Row | None, element: bool) -> str:
    if row is None:
        return "another type"
    many = row.many and not element
    if row.nested is not None:
        return "a list of objects" if many else "an object"
    word, want = row.kind.word, row.kind.want
    word = f"a list of {word}s" if many else f"an {word}" if word[0] in "aeio" else f"a {word}"
    return f"{word} ({want})" if want and word not in want else want or word


def _strays(table: Table, document: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, Table]]:
    """Every key that the page does not know, with the table that it stands in."""
    if not table.known.issuperset(document):
        for key in document:
            if key not in table.known:
                yield (*at, key), table
    for row in table.rows:
        if row.nested is None:
            continue
        value = document.get(row.wire)
        if isinstance(value, Mapping):
            yield from _strays(row.nested, value, (*at, row.wire))
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if isinstance(element, Mapping):
                    yield from _strays(row.nested, element, (*at, row.wire, index))


def _long(table: Table, document: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, int, int]]:
    """Every text that is longer than sibling channels hold: its place, its length, theirs."""
    for row in table.measured:
        value = document.get(row.wire)
        if row.nested is None:
            most = row.line.soft_max
            if most is not None and isinstance(value, str) and len(value) > most:
                yield (*at, row.wire), len(value), most
        elif isinstance(value, Mapping):
            yield from _long(row.nested, value, (*at, row.wire))
        elif isinstance(value, list):
            for index, element in enumerate(value):
                if isinstance(element, Mapping):
                    yield from _long(row.nested, element, (*at, row.wire, index))


def _unknown(key: str, table: Table, shape: "Shape", *, near: bool) -> str:
    names = difflib.get_close_matches(key, table.known, n=1, cutoff=0.6) if near else []
    hint = f"; did you mean {names[0]}?" if names else ""
    return f"{shape.title} documents no field of this name{hint}"
