"""Repairs a file's text: only the bytes of the repaired values change, and reading the result proves it.

Knows records, their places and their tokens; writes nothing. What cannot be edited with certainty is left, and
then all of its record is assessed again without it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeAlias

from orderctl.files import Format, locate
from orderctl.fix.assess import Assessed, assess, replaced
from orderctl.fix.diff import unified
from orderctl.fix.repair import Left, Placed, Repair
from orderctl.fix.text import Text, offsets, take_in_text, text_of
from orderctl.fix.token import NOT_THERE, token
from orderctl.intake import Incoming
from orderctl.mapping.shape import Shape
from orderctl.paths import Path

Barred: TypeAlias = dict[int, dict[Path, str]]
"""By record: the places that cannot be edited, and why."""


@dataclass(slots=True)
class Fixed:
    """A file's text before and after its repairs; what is repaired, and what is left though it looks repairable."""

    before: Text
    after: Text
    orders: int = 0
    repairs: list[Placed[Repair]] = field(default_factory=list)
    left: list[Placed[Left]] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The file's name."""
        return self.before.file

    @property
    def changed(self) -> bool:
        """Whether anything is repaired."""
        return bool(self.repairs)

    def diff(self) -> Iterator[str]:
        """The unified diff, line by line."""
        return unified(self.file, self.before.whole, self.after.whole)


def fix_file(file: str, shape: Shape | None = None, input_format: Format | None = None) -> Fixed:
    """The repairs of a file, or of standard input (`-`), which is read whole; nothing is written.

    Raises NoInput where it can't be read.
    """
    return fix_text(text_of(file, input_format), shape)


def fix_text(text: Text, shape: Shape | None = None) -> Fixed:
    """The repairs of a text, proved by reading the result."""
    barred: Barred = {}
    for _ in range(_ROUNDS):
        draft = _Draft(text, shape, barred)
        wrong = draft.uncertain() or _unproved(draft, shape)
        if not wrong:
            return draft.fixed()
        for index, places in wrong.items():
            barred.setdefault(index, {}).update(places)
    return _Draft(text, shape, barred).untouched()


class _Draft:
    """One attempt at a text: the repairs wanted of every record, and their tokens."""

    def __init__(self, text: Text, shape: Shape | None, barred: Barred) -> None:
        self.text = text
        self.orders = 0
        self.wanted: dict[int, list[Placed[Repair]]] = {}
        self.left: list[Placed[Left]] = []
        self.uses: Counter[tuple[int, int]] = Counter()
        self.form: Format = "json"
        self.flawed = False
        self.aliases = b"*" in text.body and b"&" in text.body
        for incoming in take_in_text(text, shape):
            self._add(incoming, barred.get(incoming.record.index, {}))
        self.offsets = offsets(text.body, ((each.line, each.column) for each in self._all()), self.form)

    def _add(self, incoming: Incoming, barred: dict[Path, str]) -> None:
        record = incoming.record
        self.orders += 1
        self.form = record.format
        self.flawed = self.flawed or record.fault is not None
        if self.aliases and record.format == "yaml" and record.fault is None:
            self.uses.update(locate(record, path) for path in _leaves(record.document, ()))
        if incoming.document is None or incoming.shape is None:
            return
        assessed = assess(incoming.document, incoming.shape, barred)
        self._place(incoming, assessed, incoming.shape.identity(incoming.document).key)

    def _place(self, incoming: Incoming, assessed: Assessed, order: str | None) -> None:
        record = incoming.record
        for left in assessed.left:
            self.left.append(Placed(record.file, record.index, *locate(record, left.path), order, left))
        if assessed.repairs:
            placed = (
                Placed(record.file, record.index, *locate(record, repair.path), order, repair)
                for repair in assessed.repairs
            )
            self.wanted[record.index] = sorted(placed, key=lambda each: (each.line, each.column))

    def _all(self) -> Iterator[Placed[Repair]]:
        for placed in self.wanted.values():
            yield from placed

    def uncertain(self) -> Barred:
        """The places that cannot be edited with certainty, and why."""
        together: dict[tuple[int, int], list[Placed[Repair]]] = {}
        for placed in self._all():
            together.setdefault((placed.line, placed.column), []).append(placed)
        barred: Barred = {}
        for place, shared in together.items():
            reason = self._doubt(place, shared)
            for placed in shared if reason else ():
                barred.setdefault(placed.index, {})[placed.what.path] = reason
        return barred

    def _doubt(self, place: tuple[int, int], shared: list[Placed[Repair]]) -> str:
        repair = shared[0].what
        if self.aliases and self.form == "yaml" and self.flawed:
            return "the file has aliases, and a record that can't be read may use them; correct that record first"
        if any(type(each.what.after) is not type(repair.after) or each.what.after != repair.after for each in shared):
            return "aliases use it for what is repaired in different ways"
        if len(shared) != self.uses.get(place, len(shared)):
            return "an alias uses it elsewhere, where it is not repaired"
        if place not in self.offsets:
            return NOT_THERE
        found = token(self.text.body, self.offsets[place], self.form, repair.before, repair.after)
        return found if isinstance(found, str) else ""

    def edited(self) -> Text:
        """The text with the tokens replaced; every place must be certain."""
        edits = {}
        for placed in self._all():
            at = self.offsets[placed.line, placed.column]
            found = token(self.text.body, at, self.form, placed.what.before, placed.what.after)
            assert not isinstance(found, str)  # `uncertain` has seen to it
            edits[at] = (at, *found)
        return self.text.edited(edits[at] for at in sorted(edits))

    def barring_all(self, reason: str) -> Barred:
        """Every place that a repair was wanted for."""
        return {index: {each.what.path: reason for each in placed} for index, placed in self.wanted.items()}

    def fixed(self) -> Fixed:
        """The result."""
        return Fixed(self.text, self.edited(), self.orders, list(self._all()), self.left)

    def untouched(self) -> Fixed:
        """The result where no edit can be proved: everything is left."""
        left = [_left(placed, NOT_THERE) for placed in self._all()]
        return Fixed(self.text, self.text, self.orders, [], [*self.left, *left])


def _unproved(draft: _Draft, shape: Shape | None) -> Barred:
    """The records that do not read, after the edits, as they did with exactly their repairs made."""
    if not draft.wanted:
        return {}
    every = draft.barring_all(NOT_THERE)
    wrong: Barred = {}
    for old, new in zip_longest(take_in_text(draft.text, shape), take_in_text(draft.edited(), shape)):
        index = old.record.index if old is not None else -1
        repairs = [placed.what for placed in draft.wanted.get(index, ())]
        if old is None or new is None or not _is_repaired(old, new, repairs):
            if index not in every:
                return every
            wrong[index] = every[index]
    return wrong


def _is_repaired(old: Incoming, new: Incoming, repairs: Iterable[Repair]) -> bool:
    if old.document is None or new.document is None:
        return (old.fault and old.fault.code) == (new.fault and new.fault.code)
    return old.shape is new.shape and bool(replaced(old.document, repairs) == new.document)


def _left(placed: Placed[Repair], reason: str) -> Placed[Left]:
    left = Left(placed.what.path, placed.what.before, reason)
    return Placed(placed.file, placed.index, placed.line, placed.column, placed.order, left)


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path


_ROUNDS = 8
