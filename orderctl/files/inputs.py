"""Which files are meant, and their bytes: paths, globs, folders, standard input.

Knows nothing of what the bytes mean.
"""

import glob
import io
import os
import stat
import sys
from collections.abc import Sequence
from functools import partial
from typing import BinaryIO, cast

from orderctl.errors import NoInput, UsageError
from orderctl.files.record import Format
from orderctl.files.stream import Take, stream

STDIN = "-"
STDIN_NAME = "<stdin>"
"""What standard input is called wherever a file is named to people."""
SUFFIXES = {".json": "json", ".jsonl": "ndjson", ".ndjson": "ndjson", ".yaml": "yaml", ".yml": "yaml"}


def find_files(arguments: Sequence[str], *, allow_empty: bool = False) -> list[str]:
    """Name the files that arguments mean, in order; raises `NoInput` for one that means none.

    With `allow_empty` a folder may hold none.
    """
    files = [file for argument in arguments for file in _meant(argument, allow_empty)]
    if files.count(STDIN) > 1:
        raise UsageError("-: standard input is named twice, but it can be read only once.")
    return files


def form_of(file: str) -> Format | None:
    """The format that a file's suffix names."""
    return cast(Format | None, SUFFIXES.get(os.path.splitext(file)[1].lower()))


def named(file: str) -> str:
    """How a file is called in findings, reports and messages."""
    return STDIN_NAME if file == STDIN else file


def repeated(files: Sequence[str]) -> list[str]:
    """Name the files that stand a second time in a list, whatever path leads to them."""
    seen: set[str] = set()
    again = []
    for file in files:
        real = file if file == STDIN else os.path.realpath(file)
        if real in seen:
            again.append(file)
        seen.add(real)
    return again


def open_bytes(file: str, copy: BinaryIO | None = None) -> BinaryIO:
    """Open a file, or standard input, for reading in pieces; failing reads raise `NoInput`.

    What is read of standard input, which nobody can read again, is written to `copy` as well.
    """
    if file == STDIN:
        if sys.stdin is None:
            raise NoInput(f"{STDIN_NAME}: there is no standard input.")
        source = sys.stdin.buffer
        return stream(partial(_taken, getattr(source, "read1", source.read), STDIN_NAME, copy))
    try:
        number = os.open(file, os.O_RDONLY | _OPEN_FLAGS)
    except (OSError, ValueError) as error:
        raise NoInput(_cannot(file, error)) from None
    kind = _not_a_file(os.fstat(number).st_mode)
    if kind:
        os.close(number)
        raise NoInput(f"{file}: this is {kind}, not a file.")
    opened = io.FileIO(number)
    return stream(partial(_taken, opened.read, file, None), opened.close)


def _taken(take: Take, name: str, copy: BinaryIO | None, size: int) -> bytes:
    """Bytes from a file or from standard input, with its failures in our words."""
    try:
        data = take(size) or b""
        if copy is not None:
            copy.write(data)
    except (OSError, ValueError) as error:
        raise NoInput(_cannot(name, error)) from None
    return data


def _meant(argument: str, allow_empty: bool = False) -> list[str]:
    if argument == STDIN:
        return [STDIN]
    try:
        mode = os.stat(argument).st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) and not os.path.lexists(argument) and glob.has_magic(argument):
            return _matching(argument)
        raise NoInput(_cannot(argument, error)) from None
    if stat.S_ISDIR(mode):
        return _inside(argument, allow_empty)
    kind = _not_a_file(mode)
    if kind:
        raise NoInput(f"{argument}: this is {kind}, not a file. To read a pipe, use - and standard input.")
    if not os.access(argument, os.R_OK):
        raise NoInput(f"{argument}: no permission to read it.")
    return [argument]


def _inside(folder: str, allow_empty: bool) -> list[str]:
    """The folder's files of known suffixes, sorted; pipes, sockets and folders in it are passed over."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise NoInput(_cannot(folder, error)) from None
    paths = [os.path.join(folder, name) for name in names if os.path.splitext(name)[1].lower() in SUFFIXES]
    files = [file for path in paths if _is_file(path) for file in _meant(path)]
    if not files and not allow_empty:
        shown = (name for name in names if not name.startswith("."))
        inner = next((name for name in shown if os.path.isdir(os.path.join(folder, name))), None)
        deeper = f" Folders in it are not read: name them, such as {os.path.join(folder, inner)}." if inner else ""
        allowed = deeper or " An empty folder is allowed with --allow-empty."
        raise NoInput(f"{folder}: the folder holds no file with the suffix {', '.join(SUFFIXES)}.{allowed}")
    return files


def _matching(pattern: str) -> list[str]:
    files = [file for path in sorted(glob.glob(pattern, recursive=True)) if _is_file(path) for file in _meant(path)]
    if not files:
        raise NoInput(f"{pattern}: no file matches.")
    return files


def _is_file(path: str) -> bool:
    """Whether a path is worth reading: a file, or a link that leads nowhere and must be named."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return True


def _not_a_file(mode: int) -> str | None:
    return None if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "something else")


def _cannot(name: str, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    shown = name or '""'
    return f"{shown}: cannot be read: {reason}."


_OPEN_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
