"""How a document is declared: one line per field, with its place in the canonical order.

Knows nothing of any vendor; attribute names are the vendor's own key names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from orderctl.mapping.kinds import Kind


class Document(BaseModel):
    """An object of a vendor's page. Subclasses name the page and hold one line per documented field."""

    model_config = ConfigDict(
        strict=True, extra="ignore", hide_input_in_errors=True, defer_build=True, protected_namespaces=()
    )
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
    `kind` replaces the codec of the field's type.
    """

    to: str | None
    why: str
    see: str
    via: str
    soft_max: int | None
    kind: Kind | None

    def __call__(self, schema: dict[str, Any]) -> None:
        """Add the line's own words to the field's JSON Schema."""
        if self.why:
            schema["description"] = self.why


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
    default = ... if required else None
    line: Callable[[dict[str, Any]], None] = Line(to, why, see, via, soft_max, kind)
    return Field(default, validation_alias=wire, max_length=max_length, min_length=min_length, json_schema_extra=line)
