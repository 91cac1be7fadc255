"""What the tests of reports share: orders, a target that answers as told, the command line in this process."""

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from conftest import ROOT
from typed import Done, typed, world

WEBSHIP = json.loads((ROOT / "samples/webship/orders.json").read_text(encoding="utf-8"))[0]


def order(key: str, **changes: Any) -> dict[str, Any]:
    """A valid Webship order."""
    return {**WEBSHIP, "orderId": key, "orderNumber": f"N-{key}", **changes}


def save(path: Path, *orders: object) -> str:
    """Orders as a JSON array, one a line; the file's name."""
    path.write_text("[\n" + ",\n".join(json.dumps(one) for one in orders) + "\n]\n", encoding="utf-8")
    return path.name


def orderctl(*arguments: str, cwd: Path, **variables: str) -> Done:
    """Run the real command line in this process."""
    return typed(arguments, cwd, environment(cwd, **variables))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "orderctl", *arguments]


def environment(cwd: Path, **variables: str) -> dict[str, str]:
    own = {"PYTHONPATH": str(ROOT), "ORDERCTL_STATE_DIR": str(cwd / "state"), "COLUMNS": "80"}
    return world(cwd / "home", **{**own, **variables})


class Target:
    """A Webship that answers each order as told, else with success; what arrived is kept."""

    def __init__(self, answers: Mapping[str, tuple[int, object]]) -> None:
        self.answers = answers
        self.arrived: list[str] = []
        self.port = 0

    def flags(self) -> list[str]:
        return ["--to", "webship", "--rate", "1000/second", "--max-attempts", "1", "--timeout", "5"]

    def variables(self) -> dict[str, str]:
        return {
            "WEBSHIP_BASE_URL": f"http://127.0.0.1:{self.port}",
            "WEBSHIP_CUSTOMER_ID": "C1",
            "WEBSHIP_INTEGRATION_ID": "7",
            "WEBSHIP_API_KEY": "s3cret-key",
        }


@contextmanager
def target(answers: Mapping[str, tuple[int, object]] | None = None) -> Iterator[Target]:
    """A target on a port of its own."""
    told = Target(answers or {})

    class Desk(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            key = unquote(self.path.rsplit("/", 1)[1])
            told.arrived.append(key)
            status, body = told.answers.get(key, (200, {"ok": True}))
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


def push(told: Target, *arguments: str, cwd: Path) -> Done:
    """Push to a target."""
    return orderctl("push", *arguments, *told.flags(), cwd=cwd, **told.variables())
