"""The orders of the files, as Webship wants to read them; a file is read again when it has changed.

Knows files, conversion and why an order is left out; knows no request and no shipment.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orderctl import systems
from orderctl.convert import convert
from orderctl.errors import NoInput, UsageError
from orderctl.files import find_files
from orderctl.intake import Incoming, take_in
from orderctl.paths import spell

if TYPE_CHECKING:
    from orderctl.files import Format
    from orderctl.mapping.way import Settings

SHAPE = "webship-webhook"
_READY = ("pending", "partial", None)
_TO_DO = {"unclear-shape": ", name the shape with --from", "not-an-order": ", name the shape with --from if it is one"}
"""What people can do about a record that has no shape."""
_STILL = 2.0
"""Seconds after which a file with a flaw counts as written to its end."""
_TICK = 0.1
"""Seconds within which a second change of a file may not show in its time."""
_TOLD = 20
"""How many orders that are left out are told one by one."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """One order of a file: its document, or why it has none and where that shows; `key` where it can be told."""

    place: str
    key: str | None
    document: Document | None
    why: str | None = None
    where: str | None = None
    unreadable: bool = False

    def left_out(self, why: str, where: str | None = None) -> "Read":
        """The order without its document, and why."""
        return Read(self.place, self.key, None, why, where)

    def line(self) -> str:
        """Why it is left out, for people."""
        return f"{self.place}: left out: {self.why}" + (f" at {self.where}" if self.where else "")

    @property
    def ready(self) -> bool:
        """Whether it waits to be shipped."""
        return self.document is not None and self.document.get("status") in _READY


@dataclass(frozen=True, slots=True)
class Orders:
    """All orders at one time: by id those with a word in List Orders, and why the rest is left out."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    ready: Sequence[str] = ()
    left_out: Sequence[Read] = ()
    keys: frozenset[str] = frozenset()

    def summary(self) -> str:
        """Counts in words."""
        reasons = Counter((read.why or "").partition(",")[0] for read in self.left_out)
        why = ", ".join(f"{number:,} {reason}" for reason, number in reasons.most_common())
        return f"{len(self.ready):,} ready to ship, {len(self.left_out):,} left out{f': {why}' if why else ''}"


@dataclass(frozen=True, slots=True)
class _File:
    """The orders of one file, and how the file was when they were read."""

    stamp: tuple[int, ...]
    orders: Sequence[Read]


class Stock:
    """The orders of files, kept as long as the files are as they were; one thread at a time."""

    def __init__(
        self,
        arguments: Sequence[str],
        shape: str | None,
        input_format: "Format | None",
        settings: "Settings",
        say: Callable[[str], None],
    ) -> None:
        if "-" in arguments:
            raise UsageError("-: standard input can be read only once, and serve reads its files again and again.")
        self._arguments = arguments
        self._shape = shape
        self._format = input_format
        self._settings = settings
        self._say = say
        self._files: dict[str, _File] = {}
        self.orders = Orders()

    def load(self, *, allow_empty: bool) -> None:
        """Read everything for the first time. Raises NoInput where a file is missing or no order is found."""
        names = self._named() if allow_empty else find_files(self._arguments)
        files = {name: self._file(name) for name in names}
        if not allow_empty and not any(file.orders for file in files.values()):
            raise NoInput(f"No order in {', '.join(names)}. An empty input is allowed with --allow-empty.")
        self._take(files)

    def refresh(self) -> Orders:
        """The orders as the files are now. Raises NoInput when a file cannot be read."""
        files = {name: self._file(name) for name in self._named()}
        if files != self._files:
            self._take(files)
        return self.orders

    def _named(self) -> list[str]:
        """The files that the arguments mean now; a folder may have become empty."""
        return [name for argument in self._arguments for name in _inside(argument)]

    def _file(self, name: str) -> _File:
        """A file's orders; while it is being written, those that it held before."""
        known = self._files.get(name)
        stamp = _stamp(name)
        if known is not None and known.stamp == stamp:
            return known
        orders = tuple(self._read(name))
        age = time.time() - stamp[0] / 1e9
        if known is not None and age < _STILL and any(read.unreadable for read in orders):
            return known
        settled = age > _TICK and _stamp(name) == stamp
        return known if known and known.orders == orders and not settled else _File(stamp if settled else (), orders)

    def _read(self, name: str) -> Iterator[Read]:
        for incoming in take_in([name], shape=self._shape, input_format=self._format, allow_empty=True):
            yield self._order(incoming)

    def _order(self, incoming: Incoming) -> Read:
        place = f"{incoming.record.file}:{incoming.record.line}"
        if incoming.document is None or incoming.shape is None:
            assert incoming.fault is not None
            why = incoming.fault.code + _TO_DO.get(incoming.fault.code, "")
            return Read(place, None, None, why, unreadable=incoming.record.fault is not None)
        target = systems.shape(SHAPE)
        converted = convert(incoming.document, incoming.shape, target, self._settings)
        findings = target.check(incoming.document) if incoming.shape is target else converted.findings
        wrong = next((finding for finding in findings if finding.severity == "error"), None)
        if wrong is not None or converted.document is None:
            key = converted.key or converted.source_id
            code, where = (wrong.code, spell(wrong.path)) if wrong else ("unconverted", None)
            return Read(place, key, None, code, where)
        if converted.document.get("status") not in (*_READY, "fulfilled"):
            return Read(place, converted.key, None, "no-word", "status")
        return Read(place, converted.key, converted.document)

    def _take(self, files: dict[str, _File]) -> None:
        self._files = files
        self.orders = _together(read for file in files.values() for read in file.orders)
        self._say(self.orders.summary())
        for read in self.orders.left_out[:_TOLD]:
            self._say(read.line())
        if len(self.orders.left_out) > _TOLD:
            self._say(f"and {len(self.orders.left_out) - _TOLD:,} more; orderctl validate --for {SHAPE} tells them all")


def _together(orders: Iterator[Read]) -> Orders:
    """The orders of all files; of two with one id the first counts."""
    first: dict[str, Read] = {}
    left_out: list[Read] = []
    for read in orders:
        if read.document is None or read.key is None:
            left_out.append(read)
        elif read.key in first:
            left_out.append(read.left_out("duplicate-order, the first", first[read.key].place))
        else:
            first[read.key] = read
    documents = {key: read.document for key, read in first.items() if read.document is not None}
    shipped = [read.left_out("shipped already") for read in first.values() if not read.ready]
    keys = frozenset(read.key for read in left_out if read.key is not None)
    ready = [key for key, read in first.items() if read.ready]
    return Orders(documents, ready, [*left_out, *shipped], keys | documents.keys())


def _inside(argument: str) -> list[str]:
    try:
        return find_files([argument])
    except NoInput:
        if os.path.isdir(argument) and os.access(argument, os.R_OK):
            return []
        raise


def _stamp(name: str) -> tuple[int, ...]:
    try:
        found = os.stat(name)
    except OSError as error:
        raise NoInput(f"{name}: cannot be read: {error.strerror}.") from None
    return found.st_mtime_ns, found.st_size, found.st_ino
