"""`orderctl validate`: checks orders against the documented field rules."""

from typing import Annotated, Literal

from orderctl.cli import completion
from orderctl.cli.options import Configured, Json, NoProgress, Reading, Sharing, Showing, Strict, flag

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


class Validate(Showing, Configured, Sharing, Reading):
    """The flags of a validation."""

    judged_as: For = None
    format: FindingsFormat = "text"
    json: Json = False
    max_findings: Most = None
    fix: Fix = False
    diff: Diff = False
    report: Reports = None
    strict: Strict = False
    no_progress: NoProgress = False

    @property
    def form(self) -> str:
        """How the findings are printed."""
        return "json" if self.json else self.format


def validate(asked: Validate) -> int:
    """Check orders against the rules that the systems document.

    Without --for, each record is judged under its own shape.

    Example: orderctl validate samples/webship/orders.json
    """
    if asked.fix or asked.diff:
        from orderctl.cli.fixing import run_fix

        return run_fix(asked)
    from orderctl.cli.validating import run_validate

    return run_validate(asked)
