"""Python that is written by Python: functions that a declaration asks for, put together once and run for every order.

Knows statements and the values that they name; knows no table, no order and no vendor.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Program:
    """Source that grows line by line; the values that it speaks of come along under names, so none is spelled."""

    def __init__(self, **names: Any) -> None:
        self._lines: list[str] = []
        self._depth = 0
        self._names: dict[str, Any] = names

    def name(self, stem: str, value: Any) -> str:
        """The name of a value, new where no equal value has one of this stem."""
        wanted = re.sub(r"\W", "_", stem)
        if wanted in self._names and self._names[wanted] == value:
            return wanted
        name = self.reserve(wanted)
        self._names[name] = value
        return name

    def reserve(self, stem: str) -> str:
        """A name that nothing else has."""
        name = wanted = re.sub(r"\W", "_", stem)
        while name in self._names:
            name = f"{wanted}_{len(self._names)}"
        self._names[name] = None
        return name

    def line(self, text: str) -> None:
        """Add a statement."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a statement that holds others."""
        self.line(head)
        self._depth += 1
        yield
        self._depth -= 1

    @property
    def source(self) -> str:
        """The source as it stands."""
        return "\n".join(self._lines) + "\n"

    def function(self, name: str, about: str) -> Any:
        """The function of this name, built; `about` is what a traceback calls its source."""
        names = dict(self._names)
        exec(compile(self.source, f"<{about}>", "exec"), names)
        return names[name]
