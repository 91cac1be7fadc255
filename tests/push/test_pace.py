"""The pace: never over a published limit, most of it used, pauses obeyed (I7)."""

from pathlib import Path

import httpx
import pytest

from orderctl.errors import UsageError
from orderctl.push.pace import SharedPace, backoff, parse_rate, told

from .support import Clock, Vendor, pushed, several, shipstation, starshipit, target, webship
from .vendors import ShipStation, Starshipit, Store, Webship, status


def busiest(times: list[float], window: float) -> int:
    return max(sum(start <= at < start + window for at in times) for start in times)


@pytest.mark.parametrize(
    ("rate", "limit", "window", "count"),
    [("40/minute", 40, 60.0, 200), ("2/second", 2, 1.0, 100), ("5/second", 5, 1.0, 200)],
)
def test_no_window_holds_more_than_the_limit_and_nine_tenths_are_used(
    rate: str, limit: int, window: float, count: int, tmp_path: Path
) -> None:
    vendor = Webship().vendor()
    run = pushed(several(count), target(tmp_path, rate=rate), vendor)
    assert set(run.outcomes.values()) == {"accepted"}
    assert busiest(vendor.times, window) <= limit
    took = vendor.times[-1] - vendor.times[0]
    assert took <= (count - limit) / limit * window / 0.9 + window


def test_look_ups_count(tmp_path: Path) -> None:
    vendor = Starshipit().vendor()
    pushed(several(20, starshipit), target(tmp_path, "starshipit", rate=None), vendor)
    assert len(vendor.asked) == 60
    assert busiest(vendor.times, 1.0) <= 2


def test_the_next_run_keeps_to_the_window_of_the_last(tmp_path: Path) -> None:
    store = Webship()
    vendor = store.vendor()
    to = target(tmp_path, rate="40/minute")
    pushed(several(40), to, vendor)
    pushed(several(80)[40:], to, vendor)
    assert len(vendor.times) == 80
    assert busiest(vendor.times, 60.0) <= 40


def test_a_clock_that_was_set_back_causes_no_endless_wait(tmp_path: Path) -> None:
    """F26: two days back between two runs."""
    store = Webship()
    store.clock.at += 200_000
    to = target(tmp_path, rate="2/second")
    pushed(several(4), to, store.vendor())
    store.clock.at -= 172_800
    before = store.clock.at
    pushed(several(8)[4:], to, store.vendor())
    assert store.clock.at - before < 10


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry_After": "7"}, 7),
        ({"X_Rate_Limit_Reset": "20"}, 21),
        ({"Retry_After": "7", "X_Rate_Limit_Reset": "20"}, 7),
        ({}, 1),
        ({"Retry_After": "soon"}, 1),
        ({"Retry_After": "-1"}, 1),
    ],
)
def test_a_429_pauses_the_whole_account_as_told(headers: dict[str, str], pause: float, tmp_path: Path) -> None:
    store = ShipStation(faults=[status(429, {"message": "Too Many Requests"}, **headers)])
    vendor = store.vendor()
    run = pushed(several(4, shipstation), target(tmp_path, "shipstation"), vendor, concurrency=1)
    assert set(run.outcomes.values()) == {"accepted"}
    assert run.results[0].attempts == 1
    assert vendor.times[1] - vendor.times[0] == pytest.approx(pause)
    assert len(vendor.times) == 5


def test_a_retry_after_may_be_a_date() -> None:
    assert told({"retry-after": "Tue, 14 Nov 2023 22:13:30 GMT"}, 1_700_000_000.0) == 10
    assert told({"retry-after": "Tue, 14 Nov 2023 22:00:00 GMT"}, 1_700_000_000.0) == 0


def test_429s_do_not_count_until_the_tenth_in_a_row(tmp_path: Path) -> None:
    store = Webship(faults=[status(429, None, Retry_After="2")] * 9)
    run = pushed(several(1), target(tmp_path), store.vendor())
    assert (run.outcomes, run.results[0].attempts) == ({"A-0": "accepted"}, 1)
    assert store.fired == 9


def test_an_endless_429_ends_as_failed(tmp_path: Path) -> None:
    store = Webship(faults=[status(429, None, Retry_After="2")] * 99)
    run = pushed(several(1), target(tmp_path), store.vendor())
    assert (run.outcomes, run.exit_code) == ({"A-0": "failed"}, 5)
    assert store.fired == 9 + 3


def test_a_retry_after_beyond_five_minutes_ends_the_run_and_names_the_time(tmp_path: Path) -> None:
    store = Webship(faults=[status(429, None, Retry_After="1000000000")])
    run = pushed(several(5), target(tmp_path), store.vendor(), concurrency=1)
    assert list(run.outcomes.values()) == ["failed"] + ["not_sent"] * 4
    assert run.exit_code == 5
    assert "1000000000 s" in (run.results[0].message or "")
    assert sum(store.clock.naps) < 1


def test_a_5xx_with_retry_after_holds_that_order_only(tmp_path: Path) -> None:
    store = Webship(faults=[status(503, None, Retry_After="30")])
    vendor = store.vendor()
    run = pushed(several(3), target(tmp_path), vendor, concurrency=1)
    assert [result.key for result in run.results] == ["A-1", "A-2", "A-0"]
    assert vendor.times[2] - vendor.times[0] < 1
    assert vendor.times[3] - vendor.times[0] >= 30


def test_an_empty_window_pauses_before_it_is_refused(tmp_path: Path) -> None:
    def last(store: Store, request: httpx.Request) -> httpx.Response:
        answer = store.write(request)
        answer.headers.update({"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "22"})
        return answer

    store = ShipStation(faults=[last])
    vendor = store.vendor()
    pushed(several(2, shipstation), target(tmp_path, "shipstation"), vendor, concurrency=1)
    assert vendor.times[1] - vendor.times[0] == pytest.approx(23)


def test_many_refusals_of_one_volley_count_once(tmp_path: Path) -> None:
    """With twelve in flight, one pause must not use up the ten that are free."""
    store = Webship(faults=[status(429, None, Retry_After="1")] * 12)
    run = pushed(several(12), target(tmp_path), store.vendor(), concurrency=12)
    assert set(run.outcomes.values()) == {"accepted"}


@pytest.mark.parametrize("text", ["", "fast", "0/second", "2/hour", "-1/second", "1e3/second", "2.5/second"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_rate(text)


def test_our_own_wait_doubles_up_to_a_minute() -> None:
    assert [backoff(tries) for tries in (0, 1, 2, 5, 6, 99)] == [1, 2, 4, 32, 60, 60]
    assert backoff(0, 0.0) == 0.5


def test_a_vendor_alone_is_never_asked_twice(tmp_path: Path) -> None:
    vendor = Vendor(lambda _: httpx.Response(201, json={"ok": True}))
    pushed(several(10), target(tmp_path), vendor)
    assert len(vendor.asked) == 10


class TestGroups:
    """Accounts that share a rate draw their moments from the journal."""

    def test_two_accounts_together_keep_the_rate_of_their_group(self, tmp_path: Path) -> None:
        """20 a second, of which 90 % are used: moments 1/18 s apart, whoever they belong to."""
        clock = Clock()
        vendors = [Webship(clock=clock).vendor() for _ in range(2)]
        for at, vendor in enumerate(vendors):
            to = target(tmp_path, account=f"a{at}", rate="20/second", rate_group="main")
            assert pushed(several(30), to, vendor).exit_code == 0
        times = sorted(vendors[0].times + vendors[1].times)
        assert len(times) == 60
        assert all(later - sooner >= 1.0 for sooner, later in zip(times, times[20:], strict=False))
        assert times[-1] - times[0] < 60 / 18 + 0.5

    def test_a_refusal_lets_the_whole_group_wait(self, tmp_path: Path) -> None:
        clock = Clock()
        refused = Webship(clock=clock, faults=[status(429, None, Retry_After="7")]).vendor()
        other = Webship(clock=clock).vendor()
        one, two = (target(tmp_path, account=name, rate="20/second", rate_group="main") for name in ("a", "b"))
        pushed([webship()], one, refused, max_time=0.5)
        pushed([webship()], two, other)
        assert other.times[0] - refused.times[0] >= 7

    def test_a_moment_that_was_slept_over_is_drawn_again(self) -> None:
        drawn: list[float] = []

        def draw(spacing: float, horizon: float) -> tuple[bool, float]:
            drawn.append(spacing)
            return True, 0.5

        pace = SharedPace("10/second", [], draw, lambda _: None)
        assert pace.wait(100.0) == 0.5
        assert pace.wait(100.5) == 0.0
        assert pace.wait(109.0) == 0.5
        assert len(drawn) == 2
        assert drawn[0] == pytest.approx(1 / 9.05)
