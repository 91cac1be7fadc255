"""What is written reads back the same, and the reader agrees with other strict readers."""

import io
import json
from decimal import Decimal

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from orderctl.files import Envelopes, Plain, json_bytes
from orderctl.files.json_document import read_json
from orderctl.files.json_flaws import examine
from orderctl.files.json_records import read_lines
from orderctl.files.json_text import decode
from orderctl.files.record import Flaw
from orderctl.files.yaml_records import read_yaml
from orderctl.files.yaml_writing import yaml_text

NONE = Envelopes()
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TRAPS = st.sampled_from(
    [
        *"NO no Yes on OFF y n true False null Null ~ 02110 0012345 1e5 1E5 0x10 0o7 0b1 1_000 12:30:45 2016-04-24 "
        "2016-04-24T10:00:00Z +61412345678 -1 .5 5. .inf -.INF .nan NaN Infinity = << * & ! | > % @ ` - ? : , [ ] { } "
        "# a:b a# - --- ... !!str &a *a".split(),
        "",
        " ",
        " a",
        "a ",
        "a: b",
        "a #b",
        "- a",
        "? a",
        "\n",
        "a\nb",
        "\ta",
        "'",
        '"',
        "\\",
        "\x07",
        "\x85",
        "\ufeff",
    ]
)
NUMBERS = (
    st.integers(-(10**30), 10**30) | st.decimals(allow_nan=False, allow_infinity=False) | st.just(Decimal("1.10"))
).filter(lambda n: isinstance(n, int) or (len(n.as_tuple().digits) < 900 and abs(n.adjusted()) < 900))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | TRAPS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | TRAPS, inner, max_size=4),
    max_leaves=20,
)
SHAPED = st.dictionaries(st.text("abc", min_size=1), VALUES, min_size=1, max_size=4)


@given(st.lists(SHAPED, max_size=5), st.booleans())
def test_json_reads_back_as_it_was_written(orders: list[object], indent: bool) -> None:
    raw = json_bytes(orders, indent=indent)
    records = list(read_json(io.BytesIO(raw), "x", NONE))
    assert [record.fault for record in records] == [None] * len(orders)
    assert [_spelled(record.document) for record in records] == [_spelled(order) for order in orders]


def _spelled(value: object) -> str:
    """A value with all that equality overlooks; -0 and a Decimal without a point are integers in JSON."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{_spelled(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_spelled, value)) + "]"
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return repr(value)
    return "0" if str(value) == "-0" else str(value)


@given(st.lists(SHAPED, max_size=5))
def test_json_lines_read_back_as_they_were_written(orders: list[object]) -> None:
    raw = b"\n".join(json_bytes(order, indent=False) for order in orders)
    assert [record.document for record in read_lines(io.BytesIO(raw), "x", NONE)] == orders


@given(SHAPED)
@example({"a": "\U0001f600" * 100, "b": "x" * 300 + " y" * 200, "c" * 200: {"d": []}, "e": {}})
def test_yaml_reads_back_with_the_same_texts_here_and_elsewhere(order: dict[str, object]) -> None:
    text = "".join(yaml_text(order))
    (record,) = read_yaml(io.BytesIO(text.encode()), "x", NONE)
    assert record.fault is None
    assert _same(record.document, order)
    assert _elsewhere(yaml.load(text, yaml.SafeLoader), order)


def _same(read: object, written: object) -> bool:
    """Whether our reader gives the value back: texts as texts, other scalars as they are spelled."""
    if isinstance(written, dict):
        return (
            isinstance(read, dict)
            and list(read) == list(written)
            and all(_same(read[key], value) for key, value in written.items())
        )
    if isinstance(written, list):
        return isinstance(read, list) and len(read) == len(written) and all(map(_same, read, written))
    if isinstance(written, bool):
        return read == Plain(str(written).lower())
    if isinstance(written, int | Decimal):
        return isinstance(read, Plain) and str(Decimal(read)) == str(Decimal(written))
    return read == written


def _elsewhere(read: object, written: object) -> bool:
    """Whether a YAML 1.1 reader sees the same types: no text becomes anything else."""
    if isinstance(written, dict):
        return (
            isinstance(read, dict)
            and list(read) == list(written)
            and all(_elsewhere(read[key], value) for key, value in written.items())
        )
    if isinstance(written, list):
        return isinstance(read, list) and len(read) == len(written) and all(map(_elsewhere, read, written))
    if isinstance(written, Decimal):
        return not isinstance(read, bool) and isinstance(read, int | float | str)
    return type(read) is type(written) and read == written


PIECES = st.sampled_from(
    [
        *'{}[],: "\\\n\t\x00\x7f',
        "é",
        '"a"',
        '"b"',
        ":",
        "1",
        "-0",
        "01",
        "1.",
        "1e5",
        "1.5E-3",
        "true",
        "null",
        "NaN",
        "-",
        "\\u0061",
        "\\ud83d",
        "\\ude00",
        "\\x",
        '"a":',
        '{"a":1}',
        "[]",
        "//",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
@example('{"a":1,"a":2}')
@example('"\\u0000"')
def test_a_text_is_refused_exactly_when_a_strict_reader_refuses_it(text: str) -> None:
    raw = text.encode()
    found = decode(raw)
    flaw = examine(raw)
    assert isinstance(found, Flaw) == (flaw is not None)
    if flaw is not None:
        assert 0 <= flaw.offset <= len(raw)
    assert (flaw is None) == _is_strict(text)


def _is_strict(text: str) -> bool:
    """The standard library's judgement, made strict: no NaN, no key twice, no NUL, no half of a pair."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    def refuse(name: str) -> object:
        raise ValueError(name)

    try:
        found = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
        return b"\\u0000" not in json.dumps(found).replace("\\\\", "").encode() and bool(
            json.dumps(found, ensure_ascii=False).encode() or True
        )
    except ValueError:
        return False


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["", "[", '{"orders":[', '[{"a":1},', '{"a":']))
def test_any_bytes_are_read_to_records_or_faults_without_an_escape(text: str, start: str) -> None:
    for reader in (read_json, read_lines, read_yaml):
        records = list(reader(io.BytesIO((start + text).encode()), "x", Envelopes((("orders",),), frozenset({"a"}))))
        assert [record.index for record in records] == list(range(len(records)))


@given(st.binary(max_size=60))
def test_noise_is_read_to_records_or_faults_without_an_escape(data: bytes) -> None:
    for reader in (read_json, read_lines, read_yaml):
        list(reader(io.BytesIO(data), "x", NONE))


YAML_PIECES = st.sampled_from(
    [
        "a: ",
        "b: 1",
        "\n",
        "\n  ",
        "- ",
        "? ",
        "&x ",
        "*x",
        "<<: ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "'",
        '"',
        "|\n",
        "\n---\n",
        "\n...\n",
        "!!str ",
        "!a ",
        "# c",
        "\t",
        "\r",
        "é",
        "orders:",
        "\x07",
        "\ud7ff",
        "%YAML 1.1\n",
        "~",
        ": ",
    ]
)


@given(st.lists(YAML_PIECES, max_size=25).map("".join))
def test_any_yaml_is_read_to_records_or_faults_at_places_in_the_text(text: str) -> None:
    lines = text.count("\n") + text.count("\r") + 1
    for record in read_yaml(io.BytesIO(text.encode()), "x", Envelopes((("orders",),))):
        assert 1 <= record.line <= lines
        if record.fault is not None:
            assert record.fault.line is not None
            assert 1 <= record.fault.line <= lines + 1
