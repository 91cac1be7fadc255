"""A document that holds spools reads and is laid out as if it held lists."""

from typing import Any

import pytest
from room import room_for

from orderctl.report import spool as module
from orderctl.report.document import render
from orderctl.report.spool import Spool, SpooledBytes, rendered

SOME = [{"key": "line\nend", "inner": [1, {"deep": []}]}, {"key": "…\u202e", "none": None}, "text", 5]


def spool(documents: list[Any]) -> Spool:
    """A spool of some documents."""
    made = Spool()
    for document in documents:
        made.add(document)
    assert len(made) == len(documents)
    return made


@pytest.mark.parametrize("near", [1, 10**6])
@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 64 * 1024])
def test_spools_stand_where_lists_would(near: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NEAR", near)
    monkeypatch.setattr(module, "_CHUNK", chunk)
    given: dict[str, Any] = {"a": SOME, "runs": [{"b": [], "c": SOME[:1], "d": "text"}], "e": [], "f": 1}
    held = {"a": spool(SOME), "runs": [{"b": spool([]), "c": spool(SOME[:1]), "d": "text"}], "e": spool([]), "f": 1}
    assert b"".join(rendered(held)) == render(given) + b"\n"


@pytest.mark.parametrize("near", [1, 5, 10**6])
@pytest.mark.parametrize("chunk", [1, 3, 64 * 1024])
def test_lines_come_back_as_they_went(near: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NEAR", near)
    monkeypatch.setattr(module, "_CHUNK", chunk)
    lines = [b"one", b"", b"two and three", b"4"]
    held = SpooledBytes()
    for line in lines:
        held.add(line + b"\n")
    assert list(held.lines()) == lines


@pytest.mark.parametrize("room", [0, 1, 50, 1000])
def test_what_a_full_disk_does_not_take_stays_in_memory(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NEAR", 40)
    many = [{"number": number, "text": "x" * 20} for number in range(100)]
    with room_for(room):
        held = spool(many)
    assert b"".join(rendered({"all": held})) == render({"all": many}) + b"\n"


def test_without_a_folder_for_it_all_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NEAR", 1)
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")
    assert b"".join(rendered({"all": spool(SOME)})) == render({"all": SOME}) + b"\n"


def test_many_documents_are_not_kept_in_memory() -> None:
    import tracemalloc

    many = spool([])
    tracemalloc.start()
    for number in range(20_000):
        many.add({"number": number, "text": "x" * 500})
    size = sum(len(chunk) for chunk in rendered({"all": many}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 10_000_000
    assert peak < 3_000_000
