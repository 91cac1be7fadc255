"""`orderctl doctor`: whether targets are ready to be pushed to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orderctl.cli.options import Configured, Printing, Reaching, Sandbox, StateDir, Verbose

if TYPE_CHECKING:
    from orderctl.config import Config, Target
    from orderctl.doctor import Diagnosis


class Doctor(Printing, Configured):
    """The flags of a check."""

    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...", help="Targets or systems; else all that are configured.", show_default=False
        ),
    ] = None
    sandbox: Sandbox = False
    state_dir: StateDir = None
    verbose: Verbose = False


def doctor(asked: Doctor) -> int:
    """Check configuration, credentials, host and clock.

    With one harmless call to each system; its rate limit and the journal are told too.
    Nothing is changed at the vendor. Exit code 4 where it refuses, 5 where it cannot be reached.

    Example: orderctl doctor webship --sandbox
    """
    import os

    from orderctl.config import load
    from orderctl.doctor import diagnose, exit_code
    from orderctl.report.document import print_document
    from orderctl.report.text import put, say
    from orderctl.report.visible import visible

    loaded = load(asked.config, os.environ)
    names = _names(asked.targets, loaded, os.environ, sandbox=asked.sandbox)
    found = [diagnose(name, _opening(name, asked), _where(name, loaded, sandbox=asked.sandbox)) for name in names]
    code = exit_code(found)
    if asked.as_json:
        print_document(_document(found, code))
    else:
        put("".join(f"{visible(line)}\n" for line in _table(found)))
    if code:
        say(f"Not ready: {', '.join(each.name for each in found if not all(check.ok for check in each.checks))}")
    return code


def _opening(name: str, asked: Doctor) -> "Callable[[bool], AbstractContextManager[Target]]":
    """What opens one target, with credentials when asked for."""
    from orderctl.cli.targets import target_of

    reached = Reaching(to=name, sandbox=asked.sandbox, config=asked.config, state_dir=asked.state_dir)
    return lambda need_credentials: target_of(reached, need_credentials=need_credentials)


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
                "checks": [
                    {"check": check.check, "ok": check.ok, "message": check.message.replace("\n", "; ")}
                    for check in each.checks
                ],
            }
            for each in found
        ],
    }


def _table(found: "Sequence[Diagnosis]") -> Iterator[str]:
    """The table: target, check, result, message; each line of a message on one of its own."""
    rows = [("target", "check", "result", "found")]
    for each in found:
        for check in each.checks:
            first, *more = _plain(check.message).split("\n")
            rows += [(each.name, check.check, check.word, first), *(("", "", "", line) for line in more)]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[3]])


def _plain(message: str) -> str:
    """The message without the word that the table has in a column of its own."""
    return message.removeprefix("warning: ")
