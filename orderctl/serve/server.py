"""How the webhooks are served: a listening socket and a uvicorn server that a signal ends.

Knows no order.
"""

import contextlib
import logging
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from orderctl.errors import UsageError


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises UsageError when the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError, UnicodeError) as fault:
        raise UsageError(f"{host}:{port}: cannot listen there: {fault}") from None
    # asyncio sets this only on sockets made with an explicit protocol; without it every answer waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def address_of(host: str, listening: socket.socket) -> str:
    """The URL at which a socket listens."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}"


def run(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve until a signal ends it; requests under way are answered, then the signal takes its usual course."""
    with contextlib.closing(listening):
        server.run([listening])


def made(app: ASGIApp, ready: Callable[[], None]) -> uvicorn.Server:
    """A server of this application; `ready` is called when it answers, and a signal ends it in order."""
    logging.getLogger("uvicorn.error").addFilter(_is_bug)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
    return _Announced(config, ready)


class _Announced(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def _is_bug(record: logging.LogRecord) -> bool:
    """Of what the server has to say only a fault of our own is worth a line."""
    return record.exc_info is not None
