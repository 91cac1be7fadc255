"""A Webship on a loopback socket that can misbehave at every byte; it remembers what it committed."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

OK = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"ok": true}'


@dataclass
class Asked:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def key(self) -> str:
        return str(msgspec.json.decode(self.body)["orderId"])


Behave = Callable[["Server", socket.socket, Asked], None]


@dataclass
class Server:
    """`faults` are used up one a request; afterwards every request is committed and answered."""

    faults: list[Behave | None] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    store: dict[str, Any] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    fired: int = 0
    connections: int = 0

    def __enter__(self) -> "Server":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._over = False
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def commit(self, asked: Asked) -> None:
        with self._lock:
            self.store[asked.key] = msgspec.json.decode(asked.body)
            self.commits.append(asked.key)

    def answer(self, asked: Asked) -> bytes:
        """Commit, and say so."""
        self.commit(asked)
        return OK

    def _accept(self) -> None:
        while not self._over:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            while (asked := read_request(connection)) is not None:
                with self._lock:
                    self.asked.append(asked)
                    fault = self.faults.pop(0) if self.faults else None
                    self.fired += fault is not None
                if fault is None:
                    connection.sendall(self.answer(asked))
                    continue
                fault(self, connection, asked)
        except OSError:
            pass
        finally:
            connection.close()


def read_request(connection: socket.socket) -> Asked | None:
    """The next request on a connection, None at its end."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            return None
        head += piece
    raw, _, body = head.partition(b"\r\n\r\n")
    first, *lines = raw.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    while len(body) < length:
        body += connection.recv(65536)
    return Asked(first, headers, body, time.monotonic())


def reset(connection: socket.socket) -> None:
    """Close with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def says(reply: bytes, *, commit: bool = True, close: bool = True) -> Behave:
    """Commit (or not), send these bytes, and close."""

    def behave(server: Server, connection: socket.socket, asked: Asked) -> None:
        if commit:
            server.commit(asked)
        connection.sendall(reply)
        if close:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()  # or what the next request sent meanwhile would still be read

    return behave


def resets(*, commit: bool, after: bytes = b"") -> Behave:
    """Commit (or not), send some bytes, and reset."""

    def behave(server: Server, connection: socket.socket, asked: Asked) -> None:
        if commit:
            server.commit(asked)
        if after:
            connection.sendall(after)
            time.sleep(0.05)
        reset(connection)

    return behave


def drips(reply: bytes, every: float, *, commit: bool = True) -> Behave:
    """Commit and send the reply byte by byte."""

    def behave(server: Server, connection: socket.socket, asked: Asked) -> None:
        if commit:
            server.commit(asked)
        for at in range(len(reply)):
            connection.sendall(reply[at : at + 1])
            time.sleep(every)

    return behave


def waits(until: threading.Event) -> Behave:
    """Commit, and answer only when something has happened."""

    def behave(server: Server, connection: socket.socket, asked: Asked) -> None:
        server.commit(asked)
        until.wait(60)
        connection.sendall(OK)

    return behave


def silent(seconds: float, *, commit: bool, late: bool = False) -> Behave:
    """Commit now, later or never, and say nothing."""

    def behave(server: Server, connection: socket.socket, asked: Asked) -> None:
        if commit and not late:
            server.commit(asked)
        time.sleep(seconds)
        if commit and late:
            server.commit(asked)

    return behave
