"""Judges records: each under its own shape's rules, or as the shapes that it is to be accepted as.

Knows shapes and conversion; knows no file format and prints nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from orderctl.findings import Change, Finding, Severity
from orderctl.identities import Identities, Memory
from orderctl.intake import Incoming, placed
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings
from orderctl.mapping.wording import unsafe_id
from orderctl.paths import Path, look


class Judged(Struct):
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

    def merge(self, other: "Tally") -> None:
        """Count what another one counted."""
        for name in ("orders", "valid", "invalid", "errors", "warnings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, number in other.shapes.items():
            self.shapes[name] = self.shapes.get(name, 0) + number

    def add(self, judged: Judged) -> None:
        """Count one record."""
        self.orders += 1
        valid = True
        for finding in judged.findings:
            if finding.severity == "error":
                self.errors += 1
                valid = False
            elif finding.severity == "warning":
                self.warnings += 1
        self.valid += valid
        self.invalid += not valid
        if judged.incoming.shape is not None:
            name = judged.incoming.shape.name
            self.shapes[name] = self.shapes.get(name, 0) + 1


def judge(
    records: Iterable[Incoming],
    judged_as: Sequence[Shape] = (),
    settings: Settings | None = None,
    *,
    strict: bool = False,
) -> Iterator[Judged]:
    """Judge every record, in order; a second order of one identity is found at the second.

    With `strict`, what is lost on the way to another shape is found too.
    """
    with Identities() as seen:
        yield from judge_by(records, judged_as, settings, seen, strict=strict)


def judge_by(
    records: Iterable[Incoming],
    judged_as: Sequence[Shape],
    settings: Settings | None,
    seen: Memory,
    *,
    strict: bool,
) -> Iterator[Judged]:
    """Judge every record, in order, with a memory of the identities met."""
    settings = settings or Settings()
    for incoming in records:
        findings = [incoming.fault] if incoming.fault else _findings(incoming, judged_as, settings, seen, strict)
        yield Judged(incoming, findings)


def _findings(
    incoming: Incoming, judged_as: Sequence[Shape], settings: Settings, seen: Memory, strict: bool
) -> list[Finding]:
    assert incoming.document is not None
    assert incoming.shape is not None
    found: list[Finding] = []
    for target in judged_as or (incoming.shape,):
        if target is incoming.shape:
            key = target.identity(incoming.document).key
            found += target.check(incoming.document, sound=incoming.sound)
        else:
            from orderctl.convert import convert

            converted = convert(incoming.document, incoming.shape, target, settings, sound=incoming.sound)
            key = converted.key
            found += converted.findings
            found += [loss(change, incoming, target) for change in converted.changes if strict and change.lost]
        if key is not None and (first := _first(key, incoming, target, seen)) is not None:
            found.append(duplicate(key, first, incoming, target))
    if not found:
        return found
    here = [placed(finding, incoming.record) for finding in found]
    return sorted(here, key=lambda finding: (finding.line or 0, finding.column or 0))


def _first(key: str, incoming: Incoming, target: Shape, seen: Memory) -> str | None:
    """Where an order before this one stands that has the same identity in the target."""
    if not key.strip():
        return None
    return seen.first(f"{target.name} {key}", f"{incoming.record.file}:{incoming.record.line}")


def loss(change: Change, incoming: Incoming, target: Shape, severity: Severity = "error") -> Finding:
    """A loss on the way to another shape as a finding, at the value that is lost; at the target's own without one."""
    shape = incoming.shape
    assert shape is not None
    text = f"{change.kind}: {change.reason}"
    found = shape.finding("loss", change.source or change.target or (), text, incoming.document, severity=severity)
    return replace(found, judged_as=target.name)


def duplicate(key: str, first: str, incoming: Incoming, target: Shape) -> Finding:
    """The finding for a second order of one identity in the target, at the field of the source that says it."""
    path = _said_at(key, incoming)
    said = look(incoming.document, path) or key
    message = f'found "{said}", which stands at {first} too; the second would overwrite the first'
    return _of_identity("duplicate-order", path, message, incoming, target)


def unsafe(key: str, incoming: Incoming, target: Shape) -> Finding | None:
    """The finding for an identity that could address another order, at the field of the source that says it."""
    message = unsafe_id(key)
    if message is None:
        return None
    return _of_identity("unsafe-id", _said_at(key, incoming), message, incoming, target)


def _said_at(key: str, incoming: Incoming) -> Path:
    """The field of the source that says an identity in the target; else the one that comes nearest."""
    shape, document = incoming.shape, incoming.document
    assert shape is not None
    places = [place for name in ("id", "number") if (place := shape.where((name,))) is not None]
    places.sort(key=lambda place: (look(document, place) != key, look(document, place) is None))
    return places[0] if places else ()


def _of_identity(code: str, path: Path, message: str, incoming: Incoming, target: Shape) -> Finding:
    shape = incoming.shape
    assert shape is not None
    if target is shape:
        return shape.finding(code, path, message, incoming.document)
    abroad = shape.finding(code, path, message, incoming.document, target=target.where(("id",)))
    return replace(abroad, judged_as=target.name)
