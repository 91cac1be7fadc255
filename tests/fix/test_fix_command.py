"""`validate --fix` and `--diff` as one call: files, stdout, exit codes."""

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from orderctl.cli.fixing import run_fix
from orderctl.cli.validate import Validate
from orderctl.errors import NoInput, UsageError
from orderctl.fix import rewrite

BROKEN = b'{"orderId": "1", "receiver": {"zip": 91711, "country": "UK"}}\n'
WHOLE = b'{"orderId": "1", "receiver": {"zip": 91711, "country": "GB"}}\n'
FAULTY = b'{"orderId": "1", "shippingTotal": 5, "receiver": {"country": "UK"}}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.json"
    path.write_bytes(BROKEN)
    return path


def test_a_repaired_file_is_written_and_the_rest_is_said(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_fix(Validate(files=[str(file)], shape="webship-webhook")) == 0
    assert file.read_bytes() == WHOLE
    out, err = capfd.readouterr()
    assert "text-as-number" in out
    assert "left the number 91711 as it is" in err
    assert "1 value repaired in 1 file, 1 left; then 1 order: 1 valid" in err


def test_a_second_run_changes_nothing(file: Path) -> None:
    run_fix(Validate(files=[str(file)], shape="webship-webhook"))
    before = file.stat()
    assert run_fix(Validate(files=[str(file)], shape="webship-webhook", diff=True, quiet=True)) == 0
    assert run_fix(Validate(files=[str(file)], shape="webship-webhook", quiet=True)) == 0
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_diff_writes_nothing_and_exits_1(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_fix(Validate(files=[str(file)], shape="webship-webhook", diff=True)) == 1
    assert file.read_bytes() == BROKEN
    name = str(file).lstrip("/")
    assert capfd.readouterr().out == (f"--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{BROKEN.decode()}+{WHOLE.decode()}")


def test_the_diff_applies_with_patch(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run_fix(Validate(files=[str(file)], shape="webship-webhook", diff=True, quiet=True))
    try:
        subprocess.run(["patch", str(file)], input=capfd.readouterr().out.encode(), check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no patch here")
    assert file.read_bytes() == WHOLE


def test_an_order_that_stays_invalid_exits_1(file: Path) -> None:
    file.write_bytes(FAULTY)
    assert run_fix(Validate(files=[str(file)], shape="webship", quiet=True)) == 1
    assert b'"shippingTotal": "5"' in file.read_bytes()


def test_warnings_that_stay_count_under_strict(file: Path) -> None:
    assert run_fix(Validate(files=[str(file)], shape="webship-webhook", strict=True, quiet=True)) == 1


def test_standard_input_goes_to_stdout(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BROKEN)))
    assert run_fix(Validate(files=["-"], shape="webship-webhook")) == 0
    out, err = capfd.readouterr()
    assert out.encode() == WHOLE
    assert "text-as-number" in err


def test_json_mode_prints_one_document(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_fix(Validate(files=[str(file)], shape="webship-webhook", diff=True, json=True, quiet=True)) == 1
    document = json.loads(capfd.readouterr().out)
    (repair,) = document["repairs"]
    assert (repair["path"], repair["before"], repair["after"], repair["line"]) == ("receiver.country", "UK", "GB", 1)
    assert [left["path"] for left in document["left"]] == ["receiver.zip"]
    assert document["diff"].startswith("--- a/")
    assert [finding["code"] for finding in document["findings"]] == ["text-as-number"]


def test_json_mode_and_standard_input_do_not_mix() -> None:
    with pytest.raises(UsageError, match="--json"):
        run_fix(Validate(files=["-"], json=True))


def test_a_file_without_orders_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(NoInput, match="No order"):
        run_fix(Validate(files=[str(tmp_path)]))
    assert run_fix(Validate(files=[str(tmp_path)], allow_empty=True)) == 0


def test_permissions_and_links_stay(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(file)
    assert run_fix(Validate(files=[str(link)], shape="webship-webhook", quiet=True)) == 0
    assert link.is_symlink()
    assert file.read_bytes() == WHOLE
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.json", "orders.json"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_file_that_may_not_be_written_stops_the_run_before_the_first(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "z.json"
    other.write_bytes(BROKEN)
    other.chmod(0o444)
    with pytest.raises(UsageError, match="no permission"):
        run_fix(Validate(files=[str(file), str(other)], shape="webship-webhook"))
    assert file.read_bytes() == BROKEN


def test_a_file_that_changed_meanwhile_is_not_touched(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="changed while"):
        rewrite(str(file), b"what was read", WHOLE)
    assert file.read_bytes() == BROKEN
    assert os.listdir(tmp_path) == ["orders.json"]


def test_the_shape_is_told_from_each_record(file: Path) -> None:
    file.write_bytes(
        b'[{"orderId": "1", "customerNotes": "", "status": "pending", "shipping_total": 5}, {"order_number": "1"}]'
    )
    assert run_fix(Validate(files=[str(file)], quiet=True)) in (0, 1)
    assert b'"shipping_total": "5"' in file.read_bytes()
