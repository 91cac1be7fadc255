"""What an order is worth on its way out: insurance, declared values, customs.

Knows the canonical order and the way; knows no vendor. Every move that changes meaning is noted.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce

from orderctl import units
from orderctl.mapping.way import Way
from orderctl.order import Customs, CustomsLine, Item, Order, Package
from orderctl.paths import Path


def insure_package(order: Order, way: Way) -> None:
    """Put the order's insurance on its one package, or on a new one; what has no place is dropped."""
    insurance = order.insurance
    if insurance is None or not insurance.insured or not insurance.value:
        return
    packages = order.packages or []
    if len(packages) > 1 or any(package.insured_value is not None for package in packages):
        return
    if not packages:
        order.packages = packages = [Package()]
    packages[0].insured_value = insurance.value
    place, target = ("packages", 0, "insured_value"), way.target.where(("packages", 0, "insured_value"))
    for attribute in ("insured", "value"):
        if way.source.where(("insurance", attribute)) != way.source.where(place):
            way.change("moved", ("insurance", attribute), "the one package carries the insurance", target=target)
    if insurance.provider is not None:
        way.change("dropped", ("insurance", "provider"), f"{way.target.title} has no field for it")
    order.insurance = None


def uninsure_zero(order: Order, way: Way) -> None:
    """Write an insured value of zero as no insurance."""
    for index, package in enumerate(order.packages or []):
        if package.insured_value is not None and package.insured_value == 0:
            place = way.source_place(("packages", index, "insured_value"))
            way.change("assumed", place, "an insured value of zero means no insurance")
            package.insured_value = None


def undeclare_at_home(order: Order, way: Way) -> None:
    """Drop declared values where sender and destination lie in one country."""
    sender = order.sender or way.settings.sender
    first = sender.country if sender else None
    if first is None or order.ship_to is None or first != order.ship_to.country:
        return
    for index, package in enumerate(order.packages or []):
        if package.declared_value is not None:
            place = way.source_place(("packages", index, "declared_value"))
            way.change("dropped", place, "a domestic shipment has no declared value")
            package.declared_value = None


def crosses_a_border(order: Order, way: Way) -> bool:
    """Whether sender and destination lie in different countries; not, where one of them is not known."""
    sender = order.sender or way.settings.sender
    first = sender.country if sender else None
    second = order.ship_to.country if order.ship_to else None
    return first is not None and second is not None and first != second


def match_customs(order: Order, way: Way) -> None:
    """Give an item the tariff code and origin of the customs line whose description is its title.

    What such a line repeats of the item moves there; what it says otherwise is merged away.
    """
    customs = order.customs
    if customs is None or not customs.lines or not order.items or not way.target.holds(("items", 0, "hs_code")):
        return
    titles = [item.title for item in order.items]
    matched: dict[int, int] = {}
    for index, line in enumerate(customs.lines):
        if line.description is not None and titles.count(line.description) == 1:
            at = titles.index(line.description)
            if at not in matched.values() and order.items[at].hs_code is order.items[at].origin is None:
                matched[index] = at
    for index, at in matched.items():
        _match(customs.lines[index], index, order.items[at], at, way)
    if matched:
        _drop_unmatched(customs, matched, way)
        order.customs = None


def _drop_unmatched(customs: Customs, matched: dict[int, int], way: Way) -> None:
    """Name what a customs declaration says beyond the lines that items have taken over."""
    unsaid: list[Path] = [
        ("customs", name) for name in ("contents", "non_delivery") if getattr(customs, name) is not None
    ]
    unsaid += [("customs", "lines", at) for at in range(len(customs.lines or [])) if at not in matched]
    for place in unsaid:
        way.change("dropped", place, f"{way.target.title} has no field for it")


def _match(line: CustomsLine, index: int, item: Item, at: int, way: Way) -> None:
    item.hs_code, item.origin = line.hs_code, line.origin
    value = worth(item)
    same = {
        "description": ("title", True),
        "quantity": ("quantity", line.quantity == item.quantity),
        "value": ("unit_price", line.value == value),
        "hs_code": ("hs_code", True),
        "origin": ("origin", True),
    }
    for attribute, (home, agrees) in same.items():
        if getattr(line, attribute) is None:
            continue
        place: Path = ("customs", "lines", index, attribute)
        if getattr(item, home) is None:
            way.change("dropped", place, "the item with this title does not say it")
            continue
        way.change(
            "moved" if agrees else "approximated",
            place,
            "the item with this title says it" if agrees else "the item with this title says otherwise",
            target=way.target.where(("items", at, home)),
        )


def worth(item: Item) -> Decimal | None:
    """What all pieces of an item come to; None where the price or the quantity is not known."""
    return None if item.unit_price is None or item.quantity is None else units.times(item.unit_price, item.quantity)


def total(values: Sequence[Decimal]) -> Decimal:
    """The exact sum of some decimals."""
    return reduce(units.add, values, Decimal(0))
