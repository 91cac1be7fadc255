"""The lock of an account on one machine: the kernel's, on a file; with a record of its holder for people.

Knows no journal and no system.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from orderctl.errors import JournalError, Locked


@contextmanager
def file_lock(directory: Path, account: str, wait: float) -> Iterator[None]:
    """Hold the account's lock, the kernel's: it dies with its holder. Raises Locked after `wait` seconds."""
    place = directory / f"{sha256(account.encode()).hexdigest()[:32]}.lock"
    record = place.with_suffix(".json")
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        lock = FileLock(place, timeout=wait, mode=0o600, thread_local=False)
        lock.acquire()
    except Timeout as error:
        raise Locked(f"another run holds this target's lock{_holder(record)}") from error
    except OSError as error:
        raise JournalError(f"{directory}: the lock cannot be taken: {error}; nothing was sent") from error
    try:
        _write_record(record)
        yield
    finally:
        lock.release()


def _write_record(place: Path) -> None:
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
    draft = place.with_suffix(f".{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
            json.dump(holder, file)
        os.replace(draft, place)
    except OSError:
        draft.unlink(missing_ok=True)  # a record for people only; the lock itself is held


def _holder(place: Path) -> str:
    try:
        holder = json.loads(place.read_text())
        return f" (process {holder['pid']} on {holder['host']} since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
