"""What a conversion changed and refused, counted and grouped for people.

Knows changes and findings as values; converts nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from orderctl.findings import LOSSES, Change, Finding, Kind
from orderctl.mapping.changes import Changes, Mark, spell_lines, tell
from orderctl.report.text import count

_SHOWN = 40
"""How many kinds of change a summary lists."""
_REMEMBERED = 1024
"""How many sets of changes that orders have in common are counted as one each."""


@dataclass(slots=True)
class Conversion:
    """What a conversion met, counted."""

    target: str
    orders: int = 0
    refused: int = 0
    warnings: int = 0
    shapes: dict[str, None] = field(default_factory=dict)
    _kinds: Counter[tuple[Kind, str, str]] = field(default_factory=Counter)
    _alike: dict[tuple[Mark, ...], int] = field(default_factory=dict)

    def count(self, outcome: str, shape: str | None, findings: Sequence[Finding], changes: Sequence[Change]) -> None:
        """Count one order; its changes are not spelled out for that."""
        self.orders += 1
        self.refused += outcome in ("refused", "invalid")
        self.warnings += sum(finding.severity == "warning" for finding in findings)
        if shape is not None:
            self.shapes[shape] = None
        marks = changes.marks if isinstance(changes, Changes) else None
        if marks in self._alike:
            self._alike[marks] += 1
        elif marks is not None and tell(marks) is not None and len(self._alike) < _REMEMBERED:
            self._alike[marks] = 1
        else:
            self.kinds.update(changes.told() if isinstance(changes, Changes) else map(_told, changes))

    def merge(self, other: "Conversion") -> None:
        """Count what another one counted."""
        for name in ("orders", "refused", "warnings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.shapes |= other.shapes
        self.kinds.update(other.kinds)

    @property
    def kinds(self) -> Counter[tuple[Kind, str, str]]:
        """How often each change was made, in the order in which they were first met."""
        for marks, times in self._alike.items():
            for told in tell(marks) or ():
                self._kinds[told] += times
        self._alike.clear()
        return self._kinds

    @property
    def losses(self) -> int:
        """How many changes lose something."""
        return sum(number for (kind, _, _), number in self.kinds.items() if kind in LOSSES)

    @property
    def notes(self) -> int:
        """How many changes lose nothing."""
        return self.kinds.total() - self.losses

    def fails(self, *, strict: bool) -> bool:
        """Whether the conversion has findings: a refused order or, when strict, a loss or a warning."""
        return bool(self.refused or (strict and (self.losses or self.warnings)))

    def counts(self) -> dict[str, int]:
        """The summary of the report."""
        return {
            "orders": self.orders,
            "converted": self.orders - self.refused,
            "refused": self.refused,
            "losses": self.losses,
            "notes": self.notes,
        }

    def summary(self) -> Iterator[str]:
        """Lines for people: the counts, then the changes by kind and place."""
        origin = f" from {' and '.join(self.shapes) or 'no known shape'}" if self.orders else ""
        yield (
            f"{count(self.orders, 'order')}{origin} to {self.target}: {self.orders - self.refused:,} converted, "
            f"{self.refused:,} refused; {count(self.losses, 'loss', 'losses')}, {count(self.notes, 'note')}"
        )
        for (kind, place, reason), number in self.kinds.most_common(_SHOWN):
            yield f"  {number:>5,} {kind:<12} {place}: {reason}"
        if len(self.kinds) > _SHOWN:
            yield f"  and {len(self.kinds) - _SHOWN:,} more; --report losses=PATH has all of them"


def place_of(change: Change) -> str:
    """Where a change is, the same for every line of a list: `items[n].sku`."""
    return spell_lines(change.source or change.target or ())


def _told(change: Change) -> tuple[Kind, str, str]:
    return change.kind, place_of(change), change.reason
