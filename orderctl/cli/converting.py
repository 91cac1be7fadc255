"""What `convert` does between its flags and its exit code: records, documents, the report.

Knows the parts and their order; each part knows the rest.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from orderctl.cli.prepare import chosen, load_settings, shape_named, wanted
from orderctl.errors import Exit, UsageError
from orderctl.report.conversion import Conversion
from orderctl.report.text import finding_line, piped, say

if TYPE_CHECKING:
    from orderctl.candidates import Choice
    from orderctl.intake import Incoming
    from orderctl.mapping.shape import Shape
    from orderctl.mapping.way import Settings
    from orderctl.report.output import Format


@dataclass(frozen=True, slots=True)
class Asked:
    """The flags of a conversion."""

    files: list[str]
    to: str
    output: str | None = None
    output_format: "Format | None" = None
    shape: str | None = None
    input_format: "Format | None" = None
    only: list[str] | None = None
    status: str | None = None
    as_json: bool = False
    report: list[str] | None = None
    strict: bool = False
    allow_empty: bool = False
    config: str | None = None
    quiet: bool = False
    verbose: bool = False


@dataclass(slots=True)
class Work:
    """One conversion under way: what it is to, what is chosen, and the report that grows with it."""

    target: "Shape"
    settings: "Settings"
    choice: "Choice"
    report: Conversion = field(default_factory=Conversion)

    def documents(self, records: "Iterator[Incoming]") -> Iterator[dict[str, Any]]:
        """The converted documents, in order; what refuses an order is said as it is met."""
        from orderctl.convert import convert
        from orderctl.intake import placed

        for incoming in records:
            if incoming.document is None or incoming.shape is None:
                self._refuse(incoming)
                continue
            converted = convert(incoming.document, incoming.shape, self.target, self.settings)
            identity = incoming.shape.identity(incoming.document)
            if not self.choice.wants(identity.key, identity.number, converted.status):
                continue
            found = [placed(finding, incoming.record) for finding in converted.findings]
            self._say(found)
            self.report.add(incoming, found, converted.changes, refused=converted.document is None)
            if converted.document is not None:
                yield converted.document

    def _refuse(self, incoming: "Incoming") -> None:
        assert incoming.fault is not None
        self._say([incoming.fault])
        self.report.add(incoming, [incoming.fault], [], refused=True)

    @staticmethod
    def _say(findings: list[Any]) -> None:
        for finding in findings:
            if finding.severity != "info":
                say(finding_line(finding))


def run_convert(asked: Asked) -> int:
    """Convert what was asked for; 1 when an order was refused, or with --strict when anything was lost."""
    from orderctl.intake import take_in
    from orderctl.report.document import print_document, write_document
    from orderctl.report.output import chunks, format_for

    kinds = wanted(asked.report, ("losses", "json"))
    target = shape_named(asked.to)
    _check_output(asked)
    work = Work(target, load_settings(asked.config), chosen(asked.only, asked.status))
    records = take_in(asked.files, shape=asked.shape, input_format=asked.input_format, allow_empty=asked.allow_empty)
    first_two = [record for _, record in zip(range(2), records, strict=False)]
    many, every = len(first_two) > 1, chain(first_two, records)
    form = format_for(asked.output, asked.output_format)
    _write(asked.output, chunks(work.documents(every), target, many=many, format=form))
    code = Exit.FINDINGS if work.report.fails(strict=asked.strict) else Exit.OK
    document = work.report.document(target.name)
    for _, path in kinds:
        write_document(path, document)
    if asked.as_json:
        print_document(document)
    if not asked.quiet:
        for line in work.report.summary(target.name):
            say(line)
    return code


def _check_output(asked: Asked) -> None:
    if asked.as_json and asked.output in (None, "-"):
        raise UsageError("--json prints the conversion report, so the orders need a file: add -o PATH.")
    if asked.output in (None, "-"):
        return
    assert asked.output is not None
    for name in asked.files:
        if os.path.exists(asked.output) and os.path.exists(name) and os.path.samefile(asked.output, name):
            raise UsageError(f"-o {asked.output} is an input file too, and would be overwritten. Name another.")


def _write(path: str | None, pieces: Iterator[bytes]) -> None:
    """Write the orders; nothing is written where there is nothing."""
    from orderctl.files import write_bytes

    first = next(pieces, None)
    if first is None:
        return
    every = chain((first,), pieces)
    if path is not None and path != "-":
        write_bytes(path, every)
        return
    with piped():
        for piece in every:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
