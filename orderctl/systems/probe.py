"""The words of a probe: one harmless request that shows whether an account's credentials are accepted.

Knows no system and no network: each system's folder has a module `probe` with a `PROBE`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orderctl.systems.wire import Answer, Request, Verdict


@dataclass(frozen=True, slots=True)
class Probe:
    """A request that changes nothing, and what an answer with a 2xx status to it means."""

    ask: Callable[[Mapping[str, str]], Request]
    judge: Callable[[Answer], Verdict]
