"""`orderctl init`: writes a commented configuration for the systems chosen, from what each says of itself."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from orderctl.cli.command import Flags
from orderctl.cli.options import Verbose, flag

if TYPE_CHECKING:
    from orderctl.systems import System

_HEAD = """\
# The configuration of orderctl for {titles}.
#
# A value may name environment variables as ${{NAME}}; secrets best stay there. Lines that begin with "# " and a key are
# settings that you may want: take the "# " away. `orderctl config check` checks this file, `orderctl config show`
# prints what is in force, and `orderctl doctor` tries it out and changes nothing.

targets:
"""
_TARGET = """\
  # {title}: orderctl push FILE --to {name}
  {name}:
    system: {name}
    base_url: {base_url}
"""
_IDS = "    # The ids that stand in its URLs.\n"
_SECRETS = "    # A secret is a variable, {file: PATH} or {command: [program, argument]}.\n"
_ACCOUNT = """\
    # A name for this account and no other. The journal then still knows what was pushed after a key has changed.
    # account: {name}-main
"""
_PACE = """\
    # The most requests, as N/second or N/minute.
    # rate: {rate}
    # Seconds to wait before an order without a trustworthy answer is looked up or sent again.
    # settle: {settle:g}
"""
_BATCH = """\
    # Orders in one request, up to {limit}.
    # batch: 1
"""
_LABEL = """\
    # A label that stands in every summary: live or sandbox.
    # environment: live
"""
_TAIL = """\

# What fills a required field that an order does not give. Without it such an order is refused, never guessed.
# defaults:
#   timezone: America/Denver
#   currency: USD
#   sender: {name: Albert Jones, line1: 123 Some Street, city: Holladay, region: UT, postal_code: "84117", country: US}

# Words that change on the way, by the system that they go to: the service that a buyer chose, a status.
# maps:
"""
_MAP = """\
#   services:
#     {name}: {{Priority Mail: Standard}}
"""
_STATE = """\

# Where the journal of what was pushed lies; else your user state directory.
# state_dir: ~/.local/state/orderctl
"""


class Init(Flags):
    """The flags of a first configuration."""

    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SYSTEM]...", help="webship, shipstation, starshipit; else all.", show_default=False),
    ] = None
    output: Annotated[
        str, typer.Option("--output", "-o", help="Where the configuration goes; - is stdout.", metavar="PATH")
    ] = "orderctl.yaml"
    force: Annotated[bool, flag("--force", help="Replace a file that is there.")] = False
    verbose: Verbose = False


def init(asked: Init) -> int:
    """Write a commented orderctl.yaml for the systems chosen.

    Secrets stay in environment variables, which it names.

    Example: orderctl init webship shipstation -o orderctl.yaml
    """
    from orderctl.report.text import put, say

    chosen = _systems(asked.names or ())
    text = "".join(_text(chosen))
    if asked.output == "-":
        put(text)
        return 0
    _write(asked.output, text, force=asked.force)
    say(f"Wrote {asked.output}. Next, set the variables that it names and try it out:")
    for line in _next(chosen, asked.output):
        say(f"  {line}")
    return 0


def _systems(names: Sequence[str]) -> "list[System]":
    from orderctl import systems
    from orderctl.config.reading import nearest
    from orderctl.errors import UsageError

    for name in names:
        if name not in systems.names():
            raise UsageError(f'"{name}" is no system; {nearest(name, systems.names())}')
    return [systems.load(name) for name in systems.names() if not names or name in names]


def _text(chosen: "Sequence[System]") -> Iterator[str]:
    """The configuration, piece by piece."""
    yield _HEAD.format(titles=", ".join(system.title for system in chosen))
    for number, system in enumerate(chosen):
        yield "\n" if number else ""
        yield from _target(system)
    yield _TAIL
    yield _MAP.format(name=chosen[0].name)
    yield _STATE


def _target(system: "System") -> Iterator[str]:
    yield _TARGET.format(title=system.title, name=system.name, base_url=system.base_url)
    for comment, settings in ((_IDS, system.settings), (_SECRETS, system.credentials)):
        yield comment if settings else ""
        yield from (f"    {setting.key}: ${{{setting.env}}}\n" for setting in settings)
    yield "" if system.settings else _ACCOUNT.format(name=system.name)
    limit = _batch_limit(system)
    yield _BATCH.format(limit=limit) if limit > 1 else ""
    yield _PACE.format(rate=system.rate, settle=system.settle)
    yield _LABEL


def _batch_limit(system: "System") -> int:
    from importlib import import_module

    limit: int = import_module(system.wire).WIRE.batch_limit
    return limit


def _write(path: str, text: str, *, force: bool) -> None:
    """Write the file for its owner alone; it may come to hold secrets."""
    import os

    from orderctl.errors import UsageError
    from orderctl.files import write_bytes

    def take() -> None:
        """Take the name, which only one of two at the same moment can."""
        if force:
            return
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            there = f"{path}: there already. Name another file with -o, or replace it with --force."
            raise UsageError(there) from None

    write_bytes(path, (text.encode(),), take)
    if os.path.isfile(path):  # a pipe or a device is not ours to close to others
        os.chmod(path, 0o600)


def _next(chosen: "Sequence[System]", path: str) -> Iterator[str]:
    """The commands that come next."""
    import shlex

    for system in chosen:
        yield from (f"export {setting.env}=..." for setting in (*system.settings, *system.credentials))
    config = "" if path == "orderctl.yaml" else f" --config {shlex.quote(path)}"
    yield f"orderctl doctor{config}"
    yield f"orderctl push FILE --to {chosen[0].name} --dry-run{config}"
