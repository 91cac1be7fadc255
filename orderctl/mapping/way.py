"""One order's way from one shape to another: where we stand, what changed, what was found.

Knows paths on both sides; knows no rule of any shape.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from orderctl.findings import Finding, Kind
from orderctl.mapping.changes import Noted, Place, filled, mark
from orderctl.order import Party
from orderctl.paths import Path

if TYPE_CHECKING:
    from orderctl.mapping.kinds import Refused
    from orderctl.mapping.prepare import Pattern
    from orderctl.mapping.shape import Shape

_Line = TypeVar("_Line")


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


class Way:
    """The context of one conversion, passed to every codec and to `arrive` and `depart`.

    `home` writes a source's own spelling again: nothing is filled, mapped or refused. While `arriving`, the
    document is read; it is `sound` when all its fields are known and right, and what is written of it is `doubted`
    where a field may not be. `origin` is the system that a canonical source names; `unsaid` are places of the source
    that measure nothing; `deleted` are the lines that it deletes; `kept` are, for a list that lost lines, the source's
    indexes of those that are written; `said_at` are places of the source that no line tells. `here` is where we stand
    in the document and in the canonical order, its indexes left open, and `indexes` closes them.
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
        self.here: tuple[Pattern, Pattern] = ((), ())
        self.indexes: tuple[int, ...] = ()
        self.arriving = True
        self.sound = self.doubted = False
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
    def at(self, wire: str | None, canonical: str | None) -> Iterator[None]:
        """Stand one step deeper, on both sides, on one, or on none."""
        above = self.here
        self.here = _deeper(above[0], wire), _deeper(above[1], canonical)
        try:
            yield
        finally:
            self.here = above

    def note(self, kind: Kind, reason: str, after: object = None, before: object = None) -> None:
        """Note a change of the value that we stand at."""
        here: Place
        canonical: Place
        (here, canonical), indexes = self.here, self.indexes
        if self.kept and not self.arriving:
            here, canonical, indexes = filled(here, indexes), self.source_place(filled(canonical, indexes)), ()
        came, went = (here, None) if self.arriving else (None, here)
        marked = mark(self.source, self.target, kind, canonical, came, went, reason)
        self.noted.append((marked, indexes, after, before))

    def _stand(self) -> tuple[Path, Path]:
        """Where we stand, in the document and in the canonical order."""
        wire, canonical = self.here
        return filled(wire, self.indexes), filled(canonical, self.indexes)

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
        marked = mark(self.source, self.target, kind, canonical, None, target, reason)
        self.noted.append((marked, (), after, before))

    def drop_source(self, source: Path, reason: str) -> None:
        """Note that a value of the source document has no home in the target."""
        self.noted.append((mark(self.source, self.target, "dropped", None, source, None, reason), (), None, None))

    def leave_out(self, target: Path, value: object, reason: str) -> None:
        """Note a value that was worked out and may not stand at a place of the target."""
        self.noted.append((mark(self.source, self.target, "dropped", None, (), target, reason), (), None, value))

    def leave_behind(self, source: Path, reason: str) -> None:
        """Note a value about the document rather than the order, which stays with the document."""
        self.noted.append((mark(self.source, self.target, "moved", None, source, None, reason), (), None, None))

    def assume(self, canonical: Path, reason: str, target: Path | None = None) -> None:
        """Note what the source left open."""
        self.noted.append((mark(self.source, self.target, "assumed", canonical, (), target, reason), (), None, None))

    def fill(self, canonical: Path, reason: str, target: Path | None = None) -> None:
        """Note a value from the configuration or from another field; its source is nowhere."""
        self.noted.append((mark(self.source, self.target, "filled", canonical, (), target, reason), (), None, None))

    def refuse(self, code: str, message: str, canonical: Path | None = None) -> None:
        """Refuse the order for the value that we stand at, or for a canonical place."""
        here, place = self._stand()
        if self.arriving and canonical is None:
            self.findings.append(self.source.finding(code, here, message, self.document))
            return
        place = place if canonical is None else canonical
        target = here if canonical is None else self.target.where(place)
        source = self.source.where(self.source_place(place) if canonical is None else place)
        self.findings.append(
            self.source.finding(code, source, message, self.document, target=target)
            if source
            else self.target.finding(code, target or place, message, None, target=target)
        )

    def refused(self, refusal: "Refused") -> None:
        """Refuse the value that we stand at as its codec does."""
        self.refuse(refusal.code, refusal.message)

    def no_object(self, value: object, here: "tuple[Pattern, Pattern]") -> None:
        """Refuse what is read where an object is due; an empty list says nothing."""
        if value != []:
            self.here = here
            self.refuse("wrong-type", "not an object")

    def no_list(self, here: "tuple[Pattern, Pattern]") -> None:
        """Refuse what is read where a list is due."""
        self.here = here
        self.refuse("wrong-type", "not a list")

    def incomplete(self, given: Mapping[str, object], refused: int, here: "tuple[Pattern, Pattern]") -> None:
        """Refuse an object that lacks a part, unless a part of it was refused: there were `refused` findings before.

        A unit without a measure says nothing.
        """
        if len(self.findings) == refused:
            names = sorted(name for name, value in given.items() if value is not None)
            self.here = here
            if names == ["unit"]:
                place, canonical = self._stand()
                self.unsaid.append(self.source.where((*canonical, "unit")) or place)
            else:
                self.refuse("missing", f"only {', '.join(names) or 'nothing'} is given, and both are needed")

    def warn(self, code: str, message: str, canonical: Path) -> None:
        """Warn of a canonical place that the target has."""
        target = self.target.where(canonical) or ()
        self.findings.append(self.target.finding(code, target, message, None, severity="warning", target=target))

    def source_place(self, canonical: Path) -> Path:
        """The canonical place as the source counts lines; lines that are not written shift the others."""
        if not self.kept or self.arriving or len(canonical) < 2:
            return canonical
        head, index, *rest = canonical
        kept = self.kept.get(str(head))
        if kept is None or not isinstance(index, int) or index >= len(kept):
            return canonical
        return (head, kept[index], *rest)

    def lines(self, name: str, lines: Sequence[_Line]) -> Iterable[tuple[int, _Line]]:
        """The lines of a list that is to be written, each with the index that it has in the source."""
        kept = self.kept.get(name)
        return enumerate(lines) if kept is None else zip([*kept, *range(len(kept), len(lines))], lines, strict=False)

    def target_canonical(self, canonical: Path) -> Path | None:
        """The canonical place as the target counts lines; None when its line is not written."""
        if len(canonical) < 2 or str(canonical[0]) not in self.kept:
            return canonical
        head, index, *rest = canonical
        kept = self.kept[str(head)]
        return (head, kept.index(index), *rest) if index in kept else None


def _deeper(pattern: "Pattern", step: str | None) -> "Pattern":
    return pattern if step is None else (*pattern, step)
