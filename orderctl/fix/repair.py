"""What a repair is, and a value that is left alone, as values.

Knows no rule and no file.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from orderctl.paths import Path


@dataclass(frozen=True, slots=True)
class Repair:
    """One value of a document written as it surely was meant; `code` is the finding that goes with it."""

    path: Path
    before: object
    after: object
    reason: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """One value that looks repairable and is not touched; the reason says why."""

    path: Path
    value: object
    reason: str


What = TypeVar("What", Repair, Left)


@dataclass(frozen=True, slots=True)
class Placed(Generic[What]):
    """A repair, or a value left alone, at its place in the file as it was (1-based, in characters)."""

    file: str
    index: int
    line: int
    column: int
    order: str | None
    what: What
