"""What every test stands on: a state directory of its own, no configuration but its own, no real variables."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
