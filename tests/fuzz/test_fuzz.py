"""Files that chance has spoiled: no traceback, an exit code of the contract, places inside the file, in bounded time.

What it found once stands in `finds/`, a file each, and is tried every time.
"""

import random
import resource
import time
from pathlib import Path

import pytest

from fuzz.line import promises_broken
from fuzz.mutations import corpus, mutated
from orderctl.systems import shape_names

FINDS = sorted((Path(__file__).parent / "finds").iterdir())
LONG_SECONDS = 55
MEGABYTES = 400
"""What the whole run may add to the memory of this process."""


@pytest.mark.parametrize("find", FINDS, ids=lambda path: path.name)
def test_what_broke_the_line_once_does_not_break_it_again(find: Path, tmp_path: Path) -> None:
    path = tmp_path / find.name
    path.write_bytes(find.read_bytes())
    assert list(promises_broken(path, shape_names())) == []


def test_some_spoiled_files_keep_every_promise(tmp_path: Path) -> None:
    assert broken(random.Random(5), tmp_path, most=12) == {}


@pytest.mark.long
def test_spoiled_files_keep_every_promise(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert broken(random.Random(7), tmp_path, most=100_000) == {}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024


def broken(chance: random.Random, folder: Path, most: int) -> dict[str, list[str]]:
    """The spoiled files that break a promise, kept in the folder, and which; it ends at the first few."""
    files, end, found = corpus(), time.monotonic() + LONG_SECONDS, dict[str, list[str]]()
    for number in range(most):
        suffix, data = mutated(chance, files)
        path = folder / f"{number}{suffix}"
        path.write_bytes(data)
        if wrong := list(promises_broken(path, [chance.choice(shape_names())])):
            found[str(path)] = wrong
        else:
            path.unlink()
        if len(found) > 4 or time.monotonic() > end:
            break
    return found
