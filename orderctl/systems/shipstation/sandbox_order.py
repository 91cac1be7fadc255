"""The full order that an answer of ShipStation's sandbox holds.

Knows no request and no rule. What the real server makes of a sent order is taken from the page's own example,
surprises included: tags, product and customer ids come back null, the store's ids filled in.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from orderctl.systems.page_rules import is_number, is_number_text
from orderctl.systems.shipstation.sandbox_rules import ADDRESS, ADVANCED, PACIFIC, TIME, pacific
from orderctl.systems.stand_in import Json

_ORDER: tuple[str, ...] = (
    *(
        "orderId",
        "orderNumber",
        "orderKey",
        "orderDate",
        "createDate",
        "modifyDate",
        "paymentDate",
        "shipByDate",
    ),
    *(
        "orderStatus",
        "customerId",
        "customerUsername",
        "customerEmail",
        "billTo",
        "shipTo",
        "items",
        "orderTotal",
    ),
    *("amountPaid", "taxAmount", "shippingAmount", "customerNotes", "internalNotes", "gift", "giftMessage"),
    *(
        "paymentMethod",
        "requestedShippingService",
        "carrierCode",
        "serviceCode",
        "packageCode",
        "confirmation",
    ),
    *("shipDate", "holdUntilDate", "weight", "dimensions", "insuranceOptions", "internationalOptions"),
    *("advancedOptions", "tagIds", "userId", "externallyFulfilled", "externallyFulfilledBy"),
)
"""The keys of the page's example response, in its order."""


def full_order(
    sent: dict[str, Json],
    number: int,
    before: dict[str, Json] | None,
    new_id: Callable[[], int],
    now: datetime,
) -> dict[str, Json]:
    """The whole order that an answer holds: what was sent, what the server fills in; all the rest is null.

    An update replaces everything: only the id and the time of creation stay.
    """
    local = now.astimezone(PACIFIC)
    stamp = f"{local:%Y-%m-%dT%H:%M:%S.%f}0"
    items = sent.get("items") or []
    assert isinstance(items, list)
    filled: dict[str, Json] = {
        "orderId": number,
        "createDate": before["createDate"] if before else stamp,
        "modifyDate": stamp,
        **{name: _moment(sent.get(name)) for name in ("orderDate", "paymentDate", "shipByDate")},
        "shipDate": (_moment(sent.get("shipDate")) or "")[:10] or None,
        "customerId": None,
        "billTo": _address(sent["billTo"], verified=None),
        "shipTo": {**_address(sent["shipTo"], verified="Address not yet validated"), "residential": False},
        "items": [_item(item, new_id(), stamp[:-4]) for item in items],
        **{name: _number(sent.get(name)) for name in ("amountPaid", "taxAmount", "shippingAmount")},
        "orderTotal": _total(sent, items),
        "gift": _flag(sent.get("gift")),
        "holdUntilDate": None,
        "internationalOptions": _international(sent.get("internationalOptions")),
        "advancedOptions": _advanced(sent.get("advancedOptions")),
        "tagIds": None,
        "userId": None,
        "externallyFulfilled": False,
        "externallyFulfilledBy": None,
    }
    return {name: filled.get(name, sent.get(name)) for name in _ORDER}


def _moment(value: Json) -> str | None:
    """A time as answers write it: Pacific, without an offset, seven digits."""
    if not isinstance(value, str):
        return None
    if match := TIME.fullmatch(value):
        day, minute, second, fraction = match.groups()
        return f"{day}T{minute or '00:00'}:{second or '00'}.{fraction or '':0<7}"
    return f"{pacific(value):%Y-%m-%dT%H:%M:%S.%f}0"


def _address(sent: Json, verified: Json) -> dict[str, Json]:
    assert isinstance(sent, dict)
    return {**{row.path: sent.get(row.path) for row in ADDRESS}, "addressVerified": verified}


def _item(sent: Json, number: int, stamp: str) -> dict[str, Json]:
    assert isinstance(sent, dict)
    texts = {name: sent.get(name) for name in ("lineItemKey", "sku", "name", "imageUrl", "weight")}
    return {
        "orderItemId": number,
        **texts,
        "quantity": _number(sent.get("quantity")),
        "unitPrice": _number(sent.get("unitPrice")),
        "taxAmount": _number(sent.get("taxAmount"), None),
        "shippingAmount": _number(sent.get("shippingAmount"), None),
        "warehouseLocation": sent.get("warehouseLocation"),
        "options": sent.get("options") or [],
        "productId": None,
        "fulfillmentSku": sent.get("fulfillmentSku"),
        "adjustment": _flag(sent.get("adjustment")),
        "upc": sent.get("upc"),
        "createDate": stamp,
        "modifyDate": stamp,
    }


def _international(sent: Json) -> Json:
    given = sent if isinstance(sent, dict) else {}
    return {name: given.get(name) for name in ("contents", "customsItems", "nonDelivery")}


def _advanced(sent: Json) -> Json:
    given = sent if isinstance(sent, dict) else {}
    filled: dict[str, Json] = {"warehouseId": 1, "storeId": 1, "mergedOrSplit": False, "mergedIds": []}
    flags: dict[str, Json] = {"nonMachinable": False, "saturdayDelivery": False, "containsAlcohol": False}
    return {name: given.get(name) or {**filled, **flags}.get(name) for name in (row.path for row in ADVANCED)}


def _total(sent: dict[str, Json], items: list[Json]) -> Json:
    total = _decimal(sent.get("taxAmount")) + _decimal(sent.get("shippingAmount"))
    for item in items:
        if isinstance(item, dict):
            total += _decimal(item.get("quantity")) * _decimal(item.get("unitPrice"))
    return total


def _decimal(value: Json) -> Decimal:
    return Decimal(str(value).strip()) if is_number(value) or is_number_text(value) else Decimal(0)


def _number(value: Json, absent: Json = 0) -> Json:
    return absent if value is None else Decimal(value.strip()) if isinstance(value, str) else value


def _flag(value: Json) -> bool:
    return str(value).lower() == "true"
