"""How a document is declared: one line per field, with its place in the canonical order.

Knows nothing of any vendor; attribute names are the vendor's own key names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, ClassVar, get_origin

from orderctl.mapping.kinds import Kind
from orderctl.mapping.limits import Within


class Document:
    """An object of a vendor's page. Subclasses name the page and hold one line per documented field."""

    page: ClassVar[str] = ""
    """The vendor's page that the lines are from; cited in every finding."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a field's line says beyond its type.

    `to` is the canonical attribute, relative to the object around it; "" for an object whose own fields lie
    on that same canonical object; None for a field that only this shape knows, with `why`, or whose meaning
    other fields carry, named by `via` (a unit stated once per order).
    `see` replaces the place in the vendor's page, for rules that are OBSERVED rather than documented.
    `soft_max` is the length that sibling channels of the system hold, a warning beyond it.
    `kind` replaces the codec of the field's type. `required` fields are there, `within` bounds the length,
    `wire` is the vendor's key where it cannot be a Python name.
    """

    to: str | None
    why: str
    see: str
    via: str
    soft_max: int | None
    kind: Kind | None
    required: bool
    within: Within | None
    wire: str | None


def lines_of(declared: type[Document]) -> Mapping[str, tuple[Any, Line]]:
    """The type and the line of every field, by the vendor's key; those of the class that it is made from first.

    Raises TypeError for a field that is not declared with `field`.
    """
    lines: dict[str, tuple[Any, Line]] = {}
    for part in reversed(declared.__mro__):
        for name, hint in get_annotations(part).items():
            line: Any = part.__dict__.get(name)
            origin: Any = get_origin(hint)
            if isinstance(line, Line):
                lines[line.wire or name] = (hint, line)
            elif origin is not ClassVar:
                raise TypeError(f"{part.__name__}.{name} is not declared with field()")
    return lines


def field(
    to: str | None,
    *,
    required: bool = False,
    max_length: int | None = None,
    min_length: int | None = None,
    why: str = "",
    see: str = "",
    via: str = "",
    soft_max: int | None = None,
    kind: Kind | None = None,
    wire: str | None = None,
) -> Any:
    """Declare one field: where it lives in the canonical order, and what its type does not say.

    `wire` is the vendor's key where it cannot be a Python name.
    """
    if to is None and not (why or via):
        raise TypeError("A field that is not carried needs its why, or the fields that carry it")
    within = Within(min_length=min_length, max_length=max_length) if min_length or max_length else None
    return Line(to, why, see, via, soft_max, kind, required, within, wire)
