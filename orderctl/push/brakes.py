"""When a run stops before its end: limits that were asked for, and signs that all is going wrong.

Knows no system and no clock: it counts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from orderctl.errors import Exit
from orderctl.push.words import Options, Outcome

FIRST_REJECTED = 20
"""So many orders in a row rejected from the start: the whole input is in the wrong form."""
SILENCE = 10
"""So many orders in a row that could not be sent at all: the target is not there."""

_FAILURES = (Outcome.REJECTED, Outcome.FAILED, Outcome.UNKNOWN, Outcome.CONFLICT)


@dataclass(slots=True)
class Brakes:
    """Counts what became of orders that were sent, and says when to stop."""

    options: Options
    sent: int = 0
    failures: int = 0
    ended: int = 0
    accepted: int = 0
    rejected: int = 0
    silent: int = 0
    stopped: tuple[str, Exit | None] | None = field(default=None)

    def room(self, unsent: Callable[[], int]) -> int | None:
        """How many more orders may start; None is no bound. `unsent` counts those under way and not sent yet."""
        canary = None if self._canary_over else self.options.canary
        bounds = [bound for bound in (self.options.limit, canary) if bound is not None]
        return max(0, min(bounds) - self.sent - unsent()) if bounds else None

    def limit_reached(self) -> bool:
        """Whether `--limit` orders have been sent."""
        return self.options.limit is not None and self.sent >= self.options.limit

    def note(self, outcome: Outcome, *, sent: bool, silent: bool) -> tuple[str, Exit | None] | None:
        """Count how an order that was started ended; returns why the run must stop now, if it must."""
        self.failures += outcome in _FAILURES
        self.silent = self.silent + 1 if silent else 0
        if sent:
            self.ended += 1
            self.accepted += outcome is Outcome.ACCEPTED
            self.rejected += outcome is Outcome.REJECTED
        return self._why()

    @property
    def _canary_over(self) -> bool:
        return self.options.canary is None or self.accepted >= self.options.canary

    def _why(self) -> tuple[str, Exit | None] | None:
        options = self.options
        if options.canary is not None and self.ended <= options.canary and self.failures:
            return f"--canary {options.canary}: not all of the first were accepted", None
        if options.max_failures is not None and self.failures >= options.max_failures:
            return f"--max-failures {options.max_failures} is reached", Exit.STOPPED
        if options.max_failures is None and self.rejected == self.ended == FIRST_REJECTED:
            return f"the first {FIRST_REJECTED} orders were all rejected", Exit.STOPPED
        if self.silent >= SILENCE:
            return f"{self.silent} orders in a row could not be sent at all", Exit.TEMPORARY
        return None
