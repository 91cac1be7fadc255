"""What a push reports: to people, to programs, and as a file that can be pushed again."""

import json
import shlex
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from report.support import WEBSHIP, Done, command, environment, order, orderctl, push, save, target

ANSWERS = {
    "R-1": (422, {"error": "No such service", "errorCategory": "validation"}),
    "F-1": (503, {"error": "Down"}),
}
FINDING = {
    *("file", "index", "line", "column", "order", "shape", "for", "severity", "code", "rule"),
    *("path", "target_path", "message", "value", "source"),
}


def mixed(folder: Path) -> str:
    orders = [order("R-1"), order("A-1"), order("I-1", fulfillmentStatus="shipped"), order("F-1")]
    return save(folder / "orders.json", *orders)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pushed")


@pytest.fixture(scope="module")
def pushed(folder: Path) -> Done:
    """One push with every report, which the tests only read."""
    kinds = {"json": "p.json", "failed": "f.json", "losses": "l.json", "junit": "j.xml", "html": "h.html"}
    reports = [word for kind, path in kinds.items() for word in ("--report", f"{kind}={path}")]
    with target(ANSWERS) as told:
        return push(told, mixed(folder), *reports, cwd=folder)


def test_the_json_report_has_the_documented_keys_and_the_order_of_the_input(folder: Path, pushed: Done) -> None:
    report = json.loads((folder / "p.json").read_bytes())
    keys = ["schema", "target", "system", "ok", "exit_code", "dry_run", "sandbox", "summary", "orders"]
    assert list(report) == keys
    assert report["schema"] == "orderctl.push/1"
    assert (report["target"], report["system"]) == ("webship", "webship")
    assert (report["ok"], report["exit_code"], report["dry_run"], report["sandbox"]) == (False, 3, False, False)
    assert pushed.code == 3
    summary = report["summary"]
    assert summary.pop("seconds") >= 0
    assert summary == {
        "total": 4,
        "accepted": 1,
        "unchanged": 0,
        "invalid": 1,
        "rejected": 1,
        "failed": 1,
        "unknown": 0,
        "conflict": 0,
        "not_sent": 0,
        "requests": 3,
    }
    assert [(one["key"], one["outcome"], one["http_status"], one["attempts"]) for one in report["orders"]] == [
        ("R-1", "rejected", 422, 1),
        ("A-1", "accepted", 200, 1),
        ("I-1", "invalid", None, 0),
        ("F-1", "failed", 503, 1),
    ]
    for one in report["orders"]:
        assert list(one) == [
            *("file", "index", "line", "key", "number", "outcome", "remote_id", "http_status", "attempts"),
            *("message", "findings", "losses"),
        ]
    assert report["orders"][0]["file"] == "orders.json"
    assert [(one["index"], one["line"], one["number"]) for one in report["orders"]] == [
        (0, 2, "N-R-1"),
        (1, 3, "N-A-1"),
        (2, 4, "N-I-1"),
        (3, 5, "N-F-1"),
    ]
    assert "No such service" in report["orders"][0]["message"]
    (finding,) = report["orders"][2]["findings"]
    assert set(finding) == FINDING
    assert (finding["path"], finding["rule"], finding["value"]) == ("fulfillmentStatus", "choice", "shipped")


def test_json_mode_prints_the_same_document_and_nothing_else(tmp_path: Path) -> None:
    with target(ANSWERS) as told:
        done = push(told, mixed(tmp_path), "--json", "--report", "json=p.json", cwd=tmp_path)
    assert done.out.endswith("}\n")
    assert json.loads(done.out) == json.loads((tmp_path / "p.json").read_bytes())


def test_a_report_on_stdout_stands_there_alone(tmp_path: Path) -> None:
    with target(ANSWERS) as told:
        done = push(told, mixed(tmp_path), "--report", "failed=-", cwd=tmp_path)
    assert (done.code, len(json.loads(done.out))) == (3, 3)
    assert "stdout: 3 orders to push again\n" in done.err


def test_failed_holds_what_is_not_home_as_it_was_read(folder: Path, pushed: Done) -> None:
    source = json.loads((folder / "orders.json").read_bytes())
    assert json.loads((folder / "f.json").read_bytes()) == [source[0], source[2], source[3]]
    assert "f.json: 3 orders to push again\n" in pushed.err


def test_failed_can_be_pushed_again(folder: Path, pushed: Done) -> None:
    with target() as told:
        done = push(told, "f.json", "--report", "failed=again.json", cwd=folder)
    assert sorted(told.arrived) == ["F-1", "R-1"]
    assert done.code == 1
    (left,) = json.loads((folder / "again.json").read_bytes())
    assert left["orderId"] == "I-1"


@pytest.mark.parametrize(("name", "empty"), [("f.json", "[]\n"), ("f.jsonl", ""), ("f.yaml", "[]\n")])
def test_failed_is_an_empty_list_when_everything_is_home(tmp_path: Path, name: str, empty: str) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    with target() as told:
        done = push(told, "orders.json", "--report", f"failed={name}", cwd=tmp_path)
    assert done.code == 0
    assert (tmp_path / name).read_text(encoding="utf-8") == empty
    assert name not in done.err


@pytest.mark.parametrize("suffix", ["ndjson", "yaml"])
def test_failed_takes_the_format_of_its_suffix(tmp_path: Path, suffix: str) -> None:
    with target(ANSWERS) as told:
        push(told, mixed(tmp_path), "--report", f"failed=f.{suffix}", cwd=tmp_path)
    text = (tmp_path / f"f.{suffix}").read_text(encoding="utf-8")
    found = yaml.safe_load(text) if "y" in suffix else [json.loads(line) for line in text.splitlines()]
    assert [one["orderId"] for one in found] == ["R-1", "I-1", "F-1"]
    with target() as told:
        push(told, f"f.{suffix}", cwd=tmp_path)
    assert sorted(told.arrived) == ["F-1", "R-1"]


def test_failed_keeps_shapes_side_by_side_and_every_digit(tmp_path: Path) -> None:
    foreign = {
        "orderNumber": "S-1",
        "orderKey": "S-1",
        "orderDate": "2015-06-29",
        "orderStatus": "awaiting_shipment",
        "amountPaid": 1.10,
        "billTo": {"name": "Bo"},
        "shipTo": {"name": "Bo", "country": "US"},
    }
    save(tmp_path / "orders.json", foreign, order("I-1", fulfillmentStatus="shipped"))
    (tmp_path / "orders.json").write_text((tmp_path / "orders.json").read_text().replace("1.1,", "1.10,"))
    done = orderctl("push", "orders.json", "--to", "webship", "--sandbox", "--report", "failed=f.json", cwd=tmp_path)
    assert done.code == 1
    text = (tmp_path / "f.json").read_text(encoding="utf-8")
    assert [one.get("orderKey", one.get("orderId")) for one in json.loads(text)] == ["S-1", "I-1"]
    assert '"amountPaid": 1.10' in text


def test_records_that_cannot_be_read_are_counted_beside_failed(tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_text('{"orderId": "A-1",}\n' + json.dumps(order("A-2")) + "\n")
    with target() as told:
        done = push(told, "orders.jsonl", "-q", "--report", "failed=f.json", cwd=tmp_path)
    assert done.code == 1
    assert told.arrived == ["A-2"]
    assert json.loads((tmp_path / "f.json").read_bytes()) == []
    assert done.err == "f.json: 0 orders to push again; 1 record could not be read and cannot be in it\n"


def test_losses_tell_what_was_converted_on_the_way(tmp_path: Path) -> None:
    sample = json.loads((Path(__file__).parents[1] / "orders/tea-to-auckland/orderctl.json").read_bytes())
    save(tmp_path / "orders.json", sample)
    done = orderctl(
        *("push", "orders.json", "--to", "shipstation", "--sandbox", "--report", "losses=l.json"), cwd=tmp_path
    )
    assert done.code == 0, done.err
    report = json.loads((tmp_path / "l.json").read_bytes())
    assert list(report) == ["schema", "from", "to", "summary", "entries", "findings"]
    assert (report["schema"], report["from"], report["to"]) == ("orderctl.conversion/1", ["orderctl"], "shipstation")
    assert set(report["summary"]) == {"orders", "converted", "refused", "losses", "notes"}
    assert (report["summary"]["orders"], report["summary"]["converted"]) == (1, 1)
    assert ("dropped", "reference") in [(entry["kind"], entry["source"]) for entry in report["entries"]]
    for entry in report["entries"]:
        assert set(entry) == {
            *("order", "index", "file", "shape", "kind", "source", "target", "before", "after", "reason")
        }
        assert (entry["order"], entry["file"], entry["shape"]) == ("NZ-7", "orders.json", "orderctl")


def test_junit_has_a_suite_per_file_and_a_case_per_order(folder: Path, pushed: Done) -> None:
    root = ElementTree.parse(folder / "j.xml").getroot()
    (suite,) = root
    for element in (root, suite):
        assert [element.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "2", "1", "0"]
    assert suite.get("name") == "orders.json"
    assert [case.get("name") for case in suite] == ["R-1", "A-1", "I-1", "F-1"]
    rejected, accepted, invalid, failed = suite
    assert rejected.find("failure").get("type") == "rejected"  # type: ignore[union-attr]
    assert "No such service" in rejected.find("failure").get("message", "")  # type: ignore[union-attr]
    assert len(accepted) == 0
    assert "orders.json:4:" in (invalid.findtext("failure") or "")
    assert failed.find("error") is not None


def test_orders_that_were_not_sent_are_skipped_cases(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"), order("A-2"))
    with target({"A-1": (401, {"error": "no"})}) as told:
        done = push(told, "orders.json", "--concurrency", "1", "--report", "junit=j.xml", cwd=tmp_path)
    assert done.code == 4
    first, second = ElementTree.parse(tmp_path / "j.xml").getroot()[0]
    assert first.find("error") is not None
    assert second.find("skipped") is not None


def test_findings_of_a_push_can_be_read_as_sarif(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("I-1") | {"orderDate": "04/24/2016"})
    with target() as told:
        push(told, "orders.json", "--report", "sarif=s.json", cwd=tmp_path)
    (run,) = json.loads((tmp_path / "s.json").read_bytes())["runs"]
    assert [result["level"] for result in run["results"]] == ["error"]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("xml=x", "xml=x"),
        ("json", "KIND=PATH"),
        ("failed=gone/f.json", "gone"),
        ("failed=.", "folder"),
        ("failed=orders.json", "orders.json"),
    ],
)
def test_a_report_that_cannot_be_written_stops_the_run_before_anything_is_sent(
    tmp_path: Path, report: str, said: str
) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    before = (tmp_path / "orders.json").read_bytes()
    with target() as told:
        done = push(told, "orders.json", "--report", report, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert told.arrived == []
    assert (tmp_path / "orders.json").read_bytes() == before


def test_two_reports_do_not_share_a_path(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    with target() as told:
        done = push(told, "orders.json", "--report", "json=r", "--report", "failed=./r", cwd=tmp_path)
    assert (done.code, told.arrived) == (2, [])


def test_people_see_what_needs_attention_and_one_summary_line(folder: Path, pushed: Done) -> None:
    out = pushed.out.splitlines()
    assert len(out) == 3
    assert any(line.startswith("orders.json:2: R-1: rejected (HTTP 422): ") for line in out)
    assert any(line.startswith("orders.json:4:") and " unknown-choice fulfillmentStatus: " in line for line in out)
    assert any(line.startswith("orders.json:5: F-1: failed (HTTP 503): ") for line in out)
    summary = pushed.err.splitlines()[-1]
    assert summary.startswith("webship: 4 orders: 1 accepted, 1 invalid, 1 rejected, 1 failed; 3 requests, ")
    assert "Next: correct what is invalid; correct what was rejected; push again for what failed" in summary


def test_a_quiet_push_that_went_well_says_nothing(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    with target() as told:
        done = push(told, "orders.json", "-q", cwd=tmp_path)
    assert done == Done(0, "", "")


@pytest.mark.parametrize("flags", [[], ["-q"]])
def test_a_warning_is_told_when_the_order_is_sent_and_not_again_while_it_is_unchanged(
    flags: list[str], tmp_path: Path
) -> None:
    package = {**WEBSHIP["packages"][0], "weight": "500"}
    name = save(tmp_path / "orders.json", order("A-1", weightUnit="kg", packages=[package]))
    with target() as told:
        first, second, verbose = (push(told, name, *more, cwd=tmp_path) for more in (flags, flags, [*flags, "-v"]))
    assert "warning absurd-weight packages[0].weight: " in first.out
    assert (second.out, second.code) == ("", 0)
    assert "warning absurd-weight packages[0].weight: " in verbose.out


def test_verbose_names_every_order(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A-1"))
    with target() as told:
        done = push(told, "orders.json", "-v", cwd=tmp_path)
    assert done.out == "orders.json:2: A-1: accepted (HTTP 200)\n"


def test_a_dry_run_shows_the_requests_masked_and_touches_nothing(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", order("A/1"), order("I-1", fulfillmentStatus="shipped"))
    with target() as told:
        as_json = push(told, "orders.json", "-n", "--json", cwd=tmp_path)
        as_text = push(told, "orders.json", "-n", cwd=tmp_path)
        assert told.arrived == []
    report = json.loads(as_json.out)
    assert (report["dry_run"], report["exit_code"], report["summary"]["not_sent"]) == (True, 1, 1)
    (request,) = report["orders"][0]["requests"]
    assert set(request) == {"method", "url", "headers", "body"}
    assert request["method"] == "PUT"
    assert request["url"].endswith("/restapi/v1/customers/C1/integrations/7/orders/A%2F1")
    assert request["headers"]["Authorization"] == "RSIS ***"
    assert request["body"] == order("A/1")
    assert "s3cret-key" not in as_json.out + as_text.out
    assert as_text.out.startswith("orders.json:2: A/1: would be sent\n  PUT http://127.0.0.1:")
    assert "  Authorization: RSIS ***\n" in as_text.out
    assert "dry run, nothing was sent" in as_text.err
    assert not (tmp_path / "state").exists()


def test_hostile_text_reaches_no_report_unescaped(tmp_path: Path) -> None:
    hostile = "\x1b[2J\u202e<script>&\"']]>\x07"
    save(tmp_path / "orders.json", order("A-1", fulfillmentStatus=hostile))
    with target({"R-1": (422, {"error": "\x1b[31m<b>\u202e\ufffe"})}) as told:
        save(tmp_path / "more.json", order("R-1", orderNumber=hostile))
        done = push(
            told,
            *("orders.json", "more.json", "--report", "junit=j.xml", "--report", "html=h.html"),
            cwd=tmp_path,
        )
    root = ElementTree.parse(tmp_path / "j.xml").getroot()
    assert [suite.get("name") for suite in root] == ["orders.json", "more.json"]
    page = (tmp_path / "h.html").read_text(encoding="utf-8")
    xml = (tmp_path / "j.xml").read_text(encoding="utf-8")
    assert "\ufffe" not in xml  # XML has no such character
    for text in (done.out, done.err, page, xml):
        assert not {"\x1b", "\u202e", "\x07"} & set(text)
    assert "<script>&" not in page
    assert "<b>" not in page.replace("<b>2</b>", "").replace("<b>1</b>", "")


def test_when_the_input_breaks_off_what_was_done_is_still_reported(tmp_path: Path) -> None:
    save(tmp_path / "orders.json", *(order(f"A-{at}") for at in range(20)), order("R-1"))
    with target(ANSWERS) as told:
        line = shlex.join(command("push", "orders.json", "-", *told.flags(), "--json", "--report", "failed=f.json"))
        done = subprocess.run(
            ["/bin/sh", "-c", f"exec {line} <&-"],
            cwd=tmp_path,
            env=environment(tmp_path, **told.variables()),
            capture_output=True,
            timeout=60,
            check=False,
        )
    report = json.loads(done.stdout)
    assert report["summary"]["accepted"] == len(told.arrived) > 0
    assert report["exit_code"] == done.returncode != 0
    assert b"<stdin>: there is no standard input." in done.stderr
    assert (tmp_path / "f.json").exists()
