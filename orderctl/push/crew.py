"""Who sends the requests: workers with a connection each, or the caller's own thread in simulated time.

Knows no order: a ticket goes in with a request, and comes out with its answer.
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol, TypeAlias

from orderctl.errors import UsageError
from orderctl.push.client import Client, NoAnswer, Way, tls
from orderctl.systems.wire import Answer, Request

Ticket: TypeAlias = int
Came: TypeAlias = tuple[Ticket, Answer | NoAnswer | BaseException]
"""An answer, or the error that came instead of one."""

_NO_THREAD = "the system gives no thread to send with; raise its limit of processes or of memory; nothing was sent"


class Crew(Protocol):
    """Sends requests, several at once."""

    def submit(self, ticket: Ticket, request: Request) -> None:
        """Send a request as soon as a worker is free."""

    def wait(self, seconds: float | None) -> list[Came]:
        """The answers that are there, at latest after so many seconds; None waits for the first."""

    def wake(self) -> None:
        """End a wait; safe in a signal handler."""

    def close(self) -> None:
        """Let the workers go home; those that still wait for an answer are left behind."""


class Workers:
    """Threads with one client each, made when first needed. All share one TLS context."""

    def __init__(self, way: Way, count: int) -> None:
        self._way = way
        self._context = tls(way.ca_file) if way.transport is None else None
        self._jobs: SimpleQueue[tuple[Ticket, Request] | None] = SimpleQueue()
        self._answers: SimpleQueue[Came | None] = SimpleQueue()
        self._count = count
        self._threads: list[threading.Thread] = []
        self._busy = 0

    def submit(self, ticket: Ticket, request: Request) -> None:
        """Send a request as soon as a worker is free; without any, the answer is why there is none."""
        self._busy += 1
        if self._busy > len(self._threads) and len(self._threads) < self._count:
            self._add_worker()
        if self._threads:
            self._jobs.put((ticket, request))
        else:
            self._answers.put((ticket, UsageError(_NO_THREAD)))

    def _add_worker(self) -> None:
        """Begin one more worker; where the system gives no thread for it, those that are there do the work."""
        thread = threading.Thread(target=self._work, name=f"push-{len(self._threads)}", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._count = len(self._threads)
        else:
            self._threads.append(thread)

    def wait(self, seconds: float | None) -> list[Came]:
        """The answers that are there, at latest after so many seconds; None waits for the first."""
        try:
            first = self._answers.get(timeout=seconds)
        except Empty:
            return []
        if first is None:
            return []
        self._busy -= 1
        return [first]

    def wake(self) -> None:
        """End a wait; safe in a signal handler."""
        self._answers.put(None)

    def close(self) -> None:
        """Let idle workers close their connections and end."""
        for _ in self._threads:
            self._jobs.put(None)
        if not self._busy:
            for thread in self._threads:
                thread.join(timeout=1.0)

    def _work(self) -> None:
        client = Client(self._way, self._context)
        while (job := self._jobs.get()) is not None:
            self._answers.put(_answered(client, *job))
        client.close()


class Alone:
    """The caller's own thread: a request is answered at once, a wait is the given sleep."""

    def __init__(self, way: Way, sleep: Callable[[float], None]) -> None:
        self._client = Client(way, tls(way.ca_file) if way.transport is None else None)
        self._sleep = sleep
        self._answers: list[Came] = []

    def submit(self, ticket: Ticket, request: Request) -> None:
        """Send a request now."""
        self._answers.append(_answered(self._client, ticket, request))

    def wait(self, seconds: float | None) -> list[Came]:
        """The answers that are there; with none, sleep."""
        if not self._answers and seconds:
            self._sleep(seconds)
        return [self._answers.pop(0)] if self._answers else []

    def wake(self) -> None:
        """Nothing to wake: the caller's thread is here."""

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _answered(client: Client, ticket: Ticket, request: Request) -> Came:
    """The answer; a bug too goes to the engine's thread, which raises it after noting what else is in flight."""
    try:
        return ticket, client.send(request)
    except BaseException as bug:
        return ticket, bug
