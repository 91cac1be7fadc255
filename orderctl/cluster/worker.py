"""The worker: runs drains, several accounts at once, until a signal comes; puts stalled ones back.

Knows no order and no HTTP. A database that is away is waited for.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from orderctl.cluster import queue
from orderctl.cluster.drain import Place, drain
from orderctl.cluster.jobs import TASK, open_app, sweep
from orderctl.cluster.tables import needed, queue_in
from orderctl.errors import Exit, JournalError
from orderctl.push.postgres import SCHEMA, Postgres
from orderctl.push.signals import Heard
from orderctl.push.words import Options

if TYPE_CHECKING:
    from orderctl.config import Config, Target

_EXITS = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}
_POLL = 1.0
_AWAY = 2.0
_log = logging.getLogger("orderctl.worker")


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker is asked: accounts at once, seconds of silence after which another is taken for dead.

    `tell` gets a line for people once the queue is open.
    """

    concurrency: int
    stalled_after: float
    options: Options
    target: "Callable[[str], Target]"
    tell: Callable[[str], None]
    state_dir: Path | None = None


def work(config: "Config", asked: Work) -> int:
    """Push what is enqueued until a signal comes."""
    url = needed(config.journal).reveal()
    postgres = queue_in(asked.state_dir or config.state_dir, config.journal)
    place = Place(postgres, asked.target, Heard(), asked.options)
    asked.tell(
        f"worker: {asked.concurrency} account{'s' * (asked.concurrency > 1)} at once; SIGTERM or Ctrl-C stops it"
    )
    asyncio.run(_work(place, asked, url))
    if not place.heard.signals:
        return Exit.OK
    return _EXITS[place.heard.signals[0]]


async def _work(place: Place, asked: Work, url: str) -> None:
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in _EXITS:  # first: until then asyncio's own answer to Ctrl-C would leave a pool that never closes
        loop.add_signal_handler(number, _hear, number, place.heard, stopping)
    away = _away()
    loop.set_default_executor(ThreadPoolExecutor(asked.concurrency + 2, "drain"))
    loop.set_exception_handler(partial(_unnoted, away))
    while not stopping.is_set():
        try:
            await _one_life(place, asked, url, stopping)
            return
        except away:
            _log.warning("the database is away; trying again in %g s", _AWAY)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _AWAY)


def _unnoted(away: tuple[type[Exception], ...], loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A line for a job whose end could not be noted: its orders are settled, or wait; anything else is a bug."""
    if isinstance(context.get("exception"), away):
        _log.warning("the end of a job could not be noted; the database was away, or took its worker for dead")
    else:
        loop.default_exception_handler(context)


def _hear(number: signal.Signals, heard: Heard, stopping: asyncio.Event) -> None:
    """The first signal lets what is in flight end, the second leaves at once: what is in flight is in the journal."""
    heard.signals.append(number)
    if stopping.is_set():
        os._exit(_EXITS[number])
    stopping.set()


async def _one_life(place: Place, asked: Work, url: str, stopping: asyncio.Event) -> None:
    """Work until stopped, or until the database is away."""
    app = open_app(_connector(url))
    app.task(name=TASK)(partial(_drain, place))
    async with app.open_async():
        running = asyncio.create_task(
            app.run_worker_async(
                concurrency=asked.concurrency,
                install_signal_handlers=False,
                delete_jobs="always",
                fetch_job_polling_interval=_POLL,
                update_heartbeat_interval=asked.stalled_after / 3,
                stalled_worker_timeout=asked.stalled_after,
            )
        )
        others = [
            asyncio.create_task(_sweep(place.postgres, asked.stalled_after)),
            asyncio.create_task(stopping.wait()),
        ]
        await asyncio.wait([running, *others], return_when=asyncio.FIRST_COMPLETED)
        for task in (running, *others):
            task.cancel()
        found = await asyncio.gather(running, *others, return_exceptions=True)
    for one in found:
        if isinstance(one, Exception):
            raise one


def _drain(place: Place, account: int) -> None:
    """One job. What it cannot do now, another will: its rows are still there."""
    try:
        drain(account, place)
    except JournalError as error:
        _log.error("account %s: %s", account, error)


async def _sweep(postgres: Postgres, silent: float) -> None:
    while True:
        for account in await asyncio.to_thread(sweep, postgres, silent):
            _log.warning("account %s: its drain stalled; back in the queue", account)
        await asyncio.to_thread(_forget, postgres)
        await asyncio.sleep(silent / 3)


def _forget(postgres: Postgres) -> None:
    with postgres.transaction() as connection:
        queue.forget(connection, queue.KEPT)


def _connector(url: str) -> Any:
    from procrastinate import PsycopgConnector

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    more = {"options": f"-c search_path={SCHEMA}", "application_name": f"orderctl worker {os.getpid()}"}
    return PsycopgConnector(conninfo=plain, kwargs=more, min_size=1, max_size=4)


def _away() -> tuple[type[Exception], ...]:
    """What is raised when the database cannot be reached."""
    from procrastinate.exceptions import ConnectorException
    from psycopg import Error

    return ConnectorException, Error, JournalError, OSError
