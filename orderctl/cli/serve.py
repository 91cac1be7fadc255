"""`orderctl serve`: the webhook side of Webship."""

from typing import Annotated

import typer

from orderctl.cli.options import Configured, Reading, StateDir, Verbose, flag

Host = Annotated[str, flag("--host", help="The address to listen at.", metavar="HOST")]
Port = Annotated[int, flag("--port", help="The port to listen at; 0 takes a free one.", min=0, max=65535)]


class Serve(Configured, Reading):
    """The flags of the webhook server."""

    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|DIR...", help="Files of orders, globs, or directories of them.", show_default=False
        ),
    ]
    secret_from: Annotated[
        str,
        flag(
            "--secret-from",
            help="The environment variable, or the file, that holds the secret you chose in Webship.",
            metavar="ENV|FILE",
        ),
    ]
    host: Host = "127.0.0.1"
    port: Port = 8080
    shipments: Annotated[
        str | None,
        flag(
            "--shipments",
            help="Where shipments are kept, one JSON line each; else shipments.jsonl in the state directory.",
            metavar="PATH",
        ),
    ] = None
    state_dir: StateDir = None
    quiet: Annotated[bool, flag("-q", "--quiet", help="No line per request.")] = False
    verbose: Verbose = False


def serve(asked: Serve) -> int:
    """Answer Webship's webhooks from files of orders.

    List Orders, Get Order and Update Order; Webship calls them. Orders may be in any shape.

    Those that are ready to ship are listed, and files are read again when they change.
    What Webship says was shipped is kept in a file of shipments and leaves the list.

    Example: WEBHOOK_SECRET=... orderctl serve samples/webship --secret-from WEBHOOK_SECRET --shipments shipped.jsonl
    """
    import os
    from pathlib import Path

    from orderctl import serve as webhooks
    from orderctl.cli.prepare import settings_of
    from orderctl.config import load
    from orderctl.errors import Exit
    from orderctl.report.text import say, silent

    loaded = load(asked.config, os.environ)
    state = Path(asked.state_dir or loaded.state_dir)
    served = webhooks.Asked(
        asked.files,
        Path(asked.shipments) if asked.shipments else state / "shipments.jsonl",
        asked.secret_from,
        settings_of(loaded.defaults, loaded.maps),
        asked.shape,
        asked.input_format,
        asked.allow_empty,
    )
    webhooks.serve(served, asked.host, asked.port, os.environ, say, silent if asked.quiet else say)
    return Exit.INTERRUPTED  # only Ctrl-C lets the server return
