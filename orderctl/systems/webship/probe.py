"""Webship's harmless request: the services of the customer.

OBSERVED: a public client uses it to check its key; no page in our hands shows the answer.
"""

from collections.abc import Mapping

from orderctl.systems.probe import Probe
from orderctl.systems.webship.wire import words
from orderctl.systems.wire import Answer, Request, Verdict, Word


def ask(settings: Mapping[str, str]) -> Request:
    """GET the services (Overview, Endpoints)."""
    return Request("GET", ("restapi", "v1", "customers", settings["customer_id"], "services"))


def judge(answer: Answer) -> Verdict:
    """Any JSON that is no error."""
    if answer.fields.get("error") or answer.fields.get("ok") is False:
        return Verdict(Word.REJECTED, words(answer))
    return Verdict(Word.ACCEPTED if isinstance(answer.body, dict | list) else Word.UNREADABLE)


PROBE = Probe(ask, judge)
