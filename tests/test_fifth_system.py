"""A system is one folder: with a made-up fifth one beside the others, every command knows its shape."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from orderctl import detect as detection
from orderctl import systems
from orderctl.convert import convert
from orderctl.detect import detect
from orderctl.mapping.schema import json_schema
from orderctl.mapping.way import Settings
from orderctl.paths import spell
from orderctl.report.tables import field_table

PARCEL = {
    "ref": "P-1",
    "state": "open",
    "whereto": {"who": "Alice Janson", "road": "54 Green St.", "town": "Salt Lake City", "land": "US"},
    "things": [{"what": "Socks", "pieces": 2, "grams": 250}],
    "colour": "red",
}


@pytest.fixture(autouse=True)
def _parcelly() -> Iterator[None]:
    caches = (
        systems.names,
        systems.load,
        systems._folders,
        systems.envelopes,
        systems.shape_names,
        systems.shape,
        systems.system_of,
        detection._known,
        detection._only,
    )
    systems.__path__.append(str(Path(__file__).parent / "fifth"))
    for cached in caches:
        cached.cache_clear()
    yield
    systems.__path__.pop()
    for cached in caches:
        cached.cache_clear()


def test_its_documents_are_detected_and_checked() -> None:
    assert detect(PARCEL).shape == "parcelly"
    shape = systems.shape("parcelly")
    assert shape.check(PARCEL) == []
    (finding,) = shape.check({**PARCEL, "state": "held"})
    assert (finding.path, finding.rule, finding.source) == (("state",), "choice", "Parcelly, Parcels, state")


def test_it_converts_to_shapes_that_have_never_heard_of_it() -> None:
    converted = convert(PARCEL, systems.shape("parcelly"), systems.shape("orderctl"), Settings())
    assert converted.document is not None
    assert converted.document["ship_to"]["line1"] == "54 Green St."
    assert converted.document["items"][0]["weight"] == {"value": 250, "unit": "g"}
    assert converted.document["extra"] == {"parcelly": {"colour": "red"}}
    back = convert(converted.document, systems.shape("orderctl"), systems.shape("parcelly"), Settings())
    assert back.document == PARCEL


def test_shapes_that_have_never_heard_of_it_convert_to_it() -> None:
    order = {
        "order_number": "10001",
        "destination": {"name": "John", "street": "20 George St", "suburb": "Sydney", "country": "Australia"},
        "items": [{"description": "Phone", "quantity": 1, "weight": Decimal("0.65"), "value": 125}],
    }
    converted = convert(order, systems.shape("starshipit"), systems.shape("parcelly"), Settings())
    assert converted.document == {
        "ref": "10001",
        "state": "open",
        "whereto": {"who": "John", "road": "20 George St", "town": "Sydney", "land": "AU"},
        "things": [{"what": "Phone", "pieces": 1, "grams": 650}],
    }
    named = {(change.kind, spell(change.source or ())) for change in converted.changes}
    assert ("dropped", "items[0].value") in named
    assert ("moved", "destination.suburb") in named


def test_it_has_a_schema_and_a_table() -> None:
    assert json_schema(systems.shape("parcelly"))["required"] == ["ref", "state", "whereto"]
    table = field_table([systems.shape("parcelly"), systems.shape("webship")])
    assert ("things[n].what", "items[n].title", "items[n].title") in table.rows
    assert ("colour", "extra.parcelly", "lost") in table.rows
