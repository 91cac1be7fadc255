"""The push against the project's own sandbox with faults, over real HTTP: everything ends there, once."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from orderctl.config import Secret, Target
from orderctl.push import Candidate, Options, Result, World, push, reconcile
from orderctl.sandbox import Running, running

from .support import decoded, target

SAMPLES = Path(__file__).parent.parent.parent / "samples"
PARTY = {"address1": "1 Some Street", "city": "Holladay", "state": "UT", "zip": "84117", "country": "US"}


def webship(number: str) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("shippingService", "weightUnit", "dimUnit", "dueByDate", "orderGroup", "items", "packages")
    )
    return {
        "orderId": number,
        "orderNumber": number,
        "orderDate": "2016-04-24",
        "fulfillmentStatus": "pending",
        "shippingTotal": "5",
        "sender": {"name": "Albert", **PARTY},
        "receiver": {"name": "Ann", **PARTY},
        **nothing,
    }


def shipstation(number: str) -> dict[str, Any]:
    order = decoded((SAMPLES / "shipstation" / "order-on-hold.json").read_bytes())
    order = order["orders"][0] if "orders" in order else order
    kept = {name: value for name, value in order.items() if name not in ("orderId", "orderKey")}
    return {**kept, "orderNumber": number}


def starshipit(number: str) -> dict[str, Any]:
    order = decoded((SAMPLES / "starshipit" / "umbrella-to-london-without-state.json").read_bytes())["order"]
    return {**order, "order_number": number}


MAKES = {"webship": webship, "shipstation": shipstation, "starshipit": starshipit}


def to_sandbox(sandbox: Running, system: str, state: Path, **changes: Any) -> Target:
    given = sandbox.credentials(system)
    secrets = {name: Secret(text) for name, text in given.items() if "key" in name or "secret" in name}
    settings = {name: text for name, text in given.items() if name not in secrets}
    base_url = sandbox.base_url(system)
    return target(state, system, base_url=base_url, secrets=secrets, settings=settings, **changes)


@pytest.mark.long
@pytest.mark.parametrize("system", MAKES)
@pytest.mark.parametrize(
    "fault", ["503:0.4", "timeout-after-commit:0.25", "reset-after-commit:0.4", "garbage:0.4", "cut:0.4", "429:0.3"]
)
def test_faults_at_random_lose_and_double_nothing(system: str, fault: str, tmp_path: Path) -> None:
    store = tmp_path / "sandbox.db"
    with running([system], store=store, limits=False, faults=[f"{system}:{fault}"], seed=5) as sandbox:
        to = to_sandbox(sandbox, system, tmp_path / "state")
        orders = [Candidate("o.json", at, 1, MAKES[system](f"N-{at}")) for at in range(12)]
        options = Options(timeout=1.0, settle=0.2, max_attempts=4)
        for _ in range(6):
            results: list[Result] = []
            summary = push(orders, to, options, World(random=lambda: 0.0), results.append, lambda _: None)
            assert len(results) == 12
            if summary.exit_code == 0:
                break
        assert summary.exit_code == 0, Counter((one.outcome.value, one.message) for one in results)
        assert sum(sandbox.fired().values())
        with closing(sqlite3.connect(store)) as connection:
            held = [row[0] for row in connection.execute("SELECT number FROM orders WHERE removed IS NULL")]
        assert sorted(held) == sorted(f"N-{at}" for at in range(12))


def test_batches_and_reconcile_work_there_too(tmp_path: Path) -> None:
    store = tmp_path / "sandbox.db"
    with running(["shipstation"], store=store, limits=True) as sandbox:
        to = to_sandbox(sandbox, "shipstation", tmp_path / "state", batch=5, rate=None)
        orders = [Candidate("o.json", at, 1, shipstation(f"N-{at}")) for at in range(12)]
        results: list[Result] = []
        summary = push(orders, to, Options(), World(), results.append)
        assert {one.outcome.value for one in results} == {"accepted"}
        assert summary.requests == 3
        assert reconcile(to, Options(), World(), results.append).total == 0
