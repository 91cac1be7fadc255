"""Documents as a file of orders: in the shape's envelope, as JSON, JSON Lines or YAML, one at a time.

Knows envelopes; knows no conversion and no file name but its suffix.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePath
from typing import Any, Literal, TypeAlias

from orderctl.mapping.shape import Shape

Format: TypeAlias = Literal["json", "ndjson", "yaml"]
_PIECE = 64 * 1024
_SUFFIXES: dict[str, Format] = {".jsonl": "ndjson", ".ndjson": "ndjson", ".yaml": "yaml", ".yml": "yaml"}


def format_for(path: str | None, asked: Format | None) -> Format:
    """The format asked for, else the one that the suffix says, else JSON."""
    return asked or _SUFFIXES.get(PurePath(path or "").suffix.lower(), "json")


def chunks(
    documents: Iterable[dict[str, Any]], shape: Shape, *, many: bool, format: Format, more: Iterable[bytes] = ()
) -> Iterator[bytes]:
    """The bytes of an output file; `many` says that more than one order was read.

    One order that was refused leaves nothing to write. Of many as JSON or JSON Lines, `more` are further `elements`.
    """
    from orderctl.files import json_bytes

    given = iter(documents)
    first = next(given, None)
    if first is None and not many:
        return
    every = given if first is None else chain((first,), given)
    if format == "ndjson" or (format == "json" and (many or shape.listed)):
        yield from framed(chain(elements(every, shape, format), more), shape, format)
    elif format == "yaml":
        from orderctl.files.yaml_writing import yaml_text

        yield from (text.encode() for text in yaml_text(_wrapped(every, first, shape, many)))
    else:
        yield json_bytes(_wrapped(every, first, shape, many)) + b"\n"


def _wrapped(every: Iterable[dict[str, Any]], first: Any, shape: Shape, many: bool) -> Any:
    if many or shape.listed:
        return {shape.several: every} if shape.several else every
    return {shape.one: first} if shape.one else first


def elements(documents: Iterable[dict[str, Any]], shape: Shape, format: Format) -> Iterator[bytes]:
    """The documents of a file of many as JSON or JSON Lines, some at once; in JSON a comma stands before each."""
    from orderctl.files import append_json

    held = bytearray()
    for document in documents:
        append_json(document, held)
        held += b"\n" if format == "ndjson" else b","
        if len(held) > _PIECE:
            yield _piece(held, shape.several, format)
            held.clear()
    if held:
        yield _piece(held, shape.several, format)


def _piece(held: bytearray, key: str, format: Format) -> bytes:
    """Some documents, each with what separates it from the next, as they stand in the file."""
    from orderctl.files import indented

    if format == "ndjson":
        return bytes(held)
    opening, closing = _frame(key)
    whole = indented((b'{"%b":[%b]}' if key else b"%b[%b]") % (key.encode(), held[:-1]))
    return b"," + whole[len(opening) : -len(closing)]


def framed(pieces: Iterable[bytes], shape: Shape, format: Format) -> Iterator[bytes]:
    """A whole file of the `elements` of many documents: JSON Lines, or a JSON array, under a key or bare."""
    if format == "ndjson":
        yield from pieces
        return
    opening, closing = _frame(shape.several)
    yield opening
    empty = True
    for piece in pieces:
        yield piece.removeprefix(b",") if empty else piece
        empty = False
    yield (closing.lstrip() if empty else closing) + b"\n"


def _frame(key: str) -> tuple[bytes, bytes]:
    """What stands before and behind the documents of an array, under a key or bare."""
    return (f'{{\n  "{key}": ['.encode(), b"\n  ]\n}") if key else (b"[", b"\n]")
