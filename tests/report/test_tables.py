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

CHANGED = [
    ("webship", "fulfillmentStatus", "status"),
    ("webship", "shippingService", "service"),
    ("webship", "sender.state", "region"),
    ("webship", "receiver.phone", "phone"),
    ("webship", "returnTo.state", "region"),
    ("webship-webhook", "shippingService", "service"),
    ("webship-webhook", "receiver.state", "region"),
    ("webship-webhook", "sender.phone", "phone"),
    ("shipstation", "requestedShippingService", "service"),
    ("shipstation", "shipTo.state", "region"),
    ("shipstation", "billTo.state", "region"),
    ("shipstation", "carrierCode", "carrier"),
    ("shipstation", "serviceCode", "carrier"),
    ("starshipit", "shipping_method", "service"),
    ("starshipit", "destination.street", "lines"),
    ("starshipit", "sender_details.street", "lines"),
    ("starshipit", "carrier", "carrier"),
    ("starshipit", "carrier_service_code", "carrier"),
    ("starshipit", "destination.country", "country name"),
]


def rows(source: str, target: str) -> list[tuple[str, ...]]:
    return field_table([shape(source), shape(target)]).rows


@pytest.mark.parametrize(("source", "field", "target", "place"), GOES)
def test_a_field_goes_where_the_mapping_puts_it(source: str, field: str, target: str, place: str) -> None:
    assert [row[2] for row in rows(source, target) if row[0] == field] == [place]


@pytest.mark.parametrize(("name", "field", "word"), CHANGED)
def test_a_field_says_by_which_rule_its_value_changes_on_the_way(name: str, field: str, word: str) -> None:
    table = field_table([shape(name)])
    said = table.columns.index("normalisation")
    assert [row[said].partition(":")[0] for row in table.rows if row[0] == field] == [word]


def test_one_number_that_gives_both_id_and_number_stands_beside_both() -> None:
    places = [row[2] for row in rows("starshipit", "webship") if row[0] == "order_number"]
    assert places == ["orderNumber", "orderId"]


def test_a_measure_is_listed_once_also_where_one_shape_writes_it_in_parts() -> None:
    listed = [row[0] for row in rows("webship", "shipstation") if row[1].startswith("items[n].weight")]
    assert listed == ["items[n].weight"]


def test_what_the_source_cannot_say_has_no_field() -> None:
    assert [row[0] for row in rows("shipstation", "webship") if row[2] == "orderGroup"] == [""]
