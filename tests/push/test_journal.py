"""The journal: trusted only when it is whole and ours, written before and after, and holding nothing of anybody."""

import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from orderctl.errors import Exit, JournalError, Locked
from orderctl.push import Meant, Options, Result, push
from orderctl.push.account import identity, open_journal
from orderctl.push.entries import Settled

from . import support
from .databases import both, both_databases  # noqa: F401
from .support import Vendor, pushed, several, shipstation, target, webship
from .vendors import ShipStation, Store, Webship, lost, status


@contextmanager
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The journal's file, whose changes are committed at the end."""
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection, connection:
        yield connection


def column(tmp_path: Path, name: str) -> list[object]:
    """A column of the orders, as one sees it who is not in their transaction."""
    query = f"SELECT {name} FROM orders ORDER BY key"
    if support.JOURNAL is None:
        with database(tmp_path) as connection:
            return [row[0] for row in connection.execute(query)]
    import psycopg

    url = support.JOURNAL.reveal().replace("+psycopg", "")
    with psycopg.connect(url, options="-c search_path=orderctl") as other:
        return [str(row[0]).strip() for row in other.execute(query.encode())]


@both
def test_the_intent_is_durable_before_the_request_leaves(tmp_path: Path) -> None:
    seen: list[object] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.extend(column(tmp_path, "state || unsettled"))
        return httpx.Response(201, json={"ok": True})

    pushed([webship()], target(tmp_path), Vendor(look))
    assert seen == ["inflight1"]
    assert column(tmp_path, "state || unsettled") == ["accepted0"]


@both
def test_an_outcome_is_durable_before_the_next_order_of_a_single_worker_leaves(tmp_path: Path) -> None:
    seen: list[list[object]] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(column(tmp_path, "state"))
        return httpx.Response(201, json={"ok": True})

    pushed(several(3), target(tmp_path), Vendor(look), concurrency=1)
    assert seen[2] == ["accepted", "accepted", "inflight"]


def test_nothing_of_anybody_is_stored(tmp_path: Path) -> None:
    """I6: neither addresses nor secrets nor the vendor's words."""
    refuse = status(422, {"error": "Ann Example of 1 Some Street is unknown, key canary-api_key-Zq7/+x"})
    pushed(several(3), target(tmp_path), Webship(faults=[None, refuse]).vendor())
    pushed([shipstation()], target(tmp_path, "shipstation"), Webship(faults=[status(401)]).vendor())
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for word in (b"Ann", b"Some Street", b"02110", b"canary", b"Hat"):
        assert word not in stored


def test_the_hashes_are_keyed(tmp_path: Path) -> None:
    """The same order leaves different hashes in two state directories."""
    for name in ("one", "two"):
        pushed([webship()], target(tmp_path / name), Webship().vendor())
    assert column(tmp_path / "one", "content0") != column(tmp_path / "two", "content0")
    assert column(tmp_path / "one", "leaves0") != column(tmp_path / "two", "leaves0")


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        state = tmp_path / "state"
        pushed([webship()], target(state), Webship().vendor())
    finally:
        os.umask(before)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    for path in state.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("name", ["a?b=c#d%20é", "file:a?mode=ro", ":memory:"])
def test_a_directory_may_have_any_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for outcome in ("accepted", "unchanged"):
        assert pushed([webship()], target(Path(name)), Webship().vendor()).outcomes == {"A-1": outcome}
    assert os.listdir() == [name]


def test_a_directory_that_is_too_open_is_tightened(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o755)
    pushed([webship()], target(tmp_path), Webship().vendor())
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_directory_that_holds_other_things_keeps_its_permissions(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o755)
    (tmp_path / "index.html").touch()
    for _ in range(2):
        pushed([webship()], target(tmp_path), Webship().vendor())
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize(("mode", "beside"), [(0o1777, None), (0o1777, "orders.json"), (0o775, "orders.json")])
def test_a_directory_that_others_share_is_refused_and_left_as_it_is(
    mode: int, beside: str | None, tmp_path: Path
) -> None:
    os.chmod(tmp_path, mode)
    if beside:
        (tmp_path / beside).touch()
    vendor = Webship().vendor()
    with pytest.raises(JournalError, match=re.escape(f"a folder of its own, such as {tmp_path}/orderctl; nothing")):
        pushed([webship()], target(tmp_path), vendor)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == mode
    assert os.listdir(tmp_path) == ([beside] if beside else [])


@both
def test_a_failed_order_is_sent_again_and_a_rejected_one_too(tmp_path: Path) -> None:
    to = target(tmp_path)
    store = Webship(faults=[status(422), *[status(503)] * 3])
    first = pushed(several(2), to, store.vendor(), concurrency=1)
    assert set(first.outcomes.values()) == {"rejected", "failed"}
    assert set(pushed(several(2), to, store.vendor()).outcomes.values()) == {"accepted"}


@both
def test_a_changed_order_is_sent_and_the_old_content_then_is_a_change_again(tmp_path: Path) -> None:
    store, to = Webship(), target(tmp_path)
    for shipping in ("5.10", "6.00", "5.10"):
        run = pushed([webship(shippingTotal=shipping)], to, store.vendor())
        assert run.outcomes == {"A-1": "accepted"}
    assert store.writes == 3


@both
def test_a_rejected_change_leaves_the_accepted_content_unchanged(tmp_path: Path) -> None:
    store, to = Webship(), target(tmp_path)
    pushed([webship()], to, store.vendor())
    store.faults = [status(422)]
    assert pushed([webship(shippingTotal="6.00")], to, store.vendor()).outcomes == {"A-1": "rejected"}
    assert pushed([webship()], to, store.vendor()).outcomes == {"A-1": "unchanged"}


@both
@pytest.mark.parametrize("faults", [[lost] * 3, [status(500)] * 3])
def test_after_a_change_that_may_have_arrived_the_old_content_is_sent_again(
    faults: list[object], tmp_path: Path
) -> None:
    store, to = Webship(), target(tmp_path)
    pushed([webship()], to, store.vendor())
    store.faults = faults  # type: ignore[assignment]
    pushed([webship(shippingTotal="6.00")], to, store.vendor())
    assert pushed([webship()], to, store.vendor()).outcomes == {"A-1": "accepted"}


@both
def test_what_is_settled_is_what_the_entries_say(tmp_path: Path) -> None:
    """Settled: nothing was sent since that may have arrived."""
    to, no = target(tmp_path, "shipstation"), status(400, {"Message": "no"})
    first = several(5, shipstation)
    pushed(first, to, ShipStation(faults=[None, None, None, no, lost]).vendor(), concurrency=1, max_attempts=1)
    changed = [shipstation("A-1", gift=True), shipstation("A-2", gift=True)]
    pushed(changed, to, ShipStation(faults=[no, lost]).vendor(), concurrency=1, max_attempts=1)
    journal = open_journal(to, create=False)
    assert journal is not None
    account = journal.account(identity(to, journal.fingerprints))
    assert account is not None
    entries = list(journal.every_entry(account))
    settled = journal.settled(account, [*(entry.key for entry in entries), "nobody's"])
    journal.close()
    assert settled == {
        entry.key: Settled(entry.key, entry.content, entry.number, entry.remote_id, entry.source)
        for entry in entries
        if not entry.unsettled
    }
    contents = {one.number: journal.fingerprints.document(one.document) for one in first}
    assert sorted((each.number, each.content) for each in settled.values()) == [
        ("A-0", contents["A-0"]),
        ("A-1", contents["A-1"]),
        ("A-3", None),
    ]


@both
def test_the_order_of_keys_is_no_change(tmp_path: Path) -> None:
    store, to = Webship(), target(tmp_path)
    first, second = webship(), webship()
    assert second.document is not None
    second.document = dict(reversed(second.document.items()))
    pushed([first], to, store.vendor())
    assert pushed([second], to, store.vendor()).outcomes == {"A-1": "unchanged"}


@both
def test_resend_sends_what_is_unchanged(tmp_path: Path) -> None:
    store, to = Webship(), target(tmp_path)
    pushed([webship()], to, store.vendor())
    assert pushed([webship()], to, store.vendor(), resend=True).outcomes == {"A-1": "accepted"}
    assert store.writes == 2


@both
@pytest.mark.parametrize("word", ["on_hold", "awaiting_payment", "cancelled"])
def test_an_accepted_order_that_is_held_later_is_a_conflict(word: str, tmp_path: Path) -> None:
    store, to = Webship(), target(tmp_path)
    pushed([webship()], to, store.vendor())
    held = webship()
    held.document, held.says = None, Meant(word)
    run = pushed([held], to, store.vendor())
    assert run.outcomes == {"A-1": "conflict"}
    assert run.results[0].message == f"accepted on 2023-11-14, now {word} here: stop it in webship"
    assert run.exit_code == 3
    assert store.writes == 1


@both
def test_an_order_that_was_held_when_it_was_accepted_is_unchanged(tmp_path: Path) -> None:
    to = target(tmp_path)
    held = webship()
    held.says = Meant("on_hold")
    pushed([held], to, Webship().vendor())
    assert pushed([held], to, Webship().vendor()).outcomes == {"A-1": "unchanged"}


@both
def test_a_held_order_that_was_never_accepted_is_just_pushed(tmp_path: Path) -> None:
    held = webship()
    held.says = Meant("on_hold")
    assert pushed([held], target(tmp_path), Webship().vendor()).outcomes == {"A-1": "accepted"}


@both
class TestAccounts:
    def test_the_name_of_a_target_does_not_count(self, tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        assert pushed([webship()], target(tmp_path, name="other"), Webship().vendor()).outcomes == {"A-1": "unchanged"}

    @pytest.mark.parametrize(
        "change",
        [
            {"settings": {"customer_id": "TEST00002", "integration_id": "9"}},
            {"base_url": "https://white.example"},
            {"account": "mine"},
            {"sandbox": True},
        ],
    )
    def test_another_account_knows_nothing(self, change: dict[str, object], tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        run = pushed([webship()], target(tmp_path, **change), Webship().vendor())
        assert run.outcomes == {"A-1": "accepted"}

    def test_a_slash_at_the_end_and_capitals_of_the_host_do_not_count(self, tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path, base_url="https://a.example/x"), Webship().vendor())
        to = target(tmp_path, base_url="https://A.example/x/")
        assert pushed([webship()], to, Webship().vendor()).outcomes == {"A-1": "unchanged"}

    def test_a_new_key_of_a_named_account_is_the_same_account(self, tmp_path: Path) -> None:
        from orderctl.config import Secret

        from .vendors import ShipStation

        store = ShipStation()
        pushed([shipstation()], target(tmp_path, "shipstation", account="main"), store.vendor())
        rotated = {"api_key": Secret("new"), "api_secret": Secret("new")}
        to = target(tmp_path, "shipstation", account="main", secrets=rotated)
        assert set(pushed([shipstation()], to, store.vendor()).outcomes.values()) == {"unchanged"}
        to = target(tmp_path, "shipstation", secrets=rotated)
        assert set(pushed([shipstation()], to, store.vendor()).outcomes.values()) == {"accepted"}


@pytest.mark.parametrize("quiet", [False, True])
def test_a_run_that_waits_for_another_tells_for_whom_and_how_long_at_most(quiet: bool, tmp_path: Path) -> None:
    messages: list[str] = []

    def second(store: Store, request: httpx.Request) -> httpx.Response:
        world, flags = Webship().vendor().world(), Options(lock_wait=0.02, quiet=quiet)
        with pytest.raises(Locked):
            push([webship("A-2")], target(tmp_path), flags, world, lambda _: None, messages.append)
        return store.write(request)

    assert pushed([webship()], target(tmp_path), Webship(faults=[second]).vendor()).exit_code == 0
    if quiet:
        assert messages == []
    else:
        (said,) = messages
        assert said.startswith(f"webship: another run holds this target's lock (process {os.getpid()} on ")
        assert said.endswith("); waiting for it, at most 0.02 s (--lock-wait)")


class TestTrust:
    """Exit 2 before anything is sent, and the file is left as it is."""

    def refused(self, tmp_path: Path) -> str:
        vendor = Webship().vendor()
        with pytest.raises(JournalError) as caught:
            pushed([webship()], target(tmp_path), vendor)
        assert caught.value.exit_code is Exit.USAGE
        assert vendor.asked == []
        return str(caught.value)

    @pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 3000, b"not a database"])
    def test_a_file_that_is_no_journal(self, content: bytes, tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        (tmp_path / "journal.db").write_bytes(content)
        self.refused(tmp_path)
        assert (tmp_path / "journal.db").read_bytes() == content

    def test_a_database_of_another_program(self, tmp_path: Path) -> None:
        with database(tmp_path) as connection:
            connection.execute("CREATE TABLE other (a)")
        assert "another program" in self.refused(tmp_path)

    def test_a_newer_version(self, tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        with database(tmp_path) as connection:
            connection.execute("PRAGMA user_version = 99")
        assert "newer orderctl" in self.refused(tmp_path)

    def test_a_journal_cut_short(self, tmp_path: Path) -> None:
        pushed(several(50), target(tmp_path), Webship().vendor())
        place = tmp_path / "journal.db"
        place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
        self.refused(tmp_path)

    def test_a_damaged_page_is_found_after_a_run_that_did_not_end(self, tmp_path: Path) -> None:
        pushed(several(200), target(tmp_path), Webship().vendor())
        with database(tmp_path) as connection:
            connection.execute("UPDATE accounts SET ended = '00000000000.000'")
        place = tmp_path / "journal.db"
        content = bytearray(place.read_bytes())
        content[-9000:-5000] = b"\xa5" * 4000
        place.write_bytes(content)
        said = self.refused(tmp_path)
        assert "; restore the file from a copy, or move it and journal.db-journal away: " in said

    def test_a_lost_key(self, tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        (tmp_path / "journal.key").unlink()
        assert "journal.key" in self.refused(tmp_path)

    def test_another_key(self, tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        (tmp_path / "journal.key").write_bytes(b"k" * 32)
        assert "journal.key" in self.refused(tmp_path)

    @pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
    def test_what_is_no_plain_file(self, kind: str, tmp_path: Path) -> None:
        (tmp_path / "journal.key").write_bytes(b"k" * 32)
        place = tmp_path / "journal.db"
        if kind == "link":
            place.symlink_to(tmp_path / "elsewhere")
        elif kind == "pipe":
            os.mkfifo(place)
        else:
            place.mkdir()
        self.refused(tmp_path)
        assert not (tmp_path / "elsewhere").exists()

    def test_a_state_directory_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "state").write_text("")
        vendor = Webship().vendor()
        with pytest.raises(JournalError):
            pushed([webship()], target(tmp_path / "state"), vendor)
        assert vendor.asked == []

    def test_one_that_is_deleted_in_mid_run_is_said_and_ends_the_run_with_7(self, tmp_path: Path) -> None:
        def delete(store: Store, request: httpx.Request) -> httpx.Response:
            (tmp_path / "journal.db").unlink()
            return store.write(request)

        run = pushed(several(3), target(tmp_path), Webship(faults=[None, delete]).vendor(), concurrency=1)
        assert run.exit_code == 7
        assert run.outcomes["A-2"] == "not_sent"
        assert any("A-1: accepted, but the journal cannot be written" in line for line in run.messages)


def test_a_disk_that_fails_in_mid_run_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is full: SQLite's own page limit stands in for the disk."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def small(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 20").close()

    event.listen(Engine, "connect", small)
    try:
        run = pushed(several(200), target(tmp_path), Webship().vendor(), concurrency=1)
    finally:
        event.remove(Engine, "connect", small)
    outcomes = list(run.outcomes.values())
    assert 0 < outcomes.count("accepted") < 200
    assert outcomes.count("accepted") + outcomes.count("not_sent") == 200
    assert run.exit_code == 5
    again = pushed(several(200), target(tmp_path), Webship().vendor())
    assert list(again.outcomes.values()).count("unchanged") == outcomes.count("accepted")


def test_a_push_is_light_to_import() -> None:
    import subprocess
    import sys

    code = "import sys, orderctl.push; print([m for m in ('httpx', 'sqlalchemy', 'pydantic') if m in sys.modules])"
    root = Path(__file__).parent.parent.parent
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert said.stdout.strip() == "[]"


def test_a_missing_credential_is_named_before_anything_else(tmp_path: Path) -> None:
    from orderctl.errors import UsageError

    with pytest.raises(UsageError, match="WEBSHIP_API_KEY"):
        push([], target(tmp_path / "state", secrets={}), Options(), Webship().vendor().world(), lambda _: None)
    assert not (tmp_path / "state").exists()


class TestAfterADeath:
    def left_in_flight(self, tmp_path: Path, age: float, kind: str = "starshipit") -> tuple[Store, object]:
        """A journal in which one order was in flight when its run died, `age` seconds ago."""
        from .support import starshipit
        from .vendors import Starshipit, committed

        store = Starshipit(faults=[committed]) if kind == "starshipit" else Webship(faults=[lost])
        to = target(tmp_path, kind)
        pushed([starshipit() if kind == "starshipit" else webship()], to, store.vendor(), max_time=1.0, max_attempts=1)
        with database(tmp_path) as connection:
            wall = f"{store.clock.wall():015.3f}"
            connection.execute("UPDATE orders SET state='inflight', sent_at=?, updated_at=?", (wall, wall))
        store.clock.at += age
        return store, to

    @pytest.mark.parametrize(("age", "wait"), [(0.0, 60.0), (61.0, 59.0), (119.0, 1.0), (121.0, 0.0), (-90000.0, 60.0)])
    def test_the_settle_time_counts_from_when_its_request_ended_at_latest(
        self, age: float, wait: float, tmp_path: Path
    ) -> None:
        from .support import starshipit

        store, to = self.left_in_flight(tmp_path, age)
        before = store.clock.at
        run = pushed([starshipit()], to, store.vendor())  # type: ignore[arg-type]
        assert run.outcomes == {"A-1": "accepted"}
        assert len(store.orders) == 1
        assert store.clock.at - before == pytest.approx(wait, abs=0.1)

    def test_without_a_settle_time_there_is_no_wait(self, tmp_path: Path) -> None:
        store, to = self.left_in_flight(tmp_path, 0.0, "webship")
        before = store.clock.at
        assert pushed([webship()], to, store.vendor()).outcomes == {"A-1": "accepted"}  # type: ignore[arg-type]
        assert store.clock.at - before < 1


def test_a_wall_clock_that_jumps_does_not_change_the_settle_time(tmp_path: Path) -> None:
    """F26: in mid-run, in both directions."""
    from .vendors import ShipStation

    for jump in (-172_800.0, 172_800.0):
        store = ShipStation(faults=[lost])
        vendor = store.vendor()
        world = vendor.world()
        offset = [0.0]

        def jumping(store: Store, request: httpx.Request, by: float = jump, to: list[float] = offset) -> Exception:
            to[0] = by
            return httpx.ReadTimeout("no answer")

        store.faults = [jumping]
        moved = replace(world, now=lambda wall=world.now, by=offset: wall() + by[0])  # type: ignore[misc]
        results: list[Result] = []
        push([shipstation()], target(tmp_path / str(jump), "shipstation"), Options(), moved, results.append)
        assert results[0].outcome == "accepted"
        assert vendor.times[1] - vendor.times[0] == pytest.approx(30, abs=0.1)


def test_an_intent_is_noted_again_when_the_process_stood_still_before_its_request(tmp_path: Path) -> None:
    """F24: after a death the settle time counts from the intent, so it must not be older than the request."""
    vendor = Webship().vendor()
    world = vendor.world()
    moments = [0.0]

    def now() -> float:
        moments[0] += 90.0 if column_if_any(tmp_path) == ["inflight"] and moments[0] < 90.0 else 0.0
        return world.now() + moments[0]

    push([webship()], target(tmp_path), Options(), replace(world, now=now), lambda _: None)
    assert column(tmp_path, "attempt") == [2]
    assert len(vendor.asked) == 1


def column_if_any(tmp_path: Path) -> list[object]:
    return [str(state).strip() for state in column(tmp_path, "state")] if (tmp_path / "journal.db").exists() else []
