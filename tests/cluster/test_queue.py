"""The queue: all or nothing in, the same push out, documents gone once settled, jobs that hold only an account."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from postgres import Server
from push.support import several, target, webship
from push.wirefaults import Asked, says, silent
from push.wirefaults import Server as Vendor
from sqlalchemy import event
from sqlalchemy.engine import Engine

from orderctl.cluster import drain as draining
from orderctl.cluster import overtaking, queue
from orderctl.cluster.drain import Place, drain
from orderctl.cluster.jobs import sweep
from orderctl.cluster.tables import queue_in
from orderctl.config import Secret, Target
from orderctl.push import Candidate, Options, push, status
from orderctl.push.words import World

from .place import Cluster, cluster, until

pytestmark = pytest.mark.long

REFUSED = b'HTTP/1.1 422 No\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"error": "no"}'
UNAUTHORIZED = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"
TROUBLE = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def one(tmp_path: Path, postgres_server: Server, database: str) -> Iterator[Cluster]:
    """A cluster with one account."""
    with cluster(tmp_path, postgres_server, database, accounts=1) as made:
        yield made


class Desk:
    """One account whose drains run here, against a vendor in this process."""

    def __init__(self, folder: Path, url: str, vendor: Vendor, **settings: Any) -> None:
        self.target: Target = target(folder, base_url=vendor.url, journal=Secret(url), **settings)
        self.postgres = queue_in(folder, Secret(url))
        self.place = Place(self.postgres, lambda name: self.target, options=Options(max_attempts=1, timeout=2.0))

    def put(self, *candidates: Candidate, wait: bool = False) -> dict[str | None, str]:
        from orderctl.cluster import enqueue

        found: dict[str | None, str] = {}
        enqueue(
            candidates,
            self.target,
            Options(max_time=0.0 if wait else None),
            World(),
            lambda result: found.update({result.key: f"{result.outcome.value}: {result.message}"}),
            wait=wait,
        )
        return found

    def drain(self) -> None:
        """What a worker does with the account's job."""
        self.ask("DELETE FROM procrastinate_jobs RETURNING 1")
        drain(self.ask("SELECT min(id) FROM accounts")[0][0], self.place)

    def outcomes(self) -> dict[str, str]:
        return {one.key: one.outcome.value for one in status(self.target)}

    def ask(self, statement: str) -> list[Any]:
        with self.postgres.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    @property
    def waiting(self) -> int:
        return int(self.ask("SELECT count(*) FROM waiting WHERE document IS NOT NULL")[0][0])

    @property
    def jobs(self) -> list[Any]:
        return self.ask(
            "SELECT args::text, status::text, coalesce(extract(epoch FROM scheduled_at - now()), 0)::float8"
            " FROM procrastinate_jobs ORDER BY id"
        )


class TestEnqueue:
    def test_orders_wait_with_one_job_that_holds_the_account_and_nothing_else(
        self, tmp_path: Path, database: str
    ) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            assert desk.put(*several(3)) == dict.fromkeys(("A-0", "A-1", "A-2"), "not_sent: enqueued")
            desk.put(webship("B-1"))
            assert desk.waiting == 4
            (account,) = desk.ask("SELECT id FROM accounts")
            assert [(args, state) for args, state, _ in desk.jobs] == [(f'{{"account": {account[0]}}}', "todo")]
            assert vendor.asked == []

    def test_an_input_that_breaks_off_leaves_nothing(self, tmp_path: Path, database: str) -> None:
        def broken() -> Iterator[Candidate]:
            yield from several(300)
            raise RuntimeError("the file is cut")

        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            with pytest.raises(RuntimeError):
                desk.put(*broken())
            assert (desk.waiting, desk.jobs) == (0, [])

    def test_what_is_unchanged_or_wrong_does_not_wait(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            push([webship()], desk.target, Options(), World(), lambda _: None)
            wrong = webship("..")
            said = desk.put(webship(), wrong)
            assert said["A-1"] == "unchanged: None"
            assert said[".."].startswith("invalid: ")
            assert (desk.waiting, desk.jobs) == (0, [])

    def test_a_later_content_takes_the_place_of_one_that_waits(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            push([webship()], desk.target, Options(), World(), lambda _: None)
            desk.put(webship(shippingTotal="6.00"))
            desk.put(webship(shippingTotal="7.00"))
            assert desk.waiting == 1
            assert desk.put(webship()) == {"A-1": "not_sent: enqueued"}
            desk.drain()
            assert [asked.key for asked in vendor.asked] == ["A-1"]
            assert desk.waiting == 0

    def test_a_content_that_is_taken_back_while_a_worker_sends_the_other_waits(
        self, tmp_path: Path, database: str
    ) -> None:
        """The worker is done with the other between the looks into the journal and the queue, whichever is first."""
        looks: list[str] = []

        def look(connection: object, cursor: object, statement: str, *_: object) -> None:
            if "SELECT" in statement and ("FROM waiting" in statement or "FROM orders" in statement):
                looks.append(statement)
                if len(looks) == 2:
                    desk.drain()

        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            push([webship()], desk.target, Options(), World(), lambda _: None)
            desk.put(webship(shippingTotal="6.00"))
            event.listen(Engine, "before_cursor_execute", look)
            try:
                assert desk.put(webship()) == {"A-1": "not_sent: enqueued"}
            finally:
                event.remove(Engine, "before_cursor_execute", look)
            desk.drain()
            assert vendor.store["A-1"]["shippingTotal"] == "5.10"

    def test_how_long_an_order_waits_is_counted_from_its_first_enqueuing(self, tmp_path: Path, database: str) -> None:
        """Else nothing would ever seem to wait where a cron job enqueues the same file again and again."""
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            desk.ask("UPDATE waiting SET added_at = added_at - 1000 RETURNING 1")
            before = desk.ask("SELECT added_at FROM waiting")
            desk.put(webship(shippingTotal="7.00"))
            assert desk.ask("SELECT added_at FROM waiting") == before


class TestPushBesideTheQueue:
    def directly(self, desk: Desk, *candidates: Candidate) -> None:
        push(candidates, desk.target, Options(max_attempts=1), World(), overtaking(desk.target, lambda _: None))

    def test_a_worker_does_not_send_an_older_content_after_it(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship(), webship("B-1"))
            self.directly(desk, webship(shippingTotal="7.00"))
            desk.drain()
            assert vendor.store["A-1"]["shippingTotal"] == "7.00"
            assert [asked.key for asked in vendor.asked] == ["A-1", "B-1"]

    def test_nor_one_that_it_had_read_before(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship(), webship("B-1"))

            def late(name: str) -> Target:
                self.directly(desk, webship(shippingTotal="7.00"))
                return desk.target

            desk.place = replace(desk.place, target=late)
            desk.drain()
            assert vendor.store["A-1"]["shippingTotal"] == "7.00"
            assert "B-1" in vendor.store

    def test_what_is_unchanged_overtakes_too(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            self.directly(desk, webship())
            desk.put(webship(shippingTotal="7.00"))
            self.directly(desk, webship())
            desk.drain()
            assert vendor.store["A-1"]["shippingTotal"] == "5.10"

    def test_what_it_did_not_send_or_what_is_enqueued_meanwhile_still_waits(
        self, tmp_path: Path, database: str
    ) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship(), webship("B-1"))
            take = overtaking(desk.target, lambda _: None)
            desk.put(webship(shippingTotal="7.00"))
            push([webship()], desk.target, Options(), World(), take)
            push([webship("B-1")], desk.target, Options(max_time=0.0), World(), take)
            assert desk.waiting == 2


class TestDrain:
    def test_a_drain_pushes_and_removes_the_documents(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(*several(5))
            desk.drain()
            assert set(vendor.store) == {f"A-{at}" for at in range(5)}
            assert vendor.store["A-0"]["receiver"]["zip"] == "02110"
            assert set(desk.outcomes().values()) == {"accepted"}
            assert desk.ask("SELECT * FROM waiting") == []

    def test_an_order_that_was_refused_is_settled(self, tmp_path: Path, database: str) -> None:
        with Vendor(faults=[says(REFUSED, commit=False)]) as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            desk.drain()
            assert desk.outcomes() == {"A-1": "rejected"}
            assert desk.ask("SELECT * FROM waiting") == []

    def test_one_that_failed_has_more_rounds_and_is_then_left_as_it_is(
        self, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(draining, "AGAIN", (100.0, 0.0))
        with Vendor(faults=[says(TROUBLE, commit=False)] * 3) as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            desk.drain()
            assert desk.ask("SELECT rounds, document IS NULL FROM waiting") == [(1, False)]
            assert desk.ask("SELECT due_at - added_at > 90 FROM waiting") == [(True,)]
            assert 90 < desk.jobs[-1][2] <= 100
            desk.drain()
            assert len(vendor.asked) == 1
            desk.ask("UPDATE waiting SET due_at = 0 RETURNING 1")
            desk.drain()
            desk.drain()
            assert desk.ask("SELECT * FROM waiting") == []
            assert desk.outcomes() == {"A-1": "failed"}

    def test_refused_credentials_let_the_account_wait_and_the_orders_stay(
        self, tmp_path: Path, database: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with Vendor(faults=[says(UNAUTHORIZED, commit=False)]) as vendor:
            desk = Desk(tmp_path, database, vendor, rate="2/second")
            desk.put(*several(3))
            desk.drain()
            assert len(vendor.asked) == 1
            assert desk.waiting == 3
            assert 280 < desk.jobs[-1][2] <= 300
        assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
            "account 1: webship refused the credentials (HTTP 401); its orders wait 300 s"
        ]

    def test_a_drain_that_would_only_wait_for_the_rate_leaves_and_comes_back(
        self, tmp_path: Path, database: str
    ) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor, rate="3/minute")
            desk.put(*several(5))
            desk.drain()
            assert len(vendor.asked) == 3
            assert desk.waiting == 2
            assert 50 < desk.jobs[-1][2] < 67
            desk.drain()
            assert len(vendor.asked) == 3

    def test_a_drain_that_meets_a_running_push_comes_back_soon(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship("B-1"))
            world = World(heard=None)
            push(several(1), desk.target, Options(), world, lambda _: desk.drain())
            assert [asked.key for asked in vendor.asked] == ["A-0"]
            assert 0 < desk.jobs[-1][2] <= 5

    def test_after_a_death_in_flight_the_next_drain_settles_first(self, tmp_path: Path, database: str) -> None:
        with Vendor(faults=[silent(5, commit=True)]) as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            desk.drain()
            assert desk.outcomes() == {"A-1": "unknown"}
            desk.ask("UPDATE waiting SET due_at = 0 RETURNING 1")
            desk.drain()
            assert desk.outcomes() == {"A-1": "accepted"}
            assert desk.waiting == 0

    def test_what_the_journal_could_not_note_keeps_its_turn(
        self, tmp_path: Path, postgres_server: Server, database: str
    ) -> None:
        """Else an order would be settled in the queue, and unknown in the journal for ever."""

        def cut(vendor: Vendor, connection: socket.socket, asked: Asked) -> None:
            postgres_server.cut(database)
            connection.sendall(vendor.answer(asked))

        with Vendor(faults=[cut]) as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            desk.drain()
            assert desk.waiting == 1
            desk.drain()
            assert desk.outcomes() == {"A-1": "accepted"}
            assert desk.waiting == 0

    def test_a_result_is_kept_for_a_day_from_when_it_is_known(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            desk.ask("UPDATE waiting SET added_at = 0, due_at = 0, ticket = 'somebody' RETURNING 1")
            desk.drain()
            with desk.postgres.transaction() as connection:
                queue.forget(connection, queue.KEPT)
                assert [told.outcome.value for _, told in queue.collect(connection, "somebody")] == ["accepted"]


class TestSweep:
    def test_a_job_whose_worker_is_silent_is_put_back(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            (account,) = desk.ask("SELECT id FROM accounts")
            worker = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '20 s') RETURNING id"
            (dead,) = desk.ask(worker)
            desk.ask(f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = {dead[0]} RETURNING 1")
            assert sweep(desk.postgres, 60.0) == []
            assert sweep(desk.postgres, 10.0) == [account[0]]
            assert [state for _, state, _ in desk.jobs] == ["todo"]

    def test_orders_without_a_job_get_one(self, tmp_path: Path, database: str) -> None:
        with Vendor() as vendor:
            desk = Desk(tmp_path, database, vendor)
            desk.put(webship())
            desk.ask("DELETE FROM procrastinate_jobs RETURNING 1")
            assert len(sweep(desk.postgres, 10.0)) == 1
            assert [state for _, state, _ in desk.jobs] == ["todo"]
            assert sweep(desk.postgres, 10.0) == []


class TestCommands:
    def orders(self, one: Cluster, name: str = "orders.json", **changes: Any) -> Path:
        place = one.folder / name
        samples = Path(__file__).parent.parent.parent / "samples/webship/orders.json"
        place.write_text(json.dumps([{**order, **changes} for order in json.loads(samples.read_text())]))
        return place

    def test_waiting_reports_like_a_push_and_a_worker_ends_in_order(self, one: Cluster) -> None:
        worker = one.work("--concurrency", "2", "--stalled-after", "3")
        words = ("push", str(self.orders(one)), "--to", "a0", "--json")
        run = {"env": dict(one.environ), "capture_output": True, "text": True, "timeout": 60, "cwd": one.folder}
        waited = subprocess.run(one.command(*words, "--enqueue", "--wait"), check=False, **run)  # type: ignore[call-overload]
        assert waited.returncode == 0, waited.stderr + one.logs()
        said = json.loads(waited.stdout)
        assert {order["outcome"] for order in said["orders"]} == {"accepted"}
        assert all(order["http_status"] == 200 and order["attempts"] == 1 for order in said["orders"])
        direct = json.loads(subprocess.run(one.command(*words), check=False, **run).stdout)  # type: ignore[call-overload]
        assert direct.keys() == said.keys()
        assert [order["outcome"] for order in direct["orders"]] == ["unchanged"] * len(said["orders"])
        assert one.sql("SELECT * FROM waiting") == []
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 143
        assert one.sql("SELECT * FROM procrastinate_workers") == []

    def test_what_is_enqueued_is_not_among_what_is_to_be_pushed_again(self, one: Cluster) -> None:
        words = ("push", str(self.orders(one)), "--to", "a0", "--enqueue", "--report", "failed=again.json")
        run = {"env": dict(one.environ), "capture_output": True, "text": True, "timeout": 60, "cwd": one.folder}
        done = subprocess.run(one.command(*words), check=True, **run)  # type: ignore[call-overload]
        assert one.waiting() == 3
        assert "to push again" not in done.stderr
        assert json.loads((one.folder / "again.json").read_text()) == []

    def test_the_queue_tells_what_waits(self, one: Cluster) -> None:
        run = {"env": dict(one.environ), "capture_output": True, "text": True, "timeout": 60, "cwd": one.folder}
        empty = subprocess.run(one.command("queue", "status", "--json"), check=True, **run)  # type: ignore[call-overload]
        assert json.loads(empty.stdout)["accounts"] == []
        one.put("a0", several(3))
        found = json.loads(subprocess.run(one.command("queue", "status", "--json"), check=True, **run).stdout)  # type: ignore[call-overload]
        (account,) = found["accounts"]
        assert (account["target"], account["waiting"], account["in_flight"], account["unknown"]) == ("a0", 3, 0, 0)
        assert account["oldest"] == found["summary"]["oldest"]
        assert found["summary"]["waiting"] == 3

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_a_wait_that_is_interrupted_tells_what_it_knows(
        self, number: signal.Signals, code: int, one: Cluster
    ) -> None:
        command = one.command("push", str(self.orders(one)), "--to", "a0", "--json", "--enqueue", "--wait")
        waits = "SELECT count(*) FROM pg_tables WHERE tablename = 'waiting'"
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=dict(one.environ), cwd=one.folder, **pipes) as process:  # type: ignore[call-overload]
            until(lambda: one.sql(waits) == [(1,)] and one.waiting(), 30)
            time.sleep(1.0)  # from the queue to the wait it is a few milliseconds
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        assert process.returncode == code
        assert {order["message"] for order in json.loads(out)["orders"]} == {"still enqueued"}
        assert f"Stopped: {number.name}" in err
        assert one.sql("SELECT DISTINCT ticket FROM waiting") == [(None,)]

    def test_a_job_that_breaks_is_a_line_in_the_log_and_no_stack(self, one: Cluster) -> None:
        one.put("a0", several(1))
        one.sql("UPDATE waiting SET document = 'no document'")
        worker, log = one.work("--stalled-after", "3"), one.folder / "worker-0.log"
        until(lambda: "ended with status: Error" in log.read_text(), 30, one.logs)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 143
        assert all(line.startswith(("worker: ", "orderctl: ")) for line in log.read_text().splitlines())

    def test_what_a_target_lacks_at_the_worker_is_one_line_in_the_log(
        self, tmp_path: Path, postgres_server: Server, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KEY", "k")
        with cluster(tmp_path, postgres_server, database, accounts=1, api_key="${KEY}") as one:
            one.put("a0", several(1))
            one.environ = {name: value for name, value in one.environ.items() if name != "KEY"}
            one.work("--stalled-after", "3")
            until(lambda: "KEY" in one.logs(), 30, one.logs)
            (line,) = [line for line in one.logs().splitlines() if "KEY" in line]
        assert line.startswith("orderctl: account 1 waits 60 s: ")
        assert "the environment variable KEY is not set; " in line

    def test_a_signal_while_a_worker_still_loads_its_libraries_ends_it(self, one: Cluster) -> None:
        program = (
            "import os, signal, sys, orderctl.cluster.worker as worker; from orderctl.cli import run\n"
            "load = worker._away\n"
            "worker._away = lambda: (os.kill(os.getpid(), signal.SIGINT), load())[1]; sys.exit(run(['worker']))"
        )
        run = {"env": dict(one.environ), "capture_output": True, "text": True, "timeout": 30, "cwd": one.folder}
        ended = subprocess.run([sys.executable, "-c", program], check=False, **run)  # type: ignore[call-overload]
        assert (ended.returncode, len(ended.stderr.splitlines())) == (130, 1)

    def test_a_wait_that_is_over_leaves_the_orders_to_the_workers(self, one: Cluster) -> None:
        summary, results = one.put("a0", several(2), wait=True, max_time=0.1)
        assert summary.exit_code == 8
        assert {result.message for result in results} == {"still enqueued"}
        assert one.waiting() == 2
        one.work("--stalled-after", "3")
        until(lambda: one.sql("SELECT count(*) FROM waiting") == [(0,)], 30, one.logs)
        assert len(one.report()["commits"]) == 2
