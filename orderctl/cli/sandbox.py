"""`orderctl sandbox`: a local server that stands in for the three systems."""

from typing import Annotated

from orderctl.cli import options
from orderctl.cli.options import flag
from orderctl.cli.serve import Host, Port


def sandbox(
    host: Host = "127.0.0.1",
    port: Port = 8800,
    store: Annotated[
        str | None,
        flag("--store", help="Where its orders lie; else where push --sandbox puts them.", metavar="PATH"),
    ] = None,
    fault: Annotated[
        list[str] | None,
        flag(
            "--fault",
            help="A fault to show, such as webship:503:0.1 or shipstation:timeout-after-commit:1/50; repeatable.",
            metavar="SPEC",
        ),
    ] = None,
    no_limits: Annotated[bool, flag("--no-limits", help="Do not keep to the systems' rate limits.")] = False,
    seed: Annotated[int, flag("--seed", help="What decides which requests meet a fault.")] = 0,
    config: options.ConfigPath = None,
    state_dir: options.StateDir = None,
    verbose: options.Verbose = False,
) -> int:
    """Stand in for Webship, ShipStation and Starshipit on this machine, until Ctrl-C.

    It goes by the vendors' documents, not by their servers. Its page shows what arrived.

    Example: orderctl sandbox --port 8800 --fault webship:503:0.1
    """
    import os
    from pathlib import Path

    from orderctl.config import load
    from orderctl.errors import Exit
    from orderctl.sandbox import serve

    state = Path(state_dir) if state_dir else load(config, os.environ).state_dir
    place = Path(store) if store else state / "sandbox.sqlite"
    serve(host, port, store=place, faults=fault or (), limits=not no_limits, seed=seed, say=_print)
    return Exit.INTERRUPTED  # only Ctrl-C lets the server return


def _print(line: str) -> None:
    """Print a line, to be seen at once and to be copied."""
    import sys

    from orderctl.report.text import say

    say(line, sys.stdout)
