"""What one order goes through, in words: the order under way, the steps it asks for, how it ends.

Knows no network and no journal; the engine carries the steps out.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from orderctl.errors import Exit
from orderctl.push.client import NoAnswer
from orderctl.push.entries import Entry
from orderctl.push.mask import Mask
from orderctl.push.pace import Pace
from orderctl.push.words import Candidate, Outcome
from orderctl.systems.wire import Answer, Document, Identity, Repeat, Request, Wire


@dataclass(slots=True)
class Order:
    """One order on its way. `unsettled`: something was sent of it that may or may not have been applied.

    `unsure`: and of that there was no trustworthy answer at all. `settled_at` is of the monotonic clock.

    `entry` is the journal's, `intent` the entry that this run has made, `remote` what the target was seen to hold.
    """

    candidate: Candidate
    document: Document
    identity: Identity
    content: bytes
    keyless: bool
    entry: Entry | None = None
    intent: Entry | None = None
    unsettled: bool = False
    unsure: bool = False
    repeat: Repeat = Repeat.AT_ONCE
    settled_at: float | None = None
    tries: int = 0
    asked: bool = False
    sent: bool = False
    ended: bool = False
    http_status: int | None = None
    remote_id: str | None = None

    def open_outcome(self, nothing: Outcome) -> Outcome:
        """What is true of an order that goes no further; `nothing` where nothing of it can have been applied."""
        if not self.unsettled:
            return nothing
        return Outcome.UNKNOWN if self.unsure or self.repeat is Repeat.NEVER else Outcome.FAILED

    def unrest(self, desk: "Desk") -> float:
        """Seconds left of the settle time, never more than the whole of it, whatever the clocks did.

        Of an order that a dead run left in flight nobody knows when its request ended: at latest with its timeout.
        """
        if not self.unsettled:
            return 0.0
        if self.settled_at is not None:
            left = self.settled_at - desk.clock()
        else:
            assert self.entry is not None
            died = self.entry.updated_at == self.entry.sent_at
            left = self.entry.updated_at + (desk.timeout if died else 0.0) + desk.settle - desk.now()
        return min(max(0.0, left), desk.settle)

    def youth(self, desk: "Desk") -> float:
        """Seconds for which a look-up may not show yet what the target accepted: an index may lag behind."""
        if self.entry is None or not self.entry.accepted_at:
            return 0.0
        return min(max(0.0, self.entry.accepted_at + desk.settle - desk.now()), desk.settle)


@dataclass(slots=True)
class Send:
    """Let a request leave; a write is noted for its orders before it does. The answer comes back."""

    request: Request
    orders: list[Order]
    writes: bool
    sent_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Let other orders go on for so many seconds; with `holds` no new one is started meanwhile."""

    seconds: float
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How one order ended."""

    outcome: Outcome
    message: str | None = None
    remote_id: str | None = None


Steps: TypeAlias = Generator[Send | Wait, Any, Ending]
Asking: TypeAlias = Generator[Send | Wait, Any, Answer | NoAnswer]


@dataclass(slots=True)
class Desk:
    """What every order of a run shares; times in seconds."""

    wire: Wire
    settings: Mapping[str, str]
    target: str
    host: str
    max_attempts: int
    settle: float
    timeout: float
    pace: Pace
    mask: Mask
    clock: Callable[[], float]
    now: Callable[[], float]
    random: Callable[[], float]
    tell: Callable[[str], None]
    stop: Callable[[str, Exit | None], None] = field(init=False)
    settled: Callable[[list[Order]], None] = field(init=False)
