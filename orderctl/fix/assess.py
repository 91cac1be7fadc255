"""Which repairs of one document hold together: each takes its finding away, and none brings another.

Knows shapes and their checks; knows no file. A repair that would show a fault that was hidden is left, with that
fault as its reason; only sums that can be made now may disagree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from orderctl.findings import Finding, Severity
from orderctl.fix.repair import Left, Repair
from orderctl.fix.safe import propose, propose_phones
from orderctl.mapping.shape import Shape
from orderctl.paths import Path, spell

Fault: TypeAlias = tuple[str, Path, Severity]
RECKONED = frozenset({"absurd-weight", "sums-differ"})
"""What may show only once a number can be read; that the number was repaired is not to blame for it."""
_AFTERMATH = 2
"""How many rounds of repairs may follow one: a country's code asks for the state's."""


@dataclass(slots=True)
class Assessed:
    """A document with its safe repairs: what is repaired, what is left, and the document that comes of it."""

    document: Any
    repairs: list[Repair] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def repairs(document: Mapping[str, Any], shape: Shape) -> list[Repair]:
    """The safe repairs of one document, in the order of its findings."""
    return assess(document, shape).repairs


def assess(document: Mapping[str, Any], shape: Shape, barred: Mapping[Path, str] | None = None) -> Assessed:
    """The safe repairs of one document, and what is left; `barred` places are left for the reason given."""
    findings = shape.check(document)
    work = _Work(document, shape, {_fault(finding) for finding in findings}, barred or {})
    batch = work.sifted([*propose(document, shape, findings), *propose_phones(document, shape)])
    if batch:
        work.accept(batch)
    return Assessed(work.document, work.repairs, work.left)


class _Work:
    """One document under repair, and the faults that it had from the start."""

    def __init__(
        self, document: Mapping[str, Any], shape: Shape, known: set[Fault], barred: Mapping[Path, str]
    ) -> None:
        self.document: Any = document
        self.shape = shape
        self.known = known
        self.barred = barred
        self.repairs: list[Repair] = []
        self.left: list[Left] = []

    def sifted(self, proposed: Iterable[Repair | Left]) -> list[Repair]:
        """The repairs among proposals; what is left is noted."""
        kept = []
        for each in proposed:
            if isinstance(each, Left):
                self.left.append(each)
            elif each.path in self.barred:
                self.left.append(Left(each.path, each.before, self.barred[each.path]))
            else:
                kept.append(each)
        return kept

    def accept(self, batch: list[Repair]) -> None:
        """Make all repairs that bring no new fault; those that do are found by halving."""
        document, made, excess = self._tried(batch)
        if not excess:
            self.document = document
            self.repairs.extend(made)
            return
        blamed = {finding.path: finding for finding in excess}
        rest = [repair for repair in batch if repair.path not in blamed]
        if len(rest) < len(batch):
            self._leave([repair for repair in batch if repair.path in blamed], blamed)
            if rest:
                self.accept(rest)
        elif len(batch) == 1:
            self._leave(batch, {batch[0].path: excess[0]})
        else:
            self.accept(batch[: len(batch) // 2])
            self.accept(batch[len(batch) // 2 :])

    def _tried(self, batch: list[Repair]) -> tuple[Any, list[Repair], list[Finding]]:
        """The document with some repairs and those that follow from them, and the findings they bring or keep."""
        made = list(batch)
        document = replaced(self.document, made)
        for _ in range(_AFTERMATH):
            excess = self._excess(document, made)
            more = [
                each
                for each in propose(document, self.shape, excess)
                if isinstance(each, Repair)
                and each.path not in self.barred
                and each.path not in {repair.path for repair in made}
            ]
            if not more:
                return document, made, excess
            made += more
            document = replaced(document, more)
        return document, made, self._excess(document, made)

    def _excess(self, document: Any, made: list[Repair]) -> list[Finding]:
        cured = {(repair.code, repair.path) for repair in made}
        found = self.shape.check(document)
        return [
            each
            for each in found
            if (_fault(each) not in self.known and each.code not in RECKONED) or (each.code, each.path) in cured
        ]

    def _leave(self, batch: list[Repair], blamed: Mapping[Path, Finding]) -> None:
        for repair in batch:
            finding = blamed[repair.path]
            reason = f"written as {repair.after}, there would be a finding at {spell(finding.path)}: {finding.message}"
            self.left.append(Left(repair.path, repair.before, reason))


def replaced(document: Any, made: Iterable[Repair]) -> Any:
    """A copy of a document with the repaired values in their places."""
    copy = _copied(document)
    for repair in made:
        holder = copy
        for part in repair.path[:-1]:
            holder = holder[part]
        holder[repair.path[-1]] = repair.after
    return copy


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _fault(finding: Finding) -> Fault:
    return finding.code, finding.path, finding.severity
