"""The webhook side of Webship: lists the orders of files that are ready, and keeps the shipments that it is told of.

Light to import: the server and its parts are loaded when it runs. Knows the order of the parts, no part itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from orderctl.files import Format
    from orderctl.mapping.way import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be served: `shipments` is the file that keeps them, `secret_from` a variable or a file."""

    files: Sequence[str]
    shipments: Path
    secret_from: str
    settings: "Settings"
    shape: str | None = None
    input_format: "Format | None" = None
    allow_empty: bool = False


def serve(
    asked: Asked,
    host: str,
    port: int,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    note: Callable[[str], None],
) -> None:
    """Serve until a signal ends it; `say` gets what people must know, `note` one line per request.

    Raises UsageError for an address that cannot be had, and what `webhooks` raises.
    """
    from orderctl.listening import in_foreground, listen, server, url_of

    with webhooks(asked, environ, say, note) as app:
        listening = listen(host, port)
        address = url_of(host, listening.getsockname()[1])
        in_foreground(server(app, lambda: _welcome(address, say), http="h11", timeout_graceful_shutdown=10), listening)


def _welcome(address: str, say: Callable[[str], None]) -> None:
    say("Each request needs the header x-rsis-key. This is plain HTTP: let Webship call through TLS in front of it")
    say(f"Listening at {address}: GET /orders, GET /order?orderId=, POST /update")


@contextmanager
def webhooks(
    asked: Asked, environ: Mapping[str, str], say: Callable[[str], None], note: Callable[[str], None]
) -> "Iterator[ASGIApp]":
    """The webhooks as an application, with the file of shipments held until the block ends.

    Raises UsageError for a secret or a file of shipments that cannot be used, NoInput where there is no order, Locked
    where another server keeps the file.
    """
    from orderctl.serve.app import application
    from orderctl.serve.desk import Desk
    from orderctl.serve.secret import secret_from
    from orderctl.serve.shipments import opened
    from orderctl.serve.stock import Stock

    secret = secret_from(asked.secret_from, environ)
    stock = Stock(asked.files, asked.shape, asked.input_format, asked.settings, say)
    stock.load(allow_empty=asked.allow_empty)
    with opened(asked.shipments, say) as kept:
        say(f"Shipments go to {asked.shipments}; it holds {len(kept):,}")
        yield application(Desk(stock, kept, say), secret, note)
