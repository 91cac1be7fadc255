"""The shipments file: one line per shipment, durable before it is confirmed; it is the truth of what left.

Knows files; knows no request and no order's lines.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from orderctl.errors import Locked, UsageError
from orderctl.files import json_bytes
from orderctl.serve.shipment import Shipment, kept_as


class Shipments:
    """The shipments of one file, by order; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._told: set[bytes] = set()
        self._by_order: dict[str, tuple[Shipment, ...]] = {}

    def __len__(self) -> int:
        """How many there are; it only grows."""
        return len(self._told)

    def of(self, order: str) -> tuple[Shipment, ...]:
        """The shipments of an order, in the order in which they were told."""
        return self._by_order.get(order, ())

    def add(self, shipment: Shipment) -> bool:
        """Keep a shipment durably; False for one that is kept already. Raises OSError when it cannot be kept."""
        with self._lock:
            if shipment.told in self._told:
                return False
            _append(self._path, json_bytes(shipment.line(), indent=False) + b"\n")
            self._remember(shipment)
            return True

    def read(self, say: Callable[[str], None]) -> None:
        """Read the file; a last line that a crash has torn was never confirmed, and is cut off.

        Raises UsageError for any other line that is no shipment: to pass over it could ship an order twice.
        """
        content = self._path.read_bytes() if self._path.exists() else b""
        *lines, last = content.split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                self._remember(kept_as(msgspec.json.decode(line)))
            except ValueError:
                raise UsageError(
                    f"{self._path}:{number}: not a shipment. Mend the line, or name another file."
                ) from None
        if last:
            self._mend(last, len(content), say)

    def _mend(self, torn: bytes, size: int, say: Callable[[str], None]) -> None:
        with open(self._path, "r+b") as file:
            try:
                self._remember(kept_as(msgspec.json.decode(torn)))
                file.seek(size)
                file.write(b"\n")
            except ValueError:
                file.truncate(size - len(torn))
                say(f"{self._path}: the last line was torn by a crash, never confirmed; {len(torn)} bytes are cut off")
            file.flush()
            os.fsync(file.fileno())

    def _remember(self, shipment: Shipment) -> None:
        self._told.add(shipment.told)
        self._by_order[shipment.order] = (*self.of(shipment.order), shipment)


@contextlib.contextmanager
def opened(path: Path, say: Callable[[str], None]) -> Iterator[Shipments]:
    """The shipments of a file that no other server keeps at the same time.

    Raises UsageError when the file cannot be used, Locked when another server has it.
    """
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600, thread_local=False)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise Locked(
            f"{path}: another server keeps its shipments there; end it, or name another file with --shipments"
        ) from None
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        shipments = Shipments(path)
        with _usable(path):
            shipments.read(say)
            _append(path, b"")
        yield shipments
    finally:
        lock.release()


def _append(path: Path, line: bytes) -> None:
    """Write a line at the end, on the disk when this returns, or not at all."""
    new = not path.exists()
    number = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    with open(number, "r+b", buffering=0) as file:
        size = os.fstat(number).st_size
        if size and os.pread(number, 1, size - 1) != b"\n":
            raise OSError("the last line is torn")
        try:
            if file.write(line) != len(line):
                raise OSError("the disk took only a part of the line")
            os.fsync(number)
        except OSError:
            os.ftruncate(number, size)
            raise
    if new:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a new name durable, where the system can."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextlib.contextmanager
def _usable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path}: shipments cannot be kept there: {error.strerror or error}")
