"""The lines and numbers of an order on its way out: what is left out, and what makes it the same order.

Knows the canonical order and the way; knows no vendor. Every move that changes meaning is noted.
"""

from typing import TypeVar

from orderctl.mapping.way import Way
from orderctl.order import Item, Order, Package
from orderctl.paths import Path

_Line = TypeVar("_Line", Item, Package)


def leave_out_lines(order: Order, way: Way) -> None:
    """Leave out the lines that the source deletes and, where the target has no such flag, adjustments.

    One entry names the whole line.
    """
    deleted: dict[str, set[int]] = way.deleted
    if order.items:
        gone = dict.fromkeys(deleted.get("items", ()), "the source deletes this line")
        if not way.target.holds(("items", 0, "adjustment")):
            gone |= {
                index: f"{way.target.title} has no adjustment lines"
                for index, item in enumerate(order.items)
                if item.adjustment
            }
        order.items = _without(order.items, "items", gone, way)
    if order.packages:
        gone = dict.fromkeys(deleted.get("packages", ()), "the source deletes this package")
        order.packages = _without(order.packages, "packages", gone, way)


def _without(lines: list[_Line], name: str, gone: dict[int, str], way: Way) -> list[_Line] | None:
    if not gone:
        return lines
    for index in sorted(gone):
        way.change("dropped", (name, index), gone[index])
    way.kept[name] = [index for index in range(len(lines)) if index not in gone]
    return [lines[index] for index in way.kept[name]] or None


def keep_numbers_home(order: Order, way: Way) -> None:
    """Take off the numbers that another system gave out; they mean nothing in the target."""
    _keep_home(order, (), way)
    for index, item in enumerate(order.items or ()):
        _keep_home(item, ("items", index), way)
    for index, package in enumerate(order.packages or ()):
        _keep_home(package, ("packages", index), way)


def _keep_home(thing: Order | Item | Package, place: Path, way: Way) -> None:
    number = thing.remote_id
    if number is not None and number.system != way.target.system:
        reason = f"a number that {number.system} gave out means nothing elsewhere"
        way.change("dropped", way.source_place((*place, "remote_id")), reason)
        thing.remote_id = None


def identify(order: Order, way: Way) -> None:
    """Let the number serve where there is no id; without both, the order is refused."""
    if order.id is None and order.number is not None:
        order.id = order.number
        way.fill(("id",), "no id is given, so the number serves", way.target.where(("id",)))
    if order.id is None:
        way.refuse("missing", "neither an id nor a number is given, and one of them is needed", ("id",))
