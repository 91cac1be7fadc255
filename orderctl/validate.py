"""Judges records: each under its own shape's rules, or as the shapes that it is to be accepted as.

Knows shapes and conversion; knows no file format and prints nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from orderctl.convert import convert
from orderctl.findings import Finding
from orderctl.identities import Identities
from orderctl.intake import Incoming, placed
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings


@dataclass(slots=True)
class Judged:
    """One record with all that was found, each finding at its place."""

    incoming: Incoming
    findings: list[Finding]

    @property
    def valid(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(slots=True)
class Tally:
    """What a validation counts."""

    orders: int = 0
    valid: int = 0
    invalid: int = 0
    errors: int = 0
    warnings: int = 0
    shapes: dict[str, int] = field(default_factory=dict)

    def add(self, judged: Judged) -> None:
        """Count one record."""
        self.orders += 1
        self.valid += judged.valid
        self.invalid += not judged.valid
        self.errors += sum(finding.severity == "error" for finding in judged.findings)
        self.warnings += sum(finding.severity == "warning" for finding in judged.findings)
        if judged.incoming.shape is not None:
            name = judged.incoming.shape.name
            self.shapes[name] = self.shapes.get(name, 0) + 1


def judge(
    records: Iterable[Incoming], judged_as: Sequence[Shape] = (), settings: Settings | None = None
) -> Iterator[Judged]:
    """Judge every record, in order; a second order of one identity is found at the second."""
    with Identities() as seen:
        for incoming in records:
            yield Judged(incoming, _findings(incoming, judged_as, settings or Settings(), seen))


def _findings(incoming: Incoming, judged_as: Sequence[Shape], settings: Settings, seen: Identities) -> list[Finding]:
    if incoming.fault is not None:
        return [incoming.fault]
    assert incoming.document is not None
    assert incoming.shape is not None
    found: list[Finding] = []
    for target in judged_as or (incoming.shape,):
        if target is incoming.shape:
            key = target.identity(incoming.document).key
            found.extend(target.check(incoming.document))
        else:
            converted = convert(incoming.document, incoming.shape, target, settings)
            key = converted.key
            found.extend(converted.findings)
        found.extend(_repeated(key, incoming, target, seen))
    here = [placed(finding, incoming.record) for finding in found]
    return sorted(here, key=lambda finding: (finding.line or 0, finding.column or 0))


def _repeated(key: str | None, incoming: Incoming, target: Shape, seen: Identities) -> list[Finding]:
    """A finding where an order before this one has the same identity in the target."""
    if key is None or not key.strip():
        return []
    first = seen.first(f"{target.name} {key}", f"{incoming.record.file}:{incoming.record.line}")
    return [] if first is None else [duplicate(key, first, incoming)]


def duplicate(key: str, first: str, incoming: Incoming) -> Finding:
    """The finding for a second order of one identity; the second would overwrite the first."""
    assert incoming.shape is not None
    path = incoming.shape.where(("id",)) or incoming.shape.where(("number",)) or ()
    message = f'found "{key}", which stands at {first} too; the second would overwrite the first'
    return incoming.shape.finding("duplicate-order", path, message, incoming.document)
