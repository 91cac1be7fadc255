"""A disk under the journal that fails once: the n-th write of a run ends with an I/O error (F21).

It stands where SQLAlchemy opens the database, so every statement goes to a real SQLite. A write that fails was not
done; with `done` it was, and only its success was lost, as a sync may fail after its pages have reached the disk.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_WRITES = ("BEGIN", "INSERT", "UPDATE", "CREATE", "COMMIT")


@dataclass
class Disk:
    """Fails at the `at`-th write of all journals opened within `failing`; `fired` is the statement that met it."""

    at: int | None = None
    done: bool = False
    writes: int = 0
    fired: str | None = None

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Let the disk of every journal that is opened meanwhile be this one."""
        if self.at is None:
            yield
            return
        event.listen(Engine, "do_connect", self._connect)
        try:
            yield
        finally:
            event.remove(Engine, "do_connect", self._connect)

    def _connect(self, dialect: object, record: object, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        disk = self

        class Cursor(sqlite3.Cursor):
            def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
                return disk.write(sql, lambda: sqlite3.Cursor.execute(self, sql, *values))

        class Connection(sqlite3.Connection):
            def cursor(self, *_: Any) -> Any:
                return sqlite3.Connection.cursor(self, Cursor)

        return sqlite3.connect(*given, **named, factory=Connection)

    def write(self, sql: str, do: Any) -> Any:
        """Do a statement, or fail where it is the one."""
        word = sql.lstrip().split(None, 1)[0].upper()
        self.writes += word in _WRITES
        if word not in _WRITES or self.writes != self.at:
            return do()
        self.fired = word
        if self.done and word == "COMMIT":
            do()
        raise sqlite3.OperationalError("disk I/O error")
