"""What reading hands out: records, the envelopes they came in, and the limits that they keep to.

Knows no format's grammar and no shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from orderctl.findings import Finding
from orderctl.paths import Path

Format: TypeAlias = Literal["json", "ndjson", "yaml"]

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_DIGITS = 1_000
MAX_EXPONENT = 1_000
MAX_EXPANDED = 100_000


class Known(Protocol):
    """A quick decoder of orders of a known kind.

    `flat` when no order of that kind is nested deeper than 64; `whole` when its only numbers are whole ones of 64 bits.
    """

    flat: bool
    whole: bool

    def read(self, raw: bytes) -> object | None:
        """What is known of a text; None where it is in doubt."""


class Expected(Struct):
    """The kind that the next order has, most likely; whoever takes the records may change it between two."""

    known: Known | None = None


class Plain(str):
    """An unquoted YAML scalar, as written; the field's type decides what it is."""

    __slots__ = ()


class Place(Struct, frozen=True):
    """Where a YAML value stands (1-based), and the places of what it holds."""

    line: int
    column: int
    inner: "dict[str, Place] | list[Place] | None" = None


class Flaw(NamedTuple):
    """Why a record's own text can't be read: a code of `findings.RULES`, and the byte where it shows.

    `{also}` in the message stands for the place of the byte `also`.
    """

    code: str
    message: str
    offset: int = 0
    path: Path = ()
    also: int | None = None


@dataclass(frozen=True, slots=True)
class Envelopes:
    """Which objects only carry orders: the key paths to them, and the keys allowed beside."""

    paths: tuple[tuple[str, ...], ...] = ()
    beside: frozenset[str] = frozenset()
    roots: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roots", frozenset(path[0] for path in self.paths))

    def path_in(self, document: object) -> tuple[str, ...] | None:
        """Find the path to the orders in a document; None when it is no envelope."""
        if not isinstance(document, dict) or self.roots.isdisjoint(document):
            return None
        for path in self.paths:
            inner: object = document
            for name in path:
                inner = inner[name] if isinstance(inner, dict) and self.only(inner) == name else None
            if isinstance(inner, dict | list):
                return path
        return None

    def only(self, members: Mapping[str, object]) -> str | None:
        """The single key of an object that is not allowed beside orders; None when there are more or none."""
        keys = [key for key in members if key not in self.beside]
        return keys[0] if len(keys) == 1 else None


class Record(Struct):
    """One record of a file: a document, or the fault that keeps it from being one.

    `vouched` says that the quick decoder of its kind knows all of it.
    """

    file: str
    index: int
    document: Any
    fault: Finding | None
    format: Format
    envelope: str
    line: int
    column: int = 1
    _source: bytes | Place | None = None
    _prefix: Path = ()
    vouched: bool = False


def unwrap(document: object, path: tuple[str, ...]) -> "list[tuple[Path, object]]":
    """Take the orders out of an envelope, each with its path in there."""
    for name in path:
        document = document[name]  # type: ignore[index]
    if isinstance(document, list):
        return [((*path, position), order) for position, order in enumerate(document)]
    return [(path, document)]


def spelled(path: tuple[str, ...], listed: bool) -> str:
    """Spell an envelope for people: `order`, `orders[]`, `data.orders[]`."""
    return ".".join(path) + ("[]" if listed else "")


def fault(flaw: Flaw, file: str, index: int, line: int, column: int) -> Finding:
    """Turn a flaw at a known place into a finding."""
    return Finding(flaw.code, flaw.path, flaw.message, file=file, index=index, line=line, column=column)
