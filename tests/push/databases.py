"""Tests that hold whatever database the journal is in: `@both` runs them on SQLite and on PostgreSQL."""

import pytest

from orderctl.config import Secret

from . import support

both = pytest.mark.usefixtures("both_databases")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def both_databases(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every target of the test keep its journal in this database."""
    if request.param == "postgresql":
        monkeypatch.setattr(support, "JOURNAL", Secret(request.getfixturevalue("database")))
