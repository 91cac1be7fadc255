"""`orderctl doctor`: whether targets are ready to be pushed to."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orderctl.cli import options
from orderctl.cli.options import Format

if TYPE_CHECKING:
    from orderctl.config import Config, Target
    from orderctl.doctor import Diagnosis

_Targets = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TARGET]...", help="Targets or systems; else all that are configured.", show_default=False),
]


def doctor(
    targets: _Targets = None,
    sandbox: options.Sandbox = False,
    format: options.OutputFormat = Format.TEXT,
    json: options.Json = False,
    config: options.ConfigPath = None,
    state_dir: options.StateDir = None,
    verbose: options.Verbose = False,
) -> int:
    """Check targets: configuration, credentials, host, clock, one harmless call, rate limit, journal.

    Nothing is changed at the vendor. Exit code 4 where it refuses, 5 where it cannot be reached.

    Example: orderctl doctor webship --sandbox
    """
    import os

    from orderctl.config import load
    from orderctl.doctor import diagnose, exit_code
    from orderctl.report.document import print_document
    from orderctl.report.text import say

    loaded = load(config, os.environ)
    found = []
    for name in _names(targets, loaded, os.environ, sandbox=sandbox):
        opening = _Opening(name, sandbox, config, state_dir)
        found.append(diagnose(name, opening, _where(name, loaded, sandbox=sandbox)))
    code = exit_code(found)
    if json or format is Format.JSON:
        print_document(_document(found, code))
    else:
        _print(found)
    if code:
        say(f"Not ready: {', '.join(each.name for each in found if not all(check.ok for check in each.checks))}")
    return code


@dataclass(frozen=True, slots=True)
class _Opening:
    """Gives one target, with credentials when asked for."""

    to: str
    sandbox: bool
    config: str | None
    state_dir: str | None

    def __call__(self, need_credentials: bool) -> "AbstractContextManager[Target]":
        from orderctl.cli.targets import target_of

        return target_of(self, need_credentials=need_credentials)


def _names(given: Sequence[str] | None, loaded: "Config", environ: Mapping[str, str], *, sandbox: bool) -> list[str]:
    """The targets to check: those named, else those configured, else the systems with a variable that is set."""
    from orderctl import systems
    from orderctl.errors import UsageError

    if given:
        return list(dict.fromkeys(given))
    if loaded.targets:
        return list(loaded.targets)
    known = [systems.load(name) for name in systems.names()]
    if sandbox:
        return [system.name for system in known]
    set_up = [
        system.name
        for system in known
        if any(environ.get(setting.env) for setting in (*system.settings, *system.credentials))
    ]
    if not set_up:
        raise UsageError(
            "There is no target: no configuration file names one, and no system's variables are set. "
            "orderctl init writes a configuration; --sandbox needs none."
        )
    return set_up


def _where(name: str, loaded: "Config", *, sandbox: bool) -> str:
    if sandbox:
        return "a sandbox in this process"
    return f"targets.{name} in {loaded.path}" if name in loaded.targets else "from the environment"


def _document(found: "Sequence[Diagnosis]", code: int) -> dict[str, Any]:
    """What `doctor --json` prints."""
    return {
        "schema": "orderctl.doctor/1",
        "ok": code == 0,
        "exit_code": int(code),
        "targets": [
            {
                "name": each.name,
                "system": each.system,
                "checks": [{"check": check.check, "ok": check.ok, "message": check.message} for check in each.checks],
            }
            for each in found
        ],
    }


def _print(found: "Sequence[Diagnosis]") -> None:
    """Print the table: target, check, result, message."""
    import sys

    from orderctl.report.visible import visible

    rows = [("target", "check", "result", "found")]
    rows += [(each.name, check.check, check.word, _plain(check.message)) for each in found for check in each.checks]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        sys.stdout.write(visible("  ".join([*cells, row[3]])) + "\n")
    sys.stdout.flush()


def _plain(message: str) -> str:
    """The message without the word that the table has in a column of its own."""
    return message.removeprefix("warning: ")
