"""What is left of an order: by hand for each way in which a shipment can name its items; and forms of any bytes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderctl.serve.form import Malformed, read_form
from orderctl.serve.rest import rest, strangers
from orderctl.serve.shipment import Shipment, Shipped, kept_as, told_by

from .support import order

Line = dict[str, Any]


def line(product: str | None, quantity: object, sku: str | None = None) -> Line:
    return {"productId": product, "sku": sku, "title": "Hat", "quantity": quantity}


def parcel(*items: tuple[str, int | None], number: str = "1Z1") -> Shipment:
    return Shipment("A-1", "", None, (number,), tuple(Shipped(*item) for item in items), {}, {}, {})


def left(lines: list[Line], *parcels: Shipment) -> list[tuple[str | None, object]] | None:
    document = rest(order("A-1", items=lines), parcels)
    return None if document is None else [(each["productId"], each["quantity"]) for each in document["items"]]


@pytest.mark.parametrize(
    ("lines", "items", "expected"),
    [
        ([line("1", "3")], [("1", 1)], [("1", "2")]),
        ([line("1", 3)], [("1", 1)], [("1", 2)]),
        ([line("1", "3")], [("1", 3)], None),
        ([line("1", "3")], [("1", 9)], None),
        ([line("1", "3")], [("1", 0)], [("1", "3")]),
        ([line("1", "3"), line("2", "1")], [("1", None)], [("2", "1")]),
        ([line("1", "2"), line("1", "2")], [("1", 3)], [("1", "1")]),
        ([line("1", "2"), line("1", "2")], [("1", None)], None),
        ([line(None, "2", sku="HAT"), line("2", "1")], [("HAT", 1)], [(None, "1"), ("2", "1")]),
        ([line(None, "2"), line("2", "1")], [("", 2)], [("2", "1")]),
        ([line("1", None), line("2", "1")], [("1", 1)], [("2", "1")]),
        ([line("1", None), line("2", "1")], [("2", 1)], [("1", None)]),
        ([line("1", "3")], [("9", 1)], None),
        ([line("1", "3")], [("9", 1), ("1", 1)], [("1", "2")]),
        ([line("1", "9" * 5000), line("2", "1")], [("2", 1)], [("1", "9" * 5000)]),
        ([line("1", "3")], [], None),
        ([], [], None),
    ],
)
def test_lines_are_less_what_was_shipped(
    lines: list[Line], items: list[tuple[str, int | None]], expected: object
) -> None:
    assert left(lines, parcel(*items)) == expected


def test_parcels_add_up_and_one_told_twice_counts_once() -> None:
    lines = [line("1", "9")]
    assert left(lines, parcel(("1", 2)), parcel(("1", 3), number="1Z2")) == [("1", "4")]
    assert left(lines, parcel(("1", 2)), parcel(("1", 2))) == [("1", "7")]


def test_the_rest_is_partial_and_its_packages_go() -> None:
    document = order("A-1", items=[line("1", "3")], packages=[{"weight": "2"}], shipping_total="5")
    found = rest(document, [parcel(("1", 1))])
    assert found == {**order("A-1", items=[line("1", "2")], shipping_total="5"), "status": "partial"}
    assert rest(document, []) == document


def test_items_that_the_order_has_not_are_counted() -> None:
    assert strangers(order("A-1", items=[line("1", "3")]), parcel(("1", 1), ("7", 1), ("", 1))) == 2


def test_an_index_of_any_length_is_a_place_in_the_list() -> None:
    form = read_form(b"items[99999999999][id]=c&items[10][id]=b&items[9][id]=a")
    assert form == {"items": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}
    assert read_form(b"items[%s][id]=a" % (b"9" * 5000)) == {"items": [{"id": "a"}]}


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_a_form(body: bytes) -> None:
    try:
        shipment = told_by(read_form(body), "2026-01-01T00:00:00+00:00")
    except Malformed:
        return
    assert kept_as(shipment.line()) == shipment


_NAMES = st.text(st.sampled_from("items[].0id"), min_size=1, max_size=14)


@given(st.lists(st.tuples(_NAMES, st.text(st.sampled_from("a1+%2 é"), max_size=4)), max_size=6))
def test_no_names_break_the_reading_of_a_form(pairs: list[tuple[str, str]]) -> None:
    body = "&".join(["orderId=A-1", *(f"{name}={value}" for name, value in pairs)])
    try:
        shipment = told_by(read_form(body.encode()), "2026-01-01T00:00:00+00:00")
    except Malformed:
        return
    assert shipment.order == "A-1"
    assert kept_as(shipment.line()) == shipment
