"""`orderctl fields` with two shapes: where each field of one goes in the other, after mapping.md, section 3."""

import pytest

from orderctl.report.tables import field_table
from orderctl.systems import shape

GOES = [
    ("shipstation", "items[n].weight.value", "webship", "items[n].weight"),
    ("shipstation", "items[n].weight.units", "webship-webhook", "items[n].weight"),
    ("shipstation", "weight.value", "webship", "packages[0].weight"),
    ("shipstation", "weight.value", "starshipit", "packages[0].weight"),
    ("shipstation", "dimensions.length", "webship", "packages[n].length"),
    ("shipstation", "dimensions.height", "orderctl", "packages[n].height"),
    ("shipstation", "externallyFulfilled", "orderctl", "status"),
    ("shipstation", "confirmation", "webship", "lost"),
    ("shipstation", "items[n].weight.WeightUnits", "webship", "lost"),
    ("webship", "packages[n].weight", "shipstation", "weight"),
    ("webship", "packages[n].declaredValue", "shipstation", "lost"),
    ("starshipit", "declared_value", "webship", "packages[n].declaredValue"),
    ("starshipit", "packages[n].contents", "webship", "contentDescription"),
    ("orderctl", "packages[n].length.unit", "starshipit", "packages[n].length"),
    ("orderctl", "insurance.value", "starshipit", "lost"),
    ("starshipit", "order_id", "shipstation", "lost"),
    ("shipstation", "items[n].orderItemId", "starshipit", "lost"),
    ("starshipit", "order_id", "orderctl", "remote_id"),
]


def rows(source: str, target: str) -> list[tuple[str, ...]]:
    return field_table([shape(source), shape(target)]).rows


@pytest.mark.parametrize(("source", "field", "target", "place"), GOES)
def test_a_field_goes_where_the_mapping_puts_it(source: str, field: str, target: str, place: str) -> None:
    assert [row[2] for row in rows(source, target) if row[0] == field] == [place]


def test_one_number_that_gives_both_id_and_number_stands_beside_both() -> None:
    places = [row[2] for row in rows("starshipit", "webship") if row[0] == "order_number"]
    assert places == ["orderNumber", "orderId"]


def test_a_measure_is_listed_once_also_where_one_shape_writes_it_in_parts() -> None:
    listed = [row[0] for row in rows("webship", "shipstation") if row[1].startswith("items[n].weight")]
    assert listed == ["items[n].weight"]


def test_what_the_source_cannot_say_has_no_field() -> None:
    assert [row[0] for row in rows("shipstation", "webship") if row[2] == "orderGroup"] == [""]
