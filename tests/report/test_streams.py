"""Closed pipes, full disks and terminals: what goes wrong with the output never breaks the work."""

import io
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cluster.place import until

from orderctl.cli import run
from orderctl.report import progress
from report.support import Done, Target, command, environment, order, orderctl, save, target

REJECTED = (422, {"error": "no"})
LONG = pytest.mark.long


def closing(told: Target, *arguments: str, cwd: Path, both: bool = False) -> Done:
    """Push with a stdout, or also a stderr, that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command("push", *arguments, *told.flags()),
            cwd=cwd,
            env=environment(cwd, **told.variables()),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing if both else subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    return Done(done.returncode, "", "" if both else done.stderr.decode())


@pytest.mark.parametrize("flags", [pytest.param([], marks=LONG), pytest.param(["--json"], marks=LONG), ["-v"]])
def test_a_stdout_that_nobody_reads_never_breaks_a_push(tmp_path: Path, flags: list[str]) -> None:
    save(tmp_path / "orders.json", *(order(f"A-{at}") for at in range(40)), order("R-1"))
    with target({"R-1": REJECTED}) as told:
        done = closing(told, "orders.json", *flags, "--report", "json=p.json", cwd=tmp_path)
    assert len(told.arrived) == 41
    assert done.code == 3
    assert done.err.startswith("webship: 41 orders: 40 accepted, 1 rejected")
    assert json.loads((tmp_path / "p.json").read_bytes())["summary"]["accepted"] == 40


@LONG
def test_nor_does_a_stderr_that_nobody_reads(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", *(order(f"A-{at}") for at in range(3)), order("R-1"))
    with target({"R-1": REJECTED}) as told:
        done = closing(told, "orders.json", "-v", cwd=tmp_path, both=True)
    assert (len(told.arrived), done.code) == (4, 3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_said_and_the_push_goes_on(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", *(order(f"R-{at}") for at in range(3)))
    with target({f"R-{at}": REJECTED for at in range(2)}) as told, open("/dev/full", "wb") as full:
        done = subprocess.run(
            command("push", "orders.json", *told.flags()),
            cwd=tmp_path,
            env=environment(tmp_path, **told.variables()),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert (len(told.arrived), done.returncode) == (3, 3)
    assert b"stdout cannot be written: No space left on device." in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_orders_that_could_not_be_written_are_no_success(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command("convert", "orders.json", "--to", "orderctl"),
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert b"stdout cannot be written" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["validate", "orders.json"], 1),
        pytest.param(["validate", "orders.json", "--json"], 1, marks=LONG),
        pytest.param(["convert", "orders.json", "--to", "orderctl"], 0, marks=LONG),
    ],
)
def test_head_ends_a_command_quietly(tmp_path: Path, arguments: list[str], code: int) -> None:
    status = {"orderGroup": 1} if arguments[0] == "validate" else {}
    save(tmp_path / "orders.json", *(order(f"A-{at}", **status) for at in range(3000)))
    with subprocess.Popen(
        command(*arguments),
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == code
    assert said == b"" or "--json" in arguments


@contextmanager
def terminal() -> Iterator[tuple[int, list[bytes]]]:
    """A terminal that is read all the time, as a real one is; what it was given is whole when the block has ended."""
    main, side = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        # Linux ends a terminal whose last user has gone with an error.
        with suppress(OSError):
            while piece := os.read(main, 65536):
                seen.append(piece)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield side, seen
    finally:
        os.close(side)
        reader.join(10)
        os.close(main)


def on_terminal(tmp_path: Path, *arguments: str, **variables: str) -> str:
    """What a terminal of 80 columns shows."""
    with terminal() as (side, seen):
        subprocess.run(
            command(*arguments),
            cwd=tmp_path,
            env=environment(tmp_path, TERM="xterm", **variables),
            stdin=subprocess.DEVNULL,
            stdout=side,
            stderr=side,
            timeout=60,
            check=False,
        )
    return b"".join(seen).decode().replace("\r\n", "\n")


def test_a_terminal_shows_the_line_with_a_caret_under_the_column(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('{\n  "orderId": "名",\n  "customer\u202e": "Ōe", "orderDate": "24.4."\n}\n')
    seen = on_terminal(tmp_path, "validate", "--from", "webship-webhook", "o.json", NO_COLOR="1")
    lines = seen.splitlines()
    at = next(number for number, line in enumerate(lines) if " orderDate:" in line)
    assert lines[at].startswith("o.json:3:35: ")
    assert lines[at + 1] == '    3 |   "customer\\u202e": "Ōe", "orderDate": "24.4."'
    assert lines[at + 2] == "      | " + " " * 39 + "^"


def test_no_terminal_no_excerpt(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1", orderGroup=1))
    done = orderctl("validate", "orders.json", "--color", "always", cwd=tmp_path)
    assert len(done.out.splitlines()) == 1
    assert "\x1b[31merror\x1b[0m" in done.out


@pytest.mark.parametrize(
    ("flags", "variables", "coloured"),
    [
        ([], {}, True),
        pytest.param([], {"NO_COLOR": "1"}, False, marks=LONG),
        pytest.param(["--color", "never"], {}, False, marks=LONG),
        pytest.param(["--color", "always"], {"NO_COLOR": "1"}, True, marks=LONG),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    tmp_path: Path, flags: list[str], variables: dict[str, str], coloured: bool
) -> None:
    save(tmp_path / "orders.json", order("A-1", orderGroup=1))
    assert ("\x1b[31merror" in on_terminal(tmp_path, "validate", "orders.json", *flags, **variables)) is coloured


@LONG
def test_the_progress_bar_takes_nothing_from_stdout(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", *(order(f"R-{at}", orderNumber="x" * 200) for at in range(5)))
    with target({f"R-{at}": REJECTED for at in range(5)}) as told, terminal() as (side, _):
        done = subprocess.run(
            command("push", "orders.json", "-v", *told.flags()),
            cwd=tmp_path,
            env=environment(tmp_path, TERM="xterm", **told.variables()),
            stdout=subprocess.PIPE,
            stderr=side,
            timeout=60,
            check=False,
        )
    lines = done.stdout.decode().splitlines()
    assert sorted(line.split(": ")[1] for line in lines) == [f"R-{at}" for at in range(5)]


def test_a_push_on_a_terminal_shows_whole_lines(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("R-1"), order("A-1"))
    with target({"R-1": (422, {"error": "x" * 300})}) as told:
        seen = on_terminal(tmp_path, "push", "orders.json", *told.flags(), **told.variables())
    assert "R-1: rejected (HTTP 422): " in seen
    assert "x" * 300 in seen
    assert "webship: 2 orders: 1 accepted, 1 rejected" in seen


@pytest.mark.parametrize("closed", [pytest.param(">&-", marks=LONG), pytest.param("2>&-", marks=LONG), ">&- 2>&-"])
def test_a_push_needs_neither_stdout_nor_stderr(tmp_path: Path, closed: str) -> None:
    save(tmp_path / "orders.json", order("R-1"), order("A-1"))
    with target({"R-1": REJECTED}) as told:
        line = shlex.join(command("push", "orders.json", *told.flags()))
        done = subprocess.run(
            ["/bin/sh", "-c", f"exec {line} {closed}"],
            cwd=tmp_path,
            env=environment(tmp_path, **told.variables()),
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
    assert (len(told.arrived), done.returncode) == (2, 3)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["validate"], 1, "2 orders: 1 valid, 1 invalid"),
        (["validate", "--json"], 1, "orderctl: stdout cannot be written: it is closed."),
        (["convert", "--to", "starshipit", "-o", "x.json"], 0, "2 orders from webship to starshipit: 2 converted"),
        (["convert", "--to", "starshipit"], 2, "orderctl: stdout cannot be written: it is closed."),
        (["detect"], 0, ""),
        (["plan", "--to", "webship", "--sandbox"], 1, "1 invalid"),
        (["validate", "--fro"], 2, "No such option"),
    ],
)
def test_without_a_stdout_the_exit_code_tells_and_no_result_is_lost_in_silence(
    words: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = {} if words[0] == "convert" else {"shippingTotal": ".5"}
    save(tmp_path / "orders.json", order("A-1"), order("A-2", **wrong))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setenv("ORDERCTL_STATE_DIR", str(tmp_path / "state"))
    assert run([*words, "orders.json"]) == code
    assert said in capsys.readouterr().err


RESULTS = [
    ["plan", "orders.json", "--to", "webship", "--sandbox"],
    ["status", "--to", "webship", "--sandbox"],
    pytest.param(["doctor", "webship", "--sandbox"], marks=LONG),
    ["detect", "orders.json"],
    ["fields", "webship"],
    ["schema", "webship"],
    ["explain", "state-code"],
    ["config", "show"],
    ["init", "-o", "-"],
]
"""Commands that print a result, and change nothing."""


def prepared(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder to run such a command in: an order, and for `status` a journal that knows it."""
    save(folder / "orders.json", order("A-1"))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ORDERCTL_STATE_DIR", str(folder / "state"))
    if command == "status":
        run(["push", "orders.json", "--to", "webship", "--sandbox", "-q"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("words", RESULTS, ids=lambda words: words[0])
def test_a_full_disk_behind_any_result_is_no_bug(
    words: list[str],
    flags: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepared(words[0], tmp_path, monkeypatch)
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        given = flags if words[0] not in ("schema", "init") else []
        assert run([*words, *given]) == 2
    assert "orderctl: stdout cannot be written: No space left on device." in capsys.readouterr().err


@pytest.mark.parametrize("words", RESULTS, ids=lambda words: words[0])
def test_a_result_that_nobody_reads_any_more_ends_quietly(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepared(words[0], tmp_path, monkeypatch)
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        assert run(words) == 0
    assert "orderctl:" not in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["push", "none.json", "--to", "webship"], ["validate", "--fro"], ["config"]])
def test_a_full_disk_behind_stderr_changes_no_exit_code(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run(words)
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stderr", full)
        assert run(words) == told


@pytest.mark.parametrize("words", [["validate", "orders.json"], ["validate", "--fro"], ["detect", "orders.json"]])
def test_without_a_stderr_the_exit_code_is_the_same(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "orders.json", order("A-1"), order("A-2", shippingTotal=".5"))
    monkeypatch.chdir(tmp_path)
    told = run(words)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(words) == told
    monkeypatch.setattr(sys, "stdout", None)
    assert run(words) == told


@pytest.mark.parametrize(
    "words",
    [
        ["validate"],
        ["validate", "--fix"],
        ["convert", "--to", "starshipit", "-o", "x.json"],
        ["push", "--to", "webship", "--sandbox", "-n"],
        ["plan", "--to", "webship", "--sandbox"],
    ],
    ids=lambda words: words[0] + words[-1],
)
def test_on_a_terminal_no_colour_shows_as_text(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "orders.json", order("A-1", items="none"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORDERCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = Terminal(kept := io.BytesIO(), encoding="utf-8", write_through=True)
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, shown)
    assert run([*words, "orders.json"]) == 1
    seen = kept.getvalue().decode()
    assert " wrong-type items: " in seen
    assert ("\x1b[31merror\x1b[0m" in seen) is (words[0] != "plan")
    assert "\\x1b" not in seen


@pytest.mark.parametrize(
    "words",
    [
        ["validate", "orders.json"],
        ["convert", "orders.json", "--to", "orderctl"],
        ["plan", "orders.json", "--to", "webship", "--sandbox"],
        ["plan", "orders.json", "--to", "webship", "--sandbox", "--json"],
        ["push", "orders.json", "--to", "webship", "--sandbox", "--dry-run"],
    ],
    ids=" ".join,
)
def test_the_summary_is_the_last_line_where_both_streams_go_to_one_file(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "orders.json", order("A-1"), order("A-2", shippingTotal=".5"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORDERCTL_STATE_DIR", str(tmp_path / "state"))
    with open("log", "a", encoding="utf-8") as out, open("log", "a", encoding="utf-8") as err:
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        run(words)
    *before, last = Path("log").read_text().splitlines()
    assert before
    assert "2 orders" in last


def test_a_character_that_stdout_has_no_byte_for_is_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "orders.json", order("é中"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORDERCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(kept := io.BytesIO(), encoding="latin-1"))
    assert run(["plan", "orders.json", "--to", "webship", "--sandbox"]) == 0
    assert kept.getvalue() == b"orders.json:2: \xe9\\u4e2d: new\n"


class Terminal(io.TextIOWrapper):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("soon", "shows"), [(0.0, True), (3600.0, False)])
@pytest.mark.parametrize("flags", [[], ["--no-progress"], ["-q"]])
def test_a_bar_shows_how_far_a_conversion_is_that_takes_a_while(
    flags: list[str], soon: float, shows: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [order("A-1"), order("A-2"), order("A-3", orderDate="soon")]
    path = tmp_path / save(tmp_path / "orders.json", *orders)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(sys, "stderr", Terminal(seen := io.BytesIO(), encoding="utf-8", write_through=True))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_SOON", soon)
    words = ["convert", str(path), "--to", "shipstation", "-o", str(tmp_path / "out.json"), "--color", "never"]
    assert run([*words, *flags]) == 1
    told = seen.getvalue().decode()
    assert ("2 converted" in told.partition("3 orders from")[0]) is (shows and not flags)
    assert "orders.json:4:33: error " in told


def test_no_bar_comes_between_the_orders_that_a_conversion_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / save(tmp_path / "orders.json", order("A-1"), order("A-2"))
    monkeypatch.setattr(sys, "stdout", Terminal(io.BytesIO()))
    monkeypatch.setattr(sys, "stderr", Terminal(seen := io.BytesIO(), encoding="utf-8", write_through=True))
    monkeypatch.setattr(progress, "_SOON", 0.0)
    assert run(["convert", str(path), "--to", "shipstation"]) == 0
    assert "2 converted" not in seen.getvalue().decode().partition("2 orders from")[0]


def listens(process: int) -> bool:
    """Whether a process has an answer of its own to SIGTERM."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("SigCgt:")[2].split()[0], 16) >> (signal.SIGTERM - 1) & 1 == 1


@LONG
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("number", "code", "why"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
@pytest.mark.parametrize(
    "words", [["validate", "-", "--json"], ["convert", "-", "--to", "webship", "--json", "-o", "o.json"]]
)
def test_json_mode_says_as_json_that_it_was_broken_off(
    words: list[str], number: signal.Signals, code: int, why: str, tmp_path: Path
) -> None:
    """The input never comes."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command(*words), cwd=tmp_path, env=environment(tmp_path), **pipes) as process:
        until(lambda: listens(process.pid), 20)
        process.send_signal(number)
        assert process.wait(20) == code
        assert process.stdout is not None
        said = json.load(process.stdout)
    assert said == {"schema": "orderctl.error/1", "ok": False, "exit_code": code, "message": why}
