"""The three webhooks over HTTP: the secret first, then the address, the method, the body.

Knows HTTP and no order. Nothing of a request but its outcome is noted.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orderctl.config import Secret
from orderctl.serve.desk import Closed, Desk
from orderctl.serve.form import Malformed, read_form
from orderctl.serve.shipment import Shipment, told_by

BODY_LIMIT = 1024 * 1024
BODY_SECONDS = 30.0
_FORM = "application/x-www-form-urlencoded"
_ADDRESSES = ("/orders", "/order", "/update")

Answering = Callable[[Desk, Request], Awaitable[Response]]


def application(desk: Desk, secret: Secret, note: Callable[[str], None]) -> ASGIApp:
    """The webhooks; `note` gets one line per request."""
    routes = [
        Route("/orders", _with(desk, _list_orders), methods=["GET"]),
        Route("/order", _with(desk, _get_order), methods=["GET"]),
        Route("/update", _with(desk, _update_order), methods=["POST"]),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused, Closed: _closed})
    app.router.redirect_slashes = False
    return _noted(_locked(app, secret), note)


async def _list_orders(desk: Desk, request: Request) -> Response:
    """List Orders."""
    listing = await run_in_threadpool(desk.listing)
    request.scope["said"] = f"{listing.listed:,} listed, {listing.left_out:,} left out"
    counts = {"X-Orderctl-Listed": str(listing.listed), "X-Orderctl-Left-Out": str(listing.left_out)}
    return _json(listing.body, counts)


async def _get_order(desk: Desk, request: Request) -> Response:
    """Get Order."""
    try:
        asked = read_form(request.scope["query_string"])
    except Malformed as flaw:
        raise HTTPException(400, f"the query cannot be read: {flaw}") from None
    order = asked.get("orderId")
    if not isinstance(order, str) or not order:
        raise HTTPException(400, "orderId is missing")
    body = await run_in_threadpool(desk.one, order)
    if body is None:
        raise HTTPException(404, "there is no such order")
    return _json(body)


async def _update_order(desk: Desk, request: Request) -> Response:
    """Update Order."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if kind.strip().lower() != _FORM or charset not in ("", "charset=utf-8"):
        raise HTTPException(415, f"the content type must be {_FORM}, in UTF-8")
    body = await _body(request)
    shipment = _shipment(body)
    done = await run_in_threadpool(desk.update, shipment)
    if done is None:
        raise HTTPException(404, "there is no such order")
    request.scope["said"] = done
    return JSONResponse({"ok": True})


def _shipment(body: bytes) -> Shipment:
    try:
        return told_by(read_form(body), datetime.now(UTC).isoformat(timespec="seconds"))
    except Malformed as flaw:
        raise HTTPException(400, f"the form cannot be read: {flaw}") from None


async def _body(request: Request) -> bytes:
    """The whole body, within its limits of size and time."""
    too_large = HTTPException(413, f"the body is larger than {BODY_LIMIT:,} bytes", {"Connection": "close"})
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > BODY_LIMIT:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > BODY_LIMIT:
                    raise too_large
    except TimeoutError:
        raise HTTPException(408, "the body did not come in time", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400, "the body broke off") from None
    return bytes(body)


def _with(desk: Desk, answer: Answering) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers from a desk."""

    async def endpoint(request: Request) -> Response:
        return await answer(desk, request)

    return endpoint


def _json(body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store", **(headers or {})})


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
    return JSONResponse({"error": refusal.detail}, refusal.status_code, refusal.headers)


async def _closed(request: Request, closed: Exception) -> Response:
    return JSONResponse({"error": "not possible at the moment; try again"}, 503, {"Retry-After": "10"})


def _locked(app: ASGIApp, secret: Secret) -> ASGIApp:
    """The application, for those alone who have the secret; others learn nothing, not even what there is."""
    expected = secret.reveal().encode()
    challenge = {"WWW-Authenticate": 'x-rsis-key realm="orders"', "Connection": "close"}

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        given = [value for name, value in scope["headers"] if name == b"x-rsis-key"]
        if hmac.compare_digest(b"\0".join(given), expected):
            await app(scope, receive, send)
        else:
            await JSONResponse({"error": "x-rsis-key is missing or wrong"}, 401, challenge)(scope, receive, send)

    return call


def _noted(app: ASGIApp, note: Callable[[str], None]) -> ASGIApp:
    """The application, a line noted for each answer: its method, address and status, never what it holds."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note what was answered."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                address = scope["path"] if scope["path"] in _ADDRESSES else "another address"
                said = f": {scope['said']}" if "said" in scope else ""
                note(f"{scope['method']} {address} {message['status']}{said}")
            await send(message)

        await app(scope, receive, sent)

    return call
