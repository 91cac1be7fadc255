"""The user's maps: words of services, statuses and carriers that cross from one system to another.

Knows the configuration's maps and the way; knows no vendor's words.
"""

from collections.abc import Mapping
from typing import TypeVar, get_args

from orderctl.mapping.way import Way
from orderctl.order import Order, Status

_Word = TypeVar("_Word")


def translate(order: Order, way: Way) -> None:
    """Apply the maps of the target; carriers that no map names never cross from one system to another."""
    settings = way.settings
    if (
        settings.services
        and order.service is not None
        and (word := _look_up(settings.services, order.service, way)) is not None
    ):
        order.service = word
        way.change("mapped", ("service",), "by maps.services")
    if (
        settings.statuses
        and order.status is not None
        and (word := _look_up(settings.statuses, order.status, way)) is not None
    ):
        status = next((known for known in get_args(Status) if known == word), None)
        if status is None:
            way.refuse("no-word", f'maps.statuses names "{word}", which is no canonical status', ("status",))
        else:
            order.status = status
            way.change("mapped", ("status",), "by maps.statuses")
    if way.abroad:
        _translate_carrier(order, way)


def _translate_carrier(order: Order, way: Way) -> None:
    entry = None if order.carrier is None else _look_up(way.settings.carriers, order.carrier, way)
    if entry is None:
        _drop_carrier(order, way)
        return
    for attribute, word in (("carrier", entry.get("carrier")), ("carrier_service", entry.get("service"))):
        if getattr(order, attribute) is None and word is None:
            continue
        if word is None:
            way.change("dropped", (attribute,), "the entry of maps.carriers gives no service")
        elif getattr(order, attribute) is None:
            way.fill((attribute,), "by maps.carriers", way.target.where((attribute,)))
        else:
            way.change("mapped", (attribute,), "by maps.carriers")
        setattr(order, attribute, word)


def _drop_carrier(order: Order, way: Way) -> None:
    reason = "carrier codes cross systems only through maps.carriers"
    if order.carrier is not None:
        way.change("dropped", ("carrier",), reason)
        order.carrier = None
    if order.carrier_service is not None:
        way.change("dropped", ("carrier_service",), reason)
        order.carrier_service = None


def _look_up(maps: Mapping[str, Mapping[str, _Word]], word: str, way: Way) -> _Word | None:
    """The entry of the shape's own map, else of its system's."""
    for name in (way.target.name, way.target.system):
        if (found := maps.get(name, {}).get(word)) is not None:
            return found
    return None
