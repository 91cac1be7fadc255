"""Repairs keep their promises, whatever the order and however its file is laid out.

Documents are drawn from the shapes' tables, spoiled, and given the faults that people make.
"""

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from laws.documents import documents, spoiled

from fix.layouts import texts
from orderctl.findings import Finding
from orderctl.fix import Text, fix_text, repairs, take_in_text
from orderctl.paths import Path
from orderctl.systems import shape, shape_names

NAMES = shape_names()
FAULTS: dict[str, list[Any]] = {
    "zip": [91711, 2110, 911, "91711"],
    "postalCode": [91711, 2110],
    "post_code": [2000, 800],
    "postal_code": [2000, 91711],
    "state": ["California", "ut", "Québec", "ontario", "Nowhere", "UT"],
    "country": ["United States", "us", "UK", "uk", "Georgia", "Canada", "ca", "Nowhere", "US"],
    "countryOfOrigin": ["uk", "Viet Nam", "no"],
    "phone": ["(801) 555-0100", "+1 801 555 0100", "+61 2 9999 000", "801 555 0100 x", "18015550100"],
    "price": [".77", "5.", Decimal("3.90"), 3, "1,50", "$5", -1],
    "weight": [".5", Decimal("0.50"), "5."],
    "unitPrice": ["12.50", "007", "-0", ".5", "12.505"],
    "amountPaid": ["12.50", "5.", "-3"],
    "quantity": ["2", "2.", "1.5", "02"],
    "value": ["3.10", "0.5"],
    "insuranceAmount": [".00", "5.", Decimal("1.10")],
    "declaredValue": [".50", 5],
    "shippingTotal": [".77", Decimal("3.990")],
    "shipping_total": ["5.", Decimal("3.990")],
}
quick_and_long = pytest.mark.parametrize(
    "examples", [15, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(900)])], ids=str
)
every_shape = pytest.mark.parametrize("name", NAMES)


def faulty(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of one shape with faults that people make, and now and then anything at all."""
    base = st.one_of(documents(name), documents(name), spoiled(name))
    return st.composite(lambda draw: _faulted(draw, deepcopy(draw(base))))()


def _faulted(draw: Any, document: dict[str, Any]) -> dict[str, Any]:
    for holder, key in list(_holders(document)):
        if key in FAULTS and draw(st.booleans()):
            holder[key] = draw(st.sampled_from(FAULTS[key]))
    return document


def _holders(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _holders(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _holders(inner)


def leaves(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*at, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from leaves(inner, (*at, index))
    else:
        yield at, (type(value), str(value))


def put(document: Any, path: Path, value: object) -> Any:
    copy = deepcopy(document)
    holder = copy
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return copy


def faults(findings: list[Finding]) -> set[tuple[str, Path, str]]:
    return {(finding.code, finding.path, finding.severity) for finding in findings}


def run(examples: int, law: Any, *drawn: st.SearchStrategy[Any]) -> None:
    chosen = profile(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    chosen(given(*drawn)(law))()


@every_shape
@quick_and_long
def test_a_repair_takes_its_finding_away_and_brings_none(name: str, examples: int) -> None:
    of = shape(name)

    def law(document: dict[str, Any]) -> None:
        before = faults(of.check(document))
        made = repairs(document, of)
        assert len({repair.path for repair in made}) == len(made)
        after = document
        for repair in made:
            after = put(after, repair.path, repair.after)
        found = faults(of.check(after))
        assert {fault for fault in found if fault[0] not in ("absurd-weight", "sums-differ")} <= before
        cured = {(repair.code, repair.path) for repair in made if repair.code}
        assert not cured & {fault[:2] for fault in found}
        assert repairs(after, of) == []

    run(examples, law, faulty(name))


@every_shape
@quick_and_long
def test_a_file_changes_at_its_repairs_and_nowhere_else(name: str, examples: int) -> None:
    of = shape(name)
    several = of.several if name != "orderctl" else ""

    def law(laid: tuple[str, bytes]) -> None:
        suffix, raw = laid
        mark = raw[:3] if raw.startswith(b"\xef\xbb\xbf") else b""
        text = Text("orders" + suffix, mark, raw[len(mark) :], "yaml" if suffix == ".yaml" else None)
        fixed = fix_text(text, of)
        old, new = list(take_in_text(text, of)), list(take_in_text(fixed.after, of))
        assert len(old) == len(new) == fixed.orders
        wanted = {(each.index, each.what.path): each.what.after for each in fixed.repairs}
        for one, other in zip(old, new, strict=True):
            if one.document is None or other.document is None:
                assert one.fault is not None
                assert other.fault is not None
                continue
            was, now = dict(leaves(one.document)), dict(leaves(other.document))
            changed = {path: now[path] for path in was if was[path] != now[path]}
            here = {
                path: (type(after), str(after)) for (index, path), after in wanted.items() if index == one.record.index
            }
            assert was.keys() == now.keys()
            assert changed == here
        again = fix_text(fixed.after, of)
        assert again.after.whole == fixed.after.whole
        assert again.repairs == []
        assert fixed.after.whole.count(b"\n") == raw.count(b"\n")

    run(examples, law, texts(st.lists(faulty(name), min_size=1, max_size=3), several))


@every_shape
@quick_and_long
def test_most_repairs_reach_the_file(name: str, examples: int) -> None:
    """The law above would also hold for a program that repairs nothing: in plain layouts nothing may be left out."""
    of = shape(name)

    def law(documents: list[dict[str, Any]]) -> None:
        from orderctl.files import json_bytes

        text = Text("orders.json", b"", json_bytes(documents), "json")
        read = [each.document for each in take_in_text(text, of)]
        wanted = [repairs(document, of) for document in read if document is not None]
        assert len(fix_text(text, of).repairs) == sum(map(len, wanted))

    run(examples, law, st.lists(faulty(name), min_size=1, max_size=3))
