"""`orderctl worker`, `queue status` and `journal import`: what many machines need of the command line."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from orderctl.cli.command import command
from orderctl.cli.options import Configured, Printing, StateDir, Telling, flag

if TYPE_CHECKING:
    from orderctl.cluster.status import Queued


class Worker(Telling, Configured):
    """The flags of a worker."""

    concurrency: Annotated[int, flag("--concurrency", help="Accounts worked on at once.", min=1, max=256)] = 16
    max_attempts: Annotated[int, flag("--max-attempts", help="How often one order is tried in a round.", min=1)] = 3
    timeout: Annotated[float, flag("--timeout", help="Bounds one whole request.", metavar="SECONDS", min=0.1)] = 60.0
    stalled_after: Annotated[
        float,
        flag("--stalled-after", help="A worker silent for so long is taken for dead.", metavar="SECONDS", min=1),
    ] = 30.0
    state_dir: StateDir = None


def worker(asked: Worker) -> int:
    """Push what is enqueued, until SIGTERM or Ctrl-C.

    Several accounts at once, and one run at a time for each; start as many workers as you need.

    Example: orderctl worker --concurrency 32
    """
    import os
    from dataclasses import replace
    from functools import cache
    from pathlib import Path

    from orderctl.cluster import work
    from orderctl.cluster.worker import Work
    from orderctl.config import Target, load
    from orderctl.push import Options
    from orderctl.report.text import say, silent

    loaded = load(asked.config, os.environ)
    state_dir = Path(asked.state_dir) if asked.state_dir else loaded.state_dir

    @cache
    def target(name: str) -> Target:
        """A target as it is configured, read once."""
        return replace(loaded.target(name, os.environ), state_dir=state_dir)

    _log(asked)
    tell = silent if asked.quiet else say
    options = Options(max_attempts=asked.max_attempts, timeout=asked.timeout)
    return work(loaded, Work(asked.concurrency, asked.stalled_after, options, target, tell, state_dir))


def _log(asked: Worker) -> None:
    """Log in lines on stderr; what broke in the job library, such as its way to the database, has its stack with -v."""
    import logging

    class Line(logging.Formatter):
        """A record as one line."""

        def format(self, record: logging.LogRecord) -> str:
            """The words, whose own lines become one."""
            return "; ".join(" ".join(line.split()) for line in super().format(record).splitlines() if line.strip())

        def formatException(self, ei: object) -> str:  # noqa: N802
            """Nothing of the stack."""
            return ""

    lines = logging.StreamHandler()
    lines.setFormatter((logging.Formatter if asked.verbose else Line)("orderctl: %(message)s"))
    logging.basicConfig(level=logging.ERROR, handlers=[lines])
    level = logging.INFO if asked.verbose else logging.ERROR if asked.quiet else logging.WARNING
    logging.getLogger("orderctl.worker").setLevel(level)


class Status(Telling, Printing, Configured):
    """The flags of looking at the queue."""


def status(asked: Status) -> int:
    """Say which orders wait, and for how long.

    Each account with its orders waiting, in flight and unknown, and the oldest of them.

    Example: orderctl queue status
    """
    import os

    from orderctl.cluster import queued
    from orderctl.config import load
    from orderctl.report.document import print_document
    from orderctl.report.text import count, put, say
    from orderctl.report.visible import visible

    found = queued(load(asked.config, os.environ))
    totals = {name: sum(getattr(each, name) for each in found) for name in ("waiting", "in_flight", "unknown")}
    oldest = min((each.oldest for each in found), default=None)
    if asked.as_json:
        summary = {"accounts": len(found), **totals, "oldest": _when(oldest)}
        accounts = [_queued_document(each) for each in found]
        print_document(
            {"schema": "orderctl.queue/1", "ok": True, "exit_code": 0, "summary": summary, "accounts": accounts}
        )
    else:
        put("".join(f"{visible(_queued_line(each))}\n" for each in found))
    if not asked.quiet:
        say(f"{count(totals['waiting'], 'order')} of {count(len(found), 'account')} waiting")
    return 0


def _queued_line(each: "Queued") -> str:
    words = f"{each.waiting:,} waiting, {each.in_flight:,} in flight, {each.unknown:,} unknown"
    return f"{each.target}: {words}, oldest {_when(each.oldest)}"


def _queued_document(each: "Queued") -> dict[str, Any]:
    return {
        "target": each.target,
        "waiting": each.waiting,
        "in_flight": each.in_flight,
        "unknown": each.unknown,
        "oldest": _when(each.oldest),
        "due": _when(each.due),
    }


def _when(seconds: float | None) -> str | None:
    from datetime import UTC, datetime

    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


class Import(Telling, Printing, Configured):
    """The flags of taking a journal over."""

    path: Annotated[str, typer.Argument(metavar="PATH", help="The journal's file, or its directory.")]
    state_dir: StateDir = None


def import_journal(asked: Import) -> int:
    """Take the journal of a file over into PostgreSQL.

    The file is left as it is, and doing it again harms nothing.

    Example: orderctl journal import ~/.local/state/orderctl
    """
    import os
    from pathlib import Path

    from orderctl.config import load
    from orderctl.errors import UsageError
    from orderctl.push.takeover import take_over
    from orderctl.report.document import print_document
    from orderctl.report.text import count, say

    loaded = load(asked.config, os.environ)
    if loaded.journal is None:
        raise UsageError("journal: is not set; name the database in the configuration, or in ORDERCTL_JOURNAL")
    state_dir = Path(asked.state_dir) if asked.state_dir else loaded.state_dir
    taken = take_over(Path(asked.path), state_dir, loaded.journal)
    if asked.as_json:
        counts = {"accounts": taken.accounts, "orders": taken.orders, "known": taken.known}
        print_document({"schema": "orderctl.import/1", "ok": True, "exit_code": 0, "summary": counts})
    if not asked.quiet:
        known = f"; {taken.known:,} were there already" if taken.known else ""
        say(f"{count(taken.orders, 'order')} of {count(taken.accounts, 'account')} taken over{known}")
    return 0


def _group(help: str) -> typer.Typer:
    names = {"help_option_names": ["-h", "--help"]}
    return typer.Typer(help=help, rich_markup_mode=None, no_args_is_help=True, context_settings=names)


journal = _group("Take a journal over into PostgreSQL.")
journal.command("import")(command(import_journal))
queue = _group("Look at what waits for the workers.")
queue.command("status")(command(status))
