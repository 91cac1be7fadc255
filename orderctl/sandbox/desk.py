"""The desk that takes every request to a stood-in system: limits, faults, the system's own answer, the log.

Knows no rule of any system. Credentials are read by the system's rules and never noted.
"""

import asyncio
import contextlib
import pathlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import cast
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from orderctl import systems as known
from orderctl.sandbox import faults as faulty
from orderctl.sandbox.limits import Window
from orderctl.sandbox.server import TRANSPORT, reset
from orderctl.sandbox.store import Exchange, Store, encode
from orderctl.systems.stand_in import Answer, Gauge, Request, StandIn

BODY_LIMIT = 32 * 1024 * 1024
HEADERS_KEPT = frozenset(
    ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent")
)
NOT_KEPT = "(not kept)"

_SECRET_WORD = re.compile(r"key|secret|token|password|auth", re.IGNORECASE)
_GARBAGE = b"<!doctype html><title>Sign in</title><h1>Please sign in</h1>"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Desk:
    """The systems that are stood in for, with what they share."""

    systems: Sequence[str]
    store: Store
    faults: Sequence[faulty.Fault]
    windows: Mapping[str, Window]
    host: str

    def fired(self) -> dict[str, int]:
        """How often each fault has shown, by its spec."""
        return {fault.spec: fault.fired for fault in self.faults}

    def draw(self, system: str) -> tuple[Gauge | None, faulty.Fault | None]:
        """Count one request: how its system's limit stands, and the fault that it meets if it is within."""
        window = self.windows.get(system)
        gauge = window.take() if window else None
        exceeded = gauge is not None and gauge.exceeded
        return gauge, None if exceeded else faulty.draw(self.faults, system)

    def settle(
        self, system: str, request: Request, target: str, gauge: Gauge | None, fault: faulty.Fault | None
    ) -> Reply | None:
        """Answer a request and note it, all or nothing; None where there is no answer."""
        now = datetime.now(UTC)
        at = now.isoformat(timespec="milliseconds")
        stood_in = stand_in(system)
        with self.store.turn():
            answer = _by_host(stood_in, gauge, fault)
            if answer is None and (fault is None or fault.commits):
                answer = stood_in.answer(request, self.store.orders(system, at), now)
            reply = _reply(answer, stood_in, gauge, fault) if answer else None
            self.store.remember(_exchange(at, system, request, target, answer, reply, fault))
        return reply


@cache
def stand_in(system: str) -> StandIn:
    """The sandbox module of a system, imported when first asked for."""
    return cast(StandIn, import_module(known.load(system).sandbox))


@contextlib.contextmanager
def opened(
    systems: Sequence[str],
    store: pathlib.Path,
    limits: bool,
    faults: Sequence[str],
    seed: int,
    host: str,
    clock: Callable[[], float],
) -> Iterator[Desk]:
    """A desk with its store open.

    Raises UsageError for a fault that cannot be read or a store that cannot be used.
    """
    asked = faulty.read(faults, systems, seed)
    limited = {system: stand_in(system).LIMIT for system in systems}
    windows = {system: Window(limit, clock) for system, limit in limited.items() if limit and limits}
    with contextlib.closing(Store(store)) as open_store:
        yield Desk(systems, open_store, asked, windows, host)


def counter(desk: Desk, system: str) -> ASGIApp:
    """The application that takes one system's requests, at `/SYSTEM/...`."""

    async def take(scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request, and answer it as the system would, or with the fault that is due."""
        request, target = _request(scope, await _body(receive))
        gauge, fault = desk.draw(system)
        reply = desk.settle(system, request, target, gauge, fault)
        await _send(reply, fault, scope, receive, send)

    return take


async def _body(receive: Receive) -> bytes:
    """The whole body; what is beyond the limit is read and left out, so that the JSON cannot be whole."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        del body[BODY_LIMIT:]
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return bytes(body)


def _request(scope: Scope, body: bytes) -> tuple[Request, str]:
    """The request below its system's own path, and its target as it may be noted."""
    raw: str = scope["raw_path"].decode("latin-1")
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    parts = raw.split("/")[2:]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    seen = [(word, NOT_KEPT if _SECRET_WORD.search(word) else value) for word, value in query]
    return (
        Request(scope["method"], tuple(map(_decode_once, parts)), dict(query), headers, body),
        raw + ("?" + urlencode(seen, safe="()") if seen else ""),
    )


def _decode_once(part: str) -> str:
    return unquote_to_bytes(part).decode(errors="replace")


def _by_host(stood_in: StandIn, gauge: Gauge | None, fault: faulty.Fault | None) -> Answer | None:
    """The refusals that are not the system's own: its limit, and a status that was asked for."""
    if gauge and gauge.exceeded:
        text, rule = "Too many requests", f"the limit of {gauge.limit} requests in this window is used up"
        status = 429
    elif fault and fault.status:
        text, rule, status = "A fault that was asked for", f"the fault {fault.spec}", fault.status
    else:
        return None
    plain = stood_in.refuse(status, text)
    return Answer(status, plain.body, plain.headers, rule=rule)


def _reply(answer: Answer, stood_in: StandIn, gauge: Gauge | None, fault: faulty.Fault | None) -> Reply:
    if fault and fault.kind == "garbage":
        return Reply(200, {"Content-Type": "text/html"}, _GARBAGE)
    if fault and fault.status == 429:
        gauge = Gauge(limit=1, remaining=0, reset=1, exceeded=True)
    body = b"" if answer.body is None else encode(answer.body)
    kind = {"Content-Type": "application/json; charset=utf-8"} if body else {}
    limits = stood_in.limit_headers(gauge) if gauge else {}
    return Reply(answer.status, {**kind, **limits, **answer.headers}, body)


def _exchange(
    at: str,
    system: str,
    request: Request,
    target: str,
    answer: Answer | None,
    reply: Reply | None,
    fault: faulty.Fault | None,
) -> Exchange:
    return Exchange(
        at=at,
        system=system,
        method=request.method,
        target=target,
        headers={name: _kept(name, value) for name, value in request.headers.items()},
        body=request.body,
        status=reply.status if reply else None,
        answer_headers=dict(reply.headers) if reply else {},
        answer=reply.body if reply else b"",
        rule=answer.rule if answer else None,
        fault=fault.spec if fault else None,
        concerns=answer.concerns if answer else (),
    )


def _kept(name: str, value: str) -> str:
    return value if name in HEADERS_KEPT else NOT_KEPT


async def _send(reply: Reply | None, fault: faulty.Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
    kind = fault.kind if fault else ""
    transport = scope["extensions"][TRANSPORT]["transport"]
    if kind.startswith("reset"):
        reset(transport)
    elif reply and not kind.startswith("timeout"):
        body = reply.body[: len(reply.body) // 2] if kind == "cut" else reply.body
        headers = {**reply.headers, "Content-Length": str(len(reply.body))}
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await send({"type": "http.response.body", "body": body, "more_body": kind == "cut"})
        if kind != "cut":
            return
        transport.close()
    await _until_gone(receive)


async def _until_gone(receive: Receive) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass
