"""The HTML report: one page that loads nothing, escapes everything, and can be searched."""

import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

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
