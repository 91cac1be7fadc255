"""The sandbox: one local server that stands in for every system, by the book of its documents.

It encodes the vendors' pages and what was seen of the real servers, not the servers themselves.
Knows no rule of any system: those lie in `orderctl/systems/<name>/sandbox.py`.
"""

import contextlib
import pathlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orderctl import systems as known

PORT = 8800
"""Where `orderctl sandbox` listens unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that runs, or may: where it is, and what it lets in."""

    host: str = "127.0.0.1"
    port: int = PORT
    _fired: Callable[[], dict[str, int]] = field(default=dict, repr=False)

    @property
    def url(self) -> str:
        """The address of the page."""
        from orderctl.listening import url_of

        return url_of(self.host, self.port)

    def base_url(self, system: str) -> str:
        """What stands for the system's own base URL."""
        return f"{self.url}/{system}"

    def credentials(self, system: str) -> Mapping[str, str]:
        """The ids and keys that the sandbox accepts, by their names in the configuration; harmless."""
        from orderctl.sandbox.desk import stand_in

        return dict(stand_in(system).CREDENTIALS)

    def fired(self) -> Mapping[str, int]:
        """How often each fault that was asked for has shown, by its spec."""
        return self._fired()


@contextlib.contextmanager
def running(
    systems: Sequence[str] | None = None,
    *,
    store: pathlib.Path,
    limits: bool,
    faults: Sequence[str] = (),
    seed: int = 0,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Running]:
    """A sandbox in a thread of this process, real HTTP on loopback, until the block ends.

    `store` is the SQLite file that keeps the orders. `clock`, in seconds, is what limits are measured by.
    Raises UsageError for a fault that cannot be read, a store or an address that cannot be used.
    """
    from orderctl.listening import listen
    from orderctl.sandbox import app, desk, server

    with desk.opened(systems or known.names(), store, limits, faults, seed, host, clock) as open_desk:
        listening = listen(host, port)
        with server.in_background(app.application(open_desk), listening):
            yield Running(host, listening.getsockname()[1], open_desk.fired)


def serve(
    host: str,
    port: int,
    *,
    store: pathlib.Path,
    faults: Sequence[str],
    limits: bool,
    seed: int,
    say: Callable[[str], None],
) -> None:
    """The sandbox in the foreground, until a signal ends it; `say` gets each line meant for people.

    Raises UsageError as `running` does.
    """
    from orderctl.listening import in_foreground, listen
    from orderctl.sandbox import app, desk, server

    with desk.opened(known.names(), store, limits, faults, seed, host, time.monotonic) as open_desk:
        listening = listen(host, port)
        running = Running(host, listening.getsockname()[1], open_desk.fired)

        def welcome() -> None:
            """Say where the sandbox is, once it listens."""
            for line in _welcome(running):
                say(line)

        in_foreground(server.made(app.application(open_desk), welcome), listening)


def _welcome(sandbox: Running) -> Iterator[str]:
    from orderctl.sandbox.app import is_ours

    yield f"The sandbox's page: {sandbox.url}/"
    if not is_ours(sandbox.host, "localhost"):
        yield "Whoever reaches this machine can read what arrives there: it has no password."
    yield "It stands in by the vendors' documents, not by their servers. To push to it:"
    for name in known.names():
        system, credentials = known.load(name), sandbox.credentials(name)
        yield f"export {system.base_url_env}={sandbox.base_url(name)}"
        for setting in (*system.settings, *system.credentials):
            yield f"export {setting.env}={credentials[setting.key]}"
    yield "Ctrl-C ends it; the orders stay."
