"""Memory does not grow with the number of orders, and a faulty order does not keep the others back."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from orderctl.files import Envelopes, read
from orderctl.files.json_document import read_json
from orderctl.files.yaml_records import read_yaml

ENVELOPES = Envelopes((("orders",), ("order",), ("data", "orders")), frozenset({"total"}))
ORDER = '{"orderId": "A-%d", "items": [{"sku": "x", "note": "' + "y" * 1400 + '"}], "total": 1.50}'
BLOCK = "%sorderId: A-%d\n%sitems:\n%s- sku: x\n%s  note: " + "y" * 1400 + "\n"
PROBE = """
import resource, sys
from orderctl.files import Envelopes, read
count = 0
for record in read(sys.argv[1], Envelopes((("orders",), ("data", "orders")), frozenset({"total"}))):
    assert record.fault is None, record.fault
    count += 1
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _write(file: Path, kind: str, count: int) -> None:
    with file.open("w") as out:
        if kind == "lines":
            out.writelines(ORDER % n + "\n" for n in range(count))
        elif kind == "yaml documents":
            out.writelines("---\n" + BLOCK % ("", n, "", "", "") for n in range(count))
        elif kind == "yaml sequence":
            out.writelines(BLOCK % ("- ", n, "  ", "  ", "  ") for n in range(count))
        elif kind == "yaml envelope":
            out.write("total: 1\norders:\n")
            out.writelines(BLOCK % ("  - ", n, "    ", "    ", "    ") for n in range(count))
        else:
            opening, closing = {"array": ("[", "]"), "envelope": ('{"total": 1, "data": {"orders": [', "]}}")}[kind]
            out.write(opening)
            out.writelines(("," if n else "") + "\n" + ORDER % n for n in range(count))
            out.write(closing)


def _peak(file: Path) -> tuple[int, int]:
    """The records of a file, and the peak of memory in KiB of a process that reads it."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(file)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    count, peak = done.stdout.split()
    return int(count), int(peak)


@pytest.mark.parametrize(
    ("kind", "suffix", "many"),
    [
        ("array", ".json", 100_000),
        ("envelope", ".json", 100_000),
        ("lines", ".ndjson", 100_000),
        ("lines", ".json", 100_000),
        ("yaml sequence", ".yaml", 30_000),
        ("yaml envelope", ".yaml", 30_000),
        ("yaml documents", ".yaml", 30_000),
    ],
)
def test_memory_does_not_grow_with_the_number_of_orders(kind: str, suffix: str, many: int, tmp_path: Path) -> None:
    few = many // 10
    peaks = []
    for count in (few, many):
        file = tmp_path / f"orders{suffix}"
        _write(file, kind, count)
        read_count, peak = _peak(file)
        assert read_count == count
        peaks.append(peak)
        file.unlink()
    assert peaks[1] < peaks[0] * 1.15


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self.data = io.BytesIO(data)
        self.step = step

    def read(self, size: int = -1) -> bytes:
        return self.data.read(self.step if size < 0 else min(size, self.step))


TRICKY = [
    r'{"a": "},{\"a\": [\\", "b": [{"a": "\\\\"}, {"a": "]"}]}',
    '{"a":"}", "b": "\\"},{\\"a\\":"}',
    '{"a": {"a": [], "b": {}}}',
    "[]",
    '"],["',
    "12",
    '{"a": "é\U0001f600"}',
    "{}",
]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("gap", [",", " ,\r\n", "\n,\n\t"])
def test_an_array_is_cut_right_however_the_bytes_arrive(step: int, gap: str) -> None:
    text = "[" + gap.join(TRICKY * 40) + "]"
    records = list(read_json(Dripping(text.encode(), step), "x.json", ENVELOPES))  # type: ignore[arg-type]
    alone = [
        next(read_json(io.BytesIO(order.encode()), "x", Envelopes())).document for order in TRICKY if order != "[]"
    ]
    assert [record.fault for record in records] == [None] * len(TRICKY) * 40
    assert [record.document for record in records if record.document != []] == alone * 40


@pytest.mark.parametrize("step", [1, 2, 3, 100])
def test_yaml_is_read_right_however_the_bytes_arrive(step: int) -> None:
    text = "- a: é\U0001f600\r\n- b: 'x\r\n    y'\r\n" * 20 + "- c: \xff\n---\nd: 1\r\n"
    data = text.encode().replace(b"\xc3\xbf", b"\xff")
    records = list(read_yaml(Dripping(data, step), "x.yaml", ENVELOPES))  # type: ignore[arg-type]
    assert [record.document for record in records] == [{"a": "é\U0001f600"}, {"b": "x y"}] * 20 + [None, {"d": "1"}]
    fault = records[40].fault
    assert fault is not None
    assert (fault.code, fault.line, fault.column) == ("encoding", 61, 6)
    assert records[41].line == 63


def test_one_bad_order_in_a_large_array_is_the_only_one_lost(tmp_path: Path) -> None:
    orders = [ORDER % n for n in range(3_000)]
    orders[777] = '{"orderId": "A-777", "orderId": 1}'
    orders[1234] = '{"orderId": "A-1234",}'
    orders[2222] = '{"orderId": "\\ud800"}'
    file = tmp_path / "orders.json"
    file.write_text("[" + ",\n".join(orders) + "]")
    records = list(read(str(file), ENVELOPES))
    assert [(r.index, r.line, r.fault.code) for r in records if r.fault] == [
        (777, 778, "duplicate-key"),
        (1234, 1235, "broken"),
        (2222, 2223, "bad-text"),
    ]
    assert [r.line for r in records] == list(range(1, 3_001))
    assert len(records) == 3_000
