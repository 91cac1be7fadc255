"""Which value surely was meant, for each fault that has a safe repair.

Knows codes of findings and the kinds of values; knows no vendor and no file. A rule answers with the value and
why, with the reason why it would be a guess, or with None where it has nothing to say.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from orderctl import places, units
from orderctl.findings import Finding
from orderctl.fix.repair import Left, Repair
from orderctl.mapping.prepare import Row, pattern_of
from orderctl.mapping.shape import Shape
from orderctl.paths import Path, look, unspell


class Sure(NamedTuple):
    """The value that was meant, and why that is sure."""

    after: object
    reason: str


Answer: TypeAlias = "Sure | str | None"


@dataclass(frozen=True, slots=True)
class Spot:
    """One value in its document, with the line that declares it."""

    document: Mapping[str, Any]
    shape: Shape
    path: Path
    row: Row
    value: Any

    @property
    def country(self) -> str | None:
        """The ISO code of the country that stands beside the value; None where none is known."""
        rows = self.shape.rows
        beside = pattern_of(self.path[:-1])
        keys = [at[-1] for at, row in rows.items() if at[:-1] == beside and row.to == "country"]
        word = look(self.document, (*self.path[:-1], keys[0])) if keys and isinstance(keys[0], str) else None
        return places.country_code(word) if isinstance(word, str) else None


def propose(document: Mapping[str, Any], shape: Shape, findings: list[Finding]) -> Iterator[Repair | Left]:
    """What can be repaired of these findings, and what looks so but would be a guess."""
    for finding in findings:
        row = shape.row(finding.path) if finding.path else None
        if row is not None and row.nested is None:
            spot = Spot(document, shape, finding.path, row, finding.value)
            yield from _answered(spot, finding.code, _RULES.get(finding.code, ()))


def propose_phones(document: Mapping[str, Any], shape: Shape) -> Iterator[Repair | Left]:
    """Phone numbers whose ten digits the shape asks for, and which are written with punctuation."""
    for said in shape.says:
        path = unspell(said.where) if said.code == "phone-digits" else None
        row = shape.row(path) if path else None
        if path and row is not None:
            spot = Spot(document, shape, path, row, look(document, path))
            yield from _answered(spot, None, (_phone,))


def _answered(spot: Spot, code: str | None, rules: tuple[Callable[[Spot], Answer], ...]) -> Iterator[Repair | Left]:
    for rule in rules:
        answer = rule(spot)
        if isinstance(answer, Sure):
            yield Repair(spot.path, spot.value, answer.after, answer.reason, code)
        elif answer is not None:
            yield Left(spot.path, spot.value, answer)
        if answer is not None:
            return


def _zip(spot: Spot) -> Answer:
    value = spot.value
    if spot.row.to != "postal_code" or isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    digits = str(value)
    if not digits.isdigit():
        return f"{digits} is no postal code as a number; write it in quotes"
    country = spot.country
    if country is None:
        return "the country is not known, so leading zeros may be lost; write the postal code in quotes"
    whole = _POSTAL_DIGITS.get(country, ())
    if len(digits) not in whole:
        due = f"they have {' or '.join(map(str, whole))} digits" if whole else "their form is not known here"
        return f"leading zeros may be lost: for postal codes in {country} {due}; write it in quotes"
    return Sure(digits, f"a postal code is text, and one of {len(digits)} digits is whole in {country}")


def _decimal_of_number(spot: Spot) -> Answer:
    value = spot.value
    if spot.row.kind.word != "decimal text" or isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if value.is_signed() if isinstance(value, Decimal) else value < 0:
        return "the field has no sign, so a negative amount has no form here"
    if isinstance(value, Decimal) and "E" in str(value):
        return "it is written with an exponent; write its digits in quotes"
    return Sure(str(value), "a decimal is text here; all its digits are kept")


def _decimal_of_text(spot: Spot) -> Answer:
    if spot.row.kind.word != "decimal text" or not isinstance(spot.value, str):
        return None
    found = _BARE_POINT.fullmatch(spot.value)
    if found is None:
        return "what is meant by it would be a guess"
    whole, fraction = found[1] or "0", found[2]
    return Sure(f"{whole}.{fraction}" if fraction else whole, "a decimal has digits on both sides of its point")


def _number_of_text(spot: Spot) -> Answer:
    value = spot.value
    is_number = spot.row.kind.word == "number" or (spot.row.kind.word == "integer" and spot.row.to == "quantity")
    if not isinstance(value, str) or not is_number or spot.row.to == "remote_id":
        return None
    number = units.decimal_text(value)
    if number is None:
        return None
    if not _UNAMBIGUOUS.fullmatch(value):
        return "leading zeros or a zero with a sign: this may be no number"
    whole = "." not in value.rstrip(".")
    if spot.row.annotation is int and not whole:
        return "a whole number is due here"
    return Sure(int(number) if whole else number, "a number is due here; all its digits are kept")


def _state(spot: Spot) -> Answer:
    country = spot.country
    code = places.region_code(country, spot.value) if country and isinstance(spot.value, str) else None
    return Sure(code, f"the page asks for the code in {country}") if code else None


def _country(spot: Spot) -> Answer:
    text = spot.value
    if not isinstance(text, str):
        return None
    code = text.upper() if text.isascii() and text.upper() in places.COUNTRY_CODES else places.country_code(text)
    if code is None:
        return None
    regions = (places.region_code(country, text) for country in places.REGION_CODES)
    if len(text) > len(code) and any(region not in (None, code) for region in regions):
        return f"it names a state as well as the country {code}"
    return Sure(code, "the ISO 3166-1 code of that country")


def _phone(spot: Spot) -> Answer:
    text = spot.value
    if not isinstance(text, str) or not _counts_as_ten(text):
        return None
    found = _TEN_DIGITS.fullmatch(_PUNCTUATION.sub("", text))
    if found is None:
        return "it holds more than ten digits and their punctuation, so another number may be meant"
    if found[1] == "1" and spot.country not in places.DIALLED_WITH_ONE:
        return "its first digit may belong to it: only numbers of North America begin with a 1 that can be left out"
    return Sure(found[2], "the page asks for ten digits")


def _counts_as_ten(text: str) -> bool:
    """Whether a text holds ten digits, or eleven of which the first is a 1, and is more than these ten."""
    digits = re.sub("[^0-9]", "", text)
    return digits != text if len(digits) == 10 else len(digits) == 11 and digits[0] == "1"


_RULES: Mapping[str, tuple[Callable[[Spot], Answer], ...]] = {
    "text-as-number": (_zip,),
    "number-as-text": (_number_of_text,),
    "wrong-type": (_zip, _decimal_of_number, _number_of_text),
    "decimal-format": (_decimal_of_text,),
    "state-code": (_state,),
    "unknown-country": (_country,),
    "country-case": (_country,),
}
_BARE_POINT = re.compile(r"(?=\.?[0-9])([0-9]*)\.([0-9]*)")
_UNAMBIGUOUS = re.compile(r"(?!-[0.]*$)-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)")
_PUNCTUATION = re.compile(r"[\s().\-/\u2010-\u2013]")
_TEN_DIGITS = re.compile(r"(\+?1)?([0-9]{10})")

_FOUR = "AT AU BE BG CH CY DK HU LU NO NZ PH SI ZA"
_FIVE = "DE EE ES FI FR HR ID IT KR MX MY TH TR UA"
_SIX = "CN IN KZ RO RU SG"
_ZIP_PLUS_FOUR = "US AS GU MP PR UM VI"
_POSTAL_DIGITS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(_FOUR.split(), (4,)),
    **dict.fromkeys(_FIVE.split(), (5,)),
    **dict.fromkeys(_SIX.split(), (6,)),
    **dict.fromkeys(_ZIP_PLUS_FOUR.split(), (5, 9)),
}
"""How many digits a whole postal code has, where they are digits alone: with fewer, zeros were lost."""
