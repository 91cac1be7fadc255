"""Detection: by keys that only one shape has; two that fit are an error, never a guess."""

from typing import Any

import pytest

from orderctl.detect import detect


@pytest.mark.parametrize(
    ("document", "shape"),
    [
        ({"orderId": "1", "fulfillmentStatus": "pending"}, "webship"),
        ({"orderId": "1", "receiver": {}, "status": "pending"}, "webship-webhook"),
        ({"orderId": "1", "shipping_total": "1.00"}, "webship-webhook"),
        ({"orderNumber": "1", "orderStatus": "shipped"}, "shipstation"),
        ({"orderKey": "1"}, "shipstation"),
        ({"order_number": "1"}, "starshipit"),
        ({"destination": {"name": "A"}}, "starshipit"),
        ({"ship_to": {"name": "A"}, "number": "1"}, "orderctl"),
        ({"orderId": "1", "items": [{"lineId": "1", "sku": "A"}]}, "webship"),
        ({"order_number": "1", "whatever": 1}, "starshipit"),
    ],
)
def test_a_record_has_the_one_shape_whose_keys_it_has(document: dict[str, Any], shape: str) -> None:
    assert detect(document).shape == shape


def test_two_shapes_that_fit_are_named_and_none_is_chosen() -> None:
    told = detect({"orderId": "1", "receiver": {"name": "A"}})
    assert told.shape is None
    assert set(told.fits) == {"webship", "webship-webhook"}


def test_keys_of_two_shapes_are_no_shape() -> None:
    told = detect({"fulfillmentStatus": "pending", "orderKey": "1"})
    assert told.shape is None
    assert set(told.fits) == {"webship", "shipstation"}


def test_keys_that_no_shape_knows_fit_none() -> None:
    assert detect({"foo": 1}).fits == ()
