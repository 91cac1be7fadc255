"""Faults on a real socket: whatever the network does, the outcome told is the truth (facts reliability, c).

I1 each order is in the store exactly once, I3 accepted means in the store, I4 the outcomes add up, I5 the exit code
fits, I9 the fault really fired, I10 the wall time is bounded.
"""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from orderctl.errors import UsageError
from orderctl.push import Options, Result, World, push

from .support import Run, several, target, webship
from .wirefaults import OK, Behave, Server, drips, resets, says, silent


def run(server: Server, tmp_path: Path, count: int = 3, **flags: object) -> Run:
    """A push over the socket in real time, with short waits."""
    results: list[Result] = []
    messages: list[str] = []
    world = World(random=lambda: 0.0)
    to = target(tmp_path, base_url=server.url, ca_file=flags.pop("ca_file", None))
    options = Options(**{"timeout": 1.0, "concurrency": 2, **flags})  # type: ignore[arg-type]
    summary = push(several(count), to, options, world, results.append, messages.append)
    return Run(summary, results, messages)


def html(status: int) -> bytes:
    page = b"<html>\xff gateway</html>"
    return b"HTTP/1.1 %d X\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (status, len(page), page)


def body(content: bytes, extra: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (extra, len(content), content)


FAULTS: dict[str, Behave] = {
    "F2 reset after reading, before commit": resets(commit=False),
    "F3 commit, then reset": resets(commit=True),
    "F3 commit, then close": says(b""),
    "F3 half a header": says(b"HTTP/1.1 201 Crea"),
    "F3 garbage status line": says(b"\x00\x01\x02 hello\r\n\r\n"),
    "F4 commit, then silence": silent(3.0, commit=True),
    "F7 body cut short": says(OK[:-5]),
    "F7 reset in mid-body": resets(commit=True, after=OK[:-5]),
    "F7 bad chunk": says(b"HTTP/1.1 201 C\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{"),
    "F8 headers dripped": drips(OK, 0.05),
    "F8 body dripped": drips(body(b'{"ok": true}' + b" " * 200), 0.01),
    "F8 endless header": says(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000_000),
    "F8 two hundred 1xx, then nothing": says(b"HTTP/1.1 103 Early\r\n\r\n" * 200),
    "F9 gzip bomb": says(body(gzip.compress(b" " * 50_000_000), b"Content-Encoding: gzip\r\n")),
    "F9 NaN": says(body(b'{"ok": NaN}')),
    "F9 deep JSON": says(body(b"[" * 10_000 + b"]" * 10_000)),
    "F9 not UTF-8": says(body(b'{"ok": "\xff"}')),
    "F9 larger than the cap": says(body(b'{"ok": true, "x": "' + b"a" * 3_000_000 + b'"}')),
    "F11 500": says(html(500), commit=False),
    "F11 502 after commit": says(html(502)),
    "F11 503 after commit": says(html(503)),
    "F12 200 log-in page": says(html(200)),
    "F12 201 empty": says(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
    "no length, closed": says(b'HTTP/1.1 201 Created\r\n\r\n{"ok": tr'),
}
WAITS = ("F4 commit, then silence", "F8 headers dripped", "F8 body dripped")
"""Only the timeout ends these, in real time."""
EACH = [pytest.param(name, marks=pytest.mark.long if name in WAITS else ()) for name in FAULTS]


@pytest.mark.parametrize("name", EACH)
def test_after_one_fault_every_order_is_there_once_and_told_so(name: str, tmp_path: Path) -> None:
    with Server(faults=[FAULTS[name]]) as server:
        began = time.monotonic()
        first = run(server, tmp_path)
        assert server.fired == 1
        assert set(first.outcomes.values()) == {"accepted"}, first.results
        assert first.exit_code == 0
        assert set(server.store) == {"A-0", "A-1", "A-2"}
        assert time.monotonic() - began < 20
        asked = len(server.asked)
        assert set(run(server, tmp_path).outcomes.values()) == {"unchanged"}
        assert len(server.asked) == asked


@pytest.mark.parametrize("name", EACH)
def test_a_fault_that_stays_is_never_told_as_success(name: str, tmp_path: Path) -> None:
    with Server(faults=[FAULTS[name]] * 2) as server:
        first = run(server, tmp_path, count=1, max_attempts=2)
        assert server.fired == 2
        outcome = first.outcomes["A-0"]
        assert outcome == ("failed" if name.startswith("F11") else "unknown")
        assert first.exit_code == (5 if outcome == "failed" else 7)
        again = run(server, tmp_path, count=1)
        assert again.outcomes == {"A-0": "accepted"}
        assert set(server.store) == {"A-0"}


@pytest.mark.parametrize("reply", [OK, body(b'{"ok": true}' + b" " * 3000)])
def test_the_timeout_bounds_the_whole_request(reply: bytes, tmp_path: Path) -> None:
    """Each single byte comes in time; only a total deadline ends it."""
    with Server(faults=[drips(reply, 0.05)]) as server:
        began = time.monotonic()
        run(server, tmp_path, count=1, timeout=0.5, max_attempts=1)
        assert time.monotonic() - began < 4


def test_a_refused_connection_is_never_unknown(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    results: list[Result] = []
    to = target(tmp_path, base_url=url)
    summary = push(several(2), to, Options(max_attempts=2), World(random=lambda: 0.0), results.append, lambda _: None)
    assert [result.outcome.value for result in results] == ["failed", "failed"]
    assert summary.exit_code == 5
    assert "gave up after 2 tries" in (results[0].message or "")


def test_an_unknown_host_is_never_unknown(tmp_path: Path) -> None:
    results: list[Result] = []
    to = target(tmp_path, base_url="http://no-such-host.invalid")
    push(several(1), to, Options(max_attempts=1), World(), results.append, lambda _: None)
    assert results[0].outcome == "failed"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, tmp_path: Path) -> None:
    with Server() as other:
        reply = b"HTTP/1.1 %d M\r\nLocation: %s/x\r\nContent-Length: 0\r\n\r\n" % (status, other.url.encode())
        with Server(faults=[says(reply, commit=False)]) as server:
            told = run(server, tmp_path, count=1)
        assert told.outcomes == {"A-0": "rejected"}
        assert f"points to 127.0.0.1:{other.url.rpartition(':')[2]};" in (told.results[0].message or "")
        assert other.asked == []


class TestTls:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    def context(self, authority: trustme.CA, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return context

    def test_a_certificate_of_our_authority_is_accepted(self, authority: trustme.CA, tmp_path: Path) -> None:
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        with Server(tls=self.context(authority, "127.0.0.1")) as server:
            told = run(server, tmp_path / "s", ca_file=str(tmp_path / "ca.pem"))
            assert set(told.outcomes.values()) == {"accepted"}

    @pytest.mark.parametrize("name", ["127.0.0.1", "elsewhere.example"])
    def test_a_certificate_that_is_refused_stops_the_target(
        self, authority: trustme.CA, name: str, tmp_path: Path
    ) -> None:
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        trusted = str(tmp_path / "ca.pem") if name != "127.0.0.1" else None
        with Server(tls=self.context(authority, name)) as server:
            told = run(server, tmp_path / "s", count=5, concurrency=1, ca_file=trusted)
            assert list(told.outcomes.values()) == ["failed"] + ["not_sent"] * 4
            assert told.exit_code == 4
            assert server.asked == []

    def test_plain_http_where_tls_is_due_was_never_sent(self, tmp_path: Path) -> None:
        with Server() as server:
            to = target(tmp_path, base_url=server.url.replace("http:", "https:"))
            results: list[Result] = []
            push(several(1), to, Options(max_attempts=1, timeout=0.5), World(), results.append, lambda _: None)
            assert results[0].outcome == "failed"


def test_a_connection_that_the_server_closed_meanwhile_costs_nothing(tmp_path: Path) -> None:
    """F18: the server answers, then closes the connection that the next order would use."""
    with Server(faults=[says(OK)] * 3) as server:
        told = run(server, tmp_path, concurrency=1, timeout=20.0)
        assert set(told.outcomes.values()) == {"accepted"}
        assert sorted(server.commits) == ["A-0", "A-1", "A-2"]


def test_a_second_answer_to_one_request_is_not_the_answer_to_the_next(tmp_path: Path) -> None:
    with Server(faults=[says(OK + OK, close=False), resets(commit=False)]) as server:
        told = run(server, tmp_path, count=2, concurrency=1, max_attempts=1)
        assert server.fired == 2
        assert told.outcomes == {"A-0": "accepted", "A-1": "unknown"}


def test_connections_are_reused(tmp_path: Path) -> None:
    with Server() as server:
        run(server, tmp_path, count=20, concurrency=2)
        assert server.connections <= 2


def test_the_environment_gives_no_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Server() as server:
        assert run(server, tmp_path, count=1).outcomes == {"A-0": "accepted"}


@pytest.mark.parametrize(
    "order_id",
    [
        "a/b",
        "a?b=c",
        "a#b",
        "50%",
        "%2e%2e",
        "a;b",
        "a\\b",
        "//evil.example/x",
        "http://evil.example/",
        "é日本",
        "a b",
        "~._-",
        "...",
        "../../customers/OTHER/integrations/9/orders/1",
    ],
)
def test_an_odd_id_arrives_as_one_path_segment_byte_for_byte(order_id: str, tmp_path: Path) -> None:
    from urllib.parse import unquote

    with Server() as server:
        results: list[Result] = []
        to = target(tmp_path, base_url=server.url)
        push([webship(order_id)], to, Options(), World(), results.append, lambda _: None)
        assert results[0].outcome == "accepted"
        path = server.asked[0].line.split(" ")[1]
        assert path.startswith("/restapi/v1/customers/TEST00002/integrations/3214/orders/")
        assert path.count("/") == 8
        assert unquote(path.rsplit("/", 1)[1]) == order_id
        assert list(server.store) == [order_id]


def test_the_proxy_of_the_target_is_used_and_its_password_not_shown(tmp_path: Path) -> None:
    def refuse(server: Server, connection: socket.socket, asked: object) -> None:
        words = b'{"error": "s3cret-of-proxy"}'
        connection.sendall(b"HTTP/1.1 422 U\r\nContent-Length: %d\r\n\r\n%s" % (len(words), words))

    with Server(faults=[refuse]) as proxy:
        through = proxy.url.replace("://", "://user:s3cret-of-proxy@")
        to = target(tmp_path, base_url="http://far.example", proxy=through)
        results: list[Result] = []
        push(several(1), to, Options(max_attempts=1), World(), results.append, lambda _: None)
        assert proxy.asked[0].line.startswith("PUT http://far.example/restapi/")
        assert proxy.asked[0].headers["proxy-authorization"].startswith("Basic ")
    assert "s3cret" not in (results[0].message or "")
    assert "***" in (results[0].message or "")


def test_a_proxy_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}"
        to = target(tmp_path, base_url="http://far.example", proxy=f"http://user:s3cret-of-proxy@{place}")
        results: list[Result] = []
        push(several(1), to, Options(max_attempts=1), World(), results.append, lambda _: None)
    assert (results[0].outcome, results[0].message) == (
        "failed",
        f"far.example: through the proxy {place}: Connection refused; gave up after 1 try",
    )


def test_authorities_that_cannot_be_read_are_a_usage_error(tmp_path: Path) -> None:
    for content in (None, "nonsense"):
        place = tmp_path / "ca.pem"
        if content:
            place.write_text(content)
        with pytest.raises(UsageError, match=r"ca\.pem"):
            push(several(1), target(tmp_path, ca_file=str(place)), Options(), World(), lambda _: None)


@pytest.mark.parametrize("given", [1, 2])
def test_where_the_system_gives_fewer_threads_those_do_the_work(
    given: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server:
        left = threads_left(given, monkeypatch)
        assert list(run(server, tmp_path, 6, concurrency=4).outcomes.values()) == ["accepted"] * 6
        assert next(left) == 0


def test_where_the_system_gives_no_thread_the_run_ends_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server:
        threads_left(0, monkeypatch)
        with pytest.raises(UsageError, match=r"gives no thread to send with.*; nothing was sent$"):
            run(server, tmp_path)
        monkeypatch.undo()
        assert not server.asked
        assert list(run(server, tmp_path).outcomes.values()) == ["accepted"] * 3


def threads_left(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Let a push start so many threads; how many of them are left."""
    left = [number]
    start = threading.Thread.start

    def starts(thread: threading.Thread) -> None:
        if thread.name.startswith("push-"):
            if not left[0]:
                raise RuntimeError("can't start new thread")
            left[0] -= 1
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", starts)
    return iter(lambda: left[0], None)
