"""`orderctl journal import`: what many machines need of the command line."""

from typing import Annotated

import typer

from orderctl.cli.command import command
from orderctl.cli.options import Configured, Printing, StateDir, Telling


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
        raise UsageError("journal: is not set; name the PostgreSQL database there, or in ORDERCTL_JOURNAL")
    state_dir = Path(asked.state_dir) if asked.state_dir else loaded.state_dir
    taken = take_over(Path(asked.path), state_dir, loaded.journal)
    if asked.as_json:
        counts = {"accounts": taken.accounts, "orders": taken.orders, "known": taken.known}
        print_document({"schema": "orderctl.import/1", "ok": True, "exit_code": 0, "summary": counts})
    if not asked.quiet:
        known = f"; {taken.known:,} were there already" if taken.known else ""
        say(f"{count(taken.orders, 'order')} of {count(taken.accounts, 'account')} taken over{known}")
    return 0


journal = typer.Typer(
    help="Take a journal over into PostgreSQL.",
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
journal.command("import")(command(import_journal))
