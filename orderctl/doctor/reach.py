"""Whether a target's host can be reached: its name, its port, its certificate.

Knows addresses; sends no request.
"""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orderctl.doctor.check import Check, good, wrong
from orderctl.errors import Exit, UsageError

if TYPE_CHECKING:
    from orderctl.config import Target

_SECONDS = 10.0
_PORTS = {"https": 443, "http": 80}


def reach(target: "Target") -> Iterator[Check]:
    """Look up the name, connect, and verify the certificate; with a proxy, only as far as the proxy."""
    url = urlsplit(target.proxy or target.base_url)
    host, port = url.hostname or "", url.port or _PORTS[url.scheme]
    by = "the proxy " if target.proxy else ""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        yield wrong("dns", f"{by}{host} has no address: {_said(error)}", Exit.TEMPORARY)
        return
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    yield good("dns", f"{by}{host} is {', '.join(addresses[:3])}")
    began = time.monotonic()
    try:
        connection = socket.create_connection((host, port), timeout=_SECONDS)
    except OSError as error:
        yield wrong("tcp", f"{by}{host}:{port} does not answer: {_said(error)}", Exit.TEMPORARY)
        return
    with closing(connection):
        yield good("tcp", f"{by}{host}:{port} answers in {(time.monotonic() - began) * 1000:.0f} ms")
        if not target.proxy:
            yield _tls(target, url.scheme, host, connection)


def _tls(target: "Target", scheme: str, host: str, connection: socket.socket) -> Check:
    from orderctl.push.client import tls

    if scheme == "http":
        return good("tls", "none: plain HTTP on this machine")
    try:
        context = tls(target.ca_file)
    except UsageError as error:
        return wrong("tls", str(error), Exit.USAGE)
    try:
        with context.wrap_socket(connection, server_hostname=host) as secure:
            certificate = secure.getpeercert() or {}
            return good("tls", f"{secure.version()}, certificate verified, valid until {certificate.get('notAfter')}")
    except ssl.SSLCertVerificationError as error:
        return wrong("tls", f"the certificate is refused: {error.verify_message}", Exit.REFUSED)
    except OSError as error:
        return wrong("tls", f"no secure connection: {_said(error)}", Exit.TEMPORARY)


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
