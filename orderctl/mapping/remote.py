"""The numbers that a system gave out: read with the name of the system, written where they mean something.

Knows no system.
"""

from typing import Any

from orderctl.mapping.way import Way
from orderctl.order import RemoteId


def read_remote(value: Any, way: Way) -> RemoteId:
    """Read a number that the source's system gave out."""
    return RemoteId(way.source.system, int(value))


def write_remote(value: RemoteId, way: Way) -> int:
    """Write a number that the target's system gave out."""
    return value.id
