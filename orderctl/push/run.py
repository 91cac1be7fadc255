"""One push from beginning to end: lock, journal, workers, engine; and what each of them needs to know of the target.

Knows no system and no HTTP.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orderctl import systems
from orderctl.errors import Exit, UsageError
from orderctl.push.account import identity, locked, open_journal
from orderctl.push.client import Way
from orderctl.push.crew import Alone, Crew, Workers
from orderctl.push.engine import Engine
from orderctl.push.journal import Journal, Lost
from orderctl.push.ledger import Ledger
from orderctl.push.mask import Mask
from orderctl.push.pace import Pace, parse_rate
from orderctl.push.preview import preview
from orderctl.push.signals import Leave, listening
from orderctl.push.steps import Desk
from orderctl.push.words import Candidate, Options, Outcome, Result, Summary, World
from orderctl.systems.wire import Wire

if TYPE_CHECKING:
    from orderctl.config import Target

Tell = Callable[[str], None]


def run(
    candidates: Iterable[Candidate],
    target: "Target",
    options: Options,
    world: World,
    on_result: Callable[[Result], None],
    tell: Tell,
) -> Summary:
    """Push every candidate and return the summary; each result is told as soon as it is sure."""
    summary = Summary(dry_run=options.dry_run)
    began = world.clock()
    if options.dry_run:
        preview(candidates, target, wire_of(target), options, _counting(summary, on_result))
    else:
        with engine_for(target, options, world, summary, on_result, tell) as engine:
            engine.run(candidates)
    return finished(summary, began, world)


def finished(summary: Summary, began: float, world: World) -> Summary:
    """The summary at the end; a limit that left nothing over has stopped nothing."""
    if not summary.counts[Outcome.NOT_SENT]:
        summary.exits.discard(Exit.STOPPED)
    summary.seconds = world.clock() - began
    return summary


@contextmanager
def engine_for(
    target: "Target",
    options: Options,
    world: World,
    summary: Summary,
    on_result: Callable[[Result], None],
    tell: Tell,
) -> Iterator[Engine]:
    """An engine under the account's lock, with the journal open; leaves at once at the second signal."""
    secrets = revealed(target)
    rate = options.rate or target.rate or systems.load(target.system).rate
    parse_rate(rate)
    journal = open_journal(target, create=True)
    assert journal is not None
    try:
        account = identity(target, journal.fingerprints)
        with locked(target, account, options.lock_wait):
            number, recent = journal.begin(account, target.system, world.now())
            ledger = Ledger(journal, number, wire_of(target), target.name, options, settle_of(target, options))
            pace = _pace(rate, recent, world)
            crew = _crew(target, options, world, secrets)
            engine = _engine(target, options, world, summary, on_result, tell, ledger, pace, crew, secrets)
            try:
                with listening(engine.heard, crew.wake):
                    yield engine
            except Leave:
                engine.leave()
                return
            finally:
                crew.close()
            _end(journal, number, engine, world)
    finally:
        journal.close()


def wire_of(target: "Target") -> Wire:
    """The wire of the target's system."""
    wire = import_module(systems.load(target.system).wire).WIRE
    assert isinstance(wire, Wire)
    return wire


def settle_of(target: "Target", options: Options) -> float:
    """The settle time in seconds: the flag's, else the target's, else the system's."""
    for given in (options.settle, target.settle):
        if given is not None:
            return float(given)
    return systems.load(target.system).settle


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


def _engine(
    target: "Target",
    options: Options,
    world: World,
    summary: Summary,
    on_result: Callable[[Result], None],
    tell: Tell,
    ledger: Ledger,
    pace: Pace,
    crew: Crew,
    secrets: dict[str, str],
) -> Engine:
    desk = Desk(
        wire=ledger.wire,
        settings=target.settings,
        target=target.name,
        host=urlsplit(target.base_url).hostname or target.base_url,
        max_attempts=max(1, options.max_attempts),
        settle=ledger.settle,
        pace=pace,
        mask=Mask(secrets.values()),
        clock=world.clock,
        now=world.now,
        random=world.random,
        tell=tell,
    )
    batch = min(max(target.batch, 1), ledger.wire.batch_limit)
    engine = Engine(desk, ledger, crew, options, batch, summary, on_result)
    desk.stop, desk.settled = engine.stop, engine.settled
    return engine


def _crew(target: "Target", options: Options, world: World, secrets: dict[str, str]) -> Crew:
    way = Way(
        base_url=target.base_url,
        headers=wire_of(target).headers(secrets),
        timeout=options.timeout,
        proxy=target.proxy,
        ca_file=target.ca_file,
        transport=world.transport,
    )
    return Alone(way, world.sleep) if world.sleep else Workers(way, max(1, options.concurrency))


def _pace(rate: str, recent: list[float], world: World) -> Pace:
    """The pace that goes on from the last run's; a clock that was set back makes no request lie in the future."""
    now, clock = world.now(), world.clock()
    return Pace(rate, [clock - max(0.0, now - at) for at in recent])


def _end(journal: Journal, account: int, engine: Engine, world: World) -> None:
    try:
        journal.end(account, world.now(), engine.recent())
    except Lost as lost:
        engine.desk.tell(f"the journal cannot be written: {lost}")


def _counting(summary: Summary, on_result: Callable[[Result], None]) -> Callable[[Result], None]:
    def counted(result: Result) -> None:
        summary.counts[result.outcome] += 1
        on_result(result)

    return counted


def to_stderr(text: str) -> None:
    """Tell people something, where nothing better is given."""
    print(f"orderctl: {text}", file=sys.stderr)
