"""Orders for the benchmarks: as many as are asked for in each shape, 1.5 to 2 KB each, the same for every run.

Knows what valid orders look like; knows no conversion. `python -m tests.bench.orders SHAPE COUNT PATH` writes a file.
"""

import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

SEED = 20261122
_FIRST = "Ada Grace Zoë Omar Mei Lars Noor Ivan Ruth José Anouk Kim Tariq Élodie Sven Priya".split()
_LAST = "Lovelace Hopper Ångström Haddad Lin Jensen Okafor Petrov Cohen Muñoz Visser Lee Rahman Roux Berg Rao".split()
_STREETS = "Some Street|North Williams Avenue|Crown Street|Baker Street|Rue de la Paix|Queen Street West".split("|")
_TOWNS = (
    ("Holladay", "UT", "84117", "US", "United States"),
    ("Claremont", "CA", "91711", "US", "United States"),
    ("Toronto", "ON", "M5H 2N2", "CA", "Canada"),
    ("Surry Hills", "NSW", "2010", "AU", "Australia"),
    ("Auckland", "Auckland", "1010", "NZ", "New Zealand"),
    ("London", "Greater London", "NW1 6XE", "GB", "United Kingdom"),
)
_GOODS = (
    "Merino wool socks, three pairs, charcoal and oat",
    "Umbrella with a bent beech handle, storm proof",
    'Wiffle balls, box of twelve, 9" and tournament ready',
    "Sencha green tea, first flush, 250 g in a sealed tin",
    "Phone case in recycled ocean plastic, deep blue",
    "Field notebook, dot grid, waxed cover, 120 leaves",
)
_SERVICES = ("Priority Overnight", "Ground Advantage", "Express", "Standard Parcel")
_NOTE = "Please leave the parcel with the neighbour at number 14 when nobody answers, and do not ring after eight."


def orders(shape: str, count: int, *, wrong: int = 0) -> Iterator[dict[str, Any]]:
    """So many orders of a shape; with `wrong`, every so many-th has four faults."""
    draw = random.Random(f"{SEED} {shape}")
    make, fields = _MAKERS[shape], _WRONG[shape]
    for number in range(count):
        order = make(draw, number)
        if wrong and number % wrong == 0:
            order.update(fields)
            order["items"][0]["quantity"] = "many"
        yield order


def write_array(path: Path, documents: Iterator[dict[str, Any]]) -> Path:
    """Write a JSON array, one order a line."""
    with path.open("wb") as file:
        separator = b"[\n"
        for document in documents:
            file.write(separator + _encode(document))
            separator = b",\n"
        file.write(b"\n]\n")
    return path


def write_lines(path: Path, documents: Iterator[dict[str, Any]]) -> Path:
    """Write JSON Lines."""
    with path.open("wb") as file:
        file.writelines(_encode(document) + b"\n" for document in documents)
    return path


def write_yaml(path: Path, documents: Iterator[dict[str, Any]]) -> Path:
    """Write one YAML list in block style."""
    from orderctl.files.yaml_writing import yaml_text

    with path.open("w", encoding="utf-8") as file:
        file.writelines(yaml_text(documents))
    return path


def _webship(draw: random.Random, number: int) -> dict[str, Any]:
    unit = draw.choice([("lb", "in"), ("kg", "cm")])
    sender, receiver = _party(draw, "webship", _TOWNS[0]), _party(draw, "webship", draw.choice(_TOWNS))
    items = [_item(draw, "webship") for _ in range(draw.choice((2, 2, 3)))]
    return {
        "orderId": f"WS-{number:07d}",
        "orderDate": _day(draw),
        "orderNumber": f"#{100000 + number}",
        "fulfillmentStatus": "pending",
        "shippingService": draw.choice(_SERVICES),
        "shipperReference": f"PO {draw.randrange(10**6)}",
        "shipperReference2": None,
        "contentDescription": "Goods for sale, nothing that is dangerous, no batteries",
        "shippingTotal": _price(draw),
        "weightUnit": unit[0],
        "dimUnit": unit[1],
        "dueByDate": _day(draw),
        "orderGroup": "web" if number % 3 else None,
        "sender": sender,
        "receiver": receiver,
        "items": items,
        "packages": [
            {
                "weight": str(_sum((item["weight"], item["quantity"]) for item in items)),
                **{side: str(draw.randrange(3, 40)) for side in ("length", "width", "height")},
                "insuranceAmount": None,
                "declaredValue": None,
            }
        ],
    }


def _webhook(draw: random.Random, number: int) -> dict[str, Any]:
    order = _webship(draw, number)
    kept = ("orderId", "orderNumber", "dueByDate", "sender", "receiver", "shippingService", "shipperReference")
    said = ("productId", "sku", "title", "price", "quantity", "weight", "imgUrl")
    items = [{key: item[key] for key in said} | {"quantity": str(item["quantity"])} for item in order["items"]]
    return {
        **{key: order[key] for key in kept},
        "orderDate": draw.randrange(1_500_000_000, 1_700_000_000),
        "customerNotes": _NOTE,
        "status": "pending",
        "returnTo": dict(order["sender"]),
        "shipping_total": order["shippingTotal"],
        "weightUnit": order["weightUnit"],
        "items": items,
        "packages": order["packages"],
    }


def _shipstation(draw: random.Random, number: int) -> dict[str, Any]:
    receiver = _party(draw, "shipstation", draw.choice(_TOWNS))
    items = [_item(draw, "shipstation") for _ in range(2)]
    return {
        "orderNumber": f"{100000 + number}",
        "orderKey": f"SS-{number:07d}",
        "orderDate": _time(draw, ""),
        "paymentDate": _time(draw, ""),
        "shipByDate": f"{_day(draw)}T00:00:00.0000000",
        "orderStatus": "awaiting_shipment",
        "customerEmail": "someone@example.com",
        "billTo": receiver,
        "shipTo": dict(receiver),
        "items": items,
        "amountPaid": _sum((item["unitPrice"], item["quantity"]) for item in items),
        "taxAmount": _number(draw),
        "shippingAmount": _number(draw),
        "customerNotes": _NOTE,
        "gift": False,
        "paymentMethod": "Credit Card",
        "requestedShippingService": draw.choice(_SERVICES),
        "carrierCode": "fedex",
        "serviceCode": "fedex_ground",
        "packageCode": "package",
        "confirmation": "delivery",
        "weight": {"value": _sum((item["weight"]["value"], item["quantity"]) for item in items), "units": "ounces"},
        "dimensions": {"units": "inches", "length": 7, "width": 5, "height": 6},
        "insuranceOptions": {"provider": "carrier", "insureShipment": True, "insuredValue": 200},
        "advancedOptions": {"nonMachinable": False, "saturdayDelivery": False, "containsAlcohol": False},
    }


def _starshipit(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "order_id": 10**7 + number,
        "order_date": _time(draw, "Z"),
        "order_number": f"ST-{number:07d}",
        "reference": f"PO {draw.randrange(10**6)}",
        "shipping_method": draw.choice(_SERVICES),
        "shipping_description": "By air, signed for",
        "signature_required": True,
        "currency": "AUD",
        "sender_details": _party(draw, "starshipit", _TOWNS[3]),
        "destination": {
            **_party(draw, "starshipit", draw.choice(_TOWNS)),
            "delivery_instructions": "Leave it at the back door, under the roof",
        },
        "items": [_item(draw, "starshipit") for _ in range(3)],
        "packages": [
            {
                "name": "Satchel, padded",
                "packaging_type": "Box",
                "weight": _number(draw),
                "length": Decimal("0.32"),
                "width": Decimal("0.21"),
                "height": Decimal("0.1"),
            }
        ],
        "status": "Unshipped",
        "archived": False,
    }


def _own(draw: random.Random, number: int) -> dict[str, Any]:
    items = [_item(draw, "orderctl") for _ in range(3)]
    return {
        "id": f"OC-{number:07d}",
        "number": f"{100000 + number}",
        "placed_at": _time(draw, "Z"),
        "ship_by": _day(draw),
        "status": "pending",
        "reference": f"PO {draw.randrange(10**6)}",
        "service": draw.choice(_SERVICES),
        "currency": "USD",
        "shipping_paid": _number(draw),
        "amount_paid": _sum((item["unit_price"], item["quantity"]) for item in items),
        "customer_notes": _NOTE,
        "sender": _party(draw, "orderctl", _TOWNS[0]),
        "ship_to": _party(draw, "orderctl", draw.choice(_TOWNS)),
        "items": items,
        "packages": [
            {
                "weight": {"value": _sum((item["weight"]["value"], item["quantity"]) for item in items), "unit": "lb"},
                "length": {"value": 7, "unit": "in"},
                "width": {"value": 5, "unit": "in"},
                "height": {"value": 6, "unit": "in"},
            }
        ],
    }


def _party(draw: random.Random, shape: str, town: tuple[str, ...]) -> dict[str, Any]:
    """An address in one of the towns, as a shape spells it."""
    name = _name(draw)
    known = dict(zip(("city", "state", "code", "country", "land"), town, strict=True))
    known |= {"name": name, "email": f"{name.split()[0].lower()}@example.com", "company": "Harbour & Sons Ltd"}
    return _spelled(_PARTIES[shape], known, draw)


def _item(draw: random.Random, shape: str) -> dict[str, Any]:
    """A line of an order, as a shape spells it."""
    product = draw.randrange(10**8)
    image = f"https://shop.example.com/images/{product}.jpg"
    known = {"id": product, "product": str(product), "sku": f"SKU-{product % 99999:05d}", "image": image}
    return _spelled(_ITEMS[shape], known, draw)


def _spelled(fields: str, known: Mapping[str, Any], draw: random.Random) -> dict[str, Any]:
    """An object of the fields named, `wire=what` or one word for both: what is known, else what is drawn."""
    pairs = (field.split("=") for field in fields.split())
    return {pair[0]: known[pair[-1]] if pair[-1] in known else _DRAWN[pair[-1]](draw) for pair in pairs}


def _sum(lines: Iterable[tuple[str | Decimal, int]]) -> Decimal:
    """What lines come to, each with its count."""
    return sum((Decimal(each) * count for each, count in lines), Decimal(0))


def _name(draw: random.Random) -> str:
    return f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"


def _day(draw: random.Random) -> str:
    return f"20{draw.randrange(18, 26)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"


def _time(draw: random.Random, zone: str) -> str:
    clock = f"{draw.randrange(4, 24):02d}:{draw.randrange(60):02d}:{draw.randrange(60):02d}"
    return f"{_day(draw)}T{clock}{zone or '.0000000'}"


def _price(draw: random.Random) -> str:
    return f"{draw.randrange(200)}.{draw.randrange(100):02d}"


def _weight(draw: random.Random) -> str:
    return f"{draw.randrange(1, 9)}.{draw.randrange(1, 10)}"


def _number(draw: random.Random) -> Decimal:
    return Decimal(f"{draw.randrange(1, 99)}.{draw.randrange(1, 100):02d}")


_PARTIES = {
    "webship": "name company address1=street address2=unit city state zip=code country phone email",
    "shipstation": "name company street1=street street2=null city state postalCode=code country phone residential=true",
    "starshipit": "name email phone company street suburb=city city state post_code=code country=land",
    "orderctl": "name company line1=street city region=state postal_code=code country phone",
}
_ITEMS = {
    "webship": "productId=product sku title price quantity weight imgUrl=image htsNumber=tariff countryOfOrigin=origin"
    " lineId=line pickLocation=shelf",
    "shipstation": "lineItemKey=product sku name=title imageUrl=image weight=ounces quantity unitPrice=number"
    " taxAmount=tax warehouseLocation=aisle upc",
    "starshipit": "item_id=id description=title sku tariff_code=tariff country_of_origin=land quantity"
    " quantity_to_ship=one weight=kilograms value=number",
    "orderctl": "line_id=product sku title quantity unit_price=number weight=pounds image_url=image hs_code=tariff"
    " origin=country",
}
_DRAWN: Mapping[str, Callable[[random.Random], Any]] = {
    "null": lambda _: None,
    "true": lambda _: True,
    "one": lambda _: 1,
    "tariff": lambda _: "610910",
    "country": lambda _: "VN",
    "land": lambda _: "Viet Nam",
    "tax": lambda _: Decimal("1.10"),
    "aisle": lambda _: "Aisle 1, Bin 7",
    "upc": lambda _: "32-65-98",
    "kilograms": lambda _: Decimal("0.35"),
    "street": lambda draw: f"{draw.randrange(1, 999)} {draw.choice(_STREETS)}",
    "unit": lambda draw: f"Unit {draw.randrange(90)}",
    "phone": lambda draw: f"{draw.randrange(2 * 10**9, 10**10)}",
    "title": lambda draw: draw.choice(_GOODS),
    "price": _price,
    "quantity": lambda draw: draw.randrange(1, 9),
    "weight": _weight,
    "origin": lambda draw: draw.choice(("US", "VN", "PT")),
    "line": lambda draw: str(draw.randrange(10**9)),
    "shelf": lambda draw: f"A{draw.randrange(40)}-{draw.randrange(9)}",
    "number": _number,
    "ounces": lambda draw: {"value": _number(draw), "units": "ounces"},
    "pounds": lambda draw: {"value": Decimal(_weight(draw)), "unit": "lb"},
}
"""What can be drawn for a field of a party or a line; some of it is always the same."""
_MAKERS: Mapping[str, Callable[[random.Random, int], dict[str, Any]]] = {
    "webship": _webship,
    "webship-webhook": _webhook,
    "shipstation": _shipstation,
    "starshipit": _starshipit,
    "orderctl": _own,
}
_WRONG: Mapping[str, dict[str, Any]] = {
    "webship": {"orderDate": "22/11/2026", "shippingTotal": 4, "fulfillmentStatus": "done"},
    "webship-webhook": {"orderDate": "yesterday", "shipping_total": 4, "dueByDate": "soon"},
    "shipstation": {"orderDate": "22/11/2026", "amountPaid": "much", "orderStatus": "done"},
    "starshipit": {"order_date": "22/11/2026", "currency": "AUD$", "status": "done"},
    "orderctl": {"placed_at": "22/11/2026", "amount_paid": "much", "status": "done"},
}
SHAPES = tuple(_MAKERS)
_encode = msgspec.json.Encoder(decimal_format="number").encode

if __name__ == "__main__":
    write_array(Path(sys.argv[3]), orders(sys.argv[1], int(sys.argv[2])))
