"""The changes of meaning on one order's way: marked as they are made, spelled out only for those who ask.

Knows the places of both shapes; knows no rule of any shape. Order after order makes the same changes, so that all but
the values of one is worked out once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from orderctl.findings import Change, Kind
from orderctl.paths import Path, look, spell

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape
    from orderctl.mapping.way import Way


Place: TypeAlias = tuple[str | int | None, ...]
"""A path, or one whose indexes are left open."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A change as every order on this way may make it; of its places only the indexes are left open.

    `canonical` is None for what has no place in the canonical order. `source` and `target` are places in the two
    documents, None for none; one that was not given was looked up, and may be another where an order's document or
    its lines left out say so. `passing` says that it may concern a value that is dropped, `whole` that what is dropped
    may hold others. `told` is the kind, the place and the reason, as a report counts them.
    """

    kind: Kind
    canonical: Place | None
    source: Place | None
    target: Place | None
    reason: str
    source_given: bool
    target_given: bool
    passing: bool
    whole: bool
    told: tuple[Kind, str, str]


Noted: TypeAlias = tuple[Mark, tuple[int, ...], object, object]
"""A change that was made: its mark, the indexes of its places, and the values after and before where they are given."""


@lru_cache(maxsize=8192)
def mark(
    source: "Shape",
    target: "Shape",
    kind: Kind,
    canonical: Place | None,
    came: Place | None,
    went: Place | None,
    reason: str,
) -> Mark:
    """The mark of a change; where it came from and went to is looked up unless it is given, () for nowhere."""
    source_given, target_given = came is not None, went is not None or kind == "dropped"
    if came is None and canonical is not None:
        came = _place(source, canonical)
    if not target_given and canonical is not None:
        went = _place(target, canonical)
    told = (kind, spell_lines(came or went or ()), reason)
    passing = canonical is not None and kind != "dropped"
    row = source.row(tuple(0 if part is None else part for part in came)) if came else None
    whole = kind == "dropped" and bool(canonical) and (row is None or row.nested is not None)
    return Mark(kind, canonical, came or None, went, reason, source_given, target_given, passing, whole, told)


def _place(shape: "Shape", canonical: Place) -> Place | None:
    """The place of a canonical one in a shape's documents, each index left open where it is open there."""
    found = shape.where(tuple(0 if part is None else part for part in canonical))
    if found is None or None not in canonical:
        return found
    return tuple(None if isinstance(part, int) else part for part in found)


def spell_lines(path: Place) -> str:
    """A place as it is spelled for every line of a list: `items[n].sku`."""
    return spell(tuple(part if isinstance(part, str) else 0 for part in path)).replace("[0]", "[n]")


def filled(pattern: Place, indexes: tuple[int, ...]) -> Path:
    """A pattern with these indexes, in their order."""
    if not indexes:
        return pattern  # type: ignore[return-value]
    left = iter(indexes)
    return tuple(next(left) if part is None else part for part in pattern)


class Changes(Sequence[Change]):
    """The changes of one order: counted as they were marked; the values are looked up when the first is asked for."""

    def __init__(self, way: "Way", written: Any) -> None:
        self._way = way
        self._written = written

    def told(self) -> Iterable[tuple[Kind, str, str]]:
        """The kind, place and reason of each change, for those who only count."""
        if self._way.kept or self._way.said_at:
            return [(each.kind, spell_lines(each.source or each.target or ()), each.reason) for each in self]
        return [noted[0].told for noted in lasting(self._way.noted)]

    @property
    def marks(self) -> tuple[Mark, ...] | None:
        """What was marked, which order after order tells the same (`tell`); None where it is for `told` to say."""
        return None if self._way.kept or self._way.said_at else tuple([noted[0] for noted in self._way.noted])

    @cached_property
    def _all(self) -> list[Change]:
        return [self._change(noted) for noted in lasting(self._way.noted)]

    def _change(self, noted: Noted) -> Change:
        mark, indexes, after, before = noted
        way, target = self._way, None
        source = came(noted, way)
        if way.kept and not mark.target_given and mark.canonical is not None:
            place = way.target_canonical(filled(mark.canonical, indexes))
            target = way.target.where(place) if place else None
        elif mark.target is not None:
            target = filled(mark.target, indexes)
        before = before if before is not None else look(way.document, source)
        after = after if after is not None else look(self._written, target)
        return Change(mark.kind, source, target, before, after, mark.reason)

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> list[Change]: ...
    def __getitem__(self, index: int | slice) -> Change | list[Change]:
        return self._all[index]

    def __iter__(self) -> Iterator[Change]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        return repr(self._all)

    def __eq__(self, other: object) -> bool:
        return self._all == (other._all if isinstance(other, Changes) else other)


def came(noted: Noted, way: "Way") -> Path | None:
    """The place in the source document of what has changed."""
    mark, indexes, _, _ = noted
    if way.said_at and not mark.source_given and mark.canonical is not None:
        place = filled(mark.canonical, indexes)
        if place in way.said_at:
            return way.said_at[place]
    return None if mark.source is None else filled(mark.source, indexes)


@lru_cache(maxsize=1024)
def tell(marks: tuple[Mark, ...]) -> tuple[tuple[Kind, str, str], ...] | None:
    """What these marks tell where all of them last, whatever their indexes; None where one of them may not."""
    dropped = {mark.canonical[-1] for mark in marks if mark.kind == "dropped" and mark.canonical}
    passing = {mark.canonical[-1] for mark in marks if mark.passing and mark.canonical}
    return tuple(mark.told for mark in marks) if dropped.isdisjoint(passing) else None


def lasting(every: list[Noted]) -> list[Noted]:
    """The changes without those of a value that was dropped later, or before."""
    passing = [noted for noted in every if noted[0].passing]
    names = {noted[0].canonical[-1] for noted in passing if noted[0].canonical}
    dropped = {
        filled(mark.canonical, indexes)
        for mark, indexes, _, _ in every
        if mark.kind == "dropped" and mark.canonical and mark.canonical[-1] in names
    }
    if not dropped:
        return every
    gone = [id(noted) for noted in passing if filled(noted[0].canonical or (), noted[1]) in dropped]
    return [noted for noted in every if id(noted) not in gone]
