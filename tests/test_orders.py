"""Orders written by hand in every shape, with what each conversion has to report.

Each folder under tests/orders holds sources, `<shape>.json`, and expectations,
`<source shape>.to.<target shape>[.<variant>].json`, worked out from the pages and never copied from a run.
An expectation gives a `document` (or the name of a file in its folder) and a `report` of
[kind, source, target] or [kind, source, target, before, after]; or, for an order that must not go, `refused`:
a list of {path, target_path, rule, says}. `lines` names the sources that one entry has to stand for alone,
`warnings` the places of all warnings, `settings` what the configuration adds (else the folder's settings.json).
The canonical order may keep more in `extra` than an expectation names: how the source spelled what it said.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orderctl.convert import Converted, convert
from orderctl.findings import Change, Finding
from orderctl.mapping.way import Settings
from orderctl.order import Party
from orderctl.paths import spell, unspell
from orderctl.systems import shape

ORDERS = Path(__file__).parent / "orders"
SHAPES = ("webship", "webship-webhook", "shipstation", "starshipit", "orderctl")
SOURCES = sorted(path for path in ORDERS.glob("*/*.json") if path.stem in SHAPES)
EXPECTATIONS = sorted(ORDERS.glob("*/*.to.*.json"))
REFUSED = [path for path in EXPECTATIONS if b'"refused"' in path.read_bytes()]
CONVERTED = [path for path in EXPECTATIONS if path not in REFUSED]


def read(path: Path) -> Any:
    """Read a JSON file with every digit of its numbers."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(path.read_bytes())


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name.removesuffix('.json')}"


def ends(expectation: Path) -> tuple[str, str]:
    """The source and the target shape that an expectation's file name gives."""
    source, _, rest = expectation.name.partition(".to.")
    return source, rest.split(".")[0]


def settings(folder: Path, given: dict[str, Any] | None) -> Settings:
    beside = folder / "settings.json"
    values = dict(given if given is not None else read(beside) if beside.exists() else {})
    for party in ("sender", "return_to"):
        if party in values:
            values[party] = Party(**values[party])
    return Settings(**values)


def run(expectation: Path) -> tuple[dict[str, Any], dict[str, Any], Converted]:
    """What is expected, the source document, and what the conversion gives."""
    expected = read(expectation)
    source, target = ends(expectation)
    document = read(expectation.with_name(f"{source}.json"))
    chosen = settings(expectation.parent, expected.get("settings"))
    return expected, document, convert(document, shape(source), shape(target), chosen)


def expected_document(expectation: Path, expected: dict[str, Any]) -> Any:
    document = expected["document"]
    return read(expectation.with_name(document)) if isinstance(document, str) else document


def kept(found: Any, expected: Any) -> Any:
    """A canonical document without what its `extra` keeps beyond the expectation."""
    if not isinstance(found, dict) or "extra" not in found:
        return found
    named = expected.get("extra", {})
    extra = {
        shape_name: {path: value for path, value in found["extra"].get(shape_name, {}).items() if path in paths}
        for shape_name, paths in named.items()
    }
    return {key: value for key, value in found.items() if key != "extra"} | ({"extra": extra} if named else {})


def plain(value: Any) -> Any:
    """A value in a form whose equality is that of JSON with exact decimals: 1 is 1.0, and neither is true."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return (type(value).__name__, value)
    return ("number", Decimal(value))


def differences(found: Any, expected: Any, path: str = "") -> Iterator[str]:
    """Each place where two plain values differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys()):
            yield from differences(found.get(key, "no key"), expected.get(key, "no key"), f"{path}.{key}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for index, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif found != expected:
        yield f"{path}: found {found}, expected {expected}"


def at(document: Any, path: str | None) -> Any:
    """The value at a spelled path; None where the document has none."""
    for part in unspell(path or "") or ():
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def leaves(value: Any, path: str) -> Iterator[str]:
    """The paths of what an object or a list says; an entry that names it names all of these."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from leaves(part, spell((*(unspell(path) or ()), key)))
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    elif value not in (None, "", [], {}):
        yield path


def spread(kind: str, source: str | None, target: str | None, document: Any, result: Any) -> list[tuple[Any, ...]]:
    """An entry as one entry a leaf: what is dropped by its source, what is filled by its target."""
    if kind == "dropped" and source is not None:
        return [(kind, leaf, target) for leaf in leaves(at(document, source), source)] or [(kind, source, target)]
    if kind == "filled" and target is not None:
        return [(kind, source, leaf) for leaf in leaves(at(result, target), target)] or [(kind, source, target)]
    return [(kind, source, target)]


def spelled(change: Change) -> tuple[str, str | None, str | None]:
    source = None if change.source is None else spell(change.source)
    return change.kind, source, None if change.target is None else spell(change.target)


def counted(entries: list[tuple[Any, ...]], document: Any, result: Any) -> Counter[tuple[Any, ...]]:
    return Counter(entry for one in entries for entry in spread(one[0], one[1], one[2], document, result))


def within(found: str | None, expected: str) -> bool:
    return found is not None and (found == expected or found.startswith((f"{expected}.", f"{expected}[")))


def answers(finding: Finding, expected: dict[str, Any]) -> bool:
    """Whether a finding is the one that is expected, or one of its parts."""
    places = {"path": finding.path, "target_path": finding.target_path}
    return (
        all(within(spell(place or ()), expected[key]) for key, place in places.items() if key in expected)
        and expected.get("rule", finding.rule) == finding.rule
        and all(word in finding.message for word in expected.get("says", []))
    )


def errors(converted: Converted) -> list[Finding]:
    return [finding for finding in converted.findings if finding.severity == "error"]


@pytest.mark.parametrize("expectation", CONVERTED, ids=name)
def test_document_is_the_one_written_by_hand(expectation: Path) -> None:
    expected, _, converted = run(expectation)
    assert not errors(converted), [(spell(one.path), one.message) for one in errors(converted)]
    wanted = expected_document(expectation, expected)
    found = kept(converted.document, wanted) if ends(expectation)[1] == "orderctl" else converted.document
    assert list(differences(plain(found), plain(wanted))) == []


@pytest.mark.parametrize("expectation", CONVERTED, ids=name)
def test_report_names_every_change_of_meaning_and_no_other(expectation: Path) -> None:
    expected, document, converted = run(expectation)
    wanted = counted(expected["report"], document, expected_document(expectation, expected))
    found = counted([spelled(one) for one in converted.changes], document, converted.document)
    assert {"missing": list((wanted - found).elements()), "unexpected": list((found - wanted).elements())} == {
        "missing": [],
        "unexpected": [],
    }


@pytest.mark.parametrize("expectation", CONVERTED, ids=name)
def test_report_gives_the_values_before_and_after(expectation: Path) -> None:
    expected, _, converted = run(expectation)
    values = {spelled(one): (plain(one.before), plain(one.after)) for one in converted.changes}
    for kind, source, target, before, after in (entry for entry in expected["report"] if len(entry) == 5):
        assert values.get((kind, source, target)) == (plain(before), plain(after)), (kind, source, target)


@pytest.mark.parametrize("expectation", CONVERTED, ids=name)
def test_a_line_that_does_not_ship_has_one_entry(expectation: Path) -> None:
    expected, _, converted = run(expectation)
    sources = [spelled(one)[1] for one in converted.changes]
    for line in expected.get("lines", []):
        assert [source for source in sources if within(source, line)] == [line]


@pytest.mark.parametrize("expectation", [one for one in CONVERTED if b'"warnings"' in one.read_bytes()], ids=name)
def test_warnings_stand_at_the_places_expected(expectation: Path) -> None:
    expected, _, converted = run(expectation)
    warned = sorted(spell(one.path) for one in converted.findings if one.severity == "warning")
    assert warned == sorted(expected["warnings"])


@pytest.mark.parametrize("expectation", REFUSED, ids=name)
def test_refusal_names_the_place_and_what_to_set(expectation: Path) -> None:
    expected, _, converted = run(expectation)
    assert converted.document is None
    found = errors(converted)
    seen = [(spell(one.path), spell(one.target_path or ()), one.rule, one.message) for one in found]
    for refusal in expected["refused"]:
        assert any(answers(one, refusal) for one in found), (refusal, seen)
    strays = [one for one in found if not any(answers(one, refusal) for refusal in expected["refused"])]
    assert [(spell(one.path), one.rule, one.message) for one in strays] == []


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_order_goes_home_as_it_came(source: Path) -> None:
    document = read(source)
    converted = convert(document, shape(source.stem), shape(source.stem), settings(source.parent, None))
    assert list(differences(plain(converted.document), plain(document))) == []
    assert [spelled(one) for one in converted.changes] == []


@pytest.mark.parametrize("source", [path for path in SOURCES if path.stem != "orderctl"], ids=name)
def test_valid_order_loses_nothing_that_it_says_in_the_canonical_shape(source: Path) -> None:
    document, own, chosen = read(source), shape(source.stem), settings(source.parent, None)
    middle = convert(document, own, shape("orderctl"), chosen)
    if middle.document is None or any(finding.severity == "error" for finding in own.check(document)):
        pytest.skip("not an order that this shape may write")
    home = convert(middle.document, shape("orderctl"), own, chosen)
    assert sorted(set(leaves(document, "")) - set(leaves(home.document, ""))) == []
    assert [spelled(one) for one in home.changes if one.kind == "dropped"] == []


def test_every_ordered_pair_of_shapes_has_an_order() -> None:
    assert {ends(one) for one in EXPECTATIONS} == set(permutations(SHAPES, 2))


def test_every_file_is_a_source_an_expectation_or_settings() -> None:
    known = {*SOURCES, *EXPECTATIONS, *ORDERS.glob("*/settings.json")}
    assert [name(path) for path in sorted(ORDERS.rglob("*.*")) if path not in known] == []
    assert [name(one) for one in EXPECTATIONS if one.with_name(f"{ends(one)[0]}.json") not in SOURCES] == []


@pytest.mark.parametrize("kept", ["1.10", True], ids=["other prices", "no prices"])
def test_an_order_edited_in_every_line_goes_home_in_a_few_readings(kept: object) -> None:
    """Every price was edited, or what is kept of it is of no use."""
    party = {
        "name": "Bo",
        "line1": "1 Elm St",
        "city": "Provo",
        "region": "UT",
        "postal_code": "84601",
        "country": "US",
    }
    order = {
        "id": "E-1",
        "number": "E-1",
        "placed_at": "2024-03-05",
        "status": "pending",
        "sender": party,
        "ship_to": party,
        "items": [{"title": "Hat", "quantity": 1, "unit_price": Decimal("2.20")} for _ in range(100)],
        "origin": "webship",
        "extra": {"webship": {f"items[{index}].price": kept for index in range(100)}},
    }
    checked = []
    home = replace(shape("webship"), across=lambda document, judge: checked.append(document))
    converted = convert(order, shape("orderctl"), home, Settings())
    assert converted.document is not None
    assert [line["price"] for line in converted.document["items"]] == ["2.20"] * 100
    assert [spell(change.source or ()) for change in converted.changes] == [
        f'extra.webship["items[{index}].price"]' for index in range(100)
    ]
    assert len(checked) < 50
