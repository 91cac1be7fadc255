"""The errors that end a run, each with its exit code.

Knows nothing of orders: a wrong order is a `Finding`, never an exception.

    OrderctlError          70
    ├── UsageError          2   usage or configuration; nothing was done
    │   └── JournalError    2   the journal cannot be used; nothing was sent
    ├── NoInput             6   a file is missing, a glob matches nothing, no order in the input
    └── Locked             11   another run holds this target's lock
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, as users and cron jobs see them."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    REJECTED = 3
    REFUSED = 4
    TEMPORARY = 5
    NO_INPUT = 6
    UNKNOWN = 7
    STOPPED = 8
    LOCKED = 11
    BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143


class BrokenOff(BaseException):
    """A signal has ended the run; `code` says which."""

    def __init__(self, code: Exit) -> None:
        super().__init__(code)
        self.code = code


class OrderctlError(Exception):
    """A run that cannot go on; `str()` of it is the whole message for the user."""

    exit_code = Exit.BUG


class UsageError(OrderctlError):
    """The command line or the configuration is wrong, and says what to change."""

    exit_code = Exit.USAGE


class JournalError(UsageError):
    """The journal is damaged, newer, not ours, read-only or on a full disk."""


class NoInput(OrderctlError):
    """There is no order to work on."""

    exit_code = Exit.NO_INPUT


class Locked(OrderctlError):
    """Another run holds the lock of this target account."""

    exit_code = Exit.LOCKED
