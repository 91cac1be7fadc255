"""How the sandbox counts requests against a system's documented limit.

Knows windows and a clock, no system and no header.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from orderctl.systems.stand_in import Gauge, Limit


@dataclass(slots=True)
class Window:
    """A fixed window that opens with the first request after the one before has passed."""

    limit: Limit
    clock: Callable[[], float]
    opened: float = -math.inf
    used: int = 0

    def take(self) -> Gauge:
        """Count one request, and say how the limit stands after it."""
        now = self.clock()
        if now - self.opened >= self.limit.seconds:
            self.opened, self.used = now, 0
        self.used += 1
        return Gauge(
            limit=self.limit.requests,
            remaining=max(0, self.limit.requests - self.used),
            reset=max(1, math.ceil(self.opened + self.limit.seconds - now)),
            exceeded=self.used > self.limit.requests,
        )
