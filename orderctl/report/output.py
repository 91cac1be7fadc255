"""Documents as a file of orders: in the shape's envelope, as JSON, JSON Lines or YAML, one at a time.

Knows envelopes; knows no conversion and no file name but its suffix.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePath
from typing import Any, Literal, TypeAlias

from orderctl.mapping.shape import Shape

Format: TypeAlias = Literal["json", "ndjson", "yaml"]
_SUFFIXES: dict[str, Format] = {".jsonl": "ndjson", ".ndjson": "ndjson", ".yaml": "yaml", ".yml": "yaml"}


def format_for(path: str | None, asked: Format | None) -> Format:
    """The format asked for, else the one that the suffix says, else JSON."""
    return asked or _SUFFIXES.get(PurePath(path or "").suffix.lower(), "json")


def chunks(documents: Iterable[dict[str, Any]], shape: Shape, *, many: bool, format: Format) -> Iterator[bytes]:
    """The bytes of an output file; `many` says that more than one order was read.

    One order that was refused leaves nothing to write.
    """
    from orderctl.files import json_bytes

    given = iter(documents)
    first = next(given, None)
    if first is None and not many:
        return
    every = given if first is None else chain((first,), given)
    if format == "ndjson":
        yield from (json_bytes(document, indent=False) + b"\n" for document in every)
    elif format == "yaml":
        from orderctl.files.yaml_writing import yaml_text

        yield from (text.encode() for text in yaml_text(_wrapped(every, first, shape, many)))
    elif many or shape.listed:
        yield from _json_list(every, shape.several)
    else:
        yield json_bytes(_wrapped(every, first, shape, many)) + b"\n"


def _wrapped(every: Iterable[dict[str, Any]], first: Any, shape: Shape, many: bool) -> Any:
    if many or shape.listed:
        return {shape.several: every} if shape.several else every
    return {shape.one: first} if shape.one else first


def _json_list(documents: Iterable[dict[str, Any]], key: str) -> Iterator[bytes]:
    """A JSON array of documents, under a key or bare, written as they come."""
    from orderctl.files import json_bytes

    opening, closing = (f'{{\n  "{key}": ['.encode(), b"\n  ]\n}") if key else (b"[", b"\n]")
    yield opening
    before = b""
    for document in documents:
        whole = json_bytes({key: [document]} if key else [document])
        yield before + whole[len(opening) : -len(closing)]
        before = b","
    yield (closing if before else closing.replace(b"\n  ]", b"]").replace(b"\n]", b"]")) + b"\n"
