"""A vendor for many accounts on a loopback socket, in a process of its own: COUNTS every commit and its time.

`python counter.py [FAULTS [SEED [LATENCY]]]` prints its port; LATENCY is in seconds. It speaks Webship
(PUT …/customers/C/…/orders/ID, idempotent) and Starshipit (POST /api/orders makes a new order each time; a look-up
tells). One write in FAULTS meets a wire fault: committed and reset, reset before it is read, or committed and never
answered. `GET /report` tells all as JSON.
"""

import asyncio
import json
import random
import sys
import time
from urllib.parse import parse_qs, unquote, urlsplit

OK = {"ok": True}
SILENCE = 3.0


class Vendor:
    """What arrived."""

    def __init__(self, faults: int = 0, seed: int = 0, latency: float = 0.0) -> None:
        self.faults, self.latency = faults, latency
        self.chance = random.Random(seed)
        self.commits: dict[str, int] = {}
        self.orders: dict[str, dict[str, dict[str, object]]] = {}
        self.times: list[float] = []
        self.fired = self.requests = 0

    def fault(self) -> int | None:
        """Which fault a write meets, if any."""
        if not self.faults or self.chance.randrange(self.faults):
            return None
        self.fired += 1
        return self.chance.randrange(3)

    def commit(self, method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, object]:
        """Take a write."""
        path = urlsplit(target).path
        if "/customers/" in path:
            parts = path.split("/")
            name = f"{unquote(parts[4])} {unquote(parts[-1])}"
            self.commits[name] = self.commits.get(name, 0) + 1
            return OK
        account, order = headers["starshipit-api-key"], json.loads(body)["order"]
        mine = self.orders.setdefault(account, {})
        if method == "POST":
            order["order_id"] = len(mine) + 1
            order["items"] = [{**item, "item_id": at} for at, item in enumerate(order["items"], 1)]
            mine[str(order["order_id"])] = order
            name = f"{account} {order['order_number']}"
            self.commits[name] = self.commits.get(name, 0) + 1
        return {"success": True, "order": order}

    def look(self, target: str, headers: dict[str, str]) -> dict[str, object]:
        """Answer a look-up."""
        asked = parse_qs(urlsplit(target).query)
        mine = self.orders.get(headers["starshipit-api-key"], {})
        found = [one for one in mine.values() if one["order_number"] == asked.get("order_number", [None])[0]]
        if not found:
            return {"success": False, "errors": [{"message": "Order not found"}]}
        return {"success": True, "order": found[0] if len(found) == 1 else found}

    def report(self) -> dict[str, object]:
        """All that is known."""
        counts = {"fired": self.fired, "requests": self.requests}
        return {"commits": self.commits, "times": self.times, **counts}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, target, _ = head[0].split(" ")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                if target == "/report":
                    reply: dict[str, object] | None = self.report()
                else:
                    reply = await self._answer(method, target, headers, body)
                if reply is None:
                    writer.transport.abort()
                    return
                content = json.dumps(reply).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, object] | None:
        self.times.append(time.monotonic())
        self.requests += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        if method == "GET":
            return self.look(target, headers)
        fault = self.fault()
        if fault == 1:
            return None
        reply = self.commit(method, target, headers, body)
        if fault == 2:
            await asyncio.sleep(SILENCE)
        return None if fault is not None else reply


async def main() -> None:
    given = sys.argv[1:]
    vendor = Vendor(*map(int, given[:2]), *map(float, given[2:]))
    server = await asyncio.start_server(vendor.serve, "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
