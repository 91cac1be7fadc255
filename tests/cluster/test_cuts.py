"""A database that is cut at any statement: all of the orders wait or none, none is lost or twice, each has its turn."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres import Server
from push.support import several, target
from push.test_disk_and_death import Shop
from push.trade import MAKES
from push.vendors import committed_but
from push.vendors import status as says
from sqlalchemy import event
from sqlalchemy.engine import Engine

from orderctl.cluster import enqueue
from orderctl.cluster.drain import Place
from orderctl.cluster.jobs import sweep
from orderctl.cluster.tables import queue_in
from orderctl.cluster.worker import _drain
from orderctl.config import Secret
from orderctl.errors import Exit, JournalError
from orderctl.push import Options, Result, World, status
from orderctl.push.postgres import Postgres

pytestmark = pytest.mark.long

WAYS = pytest.mark.parametrize("done", [False, True], ids=["cut", "done, and its answer lost"])


@dataclass
class Cut:
    """Cuts the database at the `at`-th statement from now on; `fired` is that statement.

    It stands where psycopg sends one, so it meets those of Procrastinate too. With `done` the statement was carried
    out, and only its answer was lost.
    """

    server: Server
    url: str
    at: int = 0
    done: bool = False
    fired: str | None = None

    @contextmanager
    def armed(self, at: int, *, done: bool) -> Iterator[None]:
        self.at, self.done, self.fired = at, done, None
        try:
            yield
        finally:
            self.at = 0

    def hook(self, dialect: object, record: object, given: object, named: dict[str, Any]) -> None:
        """Let a connection that is opened send its statements by way of us."""
        cut = self

        class Cursor(psycopg.Cursor[Any]):
            def execute(self, query: Any, *values: Any, **more: Any) -> Any:
                carry_out = super().execute
                return cut.meet(self, query, lambda: carry_out(query, *values, **more))

            def executemany(self, query: Any, *values: Any, **more: Any) -> Any:
                carry_out = super().executemany
                return cut.meet(self, query, lambda: carry_out(query, *values, **more))

        named["cursor_factory"] = Cursor

    def meet(self, cursor: psycopg.Cursor[Any], query: object, carry_out: Callable[[], Any]) -> Any:
        self.at -= 1
        if self.at != 0:
            return carry_out()
        self.fired = str(query)
        if not self.done:
            self.server.cut(self.url)
            return carry_out()
        carry_out()
        cursor.connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.fixture
def cut(postgres_server: Server, database: str) -> Iterator[Cut]:
    """The database that can be cut; what was connected to it before is cut already."""
    made = Cut(postgres_server, database)
    event.listen(Engine, "do_connect", made.hook)
    yield made
    event.remove(Engine, "do_connect", made.hook)


class Account:
    """One account with its queue. Its vendor refuses the first write, and commits the second and says it did not."""

    def __init__(self, folder: Path, cut: Cut, system: str) -> None:
        make, self.order, self.name = MAKES[system]
        self.cut, self.url, self.folder = cut, cut.url, folder
        self.shop = Shop(store=make(faults=[says(503), committed_but(503)]))
        self.system = system

    def __enter__(self) -> "Account":
        self.shop.__enter__()
        self.target = target(self.folder, self.system, base_url=self.shop.url, journal=Secret(self.url), settle=0)
        return self

    def __exit__(self, *_: object) -> None:
        self.shop.__exit__()

    def put(self, *, wait: bool = False) -> tuple[int, list[Result]]:
        """Enqueue two orders; with `wait`, look once what became of them."""
        results: list[Result] = []
        options = Options(max_time=0.0 if wait else None)
        summary = enqueue(several(2, self.order), self.target, options, World(), results.append, wait=wait)
        return int(summary.exit_code), results

    def open(self) -> None:
        self.postgres = queue_in(self.folder, Secret(self.url))
        self.place = Place(self.postgres, lambda name: self.target, options=Options(max_attempts=1, timeout=2.0))
        self.account = self.ask("SELECT id FROM accounts")[0][0]

    def ask(self, statement: str) -> list[Any]:
        with Postgres(self.url).transaction() as connection:
            found = connection.exec_driver_sql(statement)
            return list(map(tuple, found)) if found.returns_rows else []

    @property
    def waiting(self) -> int:
        return int(self.ask("SELECT count(*) FROM waiting WHERE document IS NOT NULL")[0][0])

    @property
    def jobs(self) -> int:
        return int(self.ask("SELECT count(*) FROM procrastinate_jobs")[0][0])

    def begin(self) -> None:
        """The account's job begins, and its orders are due."""
        self.ask("UPDATE waiting SET due_at = 0")
        self.ask("DELETE FROM procrastinate_jobs")

    def end(self) -> None:
        """Give it its turns as workers do, until nothing waits."""
        for _ in range(4):
            if not self.waiting:
                break
            if not self.jobs:
                assert sweep(self.postgres, 10.0) == [self.account]
            self.begin()
            _drain(self.place, self.account)
        assert self.ask("SELECT count(*) FROM waiting") == [(0,)]

    def check(self) -> None:
        """Each order is accepted and there once."""
        assert {one.key: one.outcome.value for one in status(self.target)} == {"A-0": "accepted", "A-1": "accepted"}
        assert Counter(order[self.name] for order in self.shop.store.orders) == {"A-0": 1, "A-1": 1}

    def forget(self) -> None:
        """Begin again with tables that hold nothing."""
        self.ask("TRUNCATE accounts, layouts, orders, limits, waiting, procrastinate_jobs CASCADE")


def test_a_drain(tmp_path: Path, cut: Cut) -> None:
    for at in count(1):
        with Account(tmp_path, cut, "starshipit") as one:
            one.put()
            one.open()
            one.begin()
            with cut.armed(at, done=at % 2 == 0):
                _drain(one.place, one.account)
            one.end()
            one.check()
            one.forget()
        if cut.fired is None:
            break
    assert at > 30


def test_an_enqueue_that_waits(tmp_path: Path, cut: Cut) -> None:
    """Once the orders are in the queue it says what it knows, and ends like a run that can be resumed."""
    with Account(tmp_path, cut, "starshipit") as one:
        one.put()
        for at in count(1):
            one.forget()
            ended = None
            with suppress(JournalError), cut.armed(at, done=at % 2 == 0):
                ended, results = one.put(wait=True)
            assert (one.waiting, one.jobs) in ((0, 0), (2, 1))
            if ended is None:
                assert one.waiting == 0 or cut.fired == "COMMIT"
            else:
                assert ended in (Exit.STOPPED, Exit.TEMPORARY)
                assert [result.message for result in results] == ["still enqueued"] * 2
            if cut.fired is None:
                break
        assert at > 20
        one.open()
        one.end()
        one.check()


@WAYS
def test_a_sweep(done: bool, tmp_path: Path, cut: Cut) -> None:
    """Where that is a JournalError, the worker goes on when the database is back."""
    with Account(tmp_path, cut, "webship") as one:
        one.put()
        one.open()
        for at in count(1):
            one.ask("DELETE FROM procrastinate_jobs")
            with suppress(JournalError), cut.armed(at, done=done):
                sweep(one.postgres, 10.0)
            if cut.fired is None:
                break
            sweep(one.postgres, 10.0)
            assert one.jobs == 1
        assert at > 5


@WAYS
def test_the_making_of_the_queue(done: bool, tmp_path: Path, cut: Cut) -> None:
    """Cut where the tables of the jobs are made, which are not ours."""
    with pytest.raises(JournalError), cut.armed(31, done=done):
        queue_in(tmp_path, Secret(cut.url))
    assert cut.fired is not None
    assert "Procrastinate Schema" in cut.fired
    queue_in(tmp_path, Secret(cut.url))
