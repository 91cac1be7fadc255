"""Puts results back into the order of the input: a push learns them in the order in which they are sure.

Knows places in files only; holds no more than what waits for an earlier order.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class InOrder(Generic[T]):
    """Results as they come in, handed on in the order in which they were expected."""

    def __init__(self) -> None:
        self._numbers: defaultdict[tuple[str, int], deque[int]] = defaultdict(deque)
        self._early: dict[int, T] = {}
        self._expected = 0
        self._next = 0

    def expect(self, file: str, index: int) -> None:
        """Say which order comes next in the input."""
        self._numbers[file, index].append(self._expected)
        self._expected += 1

    def take(self, file: str, index: int, result: T) -> Iterator[T]:
        """Take a result; hand on what can be."""
        waiting = self._numbers[file, index]
        self._early[waiting.popleft()] = result
        if not waiting:
            del self._numbers[file, index]
        while self._next in self._early:
            yield self._early.pop(self._next)
            self._next += 1

    def rest(self) -> Iterator[T]:
        """Hand on what is left, when no more will come."""
        for number in sorted(self._early):
            yield self._early.pop(number)
