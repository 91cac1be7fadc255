"""The HTML report: one page that loads nothing, escapes everything, and can be searched."""

import base64
import hashlib
import re
import shutil
import subprocess
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from orderctl.findings import Change
from orderctl.report.html import Page
from orderctl.report.row import Row, Run
from report.support import order, orderctl, save

HOSTILE = ["<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", "\u202elive", '" onclick="x', "&lt;"]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    orders = [order(f"A-{at}", fulfillmentStatus=text, orderNumber=text) for at, text in enumerate(HOSTILE)]
    save(folder / "orders.json", *orders, order("B-1"), order("B-2", **{"<u>": 1}))
    orderctl("convert", "orders.json", "--to", "shipstation", "-o", "out.json", "--report", "html=r.html", cwd=folder)
    return (folder / "r.html").read_text(encoding="utf-8")


def test_the_page_holds_all_it_needs(page: str) -> None:
    met = Elements(page).met
    assert not {"link", "img", "iframe", "object", "base"} & {tag for tag, _ in met}
    for _, attributes in met:
        assert not {"src", "href", "style", "onclick", "onerror"} & set(attributes)
    assert [tag for tag, _ in met].count("script") == 1
    assert "http:" not in page
    assert "https:" not in page


def test_the_policy_allows_its_own_style_and_script_alone(page: str) -> None:
    metas = [attributes for tag, attributes in Elements(page).met if tag == "meta"]
    policy = next(one["content"] for one in metas if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for name in ("style", "script"):
        (text,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


def test_every_text_is_escaped(page: str) -> None:
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "&amp;lt;" in page
    assert "<u>" not in page


def test_the_page_counts_outcomes_losses_and_findings(page: str) -> None:
    counts = re.findall(r'<li class="(\w+)"><b>([\d,]+)</b>', page)
    assert counts == [("all", "7"), ("converted", "2"), ("refused", "5")]
    assert "<svg" in page
    assert "unknown-choice" in page
    assert re.search(r"<summary>Losses ", page)
    assert page.count("<tr data-outcome=") == 7


def pushed(*outcomes: str, advice: Sequence[str] = ()) -> str:
    """The page of a push with one order of each outcome."""
    page = Page()
    for at, outcome in enumerate(outcomes):
        message = None if outcome == "accepted" else f"why it is {outcome}"
        page.add(Row("o.json", at, at + 1, outcome, key=f"K-{at}", message=message, document={"http_status": 500}))
    run = Run("push", "push to webship", 7, {"requests": 3}, advice=advice)
    return b"".join(page.chunks(run)).decode()


@pytest.mark.parametrize(
    ("outcome", "colour"), [("conflict", "bad"), ("unknown", "warn"), ("failed", "warn"), ("not_sent", "dim")]
)
def test_an_outcome_that_needs_a_person_is_counted_drawn_listed_and_can_be_chosen(outcome: str, colour: str) -> None:
    text, words = pushed("accepted", outcome), outcome.replace("_", " ")
    assert f'<li class="{outcome}"><b>1</b><span>{words}</span></li>' in text
    assert re.search(rf'<rect [^>]*class="{colour} {outcome}"[^>]*><title>1 {words}</title>', text)
    assert f'<option value="{outcome}">{words} (1)</option>' in text
    line = text[text.index(f'<tr data-outcome="{outcome}">') :]
    assert "K-1</bdi>" in line
    assert f'<p>why it is {outcome}</p><p class="soft">HTTP 500</p>' in line


def test_orders_that_need_a_person_stand_before_those_that_went_well() -> None:
    text = pushed("accepted", "unknown", "accepted", "conflict")
    assert re.findall(r'<tr data-outcome="(\w+)">', text) == ["unknown", "conflict", "accepted", "accepted"]


def test_the_page_of_a_push_says_what_to_do_next(tmp_path: Path) -> None:
    assert '<p class="next">Next: decide on each conflict yourself; call Ann &amp; Bob.</p>' in pushed(
        "conflict", advice=["decide on each conflict yourself", "call Ann & Bob"]
    )
    assert 'class="next"' not in pushed("accepted")
    save(tmp_path / "orders.json", order("A-1", fulfillmentStatus="gone"))
    orderctl("push", "orders.json", "--to", "webship", "--sandbox", "--report", "html=r.html", cwd=tmp_path)
    assert "Next: correct what is invalid." in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_long_table_above_the_orders_is_folded_away() -> None:
    def details(number: int) -> str:
        page = Page()
        changes = [Change("dropped", (f"field{at}",), None, 1, None, "no field") for at in range(number)]
        page.add(Row("o.json", 0, 1, "converted", changes=changes))
        text = b"".join(page.chunks(Run("convert", "convert to webship", 0, {}))).decode()
        return re.findall(r"<details[^>]*><summary>Losses ", text)[0]

    assert (details(8), details(9)) == ("<details open><summary>Losses ", "<details><summary>Losses ")


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_search_finds_orders_in_a_browser(page: str, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    (tmp_path / "asked.html").write_text(page.replace('type="search"', 'type="search" value="b-1"'), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom"]
    done = subprocess.run(
        [CHROMIUM, *flags, f"--user-data-dir={tmp_path / 'browser'}", f"file://{tmp_path}/asked.html"],
        capture_output=True,
        timeout=60,
        check=True,
    )
    rows = re.findall(r"<tr data-outcome=[^>]*>", done.stdout.decode())
    assert len(rows) == 7
    assert len([row for row in rows if "hidden" not in row]) == 1
