"""Seeded scenarios hold every invariant, and a naive engine does not (facts reliability, c).

A hundred in the quick suite; a run of `.ci/run` holds thirteen hundred.
"""

from pathlib import Path

import httpx
import pytest

from orderctl.push import Candidate, Outcome, Result, World

from .scenarios import Scenario, ours, violations
from .trade import FAULTS, Told, Trade

PART, QUICK = 20, 5


@pytest.mark.parametrize("part", range(QUICK))
def test_every_invariant_holds_in_seeded_scenarios(part: int, tmp_path: Path) -> None:
    found = [one for seed in range(part * PART, (part + 1) * PART) for one in violations(seed, tmp_path, ours)]
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(QUICK, 65))
def test_every_invariant_holds_in_many_more(part: int, tmp_path: Path) -> None:
    found = [one for seed in range(part * PART, (part + 1) * PART) for one in violations(seed, tmp_path, ours)]
    assert found == []


def test_a_naive_engine_breaks_them(tmp_path: Path) -> None:
    """The negative control: retry three times, believe any 2xx. If this passed, the scenarios would prove nothing."""
    broken = [seed for seed in range(200) if violations(seed, tmp_path, naive)]
    assert len(broken) >= 40


def naive(candidates: list[Candidate], trade: Trade, world: World, told: Told) -> None:
    """What one writes first."""
    assert world.transport is not None
    client = httpx.Client(transport=world.transport, base_url=trade.to.base_url)
    ways = {"webship": ("PUT", "/x"), "shipstation": ("POST", "/x"), "starshipit": ("POST", "/x")}
    method, path = ways[trade.system]
    for candidate in candidates:
        body = {"order": candidate.document} if trade.system == "starshipit" else candidate.document
        outcome = Outcome.FAILED
        for _ in range(3):
            try:
                reply = client.request(method, path, content=_encode(body))
            except httpx.HTTPError:
                continue
            if reply.status_code < 500:
                outcome = Outcome.ACCEPTED if reply.is_success else Outcome.REJECTED
                break
        told.results.append(Result(candidate, outcome))


def _encode(body: object) -> bytes:
    import msgspec

    return msgspec.json.Encoder(decimal_format="number").encode(body)


def test_one_seed_is_one_history(tmp_path: Path) -> None:
    one, other = (Scenario(7, tmp_path) for _ in range(2))
    assert one.trade.orders == other.trade.orders
    assert (one.fates, one.disks, one.names) == (other.fates, other.disks, other.names)


def test_the_quick_seeds_hold_every_kind_of_fault(tmp_path: Path) -> None:
    made = [Scenario(seed, tmp_path) for seed in range(QUICK * PART)]
    names = {name for scenario in made for name in scenario.names}
    assert names == {*FAULTS, "refused", "frozen"}
    for has in (
        lambda one: one.trade.keyless,
        lambda one: one.trade.batch > 1,
        lambda one: one.trade.store.stale and one.trade.system == "starshipit",
        lambda one: one.disks[-1].at and one.disks[-1].done,
        lambda one: one.disks[-1].at and not one.disks[-1].done,
        lambda one: any(one.fates),
    ):
        assert sum(bool(has(one)) for one in made) >= 3
