"""The commands by name; each lies in a module of its own and imports what it needs when it runs."""

from typing import Annotated

import typer

from orderctl import __version__
from orderctl.cli import configuration, convert, describe, doctor, init, journal, push, sandbox, serve, validate

app = typer.Typer(
    name="orderctl",
    help="Validate, convert and push orders between Webship, ShipStation and Starshipit.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"orderctl {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Validate, convert and push orders between Webship, ShipStation and Starshipit."""


app.command("push")(push.push)
app.command("validate")(validate.validate)
app.command("plan")(journal.plan)
app.command("status")(journal.status)
app.command("reconcile")(journal.reconcile)
app.command("convert")(convert.convert)
app.command("sandbox")(sandbox.sandbox)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("init")(init.init)
app.command("detect")(describe.detect)
app.command("fields")(describe.fields)
app.command("schema")(describe.schema)
app.command("explain")(describe.explain)
app.add_typer(configuration.commands, name="config")
