"""Makes candidates for a push: each record converted to what the target takes, judged, and told apart.

Knows conversion and identities; knows no network and no journal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orderctl import systems
from orderctl.convert import convert, meaning
from orderctl.errors import NoInput
from orderctl.findings import Change, Finding
from orderctl.identities import Identities
from orderctl.intake import Incoming, placed
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings
from orderctl.push import Candidate, Meant
from orderctl.validate import duplicate, loss, unsafe


@dataclass(slots=True)
class Choice:
    """Which orders are wanted: by key or number, by canonical status; `left_out` counts the others."""

    only: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    left_out: int = 0
    left_out_by_status: int = 0
    met: set[str] = field(default_factory=set)

    @property
    def chooses(self) -> bool:
        """Whether any order may be left out."""
        return bool(self.only or self.statuses)

    def wants(self, names: Iterable[str | None], status: str | None) -> bool:
        """Whether an order of these keys and numbers is wanted; one whose status cannot be told is."""
        named = self.only.intersection(name for name in names if name is not None)
        if self.only and not named:
            self.left_out += 1
            return False
        self.met |= named
        if self.statuses and status is not None and status not in self.statuses:
            self.left_out_by_status += 1
            return False
        return True

    def merge(self, other: "Choice") -> None:
        """Count what another one left out, and what it met."""
        self.left_out += other.left_out
        self.left_out_by_status += other.left_out_by_status
        self.met |= other.met

    def lines(self) -> Iterator[str]:
        """What people must know of the choice: how many it left out, and which keys no order has."""
        if self.left_out_by_status:
            noun = "order" if self.left_out_by_status == 1 else "orders"
            yield f"{self.left_out_by_status:,} {noun} left out by --status"
        for key in sorted(self.only - self.met):
            yield f"--only {key}: no order in the input has this key or number"

    def check(self) -> None:
        """Raise NoInput where keys were named and no order has one of them."""
        if self.only and not self.met:
            raise NoInput(f"No order in the input has the key or number {' or '.join(sorted(self.only))} (--only).")


@dataclass(slots=True)
class Made:
    """A candidate with the changes that its conversion made."""

    candidate: Candidate
    changes: Sequence[Change] = ()


def make(
    records: Iterable[Incoming], system: str, settings: Settings, choice: Choice, *, strict: bool = False
) -> Iterator[Made]:
    """A candidate for every record that is wanted, in order; a wrong one carries its findings."""
    name = systems.load(system).writes
    assert name is not None
    target = systems.shape(name)
    chooses = choice.chooses
    with Identities() as seen:
        for incoming in records:
            made = _make(incoming, target, settings, strict)
            candidate = made.candidate
            if chooses and not choice.wants(_names(candidate, incoming), candidate.meant.status):
                continue
            _tell_apart(candidate, incoming, target, seen)
            yield made


def _names(candidate: Candidate, incoming: Incoming) -> Iterator[str | None]:
    """What an order may be chosen by: its key and number in the target, and those in its file."""
    yield from (candidate.key, candidate.number)
    if incoming.document is not None and incoming.shape is not None:
        yield from incoming.shape.identity(incoming.document)


def _make(incoming: Incoming, target: Shape, settings: Settings, strict: bool) -> Made:
    record, document, shape = incoming.record, incoming.document, incoming.shape
    candidate = Candidate(record.file, record.index, record.line, source=record.document)
    if document is None or shape is None:
        candidate.findings = [incoming.fault] if incoming.fault else []
        return Made(candidate)
    candidate.shape, candidate.source = shape.name, document
    if shape is target:
        _keep(candidate, document, incoming, target, settings, strict)
        return Made(candidate)
    converted = convert(document, shape, target, settings, sound=incoming.sound)
    candidate.key, candidate.number = converted.key, converted.number or shape.identity(document).number
    if converted.status is not None:
        candidate.says = Meant(converted.status, converted.source_id)
    else:
        candidate.says = lambda: Meant(*meaning(document, shape, settings, shape.check(document)))
    losses = [change for change in converted.changes if change.lost]
    candidate.losses = len(losses)
    lost = [loss(change, incoming, target) for change in losses] if strict else []
    if _is_sound(candidate, [*converted.findings, *lost], incoming, strict):
        assert converted.document is not None
        _identify(candidate, converted.document, incoming, target)
    return Made(candidate, converted.changes)


def _keep(
    candidate: Candidate,
    document: Mapping[str, Any],
    incoming: Incoming,
    target: Shape,
    settings: Settings,
    strict: bool,
) -> None:
    """Complete the candidate of a document that is in the target's shape already."""
    findings = target.check(document, sound=incoming.sound)
    candidate.says = lambda: Meant(*meaning(document, target, settings, findings))
    if not findings or _is_sound(candidate, findings, incoming, strict):
        _identify(candidate, document, incoming, target)
        return
    candidate.key, candidate.number = target.identity(document)
    if candidate.number and not candidate.key:  # the target may know it by a key of our making
        candidate.key = systems.wire_of(target.system).identity(dict(document)).key or None


def _is_sound(candidate: Candidate, findings: Sequence[Finding], incoming: Incoming, strict: bool) -> bool:
    """Give a candidate its findings; whether none of them is serious."""
    candidate.findings = [placed(finding, incoming.record) for finding in findings]
    serious = ("error", "warning") if strict else ("error",)
    return not any(finding.severity in serious for finding in findings)


def _identify(candidate: Candidate, document: Mapping[str, Any], incoming: Incoming, target: Shape) -> None:
    """Give a candidate its valid document and its identity in the target; without one it cannot be pushed."""
    sent = document if isinstance(document, dict) else dict(document)
    identity = systems.wire_of(target.system).identity(sent)
    candidate.number = identity.number or candidate.number
    if identity.key:
        candidate.document, candidate.key = sent, identity.key
        if (finding := unsafe(identity.key, incoming, target)) is not None:
            candidate.findings.append(placed(finding, incoming.record))
        return
    path = target.where(("number",)) or ("order",)
    finding = target.finding("missing", path, "found none; a push needs it to know the order again", None)
    candidate.findings.append(placed(finding, incoming.record))


def _tell_apart(candidate: Candidate, incoming: Incoming, target: Shape, seen: Identities) -> None:
    """Find a second order of the same identity; it would overwrite the first."""
    if candidate.key is None or candidate.document is None:
        return
    first = seen.first(candidate.key, f"{candidate.file}:{candidate.line}")
    if first is None:
        return
    candidate.findings.append(placed(duplicate(candidate.key, first, incoming, target), incoming.record))
    candidate.document = None


def words(text: str | None, known: Sequence[str]) -> tuple[frozenset[str], list[str]]:
    """The words of a comma-separated list, and those of them that are not known."""
    given = [word.strip() for word in (text or "").split(",") if word.strip()]
    return frozenset(given), [word for word in given if word not in known]
