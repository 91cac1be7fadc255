"""Limits that were asked for, and signs that all is going wrong."""

from pathlib import Path

import httpx
import pytest

from .support import pushed, several, target, webship
from .vendors import Webship, refused_connection, status


def test_the_limit_counts_orders_really_sent(tmp_path: Path) -> None:
    store, to = Webship(), target(tmp_path)
    pushed(several(2), to, store.vendor())
    run = pushed(several(10), to, store.vendor(), limit=3)
    assert list(run.outcomes.values()).count("unchanged") == 2
    assert list(run.outcomes.values()).count("accepted") == 3
    assert list(run.outcomes.values()).count("not_sent") == 5
    assert run.exit_code == 8
    assert run.summary.requests == 3


def test_what_is_not_sent_is_told_behind_what_is_under_way(tmp_path: Path) -> None:
    """Else a report, which is in the order of the input, would have to hold all of it."""
    store = Webship(faults=[status(503)])
    run = pushed(several(500), target(tmp_path), store.vendor(), limit=3, concurrency=4)
    assert list(run.outcomes.values()).count("accepted") == 3
    told = [result.candidate.index for result in run.results]
    assert sorted(told[:3]) == [0, 1, 2]
    assert told[3:] == list(range(3, 500))


def test_a_limit_that_leaves_nothing_over_has_stopped_nothing(tmp_path: Path) -> None:
    run = pushed(several(3), target(tmp_path), Webship().vendor(), limit=3)
    assert run.exit_code == 0


def test_orders_beyond_the_limit_are_still_judged(tmp_path: Path) -> None:
    orders = [*several(2), webship("..", 2)]
    run = pushed(orders, target(tmp_path), Webship().vendor(), limit=1)
    assert list(run.outcomes.values()) == ["accepted", "not_sent", "invalid"] or set(run.outcomes.values()) == {
        "accepted",
        "not_sent",
        "invalid",
    }


def test_twenty_rejected_from_the_start_stop_the_run(tmp_path: Path) -> None:
    store = Webship(faults=[status(422, {"error": "no"})] * 99)
    run = pushed(several(50), target(tmp_path), store.vendor(), concurrency=1)
    assert list(run.outcomes.values()) == ["rejected"] * 20 + ["not_sent"] * 30
    assert run.exit_code == 3


def test_one_accepted_among_the_first_twenty_lets_the_run_go_on(tmp_path: Path) -> None:
    store = Webship(faults=[None, *[status(422, {"error": "no"})] * 99])
    run = pushed(several(50), target(tmp_path), store.vendor(), concurrency=1)
    assert list(run.outcomes.values()).count("rejected") == 49


def test_max_failures_stops(tmp_path: Path) -> None:
    store = Webship(faults=[None, status(422), None, status(422), *[None] * 99])
    run = pushed(several(10), target(tmp_path), store.vendor(), max_failures=2, concurrency=1)
    assert list(run.outcomes.values()) == ["accepted", "rejected"] * 2 + ["not_sent"] * 6
    assert run.exit_code == 3


def test_a_target_that_is_not_there_stops_the_run_after_ten_orders(tmp_path: Path) -> None:
    store = Webship(faults=[refused_connection] * 999)
    run = pushed(several(50), target(tmp_path), store.vendor(), concurrency=1)
    assert list(run.outcomes.values()) == ["failed"] * 10 + ["not_sent"] * 40
    assert run.exit_code == 5


def test_a_canary_goes_first_and_alone(tmp_path: Path) -> None:
    vendor = Webship().vendor()
    run = pushed(several(10), target(tmp_path), vendor, canary=2)
    assert set(run.outcomes.values()) == {"accepted"}


@pytest.mark.parametrize("fault", [status(422, {"error": "no"}), status(500)])
def test_a_canary_that_is_not_accepted_stops_the_run(fault: object, tmp_path: Path) -> None:
    store = Webship(faults=[None, *[fault] * 3])
    run = pushed(several(10), target(tmp_path), store.vendor(), canary=2, concurrency=4)
    assert list(run.outcomes.values()).count("not_sent") == 8
    assert run.exit_code in (3, 5)
    assert store.orders == [one for one in store.orders if one["orderId"] in ("A-0", "A-1")]


def test_nothing_else_leaves_before_the_canary_has_an_answer(tmp_path: Path) -> None:
    store = Webship(faults=[status(503, None, Retry_After="100")])
    vendor = store.vendor()
    pushed(several(5), target(tmp_path), vendor, canary=1)
    assert vendor.times[1] - vendor.times[0] >= 100


def test_the_time_is_over(tmp_path: Path) -> None:
    store = Webship()
    run = pushed(several(50), target(tmp_path, rate="1/second"), store.vendor(), max_time=10.0)
    assert run.exit_code == 8
    accepted = list(run.outcomes.values()).count("accepted")
    assert 9 <= accepted <= 11
    assert list(run.outcomes.values()).count("not_sent") == 50 - accepted
    assert store.clock.at < 1000 + 12


def test_an_order_that_settles_when_the_time_is_over_is_unknown(tmp_path: Path) -> None:
    from .support import shipstation
    from .vendors import ShipStation, lost

    store, to = ShipStation(faults=[lost]), target(tmp_path, "shipstation")
    run = pushed([shipstation()], to, store.vendor(), max_time=5.0)
    assert list(run.outcomes.values()) == ["unknown"]
    assert run.exit_code == 7
    again = pushed([shipstation()], to, store.vendor())
    assert list(again.outcomes.values()) == ["accepted"]
    assert len(store.orders) == 1


@pytest.mark.parametrize("code", [401, 403])
def test_refused_credentials_on_the_fiftieth_order_stop_at_once(code: int, tmp_path: Path) -> None:
    store = Webship(faults=[*[None] * 49, status(code)])
    run = pushed(several(60), target(tmp_path), store.vendor(), concurrency=1)
    assert list(run.outcomes.values()) == ["accepted"] * 49 + ["failed"] + ["not_sent"] * 10
    assert run.exit_code == 4


def test_a_reporter_that_breaks_off_loses_no_outcome(tmp_path: Path) -> None:
    from orderctl.push import Options, push

    store = Webship()

    def told(result: object) -> None:
        raise BrokenPipeError

    summary = push(several(5), target(tmp_path), Options(), store.vendor().world(), told)
    assert summary.exit_code == 0
    assert len(store.orders) == 5


def test_an_input_that_breaks_off_loses_no_outcome(tmp_path: Path) -> None:
    from collections.abc import Iterator

    from orderctl.errors import UsageError
    from orderctl.push import Candidate

    def broken() -> Iterator[Candidate]:
        yield from several(12)
        raise UsageError("the file is gone")

    store, to = Webship(), target(tmp_path)
    with pytest.raises(UsageError):
        pushed(broken(), to, store.vendor())
    sent = len(store.orders)
    again = pushed(several(12), to, store.vendor())
    assert list(again.outcomes.values()).count("unchanged") == sent


def test_a_bug_in_a_request_does_not_hang(tmp_path: Path) -> None:
    def broken(store: object, request: httpx.Request) -> Exception:
        return ZeroDivisionError("a bug")

    store = Webship(faults=[broken])
    with pytest.raises(ZeroDivisionError):
        pushed(several(3), target(tmp_path), store.vendor())
