"""`orderctl plan`, `status`, `reconcile`: what a push would do, what was done, and what is still open."""

from typing import Annotated

import typer

from orderctl.cli.options import Choosing, Printing, Reaching, Reading, Sending, Strict, Telling


class Plan(Telling, Printing, Choosing, Reaching, Reading):
    """The flags of a plan."""

    strict: Strict = False


class Status(Telling, Printing, Reaching):
    """The flags of a look into the journal."""

    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="Keys or order numbers.")] = None


class Reconcile(Telling, Printing, Sending):
    """The flags of settling what is unknown."""


def plan(asked: Plan) -> int:
    """Say what a push would do with each order; nothing is sent.

    It goes by the journal alone and needs no network.

    Example: orderctl plan samples/webship/orders.json --to webship --sandbox
    """
    from orderctl.cli.planning import run_plan

    return run_plan(asked)


def status(asked: Status) -> int:
    """Say what became of each order that was pushed.

    The journal knows its last outcome, when that was, the attempts and the id that the system gave it.

    Example: orderctl status --to webship --sandbox 123ABC
    """
    from orderctl.cli.planning import run_status

    return run_status(asked)


def reconcile(asked: Reconcile) -> int:
    """Settle unknown orders by asking the system.

    Nothing is written there. Webship cannot be asked: push again instead, which is safe.

    Example: orderctl reconcile --to webship --sandbox
    """
    from orderctl.cli.planning import run_reconcile

    return run_reconcile(asked)
