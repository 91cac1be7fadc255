"""Excerpts: the right line, cut around the column, of any file."""

from pathlib import Path

import pytest

from orderctl.findings import Finding
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
