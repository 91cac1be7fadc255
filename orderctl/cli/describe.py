"""`orderctl detect`, `fields`, `schema`, `explain`: what orderctl knows, and what it makes of a file."""

from typing import Annotated, Literal

import typer

from orderctl.cli import completion
from orderctl.cli.command import Flags
from orderctl.cli.options import AllowEmpty, Files, Input, Json, Printing, Telling, Verbose, flag

FieldsFormat = Annotated[Literal["text", "json", "markdown"], flag("--format", help="How the table is printed.")]


class Detect(Telling, Printing):
    """The flags of a detection."""

    files: Files
    input_format: Input = None
    allow_empty: AllowEmpty = False


def detect(asked: Detect) -> int:
    """Say which shape the orders of each file have, and why.

    Example: orderctl detect samples/webship
    """
    from orderctl.cli.detecting import look_into
    from orderctl.report.document import print_document
    from orderctl.report.text import put
    from orderctl.report.visible import visible

    seen = look_into(asked.files, asked.input_format, allow_empty=asked.allow_empty)
    unclear = any(each.unclear for each in seen)
    if asked.as_json:
        print_document({"schema": "orderctl.detect/1", "files": [each.document() for each in seen]})
    else:
        put("".join(f"{visible(line)}\n" for each in seen for line in each.lines()))
    return 1 if unclear else 0


class Fields(Flags):
    """The flags of a mapping table."""

    shapes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SHAPE [SHAPE]]", help="One shape, or two side by side.", autocompletion=completion.shapes
        ),
    ] = None
    format: FieldsFormat = "text"
    json: Json = False
    verbose: Verbose = False


def fields(asked: Fields) -> int:
    """Show the mapping table of one shape, or of two.

    Two stand side by side, with what is lost between them.

    Example: orderctl fields webship shipstation
    """
    from orderctl import systems
    from orderctl.errors import UsageError
    from orderctl.intake import shape_named
    from orderctl.report.document import print_document
    from orderctl.report.tables import field_table
    from orderctl.report.text import put

    named = [shape_named(name) for name in asked.shapes or ()]
    if len(named) > 2:
        raise UsageError("Name one shape, or two to see them side by side.")
    as_json = asked.json or asked.format == "json"
    if not named and as_json:
        print_document({"schema": "orderctl.fields/1", "shapes": systems.shape_names()})
        return 0
    if not named:
        put("".join(f"{name}\n" for name in systems.shape_names()))
        return 0
    table = field_table(named)
    if as_json:
        print_document(table.document())
    else:
        put(table.markdown() if asked.format == "markdown" else table.text())
    return 0


class Schema(Flags):
    """The flags of a schema."""

    shape: Annotated[str, typer.Argument(metavar="SHAPE", help="The shape.", autocompletion=completion.shapes)]
    verbose: Verbose = False


def schema(asked: Schema) -> int:
    """Print the JSON Schema (2020-12) of one order of a shape.

    Example: orderctl schema webship
    """
    from orderctl.intake import shape_named
    from orderctl.mapping.schema import json_schema
    from orderctl.report.document import print_document

    print_document(json_schema(shape_named(asked.shape)))
    return 0


class Explain(Printing):
    """The flags of an explanation."""

    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="The code of a finding.", autocompletion=completion.codes)
    ] = None
    verbose: Verbose = False


def explain(asked: Explain) -> int:
    """Explain a code: what it says, why, and what to do.

    With an example and the pages that the rule is from. Without a code, all of them.

    Example: orderctl explain state-code
    """
    from orderctl.report.document import print_document
    from orderctl.report.explained import explained, listed
    from orderctl.report.text import put

    if asked.code is None:
        rows = listed()
        if asked.as_json:
            print_document({"schema": "orderctl.explain/1", "codes": rows})
        else:
            put("".join(f"{row['code']:<18} {row['rule']:<14} {row['fault']}\n" for row in rows))
        return 0
    found = explained(asked.code)
    if asked.as_json:
        print_document(found.document())
    else:
        put(found.text())
    return 0
