"""Starshipit's rules between fields, and those that a schema cannot say.

Knows Starshipit's documents; the severities are those of the project's rulings.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orderctl.mapping import reckon
from orderctl.mapping.check import Judge
from orderctl.mapping.shape import Says
from orderctl.mapping.wording import found

_NUMBERS = (int, Decimal)


def update_order(document: Mapping[str, Any], judge: Judge) -> None:
    """The rules of the page Update Order that one line cannot say."""
    number = document.get("order_number")
    if number is None or (isinstance(number, str) and not number.strip()):
        code = "missing" if number is None else "blank"
        judge.find(code, ("order_number",), "found none; creating an order requires it", "warning")
    for key in ("sender_details", "destination"):
        address = document.get(key)
        if isinstance(address, dict) and address.get("state") == "":
            judge.find("too-short", (key, "state"), "found blank text; leave the key out", "warning")
    items = document.get("items")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        value: Any = item.get("value") if isinstance(item, dict) else None
        if type(value) in _NUMBERS and value < 0:
            message = f"found {found(value)}, which is negative"
            judge.find("out-of-range", ("items", index, "value"), message, "warning", basis="inferred")
    reckon.weigh(document, judge, _KILOGRAMS, partial=False)
    if declared := reckon.number(document.get("declared_value")):
        reckon.amount(("declared_value",), declared, reckon.worth(document, "value", reckon.number), judge)


_KILOGRAMS = reckon.Scale(reckon.number, reckon.number, float)

SAYS = (
    Says("missing", "order_number", "documented for Create Order"),
    Says("too-short", "sender_details.state, destination.state"),
    Says("out-of-range", "items[n].value", "inferred"),
    Says("absurd-weight", "items[n].weight, packages[n].weight", "inferred"),
    Says("sums-differ", "packages[n].weight with items[n].weight", "inferred"),
    Says("sums-differ", "declared_value with items[n].value", "inferred"),
)
"""The rules that the schema of the page Update Order cannot say."""
