"""`orderctl convert`: converts orders to another shape and reports what changed."""

from typing import Annotated

import typer

from orderctl.cli import completion, options
from orderctl.cli.options import Colour, Format, flag

ToShape = Annotated[
    str, flag("--to", help="The shape to convert to.", metavar="SHAPE", autocompletion=completion.shapes)
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", help="Where the orders go; - is stdout.", metavar="PATH", envvar="ORDERCTL_OUTPUT"),
]
OutputForm = Annotated[
    options.InputFormat | None,
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


def convert(
    files: options.Files,
    to: ToShape,
    output: Output = None,
    output_format: OutputForm = None,
    shape: options.From = None,
    input_format: options.Input = None,
    only: options.Only = None,
    status: options.StatusWords = None,
    format: options.OutputFormat = Format.TEXT,
    json: options.Json = False,
    report: Reports = None,
    strict: options.Strict = False,
    allow_empty: options.AllowEmpty = False,
    config: options.ConfigPath = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    color: options.ColourChoice = Colour.AUTO,
) -> int:
    """Convert orders to another shape; every change of meaning is reported.

    Example: orderctl convert samples/webship/orders.json --to shipstation -o orders.json --report losses=losses.json
    """
    from orderctl.cli.converting import Asked, run_convert

    given = locals()
    asked = {name: given[name] for name in Asked.__dataclass_fields__ if name in given}
    return run_convert(Asked(**{**asked, "as_json": json or format is Format.JSON, "color": color.value}))
