"""The commands by name, and where each lies: only the one that is asked for is imported and given its flags."""

from importlib import import_module
from typing import Annotated

import typer

from orderctl import __version__
from orderctl.cli.command import command

COMMANDS = {
    "push": "push:push",
    "validate": "validate:validate",
    "plan": "journal:plan",
    "status": "journal:status",
    "reconcile": "journal:reconcile",
    "convert": "convert:convert",
    "sandbox": "sandbox:sandbox",
    "serve": "serve:serve",
    "doctor": "doctor:doctor",
    "init": "init:init",
    "detect": "describe:detect",
    "fields": "describe:fields",
    "schema": "describe:schema",
    "explain": "describe:explain",
    "config": "configuration:commands",
    "worker": "cluster:worker",
    "queue": "cluster:queue",
    "journal": "cluster:journal",
}
"""Every command in the order of the help, with its module and its function, or the group that it is."""


def app(word: str | None = None) -> typer.Typer:
    """The command line with the one command that a word names, which starts sooner; with all of them for any other."""
    made = typer.Typer(
        name="orderctl",
        help="Validate, convert and push orders between Webship, ShipStation and Starshipit.",
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_root)
    for name in (word,) if word in COMMANDS else COMMANDS:
        module, _, attribute = COMMANDS[str(name)].partition(":")
        found = getattr(import_module(f"orderctl.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            made.add_typer(found, name=name)
        else:
            made.command(name)(command(found))
    return made


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"orderctl {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Validate, convert and push orders between Webship, ShipStation and Starshipit."""
