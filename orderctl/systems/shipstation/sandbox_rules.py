"""The field table of ShipStation's sandbox, from the page, with what was seen refused beyond it.

Knows no request and no answer.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from orderctl.systems.page_rules import (
    ARRAY,
    INTEGER,
    OBJECT,
    TEXT,
    Breach,
    Form,
    Kind,
    Row,
    is_number,
    is_number_text,
    matches,
    under,
)
from orderctl.systems.stand_in import Json

PACIFIC = ZoneInfo("America/Los_Angeles")
TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?", re.ASCII)
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.ASCII)


def _is_time(text: str) -> bool:
    try:
        pacific(text)
    except (ValueError, OverflowError):
        return False
    return TIME.fullmatch(_OFFSET.sub("", text)) is not None


# Seen: numbers as text are read, booleans as text are read if they are words, and 0 and 1 are not.
_NUMBER = Kind("a number", lambda value: is_number(value) or is_number_text(value))
_FLAG = Kind("a boolean", lambda value: str(value).lower() in ("true", "false"))
_MOMENT = Form("a date and time as yyyy-mm-dd hh:mm:ss", _is_time)


def _optional(kind: Kind, *names: str) -> tuple[Row, ...]:
    return tuple(Row(name, kind, null=True) for name in names)


def _choice(name: str, *words: str) -> Row:
    return Row(name, TEXT, null=True, words=words)


ADDRESS = (
    *_optional(TEXT, "name", "company", "street1", "street2", "street3", "city", "state", "postalCode"),
    *_optional(TEXT, "country", "phone"),
    Row("residential", _FLAG, null=True),
)
_WEIGHT = (Row("value", _NUMBER, null=True), _choice("units", "pounds", "ounces", "grams"))
_ITEM = (
    Row("name", TEXT, required=True),
    *_optional(TEXT, "lineItemKey", "sku", "imageUrl", "warehouseLocation", "fulfillmentSku", "upc"),
    *_optional(_NUMBER, "quantity", "unitPrice", "taxAmount", "shippingAmount", "productId"),
    Row("weight", OBJECT, null=True),
    *under("weight", _WEIGHT),
    Row("options", ARRAY, null=True),
    Row("options[]", OBJECT),
    *_optional(TEXT, "options[].name", "options[].value"),
    Row("adjustment", _FLAG, null=True),
)
_CUSTOMS = (
    Row("contents", TEXT, null=True, words=("merchandise", "documents", "gift", "returned_goods", "sample")),
    _choice("nonDelivery", "return_to_sender", "treat_as_abandoned"),
    Row("customsItems", ARRAY, null=True),
    Row("customsItems[]", OBJECT),
    *_optional(
        TEXT,
        "customsItems[].description",
        "customsItems[].harmonizedTariffCode",
        "customsItems[].countryOfOrigin",
    ),
    *_optional(_NUMBER, "customsItems[].quantity", "customsItems[].value"),
)
ADVANCED = (
    *_optional(_NUMBER, "warehouseId", "storeId", "parentId", "billToMyOtherAccount"),
    *_optional(_FLAG, "nonMachinable", "saturdayDelivery", "containsAlcohol", "mergedOrSplit"),
    Row("mergedIds", ARRAY, null=True),
    *_optional(TEXT, "customField1", "customField2", "customField3", "source"),
    *_optional(TEXT, "billToAccount", "billToPostalCode", "billToCountryCode"),
    _choice("billToParty", "my_account", "my_other_account", "recipient", "third_party"),
)
RULES = (
    Row("orderId", INTEGER, null=True),
    Row("orderNumber", TEXT, required=True, shortest=1, longest=50),
    Row("orderKey", TEXT, null=True),
    Row("orderDate", TEXT, required=True, form=_MOMENT),
    Row("paymentDate", TEXT, null=True, form=_MOMENT),
    Row("shipByDate", TEXT, null=True, form=_MOMENT),
    Row("shipDate", TEXT, null=True, form=_MOMENT),
    Row(
        "orderStatus",
        TEXT,
        required=True,
        words=(
            "awaiting_payment",
            "awaiting_shipment",
            "shipped",
            "on_hold",
            "cancelled",
            "pending_fulfillment",
        ),
    ),
    *_optional(TEXT, "customerUsername", "customerEmail", "customerNotes", "internalNotes", "giftMessage"),
    *_optional(TEXT, "paymentMethod", "requestedShippingService", "carrierCode", "serviceCode", "packageCode"),
    *_optional(TEXT, "customsCountryCode"),
    Row("billTo", OBJECT, required=True),
    *under("billTo", ADDRESS),
    Row("shipTo", OBJECT, required=True),
    *under("shipTo", ADDRESS),
    Row("items", ARRAY, null=True),
    Row("items[]", OBJECT),
    *under("items[]", _ITEM),
    *_optional(_NUMBER, "amountPaid", "taxAmount", "shippingAmount"),
    Row("gift", _FLAG, null=True),
    _choice("confirmation", "none", "delivery", "signature", "adult_signature", "direct_signature"),
    Row("weight", OBJECT, null=True),
    *under("weight", _WEIGHT),
    Row("dimensions", OBJECT, null=True),
    *_optional(_NUMBER, "dimensions.length", "dimensions.width", "dimensions.height"),
    _choice("dimensions.units", "inches", "centimeters"),
    Row("insuranceOptions", OBJECT, null=True),
    _choice("insuranceOptions.provider", "shipsurance", "carrier", "provider", "xcover", "parcelguard"),
    Row("insuranceOptions.insureShipment", _FLAG, null=True),
    Row("insuranceOptions.insuredValue", _NUMBER, null=True),
    Row("internationalOptions", OBJECT, null=True),
    *under("internationalOptions", _CUSTOMS),
    Row("advancedOptions", OBJECT, null=True),
    *under("advancedOptions", ADVANCED),
    Row("tagIds", ARRAY, null=True),
    Row("tagIds[]", _NUMBER),
)


def with_country_and_carrier(sent: dict[str, Json]) -> list[Breach]:
    """What was seen refused beyond the field table: blank names, countries, a carrier without its service."""
    found = []
    for party, name in (("shipTo", "Ship Name"), ("billTo", "Bill Name")):
        address = sent.get(party)
        if not isinstance(address, dict):
            continue
        if not str(address.get("name") or "").strip():
            found.append(Breach(f"{party}.name", "length", f"'{name}' must not be empty."))
        if (country := address.get("country")) and not matches("[A-Za-z]{2}")(str(country)):
            found.append(Breach(f"{party}.country", "conflict", "Please use a 2 character country code"))
    if bool(sent.get("carrierCode")) != bool(sent.get("serviceCode")):
        found.append(Breach("carrierCode", "conflict", "Invalid carrierCode"))
    return found


def pacific(text: str) -> datetime:
    """The time in Pacific; a time without an offset is that already."""
    time = datetime.fromisoformat(text)
    return time.astimezone(PACIFIC) if time.tzinfo else time
