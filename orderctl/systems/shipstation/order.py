"""ShipStation's V1 order, as its page Create/Update Order and the models it names give it: one line per field.

Knows no other system. Lengths given as `soft_max` are those of sibling import channels into the same
database: inferred, so a warning.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from orderctl.mapping.document import Document, field
from orderctl.mapping.kinds import AnyNumber, Anything, Boolean, CountryCode, Filled, Text
from orderctl.mapping.shape import Identity, Shape
from orderctl.mapping.wording import CARRIER, REGION, SERVICE
from orderctl.systems.shipstation import rules
from orderctl.systems.shipstation.moves import arrive, depart, finish
from orderctl.systems.shipstation.words import (
    REMOTE,
    STATUS,
    WEIGHT_UNIT,
    Amount,
    Due,
    Numbered,
    Shipped,
    Time,
)

_ANSWER = "ShipStation's own answer; it is not part of an order that is sent"
_ACCOUNT = "a number or code of one ShipStation account"
_OPTION = "only ShipStation knows this option"


class Page(Document):
    """An object of the page Create/Update Order."""

    page: ClassVar[str] = "Create/Update Order"


class Weight(Page):
    """The model Weight; WeightUnits is read-only."""

    value: Amount | None = field("value")
    units: Literal["pounds", "ounces", "grams"] | None = field("unit", kind=WEIGHT_UNIT)
    WeightUnits: AnyNumber = field(None, why=_ANSWER)


class Dimensions(Page):
    """The model Dimensions: those of the order's one package."""

    units: Literal["inches", "centimeters"] | None = field(None, via="packages[0]")
    length: Amount | None = field(None, via="packages[0].length")
    width: Amount | None = field(None, via="packages[0].width")
    height: Amount | None = field(None, via="packages[0].height")


class Address(Page):
    """The model Address."""

    name: Text | None = field("name", soft_max=100)
    company: Text | None = field("company", soft_max=100)
    street1: Text | None = field("line1", soft_max=200)
    street2: Text | None = field("line2", soft_max=200)
    street3: Text | None = field("line3", soft_max=200)
    city: Text | None = field("city", soft_max=100)
    state: Text | None = field("region", soft_max=100, why=REGION)
    postalCode: Text | None = field("postal_code", soft_max=50)
    country: CountryCode | None = field("country")
    phone: Text | None = field("phone", soft_max=50)
    residential: Boolean | None = field("residential")
    addressVerified: Anything = field(None, why=_ANSWER)


class Option(Page):
    """The model ItemOption."""

    name: Text | None = field("name", soft_max=100)
    value: Text | None = field("value", soft_max=100)


class Item(Page):
    """The model OrderItem; orderItemId is read-only."""

    orderItemId: Numbered | None = field("remote_id", kind=REMOTE)
    lineItemKey: Text | None = field("line_id", soft_max=50)
    sku: Text | None = field("sku", soft_max=100)
    name: Text = field("title", required=True, soft_max=200)
    imageUrl: Text | None = field("image_url", soft_max=500)
    weight: Weight | None = field("weight")
    quantity: Amount | None = field("quantity")
    unitPrice: Amount | None = field("unit_price")
    taxAmount: Amount | None = field("tax")
    shippingAmount: Amount | None = field("shipping")
    warehouseLocation: Text | None = field("location", soft_max=100)
    options: list[Option] | None = field("options")
    productId: Numbered | None = field(None, why=_ACCOUNT)
    fulfillmentSku: Text | None = field("fulfilment_sku", soft_max=400)
    adjustment: Boolean | None = field("adjustment")
    upc: Text | None = field("upc", soft_max=100)
    createDate: Anything = field(None, why=_ANSWER)
    modifyDate: Anything = field(None, why=_ANSWER)


class Insurance(Page):
    """The model InsuranceOptions."""

    provider: Literal["shipsurance", "carrier", "provider", "xcover", "parcelguard"] | None = field("provider")
    insureShipment: Boolean | None = field("insured")
    insuredValue: Amount | None = field("value")


class CustomsItem(Page):
    """The model CustomsItem; customsItemId is read-only."""

    customsItemId: AnyNumber = field(None, why=_ANSWER)
    description: Text | None = field("description")
    quantity: Amount | None = field("quantity")
    value: Amount | None = field("value")
    harmonizedTariffCode: Text | None = field("hs_code", soft_max=30)
    countryOfOrigin: CountryCode | None = field("origin")


class International(Page):
    """The model InternationalOptions."""

    contents: Literal["merchandise", "documents", "gift", "returned_goods", "sample"] | None = field("contents")
    customsItems: list[CustomsItem] | None = field("lines")
    nonDelivery: Literal["return_to_sender", "treat_as_abandoned"] | None = field("non_delivery")


class Advanced(Page):
    """The model AdvancedOptions."""

    warehouseId: Numbered | None = field(None, why=_ACCOUNT)
    nonMachinable: Boolean | None = field(None, why=_OPTION)
    saturdayDelivery: Boolean | None = field(None, why=_OPTION)
    containsAlcohol: Boolean | None = field(None, why=_OPTION)
    mergedOrSplit: Boolean | None = field(None, why=_ANSWER)
    mergedIds: list[Numbered] | None = field(None, why=_ANSWER)
    parentId: Numbered | None = field(None, why=_ANSWER)
    storeId: Numbered | None = field(None, why=_ACCOUNT)
    customField1: Text | None = field(None, why=_OPTION, soft_max=100)
    customField2: Text | None = field(None, why=_OPTION, soft_max=100)
    customField3: Text | None = field(None, why=_OPTION, soft_max=100)
    source: Text | None = field("source", soft_max=50)
    billToParty: Literal["my_account", "my_other_account", "recipient", "third_party"] | None = field(None, why=_OPTION)
    billToAccount: Text | None = field(None, why=_OPTION)
    billToPostalCode: Text | None = field(None, why=_OPTION)
    billToCountryCode: CountryCode | None = field(None, why=_OPTION)
    billToMyOtherAccount: Numbered | None = field(None, why=_ACCOUNT)


class Order(Page):
    """The body of POST /orders/createorder, and what the system answers with."""

    orderId: Numbered | None = field("remote_id", kind=REMOTE)
    orderNumber: Filled = field("number", required=True, max_length=50)
    orderKey: Text | None = field("id", soft_max=50)
    orderDate: Time = field("placed_at", required=True)
    paymentDate: Time | None = field("paid_at")
    shipByDate: Due | None = field("ship_by")
    orderStatus: Literal[
        "awaiting_payment", "awaiting_shipment", "shipped", "on_hold", "cancelled", "pending_fulfillment"
    ] = field("status", required=True, kind=STATUS)
    customerId: Numbered | None = field(None, why=_ACCOUNT)
    customerUsername: Text | None = field("customer_username", soft_max=100)
    customerEmail: Text | None = field("customer_email", soft_max=100)
    billTo: Address = field("bill_to", required=True)
    shipTo: Address = field("ship_to", required=True)
    items: list[Item] | None = field("items")
    amountPaid: Amount | None = field("amount_paid")
    taxAmount: Amount | None = field("tax_paid")
    shippingAmount: Amount | None = field("shipping_paid")
    customerNotes: Text | None = field("customer_notes", soft_max=1000)
    internalNotes: Text | None = field("internal_notes", soft_max=1000)
    gift: Boolean | None = field("gift")
    giftMessage: Text | None = field("gift_message", soft_max=1000)
    paymentMethod: Text | None = field("payment_method", soft_max=50)
    requestedShippingService: Text | None = field("service", soft_max=1000, why=SERVICE)
    carrierCode: Text | None = field("carrier", why=CARRIER)
    serviceCode: Text | None = field("carrier_service", why=CARRIER)
    packageCode: Text | None = field("package_type")
    confirmation: Literal["none", "delivery", "signature", "adult_signature", "direct_signature"] | None = field(
        "confirmation"
    )
    shipDate: Shipped | None = field("shipped_on")
    holdUntilDate: Anything = field(None, why=_ANSWER)
    weight: Weight | None = field("weight")
    dimensions: Dimensions | None = field(None, via="packages[0]")
    insuranceOptions: Insurance | None = field("insurance")
    internationalOptions: International | None = field("customs", kind=rules.EMPTY_LIST)
    customsCountryCode: CountryCode | None = field(None, why="the product's default origin, for all lines at once")
    advancedOptions: Advanced | None = field("")
    tagIds: list[Numbered] | None = field(None, why=_ACCOUNT)
    createDate: Anything = field(None, why=_ANSWER)
    modifyDate: Anything = field(None, why=_ANSWER)
    orderTotal: AnyNumber = field(None, why=_ANSWER)
    userId: Anything = field(None, why=_ANSWER)
    externallyFulfilled: Boolean | None = field(None, via="status")
    externallyFulfilledBy: Anything = field(None, why=_ANSWER)
    externallyFulfilledById: AnyNumber = field(None, why=_ANSWER)
    externallyFulfilledByName: Anything = field(None, why=_ANSWER)
    labelMessages: Anything = field(None, why=_ANSWER)


def identity(document: Mapping[str, Any]) -> Identity:
    """The orderKey makes it the same order again; people see the orderNumber, which is not unique."""
    key, number = document.get("orderKey"), document.get("orderNumber")
    return Identity(key if isinstance(key, str) and key else None, number if isinstance(number, str) else None)


SHAPE = Shape(
    name="shipstation",
    system="shipstation",
    title="ShipStation",
    model=Order,
    identity=identity,
    across=rules.create_order,
    says=rules.SAYS,
    arrive=arrive,
    depart=depart,
    finish=finish,
    moved={
        **{
            f"{party}.{line}": f"{address}.{home}"
            for party, address in (("ship_to", "shipTo"), ("bill_to", "billTo"))
            for line, home in (("building", "street2 or street3"), ("suburb", "city, street2 or street3"))
        },
        "items[n].hs_code": "internationalOptions.customsItems[n] across a border, else lost",
        "items[n].origin": "internationalOptions.customsItems[n] across a border, else lost",
    },
    aka={
        "packages[n].weight": "weight",
        "packages[n].length": "dimensions.length",
        "packages[n].width": "dimensions.width",
        "packages[n].height": "dimensions.height",
        "packages[n].insured_value": "insuranceOptions.insuredValue",
    },
)
