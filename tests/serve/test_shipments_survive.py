"""No shipment that was confirmed is ever lost or doubled: kill -9, torn lines, full disks, many callers."""

import concurrent.futures
import resource
import threading
from pathlib import Path

import httpx
import msgspec
import pytest

from .support import SECRET, ServedApart, Webship, is_ok, order, refused, served, served_apart, write

RUNS = 3
ORDERS = 120


@pytest.mark.parametrize("run", [0, *(pytest.param(run, marks=pytest.mark.long) for run in range(1, RUNS))])
def test_kill_9_in_the_middle_of_updates_loses_and_doubles_nothing(tmp_path: Path, run: int) -> None:
    ids = [f"A-{number}" for number in range(ORDERS)]
    path = write(tmp_path / "orders.json", [order(order_id) for order_id in ids])
    confirmed: set[str] = set()
    with served_apart(path, shipments=tmp_path / "shipments.jsonl") as server:
        enough = threading.Event()

        def ship(mine: list[str]) -> None:
            caller = Webship(server.url)
            for order_id in mine:
                try:
                    answer = caller.ship(order_id, f"1Z-{order_id}", p856673=3, p856674=1)
                except httpx.TransportError:
                    return
                assert is_ok(answer)
                confirmed.add(order_id)
                if len(confirmed) > 15 + 20 * run:
                    enough.set()

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(ship, ids[at::4]) for at in range(4)]
            assert enough.wait(30)
            server.kill()
        for future in futures:
            future.result()
    assert 15 < len(confirmed) < ORDERS
    with served(path, shipments=tmp_path / "shipments.jsonl") as again:
        kept = [line["order"] for line in again.lines()]
        assert confirmed <= set(kept)
        assert len(kept) == len(set(kept)) <= len(confirmed) + 4
        webship = Webship(again.url)
        assert sorted(webship.listed()) == sorted(set(ids) - set(kept))
        for order_id in ids:
            assert is_ok(webship.ship(order_id, f"1Z-{order_id}", p856673=3, p856674=1))
        assert webship.listed() == []
        assert sorted(line["order"] for line in again.lines()) == sorted(ids)


def test_updates_at_once_are_each_kept_once_and_add_up(tmp_path: Path) -> None:
    lines = [{"productId": "856673", "title": "Hat", "quantity": "40"}]
    path = write(tmp_path / "orders.json", [order("A-1", items=lines)])
    with served(path, shipments=tmp_path / "shipments.jsonl") as server:

        def ship(number: int) -> bool:
            return is_ok(Webship(server.url).ship("A-1", f"1Z-{number % 30}", p856673=1))

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            assert all(pool.map(ship, range(90)))
        assert sorted(line["tracking_numbers"][0] for line in server.lines()) == sorted(f"1Z-{n}" for n in range(30))
        assert Webship(server.url).list_orders()[0]["items"][0]["quantity"] == "10"


def test_a_torn_last_line_is_cut_off_with_a_word_and_the_rest_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1"), order("A-2")])
    kept = tmp_path / "shipments.jsonl"
    with served(path, shipments=kept) as server:
        assert is_ok(Webship(server.url).ship("A-1"))
    whole = kept.read_bytes()
    kept.write_bytes(whole + whole.replace(b"A-1", b"A-2")[:60])
    with served(path, shipments=kept) as server:
        server.wait_for("torn by a crash, never confirmed; 60 bytes are cut off")
        webship = Webship(server.url)
        assert webship.listed() == ["A-2"]
        assert kept.read_bytes() == whole
        assert is_ok(webship.ship("A-2"))
        assert [line["order"] for line in server.lines()] == ["A-1", "A-2"]


def test_a_last_line_that_lacks_only_its_end_is_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1"), order("A-2")])
    kept = tmp_path / "shipments.jsonl"
    with served(path, shipments=kept) as server:
        assert is_ok(Webship(server.url).ship("A-1"))
    whole = kept.read_bytes()
    kept.write_bytes(whole.rstrip(b"\n"))
    with served(path, shipments=kept) as server:
        assert Webship(server.url).listed() == ["A-2"]
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("line", [b"{}", b"no json", b'{"schema":"orderctl.shipment/1","order":5}', b"[]", b"\xff"])
def test_a_line_that_is_no_shipment_stops_the_start(tmp_path: Path, line: bytes) -> None:
    path = write(tmp_path / "orders.json", [order("A-1")])
    kept = tmp_path / "shipments.jsonl"
    kept.write_bytes(line + b"\n")
    flags = ["--secret-from", "WEBHOOK_SECRET", "--port", "0", "--shipments", str(kept)]
    done = refused(str(path), *flags, WEBHOOK_SECRET=SECRET)
    assert (done.returncode, f"{kept}:1: not a shipment" in done.stderr) == (2, True)
    assert kept.read_bytes() == line + b"\n"


@pytest.mark.parametrize("where", ["folder", "orders.json/below.jsonl"])
def test_a_place_where_nothing_can_be_kept_stops_the_start(tmp_path: Path, where: str) -> None:
    path = write(tmp_path / "orders.json", [order("A-1")])
    (tmp_path / "folder").mkdir()
    flags = ["--secret-from", "WEBHOOK_SECRET", "--port", "0", "--shipments", str(tmp_path / where)]
    done = refused(str(path), *flags, WEBHOOK_SECRET=SECRET)
    assert (done.returncode, "shipments cannot be kept there" in done.stderr) == (2, True)


def test_a_shipment_that_cannot_be_kept_is_not_confirmed_and_leaves_no_trace(tmp_path: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1"), order("A-2")])
    with served_apart(path, shipments=tmp_path / "shipments.jsonl") as server:
        webship = Webship(server.url)
        assert is_ok(webship.ship("A-1"))
        before = server.shipments.read_bytes()
        _limit_files(server, len(before) + 50)
        answer = webship.ship("A-2")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert server.shipments.read_bytes() == before
        assert webship.listed() == ["A-2"]
        _limit_files(server, resource.RLIM_INFINITY)
        assert is_ok(webship.ship("A-2"))
        assert webship.listed() == []
        assert [msgspec.json.decode(line)["order"] for line in server.shipments.read_bytes().splitlines()] == [
            "A-1",
            "A-2",
        ]


def _limit_files(server: ServedApart, size: int) -> None:
    """Let the server's files grow to so many bytes, as a full disk would."""
    hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, hard))
