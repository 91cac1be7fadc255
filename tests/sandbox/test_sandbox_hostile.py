"""Whatever a client sends, a stand-in answers it: no document and no query makes it stumble."""

import pathlib
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderctl.sandbox import desk
from orderctl.sandbox.desk import Desk
from orderctl.sandbox.store import encode
from orderctl.systems.stand_in import Json, Request

from .by_hand import CREATE_ORDER, PUT_ORDER, UPDATE_ORDER, Document, changed

CREDENTIALS = {
    "webship": {"authorization": "RSIS sandbox-webship-key"},
    "shipstation": {"authorization": "Basic c2FuZGJveC1zaGlwc3RhdGlvbi1rZXk6c2FuZGJveC1zaGlwc3RhdGlvbi1zZWNyZXQ="},
    "starshipit": {
        "starshipit-api-key": "sandbox-starshipit-key",
        "ocp-apim-subscription-key": "sandbox-starshipit-subscription",
    },
}
WRITES = [
    ("webship", "PUT", "restapi/v1/customers/SANDBOX/integrations/1/orders/123ABC", PUT_ORDER),
    ("shipstation", "POST", "orders/createorder", CREATE_ORDER),
    ("shipstation", "POST", "orders/createorders", [CREATE_ORDER, changed(CREATE_ORDER)]),
    ("starshipit", "POST", "api/orders", {"order": UPDATE_ORDER}),
    ("starshipit", "PUT", "api/orders", {"order": UPDATE_ORDER | {"order_id": 100001}}),
]
READS = [
    ("webship", "restapi/v1/customers/SANDBOX/services"),
    ("shipstation", "orders"),
    ("shipstation", "orders/7"),
    ("starshipit", "api/orders"),
    ("starshipit", "api/orders/search"),
    ("starshipit", "api/orders/delete"),
]
QUERY_WORDS = st.sampled_from(
    [
        "orderNumber",
        "page",
        "pageSize",
        "orderStatus",
        "order_id",
        "order_number",
        "status",
        "page_size",
        "limit",
    ]
)


def places(value: Json, at: str = "") -> Iterator[str]:
    """Every place in a document, spelled as `changed` reads it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        here = f"{at}.{key}" if at else str(key)
        yield here
        yield from places(part, here)


STRANGE = st.one_of(
    st.sampled_from([None, True, 0, -1, 2**31, 2**63, -(2**70), 10**400, 1.5, 1e308, [], {}, [[]], [None]]),
    st.sampled_from(
        ["", " ", "\x00", "..", "0", "NaN", "Infinity", "1e999999999", "9" * 400, "x" * 5000, "٣", "\u202e"]
    ),
    st.sampled_from(["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2015-06-29T24:00:00"]),
    st.text(max_size=20),
    st.integers(),
    st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.text(max_size=5), max_size=3),
)


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path: pathlib.Path = tmp_path_factory.mktemp("hostile") / "s.sqlite"
    with desk.opened(tuple(CREDENTIALS), path, False, (), 0, "127.0.0.1", lambda: 0.0) as opened:
        held: Document = {"order": UPDATE_ORDER | {"order_number": "held"}}
        assert ask(opened, "starshipit", "POST", "api/orders", encode(held)) == 200
        yield opened


def ask(
    open_desk: Desk,
    system: str,
    method: str,
    path: str,
    body: bytes = b"",
    query: dict[str, str] | None = None,
) -> int:
    headers = {**CREDENTIALS[system], "content-type": "application/json"}
    request = Request(method, tuple(path.split("/")), query or {}, headers, body)
    reply = open_desk.settle(system, request, path, None, None)
    assert reply
    return reply.status


@pytest.mark.parametrize(("system", "method", "path", "document"), WRITES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_document_with_strange_values_is_taken_or_refused(
    open_desk: Desk, system: str, method: str, path: str, document: Document, data: st.DataObject
) -> None:
    spots = sorted(places(document), reverse=True)
    chosen = data.draw(st.lists(st.sampled_from(spots), min_size=1, max_size=3, unique=True))
    alone = [spot for spot in chosen if not any(spot.startswith(f"{other}.") for other in chosen)]
    strange = changed(document, *((spot, data.draw(STRANGE)) for spot in alone))
    assert ask(open_desk, system, method, path, encode(strange)) in (200, 201, 400, 422, 500)


@pytest.mark.parametrize(("system", "method", "path", "document"), WRITES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=30) | st.sampled_from([b"[" * 9999, b"1e99999999999999999999", b'{"order":[[]]}']))
def test_a_body_of_any_bytes_is_refused(
    open_desk: Desk, system: str, method: str, path: str, document: Document, body: bytes
) -> None:
    assert ask(open_desk, system, method, path, body) in (200, 400, 422, 500)


@pytest.mark.parametrize(("system", "path"), READS)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(QUERY_WORDS, st.text(max_size=25) | st.sampled_from(["9" * 25, "-1", "0", "²"]), max_size=3)
)
def test_a_query_of_any_words_is_answered(open_desk: Desk, system: str, path: str, query: dict[str, str]) -> None:
    method = "DELETE" if path.endswith("delete") else "GET"
    assert ask(open_desk, system, method, path, query=query) in (200, 400, 404)


def test_the_pages_show_what_came_however_strange(open_desk: Desk) -> None:
    from orderctl.sandbox import views
    from orderctl.sandbox.shown import Shelf

    for system, method, path, _ in WRITES:
        for body in (b"[" * 9999, b"\xff\x00", b"1e99999999999999999999", b'{"a": "\\u202e"}', b""):
            ask(open_desk, system, method, path, body)
    shelf = Shelf(open_desk.store.db)
    for number in range(shelf.pulse() - 20, shelf.pulse() + 1):
        assert views.request(shelf, number)
    for line in shelf.orders("", "", 1)[0]:
        assert views.order(shelf, line.id, 0, 0)


def test_a_body_beyond_the_limit_is_refused(webship: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "BODY_LIMIT", 1000)
    answer = webship.put("/restapi/v1/customers/SANDBOX/integrations/1/orders/123ABC", json=PUT_ORDER)
    assert answer.status_code == 422
