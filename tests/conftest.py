"""What every test stands on: a state directory of its own, no configuration but its own, no real variables."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a background job; the commands under test inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_world(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a test away from the user's journal, configuration and credentials."""
    world = tmp_path_factory.mktemp("world")
    for name in list(os.environ):
        if name.startswith(("ORDERCTL_", "WEBSHIP_", "SHIPSTATION_", "STARSHIPIT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(world))
    monkeypatch.setenv("XDG_STATE_HOME", str(world / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(world / "config"))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """One PostgreSQL for all processes of the test run: the first starts it, the last stops it."""
    if why := postgres.missing():
        pytest.skip(why)
    shared = tmp_path_factory.getbasetemp().parent / "postgres.json"
    with FileLock(f"{shared}.lock"):
        known = json.loads(shared.read_text()) if shared.exists() else {"users": 0}
        if known["users"] == 0:
            server = postgres.Server.start()
            known = {"users": 0, "folder": str(server.folder), "port": server.port}
        shared.write_text(json.dumps({**known, "users": known["users"] + 1}))
    server = postgres.Server(Path(known["folder"]), known["port"])
    yield server
    with FileLock(f"{shared}.lock"):
        known = json.loads(shared.read_text())
        if known["users"] == 1:
            server.end()
        shared.write_text(json.dumps({**known, "users": known["users"] - 1}))


@pytest.fixture(scope="session")
def _own_database(postgres_server: postgres.Server) -> Iterator[str]:
    url = postgres_server.new()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def database(postgres_server: postgres.Server, _own_database: str) -> str:
    """The URL of a database in it that holds nothing."""
    postgres_server.cut(_own_database)  # what a connection has prepared goes with the tables
    postgres_server.sql(_own_database.rpartition("/")[2], "DROP SCHEMA IF EXISTS orderctl CASCADE")
    return _own_database
