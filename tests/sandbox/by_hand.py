"""The documents of the vendors' pages, typed off by hand, and how to change one place of them."""

import copy
from typing import Any, Final

Document = dict[str, Any]
GONE: Final = object()
"""As a value for `changed`: the key is left out."""

PUT_ORDER: Document = {
    "orderId": "123ABC",
    "orderDate": "2016-04-24",
    "orderNumber": "abc123",
    "fulfillmentStatus": "pending",
    "shippingService": "Standard",
    "shippingTotal": "8.24",
    "weightUnit": "lb",
    "dimUnit": "in",
    "dueByDate": "2016-04-26",
    "orderGroup": "Workstation 1",
    "contentDescription": "Stuff and things",
    "sender": {
        "name": "Albert Jones",
        "company": "Jones Co.",
        "address1": "123 Some Street",
        "address2": "#54",
        "city": "Holladay",
        "state": "UT",
        "zip": "84117",
        "country": "US",
        "phone": "8015042351",
        "email": "albert@jones.egg",
    },
    "returnTo": {
        "name": "Steve Smith",
        "company": "Smith Co.",
        "address1": "123 A street",
        "address2": "Apt 7",
        "city": "American Fork",
        "state": "UT",
        "zip": "84115",
        "country": "US",
        "phone": "8015555555",
        "email": "steve@smith.egg",
    },
    "receiver": {
        "name": "Alice Janson",
        "company": "",
        "address1": "54 Green St.",
        "address2": "",
        "city": "Salt Lake City",
        "state": "UT",
        "zip": "84106",
        "country": "US",
        "phone": "8013920046",
        "email": "alice@jensen.egg",
    },
    "items": [
        {
            "productId": "856673",
            "sku": "ade3-fe21-bb9a",
            "title": "Socks",
            "price": "3.99",
            "quantity": 2,
            "weight": "0.5",
            "imgUrl": "http://sockstore.egg/img/856673",
            "htsNumber": "555555",
            "countryOfOrigin": "US",
            "lineId": "1",
            "pickLocation": "100-03S",
        }
    ],
    "packages": [
        {
            "weight": "0.5",
            "length": "6",
            "width": "5",
            "height": "2.5",
            "insuranceAmount": None,
            "declaredValue": None,
        }
    ],
}

CREATE_ORDER: Document = {
    "orderNumber": "TEST-ORDER-API-DOCS",
    "orderKey": "0f6bec18-3e89-4881-83aa-f392d84f4c74",
    "orderDate": "2015-06-29T08:46:27.0000000",
    "paymentDate": "2015-06-29T08:46:27.0000000",
    "shipByDate": "2015-07-05T00:00:00.0000000",
    "orderStatus": "awaiting_shipment",
    "customerId": 37701499,
    "customerUsername": "president@example.com",
    "customerEmail": "president@example.com",
    "billTo": {
        "name": "The President",
        "company": None,
        "street1": None,
        "street2": None,
        "street3": None,
        "city": None,
        "state": None,
        "postalCode": None,
        "country": None,
        "phone": None,
        "residential": None,
    },
    "shipTo": {
        "name": "The President",
        "company": "US Govt",
        "street1": "1600 Pennsylvania Ave",
        "street2": "Oval Office",
        "street3": None,
        "city": "Washington",
        "state": "DC",
        "postalCode": "20500",
        "country": "US",
        "phone": "555-555-5555",
        "residential": True,
    },
    "items": [
        {
            "lineItemKey": "vd08-MSLbtx",
            "sku": "ABC123",
            "name": "Test item #1",
            "imageUrl": None,
            "weight": {"value": 24, "units": "ounces"},
            "quantity": 2,
            "unitPrice": 99.99,
            "taxAmount": 2.5,
            "shippingAmount": 5,
            "warehouseLocation": "Aisle 1, Bin 7",
            "options": [{"name": "Size", "value": "Large"}],
            "productId": 123456,
            "fulfillmentSku": None,
            "adjustment": False,
            "upc": "32-65-98",
        },
        {
            "lineItemKey": None,
            "sku": "DISCOUNT CODE",
            "name": "10% OFF",
            "imageUrl": None,
            "weight": {"value": 0, "units": "ounces"},
            "quantity": 1,
            "unitPrice": -20.55,
            "taxAmount": None,
            "shippingAmount": None,
            "warehouseLocation": None,
            "options": [],
            "productId": 123456,
            "fulfillmentSku": "SKU-Discount",
            "adjustment": True,
            "upc": None,
        },
    ],
    "amountPaid": 218.73,
    "taxAmount": 5,
    "shippingAmount": 10,
    "customerNotes": "Please ship as soon as possible!",
    "internalNotes": "Customer called and would like to upgrade shipping",
    "gift": True,
    "giftMessage": "Thank you!",
    "paymentMethod": "Credit Card",
    "requestedShippingService": "Priority Mail",
    "carrierCode": "fedex",
    "serviceCode": "fedex_2day",
    "packageCode": "package",
    "confirmation": "delivery",
    "shipDate": "2015-07-02",
    "weight": {"value": 25, "units": "ounces"},
    "dimensions": {"units": "inches", "length": 7, "width": 5, "height": 6},
    "insuranceOptions": {"provider": "carrier", "insureShipment": True, "insuredValue": 200},
    "internationalOptions": {"contents": None, "customsItems": None},
    "advancedOptions": {
        "warehouseId": None,
        "nonMachinable": False,
        "saturdayDelivery": False,
        "containsAlcohol": False,
        "mergedOrSplit": False,
        "mergedIds": [],
        "parentId": None,
        "storeId": None,
        "customField1": "Custom data that you can add to an order.",
        "customField2": "Per UI settings, this information can appear on labels.",
        "customField3": "https://help.shipstation.com/hc/en-us/articles/206639957",
        "source": "Webstore",
        "billToParty": None,
        "billToAccount": None,
        "billToPostalCode": None,
        "billToCountryCode": None,
    },
    "tagIds": [53974],
}

UPDATE_ORDER: Document = {
    "order_date": "2020-12-09T02:11:12.6468502Z",
    "order_number": "10001",
    "reference": "Online Order",
    "carrier": "AusPost",
    "carrier_service_code": "7B05",
    "shipping_method": "Express Shipping",
    "signature_required": False,
    "destination": {
        "name": "John Smith",
        "phone": "0290988227",
        "street": "20 George Street",
        "suburb": "Sydney",
        "state": "NSW",
        "post_code": "2000",
        "country": "Australia",
        "delivery_instructions": "Leave at door",
    },
    "items": [
        {"description": "Mobile Phone", "sku": "MOBILE", "quantity": 1, "weight": 0.65, "value": 125},
        {
            "description": "Mobile Case (Black)",
            "sku": "MOBILE-CASE-BLK",
            "quantity": 1,
            "weight": 0.05,
            "value": 20,
        },
    ],
    "packages": [{"weight": 0.7, "height": 0.04, "width": 0.08, "length": 0.12}],
}


def changed(document: Document, *places: tuple[str, object]) -> Document:
    """A copy of the document with other values at these places, spelled `items.0.price`."""
    copied = copy.deepcopy(document)
    for place, value in places:
        *parents, last = (int(part) if part.isdecimal() else part for part in place.split("."))
        at: Any = copied
        for part in parents:
            at = at[part]
        if value is GONE:
            del at[last]
        else:
            at[last] = value
    return copied
