"""The identities met in one run, to find the second of two alike; beyond 4,096 they lie in a temporary file.

Knows text only.
"""

from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from orderctl.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

_IN_MEMORY = 4_096
_MARKS = 1024 * 1024
"""Bytes of marks: of a million keys that are new, one in nine has the mark of another and is looked for."""
_PAGES = 500
"""KiB of the file that are kept in memory; 2,000 take no less time, however the keys follow one another."""


class Memory(Protocol):
    """What remembers where each key first stood."""

    def first(self, key: str, place: str) -> str | None:
        """Where this key stood before; None, and remembered, when it is new."""


class Identities:
    """A memory of keys and where each first stood, of any size."""

    def __init__(self) -> None:
        self._near: dict[str, str] = {}
        self._far: sqlite3.Connection | None = None
        self._marks = bytearray()

    def __enter__(self) -> "Identities":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._far is not None:
            self._far.close()

    def first(self, key: str, place: str) -> str | None:
        """Where this key stood before; None, and remembered, when it is new."""
        known = self._near.get(key)
        if known is None and self._far is not None:
            known = self._far_away(key, self._far)
        if known is not None:
            return known
        self._near[key] = place
        if len(self._near) == _IN_MEMORY:
            self._put_away()
        return None

    def _far_away(self, key: str, far: "sqlite3.Connection") -> str | None:
        """The place of a key in the file, which is asked only for a key that leaves its mark."""
        mark = hash(key)
        if not self._marks[mark >> 3 & _MARKS - 1] & 1 << (mark & 7):
            return None
        row = far.execute("SELECT place FROM seen WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _put_away(self) -> None:
        """Move what is near into the file, and mark every key of it. Raises UsageError where the file has no room."""
        import sqlite3

        if self._far is None:
            self._far = sqlite3.connect("")
            self._far.execute(f"PRAGMA cache_size = -{_PAGES}")
            self._far.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID")
            self._marks = bytearray(_MARKS)
        try:
            self._far.executemany("INSERT INTO seen VALUES (?, ?)", sorted(self._near.items()))
        except sqlite3.OperationalError as error:
            raise UsageError(
                f"The folder for temporary files takes no more: {error}. Name another in TMPDIR."
            ) from error
        for mark in map(hash, self._near):
            self._marks[mark >> 3 & _MARKS - 1] |= 1 << (mark & 7)
        self._near.clear()
