"""What was made quick says what its plain form says."""

import io
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.documents import documents, spoiled

from bench.orders import SHAPES, orders
from orderctl import files, systems
from orderctl.convert import convert
from orderctl.detect import detect
from orderctl.files.reading import read_stream
from orderctl.findings import Finding
from orderctl.intake import take_in
from orderctl.mapping.check import Judge, _judge_fields
from orderctl.mapping.way import Settings
from orderctl.systems import shape, shape_names

ENCODE = msgspec.json.Encoder(decimal_format="number").encode
DOCUMENTS = st.sampled_from(shape_names()).flatmap(
    lambda name: st.tuples(st.just(name), documents(name) | spoiled(name))
)


def judged(name: str, document: Any) -> list[Finding]:
    """What every field on its own is found to be, the plain way."""
    judge = Judge(shape(name), document)
    _judge_fields(judge, shape(name), document)
    return judge.findings


def read(text: bytes, name: str | None) -> files.Record:
    """The only record of a JSON text, with the kind of a shape expected, or none."""
    expected = files.Expected(shape(name).sound if name else None)
    (record,) = read_stream(io.BytesIO(text), "x", files.Envelopes(*systems.envelopes()), "json", expected)
    return record


@settings(max_examples=100, deadline=None, derandomize=True)
@given(DOCUMENTS)
def test_a_document_is_vouched_for_exactly_when_none_of_its_fields_has_a_finding(drawn: tuple[str, Any]) -> None:
    name, document = drawn
    assert shape(name).sound.vouches(document) == (not judged(name, document))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(DOCUMENTS)
def test_a_text_that_is_vouched_for_holds_what_is_read_the_plain_way_and_no_field_has_a_finding(
    drawn: tuple[str, Any],
) -> None:
    name, document = drawn
    text = ENCODE(document)
    quick, plain = read(text, name), read(text, None)
    assert (quick.document, quick.fault) == (plain.document, plain.fault)
    assert not (quick.vouched and judged(name, plain.document))


ODD = {
    "a key twice": (b'"orderNumber":', b'"orderNumber":"1","orderNumber":'),
    "an unknown key": (b'"orderNumber":', b'"ordernumber":"1","orderNumber":'),
    "a key twice behind blanks": (b'"orderNumber":', b'"orderNumber" : "1", "orderNumber":'),
    "NUL": (b'"orderNumber":"', b'"orderNumber":"\\u0000'),
    "half a pair": (b'"orderNumber":"', b'"orderNumber":"\\ud800'),
    "a digit too many": (b'"amountPaid":', b'"amountPaid":' + b"1" * 1001 + b'.0,"x":'),
    "many digits": (b'"amountPaid":', b'"amountPaid":1' + b"0" * 1001),
    "many places": (b'"amountPaid":', b'"amountPaid":0.' + b"1" * 600 + b"1" * 600),
    "a large exponent": (b'"amountPaid":', b'"amountPaid":1E+5000,"taxAmount":'),
    "a small exponent": (b'"amountPaid":', b'"amountPaid":1E-5000,"taxAmount":'),
    "a number as text": (b'"amountPaid":', b'"amountPaid":"1.10","taxAmount":'),
    "a float that is whole": (b'"orderId":', b'"orderId":5.0,"x":'),
    "NaN": (b'"amountPaid":', b'"amountPaid":NaN,"x":'),
    "deep": (b'"orderTotal":', b'"orderTotal":' + b"[" * 70 + b"]" * 70 + b',"x":'),
    "not UTF-8": (b'"orderNumber":"', b'"orderNumber":"\xff'),
    "no day": (b'"orderDate":"20', b'"orderDate":"0000-02-30","x":"20'),
    "a line end behind": (b'"orderDate":"', b'"orderDate":"2015-06-29T08:46:27\\n","x":"'),
    "a comma too many": (b'"orderNumber":', b',"orderNumber":'),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_text_is_read_and_judged_the_plain_way(odd: str) -> None:
    order = {"orderId": 1, "orderTotal": 1, **next(orders("shipstation", 1))}
    assert read(ENCODE(order), "shipstation").vouched
    old, new = ODD[odd]
    text = ENCODE(order).replace(old, new, 1)
    assert text != ENCODE(order)
    quick, plain = read(text, "shipstation"), read(text, None)
    assert not quick.vouched
    assert (quick.document, quick.fault, quick.line, quick.column) == (
        plain.document,
        plain.fault,
        plain.line,
        plain.column,
    )


@pytest.mark.parametrize("digits", [19, 20, 1000, 1001, 5000])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", ["webship", "webship-webhook"])
def test_a_whole_number_of_many_digits_is_read_and_judged_the_plain_way(name: str, sign: str, digits: int) -> None:
    assert shape(name).sound.whole
    order: Any = convert(next(orders("webship", 1)), shape("webship"), shape(name), Settings()).document
    order["items"][0]["quantity"] = 123456789
    few = ENCODE(order)
    assert read(few, name).vouched
    many = few.replace(b"123456789", sign.encode() + b"9" * digits)
    quick, plain = read(many, name), read(many, None)
    assert not quick.vouched
    assert (quick.document, quick.fault) == (plain.document, plain.fault)


@pytest.mark.parametrize(
    "value",
    [True, Decimal("5"), Decimal("5.5"), "5", 2**31, [5], {"a": 5}, "\u2003", "\x1c", "1\n", "1e5", ""],
    ids=repr,
)
@pytest.mark.parametrize("name", SHAPES)
def test_a_value_is_vouched_for_only_where_its_field_takes_it(name: str, value: Any) -> None:
    order = next(orders(name, 1))
    for key in order:
        document = {**order, key: value}
        assert not (shape(name).sound.vouches(document) and judged(name, document)), key


@pytest.mark.parametrize("name", SHAPES)
def test_what_programs_write_is_vouched_for_with_blanks_and_without(name: str) -> None:
    for order in orders(name, 3):
        text = ENCODE(order)
        for spelled in (text, msgspec.json.format(text, indent=2), msgspec.json.format(text, indent=0)):
            assert read(spelled, name).vouched
            assert read(spelled, name).document == read(spelled, None).document


@pytest.mark.parametrize("key", sorted({key for name in shape_names() for key in shape(name).table.known}))
def test_a_record_is_taken_in_under_the_shape_that_detection_names(key: str, tmp_path: Any) -> None:
    path = tmp_path / "order.json"
    path.write_text(f'{{"{key}": "x"}}', encoding="utf-8")
    (incoming,) = take_in([str(path)], shape=None, input_format=None)
    if incoming.record.document == {key: "x"}:
        assert (incoming.shape.name if incoming.shape else None) == detect({key: "x"}).shape
