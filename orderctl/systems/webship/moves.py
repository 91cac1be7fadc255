"""What makes an order ready for Webship: two address lines, one unit for all, a sender, no negative lines.

Knows the canonical order and Webship's two shapes; knows no other system.
"""

from dataclasses import replace
from typing import Any

from orderctl.mapping import moves
from orderctl.mapping.way import Way
from orderctl.order import Order

MOVED = {
    **{
        f"{party}.{line}": f"{address}.{home}"
        for party, address in (("sender", "sender"), ("ship_to", "receiver"), ("return_to", "returnTo"))
        for line, home in (("line3", "address2"), ("building", "address2"), ("suburb", "city or address2"))
    },
    "weight": "packages[0].weight",
    "insurance.value": "packages[0].insuranceAmount",
    "insurance.insured": "packages[0].insuranceAmount",
    "customs.lines[n].hs_code": "items[n].htsNumber",
    "customs.lines[n].origin": "items[n].countryOfOrigin",
}
"""Where places without a home at Webship go, in words."""


def arrive(order: Order, way: Way) -> None:
    """Note the units of a Webship order that measure nothing."""
    if way.document.get("weightUnit") and moves.weight_unit(order) is None:
        way.unsaid.append(("weightUnit",))
    if way.document.get("dimUnit") and moves.length_unit(order) is None:
        way.unsaid.append(("dimUnit",))


def depart(order: Order, way: Way) -> None:
    """Make an order ready for the page Put Order."""
    if not way.home:
        _fill_parties(order, way)
        settle(order, way)
    moves.weigh_in(order, way, moves.weight_unit(order) or "lb")
    moves.measure_in(order, way, moves.length_unit(order) or "in")


def settle(order: Order, way: Way) -> None:
    """Make ready what both of Webship's shapes share: identity, parties, customs, packages, insurance."""
    moves.identify(order, way)
    for name, party in moves.parties(order, way):
        moves.code_region(party, name, way)
        moves.one_locality(party, name, way)
        moves.fold_lines(party, name, way, ("line2",))
        moves.dial(party, name, way)
    moves.match_customs(order, way)
    moves.weigh_package(order, way)
    moves.insure_package(order, way)
    moves.uninsure_zero(order, way)
    moves.undeclare_at_home(order, way)


def _fill_parties(order: Order, way: Way) -> None:
    """Take a sender and a return address from the configuration where the source gives none."""
    if order.sender is None and way.settings.sender is not None:
        order.sender = replace(way.settings.sender)
        way.fill(("sender",), "from defaults.sender", ("sender",))
    if order.return_to is None and way.settings.return_to is not None:
        order.return_to = replace(way.settings.return_to)
        way.fill(("return_to",), "from defaults.return_to", ("returnTo",))


def finish(document: dict[str, Any], order: Order, way: Way) -> None:
    """State the units once; null where nothing is weighed or measured."""
    document["weightUnit"] = moves.weight_unit(order)
    document["dimUnit"] = moves.length_unit(order)
