"""Kills, signals, two runs at once: with real processes on a real socket (facts reliability, F22 to F27)."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from .wirefaults import Server, silent, waits

SCRIPT = Path(__file__).with_name("process.py")
ROOT = Path(__file__).parent.parent.parent


def start(tmp_path: Path, server: Server, count: int, *flags: str, **more: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(SCRIPT), str(tmp_path / "state"), server.url, str(count), *flags]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen(command, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes)  # type: ignore[call-overload]


def ended(process: "subprocess.Popen[str]") -> tuple[int, dict[str, str], str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, dict(line.split() for line in out.splitlines()), err


def until(what: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.005)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_after_a_kill_at_any_moment_the_next_run_sends_the_rest_and_little_twice(seed: int, tmp_path: Path) -> None:
    """I1, I3, I4, I8: at most as many orders are put twice as were in flight."""
    chance = random.Random(seed)
    with Server() as server:
        kills = 0
        for _ in range(3):
            process = start(tmp_path, server, 40, "concurrency=2")
            goal = len(server.asked) + chance.randrange(1, 10)
            until(lambda goal=goal: len(server.asked) >= goal or process.poll() is not None)  # noqa: B023
            time.sleep(chance.random() * 0.01)
            if process.poll() is None:
                process.kill()
                kills += 1
            process.communicate()
        assert kills
        code, outcomes, _ = ended(start(tmp_path, server, 40, "concurrency=2"))
        assert code == 0
        assert set(outcomes.values()) <= {"accepted", "unchanged"}
        assert set(server.store) == {f"A-{at}" for at in range(40)}
        twice = sum(times - 1 for times in Counter(server.commits).values())
        assert twice <= 2 * kills
        asked = len(server.asked)
        code, outcomes, _ = ended(start(tmp_path, server, 40))
        assert (code, set(outcomes.values())) == (0, {"unchanged"})
        assert len(server.asked) == asked


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.long)]
)
def test_the_first_signal_starts_nothing_new_and_notes_what_is_in_flight(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    over = threading.Event()
    with Server(faults=[waits(over)] * 2) as server:
        process = start(tmp_path, server, 10, "concurrency=2")
        until(lambda: len(server.asked) == 2)
        process.send_signal(number)
        until_said(process, "stopping")
        over.set()
        met, outcomes, _ = ended(process)
        assert met == code
        assert Counter(outcomes.values()) == {"accepted": 2, "not_sent": 8}
        met, outcomes, _ = ended(start(tmp_path, server, 10))
        assert met == 0
        assert Counter(outcomes.values()) == {"unchanged": 2, "accepted": 8}
        assert max(Counter(server.commits).values()) == 1


@pytest.mark.long
def test_the_second_signal_leaves_at_once_and_what_was_in_flight_is_unknown(tmp_path: Path) -> None:
    over = threading.Event()
    with Server(faults=[waits(over)] * 2) as server:
        process = start(tmp_path, server, 5, "concurrency=2")
        until(lambda: len(server.asked) == 2)
        process.send_signal(signal.SIGINT)
        until_said(process, "stopping")
        process.send_signal(signal.SIGINT)
        code, outcomes, _ = ended(process)
        over.set()
        assert code == 130
        assert outcomes["A-0"] == outcomes["A-1"] == "unknown"
        code, outcomes, _ = ended(start(tmp_path, server, 5))
        assert code == 0
        assert set(server.store) == {f"A-{at}" for at in range(5)}


@pytest.mark.long
def test_the_second_signal_leaves_an_input_that_never_comes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "orderctl", "push", "-", "--to", "webship", "--sandbox", "--json"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "ORDERCTL_STATE_DIR": str(tmp_path)}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, text=True, env=environ, cwd=tmp_path, **pipes) as process:  # type: ignore[call-overload]
        until(lambda: any(tmp_path.rglob("*.db")))
        time.sleep(1.0)  # from the journal to the read it is a few milliseconds
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stdout is not None
        assert json.load(process.stdout)["summary"]["total"] == 0


def until_said(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stderr
    while word not in (line := process.stderr.readline()):
        assert line, "it ended without that word"


def test_two_runs_at_once_on_one_target_do_not_both_send(tmp_path: Path) -> None:
    over = threading.Event()
    with Server(faults=[waits(over)]) as server:
        first = start(tmp_path, server, 3)
        until(lambda: len(server.asked) >= 1)
        code, outcomes, err = ended(start(tmp_path, server, 3))
        assert code == 11
        assert outcomes == {}
        assert f"process {first.pid}" in err
        over.set()
        code, _, _ = ended(first)
        assert code == 0
        assert max(Counter(server.commits).values()) == 1


@pytest.mark.long
def test_a_run_that_was_frozen_keeps_its_lock_and_ends_in_order_when_it_wakes(tmp_path: Path) -> None:
    """F24: SIGSTOP while its request is on the way, for longer than its timeout; a second run starts meanwhile."""
    with Server(faults=[silent(0.3, commit=True)]) as server:
        first = start(tmp_path, server, 3, "timeout=0.6", "concurrency=1")
        until(lambda: len(server.asked) >= 1)
        first.send_signal(signal.SIGSTOP)
        until(lambda: "\nState:\tT" in Path(f"/proc/{first.pid}/status").read_text())
        assert ended(start(tmp_path, server, 3))[0] == 11
        time.sleep(0.7)
        assert len(server.asked) == 1
        first.send_signal(signal.SIGCONT)
        code, outcomes, _ = ended(first)
        assert (code, set(outcomes.values())) == (0, {"accepted"})
        assert set(server.store) == {"A-0", "A-1", "A-2"}
        assert max(Counter(server.commits).values()) <= 2
        assert set(ended(start(tmp_path, server, 3))[1].values()) == {"unchanged"}


@pytest.mark.long
def test_the_second_run_waits_for_the_lock_when_asked_to(tmp_path: Path) -> None:
    over = threading.Event()
    with Server(faults=[waits(over)]) as server:
        first = start(tmp_path, server, 3)
        until(lambda: len(server.asked) >= 1)
        second = start(tmp_path, server, 3, "lock_wait=60")
        time.sleep(1.0)
        over.set()
        code, outcomes, _ = ended(second)
        assert (code, set(outcomes.values())) == (0, {"unchanged"})
        assert ended(first)[0] == 0


@pytest.mark.long
def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    with Server(faults=[silent(30.0, commit=False)]) as server:
        first = start(tmp_path, server, 1)
        until(lambda: len(server.asked) >= 1)
        first.kill()
        first.communicate()
        assert ended(start(tmp_path, server, 1))[0] == 0


@pytest.mark.long
def test_a_closed_stdout_does_not_stop_a_push(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with Server() as server:
        process = start(tmp_path, server, 20, stdout=writer)
        os.close(writer)
        os.close(reader)
        process.communicate(timeout=60)
        assert set(server.store) == {f"A-{at}" for at in range(20)}


@pytest.mark.long
def test_an_ignored_interrupt_stays_ignored(tmp_path: Path) -> None:
    over = threading.Event()
    with Server(faults=[waits(over)]) as server:
        quiet = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
        process = start(tmp_path, server, 2, **quiet)
        until(lambda: len(server.asked) >= 1)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        over.set()
        assert ended(process)[0] == 0


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(5))
def test_fifty_kills_at_random_moments_lose_and_double_nothing(seed: int, tmp_path: Path) -> None:
    """Ten kills of a push of 600 orders for each of five seeds, before, between and behind its requests."""
    chance = random.Random(seed)
    with Server() as server:
        kills = 0
        while kills < 10:
            process = start(tmp_path, server, 600, "concurrency=3")
            goal = len(server.asked) + chance.randrange(16)
            until(lambda goal=goal: len(server.asked) >= goal or process.poll() is not None)  # noqa: B023
            time.sleep(chance.random() * 0.02)
            assert process.poll() is None, "I9: there was nothing left to kill"
            process.kill()
            process.communicate()
            kills += 1
        assert ended(start(tmp_path, server, 600))[0] == 0
        assert set(server.store) == {f"A-{at}" for at in range(600)}
        assert sum(times - 1 for times in Counter(server.commits).values()) <= 3 * kills
        asked = len(server.asked)
        assert ended(start(tmp_path, server, 600))[0] == 0
        assert len(server.asked) == asked
