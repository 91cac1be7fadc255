"""What a value must be beyond its type, in words of our own: `sound` tests them, `model` gives them to pydantic.

Knows no field, no kind and no library.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct


class Like(Struct, frozen=True):
    """A text that a pattern fits, whose `$` is the end of the text, of at most so many characters."""

    pattern: str
    max_length: int | None = None


class Real(Struct, frozen=True):
    """A value for which a question is answered yes; `error` names what it breaks otherwise, for `check` to word."""

    holds: Callable[[Any], object]
    error: str


class Within(Struct, frozen=True):
    """A number or a length between bounds, both allowed."""

    ge: int | None = None
    le: int | None = None
    min_length: int | None = None
    max_length: int | None = None
