"""Writes a repaired file: whole or not at all, under its own permissions, and only over the text that was read.

Knows bytes; knows no order.
"""

import contextlib
import os
import secrets
import stat

from orderctl.errors import UsageError


def rewrite(file: str, before: bytes, after: bytes) -> None:
    """Replace a file's text; raises UsageError where that can't be done, or where another text stands there now."""
    try:
        _replace(os.path.realpath(file), file, before, after)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror or error}.") from None


def check_writable(file: str) -> None:
    """Raise UsageError where a file can surely not be written."""
    target = os.path.realpath(file)
    if not os.access(target, os.W_OK) or not os.access(os.path.dirname(target), os.W_OK):
        raise UsageError(f"{file}: cannot be written: no permission. Nothing was repaired; see --diff.")


def _replace(target: str, file: str, before: bytes, after: bytes) -> None:
    """Write beside the target, look once more at the target, then put the new file in its place."""
    folder, name = os.path.split(target)
    kept = os.stat(target)
    beside = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(6)}.part")
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with open(number, "wb") as new:
            new.write(after)
            new.flush()
            _dress(beside, kept)
            os.fsync(number)
        with open(target, "rb") as now:
            if now.read() != before:
                raise UsageError(f"{file}: changed while it was being repaired, and was not touched. Run again.")
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def _dress(path: str, kept: os.stat_result) -> None:
    """Give a file the owner, where we may, and the permissions of another."""
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(path, kept.st_uid, kept.st_gid)
    os.chmod(path, stat.S_IMODE(kept.st_mode))
