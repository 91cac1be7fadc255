"""Prints how many orders a second a cluster on this machine pushes, with the journal and the queue on:
`python -m tests.bench.cluster --workers 1 2`. Needs PostgreSQL, which is started as its packages set it up: durable.

The vendor is a process beside it that answers at once; every order is two durable commits and its share of a job.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cluster.place import cluster, until
from postgres import Server, missing
from push.support import several, webship

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """One run: seconds from the first request to the last, processor seconds of all workers, bytes that the database
    logged and that the journal keeps, what went wrong."""

    workers: int
    orders: int
    start: float
    seconds: float
    processor: float
    wal: int
    stored: int
    lost: int
    twice: int

    @property
    def rate(self) -> float:
        """Orders a second."""
        return self.orders / self.seconds


@dataclass(frozen=True)
class Load:
    """So many orders for each account, how fast they may go, and how long the vendor takes for each."""

    accounts: int = 200
    orders: int = 50
    rate: str = "1000/second"
    concurrency: int = 16
    latency: float = 0.0
    durable: bool = True


def measure(workers: int, load: Load) -> Figures:
    """Enqueue so many orders for each account, let workers push them, and count."""
    accounts, orders = load.accounts, load.orders
    server, folder = Server.start(durable=load.durable), Path(tempfile.mkdtemp(prefix="orderctl-bench-"))
    try:
        settings = {"latency": load.latency, "rate": load.rate}
        with cluster(folder, server, server.new(), accounts=accounts, **settings) as made:
            (here,) = made.sql("SELECT pg_current_wal_lsn()")[0]
            for at in range(accounts):
                made.put(f"a{at}", several(orders, webship))
            began = time.monotonic()
            for _ in range(workers):
                made.work("--concurrency", str(load.concurrency))
            until(lambda: made.sql("SELECT count(*) FROM waiting") == [(0,)], 600, made.logs)
            found = made.report()
            times, commits = found["times"], found["commits"]
            return Figures(
                workers,
                accounts * orders,
                times[0] - began,
                times[-1] - times[0],
                sum(_processor(worker) for worker in made.workers),
                int(made.sql(f"SELECT pg_current_wal_lsn() - '{here}'")[0][0]),
                int(made.sql("SELECT pg_total_relation_size('orders')")[0][0]),
                accounts * orders - len(commits),
                sum(times - 1 for times in commits.values()),
            )
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


def _processor(worker: "subprocess.Popen[bytes]") -> float:
    words = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def table(counts: list[int], load: Load) -> Iterator[str]:
    """A row for each count of workers."""
    yield "| workers | orders | orders/s | CPU ms/order | first request s | log B/order | kept B/order | lost | twice |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for workers in counts:
        found = measure(workers, load)
        each = [found.processor * 1000, found.wal, found.stored]
        processor, wal, stored = (figure / found.orders for figure in each)
        yield (
            f"| {workers} | {found.orders:,} | {found.rate:,.0f} | {processor:.2f} | {found.start:.1f} "
            f"| {wal:,.0f} | {stored:,.0f} | {found.lost} | {found.twice} |"
        )


def main() -> None:
    """Parse the flags and print the table."""
    flags = argparse.ArgumentParser(description="Print orders a second by the number of workers.")
    flags.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    flags.add_argument("--accounts", type=int, default=200)
    flags.add_argument("--orders", type=int, default=50, help="for each account")
    flags.add_argument("--rate", default="1000/second", help="of each account")
    flags.add_argument("--concurrency", type=int, default=16, help="of each worker")
    flags.add_argument("--latency", type=float, default=0.0, help="seconds that the vendor takes")
    given = vars(flags.parse_args())
    counts = given.pop("workers")
    if why := missing():
        sys.exit(why)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {given}\n")
    for line in table(counts, Load(**given)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
