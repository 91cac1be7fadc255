"""Faults on request: which a user can ask for, and which request of a run meets one.

Knows nothing of HTTP; what a fault does to an answer is the server's part.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from orderctl.errors import UsageError

KINDS = {
    "timeout": "no answer, and nothing is done",
    "timeout-after-commit": "the order is taken, no answer comes",
    "reset": "the connection is reset, and nothing is done",
    "reset-after-commit": "the order is taken, the connection is reset",
    "garbage": "the order is taken, the answer is a page of HTML with status 200",
    "cut": "the order is taken, the answer breaks off in the middle",
}
FORMS = (
    f"SYSTEM:KIND[:SHARE], KIND a status from 400 to 599 or one of {', '.join(KINDS)}, "
    "SHARE like 0.1 or 1/50: webship:503:0.1, shipstation:429:1/50, starshipit:timeout-after-commit"
)
_SHARE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}|/0{0,8}[1-9][0-9]{0,8})?")


@dataclass(slots=True)
class Fault:
    """One fault that was asked for; `share` of the system's requests meet it, drawn from its own seed."""

    spec: str
    system: str
    kind: str
    share: Fraction
    chance: random.Random = field(repr=False)
    fired: int = 0

    @property
    def status(self) -> int | None:
        """The status that the fault answers with, before anything is done."""
        return int(self.kind) if self.kind.isdecimal() else None

    @property
    def commits(self) -> bool:
        """Whether the order is taken before the fault shows."""
        return self.kind in ("garbage", "cut") or self.kind.endswith("-after-commit")

    def fires(self) -> bool:
        """Draw for the next request."""
        hit = self.chance.random() < self.share
        self.fired += hit
        return hit


def read(specs: Iterable[str], systems: Sequence[str], seed: int) -> list[Fault]:
    """The faults of these specs.

    Raises UsageError that names the allowed forms.
    """
    return [_read(spec, systems, seed) for spec in specs]


def draw(faults: Iterable[Fault], system: str) -> Fault | None:
    """The fault that the next request to this system meets; of several the first counts."""
    return next((fault for fault in faults if fault.system == system and fault.fires()), None)


def _read(spec: str, systems: Sequence[str], seed: int) -> Fault:
    system, _, rest = spec.partition(":")
    kind, _, share = rest.partition(":")
    if system not in systems:
        raise UsageError(f"{spec!r} is no fault: there is no system {system!r}. Write {FORMS}")
    if kind not in KINDS and not re.fullmatch(r"[45][0-9]{2}", kind):
        raise UsageError(f"{spec!r} is no fault: there is no kind {kind!r}. Write {FORMS}")
    return Fault(spec, system, kind, _share(spec, share), random.Random(f"{seed} {spec}"))


def _share(spec: str, text: str) -> Fraction:
    if spec.count(":") < 2:
        return Fraction(1)
    if _SHARE.fullmatch(text) and 0 < Fraction(text) <= 1:
        return Fraction(text)
    raise UsageError(f"{spec!r} is no fault: {text!r} is no share above 0 and up to 1. Write {FORMS}")
