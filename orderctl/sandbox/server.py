"""How the sandbox is served: a listening socket, a uvicorn server, connections that can be broken.

Knows no system and no page.
"""

import asyncio
import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from orderctl.errors import OrderctlError, UsageError

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


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises UsageError when the address cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as fault:
        raise UsageError(f"{host}:{port}: the sandbox cannot listen there: {fault}") from None
    # asyncio sets this only on sockets made with an explicit protocol; without it every answer waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


@contextlib.contextmanager
def in_background(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serve in a daemon thread until the block ends."""
    server = _server(app)
    thread = threading.Thread(target=server.run, args=([listening],), name="orderctl sandbox", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.001)
    try:
        if not server.started:
            raise OrderctlError("The sandbox did not start")
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def in_foreground(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until a signal ends it; the signal then takes its usual course."""
    with contextlib.closing(listening):
        _server(app).run([listening])


def reset(transport: asyncio.Transport) -> None:
    """Break a connection so that the other side sees a reset."""
    wire = transport.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _server(app: ASGIApp) -> uvicorn.Server:
    logging.getLogger("uvicorn.error").addFilter(_is_bug)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=Breakable,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
        )
    )


def _is_bug(record: logging.LogRecord) -> bool:
    """Of what the server has to say only a fault of our own is worth a line."""
    return record.exc_info is not None


def _with_transport(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "extensions": {TRANSPORT: {"transport": transport}}}, receive, send)

    return call
