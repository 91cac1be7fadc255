"""What makes an order ready for ShipStation, and what completes one that comes from there.

Knows the canonical order and ShipStation's documents; knows no other system.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orderctl import units
from orderctl.mapping import moves
from orderctl.mapping.kinds import NUMBER, Refused
from orderctl.mapping.way import Way
from orderctl.order import (
    Customs,
    CustomsLine,
    Insurance,
    Item,
    Length,
    LengthUnit,
    Order,
    Package,
    Party,
    Weight,
)
from orderctl.paths import Path
from orderctl.systems.shipstation.words import LENGTH_UNITS

_LENGTH_WORDS = {unit: word for word, unit in LENGTH_UNITS.items()}


def arrive(order: Order, way: Way) -> None:
    """Read what lies elsewhere in the canonical order: dimensions, and orders that others fulfil."""
    _read_dimensions(order, way)
    fulfilled = way.document.get("externallyFulfilled")
    if fulfilled is True:
        if order.status not in (None, "external"):
            with way.at("orderStatus", "status"):
                way.note("approximated", "externallyFulfilled is true, so someone else fulfils it")
        order.status = "external"
    elif fulfilled is False:
        way.unsaid.append(("externallyFulfilled",))


def _read_dimensions(order: Order, way: Way) -> None:
    dimensions: Any = way.document.get("dimensions")
    if not dimensions or not (type(dimensions) is dict or isinstance(dimensions, Mapping)):
        return
    word = dimensions.get("units")
    given = [(side, value) for side in moves.SIDES if (value := dimensions.get(side)) is not None and value != ""]
    if given and word not in LENGTH_UNITS:
        with way.at("dimensions", None), way.at("units", None):
            way.refuse("unknown-choice", f"a length needs its unit: {' or '.join(LENGTH_UNITS)}")
    elif given:
        package, unit = Package(), LENGTH_UNITS[str(word)]
        for side, value in given:
            setattr(package, side, _length(value, unit, side, way))
        order.packages = [package]
    elif word:
        way.unsaid.append(("dimensions", "units"))


def _length(value: Any, unit: LengthUnit, side: str, way: Way) -> Length | None:
    try:
        return Length(NUMBER.read(value, way), unit)
    except Refused as refused:
        with way.at("dimensions", None), way.at(side, None):
            way.refuse(refused.code, refused.message)
        return None


def depart(order: Order, way: Way) -> None:
    """Make an order ready for the page Create/Update Order."""
    if not way.home:
        _identify(order, way)
        for name, party in moves.parties(order, way):
            moves.code_region(party, name, way)
            moves.one_locality(party, name, way)
            moves.fold_lines(party, name, way, ("line2", "line3"))
        _bill(order, way)
        _declare(order, way)
        _weigh(order, way)
        _insure(order, way)
        _measure(order, way)
    _in_their_units(order, way)


def _identify(order: Order, way: Way) -> None:
    moves.identify(order, way)
    if order.number is None and order.id is not None:
        order.number = order.id
        way.fill(("number",), "no number is given, so the id serves", ("orderNumber",))


def _bill(order: Order, way: Way) -> None:
    """billTo is required, and a name is enough for it."""
    name = order.ship_to.name if order.ship_to else None
    if name is None or (order.bill_to is not None and order.bill_to.name is not None):
        return
    order.bill_to = order.bill_to or Party()
    order.bill_to.name = name
    way.fill(("bill_to", "name"), "no billing name is given, so that of the receiver serves", ("billTo", "name"))


def _declare(order: Order, way: Way) -> None:
    """Declare tariff codes and origins where the order crosses a border; customs values are in USD."""
    currency = order.currency or way.settings.currency
    foreign = currency is not None and currency.upper() != "USD"
    if foreign and order.customs:
        for index, line in enumerate(order.customs.lines or ()):
            if line.value is not None:
                way.change("dropped", ("customs", "lines", index, "value"), _not_usd(currency))
                line.value = None
    if order.items and moves.crosses_a_border(order, way):
        _declare_items(order, order.items, way, currency if foreign else None)


def _declare_items(order: Order, items: list[Item], way: Way, foreign: str | None) -> None:
    """Declare those that no customs line declares; `foreign` is the currency of their prices if it is not USD."""
    lines = list((order.customs and order.customs.lines) or ())
    declared, told = {line.description for line in lines}, way.source.holds(("customs", "lines", 0, "description"))
    for index, item in enumerate(items):
        if (item.hs_code is None and item.origin is None) or item.adjustment or item.title in declared:
            continue
        at = ("internationalOptions", "customsItems", len(lines))
        _move_declared(item, index, at, way)
        value = moves.worth(item)
        if foreign is not None and value is not None:
            way.leave_out((*at, "value"), value, _not_usd(foreign))
            value = None
        if told:
            way.fill(("customs", "lines", len(lines)), "the item is declared where it crosses a border", at)
        lines.append(CustomsLine(item.title, item.quantity, value, item.hs_code, item.origin))
        item.hs_code = item.origin = None
    if lines:
        order.customs = order.customs or Customs()
        order.customs.lines = lines


def _move_declared(item: Item, index: int, at: Path, way: Way) -> None:
    """Note that a customs line says what the item says of itself."""
    reason = "a customs line declares it"
    if item.hs_code is not None:
        place = way.source_place(("items", index, "hs_code"))
        way.change("moved", place, reason, target=(*at, "harmonizedTariffCode"))
    if item.origin is not None:
        place = way.source_place(("items", index, "origin"))
        way.change("moved", place, reason, target=(*at, "countryOfOrigin"))


def _not_usd(currency: str | None) -> str:
    return f"a customs value is in USD there, and this order is in {currency}"


def _weigh(order: Order, way: Way) -> None:
    """Give the order the weight of its packages; where the source states both, the order's own stands."""
    weights = [package.weight for package in order.packages or () if package.weight is not None]
    if not weights:
        return
    total = _sum(weights)
    if order.weight is None:
        order.weight = total
        if len(weights) < len(order.packages or ()):
            _note_weights(order, "approximated", "the order holds one weight, and some packages do not say theirs", way)
        elif len(weights) > 1:
            _note_weights(order, "merged", "the order holds one weight, the sum of its packages", way)
        elif _states_elsewhere(way):
            _note_weights(order, "moved", "the weight of the one package is that of the order", way)
    elif units.mass(order.weight, "g")[0] == units.mass(total, "g")[0]:
        _note_weights(order, "merged", "the order's weight is their sum", way)
    else:
        _note_weights(order, "dropped", "the order's own weight stands, and it is not their sum", way)


def _sum(weights: list[Weight]) -> Weight:
    """The sum of some weights, in their unit where they have one."""
    unit = weights[0].unit
    if len(weights) == 1:
        return Weight(moves.total([weights[0].value]), unit)
    if any(weight.unit != unit for weight in weights):
        unit = "g"
    return Weight(moves.total([units.mass(weight, unit)[0] for weight in weights]), unit)


def _states_elsewhere(way: Way) -> bool:
    """Whether the source has a place for the order's weight that is not the one of its package's."""
    stated = way.source.where(("weight",))
    return stated is not None and stated != way.source.where(("packages", 0, "weight"))


def _note_weights(order: Order, kind: Any, reason: str, way: Way) -> None:
    target = None if kind == "dropped" else ("weight",)
    for index, package in enumerate(order.packages or ()):
        if package.weight is not None:
            way.change(kind, way.source_place(("packages", index, "weight")), reason, target=target)


def _insure(order: Order, way: Way) -> None:
    """Insure the order as its insured packages are, for their sum; insurance of its own stands."""
    moves.uninsure_zero(order, way)
    if order.insurance is not None and order.insurance.insured and order.insurance.provider is None:
        order.insurance.provider = "carrier"
        _assume_insurer(way)
    insured = [
        (("packages", index, "insured_value"), package.insured_value)
        for index, package in enumerate(order.packages or [])
        if package.insured_value is not None
    ]
    if not insured:
        return
    target = ("insuranceOptions", "insuredValue")
    if order.insurance is not None:
        for place, _ in insured:
            way.change("dropped", way.source_place(place), "the insurance of the order as a whole stands")
        return
    order.insurance = Insurance("carrier", True, moves.total([value for _, value in insured]))
    _assume_insurer(way)
    if way.source.holds(("insurance", "insured")):
        way.assume(("insurance", "insured"), "a package is insured", ("insuranceOptions", "insureShipment"))
    for place, _ in insured:
        if len(insured) > 1:
            reason = "the order holds one insured value, the sum of its packages"
            way.change("merged", way.source_place(place), reason, target=target)
        elif len(order.packages or []) > 1 or way.source.holds(("insurance", "value")):
            way.change("moved", way.source_place(place), "the order carries the insurance", target=target)


def _assume_insurer(way: Way) -> None:
    way.assume(("insurance", "provider"), "the source names no insurer", ("insuranceOptions", "provider"))


def _measure(order: Order, way: Way) -> None:
    """Keep the dimensions of the one package; several packages have no place for theirs."""
    if len(order.packages or []) > 1:
        for place, _ in moves.lengths(order):
            way.change("dropped", way.source_place(place), "ShipStation holds the dimensions of one package only")


def _in_their_units(order: Order, way: Way) -> None:
    """ShipStation weighs in pounds, ounces and grams, and measures its one package in one unit."""
    for owner in (order, *(order.items or ()), *(order.packages or ())):
        if owner.weight is not None and owner.weight.unit == "kg":
            owner.weight = Weight(units.mass(owner.weight, "g")[0], "g")
    if len(order.packages or ()) == 1:
        moves.measure_in(order, way, moves.length_unit(order) or "in")


def finish(document: dict[str, Any], order: Order, way: Way) -> None:
    """Write the dimensions of the one package."""
    packages = order.packages or ()
    if len(packages) != 1:
        return
    written: dict[str, Decimal | int | str] = {}
    for side in moves.SIDES:
        length: Length | None = getattr(packages[0], side)
        if length is not None:
            written.setdefault("units", _LENGTH_WORDS[length.unit])
            written[side] = NUMBER.write(length.value, way)
    if written:
        document["dimensions"] = written
