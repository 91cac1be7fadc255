"""Writes a repaired file: whole or not at all, under its own permissions, and only over the text that was read.

Knows bytes; knows no order.
"""

import os

from orderctl.errors import UsageError
from orderctl.files.writing import replace


def rewrite(file: str, before: bytes, after: bytes) -> None:
    """Replace a file's text; raises UsageError where that can't be done, or where another text stands there now."""
    target = os.path.realpath(file)

    def unchanged() -> None:
        """Raise UsageError where the file holds another text than the one that was read."""
        with open(target, "rb") as now:
            if now.read() != before:
                raise UsageError(f"{file}: changed while it was being repaired, and was not touched. Run again.")

    try:
        replace(target, (after,), unchanged)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror or error}.") from None


def check_writable(file: str) -> None:
    """Raise UsageError where a file can surely not be written."""
    target = os.path.realpath(file)
    if not os.access(target, os.W_OK) or not os.access(os.path.dirname(target), os.W_OK):
        raise UsageError(f"{file}: cannot be written: no permission. Nothing was repaired; see --diff.")
