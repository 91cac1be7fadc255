"""What a process that works on a part of a file tells of one record: what is shown, and what the reports are given.

Knows findings and rows as values; knows no process.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from orderctl.findings import Finding
from orderctl.report.row import Row


class Told(Struct, frozen=True):
    """The findings of one record, and its row where a report wants it."""

    findings: Sequence[Finding]
    row: Row | None = None

    def moved(self, by: int) -> "Told":
        """The same of a record that stands so many records further on."""
        return Told(_moved(self.findings, by), None if self.row is None else _moved_row(self.row, by))


def _moved(findings: Sequence[Finding], by: int) -> list[Finding]:
    return [replace(finding, index=(finding.index or 0) + by) for finding in findings]


def _moved_row(row: Row, by: int) -> Row:
    return replace(row, index=row.index + by, findings=_moved(row.findings, by), losses=_moved(row.losses, by))
