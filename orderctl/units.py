"""Exact measures: masses and lengths in another unit, sums and products, decimals as plain text.

Knows nothing of shapes or findings. Never a float, never the global decimal context.
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from functools import cache, lru_cache
from typing import TypeAlias

from orderctl.order import Length, LengthUnit, Weight, WeightUnit

_Unit: TypeAlias = WeightUnit | LengthUnit
KILOGRAMS: dict[WeightUnit, Decimal] = {
    "kg": Decimal("1"),
    "g": Decimal("0.001"),
    "lb": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
_CENTIMETRES: dict[LengthUnit, Decimal] = {"cm": Decimal("1"), "m": Decimal("100"), "in": Decimal("2.54")}
_SIZES = dict([*KILOGRAMS.items(), *_CENTIMETRES.items()])

_SIX_PLACES = Decimal("0.000001")
_MOST_DIGITS = 1_000
_SHORT = 20
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def mass(weight: Weight, unit: WeightUnit) -> tuple[Decimal, bool]:
    """The mass in `unit`, and whether it had to be rounded to six places (mapping, weights)."""
    if weight.unit == unit:
        return weight.value, False
    return _converted(weight.value, weight.unit, unit)


def distance(length: Length, unit: LengthUnit) -> tuple[Decimal, bool]:
    """The length in `unit`, and whether it had to be rounded to six places (mapping, lengths)."""
    if length.unit == unit:
        return length.value, False
    return _converted(length.value, length.unit, unit)


def size(measure: Weight | Length) -> Decimal:
    """The exact mass in kilograms, or the exact length in centimetres."""
    return times(measure.value, _SIZES[measure.unit])


def plain(value: Decimal) -> str:
    """A finite decimal in digits: no exponent, no zeros at the end of a fraction, never `-0`."""
    return without_zeros(digits(value))


def without_zeros(text: str) -> str:
    """A decimal in digits without zeros at the end of its fraction, never `-0`."""
    if text[-1] != "0":
        return text
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return "0" if text == "-0" else text


def digits(value: Decimal) -> str:
    """A finite decimal in all its digits, without an exponent."""
    text = str(value)
    return format(value, "f") if "E" in text else text


def decimal_text(text: str) -> Decimal | None:
    """Read `12`, `12.50`, `.77`, `5.`, `-1`; None for any other text and beyond 1,000 digits."""
    if len(text) <= _SHORT and text.isascii() and text.replace(".", "", 1).isdecimal():
        return Decimal(text)
    if len(text) > _MOST_DIGITS + len("-.") or not _DECIMAL.fullmatch(text):
        return None
    return Decimal(text) if sum(map(str.isdigit, text)) <= _MOST_DIGITS else None


def add(one: Decimal, other: Decimal) -> Decimal:
    """The exact sum."""
    return _EXACTLY.add(one, other)


def times(one: Decimal, other: Decimal) -> Decimal:
    """The exact product."""
    return _EXACTLY.multiply(one, other)


@lru_cache(maxsize=4096)
def _converted(value: Decimal, unit: _Unit, target: _Unit) -> tuple[Decimal, bool]:
    """Remembered, since wares and boxes come again."""
    factor, divisor = _ratio(unit, target)
    result, exact = _EXACTLY.multiply(value, factor), True
    if divisor is not None:
        context = _exactly()
        result = context.divide(result, divisor)
        exact = not context.flags[Inexact]
    if exact and _FIFTEEN_DIGITS.plus(result) == result:
        return _trimmed(result), False
    rounded = _EXACTLY.quantize(result, _SIX_PLACES)
    return _trimmed(rounded), rounded != result


@cache
def _ratio(unit: _Unit, target: _Unit) -> tuple[Decimal, Decimal | None]:
    """What to multiply by and to divide by; a divisor only where the quotient of the sizes does not end."""
    context, size, target_size = _exactly(), _SIZES[unit], _SIZES[target]
    quotient = context.divide(size, target_size)
    return (size, target_size) if context.flags[Inexact] else (quotient, None)


def _exactly() -> Context:
    """Room for a number of 1,000 digits and an exponent of ±1,000, and its quotient to six places."""
    return Context(prec=4 * _MOST_DIGITS, rounding=ROUND_HALF_EVEN, traps=[], clamp=0)


def _trimmed(value: Decimal) -> Decimal:
    """The same number without zeros at its end; a whole number keeps all its digits."""
    text = digits(value)
    return Decimal(without_zeros(text)) if text[-1] == "0" else value


_EXACTLY = _exactly()
_FIFTEEN_DIGITS = Context(prec=15, rounding=ROUND_HALF_EVEN, traps=[], clamp=0)
