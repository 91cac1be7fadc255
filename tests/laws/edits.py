"""What somebody may do to an order in our own shape: another value, a value or a line less.

Knows the names of the canonical order; converts nothing.
"""

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

Place: TypeAlias = tuple[str | int, ...]
_CLOSED: dict[str, tuple[str, ...]] = {
    "country": ("AU", "US", "CA", "GB"),
    "origin": ("AU", "CN"),
    "region": ("UT", "CA", "NSW", "Ontario"),
    "placed_at": ("2024-02-29", "2016-01-01T10:11:12Z"),
    "paid_at": ("2024-02-29",),
    "ship_by": ("2024-02-29",),
    "shipped_on": ("2024-02-29",),
    "status": ("pending", "shipped", "on_hold"),
    "confirmation": ("none", "signature"),
    "currency": ("EUR",),
}
_UNITS = (("lb", "oz", "g", "kg"), ("in", "cm", "m"))
_NEEDED = frozenset({"value", "unit", "system", "id"})
_WHOLE = frozenset({"quantity", "id"})


def edits(order: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The order with one or two places altered, but for what says where it came from."""
    places = [place for place in _places(order, ()) if place[0] not in ("extra", "origin")]
    drawn = st.lists(st.sampled_from(places), min_size=1, max_size=2, unique=True)
    return st.composite(lambda draw: _edited(draw, order, draw(drawn)))()


def _places(value: Any, at: Place) -> Iterator[Place]:
    """Every value, and every line of a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*at, index)
            yield from _places(inner, (*at, index))
    else:
        yield at


def _edited(draw: Any, order: dict[str, Any], places: list[Place]) -> dict[str, Any]:
    edited = deepcopy(order)
    for place in sorted(places, key=len, reverse=True):
        holder: Any = edited
        for part in place[:-1]:
            holder = holder[part]
        last = place[-1]
        if isinstance(last, int) or (last not in _NEEDED and draw(st.integers(0, 4)) == 0):
            del holder[last]
        else:
            holder[last] = draw(st.sampled_from(_others(last, holder[last])))
    return edited


def _others(name: str, value: Any) -> list[Any]:
    """Other values for a place of this name."""
    if name == "unit":
        return [unit for units in _UNITS if value in units for unit in units if unit != value]
    if name in _CLOSED:
        return list(_CLOSED[name])
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | Decimal):
        return [value + 1] if name in _WHOLE else [value + 1, value + Decimal("0.25")]
    return ["edited", "7", f"{value}x"]
