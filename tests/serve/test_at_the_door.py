"""What a good server does with requests that it does not want: the secret first, then the rest, and nothing leaks."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .support import FORM, SECRET, Served, Webship, is_ok, order, served, served_apart, write

HOSTILE = "‮<script>alert(1)</script>\x1b[31m'\";--../%00"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("door")
    path = write(folder / "orders.json", [order(f"A-{number}") for number in range(20)])
    with served(path, shipments=folder / "shipments.jsonl") as running:
        yield running


@pytest.fixture
def webship(server: Served) -> Webship:
    return Webship(server.url)


@pytest.mark.parametrize("key", [None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), f"{SECRET}, {SECRET}"])
@pytest.mark.parametrize("path", ["/orders", "/order?orderId=A-1", "/update", "/nowhere", "/"])
def test_without_the_secret_every_address_answers_the_same(server: Served, key: str | None, path: str) -> None:
    stranger = Webship(server.url, key)
    answers = [stranger.http.request(method, path) for method in ("GET", "POST", "DELETE", "BREW")]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {'{"error":"x-rsis-key is missing or wrong"}'}
    assert all("allow" not in answer.headers for answer in answers)


def test_two_keys_are_no_key(server: Served) -> None:
    headers = [("x-rsis-key", SECRET), ("x-rsis-key", SECRET)]
    assert httpx.get(f"{server.url}/orders", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [("/orders", "POST", "GET"), ("/orders", "DELETE", "GET"), ("/order", "PUT", "GET"), ("/update", "GET", "POST")],
)
def test_a_wrong_method_is_405_and_says_which_is_right(webship: Webship, path: str, method: str, allowed: str) -> None:
    answer = webship.http.request(method, path)
    assert answer.status_code == 405
    assert allowed in answer.headers["allow"].split(", ")
    assert "error" in answer.json()


@pytest.mark.parametrize("path", ["/", "/orders/", "/Orders", "/orders/A-1", "//orders", "/update/..", "/%6Frders%00"])
def test_another_address_is_404(webship: Webship, path: str) -> None:
    assert webship.http.get(path).status_code == 404


def test_head_answers_like_get_without_the_body(webship: Webship) -> None:
    answer = webship.http.head("/orders")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain", "multipart/form-data; boundary=x", "x" * 99])
def test_another_content_type_is_415(webship: Webship, kind: str | None) -> None:
    assert webship.send("orderId=A-1", kind).status_code == 415


@pytest.mark.parametrize("kind", [FORM.upper(), FORM + "; charset=UTF-8", FORM + ';charset="utf-8"'])
def test_the_right_content_type_may_be_written_in_any_way(webship: Webship, kind: str) -> None:
    assert is_ok(webship.send("orderId=A-10&trackingNumbers=1", kind))


def test_another_charset_is_415(webship: Webship) -> None:
    assert webship.send("orderId=A-1", FORM + "; charset=utf-16").status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        "",
        "carrier=ups",
        "orderId=",
        "orderId",
        "orderId=A-1&orderId=A-2",
        "orderId=A-1&%zz=1",
        "orderId=A-1&x=%",
        "orderId=%ff",
        b"orderId=\xff",
        "orderId[0]=A-1",
        "orderId=A-1&items=2",
        "orderId=A-1&items[0]=2",
        "orderId=A-1&items[0][id]=1&items[0][id]=2",
        "orderId=A-1&items[0][id=1",
        "orderId=A-1&items[][id]=1",
        "orderId=A-1&items..id=1",
        "orderId=A-1&=1",
        "orderId=A-1&items[0][id]=1&items[0][quantity]=-1",
        "orderId=A-1&items[0][id]=1&items[0][quantity]=1.5",
        "orderId=A-1&items[0][id]=1&items[0][quantity]=many",
        "orderId=A-1&items[0][id]=1&items[0][quantity]=9999999999999",
        "orderId=A-1&carrier.name=ups",
        "orderId=A-1&" + ".".join("abcdefghijklm") + "=1",
        "orderId=A-1&" + "&".join(f"f{number}=1" for number in range(10_001)),
        '{"orderId": "A-1"}',
    ],
)
def test_a_malformed_form_is_400_and_nothing_is_kept(server: Served, webship: Webship, body: str | bytes) -> None:
    before = len(server.lines())
    answer = webship.send(body)
    assert answer.status_code == 400, answer.text
    assert "error" in answer.json()
    assert len(server.lines()) == before
    assert "A-1" in webship.listed()


def test_an_unknown_order_is_404_and_nothing_is_kept(server: Served, webship: Webship) -> None:
    before = len(server.lines())
    for order_id in ("A-99", "a-1", " A-1", HOSTILE, "x" * 5000):
        assert webship.update({"orderId": order_id}).status_code == 404
    assert len(server.lines()) == before


def test_a_body_beyond_one_mebibyte_is_413_told_or_not(server: Served, webship: Webship) -> None:
    large = "orderId=A-1&more=" + "x" * (1024 * 1024)
    assert webship.send(large).status_code == 413
    pieces = (large[at : at + 4096].encode() for at in range(0, len(large), 4096))
    answer = webship.http.post("/update", content=pieces, headers={"Content-Type": FORM})
    assert answer.status_code == 413
    small = "orderId=A-12&more=" + "x" * (1024 * 1024 - 18)
    assert is_ok(webship.send(small))


def test_a_body_that_breaks_off_is_not_kept(server: Served) -> None:
    before = len(server.lines())
    host, port = server.url.removeprefix("http://").split(":")
    fields = {"Host": "x", "x-rsis-key": SECRET, "Content-Type": FORM, "Content-Length": "100"}
    head = "POST /update HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + b"orderId=A-1&carrier=ups")
    assert Webship(server.url).listed()
    assert len(server.lines()) == before


def test_any_host_header_is_answered(server: Served) -> None:
    headers = {"Host": "shop.example.com", "x-rsis-key": SECRET}
    assert httpx.get(f"{server.url}/orders", headers=headers).status_code == 200


def test_hostile_names_are_data_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path / "orders.json", [order("a&b=c/d?#é 中"), order("A-2", orderNumber=HOSTILE)])
    with served(path, shipments=tmp_path / "shipments.jsonl") as server:
        webship = Webship(server.url)
        assert webship.list_orders()[1]["orderNumber"] == HOSTILE
        assert webship.get_order("a&b=c/d?#é 中").status_code == 200
        fields = {"orderId": "a&b=c/d?#é 中", "carrier": HOSTILE, "receiver[name]": HOSTILE, "trackingNumbers": "1\n2"}
        assert is_ok(webship.update(fields))
        (line,) = server.lines()
        assert (line["order"], line["carrier"]) == ("a&b=c/d?#é 中", HOSTILE)
        assert line["receiver"] == {"name": HOSTILE}
        assert line["tracking_numbers"] == ["1\n2"]
        assert webship.listed() == ["A-2"]


def test_no_secret_and_nothing_of_an_order_or_a_request_is_logged(tmp_path: Path) -> None:
    path = write(tmp_path / "orders.json", [order("ID-canary"), order("A-2", status="canary-status")])
    with served_apart(path, shipments=tmp_path / "shipments.jsonl") as server:
        webship = Webship(server.url)
        webship.listed()
        webship.get_order("ID-canary")
        webship.http.get("/canary-path?canary=1")
        webship.update({"orderId": "ID-canary", "receiver.name": "canary", "carrier": "canary"})
        webship.send("canary")
        Webship(server.url, "canary-key").http.get("/orders")
        server.wait_for("401")
        told = list(server.told)
    assert not [line for line in told if "canary" in line or SECRET in line or "Secret Street" in line]
    assert "GET another address 404" in told
    assert "POST /update 200: kept; the order is shipped" in told


def test_quiet_keeps_requests_to_itself(tmp_path: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1")])
    with served_apart(path, shipments=tmp_path / "shipments.jsonl", flags=["-q"]) as server:
        Webship(server.url).listed()
        Webship(server.url).ship("A-1")
    assert not [line for line in server.told if line.startswith(("GET", "POST"))]


def test_many_at_once_are_answered_and_an_idle_connection_holds_up_nobody(server: Served) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port)), timeout=10) for _ in range(50)]
    wrong: list[int] = []

    def ask() -> None:
        caller = Webship(server.url)
        wrong.extend(1 for _ in range(10) if caller.http.get("/orders").status_code != 200)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for connection in idle:
        connection.close()
    assert wrong == []
