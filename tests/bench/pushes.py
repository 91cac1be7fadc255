"""The rows of the push: what a request costs, how full the way is kept, what is paid for what has not changed.

Knows what is compared with what; `push_units` holds the programs, `measure` takes the figures.
"""

import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .measure import ROOT, Meter
from .orders import orders, write_array
from .push_units import SCATTERING

UNITS = str(Path(__file__).with_name("push_units.py"))
SLOW, AT_ONCE = 0.05, 8


class Row(NamedTuple):
    """One line of the table."""

    work: str
    measured: float
    gate: str


def rows(folder: Path, meter: Meter, count: int) -> Iterator[Row]:
    """Every row of the push; `count` is that of the other rows."""
    many = min(count, 10_000)
    with serving(0.0) as fast, serving(SLOW) as slow:
        costs = [(unit("bare", fast, 1_000), timed_push(folder, fast, 1_000)) for _ in range(meter.rounds)]
        cpu = statistics.median((ours["cpu"] - ours["journal"]) / bare["cpu"] for bare, ours in costs)
        yield Row("processor time of a pushed order, its journal apart, over httpx.Client.post", cpu, "2")
        reals = [timed_push(folder, slow, 400, concurrency=AT_ONCE)["real"] for _ in range(meter.rounds)]
        yield Row("push to a server of 50 ms, 8 at once, over the ideal", min(reals) / (400 / AT_ONCE * SLOW), "1.15")
        yield Row(f"{many:,} unchanged orders, over validating them", _unchanged(folder, meter, fast, many), "2")
        far = min(100 * count, 1_000_000)
        yield Row(f"an order beside {far:,} in the journal, over one beside 1,000", _old(folder, fast, far), "1.5")
    for rate, limit, seconds in (("40/minute", 40, 60.0), ("2/second", 2, 1.0)):
        yield Row(f"requests sent of those that {rate} allows", _used(folder, rate, limit, seconds), "0.9 to 1")


@contextmanager
def serving(delay: float) -> Iterator[str]:
    """A server that answers each request after so many seconds; its URL."""
    with subprocess.Popen([sys.executable, UNITS, "serve", str(delay)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def unit(*given: str | int) -> dict[str, float]:
    told = subprocess.run([sys.executable, UNITS, *map(str, given)], capture_output=True, check=True, cwd=ROOT)
    figures: dict[str, float] = json.loads(told.stdout)
    return figures


def timed_push(folder: Path, url: str, count: int, *, concurrency: int = 1) -> dict[str, float]:
    state = folder / "pushed"
    shutil.rmtree(state, ignore_errors=True)
    return unit("push", url, count, str(state), concurrency, 0)


def _unchanged(folder: Path, meter: Meter, url: str, count: int) -> float:
    """Processor time beyond the start of a push that has nothing to send, over that of a validation."""
    said = {"system": "webship", "customer_id": "C", "integration_id": "I", "api_key": "key", "rate": "100000/second"}
    config = folder / "push.json"
    config.write_text(json.dumps({"targets": {"w": {**said, "base_url": url}}, "state_dir": str(folder / "kept")}))
    config.chmod(0o600)
    whole, one = (write_array(folder / f"push-{size}.json", orders("webship", size)) for size in (count, 1))
    push = [["push", str(file), "--to", "w", "--config", str(config), "-q", "--no-progress"] for file in (whole, one)]
    for given in push:
        subprocess.run(meter.orderctl(*given), check=True, cwd=ROOT, capture_output=True)
    sent = meter.beyond_start(*(meter.orderctl(*given) for given in push))
    return sent / meter.beyond_start(*(meter.orderctl("validate", str(file), "--jobs", "1") for file in (whole, one)))


def _old(folder: Path, url: str, far: int) -> float:
    """Processor time of an order's push in a large journal over that in a small one."""
    costs = []
    for size in (far, 1_000):
        state = folder / f"old-{size}"
        unit("push", url, 1, str(state), 1, 0)
        _multiply(state / "journal.db", size)
        costs.append(min(unit("push", url, 500, str(state), 1, 1 + 500 * turn)["cpu"] for turn in range(3)))
        shutil.rmtree(state)
    return costs[0] / costs[1]


def _multiply(journal: Path, count: int) -> None:
    """Let the journal hold so many orders more, like the one that it holds, their keys scattered as those pushed."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(orders)") if row[1] not in ("id", "key")]
        counted = "WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < ?)"
        columns = ", ".join(names)
        one = f"(SELECT {columns} FROM orders LIMIT 1)"
        connection.execute(
            f"INSERT INTO orders (key, {columns}) {counted}"
            f" SELECT printf('%08X-old', at * {SCATTERING} % {2**32}), {columns} FROM n, {one}",
            (count,),
        )
    connection.close()


def _used(folder: Path, rate: str, limit: int, seconds: float) -> float:
    """The part of the allowed requests that a push in simulated time sends; above 1 where a window holds too many."""
    sys.path.insert(0, str(ROOT / "tests"))
    from push.support import pushed, several, target
    from push.trade import busiest
    from push.vendors import Webship

    state = folder / rate.replace("/", "-")
    vendor: Any = Webship().vendor()
    pushed(several(20 * limit), target(state, rate=rate), vendor)
    shutil.rmtree(state)
    if busiest(vendor.times, seconds) > limit:
        return busiest(vendor.times, seconds) / limit
    return float((len(vendor.times) - limit) / ((vendor.times[-1] - vendor.times[0]) / seconds * limit))
