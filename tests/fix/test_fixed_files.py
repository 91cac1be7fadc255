"""Texts repaired byte by byte, in every layout; what cannot be edited with certainty, and its reason."""

import pytest

from orderctl.fix import Fixed, Text, fix_text
from orderctl.paths import spell
from orderctl.systems import shape

WEBHOOK = shape("webship-webhook")
ORDER = '{"orderId": "1", "receiver": {"zip": 91711, "country": "us"}}'
FIXED = '{"orderId": "1", "receiver": {"zip": "91711", "country": "US"}}'
EDITS = [
    ("json", ORDER, FIXED),
    ("json", "\ufeff" + ORDER, "\ufeff" + FIXED),
    ("json", f"[{ORDER},\r\n {ORDER}]\r\n", f"[{FIXED},\r\n {FIXED}]\r\n"),
    ("json", ORDER.replace(" ", ""), FIXED.replace(" ", "")),
    ("json", '{\n\t"orderId" :\t"é" ,"receiver":{"country"\r:\r"\\u0075s"}}', None),
    ("ndjson", f"\n{ORDER}\n\n  {ORDER}", f"\n{FIXED}\n\n  {FIXED}"),
    ("json", f'{{"orders": [{ORDER}], "total": 1}}', f'{{"orders": [{FIXED}], "total": 1}}'),
    ("json", '{"orderId":"ü😀","receiver":{"country":"us"}}', '{"orderId":"ü😀","receiver":{"country":"US"}}'),
    (
        "yaml",
        "orderId: 1 # é\nreceiver:\n  country: us   # why\n",
        "orderId: 1 # é\nreceiver:\n  country: US   # why\n",
    ),
    (
        "yaml",
        "orderId: 1\r\nreceiver: {country: 'us', name: A}\r\n",
        "orderId: 1\r\nreceiver: {country: 'US', name: A}\r\n",
    ),
    ("yaml", 'orderId: 1\nreceiver: {country: "\\u0075k"}\n', 'orderId: 1\nreceiver: {country: "GB"}\n'),
    ("yaml", "orderId: 1\nreceiver: {country: norway}\n", 'orderId: 1\nreceiver: {country: "NO"}\n'),
    ("yaml", "orderId: 1\nreceiver: {country: no}\n", 'orderId: 1\nreceiver: {country: "NO"}\n'),
    (
        "yaml",
        "orderId: 1\nreceiver: {country: CA, state: Ontario, phone: (416) 555-0100}\n",
        'orderId: 1\nreceiver: {country: CA, state: "ON", phone: "4165550100"}\n',
    ),
    (
        "yaml",
        "---\norderId: 1\nreceiver:\n  country: &c us\n---\n- orderId: 2\n  receiver: {country: !!str uk}\n",
        "---\norderId: 1\nreceiver:\n  country: &c US\n---\n- orderId: 2\n  receiver: {country: !!str GB}\n",
    ),
    (
        "yaml",
        "- orderId: 1\n  receiver: &r {country: us}\n- orderId: 2\n  receiver: *r\n",
        "- orderId: 1\n  receiver: &r {country: US}\n- orderId: 2\n  receiver: *r\n",
    ),
    (
        "yaml",
        "- orderId: 1\n  receiver: &r {country: us}\n- orderId: 2\n  sender: {<<: *r, name: A}\n",
        "- orderId: 1\n  receiver: &r {country: US}\n- orderId: 2\n  sender: {<<: *r, name: A}\n",
    ),
    ("yaml", 'orderId: 1\nreceiver: {"country":"us"}\n', 'orderId: 1\nreceiver: {"country":"US"}\n'),
]
REFUSED = [
    ("receiver:\n  country: |-\n    us\n", "block"),
    ("receiver:\n  country: >-\n    us\n", "block"),
    ("receiver:\n  country: united\n    states\n", "one line"),
    ('receiver:\n  country: "united\n    states"\n', "one line"),
    ("receiver: {country: &c us}\nmine: *c\n", "alias"),
    ("receiver: {country: &c us}\nshippingService: *c\n", "alias"),
    ("receiver: {country: &c us}\n*c : x\n", "certain"),
]


def fixed(form: str, text: str) -> Fixed:
    mark = b"\xef\xbb\xbf" if text.startswith("\ufeff") else b""
    known = {"json": "json", "ndjson": "ndjson", "yaml": "yaml"}[form]
    return fix_text(Text("orders", mark, text.encode()[len(mark) :], known), WEBHOOK)  # type: ignore[arg-type]


@pytest.mark.parametrize(("form", "text", "after"), EDITS)
def test_only_the_values_own_bytes_change(form: str, text: str, after: str | None) -> None:
    after = text.replace('"\\u0075s"', '"US"') if after is None else after
    result = fixed(form, text)
    assert result.after.whole.decode() == after
    assert result.left == []
    assert fixed(form, after).after.whole.decode() == after


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_cannot_be_edited_with_certainty_is_left(text: str, why: str) -> None:
    text = "orderId: 1\n" + text
    result = fixed("yaml", text)
    assert result.after.whole.decode() == text
    assert not result.changed
    assert [spell(left.what.path) for left in result.left] == ["receiver.country"]
    assert why in result.left[0].what.reason


def test_a_country_waits_for_a_state_that_cannot_be_edited() -> None:
    text = "orderId: 1\nreceiver:\n  country: canada\n  state: |-\n    Ontario\n"
    result = fixed("yaml", text)
    assert result.after.whole.decode() == text
    assert [spell(left.what.path) for left in result.left] == ["receiver.country"]


def test_a_record_that_cannot_be_read_leaves_the_others_their_repairs() -> None:
    text = f'[{ORDER}, {{"orderId": "2", "orderId": "3", "receiver": {{"country": "us"}}}}, {ORDER}]'
    result = fixed("json", text)
    assert result.after.whole.decode() == text.replace(ORDER, FIXED)
    assert result.orders == 3


def test_aliases_beside_a_record_that_cannot_be_read_are_left() -> None:
    text = "- orderId: 1\n  receiver: &r {country: us}\n- {orderId: 2, orderId: 3, receiver: *r}\n"
    result = fixed("yaml", text)
    assert not result.changed
    assert "can't be read" in result.left[0].what.reason


def test_a_repair_says_where_the_value_stood() -> None:
    (zip_code, country) = fixed("json", f"[\n  {ORDER}]").repairs
    assert (zip_code.line, zip_code.column, spell(zip_code.what.path), zip_code.order) == (2, 40, "receiver.zip", "1")
    assert (country.what.before, country.what.after, country.what.code) == ("us", "US", "country-case")


@pytest.mark.parametrize(
    "raw", [b"", b"\x1f\x8b\x00", b"\xff\xfe{\x00", b'{"orderId": "\xff"}', b"[" * 100_000, b"&a [*a]"]
)
def test_what_is_no_order_is_not_touched(raw: bytes) -> None:
    assert fix_text(Text("x", b"", raw, None), None).after.whole == raw


@pytest.mark.parametrize("orders", [4_000, pytest.param(20_000, marks=pytest.mark.long)])
def test_many_repairs_in_one_long_line_take_seconds(orders: int) -> None:
    text = "[" + ",".join([ORDER.replace('"1"', '"é"')] * orders) + "]"
    result = fixed("json", text)
    assert len(result.repairs) == 2 * orders
    assert result.after.whole.decode() == text.replace("91711", '"91711"').replace('"us"', '"US"')
