"""One drain: pushes the orders of one account that are due, as `orderctl push` does, and settles their rows.

Knows no job library and no HTTP. It leaves as soon as it would only wait, so that few threads serve many accounts.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orderctl import systems
from orderctl.cluster import queue
from orderctl.cluster.documents import Told
from orderctl.cluster.jobs import schedule
from orderctl.cluster.queue import Page
from orderctl.errors import Exit, Locked, OrderctlError
from orderctl.push import push
from orderctl.push.pace import parse_rate
from orderctl.push.postgres import Postgres, now_there
from orderctl.push.signals import Heard
from orderctl.push.words import Candidate, Options, Outcome, Result, Summary, World

if TYPE_CHECKING:
    from orderctl.config import Target

PATIENCE = 0.5
"""So many seconds a drain waits in its thread; beyond, its account comes back when they are over."""

AGAIN = (2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 7200.0, 14400.0)
"""Seconds until an order that is failed or unknown has its next round; after the last it is left as it is."""

_PAGE = 256
_FLUSH = 1.0
_LATER = {Exit.REFUSED: 300.0, Exit.TEMPORARY: 60.0, Exit.STOPPED: 60.0}
_LOCKED, _MISCONFIGURED, _BROKEN = 5.0, 60.0, 60.0
_OPEN = (Outcome.FAILED, Outcome.UNKNOWN)

_log = logging.getLogger("orderctl.worker")


@dataclass(frozen=True, slots=True)
class Place:
    """Where drains work: the queue, the targets that this host knows by name, the signals, the way out."""

    postgres: Postgres
    target: "Callable[[str], Target]"
    heard: Heard = field(default_factory=Heard)
    options: Options = field(default_factory=Options)


def drain(account: int, place: Place) -> None:
    """Push what is due of an account, and see to it that it is worked on again when more is."""
    with place.postgres.transaction() as connection:
        page = queue.take(connection, account, _PAGE)
    wait = _BROKEN
    try:
        wait = _pushed(account, page, place) if page else 0.0
    finally:
        _come_back(account, wait, place)


def _come_back(account: int, wait: float, place: Place) -> None:
    """Have the account worked on again when more of it is due, at earliest after so many seconds."""
    with place.postgres.transaction() as connection:
        due = queue.next_due(connection, account)
        if due is not None:
            after = max(due, wait)
            schedule(place.postgres, connection, account, now_there(connection) + after if after else None)


def _pushed(account: int, page: Page, place: Place) -> float:
    """Push a page; returns the seconds after which the account may be worked on again."""
    settling = _Settling(page, place.postgres)
    try:
        target = place.target(page.target)
        summary = _push(page, target, place, settling)
    except Locked:
        return _LOCKED
    except OrderctlError as error:
        _log.error("account %s waits %g s: %s", account, _MISCONFIGURED, error)
        return _MISCONFIGURED
    finally:
        settling.flush()
    settling.end(summary)
    later = max((_LATER.get(code, 0.0) for code in summary.exits), default=0.0)
    if later:
        _log.warning("account %s: %s; its orders wait %g s", account, summary.stopped, later)
    return summary.resume_in or later


def _push(page: Page, target: "Target", place: Place, settling: "_Settling") -> Summary:
    flights = _flights(target.rate or systems.load(target.system).rate)
    options = Options(
        patience=PATIENCE,
        concurrency=flights,
        timeout=place.options.timeout,
        max_attempts=place.options.max_attempts,
    )
    world = World(heard=place.heard, sleep=time.sleep if flights == 1 else None)
    return push(
        _still_waiting(page, place.postgres),
        target,
        options,
        world,
        settling.take,
        lambda text: _log.info("%s: %s", page.target, text),
    )


def _still_waiting(page: Page, postgres: Postgres) -> Iterator[Candidate]:
    """The page without what was taken out of it, asked under the account's lock: a direct push may have been first."""
    with postgres.transaction() as connection:
        rows = queue.still_waiting(connection, list(page.rounds))
    yield from (candidate for candidate in page.candidates if candidate.index in rows)


def _flights(rate: str) -> int:
    """Requests in flight at once: as many as use the rate up while each takes half a second, at most four."""
    limit, window = parse_rate(rate)
    return max(1, min(4, math.ceil(limit / window / 2)))


class _Settling:
    """Settles the rows of a page as their results come, together every second, and at the end."""

    def __init__(self, page: Page, postgres: Postgres) -> None:
        self._page, self._postgres = page, postgres
        self._silent: list[int] = []
        self._told: list[tuple[int, Told]] = []
        self._open: list[Result] = []
        self._flushed = time.monotonic()

    def take(self, result: Result) -> None:
        """Note one result; what the journal has not taken keeps its turn."""
        if not result.noted:
            return
        if result.outcome in _OPEN:
            self._open.append(result)
        elif result.outcome is not Outcome.NOT_SENT:
            self._settle(result)
        if time.monotonic() - self._flushed >= _FLUSH:
            self.flush()

    def flush(self) -> None:
        """Settle what has come so far."""
        if self._silent or self._told:
            with self._postgres.transaction() as connection:
                queue.settle(connection, self._silent, self._told)
        self._silent, self._told, self._flushed = [], [], time.monotonic()

    def end(self, summary: Summary) -> None:
        """Give what is failed or unknown its next round; what was only cut short keeps its turn."""
        put_off = []
        for result in self._open:
            row = result.candidate.index
            if not result.asked:
                continue
            if self._page.rounds[row] < len(AGAIN):
                put_off.append((row, AGAIN[self._page.rounds[row]]))
            else:
                self._settle(result)
        with self._postgres.transaction() as connection:
            queue.put_off(connection, put_off)
            queue.settle(connection, self._silent, self._told)

    def _settle(self, result: Result) -> None:
        row = result.candidate.index
        if row in self._page.waited:
            self._told.append((row, Told.of(result)))
        else:
            self._silent.append(row)
