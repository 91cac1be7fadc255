"""Which account a target is: what the journal and the lock are keyed by, and the journal that both lie in.

Knows no HTTP. Two targets with other names for one account are one account; a sandbox is an account of its own.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from errno import EACCES, ENOTDIR
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orderctl import systems
from orderctl.errors import JournalError, Locked, UsageError
from orderctl.push.database import Database
from orderctl.push.fingerprint import KEY_FILE, Fingerprints, load_key
from orderctl.push.journal import Journal
from orderctl.push.sqlite import FILE, check_file, open_sqlite

if TYPE_CHECKING:
    from orderctl.config import Secret, Target

_OURS = ("journal.", "locks", "sandbox.", "shipments.")
"""How the names begin of what may lie in a state directory."""
_OPEN, _WRITABLE = 0o077, 0o022


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
    """The journal that the target is in; None when there is none and none shall be made. Raises JournalError."""
    return journal_at(Path(target.state_dir), target.journal, create=create)


def journal_at(directory: Path, url: "Secret | None", *, create: bool) -> Journal | None:
    """The journal of a state directory, or the one in PostgreSQL; its key lies in the directory in any case.

    Raises JournalError.
    """
    found = _database(directory, url, create=create)
    return Journal(*found) if found else None


def databases(directory: Path, url: "Secret | None") -> Database:
    """The database of such a journal, made where there is none."""
    found = _database(directory, url, create=True)
    assert found is not None
    return found[0]


def copy_key(source: Path, directory: Path) -> None:
    """Let a state directory without a key have that of another one. Raises JournalError."""
    key = load_key(source, make=False)
    place = directory / KEY_FILE
    if not place.exists():
        _key(directory, make=True, given=key)
    if place.read_bytes() != key:
        raise JournalError(
            f"{place}: another key than {source / KEY_FILE}; hashes made with two keys do not go together; "
            "take it over into a database of its own, with a --state-dir of its own"
        )


def _database(directory: Path, url: "Secret | None", *, create: bool) -> tuple[Database, Fingerprints] | None:
    if url is not None:
        from orderctl.push.postgres import Postgres

        postgres = Postgres(url.reveal())
        known = postgres.is_made()
        if not known and not create:
            return None
        prints = Fingerprints(_key(directory, make=not known))
        postgres.prepare(_mark(prints))
        return postgres, prints
    known = os.path.lexists(directory / FILE)
    if not known and not create:
        return None
    if known:
        with _usable(directory):
            check_file(directory / FILE)
    prints = Fingerprints(_key(directory, make=not known))
    database = open_sqlite(directory, _mark(prints), create=create)
    return (database, prints) if database else None


@contextmanager
def locked(
    target: "Target", journal: Journal, account: str, wait: float, tell: Callable[[str], None] | None
) -> Iterator[None]:
    """Hold the account's lock; for whom it waits is told. Raises Locked after `wait` seconds."""
    with ExitStack() as held:
        for seconds in (0.0, wait):
            try:
                held.enter_context(journal.locked(account, seconds))
                break
            except Locked as taken:
                if seconds == wait:
                    raise Locked(f"{target.name}: {taken}; --lock-wait SECONDS waits for it") from taken
                if tell is not None:
                    tell(f"{target.name}: {taken}; waiting for it, at most {wait:g} s (--lock-wait)")
        yield


def _key(directory: Path, *, make: bool, given: bytes | None = None) -> bytes:
    """The key in the state directory, which is made, and closed to others, where that must be."""
    with _usable(directory):
        if make:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if directory.is_dir() and directory.stat().st_mode & _OPEN and _is_ours(directory):
            os.chmod(directory, 0o700)
        return load_key(directory, make=make, given=given)


def _is_ours(directory: Path) -> bool:
    """Whether an open directory is ours to tighten. Raises JournalError where others may write, and it is not."""
    found = directory.stat()
    alone = all(name.lstrip(".").startswith(_OURS) for name in os.listdir(directory))
    if alone and not found.st_mode & stat.S_ISVTX:
        return True
    if found.st_mode & _WRITABLE:
        raise JournalError(
            f"{directory}: others may write there, and it is not for orderctl alone; "
            f"name a folder of its own, such as {directory / 'orderctl'}; nothing was sent"
        )
    return False


def check_usable(directory: Path) -> None:
    """Find out, without making it, that a push could use this state directory. Raises JournalError."""
    there = next(path for path in (directory, *directory.parents) if os.path.exists(path))
    with _usable(directory):
        if not there.is_dir():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(there))
        if not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(EACCES, os.strerror(EACCES), str(there))
        if there == directory:
            _is_ours(directory)


@contextmanager
def _usable(directory: Path) -> Iterator[None]:
    """Say as a trouble with the journal what the system says of its directory."""
    try:
        yield
    except OSError as error:
        raise JournalError(
            f"{directory}: the state directory cannot be used: {error.filename or directory}: {error.strerror}. "
            "Name another in state_dir, ORDERCTL_STATE_DIR or --state-dir; nothing was sent"
        ) from error


def _mark(prints: Fingerprints) -> bytes:
    return prints.text("orderctl journal")


def _first_secret(target: "Target") -> str:
    first = systems.load(target.system).credentials[0]
    if first.key not in target.secrets:
        raise UsageError(
            f"{target.name}.{first.key}: missing; it tells which account this is: set {first.env}, or give account: "
            f"under targets.{target.name} in the configuration\nTo try it without an account, add --sandbox."
        )
    return target.secrets[first.key].reveal()


def _host(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
