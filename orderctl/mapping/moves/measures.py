"""The weights and lengths of an order on their way out, in the units of the target.

Knows the canonical order and the way; knows no vendor. Every move that changes meaning is noted.
"""

from collections.abc import Sequence

from orderctl import units
from orderctl.mapping.way import Way
from orderctl.order import Item, Length, LengthUnit, Order, Package, Weight, WeightUnit
from orderctl.paths import Path

SIDES = ("length", "width", "height")


def lengths(order: Order) -> list[tuple[Path, Length]]:
    """Every length of an order's packages, with its place."""
    return [
        (("packages", index, side), length)
        for index, package in enumerate(order.packages or ())
        for side, length in zip(SIDES, (package.length, package.width, package.height), strict=True)
        if length is not None
    ]


def weight_unit(order: Order) -> WeightUnit | None:
    """lb if every item and package was weighed in lb or oz, else kg; None if nothing was weighed."""
    found: WeightUnit | None = None
    for line in (*(order.items or ()), *(order.packages or ())):
        if line.weight is not None:
            if line.weight.unit not in ("lb", "oz"):
                return "kg"
            found = "lb"
    return found


def length_unit(order: Order) -> LengthUnit | None:
    """Inches if every length came in them, else centimetres; None if nothing was measured."""
    found: LengthUnit | None = None
    for package in order.packages or ():
        for length in (package.length, package.width, package.height):
            if length is not None:
                if length.unit != "in":
                    return "cm"
                found = "in"
    return found


def weigh_in(order: Order, way: Way, unit: WeightUnit) -> None:
    """Write every weight in one unit; a rounding is noted."""
    if order.weight is not None and order.weight.unit != unit:
        order.weight = _weighed(order.weight, unit, ("weight",), way)
    _weigh_lines(order.items or (), "items", way, unit)
    _weigh_lines(order.packages or (), "packages", way, unit)


def _weigh_lines(lines: Sequence[Item | Package], name: str, way: Way, unit: WeightUnit) -> None:
    for index, line in enumerate(lines):
        if line.weight is not None and line.weight.unit != unit:
            line.weight = _weighed(line.weight, unit, (name, index, "weight"), way)


def _weighed(weight: Weight, unit: WeightUnit, place: Path, way: Way) -> Weight:
    value, rounded = units.mass(weight, unit)
    if rounded:
        way.change("rounded", way.source_place(place), f"rounded to six places of {unit}")
    return Weight(value, unit)


def measure_in(order: Order, way: Way, unit: LengthUnit) -> None:
    """Write every length in one unit; a rounding is noted."""
    for index, package in enumerate(order.packages or ()):
        if package.length is not None and package.length.unit != unit:
            package.length = _measured(package.length, unit, ("packages", index, "length"), way)
        if package.width is not None and package.width.unit != unit:
            package.width = _measured(package.width, unit, ("packages", index, "width"), way)
        if package.height is not None and package.height.unit != unit:
            package.height = _measured(package.height, unit, ("packages", index, "height"), way)


def _measured(length: Length, unit: LengthUnit, place: Path, way: Way) -> Length:
    value, rounded = units.distance(length, unit)
    if rounded:
        way.change("rounded", way.source_place(place), f"rounded to six places of {unit}")
    return Length(value, unit)


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
