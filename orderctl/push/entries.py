"""The rows of the journal, as values: what is known, what is about to leave, what became of it.

Knows no database connection, only how a row is written: what an outcome changes has a fixed width.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from orderctl.push.fingerprint import Leaves
from orderctl.push.words import Outcome
from orderctl.systems.wire import Repeat

INFLIGHT = "inflight"
NEVER = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal knows of one order; times are wall-clock seconds, 0 for never.

    `content` is the hash of what was last accepted, None when nothing was, and `status` the canonical word it had;
    `sent_content` that of what was last sent.
    `unsettled`: something was sent that may or may not have been applied since.
    """

    id: int
    key: str
    number: str | None
    source: bytes | None
    attempt: int
    repeat: Repeat
    keyless: bool
    state: str
    unsettled: bool
    http_status: int | None
    remote_id: str | None
    slot: str
    sent_slot: str
    content: bytes | None
    sent_content: bytes
    status: str | None
    sent_at: float
    accepted_at: float
    updated_at: float


@dataclass(slots=True)
class Intent:
    """What is about to leave."""

    key: str
    number: str | None
    source: bytes | None
    status: str | None
    content: bytes
    leaves: Leaves
    repeat: Repeat
    keyless: bool
    entry: Entry | None

    def values(self, now: float, layout: int) -> dict[str, Any]:
        """The columns; the slot of what was last accepted stays as it is."""
        slot = "1" if self.entry is not None and self.entry.slot == "0" else "0"
        return {
            "number": self.number,
            "source": self.source or (self.entry.source if self.entry else None),
            "attempt": self.entry.attempt + 1 if self.entry else 1,
            "repeat": self.repeat.value,
            "keyless": "1" if self.keyless else "0",
            "state": wide(INFLIGHT, 8),
            "unsettled": "1",
            "sent_slot": slot,
            "sent_at": time_text(now),
            "updated_at": time_text(now),
            f"status{slot}": self.status,
            f"content{slot}": self.content,
            f"layout{slot}": layout,
            f"leaves{slot}": self.leaves[1],
        }


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of what left."""

    entry: Entry
    outcome: Outcome
    unsettled: bool
    http_status: int | None = None
    remote_id: str | None = None

    def values(self, now: float) -> dict[str, Any]:
        """The columns, and the attempt that this is the outcome of."""
        accepted = self.outcome is Outcome.ACCEPTED
        return {
            "row": self.entry.id,
            "fence": self.entry.attempt,
            "state": wide(self.outcome.value, 8),
            "unsettled": "1" if self.unsettled else "0",
            "http": f"{self.http_status or 0:03d}",
            "remote_id": wide(self.remote_id or self.entry.remote_id or "", 40),
            "slot": self.entry.sent_slot if accepted else self.entry.slot,
            "accepted_at": time_text(now if accepted else self.entry.accepted_at),
            "updated_at": time_text(now),
        }


FRESH = {"http": "000", "remote_id": " " * 40, "slot": "-"}
"""The columns of a new row that only an outcome fills."""


def read(row: Row[Any]) -> Entry:
    """A row as a value."""
    accepted = {"0": (row.content0, row.status0), "1": (row.content1, row.status1)}.get(row.slot, (None, None))
    return Entry(
        id=row.id,
        key=row.key,
        number=row.number,
        source=row.source,
        attempt=row.attempt,
        repeat=Repeat(row.repeat),
        keyless=row.keyless == "1",
        state=row.state.rstrip(),
        unsettled=row.unsettled == "1",
        http_status=int(row.http) or None,
        remote_id=row.remote_id.rstrip() or None,
        slot=row.slot,
        sent_slot=row.sent_slot,
        content=accepted[0],
        sent_content=row.content1 if row.sent_slot == "1" else row.content0,
        status=accepted[1],
        sent_at=float(row.sent_at),
        accepted_at=float(row.accepted_at),
        updated_at=float(row.updated_at),
    )


def wide(text: str, width: int) -> str:
    """The text, filled up with blanks."""
    return text.ljust(width)


def time_text(moment: float) -> str:
    """A wall-clock time in 15 characters."""
    return f"{min(max(moment, 0.0), 99999999999.0):015.3f}"


def pack(times: Sequence[float]) -> bytes:
    """Times as one value of the database."""
    return struct.pack(f"<{len(times)}d", *times)


def unpack(packed: bytes) -> list[float]:
    """The times in such a value."""
    return list(struct.unpack(f"<{len(packed) // 8}d", packed))
