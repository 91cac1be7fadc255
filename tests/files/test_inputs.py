"""Which files are meant, how they are opened, and in which format they are."""

import io
import os
import socket
import sys
from pathlib import Path

import pytest

from orderctl.errors import NoInput, UsageError
from orderctl.files import Envelopes, find_files, read, repeated

ENVELOPES = Envelopes((("orders",), ("order",)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_means_its_files_of_known_suffixes_sorted(folder: Path) -> None:
    for name in ("b.json", "a.yaml", "c.JSONL", "d.ndjson", "e.yml", "readme.md", "f.txt"):
        (folder / name).write_text("{}")
    (folder / "inner.json").mkdir()
    (folder / "inner.json" / "g.json").write_text("{}")
    assert find_files(["."]) == ["./a.yaml", "./b.json", "./c.JSONL", "./d.ndjson", "./e.yml"]


@pytest.mark.timeout(10)
def test_a_pipe_in_a_folder_does_not_hang(folder: Path) -> None:
    os.mkfifo("pipe.json")
    (folder / "a.json").write_text("{}")
    assert find_files([str(folder)]) == [str(folder / "a.json")]
    assert find_files(["*.json"]) == ["a.json"]


@pytest.mark.timeout(10)
def test_what_is_no_file_is_named_with_its_kind(folder: Path) -> None:
    os.mkfifo("pipe.json")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("s.json")
    for name, kind in (("pipe.json", "a pipe"), ("s.json", "a socket"), ("/dev/zero", "a device")):
        with pytest.raises(NoInput, match=f"{name}: this is {kind}"):
            find_files([name])
        with pytest.raises(NoInput, match=name):
            list(read(name, ENVELOPES))


def test_a_missing_file_an_empty_folder_and_an_empty_glob_are_named(folder: Path) -> None:
    (folder / "empty").mkdir()
    for name in ("nowhere.json", "empty", "*.json", "no/such/[a]*.json", "x" * 5000, "nul\0.json", ""):
        with pytest.raises(NoInput, match="^" + (name if name.isalnum() else "")):
            find_files([name])


def test_a_folder_may_be_empty_where_that_is_allowed_and_a_glob_or_a_file_never(folder: Path) -> None:
    (folder / "outbox").mkdir()
    with pytest.raises(NoInput, match="--allow-empty"):
        find_files(["outbox"])
    assert find_files(["outbox"], allow_empty=True) == []
    for name in ("outbox/*.json", "gone.json"):
        with pytest.raises(NoInput):
            find_files([name], allow_empty=True)


def test_links_that_lead_nowhere_are_named_even_in_a_folder(folder: Path) -> None:
    (folder / "a.json").symlink_to("a.json")
    (folder / "b.json").symlink_to("gone")
    for name in ("a.json", "b.json", "."):
        with pytest.raises(NoInput, match=r"[ab]\.json: cannot be read"):
            find_files([name])


def test_an_existing_file_is_a_path_though_it_looks_like_a_glob(folder: Path) -> None:
    (folder / "[a].json").write_text("{}")
    (folder / "a.json").write_text("{}")
    assert find_files(["[a].json", "[ab].json"]) == ["[a].json", "a.json"]


def test_files_named_twice_are_kept_and_can_be_told(folder: Path) -> None:
    (folder / "a.json").write_text("{}")
    files = find_files(["a.json", "./a.json", "*.json", "-"])
    assert files == ["a.json", "./a.json", "a.json", "-"]
    assert repeated(files) == ["./a.json", "a.json"]


def test_standard_input_is_read_only_once() -> None:
    with pytest.raises(UsageError, match="twice"):
        find_files(["-", "-"])


def test_a_folder_is_not_read_as_a_file(folder: Path) -> None:
    with pytest.raises(NoInput, match=r"\.: this is a folder|\.: cannot be read"):
        list(read(".", ENVELOPES))


def test_a_file_that_fails_midway_is_no_input() -> None:
    with pytest.raises(NoInput, match="/proc/self/mem"):
        list(read("/proc/self/mem", ENVELOPES))


FORMATS = [
    ('{"a": "1"}', "json"),
    ('\ufeff \n[{"a": "1"}]', "json"),
    ('{"a": "1"}\n', "json"),
    ('{"a": "1"}\n\n{"a": "1"}\n', "ndjson"),
    ("a: '1'\n", "yaml"),
    ("---\na: '1'\n", "yaml"),
    ("- a: '1'\n", "yaml"),
    ("# c\na: '1'", "yaml"),
]


@pytest.mark.parametrize(("text", "form"), FORMATS)
def test_the_format_of_standard_input_is_told_from_its_text(
    text: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    records = list(read("-", ENVELOPES))
    assert {(r.file, r.format) for r in records} == {("<stdin>", form)}
    assert {str(r.document) for r in records} == {"{'a': '1'}"}


@pytest.mark.parametrize(("text", "form"), FORMATS)
def test_the_format_of_an_unknown_suffix_is_told_from_the_text(text: str, form: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.txt"
    file.write_text(text)
    assert {record.format for record in read(str(file), ENVELOPES)} == {form}


def test_a_format_given_wins_over_the_suffix(tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text("a: 02110\n")
    assert [record.document for record in read(str(file), ENVELOPES, "yaml")] == [{"a": "02110"}]


def test_yaml_in_a_json_file_is_a_fault_with_a_hint(tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text("a: 1\n")
    (record,) = read(str(file), ENVELOPES)
    assert record.fault is not None
    assert "--input-format yaml" in record.fault.message


def test_envelopes_are_spelled_as_they_were_found(tmp_path: Path) -> None:
    spellings = {
        '{"a": 1}': "bare",
        '[{"a": 1}]': "array",
        '{"orders": [{"a": 1}]}': "orders[]",
        '{"order": {"a": 1}}': "order",
        '{"order": [{"a": 1}]}': "order[]",
        '[{"order": {"a": 1}}]': "order",
    }
    for text, spelling in spellings.items():
        for suffix in (".json", ".yaml"):
            file = tmp_path / f"orders{suffix}"
            file.write_text(text)
            assert [record.envelope for record in read(str(file), ENVELOPES)] == [spelling]


def test_an_empty_yaml_document_is_no_record_and_counts_as_none(tmp_path: Path) -> None:
    file = tmp_path / "orders.yaml"
    file.write_text("---\n---\na: 1\n---\n# nothing\n---\n~\n---\nb: 2\n")
    assert [(record.index, record.document, record.line) for record in read(str(file), ENVELOPES)] == [
        (0, {"a": "1"}, 3),
        (1, {"b": "2"}, 9),
    ]
