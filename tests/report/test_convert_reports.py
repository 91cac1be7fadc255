"""What a conversion reports: its losses, and what refused an order."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from report.support import order, orderctl, save


def converted(folder: Path, *arguments: str) -> int:
    """Convert two orders to ShipStation: the first loses its group, the second is refused."""
    save(folder / "orders.json", order("A-1", orderGroup="g"), order("A-2", fulfillmentStatus="shipped"))
    return orderctl(*("convert", "orders.json", "--to", "shipstation", "-o", "out.json", *arguments), cwd=folder).code


def test_the_losses_report_has_the_documented_keys(tmp_path: Path) -> None:
    assert converted(tmp_path, "--report", "losses=l.json", "--report", "json=same.json") == 1
    report = json.loads((tmp_path / "l.json").read_bytes())
    assert (tmp_path / "same.json").read_bytes() == (tmp_path / "l.json").read_bytes()
    assert list(report) == ["schema", "from", "to", "summary", "entries", "findings"]
    assert (report["schema"], report["from"], report["to"]) == ("orderctl.conversion/1", ["webship"], "shipstation")
    summary = report["summary"]
    assert (summary["orders"], summary["converted"], summary["refused"]) == (2, 1, 1)
    assert summary["losses"] + summary["notes"] == len(report["entries"])
    lost = next(entry for entry in report["entries"] if entry["source"] == "orderGroup")
    assert lost.pop("reason")
    assert lost == {
        "order": "A-1",
        "index": 0,
        "file": "orders.json",
        "shape": "webship",
        "kind": "dropped",
        "source": "orderGroup",
        "target": None,
        "before": "g",
        "after": None,
    }
    (finding,) = report["findings"]
    assert (finding["order"], finding["for"], finding["path"]) == ("A-2", "shipstation", "fulfillmentStatus")


def test_json_prints_the_losses_report_and_needs_a_file_for_the_orders(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    refused = orderctl("convert", "orders.json", "--to", "shipstation", "--json", cwd=tmp_path)
    assert refused.code == 2
    done = orderctl("convert", "orders.json", "--to", "shipstation", "--json", "-o", "out.json", cwd=tmp_path)
    assert json.loads(done.out)["schema"] == "orderctl.conversion/1"


def test_sarif_shows_losses_as_notes_at_their_places(tmp_path: Path) -> None:
    converted(tmp_path, "--report", "sarif=s.sarif")
    (run,) = json.loads((tmp_path / "s.sarif").read_bytes())["runs"]
    group = next(one for one in run["results"] if one["message"]["text"].startswith("orderGroup:"))
    column = (tmp_path / "orders.json").read_text().splitlines()[1].index('"g"') + 1
    assert (group["ruleId"], group["level"]) == ("loss", "note")
    assert group["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": column}
    assert [one["level"] for one in run["results"] if one["ruleId"] != "loss"] == ["error"]


def test_under_strict_losses_are_errors_in_sarif_and_failures_in_junit(tmp_path: Path) -> None:
    converted(tmp_path, "--report", "junit=j.xml")
    assert ElementTree.parse(tmp_path / "j.xml").getroot().get("failures") == "1"
    assert converted(tmp_path, "--strict", "--report", "junit=j.xml", "--report", "sarif=s.sarif") == 1
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()[0]
    assert suite.get("failures") == "2"
    assert suite[0].find("failure").get("type") == "loss"  # type: ignore[union-attr]
    (run,) = json.loads((tmp_path / "s.sarif").read_bytes())["runs"]
    assert {one["level"] for one in run["results"]} == {"error"}


def test_an_output_never_overwrites_an_input(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    save(tmp_path / "in/orders.json", order("A-1"))
    before = (tmp_path / "in/orders.json").read_bytes()
    for flags in (["-o", "in/orders.json"], ["-o", "o.json", "--report", "losses=in/orders.json"]):
        done = orderctl("convert", "in", "--to", "orderctl", *flags, cwd=tmp_path)
        assert done.code == 2
        assert (tmp_path / "in/orders.json").read_bytes() == before


def test_refusals_are_said_on_stderr_and_never_in_the_orders(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"), order("A-2", fulfillmentStatus="shipped"))
    done = orderctl("convert", "orders.json", "--to", "shipstation", cwd=tmp_path)
    assert [one["orderKey"] for one in json.loads(done.out)] == ["A-1"]
    assert done.err.startswith("orders.json:3:")
    assert " error " in done.err.splitlines()[0]


def test_an_output_that_is_write_protected_is_not_replaced(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    (tmp_path / "kept.json").write_text("kept")
    (tmp_path / "kept.json").chmod(0o444)
    if os.access(tmp_path / "kept.json", os.W_OK):
        pytest.skip("nothing is write-protected for root")
    done = orderctl("convert", "orders.json", "--to", "orderctl", "-o", "kept.json", cwd=tmp_path)
    assert (done.code, (tmp_path / "kept.json").read_text()) == (2, "kept")
    assert "kept.json: cannot be written: no permission." in done.err
