"""The page of the sandbox in a real Chromium: 5,000 orders, hostile names, a phone, the dark, the keyboard, live."""

from collections.abc import Iterator

import httpx
import pytest

from orderctl import sandbox as sandboxes
from orderctl.sandbox import Running
from orderctl.sandbox.store import Store
from orderctl.systems.stand_in import Held

from .browser import CHROMIUM, Tab, browser
from .by_hand import PUT_ORDER, changed

pytestmark = [pytest.mark.long, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

HOSTILE = [
    "<script>document.title = 'run'</script>",
    '"><img src=x onerror="document.title = \'run\'">',
    "</td></tr></table><h1>mine</h1>",
    "\u202egnp.exe",
    "مرحبا بالعالم",
    "x" * 10_240,
    "javascript:document.title='run'",
]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A sandbox that holds 5,000 orders, the hostile ones last, which is first on the page."""
    path = tmp_path_factory.mktemp("page") / "s.sqlite"
    store = Store(path)
    with store.turn():
        orders = store.orders("webship", "2026-01-01T00:00:00.000+00:00")
        for number in range(5000):
            key = f"K-{number:04}"
            name = HOSTILE[5000 - number - 1] if 5000 - number <= len(HOSTILE) else f"Person {number}"
            document = changed(PUT_ORDER, ("orderId", key), ("receiver.name", name), ("contentDescription", name))
            orders.keep(Held(orders.new_id(), key, key, "pending", name, document))
    store.close()
    with sandboxes.running(store=path, limits=False) as running:
        yield running


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("browser")) as tab:
        yield tab


def test_hostile_names_are_text_on_every_page(sandbox: Running, tab: Tab) -> None:
    tab.open(sandbox.url + "/")
    links = tab.run("Array.from(document.querySelectorAll('[data-row] a'), (link) => link.href)")[: len(HOSTILE)]
    for url in [sandbox.url + "/", *links]:
        tab.open(url)
        tab.until("document.getElementById('state').className === 'state on'")
        assert tab.run("document.title") != "run"
        assert tab.run("document.querySelectorAll('main script, img, main h1').length") == 1, url
        assert tab.run("document.body.textContent.includes('\\u202e')") is False
    tab.open(links[0])
    assert tab.run("document.querySelector('main').textContent").count(HOSTILE[0]) >= 2


@pytest.mark.parametrize("width", [320, 500, 1200])
def test_nothing_stands_out_at_the_side(sandbox: Running, tab: Tab, width: int) -> None:
    tab.open(sandbox.url + "/", width=width)
    one = tab.run("document.querySelector('[data-row] a').href")
    for url in (sandbox.url + "/", sandbox.url + "/requests", one):
        tab.open(url, width=width)
        assert tab.run(SIDEWAYS) <= 0, url


def test_a_name_of_ten_kilobytes_leaves_room_for_the_others(sandbox: Running, tab: Tab) -> None:
    tab.open(sandbox.url + "/")
    heights = tab.run("Array.from(document.querySelectorAll('[data-row]'), (row) => row.offsetHeight)")
    assert len(heights) == 50
    assert max(heights) < 130
    assert tab.run("document.querySelector('td.number').offsetWidth") > 60


def test_it_is_dark_where_the_user_wants_it_dark(sandbox: Running, tab: Tab) -> None:
    def ground(*, dark: bool) -> int:
        tab.open(sandbox.url + "/", dark=dark)
        colour = tab.run("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])

    assert ground(dark=True) < 150
    assert ground(dark=False) > 600


def test_the_keyboard_finds_an_order_and_opens_it(sandbox: Running, tab: Tab) -> None:
    tab.open(sandbox.url + "/")
    tab.press("/", text="/")
    assert tab.run("document.activeElement.type") == "search"
    tab.ask("Input.insertText", text="K-0042")
    tab.press("Enter", text="\r", windowsVirtualKeyCode=13)
    tab.until("document.querySelector('h1')?.textContent === '1 order'")
    for _ in range(20):
        tab.press("Tab", windowsVirtualKeyCode=9)
        if tab.run("document.activeElement.matches('[data-row] a')"):
            break
    assert tab.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
    tab.press("Enter", text="\r", windowsVirtualKeyCode=13)
    tab.until(
        "location.pathname.startsWith('/orders/') && document.querySelector('h1')?.textContent.includes('K-0042')"
    )


def test_an_order_shows_when_it_arrives(sandbox: Running, tab: Tab) -> None:
    tab.open(sandbox.url + "/")
    tab.until("document.getElementById('state').className === 'state on'")
    url = f"{sandbox.base_url('webship')}/restapi/v1/customers/SANDBOX/integrations/1/orders/NEW-1"
    document = changed(PUT_ORDER, ("orderId", "NEW-1"), ("orderNumber", "NEW-1"))
    httpx.put(url, json=document, headers={"Authorization": "RSIS sandbox-webship-key"}).raise_for_status()
    tab.until("document.querySelector('[data-row] a')?.textContent === 'NEW-1'")
    assert tab.run("document.querySelector('[data-row]').className") == "new"
    assert tab.run("document.querySelector('h1').textContent") == "5,001 orders"
