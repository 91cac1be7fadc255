"""Hundreds of seeded scenarios hold every invariant, and a naive engine does not (facts reliability, c)."""

from pathlib import Path

import httpx
import pytest

from orderctl.config import Target
from orderctl.push import Candidate, Outcome, Result, World

from .scenarios import Scenario, ours, violations
from .support import decoded

PART = 20


@pytest.mark.parametrize("part", range(15))
def test_every_invariant_holds_in_seeded_scenarios(part: int, tmp_path: Path) -> None:
    found = [one for seed in range(part * PART, (part + 1) * PART) for one in violations(seed, tmp_path, ours)]
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(15, 150))
def test_every_invariant_holds_in_many_more(part: int, tmp_path: Path) -> None:
    found = [one for seed in range(part * PART, (part + 1) * PART) for one in violations(seed, tmp_path, ours)]
    assert found == []


def test_a_naive_engine_breaks_them(tmp_path: Path) -> None:
    """The negative control: retry three times, believe any 2xx. If this passed, the scenarios would prove nothing."""
    broken = [seed for seed in range(200) if violations(seed, tmp_path, naive)]
    assert len(broken) >= 40


def naive(candidates: list[Candidate], to: Target, scenario: Scenario, world: World) -> tuple[list[Result], None]:
    """What one writes first."""
    assert world.transport is not None
    client = httpx.Client(transport=world.transport, base_url=to.base_url)
    ways = {"webship": ("PUT", "/x"), "shipstation": ("POST", "/x"), "starshipit": ("POST", "/x")}
    method, path = ways[scenario.system]
    results = []
    for candidate in candidates:
        body = {"order": candidate.document} if scenario.system == "starshipit" else candidate.document
        outcome = Outcome.FAILED
        for _ in range(3):
            try:
                reply = client.request(method, path, content=_encode(body))
            except httpx.HTTPError:
                continue
            if reply.status_code < 500:
                outcome = Outcome.ACCEPTED if reply.is_success else Outcome.REJECTED
                break
        results.append(Result(candidate, outcome))
    return results, None


def _encode(body: object) -> bytes:
    import msgspec

    return msgspec.json.Encoder(decimal_format="number").encode(body)


def test_one_seed_is_one_history(tmp_path: Path) -> None:
    one, other = Scenario(7), Scenario(7)
    assert one.orders == other.orders
    assert one.fates == other.fates
    assert decoded(b"[1]") == [1]
