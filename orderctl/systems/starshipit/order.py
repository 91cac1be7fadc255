"""Starshipit's order, as its page Update Order gives it for the request and for the answer: one line per field.

Knows no other system. Keys that only live answers hold are marked OBSERVED.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from orderctl.mapping.document import Document, field
from orderctl.mapping.kinds import AnyFlag, AnyNumber, Anything, Boolean, Filled, Number, Text
from orderctl.mapping.shape import Identity, Shape
from orderctl.mapping.wording import CARRIER, SERVICE
from orderctl.systems.starshipit import rules
from orderctl.systems.starshipit.moves import arrive, depart, finish
from orderctl.systems.starshipit.words import (
    SIGNATURE,
    STATUS,
    Carrier,
    Country,
    Kilograms,
    Metres,
    Origin,
    Platform,
    Remote,
    Time,
)

_ANSWER = "part of Starshipit's answer, not of an order that is sent"
_LIVE = "OBSERVED in live answers of 2026"


def _observed() -> Any:
    return field(None, why=_ANSWER, see=_LIVE)


class Page(Document):
    """An object of the page Update Order."""

    page: ClassVar[str] = "Update Order"


class Sender(Page):
    """sender_details: where the parcel is picked up."""

    name: Filled = field("name", required=True, min_length=1, max_length=100)
    email: Text = field("email", max_length=100)
    phone: Text = field("phone", max_length=100)
    building: Text = field("building", max_length=100)
    company: Text = field("company", max_length=100)
    street: Filled = field(
        "line1", required=True, min_length=1, max_length=100, why="lines: joined with a comma and a blank"
    )
    suburb: Filled = field("suburb", required=True, min_length=1, max_length=100)
    city: Text = field("city", max_length=100)
    state: Text = field("region", max_length=100)
    post_code: Text = field("postal_code", max_length=10)
    country: Country = field("country", required=True, min_length=2, max_length=100)
    tax_numbers: Anything = _observed()


class Destination(Sender):
    """destination: where the parcel goes."""

    delivery_instructions: Text = field("instructions", max_length=100)
    tax_number: Text = field("tax_number")


class Item(Page):
    """items[n]: weight in kilograms and value are per unit."""

    item_id: Remote = field("remote_id")
    description: Text = field("title")
    sku: Text = field("sku", max_length=50)
    tariff_code: Text = field("hs_code", max_length=18)
    country_of_origin: Origin = field("origin", max_length=50)
    quantity: Number = field("quantity")
    quantity_to_ship: Number = field("quantity_to_ship")
    weight: Kilograms = field("weight")
    value: Number = field("unit_price")
    delete: Boolean = field(None, via="the line itself")
    color: Anything = _observed()
    size: Anything = _observed()
    barcode: Anything = _observed()
    quantity_shipped: AnyNumber = _observed()
    height: AnyNumber = _observed()
    width: AnyNumber = _observed()
    length: AnyNumber = _observed()
    brand: Anything = _observed()
    usage: Anything = _observed()
    material: Anything = _observed()
    model: Anything = _observed()
    mid_code: Anything = _observed()
    image_url: Anything = _observed()
    stock_on_hand: AnyNumber = _observed()
    return_reason: Anything = _observed()
    additional_return_reason: Anything = _observed()
    returned_items: Anything = _observed()


class Label(Page):
    """packages[n].labels[n] of the answer."""

    label_type: Anything = field(None, why=_ANSWER)
    label_url: Anything = field(None, why=_ANSWER)
    label_base64_string: Anything = field(None, why=_ANSWER)


class Package(Page):
    """packages[n]: kilograms and metres."""

    package_id: Remote = field("remote_id")
    name: Text = field("name")
    weight: Kilograms = field("weight")
    height: Metres = field("height")
    width: Metres = field("width")
    length: Metres = field("length")
    packaging_type: Text = field("type")
    tracking_number: Text = field("tracking_number")
    description: Text = field("description")
    delete: Boolean = field(None, via="the package itself")
    carrier_service_code: Anything = field(None, why=_ANSWER)
    carrier_service_name: Anything = field(None, why=_ANSWER)
    tracking_url: Anything = field(None, why=_ANSWER)
    delivery_status: Anything = field(None, why=_ANSWER)
    shipment_type: Anything = field(None, why=_ANSWER)
    label_created_date: Anything = field(None, why=_ANSWER)
    labels: list[Label] | None = field(None, why=_ANSWER)
    contents: Text = field(None, via="content")


class Metadata(Page):
    """metadatas[n]."""

    metafield_key: Text = field(None, why="a field of one Starshipit account")
    value: Text = field(None, why="a field of one Starshipit account")
    required: AnyFlag = _observed()


class Event(Page):
    """events[n] of the answer."""

    time: Anything = field(None, why=_ANSWER)
    category: Anything = field(None, why=_ANSWER)
    name: Anything = field(None, why=_ANSWER)
    method: Anything = field(None, why=_ANSWER)
    description: Anything = field(None, why=_ANSWER)


class Order(Page):
    """The `order` of PUT and POST /api/orders, and of the answer."""

    order_id: Remote = field("remote_id")
    order_date: Time = field("placed_at")
    order_number: Text = field("number", max_length=50)
    reference: Text = field("reference", max_length=50)
    carrier: Carrier = field("carrier", why=CARRIER)
    carrier_name: Anything = field(None, why=_ANSWER)
    carrier_service_code: Text = field("carrier_service", why=CARRIER)
    shipping_method: Text = field("service", max_length=100, why=SERVICE)
    shipping_description: Text = field("service_description", max_length=100)
    signature_required: Boolean = field("confirmation", kind=SIGNATURE)
    dangerous_goods: AnyFlag = field(None, why=_ANSWER)
    currency: Text = field("currency", max_length=3)
    sender_details: Sender = field("sender")
    destination: Destination = field("ship_to")
    items: list[Item] = field("items")
    packages: list[Package] = field("packages")
    metadatas: list[Metadata] = field(None, why="fields of one Starshipit account")
    status: Literal["Unshipped", "Saved", "Printed", "AwaitingDispatch", "Dispatched", "Delivered"] = field(
        "status", kind=STATUS
    )
    is_manifested: Boolean = field(None, why="only Starshipit knows manifests")
    return_order: AnyFlag = field(None, why="only Starshipit makes a return label so", see="Create Order, return_order")
    events: list[Event] | None = field(None, why=_ANSWER)
    declared_value: Number = field(None, via="packages[0].declared_value")
    archived: Boolean = field(None, why=_ANSWER)
    manifest_number: AnyNumber = field(None, why=_ANSWER)
    address_validation: Anything = field(None, why=_ANSWER)
    child_consignment_ids: Anything = field(None, why=_ANSWER)
    create_return: AnyFlag = field(None, why=_ANSWER)
    dtp: AnyFlag = field(None, why=_ANSWER)
    export_type: Anything = field(None, why=_ANSWER)
    add_insurance: Boolean = field(None, via="insurance.insured")
    insurance_value: Number = field(None, via="insurance.value")
    plt: AnyFlag = field(None, why=_ANSWER)
    type: Literal["Outgoing", "Return", "Transfer"] = field(None, why=_ANSWER)
    platform: Platform = field(None, why=_ANSWER)
    manifested: AnyFlag = field(None, why=_ANSWER)
    writeback_status: Anything = _observed()
    duties_amount: AnyNumber = _observed()
    tax_amount: AnyNumber = _observed()
    price_breakdown: Anything = field(None, why=_ANSWER, see=_LIVE, wire="price_breakdown ")
    total_shipping_price: AnyNumber = _observed()
    shipping_freight_value: AnyNumber = _observed()
    tags: Anything = _observed()
    has_commercial_invoice: AnyFlag = _observed()
    is_fully_packed: AnyFlag = _observed()


def identity(document: Mapping[str, Any]) -> Identity:
    """The order_number makes it the same order again."""
    number = document.get("order_number")
    key = number if isinstance(number, str) and number.strip() else None
    return Identity(key, key)


SHAPE = Shape(
    name="starshipit",
    system="starshipit",
    title="Starshipit",
    model=Order,
    identity=identity,
    one="order",
    several="orders",
    across=rules.update_order,
    says=rules.SAYS,
    arrive=arrive,
    depart=depart,
    finish=finish,
    removes="delete",
    moved={
        "id": "order_number where there is no number, else lost",
        "weight": "packages[0].weight",
        "customs.lines[n].hs_code": "items[n].tariff_code",
        "customs.lines[n].origin": "items[n].country_of_origin",
    },
    aka={
        "id": "order_number",
        "ship_to.line2": "destination.street",
        "ship_to.line3": "destination.street",
        "sender.line2": "sender_details.street",
        "sender.line3": "sender_details.street",
    },
    only_read={
        "content": "packages[n].contents",
        "insurance.insured": "add_insurance",
        "insurance.value": "insurance_value",
        "packages[n].declared_value": "declared_value",
    },
)
