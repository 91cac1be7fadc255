"""The sandbox as one application: which first word of a path goes to which system, and what goes to the page.

Knows no rule of any system. Only names of this machine are answered, so that no website can reach in by DNS.
"""

import ipaddress

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from orderctl.sandbox.desk import Desk, counter
from orderctl.sandbox.page import pages


def application(desk: Desk) -> ASGIApp:
    """The whole sandbox as an ASGI application."""
    counters = {system: counter(desk, system) for system in desk.systems}
    page = pages(desk.store)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to this machine; refuse one to any other name."""
        if not is_ours(_host(scope), desk.host):
            refusal = PlainTextResponse("This host name is not the sandbox's own.\n", 421)
            await refusal(scope, receive, send)
        else:
            first = scope["raw_path"].decode("latin-1").split("/")[1:2]
            await counters.get("".join(first), page)(scope, receive, send)

    return call


def is_ours(host: str, bound: str) -> bool:
    """Whether a Host header names this machine's loopback, or the address that the sandbox was told to take.

    Where that is every address of the machine, any address will do: a rebound DNS name is never an address.
    """
    name = host.lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    if name in ("localhost", bound.lower()):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or bound in ("0.0.0.0", "::")


def _host(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
