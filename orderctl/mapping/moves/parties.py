"""The parties of an order on their way out: places, address lines, regions, phones.

Knows the canonical order and the way; knows no vendor. Every move that changes meaning is noted.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from orderctl import places
from orderctl.mapping.way import Way
from orderctl.mapping.wording import no_region
from orderctl.order import Order, Party

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape

PARTIES = ("sender", "return_to", "ship_to", "bill_to")
_NO_DIGIT = re.compile(r"[^0-9]")
_LATER = ("line2", "line3", "building", "suburb")


def parties(order: Order, way: Way) -> list[tuple[str, Party]]:
    """The parties of an order that the target has a home for, with their names."""
    return [(name, party) for name in _homes(way.target) if (party := getattr(order, name)) is not None]


@cache
def _homes(shape: "Shape") -> tuple[str, ...]:
    """The parties that a shape has a home for."""
    return tuple(name for name in PARTIES if shape.where((name,)) is not None)


def one_locality(party: Party, name: str, way: Way) -> None:
    """Make the suburb the city where there is no city, or where both are the same place."""
    if party.suburb is None:
        return
    if party.city is None or party.city == party.suburb:
        party.city, party.suburb = party.suburb, None
        way.change(
            "moved",
            (name, "suburb"),
            f"{way.target.title} has one field for the place",
            target=way.target.where((name, "city")),
        )


def fold_lines(party: Party, name: str, way: Way, free: Sequence[str]) -> None:
    """Move what has no line of its own into the free lines, joined with ", " where they do not suffice.

    `free` are the lines after the first that the target has; the second always is.
    """
    if party.line3 is party.building is party.suburb is None:
        return
    homeless = [each for each in _LATER if getattr(party, each) is not None and each not in free]
    if not homeless:
        return
    open_lines = [attribute for attribute in free if getattr(party, attribute) is None]
    into = open_lines[: len(homeless)] or [free[-1]]
    shares = [[part] for part in homeless[: len(into)]]
    shares[-1].extend(homeless[len(into) :])
    for line, share in zip(into, shares, strict=True):
        _fold(party, name, way, line, share)
    for attribute in homeless:
        if attribute not in into:
            setattr(party, attribute, None)


def _fold(party: Party, name: str, way: Way, line: str, share: list[str]) -> None:
    present = [line] if getattr(party, line) is not None else []
    parts = present + share
    kind: str = "merged" if len(parts) > 1 else "moved"
    target = way.target.where((name, line))
    for part in parts:
        way.change(
            "merged" if kind == "merged" else "moved",
            (name, part),
            f"{way.target.title} has no line of its own for it",
            target=target,
            before=getattr(party, part),
        )
    setattr(party, line, ", ".join(getattr(party, part) for part in parts))


def code_region(party: Party, name: str, way: Way) -> None:
    """Write a US or Canadian region as its two-character code; one that is neither code nor name is refused."""
    country, region = party.country, party.region
    if region is None or country not in places.REGION_CODES or region in places.REGION_CODES[country]:
        return
    code = places.region_code(country, region)
    if code is None:
        way.refuse("state-code", no_region(region, country), (name, "region"))
    else:
        party.region = code


def dial(party: Party, name: str, way: Way) -> None:
    """Write the ten digits of a phone number, a leading 1 of eleven dropped; it stays as it came if it has others."""
    text = party.phone
    if text is None or (digits := ten_digits(text)) is None or digits == text:
        return
    party.phone = digits
    dropped = len(_NO_DIGIT.sub("", text)) > len(digits)
    if dropped and party.country not in places.DIALLED_WITH_ONE and "+1" not in text:
        reason = "a leading 1 of eleven digits is dropped, which belongs to the number outside North America"
        way.change("approximated", (name, "phone"), reason)


def ten_digits(text: str) -> str | None:
    """The ten digits of a phone number, all else and a leading 1 of eleven dropped; None if they are not ten."""
    if len(text) == 10 and text.isascii() and text.isdigit():
        return text
    digits = _NO_DIGIT.sub("", text)
    digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return digits if len(digits) == 10 else None
