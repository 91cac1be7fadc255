"""The journal's place in the configuration: a database's URL, whose password nobody sees."""

import json
from pathlib import Path

import pytest

from orderctl.cli import run
from orderctl.config import describe, load
from orderctl.errors import UsageError

URL = "postgresql+psycopg://orderctl:hunter2@db.example.com:5433/orders?sslpassword=hunter3"
SHOWN = "postgresql+psycopg://db.example.com:5433/orders"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def configured(line: str) -> None:
    Path("orderctl.yaml").write_text(
        f"{line}\ntargets: {{shop: {{system: webship, customer_id: C, integration_id: I}}}}"
    )


def test_without_it_the_journal_is_a_file() -> None:
    configured("state_dir: /state")
    target = load(None, {}).target("shop", {}, need_credentials=False)
    assert target.journal is None
    assert target.journal_place == "/state"


@pytest.mark.parametrize("line", [f"journal: {URL}", "journal: ${DB}", "journal: {file: db.url}"])
def test_a_target_knows_the_database_and_shows_no_password(line: str) -> None:
    configured(line)
    Path("db.url").write_text(URL + "\n")
    environ = {"DB": URL}
    target = load(None, environ).target("shop", environ, need_credentials=False)
    assert target.journal is not None
    assert target.journal.reveal() == URL
    assert target.journal_place == SHOWN
    assert "hunter" not in repr(target)


def test_the_variable_wins_over_the_file_and_does_without_one() -> None:
    environ = {"ORDERCTL_JOURNAL": URL}
    assert load(None, environ).journal is not None
    configured("journal: postgresql+psycopg://other/db")
    found = load(None, environ).journal
    assert found is not None
    assert found.reveal() == URL


def test_the_sandbox_keeps_its_journal_in_a_file() -> None:
    configured(f"journal: {URL}")
    assert load(None, {}).target("shop", {}, sandbox=True).journal is None


def test_it_is_shown_masked_with_where_it_came_from() -> None:
    configured(f"journal: {URL}")
    rows = {row.key: (row.value, row.origin) for row in describe(load(None, {}), {})}
    assert rows["journal"] == ("***", "orderctl.yaml:1")
    environ = {"ORDERCTL_JOURNAL": URL}
    rows = {row.key: (row.value, row.origin) for row in describe(load(None, environ), environ)}
    assert rows["journal"] == ("***", "environment variable ORDERCTL_JOURNAL")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///hunter2.db",
        "postgres://u:hunter2@h/db",
        "postgresql+psycopg://u:hunter2@h",
        "hunter2",
        "postgresql+psycopg://u:hunter2@h:x/d",
        "postgresql+psycopg://u:hunter2@h:/d",
    ],
)
def test_what_is_no_such_url_is_refused_without_showing_it(url: str) -> None:
    configured(f'journal: "{url}"')
    with pytest.raises(UsageError) as caught:
        load(None, {})
    assert str(caught.value) == (
        "orderctl.yaml:1: journal: write postgresql+psycopg://user:password@host/database, "
        "in the password %2F for /, %40 for @ and so on, or leave it out for a file in state_dir"
    )
    configured("journal: {file: db.url}")
    Path("db.url").write_text(url)
    journal = load(None, {}).journal
    assert journal is not None
    with pytest.raises(UsageError, match="write postgresql") as caught:
        journal.reveal()
    assert "hunter" not in str(caught.value)


def test_targets_may_share_a_rate() -> None:
    text = "targets: {shop: {system: webship, customer_id: C, integration_id: I, rate_group: main}}"
    Path("orderctl.yaml").write_text(text)
    assert load(None, {}).target("shop", {}, need_credentials=False).rate_group == "main"


def test_an_import_without_a_database_says_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["journal", "import", "."]) == 2
    assert "ORDERCTL_JOURNAL" in capsys.readouterr().err


@pytest.mark.long
def test_commands_work_alike_on_both_databases(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """push, plan, status, doctor, import: the same names and JSON, against the sandbox as a server of its own."""
    from orderctl.sandbox import running

    order = json.loads((Path(__file__).parent.parent / "samples/webship/orders.json").read_text())
    Path("orders.json").write_text(json.dumps(order))
    with running(["webship"], store=Path("sandbox.sqlite"), limits=False) as sandbox:
        given = sandbox.credentials("webship")
        for name, value in {**given, "base_url": sandbox.base_url("webship")}.items():
            monkeypatch.setenv(f"WEBSHIP_{name.upper()}", value)

        def said(*words: str) -> tuple[int, str]:
            code = run([*words])
            out = capsys.readouterr()
            assert "canary" not in out.out + out.err
            return code, out.out

        flags = ("--to", "webship", "--state-dir", "state", "--json")
        code, pushed = said("push", "orders.json", *flags)
        assert code == 0
        filed = [json.loads(said(*words, *flags)[1]) for words in (["plan", "orders.json"], ["status"])]
        monkeypatch.setenv("ORDERCTL_JOURNAL", database)
        code, taken = said("journal", "import", "state", "--state-dir", "state", "--json")
        count = len(json.loads(pushed)["orders"])
        assert json.loads(taken)["summary"] == {"accounts": 1, "orders": count, "known": 0}
        shared = [json.loads(said(*words, *flags)[1]) for words in (["plan", "orders.json"], ["status"])]
        assert shared == filed
        assert {one["outcome"] for one in json.loads(said("push", "orders.json", *flags)[1])["orders"]} == {"unchanged"}
        assert said("reconcile", *flags)[0] == 0
        code, checks = said("doctor", "webship", "--state-dir", "state")
        assert code == 0
        assert f"{count} orders, none unknown, in postgresql+psycopg://127.0.0.1:" in checks
