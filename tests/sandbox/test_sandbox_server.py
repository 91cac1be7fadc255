"""The sandbox as a server: how it starts and ends, what it keeps, whom it lets in, what its page shows."""

import concurrent.futures
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from orderctl import sandbox as sandboxes
from orderctl import systems
from orderctl.errors import UsageError
from orderctl.sandbox import Running
from orderctl.sandbox.app import is_ours

from .by_hand import CREATE_ORDER, GONE, PUT_ORDER, UPDATE_ORDER, Document, changed

CLIENT = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))
"""One for all: a client of its own for each request would load its certificates each time."""
ORDERS = "/restapi/v1/customers/SANDBOX/integrations/1/orders"


def order(order_id: str, *places: tuple[str, object]) -> Document:
    return changed(PUT_ORDER, ("orderId", order_id), ("orderNumber", order_id), *places)


def put(client: httpx.Client, order_id: str, *places: tuple[str, object]) -> httpx.Response:
    return client.put(f"{ORDERS}/{order_id}", json=order(order_id, *places))


def page(sandbox: Running, path: str = "/") -> str:
    answer = CLIENT.get(sandbox.url + path)
    assert answer.status_code == 200
    return answer.text


def link_to(number: str, text: str) -> str:
    found = re.search(rf'href="(/orders/\d+)" class="number">{re.escape(number)}</a>', text)
    assert found
    return found[1]


def test_it_is_there_at_once_and_gone_at_the_end(tmp_path: pathlib.Path) -> None:
    start = time.monotonic()
    with sandboxes.running(store=tmp_path / "s.sqlite", limits=False) as sandbox:
        assert time.monotonic() - start < 8
        assert page(sandbox)
        url = sandbox.url
    with pytest.raises(httpx.ConnectError):
        CLIENT.get(url)


def test_every_system_is_stood_in_for_with_credentials_of_its_own_settings(sandbox: Running) -> None:
    for name in systems.names():
        system = systems.load(name)
        keys = {setting.key for setting in (*system.settings, *system.credentials)}
        assert set(sandbox.credentials(name)) == keys
        assert sandbox.base_url(name) == f"{sandbox.url}/{name}"


def test_only_the_systems_asked_for_are_there(tmp_path: pathlib.Path) -> None:
    with sandboxes.running(["webship"], store=tmp_path / "s.sqlite", limits=False) as sandbox:
        assert CLIENT.get(sandbox.base_url("webship")).status_code == 401
        assert CLIENT.get(sandbox.base_url("starshipit")).status_code == 404


def test_a_restart_meets_the_same_orders(tmp_path: pathlib.Path) -> None:
    headers = {
        "StarShipIT-Api-Key": "sandbox-starshipit-key",
        "Ocp-Apim-Subscription-Key": "sandbox-starshipit-subscription",
    }
    with sandboxes.running(store=tmp_path / "s.sqlite", limits=False) as sandbox:
        url = f"{sandbox.base_url('starshipit')}/api/orders"
        made = CLIENT.post(url, json={"order": UPDATE_ORDER}, headers=headers).json()
    with sandboxes.running(store=tmp_path / "s.sqlite", limits=False) as sandbox:
        url = f"{sandbox.base_url('starshipit')}/api/orders"
        assert CLIENT.get(url, params={"order_number": "10001"}, headers=headers).json() == made
        assert "1 order<" in page(sandbox)


def test_two_sandboxes_share_one_store(tmp_path: pathlib.Path) -> None:
    store = tmp_path / "s.sqlite"
    auth = ("sandbox-shipstation-key", "sandbox-shipstation-secret")

    def push(sandbox: Running, number: int) -> int:
        url = f"{sandbox.base_url('shipstation')}/orders/createorder"
        answer = CLIENT.post(url, json=changed(CREATE_ORDER, ("orderKey", f"k{number % 10}")), auth=auth)
        return answer.status_code

    with (
        sandboxes.running(store=store, limits=False) as one,
        sandboxes.running(store=store, limits=False) as other,
        concurrent.futures.ThreadPoolExecutor(8) as pool,
    ):
        futures = [pool.submit(push, (one, other)[number % 2], number) for number in range(60)]
        assert {future.result() for future in futures} == {200}
        assert "10 orders<" in page(one)
        assert "60 requests<" in page(other, "/requests")


def test_the_store_is_for_its_owner_alone_and_holds_no_credential(tmp_path: pathlib.Path) -> None:
    store = tmp_path / "state" / "s.sqlite"
    with sandboxes.running(store=store, limits=False) as sandbox:
        headers = {"Authorization": "RSIS canary-1", "X-Other": "canary-2"}
        CLIENT.put(f"{sandbox.base_url('webship')}{ORDERS}/1?apiKey=canary-3&q=kept", headers=headers, json={})
        CLIENT.get(f"{sandbox.base_url('shipstation')}/stores", auth=("canary-4", "canary-5"))
        assert "q=kept" in page(sandbox, "/requests")
        assert "(not kept)" in page(sandbox, "/requests/1")
    assert os.stat(store).st_mode & 0o777 == 0o600
    held = b"".join(path.read_bytes() for path in store.parent.iterdir())
    assert b"kept" in held
    assert b"canary" not in held


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text").write_text("These are notes of mine, and they are long enough to have a header." * 9)
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other, other:
        other.execute("CREATE TABLE mine (a)")
    for name in ("text", "other.sqlite"):
        before = (tmp_path / name).read_bytes()
        with (
            pytest.raises(UsageError, match=name),
            sandboxes.running(store=tmp_path / name, limits=False),
        ):
            pass
        assert (tmp_path / name).read_bytes() == before


def test_a_port_that_is_taken_is_a_usage_error(tmp_path: pathlib.Path, sandbox: Running) -> None:
    with (
        pytest.raises(UsageError, match=str(sandbox.port)),
        sandboxes.running(store=tmp_path / "s.sqlite", limits=False, port=sandbox.port),
    ):
        pass


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", ""])
def test_another_host_name_is_not_answered(sandbox: Running, name: str) -> None:
    for path in ("/", "/webship/restapi", "/pulse"):
        answer = CLIENT.get(sandbox.url + path, headers={"Host": name})
        assert answer.status_code == 421


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:80", "127.0.0.1:8800", "[::1]:8800", "127.8.9.1"])
def test_names_of_the_loopback_are_answered(sandbox: Running, name: str) -> None:
    assert CLIENT.get(sandbox.url, headers={"Host": name}).status_code == 200


def test_where_every_address_is_bound_any_address_but_no_name_is_answered() -> None:
    assert is_ours("192.168.1.5:8800", "0.0.0.0")
    assert is_ours("sandbox:8800", "sandbox")
    assert not is_ours("evil.example", "0.0.0.0")
    assert not is_ours("192.168.1.5", "127.0.0.1")


def test_the_page_shows_an_order_its_versions_and_what_made_it(sandbox: Running, webship: httpx.Client) -> None:
    put(webship, "shown", ("shippingTotal", "8.24"), ("shipperReference", "first only"))
    put(webship, "shown", ("shippingTotal", "9.50"), ("receiver.city", "Provo"))
    put(webship, "shown", ("orderDate", "yesterday"))
    text = page(sandbox, link_to("shown", page(sandbox)))
    assert "Alice Janson, Provo, US" in text
    for field, before, after in (
        ("shippingTotal", "&quot;8.24&quot;", "&quot;9.50&quot;"),
        ("receiver.city", "&quot;Salt Lake City&quot;", "&quot;Provo&quot;"),
    ):
        assert f"<code>{field}</code></td><td><del><code>{before}</code></del></td><td><ins><code>{after}<" in text
    assert "<code>shipperReference</code></td><td><del><code>&quot;first only&quot;</code></del></td><td>absent" in text
    assert "orderDate must be a date as YYYY-MM-DD" in text
    assert text.count("orders/shown</a>") == 3


def test_a_refusal_is_listed_with_its_rule(sandbox: Running, webship: httpx.Client) -> None:
    put(webship, "refused", ("receiver.state", "Utah"), ("weightUnit", GONE))
    text = page(sandbox, "/requests?refused=1")
    assert "Webship, Put Order: weightUnit is required; receiver.state must be a two-character code" in text


def test_a_request_is_shown_with_its_answer(sandbox: Running, webship: httpx.Client) -> None:
    put(webship, "one-request")
    found = re.search(r'href="(/requests/\d+)" class="number">[^<]*one-request</a>', page(sandbox, "/requests"))
    assert found
    text = page(sandbox, found[1])
    assert "&quot;orderId&quot;: &quot;one-request&quot;" in text
    assert "&quot;ok&quot;: true" in text


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' autofocus onfocus='alert(1)",
        "&lt;b&gt;",
    ],
)
def test_a_hostile_name_is_only_text_on_every_page(sandbox: Running, webship: httpx.Client, name: str) -> None:
    document = order("hostile", ("receiver.name", name), ("orderNumber", name), ("fulfillmentStatus", "pending"))
    assert webship.put(f"{ORDERS}/hostile", json=document).status_code == 201
    webship.put(f"{ORDERS}/hostile", json=changed(document, ("weightUnit", name), ("orderDate", name)))
    start = page(sandbox)
    order_page = re.search(r"/orders/\d+", start)
    assert order_page
    request_page = re.search(r"/requests/\d+", page(sandbox, order_page[0]))
    assert request_page
    for path in ("/", f"/?q={name}", order_page[0], "/requests", "/requests?refused=1", request_page[0]):
        text = CLIENT.get(sandbox.url, params={"q": name}).text if "?q=" in path else page(sandbox, path)
        assert name not in text
        assert re.findall(r"<script[^>]*>", text) == ['<script src="/page.js" defer>']


def test_control_and_direction_characters_are_shown_as_escapes(sandbox: Running, webship: httpx.Client) -> None:
    put(webship, "hidden", ("receiver.name", "gnp\u202eexe\x1b[31m\u200b"))
    text = page(sandbox)
    assert "gnp\\u202eexe\\u001b[31m\\u200b" in text
    assert "\u202e" not in text + page(sandbox, link_to("hidden", text))


def test_the_page_allows_nothing_from_outside_and_no_script_but_its_own(sandbox: Running) -> None:
    for path in ("/", "/requests", "/nowhere", "/page.js", "/page.css", "/pulse"):
        headers = CLIENT.get(sandbox.url + path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"(src|href)=\"(https?:)?//", page(sandbox))


def test_the_page_changes_nothing(sandbox: Running) -> None:
    for path in ("/", "/requests", "/pulse", "/orders/1"):
        assert CLIENT.post(sandbox.url + path).status_code == 405


@pytest.mark.parametrize(
    "path", ["/orders/1", "/orders/x", "/orders/99999999999999999999", "/requests/0", "/nowhere", "/orders/"]
)
def test_what_is_not_there_is_a_404_page(sandbox: Running, path: str) -> None:
    answer = CLIENT.get(sandbox.url + path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_the_pulse_moves_with_every_request(sandbox: Running, webship: httpx.Client) -> None:
    before = int(page(sandbox, "/pulse"))
    put(webship, "pulse")
    assert int(page(sandbox, "/pulse")) == before + 1
    assert f'data-live="{before + 1}"' in page(sandbox)


def test_five_thousand_orders_come_in_pages_and_quickly(tmp_path: pathlib.Path) -> None:
    from orderctl.sandbox.store import Store
    from orderctl.systems.stand_in import Held

    store = Store(tmp_path / "s.sqlite")
    with store.turn():
        orders = store.orders("webship", "2026-01-01T00:00:00.000+00:00")
        for number in range(5000):
            key = f"K-{number:04}"
            orders.keep(Held(orders.new_id(), key, key, "pending", f"Person {number}", order(key)))
    store.close()
    with sandboxes.running(store=tmp_path / "s.sqlite", limits=False) as sandbox:
        start = time.monotonic()
        first, last = page(sandbox), page(sandbox, "/?page=100")
        found, none = page(sandbox, "/?q=K-0042"), page(sandbox, "/?q=100%25")
        assert time.monotonic() - start < 8
    assert "5,000 orders<" in first
    assert "Page 1 of 100" in first
    assert first.count("data-row=") == last.count("data-row=") == 50
    assert "K-4999" in first
    assert "K-0000" in last
    assert "1 order<" in found
    assert "0 orders<" in none


def test_old_requests_are_forgotten_and_orders_are_not(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orderctl.sandbox import store

    monkeypatch.setattr(store, "REQUESTS_KEPT", 20)
    with (
        sandboxes.running(["webship"], store=tmp_path / "s.sqlite", limits=False) as sandbox,
        httpx.Client(
            base_url=sandbox.base_url("webship"), headers={"Authorization": "RSIS sandbox-webship-key"}
        ) as client,
    ):
        for number in range(100):
            put(client, f"many-{number}")
        assert "20 requests<" in page(sandbox, "/requests")
        assert "100 orders<" in page(sandbox)


@contextmanager
def in_foreground(store: pathlib.Path) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """A sandbox in a process of its own, its address, and what it said."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = (
        "import pathlib, sys; from orderctl.sandbox import serve; "
        f"serve('127.0.0.1', {port}, store=pathlib.Path(sys.argv[1]), faults=(), limits=True, seed=0, "
        "say=lambda line: print(line, file=sys.stderr, flush=True))"
    )
    command = [sys.executable, "-c", program, str(store)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr
        lines = []
        for line in process.stderr:
            lines.append(line.strip())
            if line.startswith("Ctrl-C"):
                break
        yield process, f"http://127.0.0.1:{port}", lines
        process.kill()


def test_the_foreground_server_says_what_to_copy_and_ends_on_a_signal(tmp_path: pathlib.Path) -> None:
    with in_foreground(tmp_path / "s.sqlite") as (process, url, lines):
        assert CLIENT.get(url).status_code == 200
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=10)
        assert (out, process.returncode) == ("", -signal.SIGTERM)
    assert f"{url}/" in lines[0]
    assert f"export WEBSHIP_BASE_URL={url}/webship" in lines
    assert "export SHIPSTATION_API_SECRET=sandbox-shipstation-secret" in lines
    assert "export STARSHIPIT_SUBSCRIPTION_KEY=sandbox-starshipit-subscription" in lines
    assert "export WEBSHIP_CUSTOMER_ID=SANDBOX" in lines


def test_what_was_answered_outlives_a_kill(tmp_path: pathlib.Path) -> None:
    with in_foreground(tmp_path / "s.sqlite") as (process, url, _):
        headers = {"Authorization": "RSIS sandbox-webship-key"}
        for number in range(5):
            CLIENT.put(f"{url}/webship{ORDERS}/{number}", json=order(str(number)), headers=headers)
        process.kill()
    with sandboxes.running(store=tmp_path / "s.sqlite", limits=False) as sandbox:
        assert "5 orders<" in page(sandbox)


def test_importing_the_sandbox_loads_no_server() -> None:
    heavy = "uvicorn", "starlette", "sqlite3"
    program = f"import sys, orderctl.sandbox; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
