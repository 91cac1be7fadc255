"""What the canonical order says twice: weights, and amounts.

Knows the canonical order as a document; no page states its rules, so all of this is our own reading.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orderctl import units
from orderctl.mapping import reckon
from orderctl.mapping.check import Judge
from orderctl.mapping.reckon import number
from orderctl.mapping.shape import Says


def canonical(document: Mapping[str, Any], judge: Judge) -> None:
    """The sums and weights of one order."""
    reckon.weigh(document, judge, _SCALE, partial=document.get("status") == "partial")
    stated, place = reckon.packed(document, "declared_value", number)
    if stated and not reckon.modest(document, "unit_price", stated):
        reckon.amount(place, stated, reckon.worth(document, "unit_price", number), judge)


def _glance(value: Any) -> float:
    return float(value["value"]) * _GLANCED[value["unit"]]


def _kilograms(value: Any) -> Decimal | None:
    unit = _UNITS.get(str(value.get("unit"))) if isinstance(value, Mapping) else None
    mass = number(value.get("value")) if unit else None
    return mass * unit if mass is not None and unit is not None else None


_UNITS: Mapping[str, Decimal] = {str(unit): size for unit, size in units.KILOGRAMS.items()}
_GLANCED = {unit: float(size) for unit, size in _UNITS.items()}
_SCALE = reckon.Scale(_kilograms, number, _glance, at=("value",), whole=True)
SAYS = (
    Says("absurd-weight", "items[n].weight.value, packages[n].weight.value, weight.value", "inferred"),
    Says("sums-differ", "packages[n].weight.value, weight.value with items[n].weight", "inferred"),
    Says("sums-differ", "packages[n].declared_value with items[n].unit_price", "inferred"),
)
"""The rules between fields of the canonical order."""
