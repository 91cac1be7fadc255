"""The webhook side of Webship: lists the orders of files that are ready, and keeps the shipments that it is told of.

Light to import: the server and its parts are loaded when it runs. Knows the order of the parts, no part itself.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orderctl.files import Format
    from orderctl.mapping.way import Settings


def serve(
    files: Sequence[str],
    *,
    host: str,
    port: int,
    shipments: Path,
    secret_from: str,
    shape: str | None,
    input_format: "Format | None",
    settings: "Settings",
    allow_empty: bool,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    note: Callable[[str], None],
) -> None:
    """Serve the orders of these files until a signal ends it.

    `say` gets what people must know, `note` one line per request. Raises UsageError for a secret, a file of shipments
    or an address that cannot be used, NoInput where there is no order, Locked where another server keeps the file.
    """
    from orderctl.serve import app, server
    from orderctl.serve.desk import Desk
    from orderctl.serve.secret import secret_from as read_secret
    from orderctl.serve.shipments import opened
    from orderctl.serve.stock import Stock

    secret = read_secret(secret_from, environ)
    stock = Stock(files, shape, input_format, settings, say)
    stock.load(allow_empty=allow_empty)
    with opened(shipments, say) as book:
        listening = server.listen(host, port)
        say(f"Shipments go to {shipments}; it holds {len(book)}")
        say("Each request needs the header x-rsis-key. This is plain HTTP: let Webship call through TLS in front of it")
        say(f"Listening at {server.address_of(host, listening)}: GET /orders, GET /order?orderId=, POST /update")
        server.run(app.application(Desk(stock, book, say), secret, note), listening)
