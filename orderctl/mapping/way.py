"""One order's way from one shape to another: where we stand, what changed, what was found.

Knows paths on both sides; knows no rule of any shape.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from orderctl.findings import Change, Finding, Kind
from orderctl.order import Party
from orderctl.paths import Path

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape


@dataclass(frozen=True, slots=True)
class Settings:
    """What the configuration adds to a conversion: defaults, and maps by shape or system."""

    timezone: str = "UTC"
    currency: str | None = None
    sender: Party | None = None
    return_to: Party | None = None
    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    statuses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    carriers: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass(slots=True)
class Noted:
    """A change as it was noted: places are canonical or on one side, the rest is looked up at the end."""

    kind: Kind
    canonical: Path | None
    source: Path | None
    target: Path | None
    reason: str
    after: object = None
    before: object = None
    to_nowhere: bool = False


class Way:
    """The context of one conversion, passed to every codec and to `arrive` and `depart`.

    `home` writes a source's own spelling again: nothing is filled, mapped or refused. While `arriving`, the
    document is read. `origin` is the system that a canonical source names; `unsaid` are places of the source
    that measure nothing; `deleted` are the lines that it deletes; `kept` are, for a list that lost lines, the
    source's indexes of those that are written; `said_at` are places of the source that no line tells.
    """

    def __init__(
        self,
        source: "Shape",
        target: "Shape",
        document: Mapping[str, object],
        settings: Settings,
        *,
        home: bool = False,
    ) -> None:
        self.source = source
        self.target = target
        self.document = document
        self.settings = settings
        self.home = home
        self.noted: list[Noted] = []
        self.findings: list[Finding] = []
        self.wire: list[str | int] = []
        self.canonical: list[str | int] = []
        self.arriving = True
        self.origin: str | None = None
        self.unsaid: list[Path] = []
        self.deleted: dict[str, set[int]] = {}
        self.kept: dict[str, list[int]] = {}
        self.said_at: dict[Path, Path] = {}

    @property
    def abroad(self) -> bool:
        """Whether the order goes to another system than the one whose words it holds."""
        return self.words_of != self.target.system

    @property
    def words_of(self) -> str | None:
        """The system whose codes and numbers the order holds; None where nobody said."""
        return self.origin if self.source.own else self.source.system

    @contextmanager
    def at(self, wire: str | int | None, canonical: str | int | None) -> Iterator[None]:
        """Stand one step deeper, on both sides, on one, or on none."""
        if wire is not None:
            self.wire.append(wire)
        if canonical is not None:
            self.canonical.append(canonical)
        try:
            yield
        finally:
            if wire is not None:
                self.wire.pop()
            if canonical is not None:
                self.canonical.pop()

    def note(self, kind: Kind, reason: str, after: object = None, before: object = None) -> None:
        """Note a change of the value that we stand at."""
        here, canonical = tuple(self.wire), self.source_place(tuple(self.canonical))
        if self.arriving:
            self.noted.append(Noted(kind, canonical, here, None, reason, after, before))
        else:
            self.noted.append(Noted(kind, canonical, None, here, reason, after, before))

    def change(
        self,
        kind: Kind,
        canonical: Path,
        reason: str,
        *,
        target: Path | None = None,
        after: object = None,
        before: object = None,
    ) -> None:
        """Note a change of a canonical place, as the source counts its lines.

        `target` is the place in the target's document, by default the canonical place's own.
        """
        nowhere = kind == "dropped"
        self.noted.append(Noted(kind, canonical, None, target, reason, after, before, to_nowhere=nowhere))

    def drop_source(self, source: Path, reason: str) -> None:
        """Note that a value of the source document has no home in the target."""
        self.noted.append(Noted("dropped", None, source, None, reason, to_nowhere=True))

    def leave_out(self, target: Path, value: object, reason: str) -> None:
        """Note a value that was worked out and may not stand at a place of the target."""
        self.noted.append(Noted("dropped", None, (), target, reason, before=value))

    def leave_behind(self, source: Path, reason: str) -> None:
        """Note a value about the document rather than the order, which stays with the document."""
        self.noted.append(Noted("moved", None, source, None, reason))

    def assume(self, canonical: Path, reason: str, target: Path | None = None) -> None:
        """Note what the source left open."""
        self.noted.append(Noted("assumed", canonical, (), target, reason))

    def fill(self, canonical: Path, reason: str, target: Path | None = None) -> None:
        """Note a value from the configuration or from another field; its source is nowhere."""
        self.noted.append(Noted("filled", canonical, (), target, reason))

    def refuse(self, code: str, message: str, canonical: Path | None = None) -> None:
        """Refuse the order for the value that we stand at, or for a canonical place."""
        if self.arriving and canonical is None:
            self.findings.append(self.source.finding(code, tuple(self.wire), message, self.document))
            return
        place = tuple(self.canonical) if canonical is None else canonical
        target = tuple(self.wire) if canonical is None else self.target.where(place)
        source = self.source.where(self.source_place(place) if canonical is None else place)
        self.findings.append(
            self.source.finding(code, source, message, self.document, target=target)
            if source
            else self.target.finding(code, target or place, message, None, target=target)
        )

    def warn(self, code: str, message: str, canonical: Path) -> None:
        """Warn of a canonical place that the target has."""
        target = self.target.where(canonical) or ()
        self.findings.append(self.target.finding(code, target, message, None, severity="warning", target=target))

    def source_place(self, canonical: Path) -> Path:
        """The canonical place as the source counts lines; lines that are not written shift the others."""
        if self.arriving or len(canonical) < 2:
            return canonical
        head, index, *rest = canonical
        kept = self.kept.get(str(head))
        if kept is None or not isinstance(index, int) or index >= len(kept):
            return canonical
        return (head, kept[index], *rest)

    def target_canonical(self, canonical: Path) -> Path | None:
        """The canonical place as the target counts lines; None when its line is not written."""
        if len(canonical) < 2 or str(canonical[0]) not in self.kept:
            return canonical
        head, index, *rest = canonical
        kept = self.kept[str(head)]
        return (head, kept.index(index), *rest) if index in kept else None

    def changes(self, written: Mapping[str, object]) -> list[Change]:
        """All that was noted, with both places and values looked up in the two documents."""
        dropped = {noted.canonical for noted in self.noted if noted.kind == "dropped" and noted.canonical}
        return [
            self._settle(noted, written)
            for noted in self.noted
            if noted.kind == "dropped" or noted.canonical is None or noted.canonical not in dropped
        ]

    def _settle(self, noted: Noted, written: Mapping[str, object]) -> Change:
        source: Path | None = noted.source
        if source is None and noted.canonical is not None:
            source = self.said_at.get(noted.canonical) or place_in(self.source, noted.canonical)
        source = source or None
        target: Path | None = noted.target
        if target is None and noted.canonical is not None and not noted.to_nowhere:
            counted = self.target_canonical(noted.canonical)
            target = place_in(self.target, counted) if counted else None
        before = noted.before if noted.before is not None else look(self.document, source)
        after = noted.after if noted.after is not None else look(written, target)
        return Change(noted.kind, source, target, before, after, noted.reason)


@lru_cache(maxsize=4096)
def place_in(shape: "Shape", canonical: Path) -> Path | None:
    """The shape's own `where`, remembered: order after order names the same places."""
    return shape.where(canonical)


def look(document: object, path: Path | None) -> object:
    """The value at a path of a document; None where there is none."""
    if path is None:
        return None
    for part in path:
        if isinstance(document, list):
            document = document[part] if isinstance(part, int) and part < len(document) else None
        elif isinstance(document, (dict, Mapping)) and isinstance(part, str):
            document = document.get(part)
        else:
            return None
    return document
