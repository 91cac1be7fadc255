"""How a local server is served: a listening socket, and a uvicorn server that says when it answers.

Knows no order, no page and no system.
"""

import contextlib
import errno
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from orderctl.errors import UsageError

_WHY = {
    errno.EADDRINUSE: "another program listens there. End it, or choose another port with --port; 0 takes a free one.",
    errno.EACCES: "this user may not. Choose a port from 1024 on with --port.",
    errno.EADDRNOTAVAIL: "this machine has no such address. Choose another with --host.",
}


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises UsageError when the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError, UnicodeError) as fault:
        raise UsageError(f"{host}:{port}: cannot listen there: {_why(fault)}") from None
    # asyncio sets this only on sockets made with an explicit protocol; without it every answer waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(host: str, port: int) -> str:
    """The URL at which a server listens."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(app: ASGIApp, ready: Callable[[], None] | None = None, **settings: Any) -> uvicorn.Server:
    """A server of this application; `ready` is called once it answers and a signal ends it in order."""
    logging.getLogger("uvicorn.error").addFilter(_is_bug)
    config = uvicorn.Config(
        app,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        **settings,
    )
    return _Announced(config, ready)


def in_foreground(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve until a signal ends it; requests under way are answered, then the signal takes its usual course."""
    with contextlib.closing(listening):
        server.run([listening])


class _Announced(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self._ready is not None:
            self._ready()


def _why(fault: Exception) -> str:
    if isinstance(fault, socket.gaierror):
        return "there is no such host. Choose another with --host."
    return _WHY.get(getattr(fault, "errno", None) or 0, f"{getattr(fault, 'strerror', None) or fault}.")


def _is_bug(record: logging.LogRecord) -> bool:
    """Of what the server has to say only a fault of our own is worth a line."""
    return record.exc_info is not None
