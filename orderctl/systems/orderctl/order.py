"""The canonical order as JSON: its own names, absent values left out, measures with their unit.

Knows no system. What a source knows beyond the canonical order stands under `extra`, and goes home.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from orderctl import moments, systems
from orderctl.mapping.document import Document, field
from orderctl.mapping.home import keepsake
from orderctl.mapping.kinds import (
    Anything,
    Boolean,
    CountryCode,
    Day,
    Integer,
    Kind,
    Number,
    Refused,
    Text,
)
from orderctl.mapping.scalars import unquoted_number, unquoted_scalar
from orderctl.mapping.shape import Identity, Shape
from orderctl.mapping.way import Way
from orderctl.mapping.wording import instead
from orderctl.order import Confirmation, LengthUnit, Status, WeightUnit
from orderctl.order import Order as Canonical
from orderctl.paths import unspell
from orderctl.systems.orderctl import rules

_WANT = "YYYY-MM-DD, or ISO 8601 with an offset and at most 7 digits after the second"


def _read_when(value: str, way: Way) -> Any:
    when = moments.read_iso(value)
    if when is None:
        raise Refused("date-format", instead(value, _WANT))
    return when


def _write_when(value: Any, way: Way) -> str:
    return moments.write_iso(value)


def _real_when(value: str) -> str:
    if not (value.endswith("Z") and moments.is_plain_time(value)) and moments.read_iso(value) is None:
        raise PydanticCustomError("date_format", "not a date or a moment")
    return value


def _write_number(value: Any, way: Way) -> int:
    return int(value)


def _read_number(value: Any, way: Way) -> int:
    return int(value)


_DATED = {"type": "string", "pattern": moments.pattern(day=True, naive=False)}
WHEN = Kind("date or moment", _read_when, _write_when, code="date-format", want=_WANT, schema=_DATED)
EXTRA = Kind("object", unquoted=unquoted_scalar)
ID = Kind("integer", _read_number, _write_number, unquoted_number)
When: TypeAlias = Annotated[str, AfterValidator(_real_when), WHEN]


class Own(Document):
    """An object of the canonical order."""

    page: ClassVar[str] = "the canonical order"


class Mass(Own):
    """A weight with its unit."""

    value: Number = field("value", required=True)
    unit: WeightUnit = field("unit", required=True)


class Distance(Own):
    """A length with its unit."""

    value: Number = field("value", required=True)
    unit: LengthUnit = field("unit", required=True)


class RemoteId(Own):
    """A number that a system gave out, with that system's name."""

    system: Text = field("system", required=True)
    id: Integer = field("id", required=True, kind=ID)


class Party(Own):
    """sender, return_to, ship_to, bill_to."""

    name: Text = field("name")
    company: Text = field("company")
    line1: Text = field("line1")
    line2: Text = field("line2")
    line3: Text = field("line3")
    building: Text = field("building")
    suburb: Text = field("suburb")
    city: Text = field("city")
    region: Text = field("region")
    postal_code: Text = field("postal_code")
    country: CountryCode = field("country")
    phone: Text = field("phone")
    email: Text = field("email")
    residential: Boolean = field("residential")
    instructions: Text = field("instructions")
    tax_number: Text = field("tax_number")


class Option(Own):
    """items[n].options[n]."""

    name: Text = field("name")
    value: Text = field("value")


class Item(Own):
    """items[n]: weight and unit_price are per unit."""

    line_id: Text = field("line_id")
    remote_id: RemoteId = field("remote_id")
    product_id: Text = field("product_id")
    sku: Text = field("sku")
    title: Text = field("title")
    quantity: Number = field("quantity")
    quantity_to_ship: Number = field("quantity_to_ship")
    unit_price: Number = field("unit_price")
    tax: Number = field("tax")
    shipping: Number = field("shipping")
    weight: Mass = field("weight")
    image_url: Text = field("image_url")
    hs_code: Text = field("hs_code")
    origin: CountryCode = field("origin")
    location: Text = field("location")
    upc: Text = field("upc")
    fulfilment_sku: Text = field("fulfilment_sku")
    adjustment: Boolean = field("adjustment")
    options: list[Option] = field("options")


class Package(Own):
    """packages[n]: one parcel."""

    remote_id: RemoteId = field("remote_id")
    name: Text = field("name")
    type: Text = field("type")
    description: Text = field("description")
    tracking_number: Text = field("tracking_number")
    weight: Mass = field("weight")
    length: Distance = field("length")
    width: Distance = field("width")
    height: Distance = field("height")
    insured_value: Number = field("insured_value")
    declared_value: Number = field("declared_value")


class Insurance(Own):
    """insurance of the order as a whole."""

    provider: Text = field("provider")
    insured: Boolean = field("insured")
    value: Number = field("value")


class CustomsLine(Own):
    """customs.lines[n]."""

    description: Text = field("description")
    quantity: Number = field("quantity")
    value: Number = field("value")
    hs_code: Text = field("hs_code")
    origin: CountryCode = field("origin")


class Customs(Own):
    """customs."""

    contents: Text = field("contents")
    non_delivery: Text = field("non_delivery")
    lines: list[CustomsLine] = field("lines")


class Order(Own):
    """The canonical order."""

    id: Text = field("id")
    number: Text = field("number")
    remote_id: RemoteId = field("remote_id")
    placed_at: When = field("placed_at")
    paid_at: When = field("paid_at")
    ship_by: Day = field("ship_by")
    shipped_on: Day = field("shipped_on")
    status: Status = field("status")
    group: Text = field("group")
    reference: Text = field("reference")
    reference2: Text = field("reference2")
    content: Text = field("content")
    source: Text = field("source")
    service: Text = field("service")
    service_description: Text = field("service_description")
    carrier: Text = field("carrier")
    carrier_service: Text = field("carrier_service")
    package_type: Text = field("package_type")
    confirmation: Confirmation = field("confirmation")
    currency: Text = field("currency", max_length=3)
    shipping_paid: Number = field("shipping_paid")
    amount_paid: Number = field("amount_paid")
    tax_paid: Number = field("tax_paid")
    payment_method: Text = field("payment_method")
    customer_username: Text = field("customer_username")
    customer_email: Text = field("customer_email")
    customer_notes: Text = field("customer_notes")
    internal_notes: Text = field("internal_notes")
    gift_message: Text = field("gift_message")
    gift: Boolean = field("gift")
    sender: Party = field("sender")
    return_to: Party = field("return_to")
    ship_to: Party = field("ship_to")
    bill_to: Party = field("bill_to")
    items: list[Item] = field("items")
    packages: list[Package] = field("packages")
    weight: Mass = field("weight")
    insurance: Insurance = field("insurance")
    customs: Customs = field("customs")
    origin: Text = field("origin")
    extra: dict[str, dict[str, Anything]] = field("extra", kind=EXTRA)


def identity(document: Mapping[str, Any]) -> Identity:
    """The id makes it the same order again, else the number."""
    own, number = document.get("id"), document.get("number")
    number = number if isinstance(number, str) and number else None
    return Identity(own if isinstance(own, str) and own else number, number)


def arrive(order: Canonical, way: Way) -> None:
    """Say whose words the order holds, which lines its source deletes, and what only its source knows."""
    if order.origin in systems.shape_names():
        way.origin = systems.system_of(order.origin)
    for name, kept in order.extra.items():
        for spelled, value in kept.items():
            if not spelled.startswith("-"):
                way.unsaid.append(("extra", name, spelled))
                if name != way.target.name:
                    _delete(name, spelled, value, way)


def _delete(name: str, spelled: str, value: object, way: Way) -> None:
    """Note a line that the source deletes: the flag is among what only the source knows."""
    removes = systems.shape(name).removes if name in systems.shape_names() else None
    path = unspell(spelled)
    if value is True and removes and path and len(path) == 3 and path[2] == removes and isinstance(path[1], int):
        canonical = systems.shape(name).canonical(path[:2])
        if canonical and len(canonical) == 2:
            way.deleted.setdefault(str(canonical[0]), set()).add(path[1])


def depart(order: Canonical, way: Way) -> None:
    """Keep beside the order what its source's own spelling needs to come back."""
    if not way.home:
        order.extra = {way.source.name: kept} if (kept := keepsake(order, way)) else {}


SHAPE = Shape(
    name="orderctl",
    system="orderctl",
    title="orderctl",
    model=Order,
    identity=identity,
    arrive=arrive,
    depart=depart,
    across=rules.canonical,
    says=rules.SAYS,
    own=True,
)
