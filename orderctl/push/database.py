"""What the databases of a journal do differently, so that its statements are the same on all of them.

Knows no order and no system.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

Clock = Callable[[], float]
"""Gives a time in seconds."""


class Lost(Exception):
    """The journal can no longer be used; `str()` says why."""


class Database(Protocol):
    """The database of one journal, checked and at our version."""

    @property
    def begin(self) -> str:
        """The statement that begins a transaction which will write."""

    @property
    def at_once(self) -> bool:
        """Whether one statement may change several tables and return rows, as a durable transaction of its own."""

    def connect(self) -> Connection:
        """A connection in which every transaction is begun and ended by a statement."""

    def roll_back(self, connection: Connection) -> bool:
        """Leave a transaction that was not committed; whether there was one. Raises Lost."""

    def check_whole(self, connection: Connection) -> str | None:
        """What is damaged, if anything is."""

    def locked(self, connection: Connection, account: str, wait: float) -> AbstractContextManager[None]:
        """Hold the account's lock, which dies with its holder. Raises Locked after `wait` seconds."""

    def clock(self, connection: Connection, steady: Clock) -> Clock | None:
        """The database's own wall clock, going on by the steady one; None where it is this machine's."""

    def close(self) -> None:
        """Close what this journal alone has opened."""
