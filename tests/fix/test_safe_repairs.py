"""Which values are repaired, to what, and which are left: by hand, from the rulings."""

import copy
from decimal import Decimal
from pathlib import Path as File
from typing import Any

import msgspec
import pytest

from orderctl.fix import assess, repairs
from orderctl.paths import spell, unspell
from orderctl.systems import shape

READ = msgspec.json.Decoder(float_hook=Decimal).decode
CASES = File(__file__).parent.parent / "cases"
SURE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("webship", {"receiver.zip": 91711}, {"receiver.zip": "91711"}),
    ("webship", {"receiver.zip": 917113214}, {"receiver.zip": "917113214"}),
    ("webship-webhook", {"receiver.zip": 91711}, {"receiver.zip": "91711"}),
    ("webship", {"receiver.country": "AU", "receiver.zip": 2000}, {"receiver.zip": "2000"}),
    ("webship", {"shippingTotal": ".77"}, {"shippingTotal": "0.77"}),
    ("webship", {"shippingTotal": "5."}, {"shippingTotal": "5"}),
    ("webship", {"shippingTotal": Decimal("3.990")}, {"shippingTotal": "3.990"}),
    ("webship", {"items[0].price": 4}, {"items[0].price": "4"}),
    ("webship-webhook", {"items[0].price": Decimal("0.77")}, {"items[0].price": "0.77"}),
    ("webship", {"receiver.state": "California"}, {"receiver.state": "CA"}),
    ("webship", {"receiver.state": "ut"}, {"receiver.state": "UT"}),
    ("webship", {"receiver.state": "Québec", "receiver.country": "CA"}, {"receiver.state": "QC"}),
    ("webship-webhook", {"receiver.state": "new york"}, {"receiver.state": "NY"}),
    ("webship", {"receiver.phone": "(801) 555-0100"}, {"receiver.phone": "8015550100"}),
    ("webship", {"receiver.phone": "+1 801.555.0100"}, {"receiver.phone": "8015550100"}),
    ("webship", {"receiver.phone": "+1 801.555.0100", "receiver.country": "CN"}, {"receiver.phone": "8015550100"}),
    ("webship-webhook", {"sender.phone": "1-801-555-0100"}, {"sender.phone": "8015550100"}),
    ("webship", {"receiver.country": "us"}, {"receiver.country": "US"}),
    ("webship", {"receiver.country": "United States"}, {"receiver.country": "US"}),
    ("webship", {"items[0].countryOfOrigin": "UK"}, {"items[0].countryOfOrigin": "GB"}),
    ("shipstation", {"shipTo.country": "USA"}, {"shipTo.country": "US"}),
    ("shipstation", {"amountPaid": "12.50"}, {"amountPaid": Decimal("12.50")}),
    ("shipstation", {"items[0].quantity": "20"}, {"items[0].quantity": 20}),
    ("shipstation", {"amountPaid": "5."}, {"amountPaid": 5}),
    ("starshipit", {"items[0].value": "3.10"}, {"items[0].value": Decimal("3.10")}),
    (
        "webship",
        {"receiver.country": "United States", "receiver.state": "California"},
        {"receiver.country": "US", "receiver.state": "CA"},
    ),
]
LEFT: list[tuple[str, dict[str, Any], str, str]] = [
    ("webship", {"receiver.zip": 2110}, "receiver.zip", "5 or 9 digits"),
    ("webship", {"receiver.zip": 21101234}, "receiver.zip", "5 or 9 digits"),
    ("webship-webhook", {"receiver.zip": 2110}, "receiver.zip", "leading zeros"),
    ("webship", {"receiver.country": "AU", "receiver.zip": 800}, "receiver.zip", "4 digits"),
    ("webship", {"receiver.country": "Nowhere", "receiver.zip": 91711}, "receiver.zip", "not known"),
    ("webship", {"shippingTotal": "1,50"}, "shippingTotal", "guess"),
    ("webship", {"shippingTotal": "$5"}, "shippingTotal", "guess"),
    ("webship", {"shippingTotal": "-5.00"}, "shippingTotal", "guess"),
    ("webship", {"shippingTotal": Decimal("-5.00")}, "shippingTotal", "no sign"),
    ("webship", {"shippingTotal": Decimal("1E+2")}, "shippingTotal", "exponent"),
    ("webship", {"receiver.phone": "801-555-0100 x"}, "receiver.phone", "another number"),
    ("webship", {"receiver.phone": "+61 2 9999 000"}, "receiver.phone", "another number"),
    ("webship", {"receiver.phone": "138 0013 8000", "receiver.country": "CN"}, "receiver.phone", "North America"),
    ("webship", {"receiver.phone": "18015550100", "receiver.country": "Nowhere"}, "receiver.phone", "North America"),
    ("webship", {"receiver.country": "Georgia"}, "receiver.country", "state"),
    (
        "webship",
        {"receiver.country": "United States", "receiver.state": "Nowhere"},
        "receiver.country",
        "receiver.state",
    ),
    ("webship", {"packages[0].insuranceAmount": ".00"}, "packages[0].insuranceAmount", "null for no insurance"),
    ("shipstation", {"amountPaid": "007"}, "amountPaid", "leading zeros"),
    ("shipstation", {"items[0].unitPrice": "12.505"}, "items[0].unitPrice", "two places"),
]
SILENT: list[tuple[str, dict[str, Any]]] = [
    ("webship", {}),
    ("webship", {"receiver.phone": "8015550100"}),
    ("webship", {"receiver.phone": "+44 20 7946 0000"}),
    ("webship", {"receiver.state": "Nowhere"}),
    ("webship", {"receiver.country": "Nowhere"}),
    ("webship", {"orderDate": "04/24/2016"}),
    ("webship-webhook", {"items[0].price": ".77"}),
    ("webship-webhook", {"items[0].quantity": "2"}),
    ("shipstation", {"orderId": "12"}),
    ("shipstation", {"shipTo.state": "California"}),
    ("starshipit", {"destination.country": "united states"}),
]


def document(name: str, change: dict[str, Any]) -> Any:
    goods = READ((CASES / name / "good.json").read_bytes())
    good = copy.deepcopy(goods if "items" in goods else next(iter(goods.values())))
    for path, value in change.items():
        holder = good
        *above, last = unspell(path) or ()
        for part in above:
            holder = holder[part]
        holder[last] = value
    return good


@pytest.mark.parametrize(("name", "change", "meant"), SURE, ids=[f"{c[0]} {list(c[1].items())[-1]}" for c in SURE])
def test_what_was_surely_meant_is_written(name: str, change: dict[str, Any], meant: dict[str, Any]) -> None:
    made = repairs(document(name, change), shape(name))
    found = {spell(repair.path): repair.after for repair in made if repair.path in map(unspell, {**change, **meant})}
    assert {path: (type(value), str(value)) for path, value in found.items()} == {
        path: (type(value), str(value)) for path, value in meant.items()
    }
    assert all(repair.reason for repair in made)


@pytest.mark.parametrize(("name", "change", "path", "why"), LEFT, ids=[f"{c[0]} {list(c[1].items())}" for c in LEFT])
def test_a_guess_is_left_with_its_reason(name: str, change: dict[str, Any], path: str, why: str) -> None:
    assessed = assess(document(name, change), shape(name))
    assert unspell(path) not in [repair.path for repair in assessed.repairs]
    (left,) = [left for left in assessed.left if left.path == unspell(path)]
    assert why in left.reason


@pytest.mark.parametrize(("name", "change"), SILENT, ids=[f"{c[0]} {list(c[1].items())}" for c in SILENT])
def test_what_has_no_safe_repair_is_not_spoken_of(name: str, change: dict[str, Any]) -> None:
    touched = [unspell(path) for path in change]
    assessed = assess(document(name, change), shape(name))
    assert [one.path for one in (*assessed.repairs, *assessed.left) if one.path in touched] == []
    if not change:
        assert not [one for one in assessed.repairs if one.code]


def test_a_repair_that_would_show_a_hidden_fault_is_left_while_others_are_made() -> None:
    spoiled = document("webship", {"receiver.country": "United States", "receiver.state": "Nowhere"})
    spoiled["shippingTotal"] = ".77"
    spoiled["sender"]["country"] = "us"
    made = {spell(repair.path) for repair in repairs(spoiled, shape("webship"))}
    assert {"shippingTotal", "sender.country"} <= made
    assert "receiver.country" not in made


def test_a_thousand_repairs_that_do_not_hold_take_no_time() -> None:
    spoiled = document("shipstation", {})
    spoiled["items"] = [{**spoiled["items"][0], "unitPrice": "12.505", "taxAmount": "1.50"} for _ in range(1000)]
    assessed = assess(spoiled, shape("shipstation"))
    assert len(assessed.repairs) == 1000
    assert len(assessed.left) == 1000
