"""What one push is made of, each in a process of its own: `python push_units.py UNIT ARGUMENTS`, figures on stdout.

`serve SECONDS` answers every request so late; `bare` posts a body with httpx alone; `push` brings orders with the
engine and tells what of it the journal took, its hashes included. Knows Webship's answer and nothing else of it.
"""

import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

SCATTERING = 2654435761
"""Counts times this, within 32 bits, lie about as the keys of shops do: no two are neighbours (Knuth's hashing)."""
BODY = Path(__file__).resolve().parent.parent
ANSWER = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"ok": true}'


def serve(delay: float) -> None:
    """Answer `{"ok": true}` to everything, each request after so many seconds; says its port first."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection, delay), daemon=True).start()


def _answer(connection: socket.socket, delay: float) -> None:
    rest = b""
    while piece := connection.recv(65536):
        rest += piece
        while b"\r\n\r\n" in rest:
            head, _, body = rest.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(body) < length:
                break
            rest = body[length:]
            time.sleep(delay)
            connection.sendall(ANSWER)


def bare(url: str, count: int) -> dict[str, float]:
    """Post a body so many times with one client of httpx; processor seconds and real ones."""
    import httpx

    (candidate,) = _candidates(1)
    body = json.dumps(candidate.document).encode()
    with httpx.Client(headers={"Authorization": "RSIS key", "Content-Type": "application/json"}) as client:
        client.post(url, content=body)
        began, real = time.process_time(), time.monotonic()
        for _ in range(count):
            client.post(url, content=body).json()
        return {"cpu": time.process_time() - began, "real": time.monotonic() - real}


def push(url: str, count: int, state: str, concurrency: int, first: int) -> dict[str, float]:
    """Push so many orders; processor seconds, those of the journal among them, and real ones."""
    from orderctl import push as pushing
    from orderctl.config import Secret, Target
    from orderctl.push.fingerprint import Fingerprints
    from orderctl.push.journal import Journal

    kept = {Journal: ("begin", "settled", "entries", "intend", "note", "end"), Fingerprints: ("document", "leaves")}
    spent = _watched(kept)
    common: dict[str, Any] = {"account": None, "batch": 1, "settle": None, "environment": None, "proxy": None}
    common |= {"ca_file": None, "defaults": {}, "maps": {}, "sandbox": False, "rate": "100000/second"}
    target = Target(
        name="webship",
        system="webship",
        base_url=url,
        settings={"customer_id": "C", "integration_id": "I"},
        secrets={"api_key": Secret("key")},
        state_dir=Path(state),
        **common,
    )
    orders = _candidates(count, first)
    options = pushing.Options(concurrency=concurrency)
    pushing.push(_candidates(1, -1), target, options, pushing.World(), lambda _: None)
    spent[0] = 0.0
    began, real = time.process_time(), time.monotonic()
    summary = pushing.push(orders, target, options, pushing.World(), lambda _: None)
    assert summary.exit_code == 0, summary
    return {"cpu": time.process_time() - began, "journal": spent[0], "real": time.monotonic() - real}


def _watched(kinds: dict[type, tuple[str, ...]]) -> list[float]:
    """Let the processor time of these methods add up; one within another counts once."""
    spent, depth = [0.0], [0]

    def watch(kind: type, name: str) -> None:
        method = getattr(kind, name)

        def timed(*given: Any, **named: Any) -> Any:
            depth[0] += 1
            began = time.thread_time()
            try:
                return method(*given, **named)
            finally:
                depth[0] -= 1
                spent[0] += 0.0 if depth[0] else time.thread_time() - began

        setattr(kind, name, timed)

    for kind, names in kinds.items():
        for name in names:
            watch(kind, name)
    return spent


def _candidates(count: int, first: int = 0) -> list[Any]:
    """Orders of the size that the other rows use."""
    sys.path.insert(0, str(BODY))
    from bench.orders import orders
    from orderctl.push import Candidate, Meant

    (document,) = orders("webship", 1)
    keys = [f"{(first + at) * SCATTERING % 2**32:08X}" for at in range(count)]
    return [
        Candidate("f", at, 1, {**document, "orderId": key}, key, key, Meant("pending")) for at, key in enumerate(keys)
    ]


def main(unit: str, *given: str) -> None:
    """Run a unit and print its figures."""
    if unit == "serve":
        serve(float(given[0]))
    elif unit == "bare":
        print(json.dumps(bare(given[0], int(given[1]))))
    else:
        print(json.dumps(push(given[0], int(given[1]), given[2], int(given[3]), int(given[4]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
