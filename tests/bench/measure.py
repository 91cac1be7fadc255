"""Running programs and taking their processor time and peak memory; what a run costs beyond its start.

Knows processes; knows no order.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
ONCE = str(Path(__file__).with_name("once.py"))
UNITS = str(Path(__file__).with_name("units.py"))


class Cost(NamedTuple):
    """Processor seconds (user and system), the largest resident size in MiB, and seconds by the clock."""

    seconds: float
    peak: float
    elapsed: float


class Meter:
    """Runs commands in rounds and takes the median; compiled modules are kept, as an installed wheel has them."""

    def __init__(self, folder: Path, rounds: int = 3, python: str = sys.executable) -> None:
        self.compiled = folder / "compiled"
        self.rounds = rounds
        self.python = python

    def orderctl(self, *arguments: str) -> list[str]:
        """The command line of orderctl."""
        return [self.python, "-m", "orderctl", *arguments]

    def unit(self, name: str, file: Path) -> list[str]:
        """The command line of a unit."""
        return [self.python, UNITS, name, str(file)]

    def run(self, command: Sequence[str]) -> Cost:
        """The median cost of a command, the least by the clock; its output is thrown away.

        An exit code raises, but for findings of orderctl.
        """
        costs = [_once(command, self._environment()) for _ in range(self.rounds)]
        return Cost(
            statistics.median(cost.seconds for cost in costs),
            max(cost.peak for cost in costs),
            min(cost.elapsed for cost in costs),
        )

    def beyond_start(self, command: Sequence[str], small: Sequence[str]) -> float:
        """The median seconds of a command beyond those of the same on one order, taken in turns."""
        pairs = [
            _once(command, self._environment()).seconds - _once(small, self._environment()).seconds
            for _ in range(self.rounds)
        ]
        return statistics.median(pairs)

    def _environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "PYTHONPYCACHEPREFIX": str(self.compiled), "PYTHONPATH": str(ROOT)}


def _once(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    done = subprocess.run([sys.executable, ONCE, *command], capture_output=True, env=environment, check=True)
    code, seconds, peak, elapsed = json.loads(done.stdout)
    if code not in ((0, 1) if "orderctl" in command else (0,)):
        raise RuntimeError(f"{' '.join(command)} ended with {code}: {done.stderr[-2000:]!r}")
    return Cost(seconds, peak / 1024, elapsed)
