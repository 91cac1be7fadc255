"""`orderctl sandbox`, run as users run it: what it prints can be copied, and Ctrl-C ends it in order."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typed import Done, typed

from .support import ROOT

SAMPLE = str(ROOT / "samples" / "webship" / "orders.json")


def orderctl(*arguments: str, **variables: str) -> Done:
    return typed(arguments, ROOT, {**os.environ, **variables})


@contextmanager
def sandbox(*flags: str) -> "Iterator[tuple[subprocess.Popen[str], list[str]]]":
    """A sandbox at a free port, and what it printed when it began."""
    process = subprocess.Popen(
        [sys.executable, "-m", "orderctl", "sandbox", "--port", "0", *flags],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    printed: list[str] = []
    with process.stdout, process.stderr:
        for line in process.stdout:
            printed.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C"):
                break
        try:
            yield process, printed
        finally:
            process.kill()
            process.wait(10)


def exports(printed: list[str]) -> dict[str, str]:
    found = [re.fullmatch(r"export (\w+)=(\S+)", line) for line in printed]
    return {match[1]: match[2] for match in found if match}


def test_what_it_prints_is_all_that_a_push_needs(tmp_path: Path) -> None:
    with sandbox("--store", str(tmp_path / "s.sqlite")) as (_, printed):
        environ = exports(printed)
        assert len(environ) == 10
        for system in ("webship", "shipstation", "starshipit"):
            assert orderctl("doctor", system, **environ).code == 0
        assert orderctl("push", SAMPLE, "--to", "webship", **environ).code == 0
    assert any("documents, not by their servers" in line for line in printed)


def test_its_orders_lie_where_push_sandbox_puts_them(tmp_path: Path) -> None:
    done = orderctl("push", SAMPLE, "--to", "webship", "--sandbox", "--state-dir", str(tmp_path / "state"))
    assert done.code == 0
    before = (tmp_path / "state" / "sandbox.sqlite").stat().st_size
    with sandbox("--state-dir", str(tmp_path / "state")) as (_, printed):
        assert exports(printed)
        assert (tmp_path / "state" / "sandbox.sqlite").stat().st_size >= before
    assert len(list((tmp_path / "state").glob("*sandbox*.sqlite"))) == 1


def test_ctrl_c_ends_it_with_130_and_no_word(tmp_path: Path) -> None:
    with sandbox("--store", str(tmp_path / "s.sqlite")) as (process, printed):
        assert httpx.get(printed[0].rpartition(" ")[2], trust_env=False).status_code == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=15)
        assert (process.returncode, errors) == (130, "")


@pytest.mark.parametrize(
    "flags", [["--fault", "webship:teapot"], ["--host", "no.such.host.invalid."], ["--store", "/dev/null/x"]]
)
def test_what_cannot_be_had_is_exit_2(flags: list[str], tmp_path: Path) -> None:
    done = orderctl("sandbox", "--port", "0", "--state-dir", str(tmp_path), *flags)
    assert (done.code, done.out) == (2, "")


def test_faults_and_limits_are_as_asked(tmp_path: Path) -> None:
    with sandbox("--store", str(tmp_path / "s.sqlite"), "--no-limits", "--fault", "webship:503") as (_, printed):
        environ = exports(printed)
        assert orderctl("doctor", "webship", **environ).code == 5
        assert "X-Rate-Limit".lower() not in orderctl("doctor", "shipstation", **environ).out
