"""Writing data: whole files or none, and JSON with every digit.

Knows no shape; what is written is for the caller to choose.
"""

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterable
from decimal import Decimal

import msgspec

from orderctl.errors import UsageError


def write_bytes(path: str, chunks: Iterable[bytes], look: Callable[[], None] = lambda: None) -> None:
    """Write a file whole or not at all; raises `UsageError` where that can't be done, and what `look` raises."""
    try:
        if _is_special(path):
            look()
            with open(path, "wb", buffering=0, opener=_open_special) as special:
                special.writelines(chunks)
        else:
            replace(os.path.realpath(path), chunks, look)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: cannot be written: {reason}.") from None


def json_bytes(value: object, *, indent: bool = True) -> bytes:
    """Spell a value as JSON in UTF-8, numbers with all their digits, without a line end."""
    spelled = bytearray()
    append_json(value, spelled)
    return indented(spelled) if indent else bytes(spelled)


def append_json(value: object, spelled: bytearray) -> None:
    """Append a value to what is spelled already, as `json_bytes` spells it on one line."""
    start = len(spelled)
    _encode_into(value, spelled, -1)
    if _MAY_BE_TINY.search(spelled, start) and _TINY.search(spelled, start):
        del spelled[start:]
        _encode_into(_in_digits(value), spelled, -1)


def indented(spelled: bytes | bytearray) -> bytes:
    """A JSON text with a line for each value."""
    return msgspec.json.format(bytes(spelled), indent=2)


def digits(value: int | Decimal) -> str:
    """Spell a number as it came; one that is tiny in all its digits, not with the exponent that Python gives it."""
    text = str(value)
    return format(value, "f") if "E-" in text else text


def replace(target: str, chunks: Iterable[bytes], look: Callable[[], None] = lambda: None) -> None:
    """Write beside the target, then put the new file in its place, under the permissions of the one that was there.

    `look` is called once more before that; what it raises leaves all as it was. Links are for the caller to follow.
    """
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".{name[:100]}.{os.urandom(6).hex()}.part")
    kept = os.stat(target) if os.path.exists(target) else None
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN_FLAGS, 0o600 if kept else 0o666)
    try:
        with open(number, "wb") as file:
            file.writelines(chunks)
            file.flush()
            if kept is not None:
                _dress(beside, kept)
            os.fsync(number)
        look()
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(folder)


def _in_digits(value: object) -> object:
    """A value whose numbers the encoder writes as they are spelled here."""
    if isinstance(value, dict):
        return {key: _in_digits(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_in_digits(inner) for inner in value]
    return msgspec.Raw(digits(value).encode()) if isinstance(value, Decimal) else value


def _dress(path: str, kept: os.stat_result) -> None:
    """Give a file the owner, where we may, and the permissions of another."""
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(path, kept.st_uid, kept.st_gid)
    os.chmod(path, stat.S_IMODE(kept.st_mode))


def _sync_folder(folder: str) -> None:
    """Make a new name durable, where the system can."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _is_special(path: str) -> bool:
    """Whether a path is a device or a pipe, which must never be replaced by a file."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(0, "it is a folder")
    return not stat.S_ISREG(mode)


def _open_special(path: str, flags: int) -> int:
    number = os.open(path, (flags & ~os.O_CREAT & ~os.O_TRUNC) | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(number, True)
    return number


_encode_into = msgspec.json.Encoder(decimal_format="number", enc_hook=str.__str__).encode_into
_MAY_BE_TINY, _TINY = re.compile(rb"E-[0-9]"), re.compile(rb"[0-9]E-[0-9]")  # the first is found far quicker
_OPEN_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
