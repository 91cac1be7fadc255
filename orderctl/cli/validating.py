"""What `validate` shows: findings as they are met, a summary, reports.

Knows findings and how they are printed; judges nothing.
"""

import sys
from collections.abc import Iterable, Sequence

from orderctl.errors import Exit
from orderctl.findings import Finding
from orderctl.report.document import print_document, validation_document, write_document
from orderctl.report.text import coloured, count, finding_line, say
from orderctl.validate import Judged, Tally


def show(
    judged: Iterable[Judged],
    *,
    as_json: bool,
    reports: Sequence[tuple[str, str]],
    strict: bool,
    quiet: bool,
    color: str,
) -> int:
    """Print what was found, write the reports, and return the exit code."""
    colour = coloured(color, sys.stdout)
    tally = Tally()
    kept: list[Finding] = []
    for each in judged:
        tally.add(each)
        if as_json or reports:
            kept.extend(each.findings)
        if not as_json:
            for finding in each.findings:
                sys.stdout.write(finding_line(finding, colour=colour) + "\n")
    code = Exit.FINDINGS if tally.invalid or (strict and tally.warnings) else Exit.OK
    document = validation_document(tally, kept, code)
    for _, path in reports:
        write_document(path, document)
    if as_json:
        print_document(document)
    sys.stdout.flush()
    if not quiet:
        say(_summary(tally))
    return code


def _summary(tally: Tally) -> str:
    return (
        f"{count(tally.orders, 'order')}: {tally.valid:,} valid, {tally.invalid:,} invalid; "
        f"{count(tally.errors, 'error')}, {count(tally.warnings, 'warning')}"
    )
