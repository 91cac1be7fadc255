"""Excerpts: the right line, cut around the column, of any file."""

import io
import json
import sys
from pathlib import Path

import pytest

from orderctl.cli.validate import Validate
from orderctl.cli.validating import run_validate
from orderctl.findings import Finding
from orderctl.report import progress
from orderctl.report.excerpt import Excerpts, cut


def below(path: Path, line: int, column: int) -> list[str]:
    return Excerpts(colour=False).below(Finding("blank", (), "", file=str(path), line=line, column=column)).splitlines()


@pytest.mark.parametrize(
    ("text", "at", "shown", "caret"),
    [
        ("abc", 1, "abc", " ^"),
        ("", 0, "", "^"),
        ("名前x", 2, "名前x", "    ^"),
        ("\tx", 1, "    x", "    ^"),
        ("a\x1bb", 2, "a\\x1bb", "     ^"),
        ("a\u0301b", 2, "a\u0301b", " ^"),
    ],
)
def test_the_caret_stands_under_the_character(text: str, at: int, shown: str, caret: str) -> None:
    assert cut(text, at, 40) == (shown, caret)


@pytest.mark.parametrize("at", [0, 1, 10, 50, 98, 99])
def test_a_long_line_is_cut_around_the_column(at: int) -> None:
    text = "".join(chr(0x100 + number) for number in range(100))
    shown, caret = cut(text, at, 30)
    assert len(shown) <= 30
    assert shown[caret.index("^")] == text[at]
    assert shown.startswith("…") == (at > 20)
    assert shown.endswith("…") == (at < 80)


def test_line_ends_of_every_kind_and_a_byte_order_mark_are_counted_as_places_count_them(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\nfour")
    for line, text in enumerate(("one", "two", "three", "four"), 1):
        assert below(path, line, 1)[0].endswith(f"| {text}")


def test_findings_may_come_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("one\ntwo\nthree\n")
    excerpts = Excerpts(colour=False)
    for line, text in ((3, "three"), (1, "one"), (2, "two"), (2, "two")):
        found = excerpts.below(Finding("blank", (), "", file=str(path), line=line, column=2))
        assert found.splitlines()[0].endswith(f"| {text}")


def test_a_place_deep_in_one_endless_line_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("." * 8191 + "#" + "." * 30_000 + "X" + "." * 50_000 + "E")
    for column, mark in ((8192, "#"), (38_193, "X"), (88_194, "E")):
        line, caret = below(path, 1, column)
        assert line[caret.index("^")] == mark


@pytest.mark.parametrize(("line", "column"), [(9, 1), (1, 99)])
def test_a_place_that_is_not_there_shows_nothing(tmp_path: Path, line: int, column: int) -> None:
    path = tmp_path / "x.json"
    path.write_text("one\n")
    assert below(path, line, column) == []


def test_no_file_no_excerpt(tmp_path: Path) -> None:
    assert below(tmp_path / "gone.json", 1, 1) == []
    assert below(Path("<stdin>"), 1, 1) == []


class Terminal(io.StringIO):
    """A stdout that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("lines", [2, 3000])
def test_findings_of_standard_input_have_their_excerpts_too(lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fine, wrong = '{"orderId": "%d", "weightUnit": null}\n', '{"orderId": "%d", "名": 1, "orderDate": "soon"}\n'
    text = "".join((wrong if number in (1, lines - 1) else fine) % number for number in range(lines))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    monkeypatch.setattr(sys, "stdout", shown := Terminal())
    assert run_validate(Validate(files=["-"], shape="webship-webhook", color="never", quiet=True)) == 1
    found = shown.getvalue().splitlines()
    first = next(at for at, line in enumerate(found) if line.startswith("<stdin>:2:") and "orderDate" in line)
    assert found[first + 1] == '    2 | {"orderId": "1", "名": 1, "orderDate": "soon"}'
    assert found[first + 2] == "      | " + " " * len('{"orderId": "1", "名": 1, "orderDate": ') + " ^"
    assert found[-2].startswith(f"{lines:>5} | ")


@pytest.mark.parametrize("no_progress", [False, True])
def test_a_bar_shows_how_far_a_validation_is_while_stdout_goes_elsewhere(
    tmp_path: Path, no_progress: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"orderId": "1", "weightUnit": null}\n' * 2, encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", out := io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(sys, "stderr", seen := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_SOON", 0.0)
    run_validate(Validate(files=[str(path)], shape="webship-webhook", no_progress=no_progress, json=True))
    assert ("1 valid, 1 invalid" in seen.getvalue().rpartition("2 orders:")[0]) is not no_progress
    assert out.buffer.seek(0) == 0
    assert json.load(out)["exit_code"] == 1
