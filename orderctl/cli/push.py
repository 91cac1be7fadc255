"""`orderctl push`: reads, converts if needed, validates and sends; safe to run again."""

from typing import Annotated

from orderctl.cli.options import Choosing, NoProgress, Printing, Reading, Sending, Showing, Strict, flag

Reports = Annotated[
    list[str] | None,
    flag(
        "--report",
        help="Write a report to a file: json, failed, losses, junit, sarif or html; may be given several times.",
        metavar="KIND=PATH",
    ),
]


class Push(Showing, Printing, Choosing, Sending, Reading):
    """The flags of a push."""

    dry_run: Annotated[
        bool, flag("--dry-run", "-n", help="Everything but the network and the journal; shows the requests.")
    ] = False
    resend: Annotated[bool, flag("--resend", help="Send even what has not changed.")] = False
    limit: Annotated[int | None, flag("--limit", help="Stop after this many orders sent.", min=1)] = None
    canary: Annotated[
        int | None, flag("--canary", help="Send this many first; go on only if all are accepted.", min=1)
    ] = None
    max_time: Annotated[
        float | None, flag("--max-time", help="Stop after this many seconds.", metavar="SECONDS", min=0)
    ] = None
    max_failures: Annotated[
        int | None, flag("--max-failures", help="Stop after this many orders not accepted.", min=1)
    ] = None
    concurrency: Annotated[int, flag("--concurrency", help="Requests in flight at once.", min=1, max=64)] = 4
    no_order_key: Annotated[
        bool,
        flag("--no-order-key", help="ShipStation: send no key of our making, and never repeat a request."),
    ] = False
    enqueue: Annotated[bool, flag("--enqueue", help="Leave the orders to orderctl worker; needs PostgreSQL.")] = False
    wait: Annotated[bool, flag("--wait", help="With --enqueue: wait, and tell what became of each order.")] = False
    report: Reports = None
    strict: Strict = False
    no_progress: NoProgress = False


def push(asked: Push) -> int:
    """Send orders to a target; the unchanged are not sent again.

    A journal knows what the target accepted, so a run that broke off is simply started again.

    Example: orderctl push samples/webship/orders.json --to webship --sandbox
    """
    from orderctl.cli.pushing import run_push

    return run_push(asked, asked.how())
