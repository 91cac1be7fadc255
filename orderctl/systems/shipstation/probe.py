"""ShipStation's harmless request: the stores of the account (List Stores)."""

from collections.abc import Mapping

from orderctl.systems.probe import Probe
from orderctl.systems.wire import Answer, Request, Verdict, Word


def ask(settings: Mapping[str, str]) -> Request:
    """GET the stores (List Stores)."""
    return Request("GET", ("stores",))


def judge(answer: Answer) -> Verdict:
    """Success is a bare array of stores (List Stores, Response)."""
    return Verdict(Word.ACCEPTED if isinstance(answer.body, list) else Word.UNREADABLE)


PROBE = Probe(ask, judge)
