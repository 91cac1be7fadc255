"""The rows of the journal, as values: what is known, what is about to leave, what became of it.

Knows no database connection, only how a row is written: what an outcome changes has a fixed width.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderctl.push.fingerprint import Leaves
from orderctl.push.words import Outcome
from orderctl.systems.wire import Repeat

INFLIGHT = "inflight"
NEVER = 0.0


class Entry(NamedTuple):
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


class Settled(NamedTuple):
    """What the target surely holds of one order: the content that was accepted last; nothing was sent since."""

    key: str
    content: bytes | None
    number: str | None
    remote_id: str | None
    source: bytes | None


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


COLUMNS = (
    *("id", "key", "number", "source", "attempt", "repeat", "keyless", "state", "unsettled", "http", "remote_id"),
    *("slot", "sent_slot", "sent_at", "accepted_at", "updated_at", "status0", "status1", "content0", "content1"),
)
"""What is read of an order."""
_REPEATS = {repeat.value: repeat for repeat in Repeat}


def read(row: Sequence[Any]) -> Entry:
    """A row of `COLUMNS` as a value, taken apart at once: a push reads one for every order."""
    row_id, key, number, source, attempt, repeat, keyless, state, unsettled, http, remote_id, *rest = row
    slot, sent_slot, sent_at, accepted_at, updated_at, status0, status1, content0, content1 = rest
    content, status = (content0, status0) if slot == "0" else (content1, status1) if slot == "1" else (None, None)
    return Entry(
        row_id,
        key,
        number,
        source,
        attempt,
        _REPEATS[repeat],
        keyless == "1",
        state.rstrip(),
        unsettled == "1",
        int(http) or None,
        remote_id.rstrip() or None,
        slot,
        sent_slot,
        content,
        content1 if sent_slot == "1" else content0,
        status,
        float(sent_at),
        float(accepted_at),
        float(updated_at),
    )


def read_settled(row: Sequence[Any]) -> Settled:
    """A row of `SETTLED` as a value."""
    key, content, number, remote_id, source = row
    return Settled(key, content, number, remote_id.rstrip() or None, source)


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
