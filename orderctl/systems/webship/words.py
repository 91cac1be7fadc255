"""The value kinds that both of Webship's shapes share: statuses, services, and units stated once per order.

Knows Webship's words; knows no other system's.
"""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeAlias

from msgspec import Meta
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from orderctl import units
from orderctl.mapping.kinds import DECIMAL_TEXT, Kind, Refused, read_decimal_text, write_decimal_text
from orderctl.mapping.way import Way
from orderctl.mapping.wording import instead, one_of
from orderctl.order import Length, Weight

_READ = {"pending": "pending", "partial": "partial", "fulfilled": "shipped"}
_WRITE = {"pending": "pending", "partial": "partial", "shipped": "fulfilled", "delivered": "fulfilled"}
_WANT_STATUS = one_of(_READ)


def _read_status(value: str, way: Way) -> str:
    status = _READ.get(value)
    if status is None:
        raise Refused("unknown-choice", instead(value, _WANT_STATUS))
    return status


def _write_status(value: str, way: Way) -> str:
    word = _WRITE.get(value)
    if word is None:
        raise Refused("no-word", f"Webship has no word for {value}; set maps.statuses.{way.target.name}.{value}")
    if value == "delivered":
        way.note("approximated", "Webship knows no delivery, only that an order is fulfilled")
    return word


def _read_weight(value: Any, way: Way) -> Weight:
    number = Decimal(value) if way.sound else read_decimal_text(value, way)
    unit = way.document.get("weightUnit")
    if unit not in ("lb", "kg"):
        raise Refused("missing", "weightUnit is not given, and a weight without its unit cannot be converted")
    return Weight(number, "lb" if unit == "lb" else "kg")


def _read_length(value: Any, way: Way) -> Length:
    number = Decimal(value) if way.sound else read_decimal_text(value, way)
    unit = way.document.get("dimUnit")
    if unit not in ("in", "cm"):
        raise Refused("missing", "dimUnit is not given, and a length without its unit cannot be converted")
    return Length(number, "in" if unit == "in" else "cm")


def write_measure(value: Weight | Length, way: Way) -> str:
    """Write a measure, whose unit stands elsewhere, without zeros at the end of its fraction."""
    return units.without_zeros(write_decimal_text(value.value, way))


class PositiveInteger:
    """A whole number of 1 or more, as a JSON number or as its digits in a text; `quick` says so to `sound`."""

    quick: ClassVar[Any] = Annotated[int, Meta(ge=1, le=2**63 - 1)] | Annotated[str, Meta(pattern=r"^0*[1-9][0-9]*\Z")]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """One error, at the field itself: of type where it is no whole number, of range where it is below 1."""
        whole = core_schema.union_schema(
            [core_schema.int_schema(strict=True), core_schema.str_schema(strict=True, pattern=r"^-?[0-9]+$")],
            custom_error_type="number_type",
            custom_error_message="not a whole number",
        )
        return core_schema.no_info_after_validator_function(_at_least_one, whole)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^0*[1-9][0-9]*$"}]}


def _at_least_one(value: int | str) -> int | str:
    if (isinstance(value, int) and value < 1) or (isinstance(value, str) and (value[0] == "-" or not value.strip("0"))):
        raise PydanticCustomError("too_small", "below 1")
    return value


_WANT = DECIMAL_TEXT.want
STATUS = Kind(
    "status",
    _read_status,
    _write_status,
    sure=_READ.__getitem__,
    code="unknown-choice",
    want=_WANT_STATUS,
    note="status",
)
WEIGHT = Kind(
    "decimal text", _read_weight, write_measure, quiet=True, code="decimal-format", want=_WANT, note="weights"
)
LENGTH = Kind(
    "decimal text", _read_length, write_measure, quiet=True, code="decimal-format", want=_WANT, note="lengths"
)

_DECIMAL = StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?$", max_length=1000)
WeightText: TypeAlias = Annotated[str, _DECIMAL, WEIGHT]
LengthText: TypeAlias = Annotated[str, _DECIMAL, LENGTH]
