"""Places of values: line and column in characters, counted by hand in files of every kind."""

import time
from pathlib import Path

import pytest

from orderctl.files import Envelopes, Record, locate, read
from orderctl.paths import unspell

ENVELOPES = Envelopes((("orders",), ("order",), ("data", "orders")), frozenset({"total"}))

COMPACT = '{"id":"1","to":{"name":"Zoë","state":"Utah"},"items":[{"sku":"a"},{"sku":"b"}]}\n'
PRETTY = '{\n  "id": "1",\n  "items": [\n    {\n      "sku" : "ü", "price":\t5\n    }\n  ]\n}\n'
ARRAY = '[{"a":1},\n  {"é":{"b":2}, "c":[1, [2]]}]'
ENVELOPE = '{"total": 2,\n "orders": [{"a": 1}, {"ä": 1, "b": 2}]}'
EACH = '[{"order": {"a": 1}},\n {"order": [{"a": 1}, {"a": 2}]}]'
LINES = '\n{"a":1}\n\n  {"a":{"b":[1,2]}}\n'
ESCAPED = '{"a\\"b": 1, "\\u0063": {"d": 2}}'
BLOCK = (
    "# c\nid: 1\nto:\n  name: Zoë\n  state: Utah\nitems:\n- sku: a\n  price: 5\n- sku: b\nnote: |\n  x\nblank:\nz: 1\n"
)
FLOW = "{id: 1, to: {é: 1, b: 2}, items: [a, {c: d}]}\n"
ANCHORS = (
    "from: &f\n  name: A\n  zip: &z 1\nto: *f\nzip: *z\nback:\n  <<: *f\n  zip: 2\nflow: &g {a: 1}\nw: *g\nt: !!str 5\n"
)
DOCUMENTS = "---\na: 1\n---\n# c\nb:\n  c: 1\n...\n---\n- d: 1\n-\n  e: 1\n"
YAML_ENVELOPE = "total: 1\norders:\n  - a: 1\n    b: 2\n  - {a: 1, b: 2}\n"
BROKEN_BEFORE = "a: [1\n---\nb: 1\nc: é\nd: [x]\n"

CASES = [
    ("compact", ".json", COMPACT, 0, {"": (1, 1), "id": (1, 7), "to": (1, 16), "to.state": (1, 38), "to.zip": (1, 16)}),
    (
        "compact lists",
        ".json",
        COMPACT,
        0,
        {"items[1].sku": (1, 74), "items[1].price": (1, 67), "items[2].sku": (1, 54)},
    ),
    (
        "pretty",
        ".json",
        PRETTY,
        0,
        {"items[0].sku": (5, 15), "items[0].price": (5, 29), "items[0].x": (4, 5), "x": (1, 1)},
    ),
    ("CR LF", ".json", PRETTY.replace("\n", "\r\n"), 0, {"items[0].price": (5, 29), "items[0]": (4, 5)}),
    ("CR", ".json", PRETTY.replace("\n", "\r"), 0, {"items[0].price": (5, 29), "items[0]": (4, 5)}),
    ("a mark", ".json", "\ufeff" + COMPACT, 0, {"": (1, 1), "id": (1, 7)}),
    (
        "array",
        ".json",
        ARRAY,
        1,
        {"": (2, 3), '["é"].b': (2, 13), "c[0]": (2, 22), "c[1][0]": (2, 26), "c[2]": (2, 21)},
    ),
    ("envelope", ".json", ENVELOPE, 1, {"": (2, 23), "b": (2, 37), "c": (2, 23)}),
    ("an envelope each", ".json", EACH, 0, {"": (1, 12), "a": (1, 18), "b": (1, 12)}),
    ("a list each", ".json", EACH, 2, {"": (2, 23), "a": (2, 29), "b": (2, 23)}),
    ("lines", ".ndjson", LINES, 1, {"": (4, 3), "a.b[1]": (4, 16), "a.c": (4, 8)}),
    ("escaped keys", ".json", ESCAPED, 0, {'["a\\"b"]': (1, 10), "c.d": (1, 29)}),
    ("block", ".yaml", BLOCK, 0, {"": (2, 1), "to": (4, 3), "to.name": (4, 9), "to.zip": (4, 3), "items": (7, 1)}),
    (
        "block lists",
        ".yaml",
        BLOCK,
        0,
        {"items[0].price": (8, 10), "items[1]": (9, 3), "items[1].x": (9, 3), "items[2]": (7, 1)},
    ),
    ("block scalars", ".yaml", BLOCK, 0, {"note": (10, 7), "blank": (12, 7), "z": (13, 4), "x": (2, 1)}),
    ("block with CR LF", ".yaml", BLOCK.replace("\n", "\r\n"), 0, {"to.name": (4, 9), "z": (13, 4)}),
    ("block with a mark", ".yaml", "\ufeff" + BLOCK[4:], 0, {"": (1, 1), "id": (1, 5), "to.name": (3, 9)}),
    ("flow", ".yaml", FLOW, 0, {"": (1, 1), "to": (1, 13), "to.b": (1, 23), "to.x": (1, 13), "items[1].c": (1, 42)}),
    ("an alias is where its anchor is", ".yaml", ANCHORS, 0, {"to": (2, 3), "to.name": (2, 9), "to.x": (2, 3)}),
    ("an anchored scalar", ".yaml", ANCHORS, 0, {"zip": (3, 11), "from.zip": (3, 11), "to.zip": (3, 11)}),
    ("a merge", ".yaml", ANCHORS, 0, {"back.name": (2, 9), "back.zip": (8, 8), "back.x": (7, 3)}),
    ("an anchored flow", ".yaml", ANCHORS, 0, {"w": (9, 10), "w.a": (9, 14), "w.x": (9, 10), "t": (11, 10)}),
    ("documents", ".yaml", DOCUMENTS, 1, {"": (5, 1), "b.c": (6, 6), "x": (5, 1)}),
    ("a sequence in documents", ".yaml", DOCUMENTS, 3, {"": (11, 3), "e": (11, 6)}),
    ("an envelope in YAML", ".yaml", YAML_ENVELOPE, 0, {"": (3, 5), "b": (4, 8), "x": (3, 5)}),
    ("flow in an envelope", ".yaml", YAML_ENVELOPE, 1, {"": (5, 5), "b": (5, 15), "x": (5, 5)}),
    ("behind a broken document", ".yaml", BROKEN_BEFORE, 1, {"": (3, 1), "c": (4, 4), "d[0]": (5, 5)}),
]


def _records(tmp_path: Path, suffix: str, text: str) -> list[Record]:
    file = tmp_path / f"orders{suffix}"
    file.write_bytes(text.encode())
    return list(read(str(file), ENVELOPES))


@pytest.mark.parametrize(("suffix", "text", "index", "places"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_value_is_where_it_is_written(
    suffix: str, text: str, index: int, places: dict[str, tuple[int, int]], tmp_path: Path
) -> None:
    record = _records(tmp_path, suffix, text)[index]
    assert {path: locate(record, unspell(path) or ()) for path in places} == places


@pytest.mark.parametrize(("suffix", "text", "index", "places"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_record_begins_where_its_root_is(
    suffix: str, text: str, index: int, places: dict[str, tuple[int, int]], tmp_path: Path
) -> None:
    record = _records(tmp_path, suffix, text)[index]
    if "" in places:
        assert record.line == places[""][0] or "order" in record.envelope


def test_locating_does_not_read_the_file_again(tmp_path: Path) -> None:
    orders = [f'{{"a": "{n}", "items": [{{"sku": "{"x" * 900}"}}]}}' for n in range(10_000)]
    file = tmp_path / "orders.json"
    file.write_text("[" + ",\n".join(orders) + "]")
    seconds = {}
    for wrong in (False, True):
        begin = time.perf_counter()
        for record in read(str(file), ENVELOPES):
            if wrong and record.index % 10 == 0:
                for path in (("a",), ("items", 0, "sku"), ("items", 0, "nope"), ("nope",)):
                    assert locate(record, path)[0] == record.index + 1
        seconds[wrong] = time.perf_counter() - begin
    assert seconds[True] < 2.5 * seconds[False] + 0.2


@pytest.mark.parametrize("form", ['{"a": {%s}}', '{"a": [%s]}'])
def test_many_places_of_one_record_cost_one_reading_of_it(form: str, tmp_path: Path) -> None:
    many = 20_000
    is_object = "{%s}" in form
    inner = ",\n".join(f'"k{number}": 1' if is_object else "1" for number in range(many))
    file = tmp_path / "x.json"
    file.write_text(form % inner, encoding="utf-8")
    (record,) = read(str(file), ENVELOPES)
    begin = time.process_time()
    places = [locate(record, ("a", f"k{number}" if is_object else number)) for number in range(many)]
    assert time.process_time() - begin < 3
    assert [line for line, _ in places] == list(range(1, many + 1))
    assert places[1:3] == ([(2, 7), (3, 7)] if is_object else [(2, 1), (3, 1)])
    assert locate(record, ("a", "k0" if is_object else 0)) == (1, 14 if is_object else 8)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_the_orders_of_a_long_array_are_found_where_they_stand_whatever_is_between_them(
    ends: str, tmp_path: Path
) -> None:
    gaps = [",\n", ",\n", ",\n   ", ",\n", "\n, ", ","]
    orders = ['{"é":"}"}', '{"a": "x"}', '{\n  "a": "},"\n}', '{"a":\t[{}, {}]}']
    pieces, places = ["[\n "], []
    line, column = 2, 2
    for number in range(4000):
        places.append((line, column))
        piece = orders[number % len(orders)] + (gaps[number % len(gaps)] if number < 3999 else "]")
        pieces.append(piece)
        line, column = line + piece.count("\n"), len(piece) - piece.rfind("\n") + (0 if "\n" in piece else column - 1)
    file = tmp_path / "orders.json"
    file.write_bytes("".join(pieces).replace("\n", ends).encode())
    assert [(record.line, record.column) for record in read(str(file), ENVELOPES)] == places
