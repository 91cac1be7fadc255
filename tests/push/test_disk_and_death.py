"""A disk that is full at the worst moment, and a kill at every system call that matters (F20, F22)."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from orderctl.errors import JournalError

from .support import pushed, several, target, webship
from .test_processes import ROOT, SCRIPT
from .vendors import Store, Webship
from .wirefaults import Server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 KB; needs the right to mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> None:
    with open(place / "fill", "ab", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 512)
        except OSError:
            pass


def test_an_outcome_can_be_noted_on_a_disk_that_has_just_become_full(small_disk: Path) -> None:
    state = small_disk / "state"

    def full(store: Store, request: httpx.Request) -> httpx.Response:
        fill(small_disk)
        return store.write(request)

    store = Webship(faults=[None] * 5 + [full])
    run = pushed(several(60), target(state), store.vendor(), concurrency=1)
    accepted = list(run.outcomes.values()).count("accepted")
    assert list(run.outcomes.values()) == ["accepted"] * accepted + ["not_sent"] * (60 - accepted)
    assert 6 <= accepted < 60
    assert run.exit_code == 5
    (small_disk / "fill").unlink()
    again = pushed(several(60), target(state), store.vendor())
    assert Counter(again.outcomes.values()) == {"unchanged": accepted, "accepted": 60 - accepted}
    assert store.writes == 60


def test_a_disk_that_is_full_from_the_start_stops_before_anything_is_sent(small_disk: Path) -> None:
    fill(small_disk)
    vendor = Webship().vendor()
    with pytest.raises(JournalError):
        pushed([webship()], target(small_disk / "state"), vendor)
    assert vendor.asked == []


def test_a_disk_that_was_filled_between_two_runs_stops_before_anything_is_sent(small_disk: Path) -> None:
    state = small_disk / "state"
    pushed(several(3), target(state), Webship().vendor())
    fill(small_disk)
    vendor = Webship().vendor()
    more = several(200)
    try:
        run = pushed(more, target(state), vendor, concurrency=1)
    except JournalError:
        assert vendor.asked == []
        return
    assert run.exit_code == 5
    assert set(run.outcomes.values()) <= {"unchanged", "accepted", "not_sent"}


CALLS = ["fdatasync", "pwrite64", "connect", "sendto", "recvfrom"]


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("call", CALLS)
def test_a_kill_at_every_system_call_of_a_run(call: str, tmp_path: Path) -> None:
    """I1, I3, I8 after a death at each of them."""
    deaths = 0
    for when in range(1, 200):
        with Server() as server:
            state = tmp_path / str(when)
            code = _traced(state, server, call, when)
            deaths += code == -signal.SIGKILL
            again = [sys.executable, str(SCRIPT), str(state), server.url, "3", "concurrency=1"]
            said = subprocess.run(again, capture_output=True, text=True, env=_environment(), check=False)
            assert said.returncode == 0, (call, when, said.stderr)
            assert set(server.store) == {"A-0", "A-1", "A-2"}
            assert max(Counter(server.commits).values()) <= 2
            assert sum(Counter(server.commits).values()) <= 4
            if code == 0:
                break
    assert code == 0
    assert deaths


def _traced(state: Path, server: Server, call: str, when: int) -> int:
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}"]
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", *inject]
    command = [*strace, sys.executable, str(SCRIPT), str(state), server.url, "3", "concurrency=1"]
    return subprocess.run(command, capture_output=True, env=_environment(), check=False).returncode


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}
