"""Which account a target is: what the journal and the lock are keyed by, and where both lie.

Knows no HTTP. Two targets with other names for one account are one account; a sandbox is an account of its own.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from orderctl import systems
from orderctl.errors import JournalError, Locked, UsageError
from orderctl.push.fingerprint import Fingerprints, load_key
from orderctl.push.journal import Journal
from orderctl.push.schema import FILE, open_engine

if TYPE_CHECKING:
    from orderctl.config import Target


def identity(target: "Target", fingerprints: Fingerprints) -> str:
    """The account in one line: system, base URL, and the ids that tell accounts of one host apart.

    `account:` where given, else the ids in the URL, else a keyed hash of the first credential. Raises UsageError when
    there is none of them.
    """
    system = systems.load(target.system)
    if target.account is not None:
        who = f"account={target.account}"
    elif system.settings:
        who = ",".join(f"{setting.key}={target.settings[setting.key]}" for setting in system.settings)
    else:
        who = f"key={fingerprints.text(_first_secret(target)).hex()}"
    where = "sandbox" if target.sandbox else _host(target.base_url)
    return f"{target.system} {where} {who}"


def open_journal(target: "Target", *, create: bool) -> Journal | None:
    """The journal of the target's state directory; None when there is none and none shall be made.

    Raises JournalError.
    """
    directory = Path(target.state_dir)
    try:
        if create:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (directory / FILE).exists() and not create:
            return None
        if directory.stat().st_mode & 0o077:
            os.chmod(directory, 0o700)
        known = os.path.lexists(directory / FILE)
        key = load_key(directory, make=not known)
    except OSError as error:
        raise JournalError(f"{directory}: the state directory cannot be used: {error}; nothing was sent") from error
    prints = Fingerprints(key)
    engine = open_engine(directory / FILE, prints.text("orderctl journal"), create=create)
    return Journal(engine, prints) if engine is not None else None


@contextmanager
def locked(target: "Target", account: str, wait: float) -> Iterator[None]:
    """Hold the account's lock, the kernel's: it dies with its holder. Raises Locked after `wait` seconds."""
    directory = Path(target.state_dir) / "locks"
    place = directory / f"{sha256(account.encode()).hexdigest()[:32]}.lock"
    record = place.with_suffix(".json")
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        lock = FileLock(place, timeout=wait, mode=0o600, thread_local=False)
        lock.acquire()
    except Timeout as error:
        raise Locked(f"{target.name}: another run holds this target's lock{_holder(record)}") from error
    except OSError as error:
        raise JournalError(f"{directory}: the lock cannot be taken: {error}; nothing was sent") from error
    try:
        _write_record(record)
        yield
    finally:
        lock.release()


def _first_secret(target: "Target") -> str:
    name = systems.load(target.system).credentials[0].key
    if name not in target.secrets:
        raise UsageError(f"{target.name}: {name} is not set; it, or account:, tells which account this is")
    return target.secrets[name].reveal()


def _host(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


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
