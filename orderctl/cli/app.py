"""The commands by name; each lies in a module of its own and imports what it needs when it runs."""

from typing import Annotated

import typer

from orderctl import __version__
from orderctl.cli import (
    cluster,
    configuration,
    convert,
    describe,
    doctor,
    init,
    journal,
    push,
    sandbox,
    serve,
    validate,
)
from orderctl.cli.command import command

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


app.command("push")(command(push.push))
app.command("validate")(command(validate.validate))
app.command("plan")(command(journal.plan))
app.command("status")(command(journal.status))
app.command("reconcile")(command(journal.reconcile))
app.command("convert")(command(convert.convert))
app.command("sandbox")(command(sandbox.sandbox))
app.command("serve")(command(serve.serve))
app.command("doctor")(command(doctor.doctor))
app.command("init")(command(init.init))
app.command("detect")(command(describe.detect))
app.command("fields")(command(describe.fields))
app.command("schema")(command(describe.schema))
app.command("explain")(command(describe.explain))
app.add_typer(configuration.commands, name="config")
app.command("worker")(command(cluster.worker))
app.add_typer(cluster.queue, name="queue")
app.add_typer(cluster.journal, name="journal")
