"""A run with patience ends as soon as it would only wait, says for how long, and gets somewhere each time."""

import signal
from collections.abc import Iterator
from pathlib import Path

from orderctl.push import Candidate, Options, Result, push

from .support import Vendor, pushed, several, starshipit, target, webship
from .vendors import Starshipit, Webship, lost, status


def test_a_run_that_would_only_wait_for_the_rate_ends_and_says_how_long(tmp_path: Path) -> None:
    vendor = Webship().vendor()
    run = pushed(several(5), target(tmp_path, rate="3/minute"), vendor, patience=1.0)
    assert list(run.outcomes.values()) == ["accepted"] * 3 + ["not_sent"] * 2
    assert run.summary.resume_in is not None
    assert 60 < run.summary.resume_in < 70
    assert vendor.clock.naps == []
    assert [result.asked for result in run.results] == [True] * 3 + [False] * 2


def test_a_short_wait_is_waited(tmp_path: Path) -> None:
    run = pushed(several(5), target(tmp_path, rate="3/second"), Webship().vendor(), patience=2.0)
    assert set(run.outcomes.values()) == {"accepted"}
    assert run.summary.resume_in is None


def test_an_order_that_waits_for_its_settle_time_is_left_unknown_until_the_next_run(tmp_path: Path) -> None:
    store, to = Starshipit(faults=[lost]), target(tmp_path, "starshipit")
    runs = []
    for _ in range(3):
        runs.append(pushed([starshipit()], to, store.vendor(), patience=1.0))
        store.clock.at += runs[-1].summary.resume_in or 0.0
    assert runs[0].outcomes == {"A-1": "unknown"}
    assert runs[0].summary.resume_in == 60.0
    assert runs[2].outcomes == {"A-1": "accepted"}
    assert len(store.orders) == 1


def test_an_order_that_needs_more_requests_than_the_rate_allows_at_once_is_brought_to_its_end(tmp_path: Path) -> None:
    """Two look-ups and a write at one a minute: a run that left between them would never send anything."""
    store, to = Starshipit(), target(tmp_path, "starshipit", rate="1/minute")
    run = pushed(several(3, starshipit), to, store.vendor(), patience=1.0, concurrency=1)
    assert list(run.outcomes.values()).count("accepted") == 1
    assert len(store.orders) == 1


def test_a_look_up_without_an_answer_counts_as_asked(tmp_path: Path) -> None:
    store: Starshipit = Starshipit(look_faults=[status(503)])
    vendor: Vendor = store.vendor()
    run = pushed([starshipit()], target(tmp_path, "starshipit"), vendor, patience=0.1)
    (result,) = run.results
    assert (result.asked, result.attempts) == (True, 0)


def test_what_is_not_due_was_not_asked(tmp_path: Path) -> None:
    store, to = Starshipit(faults=[lost]), target(tmp_path, "starshipit")
    pushed([starshipit()], to, store.vendor(), patience=1.0)
    (result,) = pushed([starshipit()], to, store.vendor(), patience=1.0).results
    assert (result.outcome.value, result.asked) == ("unknown", False)


def test_a_signal_while_the_input_is_awaited_is_answered_before_the_next_order_comes(tmp_path: Path) -> None:
    messages: list[str] = []
    told: list[str] = []

    def input_that_takes_its_time() -> Iterator[Candidate]:
        yield webship("A-0")
        signal.raise_signal(signal.SIGINT)
        told.extend(messages)
        yield webship("A-1", 1)

    results: list[Result] = []
    world = Webship().vendor().world()
    summary = push(input_that_takes_its_time(), target(tmp_path), Options(), world, results.append, messages.append)
    assert told == [
        "stopping: SIGINT",
        "what is in flight is finished, the input read to its end; the signal once more leaves at once",
    ]
    assert messages == told
    assert {result.key: result.outcome for result in results} == {"A-0": "not_sent", "A-1": "not_sent"}
    assert summary.exit_code == 130
