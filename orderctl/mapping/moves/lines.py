"""The lines and numbers of an order on its way out: what is left out, and what makes it the same order.

Knows the canonical order and the way; knows no vendor. Every move that changes meaning is noted.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from orderctl.mapping.changes import Mark, Place, mark
from orderctl.mapping.way import Way
from orderctl.order import Item, Order, Package, RemoteId

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape

_Line = TypeVar("_Line", Item, Package)


def leave_out_lines(order: Order, way: Way) -> None:
    """Leave out the lines that the source deletes and, where the target has no such flag, adjustments.

    One entry names the whole line.
    """
    if order.items and (gone := _gone_items(order.items, way)):
        order.items = _without(order.items, "items", gone, way)
    if order.packages and (deleted := way.deleted.get("packages")):
        gone = dict.fromkeys(deleted, "the source deletes this package")
        order.packages = _without(order.packages, "packages", gone, way)


def _gone_items(items: list[Item], way: Way) -> dict[int, str]:
    """The indexes of the items to leave out, each with its reason."""
    gone = dict.fromkeys(way.deleted.get("items", ()), "the source deletes this line")
    for index, item in enumerate(items):
        if item.adjustment and not way.target.holds(("items", 0, "adjustment")):
            gone[index] = f"{way.target.title} has no adjustment lines"
    return gone


def _without(lines: list[_Line], name: str, gone: dict[int, str], way: Way) -> list[_Line] | None:
    for index in sorted(gone):
        way.change("dropped", (name, index), gone[index])
    way.kept[name] = [index for index in range(len(lines)) if index not in gone]
    return [lines[index] for index in way.kept[name]] or None


def keep_numbers_home(order: Order, way: Way) -> None:
    """Take off the numbers that another system gave out; they mean nothing in the target."""
    if order.remote_id is not None:
        _keep_home(order, order.remote_id, ("remote_id",), (), way)
    for index, item in way.lines("items", order.items or ()):
        if item.remote_id is not None:
            _keep_home(item, item.remote_id, ("items", None, "remote_id"), (index,), way)
    for index, package in way.lines("packages", order.packages or ()):
        if package.remote_id is not None:
            _keep_home(package, package.remote_id, ("packages", None, "remote_id"), (index,), way)


def _keep_home(thing: Order | Item | Package, number: RemoteId, place: Place, at: tuple[int, ...], way: Way) -> None:
    if number.system != way.target.system:
        way.noted.append((_left_at_home(way.source, way.target, place, number.system), at, None, None))
        thing.remote_id = None


@lru_cache(maxsize=256)
def _left_at_home(source: "Shape", target: "Shape", place: Place, system: str) -> Mark:
    reason = f"a number that {system} gave out means nothing elsewhere"
    return mark(source, target, "dropped", place, None, None, reason)


def identify(order: Order, way: Way) -> None:
    """Let the number serve where there is no id; without both, the order is refused."""
    if order.id is None and order.number is not None:
        order.id = order.number
        way.fill(("id",), "no id is given, so the number serves", way.target.where(("id",)))
    if order.id is None:
        way.refuse("missing", "neither an id nor a number is given, and one of them is needed", ("id",))
