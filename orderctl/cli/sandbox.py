"""`orderctl sandbox`: a local server that stands in for the three systems."""

from typing import Annotated

from orderctl.cli.options import Configured, StateDir, Verbose, flag
from orderctl.cli.serve import Host, Port


class Sandbox(Configured):
    """The flags of the sandbox."""

    host: Host = "127.0.0.1"
    port: Port = 8800
    store: Annotated[
        str | None,
        flag("--store", help="Where its orders lie; else where push --sandbox puts them.", metavar="PATH"),
    ] = None
    fault: Annotated[
        list[str] | None,
        flag(
            "--fault",
            help="A fault to show, such as webship:503:0.1 or shipstation:timeout-after-commit:1/50; repeatable.",
            metavar="SPEC",
        ),
    ] = None
    no_limits: Annotated[bool, flag("--no-limits", help="Do not keep to the systems' rate limits.")] = False
    seed: Annotated[int, flag("--seed", help="What decides which requests meet a fault.", metavar="N")] = 0
    state_dir: StateDir = None
    verbose: Verbose = False


def sandbox(asked: Sandbox) -> int:
    """Stand in for the three systems on this machine.

    It runs until Ctrl-C and goes by the vendors' documents, not by their servers. Its page shows what arrived.

    Example: orderctl sandbox --port 8800 --fault webship:503:0.1
    """
    import os
    from pathlib import Path

    from orderctl.config import load
    from orderctl.errors import Exit
    from orderctl.sandbox import serve

    state = Path(asked.state_dir) if asked.state_dir else load(asked.config, os.environ).state_dir
    store = Path(asked.store) if asked.store else state / "sandbox.sqlite"
    faults, limits = asked.fault or (), not asked.no_limits
    serve(asked.host, asked.port, store=store, faults=faults, limits=limits, seed=asked.seed, say=_print)
    return Exit.INTERRUPTED  # only Ctrl-C lets the server return


def _print(line: str) -> None:
    """Print a line, to be seen at once and to be copied."""
    import sys

    from orderctl.report.text import say

    say(line, sys.stdout)
