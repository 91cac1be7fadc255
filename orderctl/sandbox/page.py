"""The sandbox's page: orders as they arrive, what made them, what was refused and by which rule.

Reads the store and writes nothing; every text on it is foreign and escaped. Knows no rule of any system.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from orderctl import systems as known
from orderctl.sandbox import views
from orderctl.sandbox.look import SCRIPT, STYLE
from orderctl.sandbox.markup import Html
from orderctl.sandbox.shown import Shelf
from orderctl.sandbox.store import Store

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:;"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# Endpoints are coroutines so that they run in the server's thread, the only one that touches the store.
_Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def pages(store: Store) -> ASGIApp:
    """The page as an ASGI application."""
    page = _Endpoints(Shelf(store.db))
    routes: dict[str, _Endpoint] = {
        "/": page.orders,
        "/orders/{id}": page.order,
        "/requests": page.requests,
        "/requests/{id}": page.request,
        "/pulse": page.pulse,
        "/page.css": _fixed(STYLE + _colours(), "text/css"),
        "/page.js": _fixed(SCRIPT, "text/javascript"),
    }
    return Starlette(
        routes=[Route(path, endpoint, methods=["GET"]) for path, endpoint in routes.items()],
        exception_handlers={404: _nothing},
    )


@dataclass(frozen=True, slots=True)
class _Endpoints:
    """The endpoints that read what arrived."""

    shelf: Shelf

    async def orders(self, request: Request) -> Response:
        """The orders that arrived, those of one system or with a word."""
        words = request.query_params
        return _html(views.orders(self.shelf, words.get("system", ""), words.get("q", ""), _page(request)))

    async def order(self, request: Request) -> Response:
        """One order, and what differs between two of its versions."""
        words = request.query_params
        chosen = (_number(words.get("from", "")), _number(words.get("to", "")))
        return _html(views.order(self.shelf, _number(request.path_params["id"]), *chosen))

    async def requests(self, request: Request) -> Response:
        """The requests that came, all or the refused ones."""
        system = request.query_params.get("system", "")
        return _html(views.requests(self.shelf, system, "refused" in request.query_params, _page(request)))

    async def request(self, request: Request) -> Response:
        """One request with its answer."""
        return _html(views.request(self.shelf, _number(request.path_params["id"])))

    async def pulse(self, _: Request) -> Response:
        """The number of the last request; a page that shows less is old."""
        return PlainTextResponse(str(self.shelf.pulse()), headers=HEADERS)


def _colours() -> str:
    """A colour of its own for every system."""
    hues = {name: (172 + 137 * place) % 360 for place, name in enumerate(known.names())}
    return "".join(f".{name} {{ color: hsl({hue} 65% var(--light)); }}\n" for name, hue in hues.items())


def _fixed(text: str, kind: str) -> _Endpoint:
    """An endpoint that always answers with the same text."""

    async def answer(_: Request) -> Response:
        return Response(text, media_type=kind, headers=HEADERS)

    return answer


async def _nothing(_: Request, __: Exception) -> Response:
    return _html(None)


def _html(page: Html | None) -> Response:
    text = views.nothing() if page is None else page
    return Response(text, 404 if page is None else 200, HEADERS, "text/html")


def _page(request: Request) -> int:
    return max(1, _number(request.query_params.get("page", "")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
