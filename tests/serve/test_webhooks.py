"""Webship's day: it lists what is ready, ships it, tells of it; over real HTTP."""

import os
import signal
import time
from pathlib import Path

import pytest

from .support import ROOT, SECRET, Document, Webship, is_ok, order, refused, served, served_apart, write


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return write(tmp_path / "orders.json", [order("A-1"), order("A-2"), order("A-3", status="partial")])


@pytest.fixture
def shipments(tmp_path: Path) -> Path:
    return tmp_path / "shipments.jsonl"


def quantities(document: Document) -> dict[str, object]:
    return {line["sku"]: line["quantity"] for line in document["items"]}


def test_orders_in_its_own_shape_are_listed_as_they_are(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments) as server:
        assert Webship(server.url).list_orders() == [order("A-1"), order("A-2"), order("A-3", status="partial")]


def test_orders_of_any_shape_are_converted(shipments: Path, tmp_path: Path) -> None:
    with served(ROOT / "samples" / "webship" / "orders.json", shipments=shipments) as server:
        found = {each["orderId"]: each for each in Webship(server.url).list_orders()}
    first = found["123ABC"]
    assert first["orderDate"] == 1461456000
    assert first["shipping_total"] == "8.24"
    assert first["items"][0]["quantity"] == "2"
    assert "orderGroup" not in first


def test_one_order_is_told_alone_and_a_strange_one_is_not_found(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        answer = webship.get_order("A-2")
        assert (answer.status_code, answer.json()) == (200, {"order": order("A-2")})
        assert webship.get_order("A-9").status_code == 404
        assert webship.http.get("/order").status_code == 400
        assert webship.http.get("/order?orderId=A-1&orderId=A-2").status_code == 400


def test_a_shipped_order_leaves_the_list_and_is_kept_with_all_that_was_told(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        told = {
            "orderId": "A-1",
            "carrier": "usps",
            "trackingNumbers": "9400 1, 9400 2,",
            "receiver.name": "Ann Example",
            "receiver.zip": "02110",
            "quote.charges.total": "8.75",
            "quote.surcharges[0].code": "FUEL",
            "quote.surcharges[0].charge": "0.75",
            "quote.details[0][quotedWeightUnit]": "lb",
            "bookNumber": "77",
        }
        assert is_ok(webship.update(told))
        assert webship.listed() == ["A-2", "A-3"]
        (line,) = server.lines()
    assert abs(time.time() - _seconds(line.pop("at"))) < 60
    assert line == {
        "schema": "orderctl.shipment/1",
        "order": "A-1",
        "carrier": "usps",
        "tracking_numbers": ["9400 1", "9400 2"],
        "items": [],
        "receiver": {"name": "Ann Example", "zip": "02110"},
        "quote": {
            "charges": {"total": "8.75"},
            "surcharges": [{"code": "FUEL", "charge": "0.75"}],
            "details": [{"quotedWeightUnit": "lb"}],
        },
        "more": {"bookNumber": "77"},
    }
    assert os.stat(shipments).st_mode & 0o777 == 0o600


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def test_a_part_keeps_the_rest_listed(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        assert is_ok(webship.ship("A-1", "1Z1", p856673=2))
        left = webship.list_orders()[0]
        assert (left["orderId"], left["status"], quantities(left)) == ("A-1", "partial", {"HAT": "1", "SOCK": "1"})
        assert webship.get_order("A-1").json() == {"order": left}
        assert is_ok(webship.ship("A-1", "1Z2", p856674=1))
        assert quantities(webship.list_orders()[0]) == {"HAT": "1"}
        assert is_ok(webship.ship("A-1", "1Z3", p856673=1))
        assert webship.listed() == ["A-2", "A-3"]
        gone = webship.get_order("A-1").json()["order"]
        assert (gone["status"], gone["items"]) == ("fulfilled", [])


def test_a_repeat_is_confirmed_and_kept_once(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        for _ in range(3):
            assert is_ok(webship.ship("A-1", "1Z1", p856673=1))
        assert len(server.lines()) == 1
        assert quantities(webship.list_orders()[0])["HAT"] == "2"


def test_a_corrected_quote_of_the_same_parcel_does_not_count_its_items_twice(orders: Path, shipments: Path) -> None:
    parcel = {"orderId": "A-1", "trackingNumbers": "1Z1", "items.0.id": "856673", "items.0.quantity": "1"}
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        assert is_ok(webship.update({**parcel, "quote.charges.total": "4.00"}))
        assert is_ok(webship.update({**parcel, "quote.charges.total": "4.20"}))
        assert [line["quote"]["charges"]["total"] for line in server.lines()] == ["4.00", "4.20"]
        assert quantities(webship.list_orders()[0])["HAT"] == "2"


@pytest.mark.parametrize("spelling", ["items[0][{}]", "items[0].{}", "items.0.{}", "item[0][{}]", "items.{}"])
def test_every_spelling_of_nested_names_is_understood(orders: Path, shipments: Path, spelling: str) -> None:
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        fields = {"orderId": "A-1", spelling.format("id"): "856673", spelling.format("quantity"): "2"}
        assert is_ok(webship.update(fields))
        assert quantities(webship.list_orders()[0])["HAT"] == "1"


def test_a_restart_knows_what_was_shipped(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments) as server:
        assert is_ok(Webship(server.url).ship("A-1"))
        assert is_ok(Webship(server.url).ship("A-2", "1Z2", p856673=1))
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        assert webship.listed() == ["A-2", "A-3"]
        assert is_ok(webship.ship("A-1"))
        assert len(server.lines()) == 2


def test_what_left_the_files_after_it_was_listed_can_still_be_told_as_shipped(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments) as server:
        webship = Webship(server.url)
        webship.listed()
        write(orders, [order("A-2")])
        assert webship.listed() == ["A-2"]
        assert is_ok(webship.ship("A-1"))
        assert [line["order"] for line in server.lines()] == ["A-1"]


def test_ctrl_c_ends_it_with_130_and_without_a_traceback(orders: Path, shipments: Path) -> None:
    with served_apart(orders, shipments=shipments) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 130
    assert len(server.told) == 4, server.told


def test_the_secret_comes_from_a_file_too(orders: Path, shipments: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    with served_apart(orders, shipments=shipments, flags=["--secret-from", str(tmp_path / "secret")]) as server:
        assert Webship(server.url).listed() == ["A-1", "A-2", "A-3"]
        assert Webship(server.url, "other").http.get("/orders").status_code == 401


@pytest.mark.parametrize("given", ["NOT_SET", "no/such/file", SECRET, ""])
def test_without_a_secret_nothing_is_served_and_what_was_typed_is_not_shown(orders: Path, given: str) -> None:
    done = refused(str(orders), "--secret-from", given, "--port", "0")
    assert done.returncode == 2
    assert "secret-from" in done.stderr
    assert not given or given not in done.stderr


@pytest.mark.parametrize("secret", ["", " blank at its ends ", "two\nlines", "ünicode"])
def test_a_secret_that_no_header_can_hold_is_refused(orders: Path, secret: str) -> None:
    done = refused(str(orders), "--secret-from", "WEBHOOK_SECRET", "--port", "0", WEBHOOK_SECRET=secret)
    assert done.returncode == 2
    assert "orderctl: --secret-from WEBHOOK_SECRET: the " in done.stderr
    assert not secret or secret not in done.stderr


def test_no_order_is_exit_6_unless_it_is_allowed(tmp_path: Path, shipments: Path) -> None:
    (tmp_path / "in").mkdir()
    missing = refused(str(tmp_path / "none.json"), "--secret-from", "WEBHOOK_SECRET", WEBHOOK_SECRET=SECRET)
    empty = refused(str(tmp_path / "in"), "--secret-from", "WEBHOOK_SECRET", WEBHOOK_SECRET=SECRET)
    assert (missing.returncode, empty.returncode) == (6, 6)
    with served_apart(tmp_path / "in", shipments=shipments, flags=["--allow-empty"]) as server:
        assert Webship(server.url).listed() == []
        write(tmp_path / "in" / "new.json", [order("A-1")])
        assert Webship(server.url).listed() == ["A-1"]


def test_standard_input_is_refused() -> None:
    done = refused("-", "--secret-from", "WEBHOOK_SECRET", WEBHOOK_SECRET=SECRET)
    assert (done.returncode, "standard input" in done.stderr) == (2, True)


def test_a_port_that_is_taken_is_exit_2(orders: Path, shipments: Path, tmp_path: Path) -> None:
    with served(orders, shipments=shipments) as server:
        port = server.url.rpartition(":")[2]
        flags = ["--secret-from", "WEBHOOK_SECRET", "--port", port, "--shipments", str(tmp_path / "other.jsonl")]
        done = refused(str(orders), *flags, WEBHOOK_SECRET=SECRET)
    assert done.returncode == 2
    assert f"127.0.0.1:{port}: cannot listen there: another program listens there." in done.stderr
    assert "--port" in done.stderr


def test_two_servers_never_share_a_file_of_shipments(orders: Path, shipments: Path) -> None:
    with served(orders, shipments=shipments):
        flags = ["--secret-from", "WEBHOOK_SECRET", "--port", "0", "--shipments", str(shipments)]
        done = refused(str(orders), *flags, WEBHOOK_SECRET=SECRET)
    assert (done.returncode, "another server" in done.stderr) == (11, True)


def test_shipments_lie_in_the_state_directory_by_default(orders: Path, tmp_path: Path) -> None:
    ours = tmp_path / "state" / "shipments.jsonl"
    flags = ["--shipments", "", "--state-dir", str(tmp_path / "state")]
    with served_apart(orders, shipments=ours, flags=flags) as server:
        assert is_ok(Webship(server.url).ship("A-1"))
        assert len(server.lines()) == 1
