"""What `validate --json` prints, and its `json` report.

Knows findings as values.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from orderctl.report.document import finding_document
from orderctl.report.row import Row, Run
from orderctl.report.spool import Spool, rendered

if TYPE_CHECKING:
    from orderctl.validate import Tally


class Findings:
    """The findings of a validation; beyond `most` they are only counted, and `left_out` says how many."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._kept = Spool()
        self._left_out = 0

    def add(self, row: Row) -> None:
        """Take one order's findings."""
        for finding in row.findings:
            if self._most is None or len(self._kept) < self._most:
                self._kept.add(finding_document(finding))
            else:
                self._left_out += 1

    def chunks(self, run: Run) -> Iterator[bytes]:
        """One JSON document."""
        document: dict[str, Any] = {
            "schema": "orderctl.validate/1",
            "ok": run.exit_code == 0,
            "exit_code": run.exit_code,
            "summary": run.summary,
            "findings": self._kept,
        }
        yield from rendered(document if self._most is None else {**document, "left_out": self._left_out})


def tally_summary(tally: "Tally") -> dict[str, int]:
    """The `summary` of `orderctl.validate/1`."""
    return {name: getattr(tally, name) for name in ("orders", "valid", "invalid", "errors", "warnings")}
