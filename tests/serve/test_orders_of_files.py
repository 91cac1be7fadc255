"""Which orders are listed: those of the files as they are now, and never one without being counted."""

import os
import time
from pathlib import Path

import msgspec
import pytest

from .support import Webship, is_ok, order, served, served_apart, write


@pytest.fixture
def shipments(tmp_path: Path) -> Path:
    return tmp_path / "shipments.jsonl"


def test_held_cancelled_and_shipped_orders_are_left_out_and_counted(tmp_path: Path, shipments: Path) -> None:
    def shipstation(number: str, status: str) -> dict[str, object]:
        party = {"name": "Ann Example", "street1": "1 Secret Street", "city": "Boston", "state": "MA", "country": "US"}
        return {
            "orderNumber": number,
            "orderKey": f"key-{number}",
            "orderDate": "2015-06-29T08:46:27.0000000",
            "orderStatus": status,
            "billTo": {"name": "Ann Example"},
            "shipTo": {**party, "postalCode": "02110"},
        }

    words = {"1": "awaiting_shipment", "2": "on_hold", "3": "cancelled", "4": "shipped", "5": "awaiting_payment"}
    path = tmp_path / "orders.json"
    path.write_bytes(msgspec.json.encode([shipstation(number, word) for number, word in words.items()]))
    with served(path, shipments=shipments) as server:
        webship = Webship(server.url)
        answer = webship.http.get("/orders")
        assert [each["orderId"] for each in answer.json()["orders"]] == ["key-1"]
        assert (answer.headers["x-orderctl-listed"], answer.headers["x-orderctl-left-out"]) == ("1", "4")
        assert webship.get_order("key-2").status_code == 404
        assert webship.get_order("key-4").json()["order"]["status"] == "fulfilled"
        told = [line for line in server.told if "left out" in line]
    assert told[0] == "1 ready to ship, 4 left out: 3 no-word, 1 shipped already"
    assert told[1] == f"{path}:1: left out: no-word at orderStatus"
    assert len([line for line in told if line.startswith(str(path))]) == 4
    assert not [line for line in server.told if "Secret Street" in line or "Ann" in line]


def test_an_order_cancelled_after_it_was_listed_may_still_be_told_as_shipped(tmp_path: Path, shipments: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1", status="on_hold"), order("A-2")])
    with served(path, shipments=shipments) as server:
        webship = Webship(server.url)
        assert webship.listed() == ["A-2"]
        assert is_ok(webship.ship("A-1"))
        assert len(server.lines()) == 1


def test_a_bad_record_is_left_out_and_the_rest_is_listed(tmp_path: Path, shipments: Path) -> None:
    path = tmp_path / "orders.jsonl"
    lines = [msgspec.json.encode(order("A-1")), b'{"orderId": ', b'{"colour": 1}', msgspec.json.encode(order("A-2"))]
    path.write_bytes(b"\n".join(lines) + b"\n")
    with served(path, shipments=shipments) as server:
        answer = Webship(server.url).http.get("/orders")
        assert [each["orderId"] for each in answer.json()["orders"]] == ["A-1", "A-2"]
        assert answer.headers["x-orderctl-left-out"] == "2"
        assert server.wait_for(f"{path}:2: left out: ")


def test_an_order_of_no_telling_shape_is_left_out_with_what_to_do(tmp_path: Path, shipments: Path) -> None:
    either = {name: value for name, value in order("A-1").items() if name in ("orderId", "receiver")}
    path = write(tmp_path / "orders.json", [either, order("A-2")])
    with served(path, shipments=shipments) as server:
        assert Webship(server.url).listed() == ["A-2"]
        assert server.wait_for(f"{path}:1: left out: unclear-shape, name the shape with --from")
        assert server.told[0] == "1 ready to ship, 1 left out: 1 unclear-shape"


def test_an_order_that_breaks_its_own_rules_is_left_out(tmp_path: Path, shipments: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1", orderDate="yesterday"), order("A-2")])
    with served(path, shipments=shipments) as server:
        assert Webship(server.url).listed() == ["A-2"]
        server.wait_for("orderDate")


def test_of_two_orders_with_one_id_the_first_counts_and_it_is_said(tmp_path: Path, shipments: Path) -> None:
    write(tmp_path / "a.json", [order("A-1", orderNumber="first")])
    write(tmp_path / "b.json", [order("A-1", orderNumber="second"), order("A-2")])
    with served(tmp_path / "a.json", tmp_path / "b.json", shipments=shipments) as server:
        webship = Webship(server.url)
        assert [(each["orderId"], each["orderNumber"]) for each in webship.list_orders()] == [
            ("A-1", "first"),
            ("A-2", "#A-2"),
        ]
        server.wait_for(f"{tmp_path / 'b.json'}:1: left out: duplicate-order, the first at {tmp_path / 'a.json'}:1")


def test_a_changed_a_new_and_a_removed_file_show_at_the_next_request(tmp_path: Path, shipments: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.json", [order("A-1")])
    with served(folder, shipments=shipments) as server:
        webship = Webship(server.url)
        assert webship.listed() == ["A-1"]
        write(folder / "a.json", [order("A-1"), order("A-2")])
        assert webship.listed() == ["A-1", "A-2"]
        write(folder / "b.json", [order("B-1")])
        assert webship.listed() == ["A-1", "A-2", "B-1"]
        for path in folder.glob("*.json"):
            path.unlink()
        assert webship.listed() == []


def test_a_change_that_keeps_the_size_shows(tmp_path: Path, shipments: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1")])
    with served(path, shipments=shipments) as server:
        webship = Webship(server.url)
        for number in range(2, 9):
            path.write_bytes(msgspec.json.encode({"orders": [order(f"A-{number}")]}))
            assert webship.listed() == [f"A-{number}"]


def test_a_file_that_is_missing_for_the_moment_is_no_empty_list(tmp_path: Path, shipments: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1")])
    with served(path, shipments=shipments) as server:
        webship = Webship(server.url)
        assert webship.listed() == ["A-1"]
        path.rename(tmp_path / "away.json")
        answer = webship.http.get("/orders")
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert str(tmp_path) not in answer.text
        assert is_ok(webship.ship("A-1"))
        (tmp_path / "away.json").rename(path)
        assert webship.listed() == []


def test_a_file_that_is_being_written_still_means_what_it_held_before(tmp_path: Path, shipments: Path) -> None:
    path = write(tmp_path / "orders.json", [order("A-1"), order("A-2")])
    with served(path, shipments=shipments) as server:
        webship = Webship(server.url)
        assert webship.listed() == ["A-1", "A-2"]
        whole = msgspec.json.encode({"orders": [order("A-1"), order("A-2"), order("A-3")]})
        path.write_bytes(whole[:-600])
        assert webship.listed() == ["A-1", "A-2"]
        path.write_bytes(whole)
        assert webship.listed() == ["A-1", "A-2", "A-3"]
        path.write_bytes(whole[:-600])
        os.utime(path, (time.time() - 60, time.time() - 60))
        answer = webship.http.get("/orders")
        assert answer.headers["x-orderctl-left-out"] != "0"


def test_defaults_of_the_configuration_hold(tmp_path: Path, shipments: Path) -> None:
    (tmp_path / "orderctl.yaml").write_text("maps: {statuses: {webship: {on_hold: pending}}}\n")
    document = {
        "orderNumber": "1",
        "orderKey": "k1",
        "orderDate": "2015-06-29T08:46:27.0000000",
        "orderStatus": "on_hold",
        "billTo": {"name": "Ann Example"},
        "shipTo": {"name": "Ann Example", "street1": "1 Some Street", "city": "Boston", "country": "DE"},
    }
    path = tmp_path / "orders.json"
    path.write_bytes(msgspec.json.encode(document))
    with served_apart(path, shipments=shipments, flags=["--config", str(tmp_path / "orderctl.yaml")]) as server:
        assert Webship(server.url).listed() == ["k1"]


def test_five_thousand_orders_are_listed_in_seconds(tmp_path: Path, shipments: Path) -> None:
    path = write(tmp_path / "orders.json", [order(f"A-{number}") for number in range(5000)])
    with served(path, shipments=shipments) as server:
        webship = Webship(server.url)
        assert len(webship.list_orders()) == 5000
        began = time.monotonic()
        assert webship.http.get("/orders").status_code == 200
        assert is_ok(webship.ship("A-17"))
        assert len(webship.list_orders()) == 4999
        assert time.monotonic() - began < 8
