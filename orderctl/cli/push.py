"""`orderctl push`: reads, converts if needed, validates and sends; safe to run again."""

from typing import Annotated

from orderctl.cli import options
from orderctl.cli.options import Colour, Format, flag

Reports = Annotated[
    list[str] | None,
    flag(
        "--report",
        help="Write a report to a file: json, failed, losses, junit or html; may be given several times.",
        metavar="KIND=PATH",
    ),
]


def push(
    files: options.Files,
    to: options.To,
    shape: options.From = None,
    input_format: options.Input = None,
    dry_run: Annotated[
        bool, flag("--dry-run", "-n", help="Everything but the network and the journal; shows the requests.")
    ] = False,
    sandbox: options.Sandbox = False,
    only: options.Only = None,
    status: options.StatusWords = None,
    resend: Annotated[bool, flag("--resend", help="Send even what has not changed.")] = False,
    limit: Annotated[int | None, flag("--limit", help="Stop after this many orders sent.", min=1)] = None,
    canary: Annotated[
        int | None, flag("--canary", help="Send this many first; go on only if all are accepted.", min=1)
    ] = None,
    max_time: Annotated[
        float | None, flag("--max-time", help="Stop after this many seconds.", metavar="SECONDS", min=0)
    ] = None,
    max_failures: Annotated[
        int | None, flag("--max-failures", help="Stop after this many orders not accepted.", min=1)
    ] = None,
    max_attempts: Annotated[int, flag("--max-attempts", help="How often one order is tried.", min=1)] = 3,
    rate: Annotated[str | None, flag("--rate", help="At most so many requests.", metavar="N/second|minute")] = None,
    concurrency: Annotated[int, flag("--concurrency", help="Requests in flight at once.", min=1, max=64)] = 4,
    timeout: Annotated[float, flag("--timeout", help="Bounds one whole request.", metavar="SECONDS", min=0.1)] = 60.0,
    settle: Annotated[
        float | None,
        flag("--settle", help="How long an unanswered request may still take effect.", metavar="SECONDS", min=0),
    ] = None,
    lock_wait: Annotated[
        float, flag("--lock-wait", help="Wait so long for another run to end.", metavar="SECONDS", min=0)
    ] = 0.0,
    no_order_key: Annotated[
        bool,
        flag("--no-order-key", help="ShipStation: send no key of our making, and never repeat a request."),
    ] = False,
    format: options.OutputFormat = Format.TEXT,
    json: options.Json = False,
    report: Reports = None,
    strict: options.Strict = False,
    allow_empty: options.AllowEmpty = False,
    config: options.ConfigPath = None,
    state_dir: options.StateDir = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    color: options.ColourChoice = Colour.AUTO,
    no_progress: options.NoProgress = False,
) -> int:
    """Send orders to a target; what it accepted already and has not changed is not sent again.

    Example: orderctl push samples/webship/orders.json --to webship --sandbox
    """
    from orderctl.cli.pushing import Asked, run_push
    from orderctl.push import Options

    given = locals()
    asked = {name: given[name] for name in Asked.__dataclass_fields__ if name in given}
    how = {name: given[name] for name in Options.__dataclass_fields__ if name in given}
    extra = {"as_json": json or format is Format.JSON, "progress": not (no_progress or quiet), "color": color.value}
    return run_push(Asked(**{**asked, **extra}), Options(**how))
