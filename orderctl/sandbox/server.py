"""How the sandbox is served: in a thread or in the foreground, with connections that can be broken.

Knows no system and no page.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from orderctl.errors import OrderctlError
from orderctl.listening import server

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

TRANSPORT = "orderctl.transport"
"""The key under `extensions` of an ASGI scope where the connection lies."""


class Breakable(H11Protocol):
    """uvicorn's HTTP protocol, which also shows the application its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give every request of this connection its transport."""
        super().connection_made(transport)
        self.app = cast("ASGI3Application", _with_transport(cast(ASGIApp, self.app), transport))


@contextlib.contextmanager
def in_background(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serve in a daemon thread until the block ends."""
    serving = made(app)
    thread = threading.Thread(target=serving.run, args=([listening],), name="orderctl sandbox", daemon=True)
    thread.start()
    while not serving.started and thread.is_alive():
        thread.join(0.001)
    try:
        if not serving.started:
            raise OrderctlError("The sandbox did not start")
        yield
    finally:
        serving.should_exit = True
        thread.join(10)
        listening.close()


def made(app: ASGIApp, ready: Callable[[], None] | None = None) -> uvicorn.Server:
    """A server of this application that waits only a second for what is under way when it ends."""
    return server(app, ready, http=Breakable, timeout_graceful_shutdown=1)


def reset(transport: asyncio.Transport) -> None:
    """Break a connection so that the other side sees a reset."""
    wire = transport.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _with_transport(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    """The application, told on which connection each request came."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "extensions": {TRANSPORT: {"transport": transport}}}, receive, send)

    return call
