"""`--jobs`: one large file, validated or converted by several processes as one process would do it.

Knows which part of the work each does; what they cannot settle among themselves is left to one process.
"""

import os
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from orderctl.files.ranges import Range, ranges
from orderctl.intake import take_in_range
from orderctl.parts import PAYS, Parts, Tell, watched, work_apart
from orderctl.report.row import judged_row
from orderctl.report.told import Told
from orderctl.validate import Tally, judge_by

if TYPE_CHECKING:
    from orderctl.candidates import Choice
    from orderctl.cli.convert import Convert
    from orderctl.cli.converting import Work
    from orderctl.cli.validate import Validate
    from orderctl.files import Format
    from orderctl.intake import Incoming
    from orderctl.mapping.shape import Shape
    from orderctl.mapping.way import Settings
    from orderctl.report.conversion import Conversion

_BINS = 64


class Counted(NamedTuple):
    """What a process counted while it converted."""

    records: int
    counts: "Conversion"
    choice: "Choice"


def judge_apart(
    asked: "Validate", shapes: "Sequence[Shape]", settings: "Settings | None", *, rows: bool
) -> Parts | None:
    """What several processes find in one file; None where one has to do it, as for identities that repeat."""
    parent = os.getpid()

    def work(part: Range, tell: Tell) -> None:
        """Judge one range, and tell what was found."""
        keys, tally = _Keys(), Tally()
        records = watched(take_in_range(part, asked.shape), parent)
        for judged in judge_by(records, shapes, settings, keys):
            tally.add(judged)
            if judged.findings or rows:
                tell(Told(judged.findings, judged_row(judged) if rows else None))
        tell(keys.hashes)
        tell(tally)

    parts = work_apart(found, work) if (found := _ranges(asked)) else None
    if parts is None or not _repeats(parts):
        return parts
    parts.close()
    return None


def convert_apart(asked: "Convert", work: "Work", form: "Format") -> Parts | None:
    """What several processes make of one file; None where one has to do it."""
    from orderctl.report.output import elements

    parent = os.getpid()

    def convert(part: Range, tell: Tell) -> None:
        """Convert one range, and tell the orders in pieces."""
        own, read = work.apart(tell), _Count()
        records = read.counted(watched(take_in_range(part, asked.shape), parent))
        for piece in elements(own.documents(records), work.target, form):
            tell(piece)
        tell(Counted(read.number, own.counts, own.choice))

    found = _ranges(asked) if form != "yaml" else []
    return work_apart(found, convert) if found else None


def retold(parts: Parts, tally: Tally) -> Iterator[Told]:
    """What the processes told of each record, in the order of the file; the tally grows with it."""
    before = 0
    for message in parts.messages():
        if isinstance(message, Told):
            yield message.moved(before)
        elif isinstance(message, Tally):
            tally.merge(message)
            before += message.orders


def reconverted(parts: Parts, work: "Work") -> Iterator[bytes]:
    """The converted orders, in the order of the file; what was told of them is told as it comes."""
    before = 0
    for message in parts.messages():
        if isinstance(message, Told):
            work.tell(message.moved(before))
        elif isinstance(message, bytes):
            yield message
        else:
            before += message.records
            work.counts.merge(message.counts)
            work.choice.merge(message.choice)


class _Keys:
    """A memory that only notes the hashes of keys, which a forked process makes as its parent does."""

    def __init__(self) -> None:
        self.hashes = [array("q") for _ in range(_BINS)]

    def first(self, key: str, place: str) -> None:
        """Note a key."""
        noted = hash(key)
        self.hashes[noted % _BINS].append(noted)


class _Count:
    """Counts what passes."""

    def __init__(self) -> None:
        self.number = 0

    def counted(self, records: "Iterator[Incoming]") -> "Iterator[Incoming]":
        """The records, counted."""
        for record in records:
            self.number += 1
            yield record


def _ranges(asked: "Validate | Convert") -> list[Range]:
    """The ranges of the only file named, where several processes were asked for, can be had, and save time."""
    if asked.jobs < 2 or len(asked.files) != 1 or not hasattr(os, "fork"):
        return []
    (file,) = asked.files
    if not os.path.isfile(file):
        return []
    return ranges(file, min(asked.jobs, os.path.getsize(file) // PAYS + 1), asked.input_format)


def _repeats(parts: Parts) -> bool:
    """Whether an identity stands twice in the file, as far as its hash tells."""
    noted = [message for message in parts.messages(last=False) if isinstance(message, list)]
    return any(len(set().union(*bins)) < sum(map(len, bins)) for bins in zip(*noted, strict=True))
