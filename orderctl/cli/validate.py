"""`orderctl validate`: checks orders against the documented field rules."""

from typing import Annotated

from orderctl.cli import options
from orderctl.cli.options import Colour, Format, flag

For = Annotated[
    str | None,
    flag("--for", help="Judge as these shapes, after conversion: SHAPE[,SHAPE].", metavar="SHAPES"),
]


def validate(
    files: options.Files,
    judged_as: For = None,
    shape: options.From = None,
    input_format: options.Input = None,
    format: options.OutputFormat = Format.TEXT,
    json: options.Json = False,
    report: options.Reports = None,
    strict: options.Strict = False,
    allow_empty: options.AllowEmpty = False,
    config: options.ConfigPath = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    color: options.ColourChoice = Colour.AUTO,
) -> int:
    """Check orders against the field rules that the systems document.

    Without --for, each record is judged under its own shape.

    Example: orderctl validate samples/webship/orders.json
    """
    from orderctl.cli.prepare import load_settings, shapes_named, wanted
    from orderctl.cli.validating import show
    from orderctl.intake import take_in
    from orderctl.validate import judge

    kinds = wanted(report, ("json",))
    targets = shapes_named(judged_as)
    settings = load_settings(config) if targets else None
    records = take_in(files, shape=shape, input_format=input_format, allow_empty=allow_empty)
    as_json = json or format is Format.JSON
    judged = judge(records, targets, settings)
    return show(judged, as_json=as_json, reports=kinds, strict=strict, quiet=quiet, color=color.value)
