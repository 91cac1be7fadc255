"""`orderctl config`: what is configured, where each value came from, and whether it holds."""

from typing import TYPE_CHECKING

import typer

from orderctl.cli.command import command
from orderctl.cli.options import Configured, Printing, Verbose

if TYPE_CHECKING:
    from orderctl.config import Config

commands = typer.Typer(
    help="Check and show the configuration.",
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Found(Configured):
    """The flags of finding the configuration."""

    verbose: Verbose = False


class Reported(Printing, Found):
    """The flags of looking into the configuration."""


def check(asked: Reported) -> int:
    """Check the whole configuration, credentials included.

    Example: orderctl config check --config orderctl.yaml
    """
    import os

    from orderctl.config import load
    from orderctl.errors import UsageError
    from orderctl.report.document import print_document
    from orderctl.report.text import count, say

    loaded = load(asked.config, os.environ)
    if troubles := [trouble for name in loaded.targets if (trouble := _trouble(loaded, name))]:
        lines = [line for trouble in troubles for line in trouble.splitlines()]
        raise UsageError("\n".join(reversed(dict.fromkeys(reversed(lines)))))  # a hint that all give stands last
    if asked.as_json:
        path = None if loaded.path is None else str(loaded.path)
        print_document({"schema": "orderctl.config/1", "ok": True, "path": path, "targets": list(loaded.targets)})
    where = loaded.path or "no configuration file; systems take their settings from the environment"
    say(f"{where}: {count(len(loaded.targets), 'target')}, nothing wrong")
    return 0


def _trouble(loaded: "Config", name: str) -> str:
    """What keeps a target from being used, a line each; nothing where it can be."""
    import os

    from orderctl.errors import UsageError

    try:
        loaded.target(name, os.environ)
    except UsageError as error:
        return str(error)
    return ""


def show(asked: Reported) -> int:
    """Show every setting and where it came from; secrets masked.

    Example: orderctl config show
    """
    import os

    from orderctl.config import describe, load
    from orderctl.report.document import print_document
    from orderctl.report.text import put
    from orderctl.report.visible import visible

    rows = describe(load(asked.config, os.environ), os.environ)
    if asked.as_json:
        settings = [{"key": row.key, "value": row.value, "from": row.origin} for row in rows]
        print_document({"schema": "orderctl.config/1", "settings": settings})
    else:
        put("".join(f"{visible(f'{row.key}: {row.value}  ({row.origin})')}\n" for row in rows))
    return 0


def path(asked: Reported) -> int:
    """Print the path of the configuration file in force.

    Example: orderctl config path
    """
    import os

    from orderctl.config import load
    from orderctl.errors import UsageError
    from orderctl.report.document import print_document
    from orderctl.report.text import put

    found = load(asked.config, os.environ).path
    if found is None:
        raise UsageError("There is no configuration file. Write orderctl.yaml, or name one with --config.")
    if asked.as_json:
        print_document({"schema": "orderctl.config/1", "path": str(found)})
    else:
        put(f"{found}\n")
    return 0


commands.command("check")(command(check))
commands.command("show")(command(show))
commands.command("path")(command(path))
