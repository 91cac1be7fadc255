"""What makes an order ready for Starshipit, and what completes one that comes from there.

Knows the canonical order and Starshipit's documents; knows no other system.
"""

from collections.abc import Mapping
from typing import Any

from orderctl.mapping import moves
from orderctl.mapping.kinds import NUMBER
from orderctl.mapping.way import Way
from orderctl.order import Insurance, Order, Party

_LINES = ("line1", "line2", "line3")


def arrive(order: Order, way: Way) -> None:
    """Complete an order: its number is its id, no status means unshipped, answers say more than requests."""
    order.id = order.number
    if order.status is None and not way.findings:
        order.status = "pending"
        way.assume(("status",), "an order without a status is unshipped")
    _bar(way)
    _find_deleted(way)
    _read_insurance(order, way)
    _read_declared(order, way)
    _read_contents(order, way)


def _bar(way: Way) -> None:
    """Refuse what must not be shipped from here."""
    if way.home or way.source is way.target:
        return
    if way.document.get("archived") is True:
        with way.at("archived", None):
            way.refuse("not-for-shipping", "the order is archived; leave it out")
    if way.document.get("return_order") is True:
        with way.at("return_order", None):
            way.refuse("not-for-shipping", "only a return label is made of it; leave it out")
    kind = way.document.get("type")
    if isinstance(kind, str) and kind not in ("", "Outgoing"):
        with way.at("type", None):
            way.refuse("not-for-shipping", f'found "{kind}"; only outgoing orders are converted')


def _find_deleted(way: Way) -> None:
    for name in ("items", "packages"):
        for index, line in enumerate(_listed(way, name)):
            flag = line.get("delete") if type(line) is dict or isinstance(line, Mapping) else None
            if flag is True:
                way.deleted.setdefault(name, set()).add(index)
            elif flag is False:
                way.unsaid.append((name, index, "delete"))


def _listed(way: Way, name: str) -> list[Any]:
    lines = way.document.get(name)
    return lines if isinstance(lines, list) else []


def _read_insurance(order: Order, way: Way) -> None:
    insured, value = _said(way, "add_insurance"), _said(way, "insurance_value")
    if insured is not None or value is not None:
        known = insured if isinstance(insured, bool) else None
        order.insurance = Insurance(None, known, None if value is None else NUMBER.read(value, way))


def _said(way: Way, key: str) -> Any:
    """A value of the document; a blank one says nothing."""
    value = way.document.get(key)
    return None if value == "" else value


def _read_declared(order: Order, way: Way) -> None:
    """The declared value of the order is that of its one package."""
    value = _said(way, "declared_value")
    if value is None:
        return
    if order.packages and len(order.packages) == 1 and not way.deleted.get("packages"):
        order.packages[0].declared_value = NUMBER.read(value, way)
    else:
        way.unsaid.append(("declared_value",))


def _read_contents(order: Order, way: Way) -> None:
    """What is in the box is what its first package says; others that differ have no home."""
    for index, package in enumerate(_listed(way, "packages")):
        contents = package.get("contents") if type(package) is dict or isinstance(package, Mapping) else None
        if not contents or contents == order.content or index in way.deleted.get("packages", ()):
            continue
        if order.content is None:
            order.content = contents
            way.said_at["content",] = ("packages", index, "contents")
        else:
            way.unsaid.append(("packages", index, "contents"))


def depart(order: Order, way: Way) -> None:
    """Make an order ready for the page Update Order."""
    if not way.home:
        _number(order, way)
        for name, party in moves.parties(order, way):
            _one_street(party, name, way)
            _locality(party, name, way)
        moves.match_customs(order, way)
        moves.weigh_package(order, way)
        _price(order, way)
    moves.weigh_in(order, way, "kg")
    moves.measure_in(order, way, "m")


def finish(document: dict[str, Any], order: Order, way: Way) -> None:
    """Leave out packages of which none says anything: a blank one is refused, and without any the account's own serves.

    OBSERVED in a client, see SOURCES.md.
    """
    if not way.home and not any(document.get("packages", ())):
        document.pop("packages", None)


def _number(order: Order, way: Way) -> None:
    """The order_number is the number, else the id; an id that differs is lost."""
    if order.number is None and order.id is None:
        way.refuse("missing", "neither a number nor an id is given, and one of them is needed", ("number",))
    elif order.number is None:
        order.number = order.id
        way.fill(("number",), "no number is given, so the id serves", ("order_number",))
    elif order.id is None:
        if way.source.own:
            way.fill(("id",), "the number is the id there", ("order_number",))
    elif order.id != order.number:
        way.change("dropped", ("id",), "Starshipit has one field for the identity, and the number takes it")


def _one_street(party: Party, name: str, way: Way) -> None:
    if party.line2 is party.line3 is None:
        return
    given = [line for line in _LINES if getattr(party, line) is not None]
    if len(given) < 2:
        if given and given != ["line1"]:
            way.change("moved", (name, given[0]), "Starshipit has one line", target=way.target.where((name, "line1")))
            party.line1 = getattr(party, given[0])
    else:
        for line in given:
            target = way.target.where((name, "line1"))
            way.change("merged", (name, line), "Starshipit has one line for the street", target=target)
        party.line1 = ", ".join(getattr(party, line) for line in given)
    party.line2 = party.line3 = None


def _locality(party: Party, name: str, way: Way) -> None:
    """suburb is required; where only a city is given, it serves as both."""
    if party.suburb is None and party.city is not None:
        party.suburb = party.city
        place = (name, "suburb")
        way.fill(place, "no suburb is given, so the city serves", way.target.where(place))


def _price(order: Order, way: Way) -> None:
    """Only Starshipit names a currency; without one, its account's default counts."""
    if order.currency is None and way.settings.currency is not None:
        order.currency = way.settings.currency
        way.fill(("currency",), "from defaults.currency", ("currency",))
    elif order.currency is None and moves.crosses_a_border(order, way):
        way.warn(
            "missing",
            "no currency is known, and the order crosses a border; set defaults.currency",
            ("currency",),
        )
