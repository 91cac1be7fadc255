"""Webship's REST order, as its page Put Order gives it: one line per field.

Knows no other system. Citations name the page; what was only observed says so.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from orderctl.mapping.document import Document, field
from orderctl.mapping.kinds import CountryCode, Day, DecimalText, Filled, Integer, Text
from orderctl.mapping.shape import Identity, Shape
from orderctl.mapping.wording import PHONE, REGION, SERVICE
from orderctl.systems.webship import rules
from orderctl.systems.webship.moves import MOVED, arrive, depart, finish
from orderctl.systems.webship.words import STATUS, LengthText, WeightText


class PutOrder(Document):
    """An object of the page Put Order."""

    page: ClassVar[str] = "Put Order"


class ReturnTo(PutOrder):
    """returnTo: every field may be left out or blank."""

    name: Text = field("name")
    company: Text = field("company")
    address1: Text = field("line1")
    address2: Text = field("line2")
    city: Text = field("city")
    state: Text = field("region", why=REGION)
    zip: Text = field("postal_code")
    country: CountryCode = field("country")
    phone: Text = field("phone", why=PHONE)
    email: Text = field("email")


class Address(ReturnTo):
    """sender and receiver: an address that a label can be made from."""

    name: Filled = field("name", required=True)
    address1: Filled = field("line1", required=True)
    city: Filled = field("city", required=True)
    state: Text = field("region", required=True, why=REGION)
    zip: Text = field("postal_code", required=True)
    country: CountryCode = field("country", required=True)


class Item(PutOrder):
    """items[n]: price and weight are per unit."""

    productId: Text = field("product_id")
    sku: Text | None = field("sku")
    title: Text = field("title")
    price: DecimalText = field("unit_price")
    quantity: Integer = field("quantity")
    weight: WeightText | None = field("weight")
    imgUrl: Text | None = field("image_url")
    htsNumber: Text | None = field("hs_code")
    countryOfOrigin: CountryCode | None = field("origin")
    lineId: Text | None = field("line_id")
    pickLocation: Text | None = field("location")


class Package(PutOrder):
    """packages[n]: one parcel, measured beforehand."""

    weight: WeightText = field("weight")
    length: LengthText | None = field("length")
    width: LengthText | None = field("width")
    height: LengthText | None = field("height")
    insuranceAmount: DecimalText | None = field("insured_value")
    declaredValue: DecimalText | None = field("declared_value")


class Order(PutOrder):
    """The body of PUT …/orders/:orderId."""

    orderId: Filled = field("id", required=True)
    orderDate: Day = field("placed_at", required=True)
    orderNumber: Text | None = field("number", required=True)
    fulfillmentStatus: Literal["pending", "fulfilled", "partial"] = field("status", required=True, kind=STATUS)
    shippingService: Text | None = field("service", required=True, why=SERVICE)
    shipperReference: Text | None = field("reference")
    shipperReference2: Text | None = field("reference2")
    contentDescription: Text = field("content")
    shippingTotal: DecimalText | None = field("shipping_paid", required=True)
    weightUnit: Literal["lb", "kg"] | None = field(None, required=True, via="every weight")
    dimUnit: Literal["in", "cm"] | None = field(None, required=True, via="every length")
    dueByDate: Day | None = field("ship_by", required=True)
    orderGroup: Text | None = field("group", required=True)
    sender: Address = field("sender", required=True)
    returnTo: ReturnTo = field("return_to")
    receiver: Address = field("ship_to", required=True)
    items: list[Item] | None = field("items", required=True)
    packages: list[Package] | None = field("packages", required=True)


def identity(document: Mapping[str, Any]) -> Identity:
    """The orderId makes it the same order again; people see the orderNumber."""
    key, number = document.get("orderId"), document.get("orderNumber")
    return Identity(key if isinstance(key, str) else None, number if isinstance(number, str) else None)


SHAPE = Shape(
    name="webship",
    system="webship",
    title="Webship",
    model=Order,
    identity=identity,
    whole=True,
    across=rules.put_order,
    says=rules.SAYS,
    arrive=arrive,
    depart=depart,
    finish=finish,
    moved=MOVED,
)
