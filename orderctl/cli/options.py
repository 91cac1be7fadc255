"""The flags that mean the same everywhere, declared once, and the groups in which commands take them.

Each that cron may want also reads ORDERCTL_<FLAG>. Knows names and help texts; knows no command.
"""

import errno
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from orderctl.cli import completion
from orderctl.cli.command import Flags
from orderctl.errors import UsageError

if TYPE_CHECKING:
    from orderctl.push import Options


class Format(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


class Colour(StrEnum):
    """Whether lines for people are coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


InputFormat: TypeAlias = Literal["json", "ndjson", "yaml"]
"""What the input is written in, where it cannot be told."""


def flag(name: str, *more: str, help: str, metavar: str | None = None, **rest: Any) -> Any:
    """One option, with its environment variable: of its long name, and of the first one where that is another."""
    names = dict.fromkeys((max((name, *more), key=len), name))
    variables = ["ORDERCTL_" + each.lstrip("-").replace("-", "_").upper() for each in names]
    metavar = metavar or ("N" if "min" in rest else None)
    if metavar in _MEANT:
        rest.setdefault("callback", _MEANT[metavar])
    return typer.Option(name, *more, help=help, metavar=metavar, envvar=variables, show_envvar=False, **rest)


def _at_home(path: str | None) -> str | None:
    """A path whose ~ no shell has expanded, such as one of a variable in a crontab."""
    return path and os.path.expanduser(path)


def _there(path: str | None) -> str | None:
    """A configuration that is named, which must be there also where it is not read. Raises UsageError."""
    path = _at_home(path)
    if path and not os.path.exists(path):
        raise UsageError(f"{path}: the configuration cannot be read: {os.strerror(errno.ENOENT)}")
    return path


def _seconds(given: float | None) -> float | None:
    """Refuse what is no time that a run could wait: infinity, what is no number, and more than a year."""
    if given is None or given <= _YEAR:
        return given
    raise typer.BadParameter(f"{given:g} is no number of seconds up to {_YEAR:,}, a year.")


_YEAR = 365 * 24 * 60 * 60
_MEANT = {"PATH": _at_home, "SECONDS": _seconds}
"""How a value is taken, by the word that stands for it in the help."""


Files: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Paths, globs, directories (their .json .jsonl .ndjson .yaml .yml files), or - for stdin.",
        show_default=False,
    ),
]
From: TypeAlias = Annotated[
    str | None,
    flag(
        "--from",
        help="The shape of the input; else told from each record.",
        metavar="SHAPE",
        autocompletion=completion.shapes,
    ),
]
Input: TypeAlias = Annotated[
    InputFormat | None, flag("--input-format", help="What the input is written in, if it cannot be told.")
]
OutputFormat: TypeAlias = Annotated[Format, flag("--format", help="How the result is printed.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
Strict: TypeAlias = Annotated[bool, flag("--strict", help="Warnings and losses count as findings.")]
AllowEmpty: TypeAlias = Annotated[bool, flag("--allow-empty", help="An input without orders is no error.")]
Quiet: TypeAlias = Annotated[bool, flag("-q", "--quiet", help="No summary and no progress.")]
Verbose: TypeAlias = Annotated[bool, flag("-v", "--verbose", help="Say more; a bug shows its traceback.")]
ColourChoice: TypeAlias = Annotated[Colour, flag("--color", help="Colour for people; NO_COLOR is respected.")]
NoProgress: TypeAlias = Annotated[bool, flag("--no-progress", help="No progress bar.")]
ConfigPath: TypeAlias = Annotated[
    str | None, flag("--config", help="The configuration file.", metavar="PATH", callback=_there)
]
StateDir: TypeAlias = Annotated[str | None, flag("--state-dir", help="Where the journal lies.", metavar="PATH")]
To: TypeAlias = Annotated[
    str,
    flag(
        "--to",
        help="A target of the configuration, or a system: webship, shipstation, starshipit.",
        metavar="TARGET",
        autocompletion=completion.targets,
    ),
]
Sandbox: TypeAlias = Annotated[bool, flag("--sandbox", help="To a local in-process sandbox; needs no configuration.")]
Only: TypeAlias = Annotated[
    list[str] | None,
    flag(
        "--only",
        help="Only the order with this key; may be given several times (in ORDERCTL_ONLY, keys with blanks between).",
        metavar="KEY",
    ),
]
StatusWords: TypeAlias = Annotated[
    str | None,
    flag(
        "--status",
        help="Only orders with one of these statuses, such as pending,partial.",
        metavar="WORD[,WORD]",
    ),
]


Jobs: TypeAlias = Annotated[
    int | None,
    flag(
        "--jobs",
        help="Share a large JSON or JSON Lines file among so many processes; else as many as pay, 4 at most.",
        min=1,
    ),
]


class Reading(Flags):
    """Orders from files."""

    files: Files
    shape: From = None
    input_format: Input = None
    allow_empty: AllowEmpty = False


class Sharing(Flags):
    """Work that several processes can share."""

    jobs: Jobs = None


class Choosing(Flags):
    """Some of the orders that were read."""

    only: Only = None
    status: StatusWords = None


class Telling(Flags):
    """Words for people on stderr, fewer or more of them."""

    quiet: Quiet = False
    verbose: Verbose = False


class Showing(Telling):
    """Lines for people, in colour where they want it."""

    color: ColourChoice = Colour.AUTO


class Printing(Flags):
    """A result as text or as JSON."""

    format: OutputFormat = Format.TEXT
    json: Json = False

    @property
    def as_json(self) -> bool:
        """Whether the result is one JSON document."""
        return self.json or self.format is Format.JSON


class Configured(Flags):
    """What the configuration says."""

    config: ConfigPath = None


class Reaching(Configured):
    """One target and its journal."""

    to: To
    sandbox: Sandbox = False
    state_dir: StateDir = None


class Sending(Reaching):
    """A target, and how requests go there."""

    max_attempts: Annotated[int, flag("--max-attempts", help="How often one order is tried.", min=1)] = 3
    rate: Annotated[str | None, flag("--rate", help="At most so many requests.", metavar="N/second|minute")] = None
    timeout: Annotated[float, flag("--timeout", help="Bounds one whole request.", metavar="SECONDS", min=0.1)] = 60.0
    settle: Annotated[
        float | None,
        flag("--settle", help="How long an unanswered request may still take effect.", metavar="SECONDS", min=0),
    ] = None
    lock_wait: Annotated[
        float, flag("--lock-wait", help="Wait so long for another run to end.", metavar="SECONDS", min=0)
    ] = 0.0

    def how(self) -> "Options":
        """These flags as the engine takes them; what a command does not offer keeps the engine's own value."""
        from dataclasses import fields

        from orderctl.push import Options

        return Options(**{each.name: getattr(self, each.name) for each in fields(Options) if hasattr(self, each.name)})
