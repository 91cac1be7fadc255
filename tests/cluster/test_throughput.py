"""How fast a cluster is, in processor time, which a busy machine does not change; `python -m tests.bench.cluster`."""

import pytest
from bench.cluster import Load, measure
from postgres import missing

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

MOST = 6.0
"""Milliseconds of a worker's processor an order: three times what was measured, for slower machines."""


def test_two_hundred_accounts_are_pushed_with_little_work_for_each_order() -> None:
    if why := missing():
        pytest.skip(why)
    found = measure(1, Load(accounts=200, orders=10, durable=False))
    assert (found.lost, found.twice) == (0, 0)
    assert found.processor / found.orders * 1000 < MOST
