"""The canonical order: what an order means, whichever system wrote it.

Imports nothing of ours. None means that the source did not say; no field has a default.
Money and measures are `Decimal`, ids and codes are text.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

Status: TypeAlias = Literal[
    "awaiting_payment",
    "on_hold",
    "pending",
    "external",
    "saved",
    "printed",
    "awaiting_dispatch",
    "partial",
    "shipped",
    "delivered",
    "cancelled",
]
Confirmation: TypeAlias = Literal["none", "delivery", "signature", "adult_signature", "direct_signature"]
WeightUnit: TypeAlias = Literal["lb", "oz", "g", "kg"]
LengthUnit: TypeAlias = Literal["in", "cm", "m"]


@dataclass(slots=True)
class Weight:
    """A mass in the unit that the source gave."""

    value: Decimal
    unit: WeightUnit


@dataclass(slots=True)
class Length:
    """A length in the unit that the source gave."""

    value: Decimal
    unit: LengthUnit


@dataclass(slots=True)
class RemoteId:
    """A number that a system gave out; it means nothing in another system."""

    system: str
    id: int


@dataclass(slots=True)
class Party:
    """A person or firm at an address; `country` is ISO 3166-1 alpha-2."""

    name: str | None = None
    company: str | None = None
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    building: str | None = None
    suburb: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    residential: bool | None = None
    instructions: str | None = None
    tax_number: str | None = None


@dataclass(slots=True)
class Option:
    """A choice that the buyer made for one item: size, colour."""

    name: str | None = None
    value: str | None = None


@dataclass(slots=True)
class Item:
    """One line of the order; `weight` and `unit_price` are per unit."""

    line_id: str | None = None
    remote_id: RemoteId | None = None
    product_id: str | None = None
    sku: str | None = None
    title: str | None = None
    quantity: Decimal | None = None
    quantity_to_ship: Decimal | None = None
    unit_price: Decimal | None = None
    tax: Decimal | None = None
    shipping: Decimal | None = None
    weight: Weight | None = None
    image_url: str | None = None
    hs_code: str | None = None
    origin: str | None = None
    location: str | None = None
    upc: str | None = None
    fulfilment_sku: str | None = None
    adjustment: bool | None = None
    options: list[Option] | None = None


@dataclass(slots=True)
class Package:
    """One parcel; `weight` is that of the whole parcel."""

    remote_id: RemoteId | None = None
    name: str | None = None
    type: str | None = None
    description: str | None = None
    tracking_number: str | None = None
    weight: Weight | None = None
    length: Length | None = None
    width: Length | None = None
    height: Length | None = None
    insured_value: Decimal | None = None
    declared_value: Decimal | None = None


@dataclass(slots=True)
class Insurance:
    """Insurance of the order as a whole."""

    provider: str | None = None
    insured: bool | None = None
    value: Decimal | None = None


@dataclass(slots=True)
class CustomsLine:
    """One line of a customs declaration."""

    description: str | None = None
    quantity: Decimal | None = None
    value: Decimal | None = None
    hs_code: str | None = None
    origin: str | None = None


@dataclass(slots=True)
class Customs:
    """What a customs declaration says of the order."""

    contents: str | None = None
    non_delivery: str | None = None
    lines: list[CustomsLine] | None = None


@dataclass(slots=True)
class Order:
    """An order, in the middle between any two shapes."""

    id: str | None = None
    number: str | None = None
    remote_id: RemoteId | None = None
    placed_at: date | datetime | None = None
    paid_at: date | datetime | None = None
    ship_by: date | None = None
    shipped_on: date | None = None
    status: Status | None = None
    group: str | None = None
    reference: str | None = None
    reference2: str | None = None
    content: str | None = None
    source: str | None = None
    service: str | None = None
    service_description: str | None = None
    carrier: str | None = None
    carrier_service: str | None = None
    package_type: str | None = None
    confirmation: Confirmation | None = None
    currency: str | None = None
    shipping_paid: Decimal | None = None
    amount_paid: Decimal | None = None
    tax_paid: Decimal | None = None
    payment_method: str | None = None
    customer_username: str | None = None
    customer_email: str | None = None
    customer_notes: str | None = None
    internal_notes: str | None = None
    gift_message: str | None = None
    gift: bool | None = None
    sender: Party | None = None
    return_to: Party | None = None
    ship_to: Party | None = None
    bill_to: Party | None = None
    items: list[Item] | None = None
    packages: list[Package] | None = None
    weight: Weight | None = None
    insurance: Insurance | None = None
    customs: Customs | None = None
    origin: str | None = None
    """The shape that the order came from."""
    extra: dict[str, dict[str, object]] = field(default_factory=dict)
    """Shape name → spelled path → what only that shape knows."""
