"""Several processes over one file say and write what one process does, wherever the file is cut."""

import contextlib
import errno
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import msgspec
import pytest
from bench.orders import orders

from orderctl import parts
from orderctl.cli import apart, prepare, processors, run
from orderctl.files.ranges import ranges
from orderctl.report import progress

ENCODE = msgspec.json.Encoder(decimal_format="number").encode
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def made(count: int = 12, **changes: Any) -> list[dict[str, Any]]:
    """Some orders; every third one is wrong in one field."""
    every = list(orders("webship", count))
    for number, order in enumerate(every):
        order.update(changes)
        if number % 3 == 2:
            order["orderDate"] = "yesterday"
    return every


def array(every: Iterable[Any], between: bytes = b",\n") -> bytes:
    return b"[\n" + between.join(map(ENCODE, every)) + b"\n]\n"


def lines(every: Iterable[Any], end: bytes = b"\n") -> bytes:
    return b"".join(ENCODE(order) + end for order in every)


def nested() -> bytes:
    """An order whose own list looks like the list of orders, at the same place of its lines."""
    inner = b"[" + b",\n".join(map(ENCODE, made(9))) + b"]"
    odd = ENCODE(made(1)[0]).replace(b'"items":[', b'"items":%b,"other":[' % inner)
    return b"[" + b",\n".join([*map(ENCODE, made(3)), odd, *map(ENCODE, made(3))]) + b"]"


TEXTS: dict[str, bytes] = {
    "array.json": array(made()),
    "pretty.json": msgspec.json.format(array(made()), indent=2),
    "wide.json": array(made(content="Ångström 日本語 🚚 " * 5, contentDescription="日本語 🚚" * 9)),
    "crlf.json": array(made(), b",\r\n"),
    "bom.json": b"\xef\xbb\xbf" + array(made()),
    "blanks.json": array(made(), b" ,  \n\n   \n"),
    "commas-first.json": array(made(), b"\n,"),
    "one-line.json": array(made(), b","),
    "in-texts.json": array(made(contentDescription='x},\n{"orderId":"', shipperReference='"},\n{')),
    "nested.json": nested(),
    "repeated.json": array([*made(), *made(2)]),
    "repeated-at-once.json": array([*made(2), *made(2), *made()[2:]]),
    "broken.json": array(made()).replace(b'"orderId":"WS-0000006"', b'"orderId":"WS-0000006" "x"'),
    "not-closed.json": array(made()).replace(b'"packages":', b'"packages":[', 1),
    "behind.json": array(made()) + b"{}",
    "not-utf8.json": array(made()).replace(b"WS-0000007", b"WS-\xff"),
    "no-orders-between.json": array([*made(5), 1, None, {}, *made(5)]),
    "enveloped.json": array([{"order": order} for order in made()]),
    "envelope.json": b'{"orders":' + array(made()) + b"}",
    "lines.jsonl": lines(made()),
    "crlf.jsonl": lines(made(), b"\r\n"),
    "returns.jsonl": lines(made(), b"\r\r\n\r\n"),
    "bom.jsonl": b"\xef\xbb\xbf" + lines(made()),
    "marks.jsonl": lines(made()).replace(b"\n{", b"\n\xef\xbb\xbf{"),
    "broken.jsonl": lines(made()).replace(b'"orderId":"WS-0000006"', b'"orderId":"WS-0000006" "x"'),
    "twice.jsonl": lines(made()).replace(b'"orderId":"WS-0000007"', b'"orderId":"1","orderId":"WS-0000007"'),
    "repeated.jsonl": lines([*made(), *made(1)]),
    "wide.jsonl": lines(made(contentDescription="日本語 🚚" * 9)),
    "lines-in.json": lines(made()),
}
SHARED = ("array.json", "pretty.json", "wide.json", "crlf.json", "bom.json", "in-texts.json", "lines.jsonl")
QUICK = ("in-texts.json", "nested.json", "repeated.jsonl")
COMMANDS = (
    ["validate"],
    ["validate", "--json", "--report", "junit={0}/junit.xml", "--report", "sarif={0}/findings.sarif"],
    ["validate", "--for", "shipstation", "--format", "github"],
    ["convert", "--to", "shipstation", "--report", "losses={0}/losses.json", "--verbose"],
    ["convert", "--to", "starshipit", "-o", "{0}/orders.jsonl", "--only", "WS-0000001", "--only", "WS-0000009"],
    ["convert", "--to", "webship-webhook", "-o", "{0}/orders.yaml"],
)


def said(
    arguments: list[str], folder: Path, capfdbinary: pytest.CaptureFixture[bytes], jobs: int | None
) -> tuple[int, bytes, bytes, dict[str, bytes]]:
    """The exit code, what was said on both streams, and the files written."""
    out = folder / "out"
    out.mkdir(exist_ok=True)
    code = run([word.format(out) for word in arguments] + (["--jobs", str(jobs)] if jobs else []))
    sys.stdout.flush()
    told = capfdbinary.readouterr()
    written = {path.name: path.read_bytes() for path in sorted(out.iterdir())}
    for path in out.iterdir():
        path.unlink()
    return code, _steady(told.out), told.err, written


def _steady(said: bytes) -> bytes:
    """Without the one word that GitHub's workflow commands draw by lot."""
    token = said.partition(b"::stop-commands::")[2][:32]
    return said.replace(token, b"") if token else said


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in TEXTS]
)
def test_any_number_of_processes_says_and_writes_what_one_does(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(prepare, "PAYS", 1)
    monkeypatch.setattr(apart, "_HELD", 2)
    file = tmp_path / name
    file.write_bytes(TEXTS[name])
    for position, command in enumerate(COMMANDS):
        arguments = [*command, str(file)]
        alone = said(arguments, tmp_path, capfdbinary, 1)
        assert said(arguments, tmp_path, capfdbinary, 2 + (position + len(name)) % 3) == alone, command


@pytest.mark.parametrize("name", SHARED)
def test_a_large_file_is_cut_into_as_many_ranges_as_are_asked_for(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(TEXTS[name])
    parts = ranges(str(file), 3)
    assert len(parts) == 3
    assert b"".join(TEXTS[name][part.start : part.end] for part in parts).count(b'"orderId":') == 12


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two processors, files of any size worth sharing among them, and the processes started."""
    begun: list[int] = []
    fork = os.fork

    def noted() -> int:
        begun.append(child := fork())
        return child

    monkeypatch.setattr(prepare, "PAYS", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(processors, "_GROUPS", Path("/nowhere"))
    monkeypatch.setattr(os, "fork", noted)
    return begun


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_process_for_each_processor_is_started_unasked_and_the_same_is_said(
    command: list[str], tmp_path: Path, forked: list[int], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "orders.json"
    file.write_bytes(TEXTS["array.json"])
    arguments = [*command, str(file)]
    alone = said(arguments, tmp_path, capfdbinary, 1)
    assert not forked
    assert said(arguments, tmp_path, capfdbinary, None) == alone
    assert len(forked) == (0 if "{0}/orders.yaml" in command else 1)


def test_no_more_than_four_processes_are_started_unasked(
    tmp_path: Path, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    file = tmp_path / "orders.jsonl"
    file.write_bytes(TEXTS["lines.jsonl"])
    run(["validate", "-q", str(file)])
    assert len(forked) == 3


@pytest.mark.parametrize(
    ("group", "limits", "most"),
    [
        ("0::/", {"": "max 100000"}, math.inf),
        ("0::/", {"": "250000 100000"}, 2.5),
        ("4:memory:/\n0::/orders.slice/push.service", {"orders.slice/push.service": "50000 100000"}, 0.5),
        ("0::/a/b", {"a/b": "400000 100000", "a": "300000 200000"}, 1.5),
        ("0::/a/b", {"a": "nonsense"}, math.inf),
        ("4:cpu:/only/v1", {"only/v1": "100000 100000"}, math.inf),
        ("", {}, math.inf),
    ],
)
def test_a_control_group_is_granted_what_the_least_around_it_is(
    group: str, limits: dict[str, str], most: float, tmp_path: Path
) -> None:
    (tmp_path / "group").write_text(group + "\n")
    for folder, limit in limits.items():
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "cpu.max").write_text(limit + "\n")
    assert processors.granted(tmp_path / "group", tmp_path) == most


@pytest.mark.parametrize(("limit", "used"), [("50000 100000", 1), ("250000 100000", 2), ("max 100000", 8)])
def test_a_container_with_a_limit_uses_no_more_processors_than_it_is_granted(
    limit: str, used: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    (tmp_path / "cpu.max").write_text(limit)
    (tmp_path / "group").write_text("0::/\n")
    monkeypatch.setattr(processors, "_GROUP", tmp_path / "group")
    monkeypatch.setattr(processors, "_GROUPS", tmp_path)
    assert processors.processors() == used


@pytest.mark.parametrize("jobs", [[], ["--jobs", "8"]], ids=["unasked", "asked"])
def test_a_small_file_is_left_to_one_process(
    jobs: list[str], tmp_path: Path, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "PAYS", 8 * 1024 * 1024)
    file = tmp_path / "orders.json"
    file.write_bytes(TEXTS["array.json"])
    assert run(["validate", "-q", *jobs, str(file)]) == 1
    assert not forked


def test_several_files_are_left_to_one_process(tmp_path: Path, forked: list[int]) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(TEXTS["array.json"])
    assert run(["validate", "-q", str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 1
    assert run(["validate", "-q", str(tmp_path)]) == 1
    assert not forked


def _refuse(*_: object) -> None:
    raise OSError(errno.EAGAIN, "no room")


def _killed(fork: Callable[[], int]) -> int:
    if child := fork():
        os.kill(child, signal.SIGKILL)
    return child


def _is_there(child: int) -> bool:
    """Whether a process is still there, at work or not yet waited for."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, 0)
        return True
    return False


def _full() -> BinaryIO:
    return open("/dev/full", "r+b", buffering=0)


def _files(made: Callable[[], object]) -> SimpleNamespace:
    return SimpleNamespace(TemporaryFile=made, gettempdir=tempfile.gettempdir)


TROUBLES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "no file can be made": lambda patch: patch.setattr(parts, "tempfile", _files(_refuse)),
    "a file takes nothing": lambda patch: patch.setattr(parts, "tempfile", _files(_full)),
    "no room is left": lambda patch: patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000)),
    "no process can be started": lambda patch: patch.setattr(os, "fork", _refuse),
    "a process is killed": lambda patch: patch.setattr(os, "fork", partial(_killed, os.fork)),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("command", [COMMANDS[1], COMMANDS[3]], ids=lambda words: words[0])
def test_where_processes_cannot_work_one_does_it_all_and_says_the_same(
    command: list[str],
    trouble: str,
    tmp_path: Path,
    forked: list[int],
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    file = tmp_path / "orders.json"
    file.write_bytes(TEXTS["array.json"])
    arguments = [*command, str(file)]
    alone = said(arguments, tmp_path, capfdbinary, 1)
    TROUBLES[trouble](monkeypatch)
    monkeypatch.setattr(apart, "_HELD", 2)
    assert said(arguments, tmp_path, capfdbinary, 3) == alone
    assert len(forked) == (0 if trouble.startswith("no ") else 2)
    assert not [child for child in forked if _is_there(child)]


def test_those_who_work_apart_say_how_far_they_are_until_they_are_left(tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_bytes(TEXTS["lines.jsonl"])
    with parts.work_apart(ranges(str(file), 2), lambda _, home: list(home.watched(range(3_000))) and None) as begun:
        assert begun.end_well()
        assert begun.done() == 2 * 2_048
    assert begun.done() == 0


def test_progress_counts_what_other_processes_are_through_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "_EVERY", 0)
    with progress.Progress(wanted=True) as shown:
        shown.elsewhere = lambda: 2_048
        shown.advance("valid")
    assert capsys.readouterr().err.startswith("1 valid, 2,048 in other processes of ")


@pytest.mark.long
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_an_interrupted_run_leaves_no_process_behind_and_says_nothing_more(
    sent: signal.Signals, code: int, tmp_path: Path
) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_bytes(lines(orders("webship", 60_000)))
    command = [sys.executable, "-m", "orderctl", "convert", str(file), "--to", "shipstation", "--jobs", "3"]
    process = subprocess.Popen([*command, "-o", str(tmp_path / "out.json")], stderr=subprocess.PIPE, process_group=0)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("needs Linux's list of children")
    begun: list[str] = []
    while len(begun) < 2:
        time.sleep(0.05)
        begun = children.read_text().split()
    os.kill(process.pid, sent)
    _, words = process.communicate(timeout=60)
    assert (process.returncode, words) == (code, b"")
    assert not (tmp_path / "out.json").exists()
    assert not [child for child in begun if _is_there(int(child))]


@pytest.mark.long
def test_the_first_orders_are_written_while_others_are_at_work_and_no_process_outlives_the_reader(
    tmp_path: Path,
) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_bytes(lines(orders("webship", 60_000)))
    command = [sys.executable, "-m", "orderctl", "convert", str(file), "--to", "shipstation", "--jobs", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"["
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            pytest.skip("needs Linux's list of children")
        begun = children.read_text().split()
        process.stdout.close()
        process.stdout = None
        _, words = process.communicate(timeout=60)
    assert (process.returncode, words, len(begun)) == (0, b"", 2)
    assert not [child for child in begun if _is_there(int(child))]


def test_the_findings_of_every_part_stand_at_their_own_index_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "PAYS", 1)
    file = tmp_path / "orders.json"
    file.write_bytes(TEXTS["array.json"])
    assert run(["validate", "-q", "--json", "--jobs", "4", str(file)]) == 1
    sys.stdout.flush()
    found = json.loads(capfd.readouterr().out)
    wrong = [(each["index"], each["line"]) for each in found["findings"] if each["path"] == "orderDate"]
    assert wrong == [(2, 4), (5, 7), (8, 10), (11, 13)]
    assert found["summary"]["orders"] == 12
