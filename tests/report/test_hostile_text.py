"""Text that means harm to whoever prints it stays harmless in every output, and stays what it was as data."""

import json
import re
from pathlib import Path

import pytest

from orderctl.cli.validate import Validate
from orderctl.cli.validating import run_validate

TEXTS = {
    "orderGroup": ["\x1b[31mred\x1b[0m", "\x1b]8;;http://evil\x07x", "\x9b31m"],
    "orderDate": "\u202egnp.exe\u2066\u200f",
    "weightUnit": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "dimUnit": ']]>&amp;[bold red]x[/] "><svg/onload=1>',
    "dueByDate": "x\n::error file=/etc/passwd::owned\r\n##[error]y",
    "[bold]\u2067\x7f": "::stop-commands::t",
}
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


@pytest.fixture
def outputs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Every output of a validation, by its name."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"orderId": "1", **TEXTS}), encoding="utf-8")
    kinds = ("sarif", "junit", "html", "json")
    reports = [f"{kind}={tmp_path / kind}" for kind in kinds]
    run_validate(Validate(files=[str(path)], shape="webship", report=reports))
    text = "".join(capfd.readouterr())
    run_validate(Validate(files=[str(path)], shape="webship", format="github", quiet=True))
    written = {kind: (tmp_path / kind).read_text(encoding="utf-8") for kind in kinds}
    return {**written, "text": text, "github": "".join(capfd.readouterr())}


def test_no_output_holds_what_a_terminal_obeys(outputs: dict[str, str]) -> None:
    assert {name: found for name, text in outputs.items() if (found := UNSEEN.findall(text))} == {}


def test_markup_is_no_markup_of_ours(outputs: dict[str, str]) -> None:
    for name in ("html", "junit"):
        assert not re.search("<script>alert|<img|<svg/onload", outputs[name])


def test_no_line_of_github_is_one_of_the_orders(outputs: dict[str, str]) -> None:
    lines = outputs["github"].splitlines()
    assert not [line for line in lines if line.startswith(("::error file=/etc", "##[", "::stop-commands::t"))]


def test_as_data_the_text_is_what_it_was(outputs: dict[str, str]) -> None:
    values = {finding["path"]: finding["value"] for finding in json.loads(outputs["json"])["findings"]}
    assert values["orderDate"] == TEXTS["orderDate"]
    assert values["orderGroup"] == TEXTS["orderGroup"]
