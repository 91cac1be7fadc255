"""`orderctl plan`, `status`, `reconcile`: what a push would do, what was done, and what is still open."""

from typing import Annotated

import typer

from orderctl.cli import options
from orderctl.cli.options import Format, flag


def plan(
    files: options.Files,
    to: options.To,
    shape: options.From = None,
    input_format: options.Input = None,
    sandbox: options.Sandbox = False,
    only: options.Only = None,
    status: options.StatusWords = None,
    format: options.OutputFormat = Format.TEXT,
    json: options.Json = False,
    strict: options.Strict = False,
    allow_empty: options.AllowEmpty = False,
    config: options.ConfigPath = None,
    state_dir: options.StateDir = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Say what a push would do with each order, from the journal alone; nothing is sent.

    Example: orderctl plan samples/webship/orders.json --to webship --sandbox
    """
    from orderctl.cli.planning import Asked, run_plan

    given = locals()
    asked = {name: given[name] for name in Asked.__dataclass_fields__ if name in given}
    return run_plan(Asked(**{**asked, "as_json": json or format is Format.JSON}))


def status(
    to: options.To,
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="Keys or order numbers.")] = None,
    sandbox: options.Sandbox = False,
    format: options.OutputFormat = Format.TEXT,
    json: options.Json = False,
    config: options.ConfigPath = None,
    state_dir: options.StateDir = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Say what the journal knows: each order's last outcome, its remote id, when, and the attempts.

    Example: orderctl status --to webship --sandbox 123ABC
    """
    from orderctl.cli.planning import Asked, run_status

    asked = Asked(
        to=to, sandbox=sandbox, config=config, state_dir=state_dir, quiet=quiet, as_json=json or format is Format.JSON
    )
    return run_status(asked, keys or [])


def reconcile(
    to: options.To,
    sandbox: options.Sandbox = False,
    max_attempts: Annotated[int, flag("--max-attempts", help="How often one question is asked.", min=1)] = 3,
    rate: Annotated[str | None, flag("--rate", help="At most so many requests.", metavar="N/second|minute")] = None,
    timeout: Annotated[float, flag("--timeout", help="Bounds one whole request.", metavar="SECONDS", min=0.1)] = 60.0,
    settle: Annotated[
        float | None,
        flag("--settle", help="How long an unanswered request may still take effect.", metavar="SECONDS", min=0),
    ] = None,
    lock_wait: Annotated[
        float, flag("--lock-wait", help="Wait so long for another run to end.", metavar="SECONDS", min=0)
    ] = 0.0,
    format: options.OutputFormat = Format.TEXT,
    json: options.Json = False,
    config: options.ConfigPath = None,
    state_dir: options.StateDir = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> int:
    """Settle unknown orders by asking the system, where it can be asked; nothing is written there.

    Example: orderctl reconcile --to webship --sandbox
    """
    from orderctl.cli.planning import Asked, run_reconcile
    from orderctl.push import Options

    asked = Asked(
        to=to, sandbox=sandbox, config=config, state_dir=state_dir, quiet=quiet, as_json=json or format is Format.JSON
    )
    how = Options(max_attempts=max_attempts, rate=rate, timeout=timeout, settle=settle, lock_wait=lock_wait)
    return run_reconcile(asked, how)
