"""A disk that is full at the worst moment, and a kill at every system call that matters (F20, F22)."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from orderctl.errors import JournalError

from .support import pushed, several, target, webship
from .test_processes import ROOT, SCRIPT, until
from .trade import MAKES
from .vendors import Store, Webship
from .wirefaults import Asked, Server


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


CALLS = ("openat", "flock", "pwrite64", "fdatasync", "unlink", "connect", "sendto", "recvfrom")
"""What a run does to the world, and what it learns from it; each thread of a run counts its own."""

traced = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.mark.long
@pytest.mark.timeout(900)
@traced
@pytest.mark.parametrize("system", MAKES)
@pytest.mark.parametrize("call", CALLS)
def test_a_kill_at_every_system_call_of_a_run(call: str, system: str, tmp_path: Path, nursery: "Nursery") -> None:
    """F22, I1, I3, I8: after a death at each of them the next run brings every order there, and one more asks nothing.

    Files are opened by the hundred, and between two of these nothing happens to an order: a seeded third of them.
    """
    deaths, code, when = 0, -signal.SIGKILL, 0
    chance = random.Random(f"{call} {system}")
    while code == -signal.SIGKILL:
        when += chance.randint(1, 5) if call == "openat" else 1
        code = died_and_settled(tmp_path / f"{system}{when}", system, f"{call}:signal=KILL:when={when}", nursery)
        deaths += code == -signal.SIGKILL
    assert code == 0
    assert deaths >= (1 if call in ("flock", "unlink", "connect") else 3), (call, deaths)


def died_and_settled(state: Path, system: str, inject: str, nursery: "Nursery") -> int:
    """One run that is killed, and what the two after it must be; the exit code of the first."""
    with Shop(store=MAKES[system][0]()) as shop:
        job = f"{state} {shop.url} 3 system={system} concurrency=1 settle=0 timeout=5"
        code = nursery.run(job, inject)
        before = shop.store.writes
        assert nursery.run(job) == 0, inject
        name = MAKES[system][2]
        assert Counter(order[name] for order in shop.store.orders) == {"A-0": 1, "A-1": 1, "A-2": 1}, inject
        assert shop.store.writes <= 4, f"{inject}: {before} writes, then {shop.store.writes - before}"
        asked = len(shop.asked)
        assert nursery.run(job) == 0
        assert len(shop.asked) == asked, inject
    return code


@dataclass
class Shop(Server):
    """A vendor of `vendors` on a socket."""

    store: Store = field(default_factory=Store)

    def answer(self, asked: Asked) -> bytes:
        method, path, _ = asked.line.split(" ")
        with self._lock:
            reply = self.store.answer(httpx.Request(method, self.url + path, content=asked.body))
        return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (reply.status_code, len(reply.content), reply.content)


@dataclass
class Nursery:
    """A process that has loaded everything, and forks a child for each run."""

    process: "subprocess.Popen[str]"

    def run(self, job: str, inject: str | None = None) -> int:
        """The exit code of one run; with `inject`, strace interferes with its system calls."""
        child = int(self._say(job))
        if inject is None:
            return int(self._say("go"))
        call = inject.partition(":")[0]
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={inject}"]
        with subprocess.Popen([*strace, "-p", str(child)], stderr=subprocess.PIPE) as tracer:
            until(lambda: "TracerPid:\t0" not in Path(f"/proc/{child}/status").read_text())
            code = int(self._say("go"))
            tracer.wait(timeout=20)
        return code

    def _say(self, line: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(
        [sys.executable, str(SCRIPT), "-"],
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **pipes,  # type: ignore[call-overload]
    ) as process:
        yield Nursery(process)
        process.stdin.close()
