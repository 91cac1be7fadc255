"""Hostile and broken files: each has its records and faults, at the line and column counted by hand, in time."""

import time
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from orderctl.files import Envelopes, Record, read
from orderctl.findings import RULES

ENVELOPES = Envelopes(
    (("orders",), ("order",), ("data", "orders")),
    frozenset({"success", "errors", "total", "page", "pages", "total_pages", "total_records"}),
)
SECONDS = 6.0


class Fault(NamedTuple):
    code: str
    line: int
    column: int


class Case(NamedTuple):
    name: str
    data: bytes
    records: list[object]
    """A document, or the `Fault` of the record."""


NINE = b"9" * 1000
DEEP = 64
BOMB = b"a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)
)
MERGES = b"m0: &m0 {a: 1, b: 2, c: 3}\n" + b"".join(
    b"m%d: &m%d {x: [%s]}\n" % (n, n, b",".join([b"{<<: *m%d}" % (n - 1)] * 9)) for n in range(1, 9)
)

JSON = [
    Case("zero bytes hold no order", b"", []),
    Case("blanks hold no order", b" \r\n\t ", []),
    Case("a byte order mark alone holds no order", b"\xef\xbb\xbf", []),
    Case("null holds no order", b" null\n", []),
    Case("an empty array holds no order", b"[ ]", []),
    Case("an empty envelope holds no order", b'{"orders": [], "total": 0}', []),
    Case("an empty object is a record", b"{}", [{}]),
    Case("a number is a record", b"42", [42]),
    Case("a text is a record", b'"x"', ["x"]),
    Case("scalars in an array are records", b'[1, "x", null]', [1, "x", None]),
    Case("a byte order mark is allowed and not counted", b'\xef\xbb\xbf{"a" 1}', [Fault("broken", 1, 6)]),
    Case("UTF-16 is named", '{"a": 1}'.encode("utf-16"), [Fault("encoding", 1, 1)]),
    Case("UTF-16 without a mark is named", '{"a": 1}'.encode("utf-16-be"), [Fault("encoding", 1, 1)]),
    Case("UTF-32 is named", '{"a": 1}'.encode("utf-32"), [Fault("encoding", 1, 1)]),
    Case("gzip is named", b"\x1f\x8b\x08\x00\x00", [Fault("encoding", 1, 1)]),
    Case("a Latin-1 byte spoils its record only", b'[{"a":"\xfc"},\n{"a":1}]', [Fault("encoding", 1, 8), {"a": 1}]),
    Case("surrogates as bytes are no UTF-8", b'{"a": "\xed\xa0\x80"}', [Fault("encoding", 1, 8)]),
    Case("columns count characters", '{"é": "ü", "x": }'.encode(), [Fault("broken", 1, 17)]),
    Case("CR LF ends lines", b'{"a": 1,\r\n"b": }\r\n', [Fault("broken", 2, 6)]),
    Case("CR ends lines", b'{"a": 1,\r"b": }\r', [Fault("broken", 2, 6)]),
    Case("a tab is one column", b'{\t"a": }', [Fault("broken", 1, 8)]),
    Case("NaN", b'{"a": NaN}', [Fault("broken", 1, 7)]),
    Case("Infinity", b'{"a": [Infinity]}', [Fault("broken", 1, 8)]),
    Case("-Infinity", b'{"a": -Infinity}', [Fault("broken", 1, 7)]),
    Case("a key twice", b'{"a": 1,\n  "b": 2,\n  "a": 3}', [Fault("duplicate-key", 3, 3)]),
    Case("a key twice deep inside", b'[{"i": [{"a": 1, "a": 1}]}]', [Fault("duplicate-key", 1, 18)]),
    Case("a key twice in two spellings", b'{"a": 1, "\\u0061": 2}', [Fault("duplicate-key", 1, 10)]),
    Case("a key twice behind blanks", b'{"a" :1,"a":2}', [Fault("duplicate-key", 1, 9)]),
    Case("a key twice behind a tab and a line", b'{"a"\t:1,"b"\n:2,"a":2}', [Fault("duplicate-key", 2, 4)]),
    Case("a key twice, masked by a text", b'{"a" :1,"a":"\\":"}', [Fault("duplicate-key", 1, 9)]),
    Case("texts that look like keys are none", b'{"a": "\\"a\\":1", "b": "x\\\\"}', [{"a": '"a":1', "b": "x\\"}]),
    Case("half of a pair", b'{"a": "x\\ud800"}', [Fault("bad-text", 1, 9)]),
    Case("the second half of a pair", b'{"a": "\\udc00x"}', [Fault("bad-text", 1, 8)]),
    Case("two first halves", b'{"a": "\\ud83d\\ud83d\\ude00"}', [Fault("bad-text", 1, 8)]),
    Case("a whole pair is a character", b'{"a": "\\ud83d\\ude00"}', [{"a": "\U0001f600"}]),
    Case("a half in a key", b'{"\\ud800": 1}', [Fault("bad-text", 1, 3)]),
    Case("NUL as an escape", b'{"a": "\\u0000"}', [Fault("bad-text", 1, 8)]),
    Case("NUL as a byte", b'{"a": "x\x00"}', [Fault("bad-text", 1, 9)]),
    Case("a backslash before u0000 is no NUL", b'{"a": "\\\\u0000"}', [{"a": "\\u0000"}]),
    Case("a raw line end in a text", b'{"a": "x\ny"}', [Fault("broken", 1, 9)]),
    Case("other controls as escapes are texts", b'{"a": "\\u001b"}', [{"a": "\x1b"}]),
    Case("1,000 digits are allowed", b'{"a": ' + NINE + b"}", [{"a": int(NINE)}]),
    Case("1,001 digits are not", b'{"a": 1' + NINE + b"}", [Fault("limit", 1, 7)]),
    Case("1,001 digits behind a point are not", b'{"a": 1.' + NINE + b"}", [Fault("limit", 1, 7)]),
    Case("two million digits are not", b'{"a": ' + b"9" * 2_000_000 + b"}", [Fault("limit", 1, 7)]),
    Case("an exponent of 1,000 is allowed", b"[1e1000, 1E-1000]", [Decimal("1e1000"), Decimal("1e-1000")]),
    Case("an exponent of 1,001 is not", b"[1e1001, 1]", [Fault("limit", 1, 2), 1]),
    Case("an exponent of -1,001 is not", b"[1e-1001, 1]", [Fault("limit", 1, 2), 1]),
    Case("an endless exponent is not", b"[1e" + b"9" * 5000 + b"]", [Fault("limit", 1, 2)]),
    Case("64 nests are allowed", b"[" + b'{"a":' * 63 + b"{}" + b"}" * 63 + b"]", [...]),
    Case("65 nests are not", b"[" + b"[" * 65 + b"]" * 65 + b",1]", [Fault("limit", 1, 2 + DEEP), 1]),
    Case("100,000 open brackets", b"[" * 100_000, [Fault("limit", 1, 2 + DEEP)]),
    Case("100,000 closed brackets", b"[" * 100_000 + b"]" * 100_000, [Fault("limit", 1, 2 + DEEP)]),
    Case("100,000 open objects", b'{"a":' * 100_000, [Fault("limit", 1, 1 + 5 * DEEP)]),
    Case(
        "a bad element, the others go on", b'[{"a":1},{"a":2,},{"a":3}]', [{"a": 1}, Fault("broken", 1, 17), {"a": 3}]
    ),
    Case("a bad word, the others go on", b"[{}, {'a': 1}, {}]", [{}, Fault("broken", 1, 7), {}]),
    Case("a comma forgotten, the others go on", b'[{"a":1 "b":2},{}]', [Fault("broken", 1, 9), {}]),
    Case("a stray quote stops", b'[{"a":"5" tall"},{"a":"6" tall"},{}]', [Fault("broken", 1, 11)]),
    Case("a bracket of the wrong kind stops", b'[{"a":1},{"a":[1},{}]', [{"a": 1}, Fault("broken", 1, 17)]),
    Case("a comma at the end", b'[{"a":1},]', [{"a": 1}, Fault("broken", 1, 10)]),
    Case("a comma at the start", b"[,1]", [Fault("broken", 1, 2)]),
    Case("two commas", b"[1,,2]", [1, Fault("broken", 1, 4)]),
    Case("no comma between elements", b"[{} {}]", [{}, Fault("broken", 1, 5)]),
    Case("an array without an end", b'[{"a":1},\n', [{"a": 1}, Fault("broken", 2, 1)]),
    Case("an element without an end", b'[{"a":1},\n{"a":', [{"a": 1}, Fault("broken", 2, 6)]),
    Case("a text without an end", b'[{"a":1},\n{"a": "x', [{"a": 1}, Fault("broken", 2, 9)]),
    Case("a document behind the first", b'{"a":1} {"a":2}', [{"a": 1}, Fault("broken", 1, 9)]),
    Case("brackets behind the array", b"[{}]]", [{}, Fault("broken", 1, 5)]),
    Case("a comma outside", b'{"a":1},', [{"a": 1}, Fault("broken", 1, 8)]),
    Case("a comment", b'// c\n{"a":1}', [Fault("broken", 1, 1)]),
    Case("YAML in a JSON file", b"a: 1\nb: 2\n", [Fault("broken", 1, 1)]),
    Case("lines in a JSON file", b'{"a":1}\n\n{"a":}\n{"a":3}', [{"a": 1}, Fault("broken", 3, 6), {"a": 3}]),
    Case("an envelope", b'{"total":2,"orders":[{"a":1},{"b":}]}', [{"a": 1}, Fault("broken", 1, 35)]),
    Case("a strange key beside", b'{"orders":[1],"x":2}', [{"orders": [1], "x": 2}]),
    Case("orders twice", b'{"orders":[{}],"orders":[{}]}', [{}, Fault("duplicate-key", 1, 16)]),
    Case("NaN beside the orders", b'{"orders":[{}],"total":NaN}', [{}, Fault("broken", 1, 24)]),
    Case("orders in data", b'{"data":{"orders":[{"a":1}]},"success":true}', [{"a": 1}]),
    Case("an order each", b'[{"order":{"a":1}},{"order":[{"b":1},{"c":1}]}]', [{"a": 1}, {"b": 1}, {"c": 1}]),
    Case("an order that is no object", b'{"order": 1}', [{"order": 1}]),
    Case("a record over 8 MiB", b'[{"a":"' + b"x" * 2**23 + b'"},{"b":1}]', [Fault("limit", 1, 2), {"b": 1}]),
    Case("an object over 8 MiB", b'{"a":["' + b"x" * 2**23 + b'"]}', [Fault("limit", 1, 1)]),
    Case("only quotes", b'"' * 100_001, ["", Fault("broken", 1, 3)]),
    Case("only backslashes", b'["' + b"\\" * 300_001, [Fault("broken", 1, 300_004)]),
    Case("zeros of a lost file", b"\0" * 5000, [Fault("broken", 1, 1)]),
]
NDJSON = [
    Case("blank lines are no records", b'\n{"a":1}\n \n\r\n{"a":2}', [{"a": 1}, {"a": 2}]),
    Case(
        "one bad line",
        b'{"a":1}\n{"a":\n  {"a":3}x\n{"a":4}\n',
        [
            {"a": 1},
            Fault("broken", 2, 6),
            Fault("broken", 3, 10),
            {"a": 4},
        ],
    ),
    Case("a bad byte", b'{"a":"\xff"}\n{"a":1}\n', [Fault("encoding", 1, 7), {"a": 1}]),
    Case("a line over 8 MiB", b'{"a":"' + b"x" * (2**23 + 9000) + b'"}\n{"a":1}\n', [Fault("limit", 1, 1), {"a": 1}]),
    Case("a line just over 8 MiB", b'{"a":"' + b"x" * (2**23 - 7) + b'"}\n{"a":1}\n', [Fault("limit", 1, 1), {"a": 1}]),
    Case("envelopes a line", b'{"order":{"a":1}}\n{"orders":[{"a":2},{"a":3}]}\n', [{"a": 1}, {"a": 2}, {"a": 3}]),
    Case(
        "CR alone ends a line of text, not a record",
        b'{"a":1\r,"b":}\n\r{"b":}\n',
        [Fault("broken", 2, 6), Fault("broken", 4, 6)],
    ),
    Case("a deep line", b"[" * 100_000 + b"\n{}", [Fault("limit", 1, 1 + DEEP), {}]),
]
YAML = [
    Case("zero bytes hold no order", b"", []),
    Case("comments hold no order", b"# a\n# b\n", []),
    Case("null holds no order", b"~\n", []),
    Case("an empty sequence holds no order", b"[]\n", []),
    Case("an empty envelope holds no order", b"orders: []\n", []),
    Case("blank documents hold no order", b"---\n---\n...\n", []),
    Case(
        "scalars stay as written",
        b"{a: NO, b: 02110, c: 1e5, d: 12:30:45, e: 2016-04-24, f: +61, g: 0x10, h: Null}",
        [
            {
                "a": "NO",
                "b": "02110",
                "c": "1e5",
                "d": "12:30:45",
                "e": "2016-04-24",
                "f": "+61",
                "g": "0x10",
                "h": "Null",
            },
        ],
    ),
    Case("nulls", b"a: null\nb: ~\nc:\nd: 'null'\n", [{"a": None, "b": None, "c": None, "d": "null"}]),
    Case("UTF-16 is named", "a: 1".encode("utf-16"), [Fault("encoding", 1, 1)]),
    Case("a bad byte", b"a: 1\nb: x\xfc\n---\nc: 1\n", [Fault("encoding", 2, 5), {"c": "1"}]),
    Case(
        "a bad byte behind good records",
        b"- a: 1\n- b: 2\n- c: \xff\n",
        [{"a": "1"}, {"b": "2"}, Fault("encoding", 3, 6)],
    ),
    Case("a control character", b"a: 1\nb: \x07\n", [Fault("broken", 2, 4)]),
    Case("NUL as a byte", b"a: \x00\n", [Fault("bad-text", 1, 4)]),
    Case("NUL as an escape", b'- a: "x\\0"\n- b: 1\n', [Fault("bad-text", 1, 6), {"b": "1"}]),
    Case("half of a pair", b'a: "\\ud800"\n---\nb: 1\n', [Fault("bad-text", 1, 7), {"b": "1"}]),
    Case("a key twice", b"- a: 1\n  b: 2\n  a: 3\n- c: 1\n", [Fault("duplicate-key", 3, 3), {"c": "1"}]),
    Case("a key twice in flow", b"{a: {b: 1, b: 2}}", [Fault("duplicate-key", 1, 12)]),
    Case("a merge twice", b"a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n", [Fault("duplicate-key", 4, 3)]),
    Case("numbers as keys are texts", b"1: a\n1.0: b\ntrue: c\n", [{"1": "a", "1.0": "b", "true": "c"}]),
    Case("a list as a key", b"? [a]\n: 1\n", [Fault("unsupported", 1, 3)]),
    Case(
        "a tag that builds objects",
        b"- !!python/object/apply:os.system [id]\n- a: 1\n",
        [
            Fault("unsupported", 1, 3),
            {"a": "1"},
        ],
    ),
    Case(
        "other tags",
        b"- !!binary aGk=\n- !!set {a}\n- !mine x\n- !!str 1\n- !!int 2\n",
        [
            Fault("unsupported", 1, 3),
            Fault("unsupported", 2, 3),
            Fault("unsupported", 3, 3),
            "1",
            "2",
        ],
    ),
    Case("an alias inside of itself", b"a: &x [*x]\n", [Fault("unsupported", 1, 8)]),
    Case("the whole inside of itself", b"&x [*x]\n", [Fault("unsupported", 1, 5)]),
    Case("an alias of nothing", b"a: *x\n", [Fault("broken", 1, 4)]),
    Case("an anchor of another document", b"a: &x 1\n---\na: *x\n", [{"a": "1"}, Fault("broken", 3, 4)]),
    Case("an alias bomb", BOMB, [Fault("limit", 6, 10)]),
    Case("a merge bomb", MERGES, [Fault("limit", 6, 19)]),
    Case(
        "anchors and merges",
        b"a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: *a\n",
        [
            {"a": {"x": "1", "y": "2"}, "b": {"x": "3", "y": "2"}, "c": {"x": "1", "y": "2"}},
        ],
    ),
    Case("a merge of a list, the first wins", b"{<<: [{a: 1}, {a: 2, b: 2}], c: 3}", [{"c": "3", "a": "1", "b": "2"}]),
    Case("a merge of a text", b"<<: x\n", [Fault("broken", 1, 5)]),
    Case("64 nests are allowed", b"- " + b"{a: " * 63 + b"[]" + b"}" * 63, [...]),
    Case("65 nests are not", b"- " + b"[" * 65 + b"]" * 65 + b"\n- a: 1\n", [Fault("limit", 1, 3 + DEEP), {"a": "1"}]),
    Case("50,000 open brackets", b"a: " + b"[" * 50_000, [Fault("limit", 1, 3 + DEEP)]),
    Case(
        "200,000 brackets, then a document",
        b"[" * 200_000 + b"\n---\na: 1\n",
        [Fault("limit", 1, 2 + DEEP), {"a": "1"}],
    ),
    Case("2,000 nested keys", b"".join(b" " * n + b"a:\n" for n in range(2000)), [Fault("limit", 65, 65)]),
    Case(
        "a broken document, the next goes on",
        b"a: 1\n---\nb: [1\n---\nc: 3\n",
        [
            {"a": "1"},
            Fault("broken", 4, 1),
            {"c": "3"},
        ],
    ),
    Case(
        "every document is broken",
        b"@\n---\n@\n--- @\n",
        [Fault("broken", 1, 1), Fault("broken", 3, 1), Fault("broken", 4, 5)],
    ),
    Case("a tab as indentation", b"a:\n\tb: 1\n", [Fault("broken", 2, 1)]),
    Case("an unclosed quote", b'a: "x\n', [Fault("broken", 2, 1)]),
    Case("a colon in a text", b"a: b: c\n", [Fault("broken", 1, 5)]),
    Case("CR ends lines", b"a: 1\rb: @\r", [Fault("broken", 2, 4)]),
    Case("CR LF ends lines", b"a: 1\r\nb: @\r\n", [Fault("broken", 2, 4)]),
    Case("U+2028 ends lines", "a: x\u2028b: \x07".encode(), [Fault("broken", 2, 4)]),
    Case(
        "U+0085 ends lines before a document",
        "a: @\x85\n---\nb: @".encode(),
        [Fault("broken", 1, 4), Fault("broken", 4, 4)],
    ),
    Case("columns count characters", "{é: ü, b: @}".encode(), [Fault("broken", 1, 11)]),
    Case(
        "CR LF where a document breaks ends one line",
        b"a: 1\r\nb\r\n: 1\n---\n@",
        [Fault("broken", 3, 1), Fault("broken", 5, 1)],
    ),
    Case("an envelope", b"total: 2\norders:\n- a: 1\n- b: 1\n  b: 2\n", [{"a": "1"}, Fault("duplicate-key", 5, 3)]),
    Case("a strange key behind the orders", b"orders:\n- a: 1\nx: 1\n", [{"a": "1"}, Fault("not-an-order", 3, 1)]),
    Case("a strange key before the orders", b"x: 1\norders:\n- a: 1\n", [{"x": "1", "orders": [{"a": "1"}]}]),
    Case("orders in data", b"data:\n  orders:\n  - a: 1\nsuccess: true\n", [{"a": "1"}]),
    Case("JSON in a YAML file", b'{"orders": [{"a": "02110"}, {"b": 02110}]}', [{"a": "02110"}, {"b": "02110"}]),
    Case("JSON Lines in a YAML file", b'{"a": 1}\n{"b": 2}\n', [{"a": "1"}, Fault("broken", 2, 1)]),
    Case(
        "a record over 8 MiB",
        b"- a: [" + b"x" * 63 + (b"," + b"x" * 63) * 2**17 + b"]\n- b: 1\n",
        [Fault("limit", 1, 3), {"b": "1"}],
    ),
    Case("an endless text", b"- a: 1\n- b: '" + b"x" * 2**25, [{"a": "1"}, Fault("limit", 2, 3)]),
    Case("a directive of the future", b"%YAML 9.0\n---\na: 1\n", [Fault("broken", 1, 1), {"a": "1"}]),
]
CASES = [(suffix, case) for suffix, cases in ((".json", JSON), (".ndjson", NDJSON), (".yaml", YAML)) for case in cases]


@pytest.mark.parametrize(("suffix", "case"), CASES, ids=[f"{suffix} {case.name}" for suffix, case in CASES])
def test_a_hostile_file_gives_these_records_in_time(suffix: str, case: Case, tmp_path: Path) -> None:
    file = tmp_path / f"orders{suffix}"
    file.write_bytes(case.data)
    begin = time.process_time()
    records = list(read(str(file), ENVELOPES))
    seconds = time.process_time() - begin
    assert [_judged(record, want) for record, want in zip(records, case.records, strict=False)] == case.records
    assert len(records) == len(case.records)
    assert [record.index for record in records] == list(range(len(records)))
    assert seconds < SECONDS


def _judged(record: Record, want: object) -> object:
    if record.fault is None:
        return want if want is ... else record.document
    assert record.document is None
    assert RULES[record.fault.code] in ("unreadable", "duplicate")
    assert (record.fault.file, record.fault.index) == (record.file, record.index)
    assert record.fault.message.endswith(".")
    assert record.fault.message[0].isprintable()
    assert record.fault.line is not None
    assert record.fault.column is not None
    return Fault(record.fault.code, record.fault.line, record.fault.column)
