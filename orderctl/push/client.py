"""HTTP: sends one request and brings back the whole answer, or says how sure it is that nothing was sent.

The only module that imports httpx; knows no system and no journal. A synchronous client per worker, not one
asynchronous client: that takes two to ten times as long per request. Timeouts of a client bound single reads only, so
every read and write of the socket gets what is left of one total deadline: dripped headers and bodies end with it.
"""

import logging
import re
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpcore
import httpx
import msgspec

import orderctl
from orderctl.errors import UsageError
from orderctl.files.writing import json_bytes
from orderctl.push.network import Deadline, Network
from orderctl.systems.wire import NOT_JSON, Answer, Request

BIGGEST_ANSWER = 2 * 1024 * 1024
_KEEP_ALIVE = 5.0
_CONNECT = 10.0
_SHOWN = 2000

_decode = msgspec.json.Decoder(float_hook=Decimal).decode

for _name in ("httpx", "httpcore"):  # they log every URL, and a URL holds order ids
    logging.getLogger(_name).disabled = True


class Sure(StrEnum):
    """What is sure after a request without an answer."""

    NOT_SENT = "not sent"
    CERTIFICATE = "certificate refused"
    UNSENDABLE = "cannot be sent"
    NOTHING = "may have arrived"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A request that got no whole answer."""

    sure: Sure
    message: str


@dataclass(frozen=True, slots=True)
class Way:
    """The way to one target: everything that its requests share."""

    base_url: str
    headers: Mapping[str, str]
    timeout: float
    proxy: str | None = None
    ca_file: str | None = None
    transport: httpx.BaseTransport | None = None


class Client:
    """One connection to one target, for one thread."""

    def __init__(self, way: Way, context: ssl.SSLContext | None) -> None:
        self._way = way
        self._base = httpx.URL(way.base_url)
        self._deadline = Deadline()
        # The transport alone: a client of httpx would add redirects, cookies and a third to the cost of a request.
        self._transport = way.transport or _Transport(self._deadline, context, way.proxy)
        self._through = f"through the proxy {urlsplit(way.proxy).netloc.rpartition('@')[2]}: " if way.proxy else ""
        timeout = httpx.Timeout(way.timeout, connect=min(_CONNECT, way.timeout))
        self._extensions = {"timeout": timeout.as_dict()}
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"orderctl/{orderctl.__version__}",
            **way.headers,
        }

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def send(self, request: Request) -> Answer | NoAnswer:
        """Send one request; the whole of it, answer included, within the timeout. No redirect is followed."""
        self._deadline.begin(self._way.timeout)
        try:
            built = self._build(request)
            if not self._as_planned(built, request):
                return NoAnswer(Sure.UNSENDABLE, "the URL that would be asked is not the order's own")
            response = self._transport.handle_request(built)
            try:
                return _read(response)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            return NoAnswer(_sure(error), f"{self._through}{_said(error)}")

    def _build(self, request: Request) -> httpx.Request:
        content = None if request.body is None else json_bytes(request.body, indent=False)
        headers = self._headers if content is None else {**self._headers, "Content-Type": "application/json"}
        url = url_of(self._way.base_url, request)
        return httpx.Request(request.method, url, headers=headers, content=content, extensions=self._extensions)

    def _as_planned(self, built: httpx.Request, request: Request) -> bool:
        """Whether the built URL is the planned one: httpx resolves dot segments, which could lead to another order."""
        planned = url_of("", request).encode("ascii")
        same_host = (built.url.scheme, built.url.host, built.url.port) == (
            self._base.scheme,
            self._base.host,
            self._base.port,
        )
        return same_host and built.url.raw_path == self._base.raw_path.rstrip(b"/") + planned


def url_of(base_url: str, request: Request) -> str:
    """The URL of a request: each path part percent-encoded, a slash in it too."""
    path = "/".join(quote(part, safe="") for part in request.path)
    query = f"?{urlencode(request.query, quote_via=quote, safe='')}" if request.query else ""
    return f"{base_url.rstrip('/')}/{path}{query}"


@lru_cache
def tls(ca_file: str | None) -> ssl.SSLContext:
    """The TLS settings that all connections of a process share: certificates are verified, always.

    Raises UsageError when the extra authorities cannot be read.
    """
    context = httpx.create_ssl_context(verify=True, trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"ca_file {ca_file}: no certificates can be read from it: {error}") from error
    return context


def _read(response: httpx.Response) -> Answer | NoAnswer:
    body = bytearray()
    # A transport in process may hand over an answer that has been read already.
    for piece in (response.content,) if response.is_stream_consumed else response.iter_raw():
        body += piece
        if len(body) > BIGGEST_ANSWER:
            return NoAnswer(Sure.NOTHING, f"the answer is larger than {BIGGEST_ANSWER} bytes")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, _parsed(bytes(body), headers), _text(bytes(body)))


def _parsed(body: bytes, headers: Mapping[str, str]) -> object:
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        return NOT_JSON
    try:
        return _decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return NOT_JSON


def _text(body: bytes) -> str:
    return body[:_SHOWN].decode("utf-8", "replace")


_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_UNSENDABLE = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError)


def _sure(error: Exception) -> Sure:
    """What the kind of an error proves; a read error is the same before, during and after the system's commit."""
    if isinstance(error, _NOT_SENT):
        return Sure.CERTIFICATE if _has_cause(error, ssl.SSLCertVerificationError) else Sure.NOT_SENT
    return Sure.UNSENDABLE if isinstance(error, _UNSENDABLE) else Sure.NOTHING


def _has_cause(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _said(error: Exception) -> str:
    words: dict[type[Exception], str] = {
        httpx.ConnectTimeout: "connecting took too long",
        httpx.ReadTimeout: "no whole answer in time",
    }
    return words.get(type(error)) or re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__


class _Transport(httpx.BaseTransport):
    """httpx's own transport, but with a network whose every wait is bounded by the deadline."""

    def __init__(self, deadline: Deadline, context: ssl.SSLContext | None, proxy: str | None) -> None:
        shared: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": 1,
            "keepalive_expiry": _KEEP_ALIVE,
            "network_backend": Network(deadline),
        }
        self._pool = _through(proxy, shared) if proxy else httpcore.ConnectionPool(**shared)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and begin its answer, on a connection that holds nothing of an earlier one."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        assert isinstance(request.stream, httpx.SyncByteStream)
        asked = httpcore.Request(
            request.method,
            url,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        _drop_surplus(self._pool)
        try:
            answer = self._pool.handle_request(asked)
        except _CORE_ERRORS as error:
            raise _as_httpx(error) from error
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer.stream))

    def close(self) -> None:
        self._pool.close()


def _through(proxy: str, shared: dict[str, Any]) -> httpcore.HTTPProxy:
    """A pool that goes through a proxy; user and password may stand in its URL."""
    parsed = httpx.Proxy(proxy)
    return httpcore.HTTPProxy(str(parsed.url), proxy_auth=parsed.raw_auth, **shared)


def _drop_surplus(pool: httpcore.ConnectionPool) -> None:
    """Close a connection on which more came than one answer: the rest would pass for the answer to the next request.

    httpcore sees only what has not been read yet; what has, h11 keeps (there is no public way to it).
    """
    for connection in pool.connections:
        state = getattr(getattr(connection, "_connection", None), "_h11_state", None)
        if state is not None and state.trailing_data[0]:
            connection.close()


class _Stream(httpx.SyncByteStream):
    """The body of an answer, its errors named as httpx names them."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Any:
        try:
            yield from self._stream
        except _CORE_ERRORS as error:
            raise _as_httpx(error) from error

    def close(self) -> None:
        self._stream.close()  # type: ignore[attr-defined]


_CORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


def _as_httpx(error: Exception) -> httpx.TransportError:
    """httpx names its errors as httpcore does."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.TransportError)
    return kind(str(error))
