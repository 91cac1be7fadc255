"""`orderctl serve`: the webhook side of Webship."""

from typing import Annotated

import typer

from orderctl.cli import options
from orderctl.cli.options import flag

Host = Annotated[str, flag("--host", help="The address to listen at.", metavar="HOST")]
Port = Annotated[int, flag("--port", help="The port to listen at; 0 takes a free one.", min=0, max=65535)]


_Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE|DIR...", help="Files of orders, globs, or directories of them.", show_default=False),
]


def serve(
    files: _Files,
    secret_from: Annotated[
        str,
        flag(
            "--secret-from",
            help="The environment variable, or the file, that holds the secret you chose in Webship.",
            metavar="ENV|FILE",
        ),
    ],
    host: Host = "127.0.0.1",
    port: Port = 8080,
    shipments: Annotated[
        str | None,
        flag(
            "--shipments",
            help="Where shipments are kept, one JSON line each; else shipments.jsonl in the state directory.",
            metavar="PATH",
        ),
    ] = None,
    shape: options.From = None,
    input_format: options.Input = None,
    allow_empty: options.AllowEmpty = False,
    config: options.ConfigPath = None,
    state_dir: options.StateDir = None,
    quiet: Annotated[bool, flag("-q", "--quiet", help="No line per request.")] = False,
    verbose: options.Verbose = False,
) -> int:
    """Answer Webship's webhooks List Orders, Get Order and Update Order from files of orders.

    Orders may be in any shape. Those that are ready to ship are listed, and files are read again when they change.
    What Webship says was shipped is kept in a file of shipments and leaves the list.

    Example: WEBHOOK_SECRET=... orderctl serve samples/webship --secret-from WEBHOOK_SECRET --shipments shipped.jsonl
    """
    import os
    from pathlib import Path

    from orderctl.cli.prepare import settings_of
    from orderctl.config import load
    from orderctl.errors import Exit
    from orderctl.report.text import say
    from orderctl.serve import Asked
    from orderctl.serve import serve as run

    loaded = load(config, os.environ)
    kept = Path(shipments) if shipments else Path(state_dir or loaded.state_dir) / "shipments.jsonl"
    settings = settings_of(loaded.defaults, loaded.maps)
    asked = Asked(files, kept, secret_from, settings, shape, input_format, allow_empty)
    run(asked, host, port, os.environ, say, _nothing if quiet else say)
    return Exit.INTERRUPTED  # only Ctrl-C lets the server return


def _nothing(line: str) -> None:
    """Say nothing."""
