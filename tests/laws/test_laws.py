"""The laws of mapping.md §6, for every shape and every ordered pair of shapes that exist."""

import io
import itertools
import tempfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path as File
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, assume, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from laws.documents import documents, json_values, settings, spoiled
from laws.edits import edits
from laws.journeys import Journey, as_json, as_read, covers, travel
from laws.meaning import Name, canonical_place, leaves, says_nothing
from orderctl import convert as conversion
from orderctl.convert import convert
from orderctl.files import Envelopes
from orderctl.files.yaml_records import read_yaml
from orderctl.files.yaml_writing import yaml_text
from orderctl.intake import take_in
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings, Way
from orderctl.paths import Path, look, spell
from orderctl.systems import shape, shape_names

NAMES = shape_names()
PAIRS = list(itertools.permutations(NAMES, 2))
HELD = frozenset({"on_hold", "cancelled", "awaiting_payment"})
every_shape = pytest.mark.parametrize("name", NAMES)
every_pair = pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{one}-to-{two}" for one, two in PAIRS])
FOREIGN = [pair for pair in PAIRS if not any(shape(name).own for name in pair)]
every_pair_of_systems = pytest.mark.parametrize(
    ("source", "target"), FOREIGN, ids=[f"{one}-to-{two}" for one, two in FOREIGN]
)
quick_and_long = pytest.mark.parametrize("examples", [25, pytest.param(75, marks=pytest.mark.long)], ids=str)


def holds_for(examples: int, *drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
    """Run a law for drawn values: the same ones each time."""
    chosen = profile(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    def run(law: Callable[..., None]) -> None:
        chosen(given(*drawn)(law))()

    return run


def errors(of: Shape, document: Any) -> list[Any]:
    return [finding for finding in of.check(document) if finding.severity == "error"]


@quick_and_long
@every_shape
def test_a_document_is_at_home_in_its_own_shape(name: str, examples: int) -> None:
    """Law 1. Domain: every JSON object, also one that breaks its shape's rules."""

    @holds_for(examples, st.one_of(documents(name), spoiled(name)), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        again = convert(document, shape(name), shape(name), configured)
        assert repr(again.document) == repr(document)
        assert again.findings == []
        assert again.changes == []


@quick_and_long
@every_shape
def test_status_and_id_are_said_at_the_top_of_a_document(name: str, examples: int) -> None:
    """What a push reads of a document that is in the target's shape already. Domain: documents without an error."""

    @holds_for(examples, documents(name), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        assume(not errors(shape(name), document))
        way = Way(shape(name), shape(name), document, configured, home=True)
        order = shape(name).parse(document, way)
        assert conversion.meaning(document, shape(name), configured, []) == (order.status, order.id)


@quick_and_long
@pytest.mark.parametrize("name", [name for name in NAMES if not shape(name).own])
def test_nothing_is_lost_in_the_canonical_shape(name: str, examples: int) -> None:
    """Laws 1 and 4, and mapping.md §7. Domain: documents without an error that the canonical shape takes."""

    @holds_for(3 * examples, documents(name), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        assume(not errors(shape(name), document))
        journey = travel(document, shape(name), shape("orderctl"), configured)
        assume(journey is not None)
        assert journey is not None
        assert as_json(journey.result) == as_json(document)


@quick_and_long
@pytest.mark.parametrize("name", [name for name in NAMES if not shape(name).own])
def test_what_is_kept_beside_an_order_never_overrules_the_order(name: str, examples: int) -> None:
    """Mapping.md §7: `extra` comes home. Domain: orders edited in our own shape that go home with it and without.

    Every place says what the edited order says, or what is written of that order without `extra`; an insured value
    of zero is none (mapping.md §4).
    """
    here, own = shape(name), shape("orderctl")

    def said(order: dict[str, Any]) -> dict[Path, Any]:
        every = leaves(own, {key: value for key, value in order.items() if key != "extra"})
        return {place: value for place, value in every.items() if place[-1] != "insured_value" or value[1]}

    def says(document: dict[str, Any], configured: Settings) -> dict[Path, Any]:
        read = convert(document, here, own, configured).document
        assume(read is not None)
        assert read is not None
        return said(as_read(read))

    @holds_for(examples, st.data(), documents(name), settings())
    def law(data: st.DataObject, document: dict[str, Any], configured: Settings) -> None:
        canonical = convert(document, here, own, configured).document
        assume(canonical is not None)
        assert canonical is not None
        edited = data.draw(edits(as_read(canonical)))
        alone = {key: value for key, value in edited.items() if key != "extra"}
        home, anew = (convert(order, own, here, configured).document for order in (edited, alone))
        assume(home is not None and anew is not None)
        assert home is not None
        assert anew is not None
        now, then, meant = says(as_read(home), configured), says(as_read(anew), configured), said(edited)
        for place in now.keys() | then.keys():
            assert now.get(place) in (then.get(place), meant.get(place)), spell(place)


@quick_and_long
@pytest.mark.parametrize("name", [name for name in NAMES if not shape(name).own])
def test_yaml_loses_nothing_of_the_canonical_shape(name: str, examples: int) -> None:
    """SPEC.md §5 and mapping.md §7. Domain: documents that the canonical shape takes."""

    @holds_for(examples, documents(name), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        canonical = convert(document, shape(name), shape("orderctl"), configured).document
        assume(canonical is not None)
        assert canonical is not None
        (record,) = read_yaml(io.BytesIO("".join(yaml_text(canonical)).encode()), "x", Envelopes())
        assert as_json(shape("orderctl").settle(record.document)) == as_json(as_read(canonical))


@quick_and_long
@every_pair_of_systems
def test_a_stop_in_our_own_shape_changes_nothing(source: str, target: str, examples: int) -> None:
    """A→orderctl→B is A→B. Domain: documents that the canonical shape takes."""

    @holds_for(examples, documents(source), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        stop = convert(document, shape(source), shape("orderctl"), configured).document
        assume(stop is not None)
        assert stop is not None
        direct = convert(document, shape(source), shape(target), configured).document
        further = convert(as_read(stop), shape("orderctl"), shape(target), configured).document
        assert as_json(direct) == as_json(further)


@quick_and_long
@every_pair
def test_what_changes_there_and_back_is_named(source: str, target: str, examples: int) -> None:
    """Law 2. Domain: documents that go both ways without being refused.

    `extra` of the shape between is that shape's own spelling, not a part of the order.
    """

    @holds_for(examples, documents(source), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        journey = travel(document, shape(source), shape(target), configured)
        if journey is not None:
            assert list(_unnamed(journey)) == []


@quick_and_long
@every_pair
def test_what_is_dropped_does_not_come_back_changed(source: str, target: str, examples: int) -> None:
    """Law 2, its second half. Domain as above.

    A dropped leaf is absent from the result, equal, or filled or assumed anew by the second report; an id
    that gave way to the number is that number (Starshipit's order_number gives both, mapping.md §4).
    """

    @holds_for(examples, documents(source), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        journey = travel(document, shape(source), shape(target), configured)
        if journey is not None:
            assert list(_undead(journey)) == []


@quick_and_long
@every_pair
def test_an_order_that_is_held_never_becomes_one_to_ship(source: str, target: str, examples: int) -> None:
    """mapping.md §4, status. Domain: any document whose status says held, unpaid or cancelled; no map."""
    row = next(row for row in shape(source).table.rows if row.to == "status")
    words = sorted(HELD.intersection(get_args(row.annotation)))
    if not words:
        pytest.skip(f"{source} has no word for an order that is held")
    there = next(row.wire for row in shape(target).table.rows if row.to == "status")

    @holds_for(examples, documents(source), st.sampled_from(words), settings())
    def law(document: dict[str, Any], word: str, configured: Settings) -> None:
        held = {**document, row.wire: word}
        converted = convert(held, shape(source), shape(target), replace(configured, statuses={}))
        assert converted.document is None or converted.document.get(there) in HELD | {
            "pending_fulfillment",
            "external",
        }


def _unnamed(journey: Journey) -> Iterator[str]:
    """The leaves that differ in meaning and that neither report names."""
    before = leaves(journey.source, journey.document)
    after = leaves(journey.source, journey.result)
    first: set[Name] = {change.source for change in journey.there.changes if change.source}
    names = journey.named()
    seen = set()
    for path, meaning in before.items():
        went = journey.went(path)
        if went is None or _is_bookkeeping(journey, path):
            continue
        seen.add(went)
        if after.get(went) != meaning and not covers(first, path) and not covers(names, went):
            yield f"{spell(path)}: {meaning} became {after.get(went)}"
    for path, meaning in after.items():
        if path not in seen and not covers(names, path) and not _is_bookkeeping(journey, path):
            yield f"{spell(path)}: {meaning} came from nowhere"


def _is_bookkeeping(journey: Journey, path: tuple[str | int, ...]) -> bool:
    """Whether our own shape keeps here whence the order came and how it was spelled there."""
    if journey.source.own and path == ("origin",) and "origin" not in journey.document:
        return True
    if not journey.source.own or path[0] != "extra" or len(path) < 3:
        return False
    return path[1] == journey.target.name or str(path[2]).startswith("-")


def _undead(journey: Journey) -> Iterator[str]:
    """The leaves that the first report names dropped and that came back as something else."""
    changes = journey.there.changes
    dropped: set[Name] = {change.source for change in changes if change.kind == "dropped" and change.source}
    before = leaves(journey.source, journey.document)
    after = leaves(journey.source, journey.result)
    anew = journey.named_back("filled", "assumed")
    for path, meaning in before.items():
        went = journey.went(path)
        if went is None or not covers(dropped, path):
            continue
        if canonical_place(journey.source, path) == ("id",) and after.get(went) == _number(journey, after):
            continue
        if after.get(went, meaning) != meaning and not covers(anew, went):
            yield f"{spell(path)}: {meaning} was dropped and is {after[went]}"


def _number(journey: Journey, said: dict[Any, Any]) -> Any:
    """What the number that people see means."""
    return next((said[path] for path in said if canonical_place(journey.source, path) == ("number",)), None)


@quick_and_long
@every_pair
def test_what_is_written_is_valid_or_refused_by_path(source: str, target: str, examples: int) -> None:
    """Law 3. Domain: every document that a shape's own table allows, and spoiled ones."""

    @holds_for(examples, st.one_of(documents(source), documents(source), spoiled(source)), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        converted = convert(document, shape(source), shape(target), configured)
        refusals = [finding for finding in converted.findings if finding.severity == "error"]
        if converted.document is None:
            assert refusals
            assert all(finding.path or finding.target_path for finding in refusals)
        else:
            assert refusals == []
            assert errors(shape(target), as_read(converted.document)) == []


@quick_and_long
@every_pair
def test_no_number_passes_through_a_float(source: str, target: str, examples: int) -> None:
    """Law 4. Domain: documents that convert; money, ids and texts keep their digits there and back."""

    @holds_for(examples, documents(source), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        converted = convert(document, shape(source), shape(target), configured)
        assert not any(isinstance(value, float) for value in _values(converted.document))
        for change in converted.changes:
            assert not any(isinstance(value, float) for value in _values([change.before, change.after]))
        journey = travel(document, shape(source), shape(target), configured)
        if journey is not None:
            assert list(_respelled(journey)) == []


def _respelled(journey: Journey) -> Iterator[str]:
    """Amounts that came back equal with other digits than they went."""
    result = journey.result
    for path in _amounts(journey.source, journey.document):
        went = journey.went(path)
        before, after = look(journey.document, path), look(result, went) if went else None
        if says_nothing(before) or says_nothing(after):
            continue
        if Decimal(str(before)) == Decimal(str(after)) and _digits(before) != _digits(after):
            yield f"{spell(path)}: {before} became {after}"


def _digits(value: Any) -> str:
    """The digits of a number; a point without digits around it, and zeros before it, do not count."""
    return str(Decimal(str(value)))


def _amounts(of: Shape, document: Any) -> Iterator[Path]:
    for path in leaves(of, document):
        row = of.rows.get(tuple(None if isinstance(part, int) else part for part in path))
        money = row is not None and row.to in _MONEY and row.kind.word in ("number", "decimal text")
        if (
            row is not None
            and money
            and "weight" not in path
            and path[-2:-1] not in (("length",), ("width",), ("height",))
        ):
            yield path


_MONEY = frozenset(
    "shipping_paid amount_paid tax_paid unit_price tax shipping insured_value declared_value value".split()
)


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value


@pytest.mark.parametrize("examples", [5, pytest.param(40, marks=pytest.mark.long)], ids=str)
@every_pair
def test_records_come_out_in_the_order_they_came_in(source: str, target: str, examples: int) -> None:
    """Law 5. Domain: JSON Lines of documents of one shape, whatever becomes of each."""

    @holds_for(examples, st.lists(documents(source).filter(bool), min_size=1, max_size=4), settings())
    def law(orders: list[dict[str, Any]], configured: Settings) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = File(folder) / "orders.jsonl"
            file.write_bytes(b"\n".join(as_json(order) for order in orders))
            incoming = list(take_in([str(file)], shape=source, input_format=None))
        assert [came.record.index for came in incoming] == list(range(len(orders)))
        assert [as_json(came.document) for came in incoming] == [as_json(order) for order in orders]
        for came, order in zip(incoming, orders, strict=True):
            assert came.document is not None
            alone = convert(order, shape(source), shape(target), configured)
            assert _told(convert(came.document, shape(source), shape(target), configured)) == _told(alone)


def _told(converted: Any) -> tuple[bytes, int, int]:
    return as_json(converted.document), len(converted.findings), len(converted.changes)


@quick_and_long
@every_pair
def test_no_document_breaks_the_conversion(source: str, target: str, examples: int) -> None:
    """Domain: every JSON object. It is converted or refused; what comes out can be written as JSON."""
    keys = st.sampled_from([row.wire for row in shape(source).table.rows])
    anything = st.dictionaries(keys, json_values(), max_size=5)

    @holds_for(examples, st.one_of(spoiled(source), anything), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        converted = convert(document, shape(source), shape(target), configured)
        as_json(converted.document)
        as_json([[change.before, change.after] for change in converted.changes])
        assert as_json(as_read(converted.document)) == as_json(converted.document)


@quick_and_long
@every_pair
def test_a_conversion_can_be_repeated_and_changes_nothing_else(source: str, target: str, examples: int) -> None:
    """Domain: documents of the shape's own table. Nothing that goes in is altered."""

    @holds_for(examples, documents(source), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        copy, kept = deepcopy(document), repr(configured)
        once = repr(convert(document, shape(source), shape(target), configured))
        twice = repr(convert(document, shape(source), shape(target), configured))
        assert once == twice
        assert repr(document) == repr(copy)
        assert repr(configured) == kept


@quick_and_long
@every_pair
def test_an_entry_tells_the_values_at_its_places(source: str, target: str, examples: int) -> None:
    """mapping.md §5. Domain: documents that convert.

    `before` is the source's own spelling at the place it names, `after` what stands there in the target.
    """

    @holds_for(examples, documents(source), settings())
    def law(document: dict[str, Any], configured: Settings) -> None:
        converted = convert(document, shape(source), shape(target), configured)
        for change in converted.changes:
            if change.source is not None:
                assert repr(change.before) == repr(look(document, change.source)), change
                assert not says_nothing(change.before) or change.kind in ("assumed", "filled"), change
            if change.target is not None and change.after is not None:
                assert repr(change.after) == repr(look(converted.document, change.target)), change
            assert change.kind != "dropped" or change.after is None, change
