"""Limits and faults on request, over real sockets."""

import pathlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from orderctl import sandbox as sandboxes
from orderctl.errors import UsageError
from orderctl.sandbox import Running, faults

from .by_hand import CREATE_ORDER, PUT_ORDER, UPDATE_ORDER, changed

CLIENT = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))
"""One for all: a client of its own for each request would load its certificates each time."""
WEBSHIP = {"Authorization": "RSIS sandbox-webship-key"}
SHIPSTATION = ("sandbox-shipstation-key", "sandbox-shipstation-secret")
STARSHIPIT = {
    "StarShipIT-Api-Key": "sandbox-starshipit-key",
    "Ocp-Apim-Subscription-Key": "sandbox-starshipit-subscription",
}
SYSTEMS = ("shipstation", "starshipit", "webship")


class Clock:
    """A clock that stands still until it is told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def faulty(path: pathlib.Path, *specs: str, seed: int = 0) -> Iterator[Running]:
    with sandboxes.running(store=path / "s.sqlite", limits=False, faults=specs, seed=seed) as running:
        yield running


def put(sandbox: Running, order_id: str = "123ABC", timeout: float = 5) -> httpx.Response:
    url = f"{sandbox.base_url('webship')}/restapi/v1/customers/SANDBOX/integrations/1/orders/{order_id}"
    return CLIENT.put(url, json=changed(PUT_ORDER, ("orderId", order_id)), headers=WEBSHIP, timeout=timeout)


def orders_held(sandbox: Running) -> int:
    page = CLIENT.get(sandbox.url).text
    return int(page.partition("<h1>")[2].split()[0])


@pytest.mark.parametrize("status", [400, 401, 404, 422, 500, 502, 503, 504])
def test_a_status_is_answered_in_the_systems_own_shape_and_nothing_is_done(tmp_path: pathlib.Path, status: int) -> None:
    with faulty(tmp_path, f"webship:{status}") as sandbox:
        answer = put(sandbox)
        assert (answer.status_code, set(answer.json())) == (status, {"error", "errorCategory"})
        assert orders_held(sandbox) == 0


def test_each_system_has_its_own_error_shape(tmp_path: pathlib.Path) -> None:
    with faulty(tmp_path, "shipstation:503", "starshipit:503") as sandbox:
        theirs = CLIENT.post(f"{sandbox.base_url('shipstation')}/orders/createorder", json={}, auth=SHIPSTATION)
        assert set(theirs.json()) == {"Message", "ExceptionMessage"}
        others = CLIENT.get(f"{sandbox.base_url('starshipit')}/api/orders", headers=STARSHIPIT)
        assert set(others.json()) == {"statusCode", "message"}
        assert put(sandbox).status_code == 201


def test_a_429_on_request_says_how_long_to_wait(tmp_path: pathlib.Path) -> None:
    with faulty(tmp_path, "webship:429", "shipstation:429", "starshipit:429") as sandbox:
        assert put(sandbox).headers["retry-after"] == "1"
        theirs = CLIENT.get(f"{sandbox.base_url('shipstation')}/stores", auth=SHIPSTATION)
        assert theirs.json() == {"message": "Too Many Requests"}
        assert (theirs.headers["x-rate-limit-remaining"], theirs.headers["x-rate-limit-reset"]) == ("0", "1")
        others = CLIENT.get(f"{sandbox.base_url('starshipit')}/api/orders", headers=STARSHIPIT)
        assert others.json()["statusCode"] == 429
        assert others.headers["retry-after"] == "1"


@pytest.mark.parametrize(("kind", "held"), [("reset", 0), ("reset-after-commit", 1)])
def test_a_reset_breaks_the_connection_before_or_after_the_order_is_taken(
    tmp_path: pathlib.Path, kind: str, held: int
) -> None:
    with faulty(tmp_path, f"webship:{kind}") as sandbox:
        with pytest.raises(httpx.ReadError):
            put(sandbox)
        assert orders_held(sandbox) == held


@pytest.mark.parametrize(("kind", "held"), [("timeout", 0), ("timeout-after-commit", 1)])
def test_a_timeout_gives_no_answer_before_or_after_the_order_is_taken(
    tmp_path: pathlib.Path, kind: str, held: int
) -> None:
    with faulty(tmp_path, f"webship:{kind}") as sandbox:
        with pytest.raises(httpx.ReadTimeout):
            put(sandbox, timeout=0.2)
        assert orders_held(sandbox) == held


def test_an_answer_that_is_cut_breaks_off_after_the_order_is_taken(tmp_path: pathlib.Path) -> None:
    with faulty(tmp_path, "webship:cut") as sandbox:
        with pytest.raises(httpx.RemoteProtocolError, match="message body"):
            put(sandbox)
        assert orders_held(sandbox) == 1


def test_garbage_is_a_page_of_html_after_the_order_is_taken(tmp_path: pathlib.Path) -> None:
    with faulty(tmp_path, "webship:garbage") as sandbox:
        answer = put(sandbox)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
        assert "<html" in answer.text or "<!doctype html" in answer.text
        assert orders_held(sandbox) == 1


def test_a_share_is_drawn_from_the_seed(tmp_path: pathlib.Path) -> None:
    def statuses(seed: int, name: str) -> list[int]:
        (tmp_path / name).mkdir()
        with faulty(tmp_path / name, "webship:503:1/4", seed=seed) as sandbox:
            found = [put(sandbox).status_code for _ in range(60)]
            assert sandbox.fired() == {"webship:503:1/4": Counter(found)[503]}
        return found

    first = statuses(1, "a")
    assert 5 <= first.count(503) <= 25
    assert first == statuses(1, "b")
    assert first != statuses(2, "c")


def test_of_several_faults_the_first_that_fires_counts(tmp_path: pathlib.Path) -> None:
    with faulty(tmp_path, "webship:503", "webship:404") as sandbox:
        assert put(sandbox).status_code == 503


@pytest.mark.parametrize(
    "spec",
    [
        *("", "webship", "webship:", "other:503", "webship:200", "webship:600", "webship:50", "webship:slow"),
        *("webship:503:", "webship:503:0", "webship:503:1.5", "webship:503:2/1", "webship:503:1/0"),
        *("webship:503:half", "webship:503:-1", "webship:503:1:1", "webship:503:1e-3", ":503"),
    ],
)
def test_a_spec_that_cannot_be_read_names_the_allowed_forms(spec: str) -> None:
    with pytest.raises(UsageError, match="SYSTEM:KIND"):
        faults.read([spec], SYSTEMS, 0)


@pytest.mark.parametrize("spec", ["webship:503", "webship:cut:1", "webship:429:1/50", "starshipit:reset:0.1"])
def test_the_allowed_forms_are_read(spec: str) -> None:
    (fault,) = faults.read([spec], SYSTEMS, 0)
    assert spec.startswith(f"{fault.system}:{fault.kind}")
    assert 0 < fault.share <= 1


def test_shipstation_counts_forty_requests_a_minute_and_says_so(tmp_path: pathlib.Path) -> None:
    clock = Clock()
    with (
        sandboxes.running(store=tmp_path / "s.sqlite", limits=True, clock=clock) as sandbox,
        httpx.Client(base_url=sandbox.base_url("shipstation"), auth=SHIPSTATION) as client,
    ):
        first = client.get("/stores")
        clock.now = 20.0
        assert [first.headers[f"x-rate-limit-{name}"] for name in ("limit", "remaining", "reset")] == [
            *("40", "39", "60")
        ]
        others = [client.get("/stores") for _ in range(39)]
        assert {answer.status_code for answer in others} == {200}
        assert (others[-1].headers["x-rate-limit-remaining"], others[-1].headers["x-rate-limit-reset"]) == (
            *("0", "40"),
        )
        beyond = client.post("/orders/createorder", json=CREATE_ORDER)
        assert (beyond.status_code, beyond.json()) == (429, {"message": "Too Many Requests"})
        assert "retry-after" not in beyond.headers
        assert orders_held(sandbox) == 0
        clock.now = 60.0
        assert client.get("/stores").headers["x-rate-limit-remaining"] == "39"


def test_starshipit_counts_two_requests_a_second(tmp_path: pathlib.Path) -> None:
    clock = Clock()
    with (
        sandboxes.running(store=tmp_path / "s.sqlite", limits=True, clock=clock) as sandbox,
        httpx.Client(base_url=sandbox.base_url("starshipit"), headers=STARSHIPIT) as client,
    ):
        statuses = [client.post("/api/orders", json={"order": UPDATE_ORDER}) for _ in range(3)]
        assert [answer.status_code for answer in statuses] == [200, 200, 429]
        assert set(statuses[2].json()) == {"statusCode", "message"}
        assert statuses[2].headers["retry-after"] == "1"
        clock.now = 1.0
        assert client.get("/api/orders").status_code == 200


def test_webship_has_no_limit_that_a_page_states(tmp_path: pathlib.Path) -> None:
    with sandboxes.running(store=tmp_path / "s.sqlite", limits=True, clock=Clock()) as sandbox:
        assert {put(sandbox).status_code for _ in range(50)} == {201}


def test_without_limits_there_is_no_429(sandbox: Running) -> None:
    with httpx.Client(base_url=sandbox.base_url("starshipit"), headers=STARSHIPIT) as client:
        assert {client.get("/api/orders").status_code for _ in range(10)} == {200}
