"""Where the tests of the push keep their files: in memory where there is some, so that no write waits for a disk.

A test that wants a small disk mounts one of its own.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def memory() -> str | None:
    """A directory in memory, None where there is none."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that is gone after the test."""
    with tempfile.TemporaryDirectory(prefix="orderctl-test-", dir=memory(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)
