"""A new system is one new folder; nothing of the engine knows it (DESIGN §1.8)."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from orderctl import systems
from orderctl.push import Candidate

from .support import Vendor, decoded, pushed, target


@pytest.fixture
def _acme() -> Iterator[None]:
    places = systems.__path__
    caches = [systems.names, systems.load, systems._folders, systems.envelopes, systems.shape_names]
    places.append(str(Path(__file__).parent / "fourth"))
    for cached in caches:
        cached.cache_clear()
    yield
    places.pop()
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("_acme")
def test_a_made_up_system_is_pushed_to(tmp_path: Path) -> None:
    lost: list[int] = [1]

    def answer(request: httpx.Request) -> httpx.Response:
        if lost:
            lost.pop()
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(200, json={"ref": decoded(request.content)["ref"], "id": "acme-7"})

    vendor = Vendor(answer)
    candidate = Candidate("orders.json", 0, 1, {"ref": "A/1"})
    run = pushed([candidate], target(tmp_path, "acme"), vendor)
    assert run.outcomes == {"A/1": "accepted"}
    assert run.results[0].remote_id == "acme-7"
    assert vendor.lines == ["PUT /v1/parcels/A%2F1"] * 2
    assert vendor.times[1] - vendor.times[0] >= 5
    assert vendor.asked[0].headers["x-token"] == "canary-token-Zq7/+x"
    assert pushed([candidate], target(tmp_path, "acme"), vendor).outcomes == {"A/1": "unchanged"}


def test_no_module_of_the_push_names_a_system() -> None:
    folder = Path(systems.__path__[0]).parent / "push"
    for path in folder.glob("*.py"):
        words = path.read_text().lower()
        for name in ("webship", "shipstation", "starshipit"):
            assert name not in words, f"{path.name} names {name}"


def test_only_the_client_imports_httpx() -> None:
    folder = Path(systems.__path__[0]).parent
    importing = {
        path.name
        for path in [*(folder / "push").glob("*.py"), *folder.glob("systems/**/*.py")]
        for line in path.read_text().splitlines()
        if line.startswith(("import httpx", "from httpx"))
    }
    assert importing == {"client.py"}
