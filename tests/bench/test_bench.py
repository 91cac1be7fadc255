"""The benchmark's own files are what they say, and the two hot paths stay within sight of their goals."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.__main__ import REMAP, Bench
from bench.measure import Meter
from bench.orders import SHAPES, orders, write_array
from orderctl import systems
from orderctl.convert import convert
from orderctl.mapping.way import Settings

ENCODE = msgspec.json.Encoder(decimal_format="number").encode
VALIDATE, CONVERT = 18, 60
"""Bounds with room for a noisy machine; the goals are 7 and 9, and `python -m tests.bench` shows where we are."""


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


@pytest.mark.long
@pytest.mark.timeout(600)
def test_validate_and_convert_keep_within_their_bounds_on_ten_thousand_orders(tmp_path: Path) -> None:
    pytest.importorskip("orjson")
    bench = Bench(tmp_path, Meter(tmp_path), 10_000)
    validated = bench.validate("webship", 10_000) / bench.unit("loads", "webship", 10_000)
    converted = bench.convert("webship", "shipstation", 10_000) / bench.unit("loads+dumps", "webship", 10_000)
    assert (validated <= VALIDATE, converted <= CONVERT) == (True, True), (validated, converted)
