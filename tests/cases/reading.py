"""Reads the case files: good documents, the pages' field tables typed off by hand, and single broken rules.

Knows nothing of the program and no rule of any page: every expectation stands in the files beside this one.
`README.md` says how the files are written.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

HERE = Path(__file__).parent
SHAPES = tuple(sorted(folder.name for folder in HERE.iterdir() if (folder / "fields.yaml").is_file()))


class Mark(Enum):
    """What stands in a case for a key that is left out."""

    ABSENT = "absent"


class Expected(NamedTuple):
    """One finding that a case demands."""

    path: str
    rule: str
    severity: str


@dataclass(frozen=True)
class Case:
    """A good document with some places changed, and the one finding that follows, or none."""

    shape: str
    why: str
    base: str
    change: dict[str, Any]
    finding: Expected | None = None
    says: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """The good document with the places changed."""
        document = copy.deepcopy(good(self.shape)[self.base])
        for path, value in self.change.items():
            put(document, path, value)
        return document


@dataclass(frozen=True)
class Field:
    """One row of a field table."""

    path: str
    kind: str
    null: bool = False
    required: bool = False
    filled: bool = False
    info: bool = False
    most: int | None = None
    least: int = 0
    about: tuple[int, int] | None = None
    words: tuple[str, ...] = ()
    open: bool = False
    by_hand: frozenset[str] = field(default_factory=frozenset)


@cache
def good(shape: str) -> dict[str, dict[str, Any]]:
    """The good documents of a shape, by name; the first is the base of its cases."""
    documents: dict[str, dict[str, Any]] = msgspec.json.Decoder(float_hook=Decimal).decode(
        (HERE / shape / "good.json").read_bytes()
    )
    return documents


@cache
def table(shape: str) -> dict[str, Any]:
    """The field table of a shape as its file has it: `kinds`, `fields`, `infos`, `use`."""
    return dict(load(HERE / shape / "fields.yaml"))


@cache
def fields(shape: str) -> tuple[Field, ...]:
    """The rows of a shape's field table, in the order of the page."""
    return tuple(_field(path, text) for path, text in table(shape)["fields"].items())


def infos(case: Case) -> frozenset[str]:
    """The places where the case's good document has an info that nothing can avoid."""
    return frozenset(table(case.shape).get("infos", {}).get(case.base, ()))


@cache
def cases(shape: str, name: str) -> dict[str, list[Case]]:
    """The single cases of a shape's `bad.yaml` or `fine.yaml`, by what they claim."""
    found: dict[str, list[Case]] = {}
    for entry in load(HERE / shape / f"{name}.yaml"):
        severity, _, rule = entry["finding"].partition(" ") if name == "bad" else ("", "", "")
        expected = Expected(entry["path"], rule, severity) if name == "bad" else None
        base = entry.get("base", next(iter(good(shape))))
        case = Case(shape, entry["why"], base, entry["change"], expected, entry.get("says", ""))
        found.setdefault(f"{shape}: {case.why}", []).append(case)
    return found


@cache
def field_cases(shape: str) -> dict[str, list[Case]]:
    """Every row of the shape's field table, broken and bent in each way that the row speaks of, by claim."""
    found: dict[str, list[Case]] = {}
    for row in fields(shape):
        path = row.path.replace("[]", "[0]")
        base = base_of(shape, row)
        for claim, value, rule in _breaks(row, table(shape)["kinds"]):
            severity, _, word = rule.partition(" ")
            at = f"{path}.{STRAY}" if value is STRAY else path
            case = Case(
                shape,
                claim,
                base,
                {at: 1 if value is STRAY else value},
                Expected(at, word, severity) if rule else None,
            )
            found.setdefault(f"{shape}: {row.path} {claim}", []).append(case)
    return found


STRAY = "zzNoSuchField"
"""A key that no page knows, nor anything like it."""
_OBJECTS = ("object", "own object")


def _breaks(row: Field, kinds: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """What a row makes of values: the claim, a value, and `severity rule` or nothing where all is well."""
    kind = kinds[row.kind]
    yield from _by_kind(row, kind)
    if "null" not in row.by_hand:
        null = kind.get("null", "error type")
        yield ("takes null", None, "") if row.null or row.kind == "any" else ("refuses null", None, null)
    if "missing" not in row.by_hand and not row.path.endswith("]"):
        yield (("is required", Mark.ABSENT, "error required") if row.required else ("may be left out", Mark.ABSENT, ""))
    if row.kind in _OBJECTS:
        yield "knows no other key", STRAY, "warning unknown-field"
    yield from _by_words(row)
    yield from _by_length(row)
    if "blank" not in row.by_hand:
        yield from _by_blank(row)


def _by_kind(row: Field, kind: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    if not row.words and "good" not in row.by_hand:
        for value in kind.get("good", ()):
            yield ("is read-only", value, "info conflict") if row.info else ("takes good values", value, "")
    for rule, values in kind.get("bad", {}).items():
        if rule not in row.by_hand:
            for value in values:
                yield f"as {rule}", value, rule


def _by_words(row: Field) -> Iterator[tuple[str, Any, str]]:
    for word in row.words:
        yield "takes each word of its list", word, ""
        if not row.open:
            yield "takes no other case of a word", word.swapcase(), "error choice"
    if row.words:
        for stranger in ("no such word", f"{row.words[0]} ", f"{row.words[0]}{row.words[-1]}"):
            yield "takes no other word", stranger, "warning choice" if row.open else "error choice"


def _by_length(row: Field) -> Iterator[tuple[str, Any, str]]:
    if row.most is not None:
        yield "takes the longest text", "é" * row.most, ""
        yield "is not longer than it may be", "x" * (row.most + 1), "error length"
    if row.about is not None:
        short, long = row.about
        yield "takes what sibling channels hold", "é" * short, ""
        yield "is longer than sibling channels hold (inferred)", "x" * (long + 1), "warning length"
    if row.least:
        yield "takes the shortest text", "x" * row.least, ""


def _by_blank(row: Field) -> Iterator[tuple[str, Any, str]]:
    if row.filled:
        for blank in ("", " ", " \t "):
            yield "is not blank", blank, "error required"
    elif row.kind == "string" and row.words and not row.open:
        yield "takes no blank word", "", "error required" if row.required and not row.null else "error choice"
    elif row.kind == "string" and not row.words:
        yield "may be blank", "", ""


def _field(path: str, text: str) -> Field:
    said: dict[str, Any] = {}
    kind, *marks = [part.strip() for part in text.split(",")]
    for mark in marks:
        name, _, rest = mark.partition(" ")
        if mark in ("required", "filled", "info"):
            said[mark] = True
        elif mark.startswith("at most "):
            said["most"] = int(rest.split()[-1])
        elif mark.startswith("at least "):
            said["least"] = int(rest.split()[-1])
        elif name == "about":
            numbers = [int(number) for number in re.findall(r"[0-9]+", rest)]
            said["about"] = (numbers[0], numbers[-1])
        elif mark.startswith(("one of ", "listed ")):
            said["words"] = tuple(mark.removeprefix("one of ").removeprefix("listed ").split("|"))
            said["open"] = name == "listed"
        elif mark.startswith("by hand "):
            said["by_hand"] = frozenset(re.sub(r"^by hand ", "", mark).split(" + "))
        else:
            raise ValueError(f"{path}: {mark}")
    return Field(path, kind.removesuffix(" or null"), kind.endswith(" or null"), **said)


def base_of(shape: str, row: Field) -> str:
    """The document that a row is tried in: the one the file names, else the first that holds it."""
    if named := table(shape).get("use", {}).get(row.path):
        return str(named)
    path = row.path.replace("[]", "[0]")
    holding = [name for name, document in good(shape).items() if get(document, path) is not Mark.ABSENT]
    filled = [name for name in holding if get(good(shape)[name], path) not in (None, [])]
    if not holding:
        raise LookupError(f"{shape}: no good document holds {row.path}")
    return (filled or holding)[0]


def steps(path: str) -> list[str | int]:
    """The keys and indexes of `items[0].price`."""
    return [int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"\[[0-9]+\]|[^.\[]+", path)]


def get(document: Any, path: str) -> Any:
    """The value at a path, or ABSENT."""
    for step in steps(path):
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return Mark.ABSENT
    return document


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Set, or with ABSENT remove, the value at a path; `[n]` one beyond the end appends."""
    *parents, last = steps(path)
    holder: Any = document
    for step in parents:
        holder = holder[step]
    if value is Mark.ABSENT:
        del holder[last]
    elif isinstance(holder, list) and last == len(holder):
        holder.append(copy.deepcopy(value))
    else:
        holder[last] = copy.deepcopy(value)


class _Loader(yaml.SafeLoader):
    """YAML with JSON's scalars only, so that NO and 2016-04-24 are text and no number is a float."""


_Loader.yaml_implicit_resolvers = {}


for _tag, _pattern, _first in (
    ("null", r"null", "n"),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))
_Loader.add_constructor("!absent", lambda loader, node: Mark.ABSENT)
_Loader.add_constructor("!chars", lambda loader, node: "x" * int(node.value))


def load(path: Path) -> Any:
    """A case file: YAML with `!absent` and `!chars N`."""
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)
