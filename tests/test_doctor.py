"""The doctor tells whether a target is ready, shows no secret and changes nothing; against real servers on loopback."""

import http.server
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from orderctl import sandbox, systems
from orderctl.cli import run
from orderctl.sandbox import Running

SAMPLE = Path(__file__).parent.parent / "samples" / "webship" / "orders.json"
CANARY = "canary-Zq7-secret"
NAMES = ("webship", "shipstation", "starshipit")
GOOD: dict[str, bytes] = {"webship": b"[]", "shipstation": b"[]", "starshipit": b'{"success": true, "orders": []}'}
CHECKS = ["configuration", "credentials", "dns", "tcp", "tls", "call", "clock", "rate limit", "journal", "account"]

Setter = pytest.MonkeyPatch


@dataclass
class Vendor:
    """A server that answers every request in one way and remembers it."""

    status: int = 200
    body: bytes = b"[]"
    headers: Mapping[str, str] = field(default_factory=dict)
    date: float | None = None
    tls: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"


@contextmanager
def answering(vendor: Vendor) -> Iterator[Vendor]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            vendor.asked.append(f"{self.command} {self.path}")
            self.send_response_only(vendor.status)
            for name, value in vendor.headers.items():
                self.send_header(name, value)
            if vendor.date is not None:
                self.send_header("Date", formatdate(vendor.date, usegmt=True))
            self.send_header("Content-Length", str(len(vendor.body)))
            self.end_headers()
            self.wfile.write(vendor.body)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A handshake that the client breaks off is no fault."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if vendor.tls:
            server.socket = vendor.tls.wrap_socket(server.socket, server_side=True)
        vendor.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield vendor
        finally:
            server.shutdown()
            thread.join(5)


def set_up(monkeypatch: Setter, name: str, base_url: str, secret: str = CANARY) -> None:
    """Describe an account in the environment."""
    system = systems.load(name)
    monkeypatch.setenv(system.base_url_env, base_url)
    for setting in system.settings:
        monkeypatch.setenv(setting.env, "TEST1")
    for setting in system.credentials:
        monkeypatch.setenv(setting.env, f"{secret}-{setting.key}")


def set_up_sandbox(monkeypatch: Setter, name: str, running: Running) -> None:
    system, given = systems.load(name), running.credentials(name)
    monkeypatch.setenv(system.base_url_env, running.base_url(name))
    for setting in (*system.settings, *system.credentials):
        monkeypatch.setenv(setting.env, given[setting.key])


def examined(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the doctor with --json; its exit code, and its checks by target and name."""
    code = run(["doctor", *arguments, "--json"])
    document = msgspec.json.decode(capsys.readouterr().out)
    assert document["schema"] == "orderctl.doctor/1"
    assert (document["ok"], document["exit_code"]) == (code == 0, code)
    return code, {
        target["name"]: {check["check"]: check for check in target["checks"]} for target in document["targets"]
    }


def wrong(checks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [name for name, check in checks.items() if not check["ok"]]


@pytest.fixture
def sandboxed(tmp_path: Path) -> Iterator[Running]:
    with sandbox.running(store=tmp_path / "s.sqlite", limits=True) as running:
        yield running


@pytest.mark.parametrize("name", NAMES)
def test_an_account_that_is_ready_passes_every_check(
    name: str, sandboxed: Running, monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_sandbox(monkeypatch, name, sandboxed)
    code, found = examined(capsys, name)
    assert (code, list(found)) == (0, [name])
    assert list(found[name]) == CHECKS
    assert not wrong(found[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_key_is_exit_4_and_no_key_is_shown(
    name: str, sandboxed: Running, monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_sandbox(monkeypatch, name, sandboxed)
    for setting in systems.load(name).credentials:
        monkeypatch.setenv(setting.env, CANARY)
    assert run(["doctor", name]) == 4
    shown = capsys.readouterr()
    assert "credentials are refused" in shown.out
    assert CANARY not in shown.out + shown.err
    assert wrong(examined(capsys, name)[1][name]) == ["call"]


def test_with_sandbox_nothing_has_to_be_configured(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examined(capsys, "--sandbox")
    assert (code, sorted(found)) == (0, sorted(NAMES))
    assert not [name for name in NAMES if wrong(found[name])]


@pytest.mark.parametrize(
    ("status", "headers", "body", "code", "words"),
    [
        (200, {}, b"[]", 0, "HTTP 200"),
        (401, {}, b'{"error": "no such key"}', 4, "refused: no such key"),
        (403, {}, b"", 4, "HTTP 403: the credentials are refused"),
        (404, {}, b"{}", 4, "are base_url and the ids right?"),
        (302, {"Location": "https://login.example.com/x"}, b"", 4, "it points to login.example.com"),
        (429, {"Retry-After": "7"}, b"{}", 5, "temporary trouble"),
        (500, {}, b"oops", 5, "temporary trouble"),
        (503, {}, b"", 5, "temporary trouble"),
        (200, {}, b"<html>", 5, "not the documented answer"),
        (200, {}, b'{"error": "odd"}', 4, "odd"),
    ],
)
def test_what_the_call_is_answered_decides_the_exit_code(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    code: int,
    words: str,
    monkeypatch: Setter,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with answering(Vendor(status, body, headers)) as vendor:
        set_up(monkeypatch, "webship", vendor.url)
        met, found = examined(capsys, "webship")
    assert met == code
    assert wrong(found["webship"]) == (["call"] if code else [])
    assert words in found["webship"]["call"]["message"]


def test_starshipit_may_refuse_with_status_200(monkeypatch: Setter, capsys: pytest.CaptureFixture[str]) -> None:
    refusal = b'{"success": false, "errors": [{"message": "Invalid API key", "details": ""}]}'
    with answering(Vendor(body=refusal)) as vendor:
        set_up(monkeypatch, "starshipit", vendor.url)
        code, found = examined(capsys, "starshipit")
    assert (code, "Invalid API key" in found["starshipit"]["call"]["message"]) == (4, True)


@pytest.mark.parametrize(
    ("name", "request_line"),
    [
        ("webship", "GET /restapi/v1/customers/TEST1/services"),
        ("shipstation", "GET /stores"),
        ("starshipit", "GET /api/orders/search?phrase=orderctl&limit=1"),
    ],
)
def test_one_harmless_request_is_sent_and_nothing_is_written(
    name: str, request_line: str, monkeypatch: Setter, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with answering(Vendor(body=GOOD[name])) as vendor:
        set_up(monkeypatch, name, vendor.url)
        code, _ = examined(capsys, name, "--state-dir", str(tmp_path / "state"))
    assert (code, vendor.asked) == (0, [request_line])
    assert not (tmp_path / "state").exists()


def test_the_vendors_words_are_masked_and_cannot_steer_a_terminal(
    monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    words = msgspec.json.encode({"error": f"\x1b[31mkey {CANARY}-api_key\nis unknown"})
    with answering(Vendor(403, words)) as vendor:
        set_up(monkeypatch, "webship", vendor.url)
        assert run(["doctor", "webship"]) == 4
        shown = capsys.readouterr()
    assert CANARY not in shown.out + shown.err
    assert "\x1b" not in shown.out
    assert "key *** is unknown" in shown.out


def test_a_closed_port_is_exit_5(monkeypatch: Setter, capsys: pytest.CaptureFixture[str]) -> None:
    with answering(Vendor()) as vendor:
        set_up(monkeypatch, "webship", vendor.url)
    code, found = examined(capsys, "webship")
    assert (code, wrong(found["webship"])) == (5, ["tcp"])
    assert "call" not in found["webship"]


def test_a_name_without_an_address_is_exit_5(monkeypatch: Setter, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(monkeypatch, "webship", f"https://{'x' * 64}.invalid")
    code, found = examined(capsys, "webship")
    assert (code, wrong(found["webship"])) == (5, ["dns"])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def secure(authority: trustme.CA, name: str = "localhost") -> Iterator[Vendor]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    with answering(Vendor(tls=context)) as vendor:
        yield vendor


def configured(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "orderctl.yaml").write_text(text)
    return ["--config", str(tmp_path / "orderctl.yaml")]


WEBSHIP = "targets: {{shop: {{system: webship, base_url: {}, customer_id: TEST1, integration_id: '1', api_key: k{}}}}}"


def test_a_certificate_of_a_known_authority_is_verified(
    authority: trustme.CA, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with secure(authority) as vendor:
        code, found = examined(capsys, *configured(tmp_path, WEBSHIP.format(vendor.url, ", ca_file: ca.pem")))
    assert (code, wrong(found["shop"])) == (0, [])
    assert "certificate verified, valid until" in found["shop"]["tls"]["message"]


@pytest.mark.parametrize(("name", "more"), [("localhost", ""), ("elsewhere.example.com", ", ca_file: ca.pem")])
def test_a_certificate_that_is_refused_is_exit_4_and_no_key_leaves(
    authority: trustme.CA, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, more: str
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with secure(authority, name) as vendor:
        code, found = examined(capsys, *configured(tmp_path, WEBSHIP.format(vendor.url, more)))
    assert (code, wrong(found["shop"]), vendor.asked) == (4, ["tls"], [])


def test_a_ca_file_without_certificates_is_exit_2(
    authority: trustme.CA, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with secure(authority) as vendor:
        code, found = examined(capsys, *configured(tmp_path, WEBSHIP.format(vendor.url, ", ca_file: ca.pem")))
    assert (code, wrong(found["shop"])) == (2, ["tls"])


@pytest.mark.parametrize(
    ("off", "words"), [(-3600.0, "60 minutes ahead of"), (7200.0, "120 minutes behind"), (200.0, "agrees")]
)
def test_a_clock_that_is_off_is_a_warning(
    off: float, words: str, monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    import time

    with answering(Vendor(date=time.time() + off)) as vendor:
        set_up(monkeypatch, "webship", vendor.url)
        code, found = examined(capsys, "webship")
    clock = found["webship"]["clock"]
    assert (code, clock["ok"]) == (0, True)
    assert words in clock["message"]
    assert clock["message"].startswith("warning: ") is (abs(off) > 300)


def test_the_rate_limit_is_told_as_it_is_seen(monkeypatch: Setter, capsys: pytest.CaptureFixture[str]) -> None:
    headers = {"X-Rate-Limit-Limit": "40", "X-Rate-Limit-Remaining": "39", "X-Rate-Limit-Reset": "60"}
    with answering(Vendor(headers=headers)) as vendor:
        set_up(monkeypatch, "shipstation", vendor.url)
        _, found = examined(capsys, "shipstation")
    expected = "x-rate-limit-limit 40, x-rate-limit-remaining 39, x-rate-limit-reset 60; orderctl keeps to 40/minute"
    assert found["shipstation"]["rate limit"]["message"] == expected


@pytest.mark.parametrize("name", ["shipstation", "starshipit"])
def test_without_an_account_name_rotating_the_key_starts_a_new_journal_and_the_doctor_says_so(
    name: str, monkeypatch: Setter, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with answering(Vendor(body=GOOD[name])) as vendor:
        set_up(monkeypatch, name, vendor.url)
        code, found = examined(capsys, name)
        assert code == 0
        assert "rotating it then starts a new journal" in found[name]["account"]["message"]
        second = "api_secret" if name == "shipstation" else "subscription_key"
        target = f"system: {name}, base_url: {vendor.url}, api_key: a, {second}: b, account: main"
        _, found = examined(capsys, *configured(tmp_path, f"targets: {{shop: {{{target}}}}}"))
        assert found["shop"]["account"] == {"check": "account", "ok": True, "message": "known by account: main"}


def test_the_journal_is_told_with_its_unknown_orders(
    tmp_path: Path, monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    with sandbox.running(store=tmp_path / "s.sqlite", limits=False) as running:
        set_up_sandbox(monkeypatch, "webship", running)
        assert "nothing pushed" in examined(capsys, "webship")[1]["webship"]["journal"]["message"]
        assert run(["push", str(SAMPLE), "--to", "webship", "-q"]) == 0
        capsys.readouterr()
        assert "none unknown" in examined(capsys, "webship")[1]["webship"]["journal"]["message"]
    faults = ["webship:timeout-after-commit"]
    with sandbox.running(store=tmp_path / "s.sqlite", limits=False, faults=faults, port=running.port) as running:
        flags = ["--resend", "--timeout", "0.3", "--max-attempts", "1", "-q"]
        assert run(["push", str(SAMPLE), "--to", "webship", *flags]) == 7
    capsys.readouterr()
    with sandbox.running(store=tmp_path / "s.sqlite", limits=False, port=running.port):
        code, found = examined(capsys, "webship")
    journal = found["webship"]["journal"]
    assert (code, journal["ok"]) == (0, True)
    assert "the outcome is unknown; push the file again, which is safe" in journal["message"]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs a place where nothing can be made")
def test_a_state_directory_that_a_push_could_not_use_is_exit_2_and_nothing_is_made(
    tmp_path: Path, monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    with sandbox.running(store=tmp_path / "s.sqlite", limits=False) as running:
        set_up_sandbox(monkeypatch, "webship", running)
        code, found = examined(capsys, "webship", "--state-dir", "/dev/null/orderctl")
        told = found["webship"]["journal"]["message"]
        assert (code, wrong(found["webship"])) == (2, ["journal"])
        assert told.startswith(
            "/dev/null/orderctl: the state directory cannot be used: /dev/null: Not a directory. Name another "
        )
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared").chmod(0o1777)
        assert wrong(examined(capsys, "webship", "--state-dir", str(tmp_path / "shared"))[1]["webship"]) == ["journal"]
        assert examined(capsys, "webship", "--state-dir", str(tmp_path / "new"))[0] == 0
        assert not (tmp_path / "new").exists()


def test_a_journal_that_is_none_is_exit_2(
    tmp_path: Path, monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    with sandbox.running(store=tmp_path / "s.sqlite", limits=False) as running:
        set_up_sandbox(monkeypatch, "webship", running)
        assert run(["push", str(SAMPLE), "--to", "webship", "-q", "--state-dir", str(state)]) == 0
        for path in state.glob("journal.db*"):
            path.write_bytes(b"not a database at all" * 100)
        capsys.readouterr()
        code, found = examined(capsys, "webship", "--state-dir", str(state))
    assert (code, wrong(found["webship"])) == (2, ["journal"])


def test_what_is_missing_is_exit_2_and_other_targets_are_checked_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(Vendor()) as vendor:
        good = WEBSHIP.format(vendor.url, "")[len("targets: {") : -1]
        bare = "bare: {system: shipstation, api_key: '${SHIPSTATION_API_KEY}', api_secret: s}"
        typo = "typo: {system: webship, customer_id: '${NO_SUCH}', integration_id: '1', api_key: k}"
        code, found = examined(capsys, *configured(tmp_path, f"targets: {{{bare}, {typo}, {good}}}"))
    assert (code, list(found)) == (2, ["bare", "typo", "shop"])
    assert [wrong(found[name]) for name in found] == [["credentials"], ["configuration"], []]
    assert "SHIPSTATION_API_KEY" in found["bare"]["credentials"]["message"]
    assert "NO_SUCH" in found["typo"]["configuration"]["message"]


def test_an_unknown_target_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examined(capsys, "webshop")
    assert (code, wrong(found["webshop"])) == (2, ["configuration"])


def test_without_a_target_the_systems_of_the_environment_are_checked(
    monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor"]) == 2
    assert "orderctl init" in capsys.readouterr().err
    with answering(Vendor(body=GOOD["starshipit"])) as vendor:
        set_up(monkeypatch, "starshipit", vendor.url)
        code, found = examined(capsys)
    assert (code, list(found)) == (0, ["starshipit"])


def test_a_configuration_that_cannot_be_read_is_exit_2_also_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", *configured(tmp_path, "target: {}"), "--json"]) == 2
    document = msgspec.json.decode(capsys.readouterr().out)
    assert (document["schema"], document["exit_code"]) == ("orderctl.error/1", 2)


def test_the_table_has_a_line_for_each_check(
    sandboxed: Running, monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_sandbox(monkeypatch, "shipstation", sandboxed)
    assert run(["doctor"]) == 0
    lines: Sequence[str] = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["target", "check", "result", "found"]
    assert len(lines) == 1 + len(CHECKS)
    assert lines[-1].split()[:3] == ["shipstation", "account", "warning"]


def test_the_table_has_a_line_for_each_setting_that_is_missing(
    monkeypatch: Setter, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WEBSHIP_CUSTOMER_ID", raising=False)
    monkeypatch.delenv("WEBSHIP_INTEGRATION_ID", raising=False)
    assert run(["doctor", "webship"]) == 2
    _, first, second, hint = capsys.readouterr().out.splitlines()
    column = first.index("environment: webship.customer_id: missing; ")
    assert second == " " * column + second[column:].lstrip()
    assert second[column:].startswith("environment: webship.integration_id: missing; ")
    assert hint.strip() == "To try it without an account, push with --sandbox."
