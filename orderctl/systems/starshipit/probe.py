"""Starshipit's harmless request: a search of one order (Search Orders)."""

from collections.abc import Mapping

from orderctl.systems.probe import Probe
from orderctl.systems.starshipit.wire import words
from orderctl.systems.wire import Answer, Request, Verdict, Word

_PHRASE = "orderctl"


def ask(settings: Mapping[str, str]) -> Request:
    """GET a search that asks for one order at most (Search Orders, phrase and limit)."""
    return Request("GET", ("api", "orders", "search"), (("phrase", _PHRASE), ("limit", "1")))


def judge(answer: Answer) -> Verdict:
    """Success is `success` true; a refusal may come with status 200 too."""
    if answer.fields.get("success") is True:
        return Verdict(Word.ACCEPTED)
    refused = answer.fields.get("success") is False or "statusCode" in answer.fields
    return Verdict(Word.REJECTED if refused else Word.UNREADABLE, words(answer))


PROBE = Probe(ask, judge)
