"""How many processors this process may use: those it may run on, and the time that its control group is granted.

Knows Linux only; elsewhere the answer is one.
"""

import math
import os
from contextlib import suppress
from pathlib import Path

_GROUP = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


def processors() -> int:
    """How many processors this process may use; 1 where the system does not tell.

    That is macOS above all, whose own libraries may not survive a fork that nobody asked for.
    """
    if not hasattr(os, "sched_getaffinity"):
        return 1
    return max(1, int(min(len(os.sched_getaffinity(0)), granted(_GROUP, _GROUPS))))


def granted(group: Path, groups: Path) -> float:
    """The processors whose time the control group of this process is granted, itself and those around it.

    By `cpu.max` of cgroup v2: microseconds of processor time, or `max`, in so many; a container or a service with a
    limit has one. Infinite where there is none.
    """
    least = math.inf
    with suppress(OSError):
        names = [line.removeprefix("0::/") for line in group.read_text().splitlines() if line.startswith("0::/")]
        place = groups.joinpath(*names)
        for folder in (place, *place.parents):
            with suppress(OSError, ValueError):
                quota, period = (folder / "cpu.max").read_text().split()
                least = min(least, int(quota) / int(period))
    return least
