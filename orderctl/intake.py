"""What comes in: the records of the files named, each with its shape, or with why it has none.

Knows files and detection; judges no field.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from typing import Any, BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from orderctl import files, systems
from orderctl.detect import detect
from orderctl.errors import NoInput, UsageError
from orderctl.files.ranges import Range, read_range
from orderctl.findings import Finding
from orderctl.mapping.shape import Shape
from orderctl.mapping.wording import found, no_order, one_of


class Incoming(Struct):
    """One record that came in: its document typed by its shape, or the finding that keeps it out.

    `sound` says that its shape vouches for all its fields.
    """

    record: files.Record
    document: Mapping[str, Any] | None
    shape: Shape | None
    fault: Finding | None
    sound: bool = False


def take_in(
    arguments: Sequence[str],
    *,
    shape: str | None,
    input_format: files.Format | None,
    allow_empty: bool = False,
    copy: BinaryIO | None = None,
) -> Iterator[Incoming]:
    """Every record of the files named, in order.

    Raises NoInput when a file is missing, a glob matches nothing or no record is found; the first two before
    anything is read. `copy` takes what is read of standard input.
    """
    names = files.find_files(arguments, allow_empty=allow_empty)
    return _take_in(names, shape_named(shape) if shape else None, input_format, allow_empty, copy)


def shape_named(name: str) -> Shape:
    """The shape of a name; UsageError proposes the nearest, or names all there are."""
    known = systems.shape_names()
    if name not in known:
        from orderctl.config.reading import nearest

        raise UsageError(f'"{name}" is no shape; {nearest(name, known)}')
    return systems.shape(name)


def _take_in(
    names: Sequence[str],
    shape: Shape | None,
    input_format: files.Format | None,
    allow_empty: bool,
    copy: BinaryIO | None,
) -> Iterator[Incoming]:
    paths, beside = systems.envelopes()
    envelopes = files.Envelopes(paths, beside)
    incoming = None
    for name in names:
        for incoming in _settled(partial(files.read, name, envelopes, input_format, copy=copy), shape):
            yield incoming
    if incoming is None and not allow_empty:
        raise NoInput(
            f"No order in {', '.join(map(files.named, names))}. An empty input is allowed with --allow-empty."
        )


def take_in_range(part: Range, shape: str | None) -> Iterator[Incoming]:
    """Every record of a range of a file; raises GivenUp where what it cannot read may go on beyond the range."""
    read = partial(read_range, part, files.Envelopes(*systems.envelopes()))
    for incoming in _settled(read, shape_named(shape) if shape else None):
        fault = incoming.record.fault
        if fault is not None and (part.form == "json" or fault.code in ("encoding", "limit")):
            from orderctl.parts import GivenUp

            raise GivenUp
        yield incoming


def _settled(read: Callable[[files.Expected], Iterator[files.Record]], shape: Shape | None) -> Iterator[Incoming]:
    """The records of one file or range, each expected to have the shape of the one before."""
    expected, likely = files.Expected(shape.sound if shape else None), shape
    sure = shape is not None
    for record in read(expected):
        if record.vouched and (sure or _is_told(record, likely)):
            yield Incoming(record, record.document, likely, None, True)
            continue
        incoming = settle(record, shape)
        if incoming.shape is not likely and incoming.shape is not None:
            likely, expected.known = incoming.shape, incoming.shape.sound
            sure = shape is not None or _is_unmistakable(likely)
        yield incoming


def _is_told(record: files.Record, likely: Shape | None) -> bool:
    """Whether a record that the likely shape vouches for has a key that only this shape knows."""
    return likely is not None and not _own_keys(likely).isdisjoint(record.document)


def settle(record: files.Record, shape: Shape | None) -> Incoming:
    """One record with its shape, typed by it; or with why it has none."""
    document = record.document
    if record.fault is not None:
        return Incoming(record, None, shape, record.fault)
    if not isinstance(document, Mapping) or not document:
        return _refuse(record, "not-an-order", no_order(document))
    if shape is None:
        shape = _told_at_once(document)
    if shape is None:
        detected = detect(document)
        if detected.shape is None:
            return _unclear(record, document, detected.fits, detected.why)
        shape = systems.shape(detected.shape)
    if record.format == "yaml":
        document = shape.settle(document)
    return Incoming(record, document, shape, None)


def _told_at_once(document: Mapping[str, Any]) -> Shape | None:
    """The shape that `detect` finds by the record's own keys; None where it must look closer."""
    owners = _owners()
    found = {owners[key] for key in owners.keys() & document.keys()}
    return found.pop() if len(found) == 1 else None


@cache
def _owners() -> dict[str, Shape]:
    """The keys of a record itself that exactly one shape knows, with that shape."""
    shapes = [systems.shape(name) for name in systems.shape_names()]
    known = Counter(key for shape in shapes for key in shape.keys)
    return {key: shape for shape in shapes for key in shape.keys if known[key] == 1}


@cache
def _own_keys(shape: Shape) -> frozenset[str]:
    """The keys of a record itself that only this shape knows."""
    return frozenset(key for key, owner in _owners().items() if owner is shape)


def _is_unmistakable(shape: Shape) -> bool:
    """Whether every document of a shape has a key that only this shape knows."""
    return any(row.required and row.wire in _own_keys(shape) for row in shape.table.rows)


def _unclear(record: files.Record, document: Mapping[str, Any], fits: tuple[str, ...], why: str) -> Incoming:
    if not fits:
        keys = ", ".join(map(found, islice(document, _SHOWN)))
        message = f"no shape knows its keys, such as {keys}; orderctl fields SHAPE lists the known ones"
        return _refuse(record, "not-an-order", message)
    return _refuse(record, "unclear-shape", f"it fits {one_of(fits, 'and')} ({why}); name one of them with --from")


def _refuse(record: files.Record, code: str, message: str) -> Incoming:
    finding = Finding(code=code, path=(), message=message)
    return Incoming(record, None, None, placed(finding, record))


def placed(finding: Finding, record: files.Record) -> Finding:
    """A finding with its file, index, line and column; the place is looked up only now."""
    line, column = files.locate(record, finding.path)
    return replace(finding, file=record.file, index=record.index, line=line, column=column)


_SHOWN = 3
"""How many of a record's keys a message names."""
