"""The value kinds that both of Webship's shapes share: statuses, services, and units stated once per order.

Knows Webship's words; knows no other system's.
"""

from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import StringConstraints

from orderctl import units
from orderctl.mapping.kinds import DECIMAL_TEXT, Kind, Refused, read_decimal_text, write_decimal_text
from orderctl.mapping.way import Way
from orderctl.order import Length, Weight

_READ = {"pending": "pending", "partial": "partial", "fulfilled": "shipped"}
_WRITE = {"pending": "pending", "partial": "partial", "shipped": "fulfilled", "delivered": "fulfilled"}


def _read_status(value: str, way: Way) -> str:
    status = _READ.get(value)
    if status is None:
        raise Refused("unknown-choice", f'found "{value}"; write one of {", ".join(_READ)}')
    return status


def _write_status(value: str, way: Way) -> str:
    word = _WRITE.get(value)
    if word is None:
        raise Refused("no-word", f"Webship has no word for {value}; set maps.statuses.{way.target.name}.{value}")
    if value == "delivered":
        way.note("approximated", "Webship knows no delivery, only that an order is fulfilled")
    return word


def _read_weight(value: Any, way: Way) -> Weight:
    number = read_decimal_text(value, way)
    unit = way.document.get("weightUnit")
    if unit not in ("lb", "kg"):
        raise Refused("missing", "weightUnit is not given, and a weight without its unit cannot be converted")
    return Weight(number, "lb" if unit == "lb" else "kg")


def _write_weight(value: Weight, way: Way) -> str:
    return _measure(value.value, way)


def _read_length(value: Any, way: Way) -> Length:
    number = read_decimal_text(value, way)
    unit = way.document.get("dimUnit")
    if unit not in ("in", "cm"):
        raise Refused("missing", "dimUnit is not given, and a length without its unit cannot be converted")
    return Length(number, "in" if unit == "in" else "cm")


def _write_length(value: Length, way: Way) -> str:
    return _measure(value.value, way)


def _measure(value: Decimal, way: Way) -> str:
    return units.without_zeros(write_decimal_text(value, way))


_WANT = DECIMAL_TEXT.want
STATUS = Kind("status", _read_status, _write_status, code="unknown-choice", note="status")
WEIGHT = Kind("decimal text", _read_weight, _write_weight, code="decimal-format", want=_WANT, note="weights")
LENGTH = Kind("decimal text", _read_length, _write_length, code="decimal-format", want=_WANT, note="lengths")

_DECIMAL = StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?$", max_length=1000)
WeightText: TypeAlias = Annotated[str, _DECIMAL, WEIGHT]
LengthText: TypeAlias = Annotated[str, _DECIMAL, LENGTH]
