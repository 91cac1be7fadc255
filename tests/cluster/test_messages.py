"""What people are told when the queue cannot do what they asked for; nothing here needs a database."""

import sys
from pathlib import Path

import pytest

from orderctl.cli import run
from orderctl.config import load
from orderctl.push import Outcome, Summary
from orderctl.report.pushed import push_summary

ORDERS = str(Path(__file__).parent.parent.parent / "samples/webship/orders.json")


@pytest.fixture(autouse=True)
def _shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("orderctl.yaml").write_text(
        "targets: {shop: {system: webship, customer_id: C, integration_id: I, api_key: K}}"
    )


@pytest.mark.parametrize("words", [["push", ORDERS, "--to", "shop", "--enqueue"], ["worker"], ["queue", "status"]])
def test_without_postgresql_the_setting_is_named(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert "the queue needs a journal in PostgreSQL: set journal: postgresql+psycopg://" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["push", ORDERS, "--to", "shop", "--enqueue"], ["push", ORDERS, "--to", "shop"]])
def test_without_the_packages_their_extra_is_named(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCTL_JOURNAL", "postgresql+psycopg://u:hunter2@127.0.0.1:1/db")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert run(words) == 2
    said = capsys.readouterr().err
    assert "pip install 'orderctl[cluster]'" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--canary", "3"], "--canary"),
        (["--resend", "--limit", "2"], "--resend, --limit"),
        (["--dry-run"], "--dry-run"),
        (["--sandbox"], "--sandbox"),
        (["--max-time", "5"], "--max-time"),
        (["--concurrency", "2", "--rate", "1/second"], "--rate, --concurrency"),
    ],
)
def test_flags_that_a_worker_would_not_know_of_are_refused(
    flags: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["push", ORDERS, "--to", "shop", "--enqueue", *flags]) == 2
    assert f"{named}: not with --enqueue" in capsys.readouterr().err


def test_a_flag_that_nobody_typed_is_named_with_its_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCTL_CONCURRENCY", "32")
    assert run(["push", ORDERS, "--to", "shop", "--enqueue"]) == 2
    assert "--concurrency (ORDERCTL_CONCURRENCY): not with --enqueue" in capsys.readouterr().err


def test_waiting_goes_with_enqueuing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["push", ORDERS, "--to", "shop", "--wait"]) == 2
    assert "--wait goes with --enqueue only" in capsys.readouterr().err


def test_what_was_enqueued_need_not_be_pushed_again() -> None:
    summary = Summary(counts={Outcome.NOT_SENT: 3}, enqueued=True)
    said = push_summary(load(None, {}).target("shop", {}), summary, sandbox=False)
    assert said.startswith("shop: 3 orders: 3 enqueued; ")
    assert said.endswith(
        ". Next: a worker pushes what is enqueued (orderctl worker; orderctl queue status tells what waits)"
    )
