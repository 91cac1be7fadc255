"""A sandbox for every test module, and a client with the right credentials for each system."""

from collections.abc import Iterator

import httpx
import pytest

from orderctl import sandbox as sandboxes
from orderctl.sandbox import Running


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with sandboxes.running(store=tmp_path_factory.mktemp("sandbox") / "s.sqlite", limits=False) as running:
        yield running


@pytest.fixture(scope="module")
def webship(sandbox: Running) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=sandbox.base_url("webship"), headers={"Authorization": "RSIS sandbox-webship-key"}
    ) as it:
        yield it


@pytest.fixture(scope="module")
def shipstation(sandbox: Running) -> Iterator[httpx.Client]:
    auth = ("sandbox-shipstation-key", "sandbox-shipstation-secret")
    with httpx.Client(base_url=sandbox.base_url("shipstation"), auth=auth) as client:
        yield client


@pytest.fixture(scope="module")
def starshipit(sandbox: Running) -> Iterator[httpx.Client]:
    headers = {
        "StarShipIT-Api-Key": "sandbox-starshipit-key",
        "Ocp-Apim-Subscription-Key": "sandbox-starshipit-subscription",
    }
    with httpx.Client(base_url=sandbox.base_url("starshipit"), headers=headers) as client:
        yield client
