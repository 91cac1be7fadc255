"""The value kinds of ShipStation: Pacific times, unit words, numbers that others write as text.

Knows ShipStation's words; knows no other system's.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from orderctl import moments, units
from orderctl.findings import Severity
from orderctl.mapping.kinds import NUMBER, TIME_SCHEMA, Kind, Refused, TypedNumber
from orderctl.mapping.remote import read_remote, write_remote
from orderctl.mapping.scalars import unquoted_number
from orderctl.mapping.way import Way
from orderctl.mapping.wording import instead, one_of
from orderctl.order import LengthUnit, WeightUnit

_STATUSES = {
    "awaiting_payment": "awaiting_payment",
    "awaiting_shipment": "pending",
    "pending_fulfillment": "external",
    "shipped": "shipped",
    "on_hold": "on_hold",
    "cancelled": "cancelled",
}
_APPROXIMATED = {"rejected_fulfillment": "on_hold", "processing": "external"}
_WRITTEN = {canonical: word for word, canonical in _STATUSES.items()} | {"delivered": "shipped"}
_WANT_STATUS = one_of(_STATUSES)
_WANT_TIME = "a time such as 2015-06-29T08:46:27.0000000, which is Pacific, with at most 7 digits after the second"
_WANT_DAY = "YYYY-MM-DD"


def _read_status(value: str, way: Way) -> str:
    if (status := _STATUSES.get(value)) is not None:
        return status
    if (status := _APPROXIMATED.get(value)) is not None:
        way.note("approximated", f"read as {status}, the nearest status")
        return status
    raise Refused("unknown-choice", instead(value, _WANT_STATUS))


def _write_status(value: str, way: Way) -> str:
    if (word := _WRITTEN.get(value)) is None:
        raise Refused("no-word", f"ShipStation has no word for {value}; set maps.statuses.shipstation.{value}")
    if value == "delivered":
        way.note("approximated", "ShipStation knows no delivery, only that an order is shipped")
    return word


def _read_time(value: str, way: Way, want: str = _WANT_TIME) -> Any:
    read = moments.read_local(value, moments.PACIFIC)
    if read is None:
        raise Refused("date-format", instead(value, want))
    if read.assumed:
        way.note("assumed", read.assumed)
    return read.value


def _write_time(value: Any, way: Way) -> str:
    text, note = moments.write_local(value, moments.PACIFIC)
    if note == "midnight":
        way.note("assumed", "a day without a time is midnight, Pacific")
    elif note == "ambiguous":
        way.note("approximated", "Pacific notation has this hour twice in autumn")
    elif note == "day":
        way.note("approximated", "midnight, Pacific, reads as the day without a time")
    return text


def _read_day(value: str, way: Way, want: str = _WANT_TIME) -> Any:
    day, cut = moments.day_of(_read_time(value, way, want), moments.PACIFIC)
    if cut:
        way.note("rounded", "only the day is kept, the Pacific one")
    return day


def _read_shipped(value: str, way: Way) -> Any:
    return _read_day(value, way, _WANT_DAY)


def _write_midnight(value: Any, way: Way) -> str:
    return moments.write_local(value, moments.PACIFIC)[0]


def _write_day(value: Any, way: Way) -> str:
    return moments.write_day(value)


def _real_time(value: str) -> str:
    if not moments.is_plain_time(value) and moments.read_local(value, moments.PACIFIC) is None:
        raise PydanticCustomError("date_format", "not a time")
    return value


def _grade_number(value: object) -> tuple[str, Severity, str] | None:
    if isinstance(value, str) and (number := units.decimal_text(value)) is not None:
        shown = f"{number:f}"
        return "number-as-text", "warning", instead(value, f"{shown if len(shown) <= 40 else 'it'} without quotes")
    return None


def _grade_whole(value: object) -> tuple[str, Severity, str] | None:
    """The same for a whole number: a text with a fraction is none."""
    whole = isinstance(value, str) and value.removeprefix("-").isdigit()
    return _grade_number(value) if whole else None


def _word_kind(word: str, words: Mapping[str, str], note: str) -> Kind:
    """A kind whose words stand for canonical ones."""
    back = {canonical: text for text, canonical in words.items()}
    want = one_of(words)

    def read(value: str, way: Way) -> str:
        """The canonical word."""
        if value not in words:
            raise Refused("unknown-choice", instead(value, want))
        return words[value]

    def write(value: str, way: Way) -> str:
        """The system's word."""
        if value not in back:
            raise Refused("no-word", f"ShipStation has no word for {value}")
        return back[value]

    return Kind(word, read, write, sure=words.__getitem__, quiet=True, code="unknown-choice", want=want, note=note)


STATUS = Kind(
    "status",
    _read_status,
    _write_status,
    sure=_STATUSES.__getitem__,
    code="unknown-choice",
    want=_WANT_STATUS,
    note="status",
)
_TIMELY: dict[str, Any] = {"code": "date-format", "want": _WANT_TIME, "schema": TIME_SCHEMA}
TIME = Kind("time", _read_time, _write_time, note="pacific", **_TIMELY)
DUE = Kind("time", _read_day, _write_midnight, note="pacific, midnight", **_TIMELY)
SHIPPED = Kind("date", _read_shipped, _write_day, note="date", **{**_TIMELY, "want": _WANT_DAY})
AMOUNT = Kind(
    "number",
    NUMBER.read,
    NUMBER.write,
    unquoted_number,
    sure=NUMBER.sure,
    quiet=True,
    grade=_grade_number,
    also_accepts={"type": "string", "pattern": r"^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"},
)
_WHOLE = {"type": "string", "pattern": "^-?[0-9]+$"}
NUMBERED = Kind("integer", unquoted=unquoted_number, grade=_grade_whole, also_accepts=_WHOLE)
REMOTE = Kind(
    "integer",
    read_remote,
    write_remote,
    unquoted_number,
    grade=_grade_whole,
    also_accepts=_WHOLE,
    note="home only",
)
WEIGHT_UNITS: Mapping[str, WeightUnit] = {"pounds": "lb", "ounces": "oz", "grams": "g"}
WEIGHT_UNIT = _word_kind("unit", WEIGHT_UNITS, "weights")
LENGTH_UNITS: Mapping[str, LengthUnit] = {"inches": "in", "centimeters": "cm"}

Amount: TypeAlias = Annotated[TypedNumber, AMOUNT]
"""A JSON number; a number written as text is a warning."""
Numbered: TypeAlias = Annotated[int, NUMBERED]
"""A whole number that the page types as number; one written as text is a warning."""
Time: TypeAlias = Annotated[str, AfterValidator(_real_time), TIME]
Due: TypeAlias = Annotated[str, AfterValidator(_real_time), DUE]
Shipped: TypeAlias = Annotated[str, AfterValidator(_real_time), SHIPPED]
