"""A key is known again, however many stood between."""

import pytest
from room import room_for

from orderctl import identities
from orderctl.errors import UsageError
from orderctl.identities import Identities


@pytest.mark.parametrize("between", [0, 1, 2, 3, 4, 9, 10, 11, 100])
def test_a_key_is_found_where_it_first_stood(between: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_IN_MEMORY", 4)
    with Identities() as seen:
        assert seen.first("ours", "a.json:1") is None
        assert [seen.first(f"other {number}", f"a.json:{number}") for number in range(between)] == [None] * between
        assert seen.first("ours", "a.json:900") == "a.json:1"
        assert seen.first("other", "a.json:901") is None
        assert seen.first("ours", "a.json:902") == "a.json:1"


def test_keys_with_the_same_mark_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_IN_MEMORY", 4)
    monkeypatch.setattr(identities, "_MARKS", 1)
    with Identities() as seen:
        places = [seen.first(f"key {number % 50}", str(number)) for number in range(100)]
    assert places == [None] * 50 + [str(number) for number in range(50)]


def test_a_full_disk_is_said_and_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_IN_MEMORY", 1_000)
    monkeypatch.setattr(identities, "_PAGES", 1)
    with Identities() as seen, room_for(4096):
        keys = (f"a key of many letters, and a number: {number}" for number in range(10_000))
        with pytest.raises(UsageError, match="TMPDIR"):
            any(seen.first(key, "a.json:1") for key in keys)
