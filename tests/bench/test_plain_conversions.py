"""What a conversion does quickly says what its plain form says: of the orders written by hand, and of drawn ones."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from laws.documents import SETTINGS, documents, spoiled

from bench import plain
from bench.orders import orders
from orderctl.convert import _hindrances, _tells_types
from orderctl.findings import Finding
from orderctl.mapping.account import _unheld, drop_the_rest
from orderctl.mapping.changes import Changes, filled
from orderctl.mapping.check import Judge, _judge_fields
from orderctl.mapping.home import _differences, _write_again, copied
from orderctl.mapping.kinds import TEXT
from orderctl.mapping.leftovers import leftovers, sound_leftovers
from orderctl.mapping.maps import translate
from orderctl.mapping.moves import keep_numbers_home, leave_out_lines
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Way
from orderctl.order import Order
from orderctl.paths import Path
from orderctl.report.conversion import place_of
from orderctl.systems import shape, shape_names

NAMES = shape_names()
READ = msgspec.json.Decoder(float_hook=Decimal).decode
both = pytest.mark.parametrize("given_by", ["hand", pytest.param("chance", marks=pytest.mark.long)])


@cache
def sources(given_by: str) -> list[tuple[str, Any]]:
    """Documents with the names of their shapes: those of tests/orders, or 60 of each shape and 20 with odd values."""
    if given_by == "hand":
        files = sorted((ROOT / "tests" / "orders").glob("*/*.json"))
        return [(file.stem, READ(file.read_bytes())) for file in files if file.stem in NAMES]
    return [
        (name, each)
        for name in NAMES
        for kind, count in ((documents, 60), (spoiled, 20))
        for each in drawn(kind(name), count)
    ]


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """So many drawn values, the same ones each time."""
    found: list[Any] = []
    health = list(HealthCheck)
    always = profile(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=health,
        deadline=None,
    )
    always(given(strategy)(lambda value: found.append(value)))()
    return found


def ways(given_by: str) -> Iterator[tuple[Way, Order]]:
    """Every order that can be read, on its way to every other shape."""
    for number, (name, document) in enumerate(sources(given_by)):
        if not isinstance(document, dict) or _hindrances(shape(name).check(document), shape(name)):
            continue
        for target in [shape(other) for other in NAMES if other != name]:
            way = Way(shape(name), target, document, SETTINGS[number % len(SETTINGS)])
            order = way.source.parse(document, way)
            if not way.findings:
                yield way, order


def departed(given_by: str) -> Iterator[tuple[Way, Order]]:
    """Every such order, made ready for its target."""
    for way, order in ways(given_by):
        way.arriving = False
        for move in (leave_out_lines, keep_numbers_home, translate, way.target.depart):
            if move is not None:
                move(order, way)
        yield way, order


@both
def test_an_order_is_read_as_it_is_row_by_row(given_by: str) -> None:
    for way, _ in ways(given_by):
        quick, slow = (Way(way.source, way.target, way.document, way.settings) for _ in range(2))
        order = Order(**plain.read(way.source.table, way.document, slow))
        assert repr(way.source._read(way.document, quick)) == repr(order)
        assert outcome(quick) == outcome(slow)


@both
def test_an_order_that_is_vouched_for_is_read_as_it_is_without(given_by: str) -> None:
    vouched = 0
    for way, _ in ways(given_by):
        if way.source.sound.vouches(way.document):
            quick, slow = (Way(way.source, way.target, way.document, way.settings) for _ in range(2))
            quick.sound = True
            assert repr(way.source._read_sound(way.document, quick)) == repr(way.source._read(way.document, slow))
            assert outcome(quick) == outcome(slow)
            vouched += 1
    assert vouched > 10


@both
def test_a_document_is_written_as_it_is_row_by_row(given_by: str) -> None:
    for way, order in departed(given_by):
        slow = Way(way.source, way.target, way.document, way.settings)
        slow.arriving, slow.kept, slow.said_at = False, way.kept, way.said_at
        slow.noted, slow.findings = [*way.noted], [*way.findings]
        again = plain.write(way.target.table, copied(order), slow)
        assert repr(way.target._write(order, way)) == repr(again)
        assert outcome(way) == outcome(slow)


@both
def test_no_field_of_a_written_document_that_is_not_doubted_has_a_finding(given_by: str) -> None:
    sure = 0
    for way, order in departed(given_by):
        if way.source.sound.vouches(way.document) and not way.source.own:
            written = way.target.write(order, way)
            assert way.doubted or way.findings or not judged(way.target, written)
            sure += not way.doubted
    assert sure > 10


@pytest.mark.parametrize("target", NAMES)
def test_a_written_value_that_may_break_a_rule_is_doubted(target: str) -> None:
    doubted = 0
    for source in [shape(name) for name in NAMES if name != target and name != "orderctl"]:
        document = next(orders(source.name, 1))
        for place, value in damages(departed_one(source, shape(target), document)[1]):
            way, order = departed_one(source, shape(target), document)
            put(order, place, value)
            written = shape(target).write(order, way)
            assert way.doubted or way.findings or not judged(shape(target), written), (source.name, place, value)
            doubted += way.doubted
    assert doubted


@both
def test_what_has_no_home_is_named_as_it_is_field_by_field(given_by: str) -> None:
    for way, order in departed(given_by):
        before = len(way.noted)
        expected = plain.homeless(order, way)
        _unheld(way.source, way.target)(order, way)
        assert [filled(mark.canonical or (), indexes) for mark, indexes, _, _ in way.noted[before:]] == expected
        found: list[Path] = []
        leftovers(way.source.table, way.document, (), found)
        assert found == list(plain.leftovers(way.source.table, way.document))
        if way.source.sound.vouches(way.document):
            quickly: list[Path] = []
            sound_leftovers(way.source, way.document, quickly)
            assert quickly == found


@both
def test_changes_are_counted_and_spelled_out_as_they_are_place_by_place(given_by: str) -> None:
    for way, order in departed(given_by):
        drop_the_rest(order, way)
        written = way.target.write(order, way)
        found, expected = Changes(way, written), plain.changes(way, written)
        assert list(found.told()) == [(each.kind, place_of(each), each.reason) for each in expected]
        assert repr(list(found)) == repr(expected)


@both
def test_a_document_whose_fields_are_sound_can_be_read(given_by: str) -> None:
    for name, document in sources(given_by):
        if shape(name).sound.vouches(document):
            assert not _tells_types(shape(name))
            assert not _hindrances(shape(name).check(document), shape(name))


@both
def test_what_a_source_spells_in_its_own_way_is_found_as_it_is_value_by_value(given_by: str) -> None:
    for way, order in ways(given_by):
        if way.target.own:
            again = _write_again(copied(order), way.source, way)
            assert repr(_differences(way.document, again)) == repr(dict(plain.differences(way.document, again)))


@both
def test_a_copy_of_an_order_is_the_same_and_no_move_on_it_alters_the_order(given_by: str) -> None:
    for way, order in ways(given_by):
        before = repr(order)
        again = copied(order)
        assert repr(again) == before
        way.arriving = False
        for move in (leave_out_lines, keep_numbers_home, translate, way.target.depart):
            if move is not None:
                move(again, way)
        assert repr(order) == before


@pytest.mark.parametrize("name", NAMES)
def test_what_is_vouched_for_and_read_quickly_is_never_blank(name: str) -> None:
    order = next(orders(name, 1))
    for row in shape(name).table.carried:
        if row.kind.sure is not None and row.kind is not TEXT and row.nested is None:
            assert not shape(name).sound.vouches({**order, row.wire: ""}), row.wire


def departed_one(source: Shape, target: Shape, document: Any) -> tuple[Way, Order]:
    """One document's order, made ready for a target."""
    way = Way(source, target, document, SETTINGS[0])
    order = source.parse(document, way)
    way.arriving = False
    assert target.depart is not None
    target.depart(order, way)
    return way, order


def damages(thing: Any, at: Path = ()) -> Iterator[tuple[Path, object]]:
    """Places in a canonical order with values of the right type that some table may refuse."""
    for part, value, hint in [(each.name, getattr(thing, each.name), each.type) for each in fields(thing)]:
        if is_dataclass(value):
            yield from damages(value, (*at, part))
        elif isinstance(value, list):
            yield from damages(value[0], (*at, part, 0))
        elif isinstance(value, Decimal):
            yield from (((*at, part), each) for each in (Decimal(0), Decimal(10) ** 1001, Decimal("0.1")))
        elif hint == str | None and value is not None:
            texts = (None, "XK") if part in ("country", "origin") else (None, "", " ", "x", "x" * 5000)
            yield from (((*at, part), each) for each in texts)


def put(order: Order, place: Path, value: object) -> None:
    """Put a value at a place of a canonical order."""
    *above, last = place
    thing: Any = order
    for part in above:
        thing = thing[part] if isinstance(part, int) else getattr(thing, str(part))
    setattr(thing, str(last), value)


def judged(target: Shape, document: Any) -> list[Finding]:
    """What every field on its own is found to be, the plain way."""
    judge = Judge(target, document)
    _judge_fields(judge, target, document)
    return judge.findings


def outcome(way: Way) -> tuple[str, str]:
    return repr(plain.changes(way, {})), repr(way.findings)
