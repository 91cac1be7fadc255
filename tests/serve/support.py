"""What the tests of the webhooks share: a server in a process of its own, and a stand-in for Webship, its caller."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec
import pytest

from orderctl.cli import run
from orderctl.listening import in_foreground, listen, server, url_of
from orderctl.mapping.way import Settings
from orderctl.serve import Asked, webhooks

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "a-secret-of-our-own-Zq7"
FORM = "application/x-www-form-urlencoded"
Document = dict[str, Any]


def order(order_id: str, **changes: Any) -> Document:
    """An order in List Orders' own shape, with two lines."""
    document = {
        "orderId": order_id,
        "orderNumber": f"#{order_id}",
        "orderDate": 1444148650,
        "shipping_total": "5.00",
        "receiver": {"name": "Ann Example", "address1": "1 Secret Street", "city": "Boston", "country": "US"},
        "items": [
            {"productId": "856673", "sku": "HAT", "title": "Hat", "price": "3.50", "quantity": "3"},
            {"productId": "856674", "sku": "SOCK", "title": "Sock", "price": "1.00", "quantity": "1"},
        ],
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def write(path: Path, orders: Sequence[Document]) -> Path:
    """Write orders in List Orders' envelope, the whole file at once."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(msgspec.json.encode({"orders": list(orders)}))
    os.replace(draft, path)
    return path


@dataclass
class Served:
    """A server that runs: where, and what it told."""

    url: str
    shipments: Path
    told: list[str] = field(default_factory=list)

    def lines(self) -> list[Document]:
        """The shipments that are kept."""
        return [msgspec.json.decode(line) for line in self.shipments.read_bytes().splitlines()]

    def wait_for(self, words: str) -> str:
        """Wait until the server has told something."""
        for _ in range(500):
            if found := next((line for line in self.told if words in line), None):
                return found
            threading.Event().wait(0.02)
        raise AssertionError(f"{words!r} was not told: {self.told}")


@contextmanager
def served(*files: Path | str, shipments: Path) -> Iterator[Served]:
    """A server of these files in a thread, at a free port."""
    told: list[str] = []
    asked = Asked([str(file) for file in files], shipments, "WEBHOOK_SECRET", Settings())
    with webhooks(asked, {"WEBHOOK_SECRET": SECRET}, told.append, told.append) as app:
        listening = listen("127.0.0.1", 0)
        ready = threading.Event()
        running = server(app, ready.set, http="h11", timeout_graceful_shutdown=10)
        thread = threading.Thread(target=in_foreground, args=(running, listening), daemon=True)
        thread.start()
        try:
            assert ready.wait(10)
            yield Served(url_of("127.0.0.1", listening.getsockname()[1]), shipments, told)
        finally:
            running.should_exit = True
            thread.join(15)


@dataclass
class ServedApart(Served):
    """A server that runs in a process of its own."""

    process: "subprocess.Popen[str]" = field(kw_only=True)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def served_apart(*files: Path | str, shipments: Path, flags: Sequence[str] = ()) -> Iterator[ServedApart]:
    """A server of these files as users run it."""
    process = subprocess.Popen(
        [*command(*files, shipments=shipments), *flags],
        env={**os.environ, "PYTHONPATH": str(ROOT), "WEBHOOK_SECRET": SECRET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    told: list[str] = []
    listening = threading.Event()
    reader = threading.Thread(target=_listen, args=(process, told, listening), daemon=True)
    reader.start()
    try:
        assert listening.wait(30), told
        found = [match[1] for line in told if (match := re.match(r"Listening at (\S+):", line))]
        assert found, told
        yield ServedApart(found[0], shipments, told, process=process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(15)
        reader.join(5)
        assert process.stderr is not None
        process.stderr.close()


def command(*files: Path | str, shipments: Path) -> list[str]:
    """The command that serves these files."""
    flags = ["--secret-from", "WEBHOOK_SECRET", "--port", "0", "--shipments", str(shipments)]
    return [sys.executable, "-m", "orderctl", "serve", *map(str, files), *flags]


@dataclass(frozen=True)
class Refused:
    """How a command ended by itself, and what it said."""

    returncode: int
    stderr: str


def refused(*arguments: str, **environ: str) -> Refused:
    """Run a serve command that is expected to end by itself."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(said):
        for name, value in environ.items():
            patch.setenv(name, value)
        code = run(["serve", *arguments])
    return Refused(code, said.getvalue())


def _listen(process: "subprocess.Popen[str]", told: list[str], listening: threading.Event) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        told.append(line.rstrip("\n"))
        if line.startswith("Listening at"):
            listening.set()
    listening.set()


class Webship:
    """Webship's side of the webhooks: it lists, it ships, it tells what it shipped."""

    def __init__(self, url: str, key: str | None = SECRET) -> None:
        headers = {} if key is None else {"x-rsis-key": key}
        once = httpx.Limits(max_keepalive_connections=0)
        self.http = httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False, limits=once, verify=False)

    def list_orders(self) -> list[Document]:
        answer = self.http.get("/orders")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        found = answer.json()
        assert list(found) == ["orders"]
        orders: list[Document] = found["orders"]
        return orders

    def listed(self) -> list[str]:
        return [order["orderId"] for order in self.list_orders()]

    def get_order(self, order_id: str) -> httpx.Response:
        return self.http.get(f"/order?orderId={quote(order_id, safe='')}")

    def update(self, fields: dict[str, str]) -> httpx.Response:
        return self.send(urlencode(fields))

    def send(self, body: str | bytes, kind: str | None = FORM) -> httpx.Response:
        headers = {} if kind is None else {"Content-Type": kind}
        return self.http.post("/update", content=body, headers=headers)

    def ship(self, order_id: str, number: str = "1Z1", **items: int) -> httpx.Response:
        """Tell of a parcel with so many pieces of each product; without any, of the whole order."""
        fields = {"orderId": order_id, "carrier": "ups", "trackingNumbers": number}
        for at, (product, quantity) in enumerate(items.items()):
            fields |= {f"items[{at}][id]": product.lstrip("p"), f"items[{at}][quantity]": str(quantity)}
        return self.update(fields)


def is_ok(answer: httpx.Response) -> bool:
    """Whether an update was confirmed."""
    return answer.status_code == 200 and answer.json() == {"ok": True}
