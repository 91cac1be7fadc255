"""Writing YAML that no reader can mistake.

Knows no shape and opens no file.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from yaml._yaml import CEmitter
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from orderctl.files.writing import digits


def yaml_text(value: object) -> Iterator[str]:
    """Spell a value as one YAML document, in pieces; lists may be any iterable, read as they are written.

    A text that another reader could take for something else stands in double quotes.
    """
    sink = _Sink()
    emitter = CEmitter(sink, allow_unicode=True, width=_WIDE, encoding=None)  # type: ignore[arg-type]
    for event in _document(value):
        emitter.emit(event)
        if sink.pieces:
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """Collects what the emitter writes."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def write(self, text: str) -> None:
        """Keep a piece."""
        self.pieces.append(text)

    def taken(self) -> str:
        """All that was kept, and keep nothing."""
        text = "".join(self.pieces)
        self.pieces.clear()
        return text


def _document(value: object) -> Iterator[Event]:
    yield StreamStartEvent()
    yield DocumentStartEvent(explicit=False)
    yield from _events(value)
    yield DocumentEndEvent(explicit=False)
    yield StreamEndEvent()


def _events(value: object) -> Iterator[Event]:
    if value is None or isinstance(value, bool | int | Decimal):
        yield ScalarEvent(None, None, (True, False), _bare(value))
    elif isinstance(value, str):
        yield _text(value)
    elif isinstance(value, dict):
        yield MappingStartEvent(None, None, True, flow_style=False)
        for key, inner in value.items():
            yield _text(key)
            yield from _events(inner)
        yield MappingEndEvent()
    elif isinstance(value, Iterable):
        yield SequenceStartEvent(None, None, True, flow_style=False)
        for inner in value:
            yield from _events(inner)
        yield SequenceEndEvent()
    else:
        raise TypeError(f"{type(value).__name__} is not a plain value")


def _bare(value: bool | int | Decimal | None) -> str:
    """Spell a value that stands without quotes."""
    words: dict[Any, str] = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else digits(value)


def _text(text: str) -> Event:
    safe = _SAFE.fullmatch(text) is not None and text.lower() not in _WORDS
    return ScalarEvent(None, None, (safe, not safe), text, style=None if safe else '"')


_WIDE = 2**31 - 1
_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z][A-Za-z0-9_-]*)*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"})
