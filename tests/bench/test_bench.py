"""The benchmark's own files are what they say, and the two hot paths stay within sight of their goals."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench import pushes
from bench.__main__ import REMAP, Bench
from bench.measure import Meter
from bench.orders import SHAPES, orders, write_array
from orderctl import systems
from orderctl.convert import convert
from orderctl.mapping.way import Settings

ENCODE = msgspec.json.Encoder(decimal_format="number").encode
BOUNDS = {
    "validate": 10,
    "one in ten wrong": 3,
    "over check-jsonschema": 1 / 8,
    "convert": 60,
    "validate, MiB": 48,
    "convert, MiB": 48,
    "--version": 2,
    "--help": 10,
    "validate of one": 22,
}
"""The goals of `python -m tests.bench`, with room for a noisy machine."""


@pytest.mark.parametrize("shape", SHAPES)
def test_generated_orders_are_clean_of_the_size_promised_and_the_same_every_time(shape: str) -> None:
    made = list(orders(shape, 200))
    assert made == list(orders(shape, 200))
    assert not [finding for order in made for finding in systems.shape(shape).check(order)]
    sizes = [len(ENCODE(order)) for order in made]
    assert 1_500 <= sum(sizes) / len(sizes) <= 2_000


@pytest.mark.parametrize("shape", SHAPES)
def test_every_so_many_th_order_is_wrong_where_that_is_asked_for(shape: str) -> None:
    wrong = [
        any(finding.severity == "error" for finding in systems.shape(shape).check(order))
        for order in orders(shape, 30, wrong=10)
    ]
    assert [index for index, is_wrong in enumerate(wrong) if is_wrong] == [0, 10, 20]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_what_jq_is_compared_with_says_what_a_conversion_says(tmp_path: Path) -> None:
    source, target = systems.shape("webship"), systems.shape("shipstation")
    path = write_array(tmp_path / "orders.json", orders("webship", 20))
    remapped = msgspec.json.decode(
        subprocess.run(["jq", "-c", "-f", str(REMAP), str(path)], capture_output=True, check=True).stdout
    )
    converted = [convert(order, source, target, Settings()).document for order in orders("webship", 20)]
    assert rounded(remapped) == rounded(msgspec.json.decode(ENCODE(converted)))


def rounded(value: Any) -> Any:
    """A document with its numbers to six places: jq multiplies in floats."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    return Bench(folder, Meter(folder), 10_000)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_ten_thousand_orders_keep_within_their_bounds(bench: Bench) -> None:
    measured = {
        **{f"validate {shape}": bench.validate(shape, 10_000) / bench.unit("loads", shape, 10_000) for shape in SHAPES},
        "one in ten wrong": bench.validate("webship", 10_000, wrong=10) / bench.validate("webship", 10_000),
        "over check-jsonschema": bench.validate("webship", 2_000) / bench.check_jsonschema(2_000),
        "convert": bench.convert("webship", "shipstation", 10_000) / bench.unit("loads+dumps", "webship", 10_000),
    }
    bounds = {**BOUNDS, **{f"validate {shape}": BOUNDS["validate"] for shape in SHAPES}}
    assert {work: ratio for work, ratio in measured.items() if ratio > bounds[work]} == {}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_memory_does_not_grow_with_the_file_and_a_start_is_short(bench: Bench) -> None:
    meter, file, one = bench.meter, str(bench.file("webship", 10_000)), str(bench.file("webship", 1))
    bare = meter.run([meter.python, "-c", "pass"]).seconds
    measured = {
        "validate, MiB": meter.run(meter.orderctl("validate", file)).peak,
        "convert, MiB": meter.run(meter.orderctl("convert", file, "--to", "shipstation")).peak,
        "--version": meter.run(meter.orderctl("--version")).seconds / bare,
        "--help": meter.run(meter.orderctl("--help")).seconds / bare,
        "validate of one": meter.run(meter.orderctl("validate", one)).seconds / bare,
    }
    assert {work: figure for work, figure in measured.items() if figure > BOUNDS[work]} == {}


@pytest.mark.long
def test_the_units_of_the_push_are_taken(tmp_path: Path) -> None:
    """A unit that fails leaves its rows out of the table."""
    with pushes.serving(0.0) as url:
        assert pushes.unit("bare", url, 2)["cpu"] > 0
        assert pushes.timed_push(tmp_path, url, 3)["journal"] > 0
