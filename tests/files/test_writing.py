"""Files are written whole or not at all, and numbers and texts keep their spelling."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from cluster.place import ROOT, until

from orderctl.errors import UsageError
from orderctl.files import Plain, json_bytes, write_bytes
from orderctl.files.yaml_writing import yaml_text


def test_a_file_is_written_with_the_mode_of_a_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_bytes(str(tmp_path / "out.json"), [b"a", b"b"])
    finally:
        os.umask(before)
    assert (tmp_path / "out.json").read_bytes() == b"ab"
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o640


def test_a_file_that_is_written_again_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_bytes(str(path), [b"new"])
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)
    assert os.listdir(tmp_path) == ["out.json"]


def test_a_failure_midway_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    (tmp_path / "out.json").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_bytes(str(tmp_path / "out.json"), failing())
    assert (tmp_path / "out.json").read_text() == "old"
    assert os.listdir(tmp_path) == ["out.json"]


@pytest.mark.long
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_ended_by_a_signal_leaves_the_old_file_and_nothing_else(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    """The draft beside the file is there, and half of the input."""
    (tmp_path / "out.jsonl").write_text("old")
    (order,) = json.loads((ROOT / "samples/webship/orders.json").read_text())[:1]
    command = [sys.executable, "-m", "orderctl", "convert", "-", "--to", "shipstation", "-o", "out.jsonl"]
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    with subprocess.Popen([*command, "--input-format", "ndjson"], text=True, cwd=tmp_path, **pipes) as process:  # type: ignore[call-overload]
        for at in range(200):
            process.stdin.write(json.dumps({**order, "orderId": f"A-{at}"}) + "\n")
        process.stdin.flush()
        until(lambda: len(os.listdir(tmp_path)) == 2, 30)
        process.send_signal(number)
        assert (process.wait(30), process.stderr.read()) == (code, "")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_bytes(str(tmp_path / "link.json"), [b"new"])
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_a_device_is_written_to_and_never_replaced() -> None:
    write_bytes("/dev/null", [b"x"])
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ["no/such/folder.json", ".", "pipe", "x" * 300, "nul\0", ""])
def test_what_cannot_be_written_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with pytest.raises(UsageError, match="cannot be written"):
        write_bytes(name, [b"x"])
    assert os.listdir(tmp_path) == ["pipe"]


def test_json_keeps_every_digit_and_character() -> None:
    value = {"a": Decimal("1.10"), "b": 10**30, "c": "é\U0001f600", "d": Plain("02110"), "e": [None, True, {}]}
    assert json_bytes(value, indent=False).decode() == (
        '{"a":1.10,"b":1000000000000000000000000000000,"c":"é\U0001f600","d":"02110","e":[null,true,{}]}'
    )
    assert json_bytes({"a": [1]}) == b'{\n  "a": [\n    1\n  ]\n}'


def test_yaml_quotes_what_another_reader_could_mistake() -> None:
    value = {
        "country": "NO",
        "zip": "02110",
        "name": "Albert Jones",
        "note": "a: b",
        "price": Decimal("1.10"),
        "count": 2,
        "gift": True,
        "none": None,
        "no": [],
        "items": [{"sku": "A-1", "empty": ""}, {}],
    }
    assert "".join(yaml_text(value)) == (
        'country: "NO"\nzip: "02110"\nname: Albert Jones\nnote: "a: b"\nprice: 1.10\ncount: 2\ngift: true\n'
        'none: null\n"no": []\nitems:\n- sku: A-1\n  empty: ""\n- {}\n'
    )


def test_yaml_takes_a_list_as_it_comes() -> None:
    taken = []

    def orders() -> Iterator[object]:
        for number in range(20_000):
            taken.append(number)
            yield {"orderId": f"A-{number}"}

    pieces = yaml_text({"orders": orders()})
    next(pieces)
    assert 0 < len(taken) < 10_000
    assert "".join(pieces).endswith("orderId: A-19999\n")


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("0.0000001", "0.0000001"),
        ("-4.5359237E-8", "-0.000000045359237"),
        ("0.000001", "0.000001"),
        ("1.10", "1.10"),
        ("1E+2", "1E+2"),
    ],
)
def test_a_tiny_number_is_written_in_digits_and_any_other_as_it_came(value: str, spelled: str) -> None:
    assert json_bytes([{"a": Decimal(value), "b": "1E-7"}], indent=False).decode() == f'[{{"a":{spelled},"b":"1E-7"}}]'
    assert "".join(yaml_text({"a": Decimal(value)})) == f"a: {spelled}\n"
