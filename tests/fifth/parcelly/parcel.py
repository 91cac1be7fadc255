"""Parcelly's parcel, as its made-up page Parcels gives it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from orderctl.mapping import moves
from orderctl.mapping.document import Document, field
from orderctl.mapping.kinds import CountryCode, Filled, Integer, Kind, Number, Refused, Text
from orderctl.mapping.shape import Identity, Shape
from orderctl.mapping.way import Way
from orderctl.order import Order, Weight

_STATES = {"open": "pending", "gone": "shipped"}


def _read_state(value: str, way: Way) -> str:
    return _STATES[value]


def _write_state(value: str, way: Way) -> str:
    for word, status in _STATES.items():
        if status == value:
            return word
    raise Refused("no-word", f"Parcelly has no word for {value}")


def _read_grams(value: int, way: Way) -> Weight:
    from decimal import Decimal

    return Weight(Decimal(value), "g")


def _write_grams(value: Weight, way: Way) -> Any:
    return int(value.value) if value.value == int(value.value) else value.value


STATE = Kind("state", _read_state, _write_state)
GRAMS = Kind("number", _read_grams, _write_grams, note="grams")


class Parcels(Document):
    """An object of the page Parcels."""

    page: ClassVar[str] = "Parcels"


class Whereto(Parcels):
    """whereto."""

    who: Filled = field("name", required=True, max_length=40)
    road: Filled = field("line1", required=True)
    town: Text = field("city")
    land: CountryCode = field("country", required=True)


class Thing(Parcels):
    """things[n]."""

    what: Text = field("title")
    pieces: Integer = field("quantity")
    grams: Number = field("weight", kind=GRAMS)


class Parcel(Parcels):
    """One parcel."""

    ref: Filled = field("id", required=True)
    state: Literal["open", "gone"] = field("status", required=True, kind=STATE)
    whereto: Whereto = field("ship_to", required=True)
    things: list[Thing] = field("items")
    colour: Text = field(None, why="only Parcelly wraps parcels in colours")


def identity(document: Mapping[str, Any]) -> Identity:
    """The ref makes it the same parcel again."""
    ref = document.get("ref")
    return Identity(ref if isinstance(ref, str) else None, None)


def depart(order: Order, way: Way) -> None:
    """Make an order ready for Parcelly: one line, grams."""
    if not way.home:
        moves.identify(order, way)
        for name, party in moves.parties(order, way):
            moves.one_locality(party, name, way)
    moves.weigh_in(order, way, "g")


SHAPE = Shape(
    name="parcelly",
    system="parcelly",
    title="Parcelly",
    model=Parcel,
    identity=identity,
    several="results",
    depart=depart,
)
