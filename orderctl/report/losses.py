"""The conversion report: one entry for each change of meaning, with what was found.

Knows changes and findings as values; converts nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from orderctl.report.conversion import Conversion
from orderctl.report.document import change_document, finding_document
from orderctl.report.row import Row, Run
from orderctl.report.spool import Spool, rendered


class Losses:
    """What `--report losses=` writes and `convert --json` prints."""

    def __init__(self, target: str) -> None:
        self._counts = Conversion(target)
        self._entries = Spool()
        self._findings = Spool()

    def add(self, row: Row) -> None:
        """Take one order, with what was found and what changed."""
        self._counts.count(row.outcome, row.shape, row.findings, row.changes)
        for finding in row.findings:
            self._findings.add(finding_document(finding))
        for entry in _entries(row):
            self._entries.add(entry)

    def chunks(self, run: Run) -> Iterator[bytes]:
        """The whole report, with the keys of SPEC §4."""
        document = {
            "schema": "orderctl.conversion/1",
            "from": list(self._counts.shapes),
            "to": self._counts.target,
            "summary": self._counts.counts(),
            "entries": self._entries,
            "findings": self._findings,
        }
        yield from rendered(document)


def _entries(row: Row) -> Iterator[dict[str, Any]]:
    """The changes of one order, which is named as its own shape names it."""
    if not row.changes or row.shape is None or not isinstance(row.source, Mapping):
        return
    from orderctl import systems

    identity = systems.shape(row.shape).identity(row.source)
    order = identity.key or identity.number
    for change in row.changes:
        yield change_document(change, order=order, index=row.index, file=row.file, shape=row.shape)
