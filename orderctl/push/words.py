"""The words of a push: candidates, results, options, the world around it.

Knows no system and no network; imports nothing heavy.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from orderctl.errors import Exit
from orderctl.findings import Finding

if TYPE_CHECKING:
    import httpx

    from orderctl.push.signals import Heard


class Outcome(StrEnum):
    """What became of one order; nothing else can."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    INVALID = "invalid"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    NOT_SENT = "not_sent"


class Meant(NamedTuple):
    """What an order says whatever its shape: the canonical status word, and the source's own id."""

    status: str | None = None
    source_id: str | None = None


_SAYS_NOTHING = Meant()


@dataclass(slots=True)
class Candidate:
    """One order that may be pushed: `document` is valid in the target's shape, or None when it is not.

    `source` is the record as read; `says` tells what the order means, or how that is found out.
    Give `key` even without a document where it is known: an order cancelled later is then still seen.
    """

    file: str
    index: int
    line: int | None = None
    document: dict[str, Any] | None = None
    key: str | None = None
    number: str | None = None
    says: Meant | Callable[[], Meant] = _SAYS_NOTHING
    findings: list[Finding] = field(default_factory=list)
    losses: int = 0
    source: object = None
    shape: str = ""

    @property
    def meant(self) -> Meant:
        """What the order says, found out when first asked for: of one that has not changed, nobody asks."""
        if not isinstance(self.says, Meant):
            self.says = self.says()
        return self.says


@dataclass(slots=True)
class Result:
    """What became of one candidate; `requests` is filled in a dry run only.

    `asked` says whether any request of this run was about it, a look-up too; `attempts` counts the writes.
    `noted` is False where the journal was lost before it took this: the next push finds it out again.
    """

    candidate: Candidate
    outcome: Outcome
    key: str | None = None
    number: str | None = None
    remote_id: str | None = None
    http_status: int | None = None
    attempts: int = 0
    message: str | None = None
    asked: bool = False
    noted: bool = True
    requests: list[dict[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a push would do with a candidate: `new`, `changed`, `unchanged`, `invalid` or `unknown`.

    `changes` are the spelled paths that differ from what was last accepted, as far as their meaning differs.
    `message` says why a changed order would not be sent, but end as a conflict.
    """

    candidate: Candidate
    key: str | None
    number: str | None
    action: str
    changes: list[str] = field(default_factory=list)
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What the journal knows of one order; `at` and `accepted_at` are wall-clock seconds."""

    key: str
    number: str | None
    outcome: Outcome
    remote_id: str | None
    http_status: int | None
    attempts: int
    at: float
    accepted_at: float | None


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of a push; times in seconds, None where the target or the system decides.

    With `patience`, a run ends as soon as it would only wait, and for longer: `resume_in` of its summary says how long.
    """

    dry_run: bool = False
    resend: bool = False
    limit: int | None = None
    max_time: float | None = None
    max_failures: int | None = None
    max_attempts: int = 3
    rate: str | None = None
    concurrency: int = 4
    timeout: float = 60.0
    settle: float | None = None
    canary: int | None = None
    lock_wait: float = 0.0
    quiet: bool = False
    no_order_key: bool = False
    patience: float | None = None


@dataclass(frozen=True, slots=True)
class World:
    """The world around a push: clocks, chance and the way out, each of which a test can replace.

    `transport` stands in for the network. With `sleep` given, requests run in the caller's thread and every
    wait calls it, so that time can be simulated; without it, workers send and the wait is real. `heard` are signals
    that somebody else listens to.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    random: Callable[[], float] = random.random
    transport: "httpx.BaseTransport | None" = None
    sleep: Callable[[float], None] | None = None
    heard: "Heard | None" = None


@dataclass(slots=True)
class Summary:
    """The counts of a run (SPEC §4) and why it ended before its end, if it did."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    requests: int = 0
    seconds: float = 0.0
    stopped: str | None = None
    resume_in: float | None = None
    exits: set[Exit] = field(default_factory=set)
    dry_run: bool = False
    enqueued: bool = False

    @property
    def total(self) -> int:
        """How many orders there were."""
        return sum(self.counts.values())

    @property
    def exit_code(self) -> Exit:
        """The exit code: the first of 7, 4, 3, 5, 8, 1; an interruption wins over all."""
        met = self.exits | {_EXITS[outcome] for outcome, count in self.counts.items() if count and outcome in _EXITS}
        return next((code for code in _PRECEDENCE if code in met), Exit.OK)

    def as_dict(self) -> Mapping[str, object]:
        """The `summary` of `orderctl.push/1`."""
        counts = {outcome.value: count for outcome, count in self.counts.items()}
        return {"total": self.total, **counts, "requests": self.requests, "seconds": round(self.seconds, 3)}


_EXITS = {
    Outcome.UNKNOWN: Exit.UNKNOWN,
    Outcome.REJECTED: Exit.REJECTED,
    Outcome.CONFLICT: Exit.REJECTED,
    Outcome.FAILED: Exit.TEMPORARY,
    Outcome.INVALID: Exit.FINDINGS,
}
_PRECEDENCE = (
    Exit.INTERRUPTED,
    Exit.TERMINATED,
    Exit.UNKNOWN,
    Exit.REFUSED,
    Exit.REJECTED,
    Exit.TEMPORARY,
    Exit.STOPPED,
    Exit.FINDINGS,
)
