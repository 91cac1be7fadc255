"""Workers that are killed and frozen, wires that break, a database that restarts: nothing lost, nothing twice."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from postgres import Server
from push.support import several, starshipit, webship

from .place import Cluster, cluster, until

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

ACCOUNTS, ORDERS = 30, 18
SECONDS = 45.0
STALLED = "3"
FLAGS = ("--concurrency", "8", "--stalled-after", STALLED, "--timeout", "2")


@dataclass
class Chaos:
    """What is done to the workers while they work, from a seed."""

    made: Cluster
    chance: random.Random
    kills: int = 0
    freezes: int = 0
    restarts: int = 0
    frozen: "list[tuple[float, subprocess.Popen[bytes]]]" = field(default_factory=list)

    def rage(self, seconds: float) -> None:
        """Kill, freeze and wake workers, and restart the database once, until the time is over."""
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds and self.made.waiting():
            time.sleep(self.chance.uniform(1.5, 4.0))
            self._wake(time.monotonic())
            worker = self.chance.choice([one for one in self.made.workers if one.poll() is None])
            if passed > seconds / 3 and not self.restarts:
                self._restart()
            elif self.chance.random() < 0.3 and len(self.frozen) < 2:
                worker.send_signal(signal.SIGSTOP)
                self.frozen.append((time.monotonic() + self.chance.uniform(2.0, 8.0), worker))
                self.freezes += 1
            else:
                worker.kill()
                worker.wait()
                self.kills += 1
                self.made.work(*FLAGS)
        self._wake(float("inf"))

    def _wake(self, now: float) -> None:
        for until_, worker in [one for one in self.frozen if one[0] <= now]:
            self.frozen.remove((until_, worker))
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)

    def _restart(self) -> None:
        self.made.server.down("immediate")
        time.sleep(0.5)
        self.made.server.up()
        self.restarts += 1


def test_under_chaos_nothing_is_lost_and_nothing_is_twice(tmp_path: Path) -> None:
    """Starshipit's way, where a repeated POST makes a second order: only settling by look-up keeps it at one."""
    seed = int(os.environ.get("ORDERCTL_CHAOS_SEED", "8"))
    server = Server.start()
    try:
        settings = {"system": "starshipit", "rate": "3/second", "settle": "1"}
        url = server.new()
        with cluster(tmp_path, server, url, accounts=ACCOUNTS, faults=12, seed=seed, **settings) as made:
            for at in range(ACCOUNTS):
                made.put(f"a{at}", several(ORDERS, starshipit))
            for _ in range(3):
                made.work(*FLAGS)
            chaos = Chaos(made, random.Random(seed))
            chaos.rage(SECONDS)
            until(lambda: not made.waiting(), 120, made.logs)
            found = made.report()
            commits = Counter(found["commits"])
            wanted = {f"key-{account} A-{at}" for account in range(ACCOUNTS) for at in range(ORDERS)}
            assert (wanted - set(commits), [name for name, times in commits.items() if times > 1]) == (set(), [])
            states = made.sql("SELECT state, unsettled, count(*) FROM orders GROUP BY 1, 2")
            assert states == [("accepted", "0", ACCOUNTS * ORDERS)]
            assert chaos.kills >= 5
            assert chaos.freezes >= 1
            assert chaos.restarts == 1
            assert found["fired"] >= 30
    finally:
        server.end()


def test_twelve_accounts_never_go_over_the_rate_that_they_share(
    tmp_path: Path, postgres_server: Server, database: str
) -> None:
    """240 orders at 20 a second, of which nine tenths are used, by workers of two processes."""
    settings = {"rate": "20/second", "rate_group": "one key"}
    with cluster(tmp_path, postgres_server, database, accounts=12, **settings) as made:
        for at in range(12):
            made.put(f"a{at}", several(20, webship))
        for _ in range(2):
            made.work("--concurrency", "12", "--stalled-after", "3")
        until(lambda: made.sql("SELECT count(*) FROM waiting") == [(0,)], 90, made.logs)
        sent = sorted(float(row[0]) for row in made.sql("SELECT sent_at FROM orders"))
        assert len(sent) == len(made.report()["commits"]) == 240
        busiest = max(sum(start <= at < start + 1.0 for at in sent) for start in sent)
        assert busiest <= 20
        assert sent[-1] - sent[0] >= 239 / 20
