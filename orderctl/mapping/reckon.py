"""What an order says twice of its weight and worth, and what no parcel weighs: warnings, and our own reading.

Knows the words items, packages, weight and quantity, which every shape has; a shape gives the rest. Weights and
amounts are contrary beyond a factor of two only, since the vendors' own samples come close to it; what lacks a part
(a line without a price, a package without a weight, an order that is shipped in part) proves nothing. A glance in
floats says only whether an order asks for a closer look; the look itself is exact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from orderctl import units
from orderctl.mapping.check import Judge
from orderctl.mapping.wording import found
from orderctl.paths import Path, look

Reading: TypeAlias = Callable[[Any], Decimal | None]
"""Reads a value of a document as a number, None where it is none."""

PARCEL = Decimal(70)
"""Kilograms that parcel carriers take of one package at most: UPS and FedEx 150 lb, DHL Express 70 kg, USPS 70 lb."""
ORDER = Decimal(1000)
"""Kilograms of a whole order, in however many packages, that ask for a second look."""
_TWICE = 2
_NEARLY_TWICE = 1.95
_GLANCED_HEAVY, _GLANCED_WHOLE = 139.0, 999.0
_ENDLESS = float("inf")
_PUZZLED = (TypeError, ValueError, LookupError, AttributeError, OverflowError)
_HEAVY = PARCEL * _TWICE
_NOTHING = Decimal(0)
_SLACK = Decimal("0.1")
_CENT = Decimal("0.01")
_MANY_DIGITS = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class Scale:
    """How a shape states weights.

    `kilograms` reads one, whose value stands `at` a place in it; `count` reads a quantity. `glance` is the quick
    way to read one, in units of which `unit` kilograms are one; it raises what `_PUZZLED` names where there is none.
    `whole` says that the order has a weight of its own.
    """

    kilograms: Reading
    count: Reading
    glance: Callable[[Any], float]
    unit: float = 1.0
    at: Path = ()
    whole: bool = False


def number(value: Any) -> Decimal | None:
    """A JSON number."""
    return value if type(value) is Decimal else Decimal(value) if type(value) is int else None


def text_number(value: Any) -> Decimal | None:
    """A number written as text, or a JSON number."""
    return units.decimal_text(value) if isinstance(value, str) else number(value)


def weigh(document: Mapping[str, Any], judge: Judge, scale: Scale, *, partial: bool) -> None:
    """Warn of a weight that no parcel has, and of items that weigh over twice what they are packed in.

    A `partial` order holds more items than are packed.
    """
    if _plausible(document, scale):
        return
    goods = _goods(document, judge, scale)
    packed, place = _packed(document, judge, scale)
    whole = scale.kilograms(document.get("weight")) if scale.whole else None
    if whole is not None and not _NOTHING <= whole <= ORDER:
        _absurd(("weight", *scale.at), whole, f"over {ORDER} kg in one order is rare", judge)
    for stated, path in ((packed, place), (whole, ("weight", *scale.at))):
        if stated is not None and stated > 0 and not partial and goods > stated * _TWICE + _SLACK:
            _differ(path, f"{_plain(stated)} kg", f"the items weigh {_plain(goods)} kg", judge)


def _plausible(document: Mapping[str, Any], scale: Scale) -> bool:
    """Whether a glance finds nothing that asks for a closer look."""
    glance, heavy = scale.glance, _GLANCED_HEAVY / scale.unit
    packages = document.get("packages") or ()
    goods = packed = 0.0
    try:
        for item in document.get("items") or ():
            if (weight := item.get("weight")) is not None:
                mass = glance(weight)
                if not 0 <= mass <= heavy:
                    return False
                goods += mass * float(item.get("quantity") or 0)
        for package in packages:
            if (weight := package.get("weight")) is None:
                packed = _ENDLESS
                continue
            packed += (mass := glance(weight))
            if not 0 <= mass <= heavy or package.get("delete"):
                return False
        least = packed if packages else _ENDLESS
        if scale.whole and (weight := document.get("weight")) is not None:
            least = min(least, mass := glance(weight))
            if not 0 <= mass <= _GLANCED_WHOLE:
                return False
    except _PUZZLED:
        return False
    return goods <= least * _NEARLY_TWICE


def modest(document: Mapping[str, Any], price: str, stated: Any) -> bool:
    """Whether a glance finds that the lines come to half of an amount or more."""
    try:
        worth = 0.0
        for item in document["items"]:
            worth += float(item[price]) * float(item["quantity"])
        return float(stated) <= worth * _NEARLY_TWICE
    except _PUZZLED:
        return False


def amount(path: Path, stated: Decimal | None, goods: Decimal | None, judge: Judge) -> None:
    """Warn of an amount that is over twice what the lines come to."""
    if stated is not None and goods is not None and goods > 0 and stated > goods * _TWICE:
        _differ(path, _plain(stated), f"the lines come to {_plain(goods)}", judge)


def total(path: Path, stated: Decimal, sums: Sequence[Decimal], lines: int, judge: Judge) -> None:
    """Warn of a total that is none of the sums that it may be, a cent of rounding allowed for each line."""
    if all(abs(stated - each) > _CENT * (lines + 1) for each in sums):
        _differ(path, _plain(stated), f"lines, tax and shipping come to {_plain(sums[0])}", judge)


def worth(document: Mapping[str, Any], price: str, read: Reading) -> Decimal | None:
    """What the lines come to; None where there is no line, or one without a price or quantity."""
    total, listed = _NOTHING, document.get("items")
    if not isinstance(listed, list) or not listed:
        return None
    for line in listed:
        each = read(line.get(price)) if isinstance(line, Mapping) else None
        pieces = read(line.get("quantity")) if each else None
        if not each or pieces is None:
            return None
        total += each * pieces
    return total


def packed(document: Mapping[str, Any], key: str, read: Reading) -> tuple[Decimal | None, Path]:
    """What the packages state under a key in all, None unless each states it, and the place where it stands."""
    values = {index: read(package.get(key)) for index, package in _lines(document, "packages")}
    return _sum(values), _place(values, key)


def _goods(document: Mapping[str, Any], judge: Judge, scale: Scale) -> Decimal:
    """What the items weigh in all, as far as they say it."""
    goods = _NOTHING
    for index, item in _lines(document, "items"):
        weight = scale.kilograms(item.get("weight"))
        if weight:
            pieces = [scale.count(item.get(key)) for key in ("quantity", "quantity_to_ship")]
            goods += weight * min((each for each in pieces if each is not None), default=_NOTHING)
            _light(("items", index, "weight", *scale.at), weight, judge)
    return goods


def _packed(document: Mapping[str, Any], judge: Judge, scale: Scale) -> tuple[Decimal | None, Path]:
    """What the packages weigh in all, None unless each says it (zero says nothing), and its place."""
    weights: dict[int, Decimal | None] = {}
    for index, package in _lines(document, "packages"):
        weight = scale.kilograms(package.get("weight"))
        if weight:
            _light(("packages", index, "weight", *scale.at), weight, judge)
        weights[index] = weight or None
    return _sum(weights), _place(weights, "weight", *scale.at)


def _light(path: Path, weight: Decimal, judge: Judge) -> None:
    """Warn of a piece that is far too heavy for a parcel, or below zero."""
    if not _NOTHING <= weight <= _HEAVY:
        _absurd(path, weight, f"parcel carriers take {PARCEL} kg", judge)


def _lines(document: Mapping[str, Any], key: str) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """The items or packages that are not deleted, with their index; what is no object says nothing."""
    listed = document.get(key)
    each = [line if isinstance(line, Mapping) else {} for line in listed] if isinstance(listed, list) else []
    return [(index, line) for index, line in enumerate(each) if line.get("delete") is not True]


def _sum(stated: Mapping[int, Decimal | None]) -> Decimal | None:
    """The sum of what is stated, None where there is nothing or a part is missing."""
    total = _NOTHING
    for value in stated.values():
        if value is None:
            return None
        total += value
    return total if stated else None


def _place(stated: Mapping[int, Decimal | None], *inner: str | int) -> Path:
    """Where packages state something: at the one package, else the list."""
    return ("packages", *stated, *inner) if len(stated) == 1 else ("packages",)


def _absurd(path: Path, weight: Decimal, why: str, judge: Judge) -> None:
    why = why if weight > 0 else "a weight is not below zero"
    said = f"found {found(look(judge.document, path))}, which is {_plain(weight)} kg; {why}; check number and unit"
    judge.find("absurd-weight", path, said, "warning", basis="inferred")


def _differ(path: Path, stated: str, rest: str, judge: Judge) -> None:
    value = look(judge.document, path)
    said = f"a list that comes to {stated}" if isinstance(value, list) else found(value)
    said += f" ({stated})" if stated.endswith("kg") and not isinstance(value, list) else ""
    judge.find(
        "sums-differ", path, f"found {said}, and {rest}; correct the one that is wrong", "warning", basis="inferred"
    )


def _plain(value: Decimal) -> str:
    """A figure for people, to three places."""
    return units.plain(round(value, 3)) if abs(value) < _MANY_DIGITS else f"{value:.3e}"
