"""What a validation reports: JSON, SARIF, JUnit, GitHub annotations, and findings that are counted but not shown."""

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from orderctl.findings import RULES
from report.support import command, environment, order, orderctl, save

WARNED = {"zzz": 1}
"""A key that no page knows: one warning."""
WRONG = {"fulfillmentStatus": "shipped"}


def two_files(folder: Path) -> tuple[str, str]:
    first = save(folder / "first.json", order("A-1"), order("A-2", **WRONG), order("A-4"))
    return first, save(folder / "second.json", order("B-1", **WARNED))


def test_json_has_the_documented_keys(tmp_path: Path) -> None:
    done = orderctl("validate", *two_files(tmp_path), "--json", cwd=tmp_path)
    report = json.loads(done.out)
    assert done.code == 1
    assert list(report) == ["schema", "ok", "exit_code", "summary", "findings"]
    assert (report["schema"], report["ok"], report["exit_code"]) == ("orderctl.validate/1", False, 1)
    assert report["summary"] == {"orders": 4, "valid": 3, "invalid": 1, "errors": 1, "warnings": 1}
    error, warning = report["findings"]
    column = (tmp_path / "first.json").read_text().splitlines()[2].index('"shipped"') + 1
    assert {key: value for key, value in error.items() if key not in ("message", "source")} == {
        "file": "first.json",
        "index": 1,
        "line": 3,
        "column": column,
        "order": "A-2",
        "shape": "webship",
        "for": None,
        "severity": "error",
        "code": "unknown-choice",
        "rule": "choice",
        "path": "fulfillmentStatus",
        "target_path": None,
        "value": "shipped",
    }
    assert error["source"] == "Webship, Put Order, fulfillmentStatus"
    assert (warning["file"], warning["severity"], warning["rule"]) == ("second.json", "warning", "unknown-field")


def test_a_second_order_of_one_target_identity_is_found_at_the_field_that_gives_it(tmp_path: Path) -> None:
    twice = save(tmp_path / "twice.json", order("A-1", orderNumber="7"), order("A-2", orderNumber="7"))
    done = orderctl("validate", twice, "--for", "starshipit,shipstation", "--json", cwd=tmp_path)
    (found,) = json.loads(done.out)["findings"]
    assert (found["index"], found["rule"], found["for"]) == (1, "duplicate", "starshipit")
    assert (found["path"], found["target_path"], found["value"]) == ("orderNumber", "order_number", "7")


def test_a_second_order_of_one_own_identity_is_found_at_its_id(tmp_path: Path) -> None:
    twice = save(tmp_path / "twice.json", order("A-1"), order("A-1", orderNumber="8"))
    (found,) = json.loads(orderctl("validate", twice, "--json", cwd=tmp_path).out)["findings"]
    assert (found["path"], found["value"], found["for"], found["target_path"]) == ("orderId", "A-1", None, None)


def test_the_cap_holds_on_stdout_and_never_in_a_report(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", *(order(f"A-{at}", **WRONG) for at in range(5)))
    done = orderctl(
        *("validate", "orders.json", "--max-findings", "2", "--report", "json=all.json", "--report", "sarif=all.sarif"),
        cwd=tmp_path,
    )
    assert len(done.out.splitlines()) == 2
    assert done.err == "5 orders: 0 valid, 5 invalid; 5 errors, 0 warnings; 3 findings not shown (--max-findings)\n"
    assert len(json.loads((tmp_path / "all.json").read_bytes())["findings"]) == 5
    assert len(json.loads((tmp_path / "all.sarif").read_bytes())["runs"][0]["results"]) == 5
    capped = json.loads(orderctl("validate", "orders.json", "--json", "--max-findings", "2", cwd=tmp_path).out)
    assert (len(capped["findings"]), capped["left_out"], capped["summary"]["errors"]) == (2, 3, 5)


def sarif(folder: Path, *arguments: str) -> dict[str, object]:
    orderctl("validate", *arguments, "--report", "sarif=s.sarif", cwd=folder)
    found: dict[str, object] = json.loads((folder / "s.sarif").read_bytes())
    return found


def test_sarif_is_a_log_of_one_run_with_every_code_as_a_rule(tmp_path: Path) -> None:
    log = sarif(tmp_path, *two_files(tmp_path))
    assert log["version"] == "2.1.0"
    assert str(log["$schema"]).endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]  # type: ignore[misc]
    driver = run["tool"]["driver"]
    assert driver["name"] == "orderctl"
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["properties"]["rule"] == RULES[rule["id"]]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]


def test_sarif_results_point_at_the_value(tmp_path: Path) -> None:
    log = sarif(tmp_path, *two_files(tmp_path))
    (run,) = log["runs"]  # type: ignore[misc]
    error, warning = run["results"]
    assert (error["ruleId"], error["level"], warning["level"]) == ("unknown-choice", "error", "warning")
    assert list(RULES)[error["ruleIndex"]] == error["ruleId"]
    assert "shipped" in error["message"]["text"]
    (location,) = error["locations"]
    place = location["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "first.json", "uriBaseId": "%SRCROOT%"}
    assert place["region"]["startLine"] == 3
    assert place["region"]["startColumn"] > 1
    assert location["logicalLocations"] == [{"fullyQualifiedName": "fulfillmentStatus"}]
    assert str(tmp_path) not in json.dumps(log)


def test_sarif_names_files_as_relative_uris(tmp_path: Path) -> None:
    names = ["a b%#?.json", "o:x.json", "ñ名.json", "dir/x.json", "back\\slash.json"]
    (tmp_path / "dir").mkdir()
    for name in names:
        save(tmp_path / name, order(f"A-{name}", **WRONG))
    for arguments in (names, [f"./{name}" for name in names], [str(tmp_path / name) for name in names]):
        (run,) = sarif(tmp_path, *arguments)["runs"]  # type: ignore[misc]
        places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in run["results"]]
        assert [unquote(place["uri"]) for place in places] == names
        for place in places:
            assert place["uriBaseId"] == "%SRCROOT%"
            assert not set(place["uri"]) & set(" #?:\\")


def test_sarif_names_a_file_elsewhere_absolutely(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    save(tmp_path / "x.json", order("A-1", **WRONG))
    (run,) = sarif(tmp_path / "here", "../x.json")["runs"]  # type: ignore[misc]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (tmp_path / "x.json").as_uri()}


def test_sarif_of_a_clean_file_has_no_results(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    (run,) = sarif(tmp_path, "orders.json")["runs"]  # type: ignore[misc]
    assert run["results"] == []
    assert run["invocations"][0]["exitCode"] == 0


def test_under_strict_a_warning_is_a_failure_everywhere(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("B-1", **WARNED))
    reports = ["--report", "junit=j.xml", "--report", "sarif=s.sarif"]
    assert orderctl("validate", "orders.json", *reports, cwd=tmp_path).code == 0
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()[0]
    assert (suite.get("failures"), suite[0].find("system-out") is not None) == ("0", True)
    assert orderctl("validate", "orders.json", "--strict", *reports, cwd=tmp_path).code == 1
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()[0]
    assert suite.get("failures") == "1"
    assert json.loads((tmp_path / "s.sarif").read_bytes())["runs"][0]["results"][0]["level"] == "error"


def test_under_strict_a_loss_on_the_way_to_another_shape_is_a_finding(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1", orderGroup="Desk 1"))
    words = ("validate", "orders.json", "--for", "shipstation,orderctl", "--json")
    assert orderctl(*words, cwd=tmp_path).code == 0
    done = orderctl(*words, "--strict", cwd=tmp_path)
    lost = [each for each in json.loads(done.out)["findings"] if each["path"] == "orderGroup"]
    assert [(each["rule"], each["severity"], each["for"]) for each in lost] == [("loss", "error", "shipstation")]
    assert done.code == 1


def test_junit_has_a_suite_per_file_and_counts_that_add_up(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"orderId": \n')
    orderctl("validate", *two_files(tmp_path), "broken.jsonl", "--report", "junit=j.xml", cwd=tmp_path)
    root = ElementTree.parse(tmp_path / "j.xml").getroot()
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == ["first.json", "second.json", "broken.jsonl"]
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(word) == str(len(suite.findall(f"testcase/{tag}")))
    for word in ("tests", "failures", "errors", "skipped"):
        assert root.get(word) == str(sum(int(suite.get(word, "")) for suite in root))
    assert root.get("errors") == "1"
    assert [case.get("name") for case in root[0]] == ["A-1", "A-2", "A-4"]
    assert root[2][0].get("name") == "order at index 0"
    assert root[2][0].find("error").get("type") == "broken"  # type: ignore[union-attr]


def annotations(out: str) -> list[str]:
    return [line for line in out.splitlines() if line.startswith(("::error", "::warning", "::notice"))]


def test_github_gets_one_annotation_per_code_and_every_finding_as_a_line(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", *(order(f"A-{at}", **WRONG) for at in range(30)), order("B-1", **WARNED))
    done = orderctl("validate", "orders.json", "--format", "github", cwd=tmp_path)
    first, second = annotations(done.out)
    assert first.startswith("::error file=orders.json,line=2,col=")
    assert ",title=unknown-choice%3A 30 findings::fulfillmentStatus: found" in first
    assert first.endswith(" and 25 more")
    assert "%0A30 findings, at orders.json:2:" in first
    assert second.startswith("::warning file=orders.json,line=32,col=")
    assert len([line for line in done.out.splitlines() if line.startswith("orders.json:")]) == 31
    assert done.code == 1


def test_no_value_or_file_name_can_give_github_a_command(tmp_path: Path) -> None:
    name = "::warning::x, y:100%.json"
    save(tmp_path / name, order("A-1", fulfillmentStatus="##[error]\n::error::boo"))
    done = orderctl("validate", name, "--format", "github", cwd=tmp_path)
    lines = done.out.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    assert len(token) >= 32
    assert lines[1].startswith(name)
    (only,) = lines[end + 1 :]
    assert only.startswith("::error file=%3A%3Awarning%3A%3Ax%2C y%3A100%25.json,line=2,col=")


def test_a_file_name_that_is_no_text_reaches_every_report(tmp_path: Path) -> None:
    name = os.fsdecode(b"bad\xff.json")
    save(tmp_path / name, order("A-1", **WRONG))
    kinds = [word for kind in ("json", "sarif", "junit", "html") for word in ("--report", f"{kind}=r.{kind}")]
    done = orderctl("validate", name, "--json", *kinds, cwd=tmp_path)
    assert done.code == 1, done.err
    assert json.loads(done.out)["findings"][0]["file"] == "bad\\udcff.json"
    for kind in ("json", "sarif", "junit", "html"):
        assert (tmp_path / f"r.{kind}").stat().st_size > 100


def test_several_reports_leave_the_text_as_it_is(tmp_path: Path) -> None:
    files = two_files(tmp_path)
    plain = orderctl("validate", *files, cwd=tmp_path)
    kinds = [word for kind in ("json", "sarif", "junit", "html") for word in ("--report", f"{kind}=r.{kind}")]
    assert orderctl("validate", *files, *kinds, cwd=tmp_path) == plain


def test_a_report_on_stdout_stands_there_alone(tmp_path: Path) -> None:
    done = orderctl("validate", *two_files(tmp_path), "--report", "sarif=-", cwd=tmp_path)
    assert (done.code, json.loads(done.out)["version"]) == (1, "2.1.0")


def test_exit_2_in_json_mode_is_one_document(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    done = orderctl("validate", "orders.json", "--json", "--report", "json=gone/x.json", cwd=tmp_path)
    report = json.loads(done.out)
    assert (done.code, report["schema"], report["ok"], report["exit_code"]) == (2, "orderctl.error/1", False, 2)
    assert "gone" in report["message"]


def peak(folder: Path, name: str) -> int:
    """The peak memory of a validation in KiB, as the system counts it."""
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(
            command("validate", name), cwd=folder, env=environment(folder), stdout=nowhere, stderr=nowhere
        )
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return usage.ru_maxrss


@pytest.mark.long
def test_text_keeps_no_findings(tmp_path: Path) -> None:
    line = json.dumps(order("A-1", **WRONG)) + "\n"
    (tmp_path / "few.jsonl").write_text(line * 2_000)
    (tmp_path / "many.jsonl").write_text(line * 20_000)
    assert peak(tmp_path, "many.jsonl") < peak(tmp_path, "few.jsonl") + 4_000
