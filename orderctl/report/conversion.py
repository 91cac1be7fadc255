"""The conversion report: one entry per change of meaning, counted and grouped for people.

Knows changes and findings as values; converts nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orderctl.findings import Change, Finding
from orderctl.paths import spell
from orderctl.report.document import change_document, finding_documents
from orderctl.report.text import count

if TYPE_CHECKING:
    from orderctl.intake import Incoming

_SHOWN = 40
"""How many kinds of change a summary lists."""


@dataclass(slots=True)
class Conversion:
    """What a conversion met, order by order."""

    orders: int = 0
    refused: int = 0
    losses: int = 0
    notes: int = 0
    warnings: int = 0
    shapes: dict[str, None] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    kinds: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(
        self, incoming: "Incoming", findings: Sequence[Finding], changes: Sequence[Change], *, refused: bool
    ) -> None:
        """Count one order, with what was found and what changed."""
        self.orders += 1
        self.refused += refused
        self.findings.extend(findings)
        self.warnings += sum(finding.severity == "warning" for finding in findings)
        if incoming.shape is None or incoming.document is None:
            return
        self.shapes[incoming.shape.name] = None
        identity = incoming.shape.identity(incoming.document)
        for change in changes:
            self.losses += change.lost
            self.notes += not change.lost
            self.kinds[change.kind, _place(change), change.reason] += 1
            record = incoming.record
            self.entries.append(
                change_document(
                    change,
                    order=identity.key or identity.number,
                    index=record.index,
                    file=record.file,
                    shape=incoming.shape.name,
                )
            )

    def fails(self, *, strict: bool) -> bool:
        """Whether the conversion has findings: a refused order or, when strict, a loss or a warning."""
        return bool(self.refused or (strict and (self.losses or self.warnings)))

    def document(self, target: str) -> dict[str, Any]:
        """What `--report losses=` writes and `convert --json` prints."""
        return {
            "schema": "orderctl.conversion/1",
            "from": list(self.shapes),
            "to": target,
            "summary": {
                "orders": self.orders,
                "converted": self.orders - self.refused,
                "refused": self.refused,
                "losses": self.losses,
                "notes": self.notes,
            },
            "entries": self.entries,
            "findings": finding_documents(self.findings),
        }

    def summary(self, target: str) -> Iterator[str]:
        """Lines for people: the counts, then the changes by kind and place."""
        origin = " and ".join(self.shapes) or "no known shape"
        yield (
            f"{count(self.orders, 'order')} from {origin} to {target}: {self.orders - self.refused:,} converted, "
            f"{self.refused:,} refused; {count(self.losses, 'loss', 'losses')}, {count(self.notes, 'note')}"
        )
        for (kind, place, reason), number in self.kinds.most_common(_SHOWN):
            yield f"  {number:>5,} {kind:<12} {place}: {reason}"
        if len(self.kinds) > _SHOWN:
            yield f"  and {len(self.kinds) - _SHOWN:,} more; --report losses=PATH has all of them"


def _place(change: Change) -> str:
    path = change.source or change.target or ()
    blank = tuple(0 if isinstance(part, int) else part for part in path)
    return spell(blank).replace("[0]", "[n]")
