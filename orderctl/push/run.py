"""One run from beginning to end: lock, journal, workers, engine; and what each needs to know of the target.

Knows no system and no HTTP.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from orderctl import systems
from orderctl.errors import Exit, UsageError
from orderctl.push.account import identity, locked, open_journal
from orderctl.push.books import Books
from orderctl.push.brakes import Brakes
from orderctl.push.client import Way
from orderctl.push.crew import Alone, Crew, Workers
from orderctl.push.database import Lost
from orderctl.push.engine import Engine
from orderctl.push.journal import Journal
from orderctl.push.ledger import Ledger
from orderctl.push.mask import Mask
from orderctl.push.pace import Pace, SharedPace, parse_rate
from orderctl.push.preview import preview
from orderctl.push.signals import Heard, Leave, listening
from orderctl.push.steps import Desk
from orderctl.push.words import Candidate, Options, Outcome, Result, Summary, World
from orderctl.systems.wire import Wire

if TYPE_CHECKING:
    from orderctl.config import Target


@dataclass(frozen=True, slots=True)
class Job:
    """What a run was asked to do, and whom it tells."""

    target: "Target"
    options: Options
    world: World
    on_result: Callable[[Result], None]
    tell: Callable[[str], None]


def run(candidates: Iterable[Candidate], job: Job) -> Summary:
    """Push every candidate and return the summary; each result is told as soon as it is sure."""
    summary = Summary(dry_run=job.options.dry_run)
    began = job.world.clock()
    if job.options.dry_run:
        told = _counting(summary, job.on_result)
        preview(candidates, job.target, systems.wire_of(job.target.system), job.options, told)
    else:
        with engine_for(job, summary) as engine:
            engine.run(candidates)
    return finished(summary, began, job.world)


def finished(summary: Summary, began: float, world: World) -> Summary:
    """The summary at the end; a limit that left nothing over has stopped nothing."""
    if not summary.counts[Outcome.NOT_SENT]:
        summary.exits.discard(Exit.STOPPED)
    summary.seconds = world.clock() - began
    return summary


@contextmanager
def engine_for(job: Job, summary: Summary) -> Iterator[Engine]:
    """An engine under the account's lock, with the journal open; leaves at once at the second signal."""
    target = job.target
    secrets = revealed(target)
    rate = job.options.rate or target.rate or systems.load(target.system).rate
    parse_rate(rate)
    journal = open_journal(target, create=True)
    assert journal is not None
    try:
        account = identity(target, journal.fingerprints)
        world = _shared(job.world, journal)
        job = replace(job, world=world)
        tell = None if job.options.quiet else job.tell
        with locked(target, journal, account, job.options.lock_wait, tell):
            number, recent = journal.begin(account, target.system, world.now())
            engine = _engine(job, summary, journal, number, _pace(rate, recent, job, journal), secrets)
            try:
                with listening(engine.heard, engine.crew.wake):
                    yield engine
            except Leave:
                engine.leave()
                return
            finally:
                engine.crew.close()
            _end(journal, number, engine, world)
    finally:
        journal.close()


def _shared(world: World, journal: Journal) -> World:
    """The world with the clock of the journal's database, unless it has one of its own."""
    clock = journal.clock(world.clock) if world.now is time.time else None
    return world if clock is None else replace(world, now=clock)


def revealed(target: "Target") -> dict[str, str]:
    """The credentials in plain text. Raises UsageError, naming the first that is missing."""
    found = {}
    for setting in systems.load(target.system).credentials:
        secret = target.secrets.get(setting.key)
        if secret is None:
            where = f"set {setting.env}, or {setting.key}: under the target"
            raise UsageError(f"{target.name}: {setting.key} is missing; {where}; or try --sandbox")
        found[setting.key] = secret.reveal()
    return found


def to_stderr(text: str) -> None:
    """Tell people something, where nothing better is given."""
    print(f"orderctl: {text}", file=sys.stderr)


def _engine(job: Job, summary: Summary, journal: Journal, account: int, pace: Pace, secrets: dict[str, str]) -> Engine:
    target, options, wire = job.target, job.options, systems.wire_of(job.target.system)
    proxy = urlsplit(target.proxy or "")
    mask = Mask(filter(None, [*secrets.values(), proxy.password and unquote(proxy.password)]))
    desk = _desk(job, wire, pace, mask)
    ledger = Ledger(journal, account, wire, target.name, options)
    books = Books(ledger, desk, summary, Brakes(options), job.on_result)
    crew = _crew(job, wire.headers(secrets))
    engine = Engine(desk, books, crew, options, min(max(target.batch, 1), wire.batch_limit), job.world.heard or Heard())
    books.stop = desk.stop = engine.stop
    desk.settled = books.settled
    return engine


def _desk(job: Job, wire: Wire, pace: Pace, mask: Mask) -> Desk:
    target, options, world = job.target, job.options, job.world
    given = options.settle if options.settle is not None else target.settle
    return Desk(
        wire=wire,
        settings=target.settings,
        target=target.name,
        host=urlsplit(target.base_url).hostname or target.base_url,
        max_attempts=max(1, options.max_attempts),
        settle=systems.load(target.system).settle if given is None else float(given),
        timeout=options.timeout,
        pace=pace,
        mask=mask,
        clock=world.clock,
        now=world.now,
        random=world.random,
        tell=job.tell,
    )


def _crew(job: Job, headers: dict[str, str]) -> Crew:
    target, options, world = job.target, job.options, job.world
    way = Way(
        base_url=target.base_url,
        headers=headers,
        timeout=options.timeout,
        proxy=target.proxy,
        ca_file=target.ca_file,
        transport=world.transport,
    )
    return Alone(way, world.sleep) if world.sleep else Workers(way, max(1, options.concurrency))


def _pace(rate: str, recent: list[float], job: Job, journal: Journal) -> Pace:
    """The pace that goes on from the last run's; after a clock was set back no request lies in the future."""
    world, target = job.world, job.target
    now, clock = world.now(), world.clock()
    before = [clock - max(0.0, now - at) for at in recent]
    if target.rate_group is None:
        return Pace(rate, before)
    group = f"{target.system} {target.rate_group}"
    return SharedPace(
        rate,
        before,
        lambda spacing, horizon: journal.draw(group, world.now(), spacing, horizon),
        lambda seconds: journal.hold(group, world.now() + seconds),
    )


def _end(journal: Journal, account: int, engine: Engine, world: World) -> None:
    try:
        journal.end(account, world.now(), engine.books.recent())
    except Lost as lost:
        engine.desk.tell(f"the journal cannot be written: {lost}")


def _counting(summary: Summary, on_result: Callable[[Result], None]) -> Callable[[Result], None]:
    """Counts each result, then hands it on."""

    def counted(result: Result) -> None:
        summary.counts[result.outcome] += 1
        on_result(result)

    return counted
