"""The weights and lengths of an order on their way out, in the units of the target.

Knows the canonical order and the way; knows no vendor. Every move that changes meaning is noted.
"""

from collections.abc import Iterator

from orderctl import units
from orderctl.mapping.way import Way
from orderctl.order import Item, Length, LengthUnit, Order, Package, Weight, WeightUnit
from orderctl.paths import Path

SIDES = ("length", "width", "height")


def weights(order: Order) -> Iterator[tuple[Path, Weight, Item | Package | Order]]:
    """Every weight of an order, with its place and its owner."""
    if order.weight is not None:
        yield ("weight",), order.weight, order
    for index, item in enumerate(order.items or ()):
        if item.weight is not None:
            yield ("items", index, "weight"), item.weight, item
    for index, package in enumerate(order.packages or ()):
        if package.weight is not None:
            yield ("packages", index, "weight"), package.weight, package


def line_weights(order: Order) -> list[Weight]:
    """The weights of items and packages, without that of the order as a whole."""
    return [
        line.weight for lines in (order.items, order.packages) if lines for line in lines if line.weight is not None
    ]


def lengths(order: Order) -> list[tuple[Path, Length]]:
    """Every length of an order's packages, with its place."""
    return [
        (("packages", index, side), length)
        for index, package in enumerate(order.packages or ())
        for side, length in zip(SIDES, (package.length, package.width, package.height), strict=True)
        if length is not None
    ]


def length_unit(order: Order) -> LengthUnit:
    """Inches if every length came in them, else centimetres."""
    for package in order.packages or ():
        for length in (package.length, package.width, package.height):
            if length is not None and length.unit != "in":
                return "cm"
    return "in"


def weigh_in(order: Order, way: Way, unit: WeightUnit) -> None:
    """Write every weight in one unit; a rounding is noted."""
    for place, weight, owner in weights(order):
        if weight.unit != unit:
            value, rounded = units.mass(weight, unit)
            owner.weight = Weight(value, unit)
            if rounded:
                way.change("rounded", way.source_place(place), f"rounded to six places of {unit}")


def measure_in(order: Order, way: Way, unit: LengthUnit) -> None:
    """Write every length in one unit; a rounding is noted."""
    for index, package in enumerate(order.packages or ()):
        for side, length in zip(SIDES, (package.length, package.width, package.height), strict=True):
            if length is not None and length.unit != unit:
                value, rounded = units.distance(length, unit)
                setattr(package, side, Length(value, unit))
                if rounded:
                    place = way.source_place(("packages", index, side))
                    way.change("rounded", place, f"rounded to six places of {unit}")


def weigh_package(order: Order, way: Way) -> None:
    """Give the order's weight to its one package, or to a new one, where no package has a weight."""
    if order.weight is None:
        return
    packages = order.packages or []
    if len(packages) > 1 or any(package.weight is not None for package in packages):
        return
    if not packages:
        order.packages = packages = [Package()]
    packages[0].weight, order.weight = order.weight, None
    _moved_unless_home(("weight",), ("packages", 0, "weight"), way)


def _moved_unless_home(old: Path, new: Path, way: Way) -> None:
    """Note a move, unless the source keeps both in one place; what becomes of the weight is said of the old place."""
    if way.source.where(old) != way.source.where(new):
        way.said_at[way.source_place(new)] = way.source.where(old) or old
        way.change("moved", old, "the weight of the order is that of its one package", target=way.target.where(new))
