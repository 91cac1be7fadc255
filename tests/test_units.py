"""Measures stay exact, and say so where they cannot."""

import decimal
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderctl.order import Length, LengthUnit, Weight, WeightUnit
from orderctl.units import add, decimal_text, distance, mass, plain, times

WEIGHT_UNITS = get_args(WeightUnit)
everyday = st.decimals("0", "999999", places=4).filter(lambda value: value.is_finite())
long_numbers = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent, decimal.Context(prec=4000)),
    st.integers(0, 10**1000 - 1),
    st.integers(-1000, 0),
)


@pytest.mark.parametrize(
    ("value", "source", "unit", "expected"),
    [
        ("24", "oz", "kg", "0.680388555"),
        ("1", "lb", "kg", "0.45359237"),
        ("24", "oz", "lb", "1.5"),
        ("1", "oz", "lb", "0.0625"),
        ("0.5", "lb", "oz", "8"),
        ("500", "g", "kg", "0.5"),
        ("2.5", "kg", "g", "2500"),
        ("1", "oz", "g", "28.349523125"),
        ("2", "lb", "g", "907.18474"),
        ("0", "oz", "kg", "0"),
    ],
)
def test_a_mass_that_ends_is_exact(value: str, source: WeightUnit, unit: WeightUnit, expected: str) -> None:
    converted, rounded = mass(Weight(Decimal(value), source), unit)
    assert (str(converted), rounded) == (expected, False)


@pytest.mark.parametrize(
    ("value", "source", "unit", "expected"),
    [
        ("12", "in", "cm", "30.48"),
        ("10", "in", "m", "0.254"),
        ("35", "cm", "m", "0.35"),
        ("0.4", "m", "cm", "40"),
        ("2.54", "cm", "in", "1"),
    ],
)
def test_a_length_that_ends_is_exact(value: str, source: LengthUnit, unit: LengthUnit, expected: str) -> None:
    converted, rounded = distance(Length(Decimal(value), source), unit)
    assert (str(converted), rounded) == (expected, False)


def test_a_quotient_that_does_not_end_is_rounded_to_six_places() -> None:
    # 1 / 0.45359237 = 2.2046226218…
    assert mass(Weight(Decimal(1), "kg"), "lb") == (Decimal("2.204623"), True)
    # 10 / 2.54 = 3.9370078…
    assert distance(Length(Decimal(10), "cm"), "in") == (Decimal("3.937008"), True)


def test_a_quotient_that_ends_by_chance_is_exact() -> None:
    assert mass(Weight(Decimal("0.90718474"), "kg"), "lb") == (Decimal(2), False)


def test_more_than_fifteen_significant_digits_are_rounded_half_even() -> None:
    assert mass(Weight(Decimal("1234567890123.4565"), "g"), "kg") == (Decimal("1234567890.123456"), True)
    assert mass(Weight(Decimal("1234567890123.4575"), "g"), "kg") == (Decimal("1234567890.123458"), True)


def test_fifteen_significant_digits_are_kept() -> None:
    assert mass(Weight(Decimal("1.23456789012345"), "g"), "kg") == (Decimal("0.00123456789012345"), False)


def test_a_long_number_that_six_places_hold_is_not_called_rounded() -> None:
    assert mass(Weight(Decimal("12345678901234567890"), "kg"), "g") == (
        Decimal("12345678901234567890000"),
        False,
    )


def test_zeros_at_the_end_are_no_significant_digits() -> None:
    assert mass(Weight(Decimal("16.00000000000000000000"), "oz"), "lb") == (Decimal(1), False)


def test_the_same_unit_is_never_rounded() -> None:
    value = Decimal("0.1234567890123456789012345")
    assert mass(Weight(value, "lb"), "lb") == (value, False)
    assert distance(Length(value, "cm"), "cm") == (value, False)


def test_a_whole_result_has_no_exponent() -> None:
    assert str(mass(Weight(Decimal("1E+3"), "kg"), "g")[0]) == "1000000"


def test_the_callers_decimal_context_does_not_matter() -> None:
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        assert mass(Weight(Decimal(24), "oz"), "kg") == (Decimal("0.680388555"), False)
        assert mass(Weight(Decimal(1), "kg"), "lb") == (Decimal("2.204623"), True)
        assert plain(Decimal("12345.678900")) == "12345.6789"
        assert decimal_text("12345.6789") == Decimal("12345.6789")
        assert str(add(Decimal("12345.67"), Decimal("0.01"))) == "12345.68"
        assert str(times(Decimal("12345.67"), Decimal(2))) == "24691.34"


def test_sums_and_products_keep_every_digit() -> None:
    assert str(add(Decimal("1E+30"), Decimal("0.01"))) == "1" + "0" * 30 + ".01"
    assert times(Decimal("9" * 30), Decimal("9" * 30)) == Decimal(int("9" * 30) ** 2)


@given(everyday, st.sampled_from([("lb", "kg"), ("oz", "kg"), ("g", "kg"), ("oz", "lb"), ("lb", "g")]))
def test_a_mass_comes_back_from_a_finer_unit(value: Decimal, units: tuple[WeightUnit, WeightUnit]) -> None:
    there, back = units
    converted, rounded = mass(Weight(value, there), back)
    if not rounded:
        assert mass(Weight(converted, back), there) == (value, False)


@given(long_numbers, st.sampled_from(WEIGHT_UNITS), st.sampled_from(WEIGHT_UNITS))
def test_a_thousand_digits_convert_to_within_half_of_the_sixth_place(
    value: Decimal, source: WeightUnit, unit: WeightUnit
) -> None:
    sizes = {"kg": 10**12, "g": 10**9, "lb": 453592370000, "oz": 28349523125}
    converted, rounded = mass(Weight(value, source), unit)
    with decimal.localcontext(decimal.Context(prec=5000)):
        error = abs(converted * sizes[unit] - value * sizes[source])
        assert error <= (Decimal("0.0000005") * sizes[unit] if rounded else 0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.77", "0.77"),
        (".77", "0.77"),
        ("1.10", "1.1"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("1E-10", "0.0000000001"),
        ("0", "0"),
        ("-0", "0"),
        ("0.000", "0"),
        ("-0.00", "0"),
        ("0E+3", "0"),
        ("-1.50", "-1.5"),
        ("12345678901234567890.12345678901234567890", "12345678901234567890.1234567890123456789"),
    ],
)
def test_a_decimal_is_written_plainly(value: str, expected: str) -> None:
    assert plain(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", "2"),
        ("2.50", "2.50"),
        (".77", "0.77"),
        ("5.", "5"),
        ("-1.5", "-1.5"),
        ("-.5", "-0.5"),
        ("007", "7"),
    ],
)
def test_a_decimal_text_is_read(text: str, expected: str) -> None:
    assert decimal_text(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "-.",
        "+1",
        "1e5",
        "1_000",
        " 1",
        "1 ",
        "1\n",
        "1,5",
        "1.2.3",
        "--1",
        "NaN",
        "Infinity",
        "٣",
        "1.٣",
        "²",
    ],
)
def test_other_texts_are_no_decimals(text: str) -> None:
    assert decimal_text(text) is None


def test_a_thousand_digits_are_read_and_one_more_is_not() -> None:
    assert decimal_text("-" + "9" * 500 + "." + "9" * 500) is not None
    assert decimal_text("9" * 1001) is None
    assert decimal_text("0" * 100_000) is None


@given(long_numbers)
def test_what_is_written_plainly_is_read_as_the_same_number(value: Decimal) -> None:
    text = plain(value)
    read = decimal_text(text)
    assert read == value if len(text) <= 1001 else "E" not in text
