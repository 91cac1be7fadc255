"""The identities met in one run, to find the second of two alike; beyond 20,000 they lie in a temporary file.

Knows text only.
"""

from types import TracebackType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import sqlite3

_IN_MEMORY = 20_000


class Memory(Protocol):
    """What remembers where each key first stood."""

    def first(self, key: str, place: str) -> str | None:
        """Where this key stood before; None, and remembered, when it is new."""


class Identities:
    """A memory of keys and where each first stood, of any size."""

    def __init__(self) -> None:
        self._near: dict[str, str] = {}
        self._far: sqlite3.Connection | None = None

    def __enter__(self) -> "Identities":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._far is not None:
            self._far.close()

    def first(self, key: str, place: str) -> str | None:
        """Where this key stood before; None, and remembered, when it is new."""
        if (known := self._near.get(key)) is not None:
            return known
        if self._far is None and len(self._near) < _IN_MEMORY:
            self._near[key] = place
            return None
        return self._first_far(key, place)

    def _first_far(self, key: str, place: str) -> str | None:
        if self._far is None:
            import sqlite3

            self._far = sqlite3.connect("")
            self._far.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID")
        row = self._far.execute("SELECT place FROM seen WHERE key = ?", (key,)).fetchone()
        if row is not None:
            return str(row[0])
        self._far.execute("INSERT INTO seen VALUES (?, ?)", (key, place))
        return None
