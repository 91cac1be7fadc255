"""ShipStation's rules between fields, documented, OBSERVED or inferred; each says which.

Knows ShipStation's documents; the severities are those of the project's rulings.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from orderctl import units
from orderctl.findings import Severity
from orderctl.mapping import reckon
from orderctl.mapping.check import Judge
from orderctl.mapping.kinds import Kind
from orderctl.mapping.reckon import number
from orderctl.mapping.shape import Says
from orderctl.mapping.wording import found
from orderctl.paths import Path
from orderctl.systems.shipstation.words import WEIGHT_UNITS

_READ_ONLY = ("orderId", "customerId")
_READ_ONLY_ADVANCED = ("mergedOrSplit", "mergedIds", "parentId")
_GOES_WITH: Mapping[str, tuple[str, ...]] = {
    "recipient": ("billToAccount", "billToPostalCode", "billToCountryCode"),
    "third_party": ("billToAccount", "billToPostalCode", "billToCountryCode"),
    "my_other_account": ("billToMyOtherAccount",),
}
_MONEY = ("amountPaid", "taxAmount", "shippingAmount")
_ITEM_MONEY = ("unitPrice", "taxAmount", "shippingAmount")
_TEXT_OR_NULL = (str, type(None))
_NUMBERS = (int, Decimal)
_NOTHING = Decimal(0)
_CENT = Decimal("0.01")


def grade_empty_list(value: object) -> tuple[str, Severity, str] | None:
    """An empty list where an object is due, as some answers have it: read as nothing, with a warning."""
    return ("wrong-type", "warning", "found an empty list; write null") if value == [] else None


EMPTY_LIST = Kind("object", grade=grade_empty_list, also_accepts={"type": "array", "maxItems": 0})


def create_order(document: Mapping[str, Any], judge: Judge) -> None:
    """The rules of the page Create/Update Order that one line cannot say."""
    for key in ("billTo", "shipTo"):
        _name(document.get(key), key, judge)
    ship_to = document.get("shipTo")
    if isinstance(ship_to, dict) and ship_to.get("country") in (None, ""):
        judge.find("missing", ("shipTo", "country"), "missing; a label needs it", "warning", basis="inferred")
    _carrier(document, judge)
    _items(document.get("items"), judge)
    _international(document.get("internationalOptions"), judge)
    _advanced(document.get("advancedOptions"), judge)
    _read_only(document, _READ_ONLY, (), judge)
    _read_only(document.get("advancedOptions"), _READ_ONLY_ADVANCED, ("advancedOptions",), judge)
    _cents(document, _MONEY, (), judge)
    reckon.weigh(document, judge, _SCALE, partial=False)
    _total(document, judge)


def _name(address: Any, key: str, judge: Judge) -> None:
    if not isinstance(address, dict):
        return
    name = address.get("name")
    if name is None or (isinstance(name, str) and not name.strip()):
        judge.find("blank", (key, "name"), "found no name; the system refuses an empty one", basis="OBSERVED")


def _carrier(document: Mapping[str, Any], judge: Judge) -> None:
    code, service = document.get("carrierCode"), document.get("serviceCode")
    if not isinstance(code, _TEXT_OR_NULL) or not isinstance(service, _TEXT_OR_NULL):
        return
    given, lacking = ("carrierCode", "serviceCode") if code and code.strip() else ("serviceCode", "carrierCode")
    if bool(code and code.strip()) != bool(service and service.strip()):
        message = f"found {found(document[given])} without {lacking}; the system refuses one alone"
        judge.find("half-a-pair", (given,), message, basis="OBSERVED")
    if document.get("confirmation") == "direct_signature" and code is not None and not code.startswith("fedex"):
        judge.find(
            "at-odds", ("confirmation",), f"found direct_signature with {found(code)}; it is for FedEx only", "warning"
        )


def _items(items: Any, judge: Judge) -> None:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, dict):
            continue
        at: Path = ("items", index)
        name, adjustment = item.get("name"), item.get("adjustment")
        price: Any = item.get("unitPrice")
        if isinstance(name, str) and not name.strip():
            judge.find("blank", (*at, "name"), "found blank text; give a name", "warning", basis="inferred")
        if type(price) in _NUMBERS and (adjustment or price < 0):
            _price(Decimal(price), adjustment, at, judge)
        _cents(item, _ITEM_MONEY, at, judge)


def _price(price: Decimal, adjustment: Any, at: Path, judge: Judge) -> None:
    if adjustment is True and price >= 0:
        message = f"found {price:f}: an adjustment that takes nothing off"
    elif price < 0 and adjustment in (None, False):
        message = f"found {price:f}: below zero, but not marked as an adjustment"
    else:
        return
    judge.find("at-odds", (*at, "unitPrice"), message, "warning", basis="inferred")


def _international(options: Any, judge: Judge) -> None:
    if isinstance(options, dict) and options.get("customsItems"):
        path: Path = ("internationalOptions", "customsItems")
        judge.find("unsettled", path, "the account's customs setting may overwrite these lines", "info")


def _advanced(options: Any, judge: Judge) -> None:
    if not isinstance(options, dict):
        return
    party = options.get("billToParty")
    lacking = [key for key in _GOES_WITH.get(party, ()) if not options.get(key)] if isinstance(party, str) else None
    if lacking:
        message = f'found "{party}" without {", ".join(lacking)}'
        judge.find("half-a-pair", ("advancedOptions", "billToParty"), message, "warning", basis="inferred")


def _read_only(holder: Any, keys: tuple[str, ...], at: Path, judge: Judge) -> None:
    for key in keys if isinstance(holder, dict) else ():
        value = holder.get(key)
        if value and not isinstance(value, str):
            message = "the system sets this itself; leave it out of a new order"
            judge.find("read-only", (*at, key), message, "info")


def _total(document: Mapping[str, Any], judge: Judge) -> None:
    """The amount paid against the lines; and the total, unless it is the system's own answer, which may be edited."""
    paid, total = document.get("amountPaid"), document.get("orderTotal")
    if total is None and (not paid or reckon.modest(document, "unitPrice", paid)):
        return
    goods, paid, total = reckon.worth(document, "unitPrice", number), number(paid), number(total)
    if goods is None:
        return
    tax, shipping = (number(document.get(key)) or _NOTHING for key in ("taxAmount", "shippingAmount"))
    beside = _beside(document["items"])
    reckon.amount(("amountPaid",), paid, goods + tax + shipping + beside, judge)
    if total is not None and not document.get("orderId"):
        sums = (goods + tax + shipping, goods + shipping, goods + tax + shipping + beside)
        reckon.total(("orderTotal",), total, sums, len(document["items"]), judge)


def _beside(items: Sequence[Mapping[str, Any]]) -> Decimal:
    """What the lines state as their own tax and shipping."""
    own = [(number(item.get(key)), number(item.get("quantity"))) for item in items for key in _ITEM_MONEY[1:]]
    return sum(((each or _NOTHING) * (pieces or _NOTHING) for each, pieces in own), _NOTHING)


def _glance(value: Any) -> float:
    return float(value["value"]) * _GLANCED[value["units"]]


def _kilograms(value: Any) -> Decimal | None:
    """The mass of the model Weight."""
    unit = _UNITS.get(str(value.get("units"))) if isinstance(value, Mapping) else None
    mass = number(value.get("value")) if unit else None
    return mass * unit if mass is not None and unit is not None else None


_UNITS = {word: units.KILOGRAMS[unit] for word, unit in WEIGHT_UNITS.items()}
_GLANCED = {word: float(size) for word, size in _UNITS.items()}
_SCALE = reckon.Scale(_kilograms, number, _glance, at=("value",), whole=True)


def _cents(holder: Mapping[str, Any], keys: tuple[str, ...], at: Path, judge: Judge) -> None:
    """Amounts with more than two places."""
    for key in keys:
        amount = holder.get(key)
        if isinstance(amount, Decimal) and not amount.same_quantum(_CENT) and _places(amount) > 2:
            message = f"found {amount:f}; sibling channels hold two places"
            judge.find("suspect-amount", (*at, key), message, "warning", basis="inferred")


def _places(number: Decimal) -> int:
    """The places of a number, without the zeros at its end."""
    return len(units.plain(number).partition(".")[2])


SAYS = (
    Says("blank", "shipTo.name, billTo.name", "OBSERVED refusal"),
    Says("blank", "items[n].name", "inferred"),
    Says("missing", "shipTo.country", "inferred"),
    Says("half-a-pair", "carrierCode, serviceCode", "OBSERVED refusal"),
    Says("half-a-pair", "advancedOptions.billToParty", "inferred"),
    Says("at-odds", "confirmation"),
    Says("at-odds", "items[n].unitPrice", "inferred"),
    Says("unsettled", "internationalOptions.customsItems"),
    Says("read-only", "orderId, customerId, advancedOptions.mergedOrSplit, mergedIds, parentId"),
    Says("suspect-amount", "amounts with more than two places", "inferred"),
    Says("absurd-weight", "items[n].weight.value, weight.value", "inferred"),
    Says("sums-differ", "weight.value with items[n].weight", "inferred"),
    Says("sums-differ", "amountPaid, orderTotal with items[n].unitPrice", "inferred"),
)
"""The rules between fields of the page Create/Update Order."""
