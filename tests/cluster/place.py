"""A cluster for tests: a vendor and workers as processes of their own, and the configuration that they share."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from postgres import Server

from orderctl.cluster import enqueue
from orderctl.config import Config, load
from orderctl.push import Candidate, Options, Result, Summary, World

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Cluster:
    """One database, one vendor, targets `a0`, `a1` …, and the workers that were started."""

    folder: Path
    server: Server
    url: str
    port: int
    environ: Mapping[str, str]
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @cached_property
    def config(self) -> Config:
        return load(self.environ["ORDERCTL_CONFIG"], self.environ)

    def put(self, name: str, candidates: Iterable[Candidate], **flags: Any) -> tuple[Summary, list[Result]]:
        """Enqueue orders for a target."""
        wait, results = bool(flags.pop("wait", False)), list[Result]()
        target = self.config.target(name, self.environ)
        return enqueue(candidates, target, Options(**flags), World(), results.append, wait=wait), results

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "orderctl", *words]

    def work(self, *flags: str) -> "subprocess.Popen[bytes]":
        """Start a worker."""
        command = self.command("worker", *flags)
        log = open(self.folder / f"worker-{len(self.workers)}.log", "wb")  # noqa: SIM115
        with log:
            worker = subprocess.Popen(command, env=dict(self.environ), cwd=self.folder, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def logs(self) -> str:
        """The last words of every worker."""
        return "\n".join(path.read_text()[-800:] for path in sorted(self.folder.glob("worker-*.log")))

    def end_workers(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
            worker.wait()

    def sql(self, statement: str) -> list[Any]:
        return self.server.sql(self.url.rpartition("/")[2], statement)

    def waiting(self) -> int:
        return int(self.sql("SELECT count(*) FROM waiting WHERE document IS NOT NULL")[0][0])

    def report(self) -> dict[str, Any]:
        """What the vendor saw."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/report", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


def until(what: Callable[[], object], seconds: float, say: Callable[[], object] = str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"it never came to that: {say()}"
        time.sleep(0.1)


@contextmanager
def vendor(faults: int = 0, seed: int = 0, latency: float = 0.0) -> Iterator[int]:
    """The vendor's port."""
    command = [sys.executable, str(Path(__file__).with_name("counter.py")), str(faults), str(seed), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def cluster(
    folder: Path,
    server: Server,
    url: str,
    *,
    accounts: int,
    faults: int = 0,
    seed: int = 0,
    latency: float = 0.0,
    **settings: Any,
) -> Iterator[Cluster]:
    """A cluster with so many accounts; `settings` go into every target."""
    with vendor(faults, seed, latency) as port:
        usual = {"system": "webship", "customer_id": "C", "integration_id": "1", "api_key": "k"}
        if settings.get("system") == "starshipit":
            usual = {"subscription_key": "s"}
        targets = {}
        for at in range(accounts):
            own = {"api_key": f"key-{at}"} if "subscription_key" in usual else {"customer_id": f"C{at}"}
            targets[f"a{at}"] = {**usual, "base_url": f"http://127.0.0.1:{port}", **settings, **own}
        place = folder / "orderctl.yaml"
        place.write_text(json.dumps({"state_dir": str(folder / "state"), "targets": targets}))
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "ORDERCTL_CONFIG": str(place), "ORDERCTL_JOURNAL": url}
        made = Cluster(folder, server, url, port, environ)
        try:
            yield made
        finally:
            made.end_workers()
