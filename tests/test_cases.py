"""Every rule of every page, one at a time: a good document, one place broken, one finding.

The expectations are the files under `cases/`, typed off the vendors' pages by hand.
"""

import inspect
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cases.reading import (
    SHAPES,
    Case,
    Expected,
    Field,
    base_of,
    cases,
    field_cases,
    fields,
    get,
    good,
    infos,
    table,
)
from cases.words import calls_of_find, codes_in_sources, tells

from orderctl.convert import convert
from orderctl.files import Envelopes
from orderctl.files.yaml_records import read_yaml
from orderctl.files.yaml_writing import yaml_text
from orderctl.findings import Finding
from orderctl.mapping.check import Judge
from orderctl.mapping.way import Settings
from orderctl.systems import shape as shape_named
from orderctl.systems import shape_names

BAD = {claim: entries for shape in SHAPES for claim, entries in cases(shape, "bad").items()}
FINE = {claim: entries for shape in SHAPES for claim, entries in cases(shape, "fine").items()}
ROWS = {claim: entries for shape in SHAPES for claim, entries in field_cases(shape).items()}
GOOD = [(shape, name) for shape in SHAPES for name in good(shape)]
PAGES = {
    "webship": "Webship, Put Order",
    "webship-webhook": "Webship, List Orders",
    "shipstation": "ShipStation, Create/Update Order",
    "starshipit": "Starshipit, Update Order",
    "orderctl": "orderctl, the canonical order",
}
ELSEWHERE = {"no-word": "converting", "fraction": "converting", "not-an-order": "test_an_order_is_an_object"}
"""Codes in the shapes' sources that no case here can give, and what gives them."""
STOPS = (ArithmeticError, TypeError, ValueError, LookupError, AttributeError)
"""What a value that nobody thought of would raise."""
HOSTILE: tuple[Any, ...] = (
    *(
        None,
        "",
        "\x00",
        "x" * 10_000,
        "9" * 1_100,
        "1.10",
        True,
        [],
        {},
        [[]],
        [None],
        {"": None},
        {"a": {"b": [1]}},
        10**400,
    ),
    *(-(10**400), Decimal("1E+999"), Decimal("1E-999"), Decimal("-0"), Decimal("0." + "1" * 999)),
)
"""Values that JSON can hold and no page thinks of."""


def findings_of(case: Case) -> list[Finding]:
    """What the program finds, without the infos that the good document has anyway."""
    kept = infos(case)
    wanted = case.finding.path if case.finding else None
    found = shape_named(case.shape).check(case.document)
    return [f for f in found if f.severity != "info" or spell_plainly(f) not in kept or spell_plainly(f) == wanted]


def spell_plainly(finding: Finding) -> str:
    """The path as the case files write it: keys with a dot between them, whatever they hold."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in finding.path).removeprefix(".")


def judged(case: Case) -> list[Expected]:
    return [Expected(spell_plainly(f), f.rule, f.severity) for f in findings_of(case)]


def broken(entries: list[Case]) -> Iterator[str]:
    """Each case whose findings are not exactly those that its file demands, in words."""
    for case in entries:
        wanted = [case.finding] if case.finding else []
        if (found := judged(case)) != wanted:
            changes = ", ".join(f"{path} = {value!r:.80}" for path, value in case.change.items())
            yield f"{case.base} with {changes}: found {found}, due {wanted}"


@pytest.mark.parametrize(("shape", "name"), GOOD)
def test_a_good_document_says_the_same_in_yaml(shape: str, name: str) -> None:
    document = good(shape)[name]
    (record,) = read_yaml(io.BytesIO("".join(yaml_text(document)).encode()), "x", Envelopes())
    assert repr(shape_named(shape).settle(record.document)) == repr(document)


@pytest.mark.parametrize(("shape", "name"), GOOD, ids=lambda part: part)
def test_a_good_document_has_no_finding(shape: str, name: str) -> None:
    expected = set(table(shape).get("infos", {}).get(name, ()))
    found = {(spell_plainly(f), f.severity) for f in shape_named(shape).check(good(shape)[name])}
    assert found == {(path, "info") for path in expected}


@pytest.mark.parametrize("claim", ROWS)
def test_a_field_is_what_its_page_says(claim: str) -> None:
    assert list(broken(ROWS[claim])) == []


@pytest.mark.parametrize("claim", BAD)
def test_one_broken_rule_gives_that_finding_at_that_path_and_no_other(claim: str) -> None:
    assert list(broken(BAD[claim])) == []
    for case in BAD[claim]:
        assert case.says in "".join(finding.message for finding in findings_of(case))


@pytest.mark.parametrize("claim", FINE)
def test_what_is_just_inside_a_rule_has_no_finding(claim: str) -> None:
    assert list(broken(FINE[claim])) == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("document", [None, True, 7, "text", [], [{}]], ids=repr)
def test_an_order_is_an_object(shape: str, document: object) -> None:
    (finding,) = shape_named(shape).check(document)
    assert (finding.rule, finding.severity, finding.path) == ("unreadable", "error", ())


@pytest.mark.parametrize("shape", SHAPES)
def test_no_value_in_any_place_stops_the_check(shape: str) -> None:
    stopped = set()
    for place, document in hostile(shape):
        try:
            shape_named(shape).check(document)
        except STOPS as error:
            stopped.add(f"{place}: {type(error).__name__}")
    assert stopped == set()


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_no_value_in_any_place_stops_a_conversion(shape: str) -> None:
    stopped = set()
    for place, document in hostile(shape):
        for target in shape_names():
            try:
                list(convert(document, shape_named(shape), shape_named(target), Settings()).changes)
            except STOPS as error:
                stopped.add(f"{place} to {target}: {type(error).__name__}")
    assert stopped == set()


def hostile(shape: str) -> Iterator[tuple[str, Any]]:
    """Documents with a hostile value in one place, each with what it is; every value in every place."""
    for row in fields(shape):
        path = row.path.replace("[]", "[0]")
        for value in HOSTILE:
            yield f"{path} = {str(value)[:20]}", Case(shape, "", base_of(shape, row), {path: value}).document


@pytest.mark.parametrize("shape", SHAPES)
def test_every_finding_cites_the_page(shape: str) -> None:
    silent = {
        f"{case.why}: {finding.source}"
        for case in all_cases(shape)
        for finding in findings_of(case)
        if not cites(finding.source or "", PAGES[shape])
    }
    assert silent == set()


def cites(source: str, page: str) -> bool:
    """Whether a source names the page, or the vendor and that its page does not say it."""
    vendor = page.partition(",")[0]
    return source.startswith(page) or (
        source.startswith(vendor) and re.search("(?i)observed|inferred", source) is not None
    )


@pytest.mark.parametrize("word", ["observed", "inferred"])
def test_a_rule_that_no_page_states_says_so_where_it_cites(word: str) -> None:
    mixed_up = {
        f"{claim}: {finding.source}"
        for claim, entries in (BAD | ROWS).items()
        if f"({word})" in claim
        for case in entries
        for finding in findings_of(case)
        if word not in (finding.source or "").lower()
    }
    assert mixed_up == set()


def test_a_wrong_element_is_told_what_an_element_is() -> None:
    told_of_a_list = {
        f"{claim}: {finding.message}"
        for claim, entries in (BAD | ROWS).items()
        for case in entries
        if case.finding and case.finding.path.endswith("]")
        for finding in findings_of(case)
        if "a list of" in finding.message
    }
    assert told_of_a_list == set()


def test_a_country_that_is_no_text_is_told_what_is_due_and_not_every_code_there_is() -> None:
    order = {"orderNumber": "1", "orderDate": "2015-06-29T08:46:27.0000000", "orderStatus": "awaiting_shipment"}
    (found,) = shape_named("shipstation").check(
        {**order, "billTo": {"name": "A"}, "shipTo": {"name": "A", "country": 5}}
    )
    assert found.message == "found the number 5; write a country code (the two-letter ISO 3166-1 code)"


@pytest.mark.parametrize("shape", SHAPES)
def test_every_message_tells_what_was_found(shape: str) -> None:
    silent = {
        f"{case.finding.path}: {finding.message}"
        for case in all_cases(shape)
        if case.finding and case.finding.rule != "unknown-field" and case.finding.severity != "info"
        for finding in findings_of(case)
        if not tells(finding.message, get(case.document, spell_plainly(finding)))
    }
    assert silent == set()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_field_tables_and_the_shapes_name_the_same_fields(shape: str) -> None:
    declared = {
        "".join("[]" if part is None else f".{part}" for part in place).removeprefix(".").removesuffix("[]")
        for place in shape_named(shape).rows
    }
    assert {row.path.removesuffix("[]") for row in fields(shape)} == declared


@pytest.mark.parametrize("shape", SHAPES)
def test_the_field_tables_and_the_shapes_agree_on_what_is_required_and_what_may_be_null(shape: str) -> None:
    def said(row: Field) -> tuple[bool, bool]:
        return row.required, row.null or row.kind == "any"

    rows = {".".join("[]" if part is None else part for part in at): row for at, row in shape_named(shape).rows.items()}
    differ = []
    for row in fields(shape):
        key = row.path.replace("[]", ".[]")
        declared = rows.get(key) or rows.get(f"{key}.[]")
        if declared and not row.path.endswith("]"):
            free = declared.nullable or declared.kind.word == "anything"
            if (declared.required, free) != said(row):
                differ.append(f"{row.path}: the page {said(row)}, declared {(declared.required, free)}")
    assert differ == []


def test_every_shape_has_its_cases() -> None:
    assert set(SHAPES) == set(shape_names())


def test_every_rule_between_fields_has_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: set[tuple[str, int]] = set()
    find = Judge.find

    def noted(self: Judge, *args: Any, **more: Any) -> None:
        frame = inspect.currentframe()
        assert frame is not None
        assert frame.f_back is not None
        reached.add((frame.f_back.f_code.co_filename, frame.f_back.f_lineno))
        find(self, *args, **more)

    monkeypatch.setattr(Judge, "find", noted)
    for shape in SHAPES:
        for case in all_cases(shape):
            shape_named(shape).check(case.document)
    assert [f"{Path(file).name}:{line}" for file, line in calls_of_find() if (file, line) not in reached] == []


def test_every_code_that_the_shapes_use_has_a_case() -> None:
    given = {finding.code for shape in SHAPES for case in all_cases(shape) for finding in findings_of(case)}
    assert codes_in_sources() - set(ELSEWHERE) - given == set()


def all_cases(shape: str) -> list[Case]:
    return [
        case
        for entries in (cases(shape, "bad"), cases(shape, "fine"), field_cases(shape))
        for group in entries.values()
        for case in group
    ]


def test_only_the_first_of_very_many_unknown_keys_are_compared_with_known_names() -> None:
    document = {**good("webship")["full"], **{f"orderId{number}": 1 for number in range(2000)}}
    found = [f.message for f in shape_named("webship").check(document) if f.rule == "unknown-field"]
    assert len(found) == 2000
    assert sum("did you mean orderId?" in message for message in found) == 100


@pytest.mark.parametrize("shape", SHAPES)
def test_a_value_that_cannot_be_read_is_worded_as_the_check_words_it(shape: str) -> None:
    target = shape_named("orderctl" if shape != "orderctl" else "shipstation")
    agreed = []
    for case in (case for entries in cases(shape, "bad").values() for case in entries):
        said = {(finding.code, finding.path): finding.message for finding in shape_named(shape).check(case.document)}
        for finding in convert(case.document, shape_named(shape), target, Settings()).findings:
            if finding.rule in ("type", "format", "choice") and (finding.code, finding.path) in said:
                assert finding.message == said[finding.code, finding.path]
                agreed.append(finding.code)
    assert len(set(agreed)) >= 2


def test_a_region_without_a_code_is_worded_as_the_page_of_its_target_words_it() -> None:
    document = (
        good("webship")["everything"] if "everything" in good("webship") else next(iter(good("webship").values()))
    )
    document = {**document, "receiver": {**document["receiver"], "country": "US", "state": "Narnia"}}
    (said,) = [f.message for f in shape_named("webship").check(document) if f.code == "state-code"]
    order = convert(document, shape_named("webship"), shape_named("orderctl"), Settings()).document
    assert order is not None
    (finding,) = [
        f
        for f in convert(order, shape_named("orderctl"), shape_named("webship"), Settings()).findings
        if f.code == "state-code"
    ]
    assert finding.message == said == 'found "Narnia"; write the two-character code of a state or province of US'
