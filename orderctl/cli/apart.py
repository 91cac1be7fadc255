"""`--jobs`: one large file, validated or converted by several processes as one process would do it.

This process works on the first range as if there were no other, the others on one range each; where they cannot settle
theirs, this one goes on with the file. Knows which part of the work each does.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from orderctl.files.ranges import Range, ranges
from orderctl.identities import Identities, Memory
from orderctl.intake import take_in_range
from orderctl.parts import GivenUp, Parts, Tell, work_apart
from orderctl.report.row import judged_row
from orderctl.report.told import Told
from orderctl.validate import Judged, Tally, judge_by

if TYPE_CHECKING:
    from orderctl.candidates import Choice
    from orderctl.cli.convert import Convert
    from orderctl.cli.converting import Work as Conversions
    from orderctl.cli.validate import Validate
    from orderctl.files import Format
    from orderctl.intake import Incoming
    from orderctl.mapping.shape import Shape
    from orderctl.mapping.way import Settings
    from orderctl.report.conversion import Conversion

_BINS = 256
_HELD = 64 * 1024
"""How many hashes a process holds in memory."""


class Counted(NamedTuple):
    """What a process counted while it converted."""

    records: int
    counts: "Conversion"
    choice: "Choice"


class Shared:
    """A file that other processes work on too; left, they work no longer."""

    def __init__(self, first: Range, shape: str | None, parts: Parts) -> None:
        self._first = first
        self._shape = shape
        self._parts = parts
        self._keys: _Keys | None = None
        self.number = 0
        """How many records this process has read."""
        self.settled = False
        """Whether the others have settled what stands behind the first range."""

    def __enter__(self) -> "Shared":
        return self

    def __exit__(self, *_: object) -> None:
        self._parts.close()

    def own(self, records: "Iterator[Incoming]") -> "Iterator[Incoming]":
        """The records that are left to this process: of the first range, or of the whole file if need be."""
        with suppress(GivenUp, OSError):
            for incoming in take_in_range(self._first, self._shape):
                self.number += 1
                yield incoming
            self.settled = self._parts.end_well() and not self._is_repeated()
        if not self.settled:
            self._parts.close()
            if self._keys is not None:
                self._keys.whole = False
            yield from islice(records, self.number, None)

    def judged(
        self, records: "Iterator[Incoming]", shapes: "Sequence[Shape]", settings: "Settings | None", *, strict: bool
    ) -> Iterator[Judged]:
        """Those of the records that are left to this process, judged."""
        with Identities() as seen:
            self._keys = _Keys(self._parts.home.tell, seen)
            yield from judge_by(self.own(records), shapes, settings, self._keys, strict=strict)

    def elsewhere(self) -> int:
        """About how many records the others are through with."""
        return self._parts.done()

    def retold(self, tally: Tally) -> Iterator[Told]:
        """What the others told of each record, in the order of the file; the tally grows with it."""
        before = self.number
        for message in self._parts.messages():
            if isinstance(message, Told):
                yield message.moved(before)
            elif isinstance(message, Tally):
                tally.merge(message)
                before += message.orders

    def reconverted(self, work: "Conversions") -> Iterator[bytes]:
        """What the others converted, in the order of the file; what they told of it is told as it comes."""
        before = self.number
        for message in self._parts.messages():
            if isinstance(message, Told):
                work.tell(message.moved(before))
            elif isinstance(message, bytes):
                yield message
            else:
                before += message.records
                work.counts.merge(message.counts)
                work.choice.merge(message.choice)

    def _is_repeated(self) -> bool:
        """Whether an identity of a later range is not its first, as far as its hash tells."""
        if self._keys is None:
            return False
        others = (next(message for message in told if isinstance(message, list)) for told in self._parts.each())
        every = [(part, bins) for part, told in enumerate([self._keys.told(), *others]) for bins in told]
        for number in range(_BINS):
            hashes = [self._parts.message(part, bins[number]) for part, bins in every]
            if len(set().union(*hashes)) < sum(map(len, hashes)):
                return True
        return False


def judge_apart(
    asked: "Validate", processes: int, shapes: "Sequence[Shape]", settings: "Settings | None", *, rows: bool
) -> Shared | None:
    """Let other processes judge the later ranges of the file named; None where there are none."""

    def judge(records: "Iterator[Incoming]", tell: Tell) -> None:
        """Judge the records of a range, and tell what was found."""
        keys, tally = _Keys(tell), Tally()
        for judged in judge_by(records, shapes, settings, keys, strict=asked.strict):
            tally.add(judged)
            if judged.findings or rows:
                tell(Told(judged.findings, judged_row(judged) if rows else None))
        tell(keys.told())
        tell(tally)

    return _share(asked, processes, judge)


def convert_apart(asked: "Convert", processes: int, work: "Conversions", form: "Format") -> Shared | None:
    """Let other processes convert the later ranges of the file named; None where there are none."""
    from orderctl.report.output import elements

    def convert(records: "Iterator[Incoming]", tell: Tell) -> None:
        """Convert the records of a range, and tell the orders in pieces."""
        own, read = work.apart(tell), _Count()
        for piece in elements(own.documents(read.counted(records)), work.target, form):
            tell(piece)
        tell(Counted(read.number, own.counts, own.choice))

    return _share(asked, processes, convert)


class _Keys:
    """A memory that tells the hashes of keys, bin by bin, as many at once as it holds; where each stood, another knows.

    A forked process makes the hashes that its parent makes.
    """

    def __init__(self, tell: Tell, beside: Memory | None = None) -> None:
        self.whole = True
        """Whether all were told."""
        self._tell = tell
        self._beside = beside
        self._places: list[list[int]] = []
        self._held = _bins()
        self._number = 0

    def first(self, key: str, place: str) -> str | None:
        """Where this key stood before, if that is known; else it is noted."""
        before = self._beside.first(key, place) if self._beside is not None else None
        if before is None:
            noted = hash(key)
            self._held[noted % _BINS].append(noted)
            self._number += 1
            if self._number == _HELD:
                self._put_away()
        return before

    def told(self) -> list[list[int]]:
        """The places of all bins, for each time that they were told. Raises GivenUp where there was no room for all."""
        if self._number:
            self._put_away()
        if not self.whole:
            raise GivenUp
        return self._places

    def _put_away(self) -> None:
        held, self._held, self._number = self._held, _bins(), 0
        if self.whole:
            self.whole = False
            with suppress(OSError):
                self._places.append([self._tell(hashes) for hashes in held])
                self.whole = True


def _bins() -> "list[array[int]]":
    return [array("q") for _ in range(_BINS)]


class _Count:
    """Counts what passes."""

    def __init__(self) -> None:
        self.number = 0

    def counted(self, records: "Iterator[Incoming]") -> "Iterator[Incoming]":
        """The records, counted."""
        for record in records:
            self.number += 1
            yield record


def _share(
    asked: "Validate | Convert", processes: int, work: "Callable[[Iterator[Incoming], Tell], None]"
) -> Shared | None:
    """Let other processes do the work on the later ranges, once one record has loaded what it needs here."""
    first, *others = ranges(asked.files[0], processes, asked.input_format) or (None,)
    if first is None or not others:
        return None
    with suppress(GivenUp):
        work(islice(take_in_range(first, asked.shape), 1), lambda _: 0)
        parts = work_apart(others, lambda part, home: work(home.watched(take_in_range(part, asked.shape)), home.tell))
        return Shared(first, asked.shape, parts) if parts is not None else None
    return None
