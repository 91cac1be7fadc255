"""`orderctl validate`: checks orders against the documented field rules."""

from typing import Annotated, Literal

from orderctl.cli import completion, options
from orderctl.cli.options import Colour, flag

For = Annotated[
    str | None,
    flag(
        "--for",
        help="Judge as these shapes, after conversion: SHAPE[,SHAPE].",
        metavar="SHAPES",
        autocompletion=completion.shapes,
    ),
]
FindingsFormat = Annotated[
    Literal["text", "json", "github"],
    flag("--format", help="How the findings are printed; github makes annotations in GitHub Actions."),
]
Reports = Annotated[
    list[str] | None,
    flag(
        "--report",
        help="Write a report to a file: json, junit, sarif or html; may be given several times.",
        metavar="KIND=PATH",
    ),
]
Most = Annotated[
    int | None, flag("--max-findings", help="Show at most so many findings; all are counted.", metavar="N", min=0)
]
Fix = Annotated[bool, flag("--fix", help="Repair what can be repaired without a guess, in the files themselves.")]
Diff = Annotated[bool, flag("--diff", help="Show those repairs as a diff; change nothing.")]


def validate(
    files: options.Files,
    judged_as: For = None,
    shape: options.From = None,
    input_format: options.Input = None,
    format: FindingsFormat = "text",
    json: options.Json = False,
    max_findings: Most = None,
    fix: Fix = False,
    diff: Diff = False,
    report: Reports = None,
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
    if fix or diff:
        from orderctl.cli.fixing import cli_fix, refuse_beside_fix

        refuse_beside_fix(judged_as=judged_as, report=report, format=format, max_findings=max_findings)
        return cli_fix(
            files,
            shape,
            input_format,
            diff=diff,
            as_json=json or format == "json",
            strict=strict,
            allow_empty=allow_empty,
            quiet=quiet,
            verbose=verbose,
            color=color.value,
        )
    from orderctl.cli.validating import Asked, run_validate

    given = locals()
    asked = {name: given[name] for name in Asked.__dataclass_fields__ if name in given}
    return run_validate(Asked(**{**asked, "format": "json" if json else format, "color": color.value}))
