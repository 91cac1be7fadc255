"""What is left of an order when parts of it have left: the lines and quantities still to ship.

Knows List Orders' document and shipments; knows no file and no request.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orderctl.serve.shipment import Shipment, Shipped

Document = dict[str, Any]

_DIGITS = 1000
"""As many digits as any number has here; a text may have more than Python reads as a number."""


def rest(document: Mapping[str, Any], shipments: Sequence[Shipment]) -> Document | None:
    """The order without what was shipped, None when that was all.

    A shipment that names no line of the order means the whole of it. The packages go too, since they were worked out
    for the whole order.
    """
    if not shipments:
        return dict(document)
    parcels = {shipment.parcel: shipment for shipment in shipments}.values()
    lines = document.get("items") or []
    left = [_quantity(line) for line in lines]
    for parcel in parcels:
        named = [item for item in parcel.items if _lines_of(item, lines)]
        if not named:
            return None
        for item in named:
            _take(item, _lines_of(item, lines), left)
    still = [_with_quantity(line, number) for line, number in zip(lines, left, strict=True) if number > 0]
    if not still:
        return None
    kept = {name: value for name, value in document.items() if name != "packages"}
    return kept | {"status": "partial", "items": still}


def strangers(document: Mapping[str, Any], shipment: Shipment) -> int:
    """How many items of a shipment name no line of the order."""
    lines = document.get("items") or []
    return sum(not _lines_of(item, lines) for item in shipment.items)


def _quantity(line: Mapping[str, Any]) -> int:
    """The quantity of a line; one that is not told is one."""
    told = line.get("quantity")
    return 1 if told is None else int(str(told)[:_DIGITS])


def _lines_of(item: Shipped, lines: Sequence[Mapping[str, Any]]) -> list[int]:
    """The lines that an item means: by product id, which is what Update Order gives, else by sku."""
    by_product = [at for at, line in enumerate(lines) if (line.get("productId") or "") == item.id]
    return by_product or [at for at, line in enumerate(lines) if item.id and line.get("sku") == item.id]


def _take(item: Shipped, lines: Iterable[int], left: list[int]) -> None:
    """Take pieces from the lines of one product, from the first on."""
    wanted = item.quantity
    for at in lines:
        taken = left[at] if wanted is None else min(wanted, left[at])
        left[at] -= taken
        wanted = None if wanted is None else wanted - taken


def _with_quantity(line: Mapping[str, Any], number: int) -> Document:
    """The line with another quantity, a text where it was one; a line that nothing was taken from as it is."""
    told = line.get("quantity")
    if told is None or number == _quantity(line):
        return dict(line)
    return {**line, "quantity": str(number) if isinstance(told, str) else number}
