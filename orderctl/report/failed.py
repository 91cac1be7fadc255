"""The orders that a push did not bring home, as a file that can be pushed again.

Knows outcomes and formats; changes nothing in an order, whatever its shape.
"""

from collections.abc import Iterable, Iterator

from orderctl.report.output import format_for
from orderctl.report.row import Row, Run
from orderctl.report.spool import SpooledBytes

HOME = frozenset({"accepted", "unchanged"})
"""The outcomes that need no further push."""


class Failed:
    """The source records of everything not accepted or unchanged, a line each; what is enqueued is not due either."""

    def __init__(self, path: str, *, enqueued: bool = False) -> None:
        self._format = format_for(path, None)
        self._home = HOME | {"not_sent"} if enqueued else HOME
        self._kept = SpooledBytes()
        self._number = 0
        self.unreadable = 0

    def __len__(self) -> int:
        return self._number

    def add(self, row: Row) -> None:
        """Keep an order that is not home; a record that could not be read can only be counted."""
        from orderctl.files import json_bytes

        if row.outcome in self._home:
            return
        if row.source is None:
            self.unreadable += 1
        else:
            self._kept.add(json_bytes(row.source, indent=False) + b"\n")
            self._number += 1

    def chunks(self, run: Run) -> Iterable[bytes]:
        """A JSON array, JSON Lines or YAML, by the suffix of the path; an empty list when all are home."""
        from orderctl.files.yaml_writing import yaml_text

        if self._format == "ndjson":
            return self._kept.pieces()
        if self._format == "yaml":
            return (text.encode() for text in yaml_text(_decoded(self._kept.lines())))
        return _array(self._kept.lines())


def _decoded(kept: Iterable[bytes]) -> Iterator[object]:
    from decimal import Decimal

    import msgspec

    decode = msgspec.json.Decoder(float_hook=Decimal).decode
    return (decode(raw) for raw in kept)


def _array(kept: Iterable[bytes]) -> Iterator[bytes]:
    import msgspec

    begun = False
    for raw in kept:
        yield b",\n" if begun else b"[\n"
        yield msgspec.json.format(raw, indent=2)
        begun = True
    yield b"\n]\n" if begun else b"[]\n"
