"""`orderctl convert`: converts orders to another shape and reports what changed."""

from typing import Annotated

from orderctl.cli import completion
from orderctl.cli.options import (
    Choosing,
    Configured,
    InputFormat,
    NoProgress,
    Printing,
    Reading,
    Sharing,
    Showing,
    Strict,
    flag,
)

ToShape = Annotated[
    str, flag("--to", help="The shape to convert to.", metavar="SHAPE", autocompletion=completion.shapes)
]
Output = Annotated[
    str | None,
    flag("--output", "-o", help="Where the orders go; - is stdout.", metavar="PATH"),
]
OutputForm = Annotated[
    InputFormat | None,
    flag("--output-format", help="How the orders are written; else by the suffix of -o, else JSON."),
]
Reports = Annotated[
    list[str] | None,
    flag(
        "--report",
        help="Write a report to a file: losses, junit, sarif or html; may be given several times.",
        metavar="KIND=PATH",
    ),
]


class Convert(Showing, Printing, Choosing, Configured, Sharing, Reading):
    """The flags of a conversion."""

    to: ToShape
    output: Output = None
    output_format: OutputForm = None
    report: Reports = None
    strict: Strict = False
    no_progress: NoProgress = False


def convert(asked: Convert) -> int:
    """Convert orders to another shape, and report what changes.

    Every change of meaning is told; with --strict a loss fails the run.

    Example: orderctl convert samples/webship/orders.yaml --to starshipit -o orders.json
    """
    from orderctl.cli.converting import run_convert

    return run_convert(asked)
