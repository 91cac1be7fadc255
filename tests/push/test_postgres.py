"""The journal in PostgreSQL: locks that a connection holds, one clock, no password shown (what holds on both databases
stands in test_journal, test_offline and test_reconcile)."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from cluster.place import until
from postgres import PASSWORD, Server
from sqlalchemy import NullPool, create_engine, text

from orderctl.config import Secret
from orderctl.errors import Exit, JournalError, Locked
from orderctl.push import Options, Result, World, push, status
from orderctl.push.account import journal_at
from orderctl.push.journal import Journal
from orderctl.push.postgres import _MAKING

from . import support
from .support import Vendor, pushed, several, target, webship
from .vendors import Store, Webship, lost

pytestmark = pytest.mark.long


@pytest.fixture
def journal(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every target of the test keeps its journal here."""
    monkeypatch.setattr(support, "JOURNAL", Secret(database))
    return database


def sql(server: Server, url: str, statement: str) -> list[Any]:
    return server.sql(url.rpartition("/")[2], statement)


class TestLocks:
    def test_the_lock_excludes_other_hosts_and_names_its_holder(self, journal: str, tmp_path: Path) -> None:
        messages: list[str] = []

        def second(store: Store, request: httpx.Request) -> httpx.Response:
            with pytest.raises(Locked) as caught:
                pushed([webship("A-2")], target(tmp_path, name="other"), Webship().vendor())
            messages.append(str(caught.value))
            return store.write(request)

        run = pushed([webship()], target(tmp_path), Webship(faults=[second]).vendor())
        assert run.outcomes == {"A-1": "accepted"}
        assert messages[0].startswith("other: another run holds this target's lock (process ")
        assert pushed([webship("A-2")], target(tmp_path), Webship().vendor()).outcomes == {"A-2": "accepted"}

    def test_another_account_is_pushed_to_meanwhile(self, journal: str, tmp_path: Path) -> None:
        def other(store: Store, request: httpx.Request) -> httpx.Response:
            mine = target(tmp_path, account="other")
            assert pushed([webship()], mine, Webship().vendor()).outcomes == {"A-1": "accepted"}
            return store.write(request)

        assert pushed([webship()], target(tmp_path), Webship(faults=[other]).vendor()).exit_code == 0

    def test_the_second_run_waits_when_it_is_asked_to(self, journal: str, tmp_path: Path) -> None:
        waiting: list[threading.Thread] = []
        outcomes: list[dict[str | None, str]] = []

        def run() -> None:
            outcomes.append(pushed([webship()], target(tmp_path), Webship().vendor(), lock_wait=30).outcomes)

        def second(store: Store, request: httpx.Request) -> httpx.Response:
            waiting.append(threading.Thread(target=run))
            waiting[0].start()
            time.sleep(0.3)
            return store.write(request)

        pushed([webship()], target(tmp_path), Webship(faults=[second]).vendor())
        waiting[0].join(20)
        assert outcomes == [{"A-1": "unchanged"}]


class TestFence:
    def test_when_the_connection_is_lost_nothing_more_is_sent(
        self, journal: str, tmp_path: Path, postgres_server: Server
    ) -> None:
        def cutting(store: Store, request: httpx.Request) -> httpx.Response:
            postgres_server.cut(journal)
            return store.write(request)

        store = Webship(faults=[None, cutting])
        run = pushed(several(4), target(tmp_path), store.vendor(), concurrency=1)
        assert run.exit_code == 7
        assert list(run.outcomes.values()) == ["accepted", "accepted", "not_sent", "not_sent"]
        assert store.writes == 2
        assert any(line.startswith("A-1: accepted, but the journal cannot be written") for line in run.messages)
        again = pushed(several(4), target(tmp_path), store.vendor())
        assert again.outcomes == {"A-0": "unchanged", "A-1": "accepted", "A-2": "accepted", "A-3": "accepted"}

    @pytest.mark.parametrize("use", ["entries", "intend"])
    def test_a_connection_that_was_lost_is_not_replaced(
        self, use: str, journal: str, tmp_path: Path, postgres_server: Server
    ) -> None:
        opened = journal_at(tmp_path, Secret(journal), create=True)
        assert opened is not None
        try:
            with opened.locked("an account", 0):
                account, _ = opened.begin("an account", "webship", 1.0)
                postgres_server.cut(journal)
                uses: dict[str, Callable[[], object]] = {
                    "entries": lambda: opened.entries(account, ["A-1"]),
                    "intend": lambda: opened.intend(account, [], 1.0, []),
                }
                for _ in range(3):
                    with pytest.raises(Exception, match=r"terminat|closed"):
                        uses[use]()
                assert _is_free(journal, tmp_path)
        finally:
            opened.close()

    def test_a_restart_of_the_server_in_mid_run_loses_and_doubles_nothing(self, tmp_path: Path) -> None:
        server = Server.start()
        try:
            url = server.new()

            def restart(store: Store, request: httpx.Request) -> httpx.Response:
                server.down("immediate")
                server.up()
                return store.write(request)

            store = Webship(faults=[None, restart])
            to = target(tmp_path, journal=Secret(url))
            assert pushed(several(4), to, store.vendor(), concurrency=1).exit_code == 7
            again = pushed(several(4), to, store.vendor())
            assert again.exit_code == 0
            assert sorted(order["orderId"] for order in store.orders) == ["A-0", "A-1", "A-2", "A-3"]
            assert store.writes == 5
        finally:
            server.end()


def _is_free(url: str, directory: Path) -> bool:
    other = journal_at(directory, Secret(url), create=False)
    assert isinstance(other, Journal)
    with other.locked("an account", 0):
        pass
    other.close()
    return True


def test_the_doctor_warns_of_a_server_that_may_forget(journal: str, tmp_path: Path) -> None:
    """The server of the tests does not wait for its disk."""
    from orderctl.doctor.memory import journal as told

    checks = {check.check: check for check in told(target(tmp_path))}
    assert checks["journal"].ok
    assert checks["database"].message.startswith("warning: fsync off: PostgreSQL may lose")


class TestOneClock:
    def test_times_are_the_servers_whatever_this_machine_thinks(
        self, journal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vendor = Webship().vendor()
        world = World(clock=vendor.clock, transport=vendor.world().transport, sleep=vendor.clock.sleep)
        monkeypatch.setattr(time, "time", lambda: 5.0)
        results: list[Result] = []
        push([webship()], target(tmp_path), Options(), world, results.append)
        monkeypatch.undo()
        monkeypatch.setattr(support, "JOURNAL", Secret(journal))
        (known,) = status(target(tmp_path))
        assert abs(known.at - time.time()) < 3600

    def test_the_window_of_the_rate_goes_on_in_the_next_run(self, journal: str, tmp_path: Path) -> None:
        to = target(tmp_path, rate="2/second")
        store = Webship()
        first = store.vendor()
        pushed(several(2), to, first)
        second = store.vendor()
        pushed([webship("B-1")], to, second)
        assert second.times[0] - first.times[0] >= 1.0


class TestGroups:
    def test_accounts_of_a_group_take_their_turns(self, journal: str, tmp_path: Path) -> None:
        first = journal_at(tmp_path, Secret(journal), create=True)
        second = journal_at(tmp_path, Secret(journal), create=True)
        assert first is not None
        assert second is not None
        drawn = [each.draw("main", 100.0, 0.25, 1.0) for each in (first, second, first, second, first, second)]
        assert drawn == [(True, 0.0), (True, 0.25), (True, 0.5), (True, 0.75), (True, 1.0), (False, 0.75)]
        first.hold("main", 110.0)
        assert second.draw("main", 100.0, 0.25, 1.0) == (False, 9.5)
        assert second.draw("other", 100.0, 0.25, 1.0) == (True, 0.0)
        first.close()
        second.close()


class TestTrust:
    def refused(self, tmp_path: Path) -> str:
        vendor = Webship().vendor()
        with pytest.raises(JournalError) as caught:
            pushed([webship()], target(tmp_path), vendor)
        assert caught.value.exit_code is Exit.USAGE
        assert vendor.asked == []
        return str(caught.value)

    def test_a_newer_version(self, journal: str, tmp_path: Path, postgres_server: Server) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        sql(postgres_server, journal, "UPDATE orderctl.meta SET value = '99' WHERE name = 'version'")
        assert "newer orderctl (version 99" in self.refused(tmp_path)

    def test_a_schema_of_another_program(self, journal: str, tmp_path: Path, postgres_server: Server) -> None:
        sql(postgres_server, journal, "CREATE SCHEMA orderctl CREATE TABLE meta (name text, value bytea)")
        assert "another program" in self.refused(tmp_path)

    def test_another_host_needs_the_key(self, journal: str, tmp_path: Path) -> None:
        pushed([webship()], target(tmp_path / "one"), Webship().vendor())
        (tmp_path / "two").mkdir()
        assert "copy it from the host where the journal was begun" in self.refused(tmp_path / "two")
        (tmp_path / "two" / "journal.key").write_bytes(b"k" * 32)
        assert "another journal.key" in self.refused(tmp_path / "two")
        (tmp_path / "two" / "journal.key").write_bytes((tmp_path / "one" / "journal.key").read_bytes())
        assert pushed([webship()], target(tmp_path / "two"), Webship().vendor()).outcomes == {"A-1": "unchanged"}

    def test_a_version_before_ours_is_brought_up(self, journal: str, tmp_path: Path, postgres_server: Server) -> None:
        pushed([webship()], target(tmp_path), Webship().vendor())
        sql(postgres_server, journal, "DROP TABLE orderctl.limits")
        sql(postgres_server, journal, "UPDATE orderctl.meta SET value = '1' WHERE name = 'version'")
        assert pushed([webship()], target(tmp_path), Webship().vendor()).outcomes == {"A-1": "unchanged"}
        assert sql(postgres_server, journal, "SELECT count(*) FROM orderctl.limits") == [(0,)]

    def test_hosts_that_begin_it_at_once_begin_it_together(
        self, journal: str, tmp_path: Path, postgres_server: Server
    ) -> None:
        """All of them have seen that there is nothing, and wait for their turn to make it."""
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        held = create_engine(journal, isolation_level="AUTOCOMMIT").connect()
        with ThreadPoolExecutor(3) as hosts:
            with held:
                held.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MAKING})
                begun = [hosts.submit(journal_at, tmp_path, Secret(journal), create=True) for _ in range(3)]
                until(lambda: sql(postgres_server, journal, waiting) == [(3,)], 20)
                held.invalidate()
            for one in begun:
                opened = one.result()
                assert opened is not None
                opened.close()
        assert sql(postgres_server, journal, "SELECT count(*) FROM orderctl.meta") == [(2,)]

    def test_a_wrong_password_and_no_server_are_said_without_the_password(
        self, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server
    ) -> None:
        for url in (database.replace("Zq7", "WRONG"), database.replace(f":{postgres_server.port}/", ":1/")):
            monkeypatch.setattr(support, "JOURNAL", Secret(url))
            said = self.refused(tmp_path)
            assert "canary" not in said
            assert said.startswith("the journal in PostgreSQL cannot be used: ")

    def test_nothing_of_anybody_is_stored(self, journal: str, tmp_path: Path, postgres_server: Server) -> None:
        pushed(several(3), target(tmp_path), Webship().vendor())
        tables = ("accounts", "orders", "layouts", "meta", "limits")
        stored = "".join(str(sql(postgres_server, journal, f"SELECT * FROM orderctl.{name}")) for name in tables)
        for word in ("Ann", "Some Street", "02110", "canary", "Hat", PASSWORD):
            assert word not in stored

    def test_a_key_that_no_order_can_have_is_invalid(self, journal: str, tmp_path: Path) -> None:
        assert pushed([webship("A\0")], target(tmp_path), Webship().vendor()).outcomes == {"A\0": "invalid"}


class TestImport:
    @pytest.fixture
    def filed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Path:
        """A journal in a file, of two accounts, with an unknown order."""
        to, vendor = target(tmp_path, journal=None), Webship(faults=[None, None, *[lost] * 3]).vendor()
        pushed(several(3), to, vendor, concurrency=1)
        pushed([webship()], target(tmp_path, journal=None, account="other"), Webship().vendor())
        monkeypatch.setattr(support, "JOURNAL", Secret(database))
        return tmp_path

    def test_what_was_accepted_stays_accepted_and_what_is_unknown_unknown(self, filed: Path) -> None:
        from orderctl.push.takeover import Taken, take_over

        assert support.JOURNAL is not None
        before = list(status(target(filed, journal=None)))
        assert take_over(filed / "journal.db", filed, support.JOURNAL) == Taken(2, 4, 0)
        assert list(status(target(filed))) == before
        store = Webship()
        assert pushed(several(3), target(filed), store.vendor()).outcomes == {
            "A-0": "unchanged",
            "A-1": "unchanged",
            "A-2": "accepted",
        }
        assert pushed([webship()], target(filed, account="other"), store.vendor()).outcomes == {"A-1": "unchanged"}
        assert take_over(filed, filed, support.JOURNAL) == Taken(2, 0, 4)
        assert {one.key: one.outcome.value for one in status(target(filed))}["A-2"] == "accepted"

    def test_a_state_directory_without_a_key_gets_that_of_the_file(self, filed: Path, tmp_path: Path) -> None:
        from orderctl.push.takeover import take_over

        assert support.JOURNAL is not None
        take_over(filed, tmp_path / "new", support.JOURNAL)
        assert (tmp_path / "new" / "journal.key").read_bytes() == (filed / "journal.key").read_bytes()
        (tmp_path / "third").mkdir()
        (tmp_path / "third" / "journal.key").write_bytes(b"k" * 32)
        with pytest.raises(JournalError, match="another key"):
            take_over(filed, tmp_path / "third", support.JOURNAL)

    def test_an_account_that_is_pushed_to_is_not_taken_over(self, filed: Path) -> None:
        from orderctl.push.takeover import take_over

        def during(store: Store, request: httpx.Request) -> httpx.Response:
            assert support.JOURNAL is not None
            with pytest.raises(Locked):
                take_over(filed, filed, support.JOURNAL)
            return store.write(request)

        vendor = Webship(faults=[during]).vendor()
        assert isinstance(vendor, Vendor)
        assert pushed([webship("B-1")], target(filed, journal=None), vendor).exit_code == 0

    def test_it_never_waits_for_a_push_that_waits_for_it(
        self, filed: Path, postgres_server: Server, database: str
    ) -> None:
        """Both add the same two layouts; the one that sorts first came last into the file."""
        from orderctl.push.takeover import Taken, take_over

        def said(**more: object) -> Iterator[tuple[bytes, str]]:
            pushed([webship("L-1", **more)], target(filed, journal=None, account="layouts"), Webship().vendor())
            with closing(sqlite3.connect(filed / "journal.db")) as file:
                yield from file.execute("SELECT digest, paths FROM layouts ORDER BY id DESC LIMIT 1")

        (second,), (first,) = said(orderGroup="x"), said(channel="x")
        journal_at(filed, Secret(database), create=True).close()  # type: ignore[union-attr]
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
        add = text("INSERT INTO orderctl.layouts (digest, paths) VALUES (:digest, :paths)")
        assert first[1] < second[1]
        with create_engine(database, poolclass=NullPool).connect() as batch, ThreadPoolExecutor(1) as importing:
            batch.execute(add, {"digest": first[0], "paths": first[1]})
            taken = importing.submit(take_over, filed, filed, Secret(database))
            until(lambda: sql(postgres_server, database, held) == [(1,)], 20)
            batch.execute(add, {"digest": second[0], "paths": second[1]})
            batch.commit()
            assert taken.result() == Taken(3, 5, 0)
