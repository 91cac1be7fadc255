"""One harmless call to a target with its credentials, and what the answer shows: access, clock, rate limit.

Knows no system: the request and what its answer means come from the system's `probe`.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orderctl import systems
from orderctl.doctor.check import Check, good, warning, wrong
from orderctl.errors import Exit, UsageError
from orderctl.push.client import Client, NoAnswer, Sure, Way, tls
from orderctl.push.mask import Mask
from orderctl.systems import System
from orderctl.systems.probe import Probe
from orderctl.systems.wire import Answer, Request, Verdict, Wire, Word

if TYPE_CHECKING:
    from orderctl.config import Target

SECONDS = 30.0
_FAR = 300.0
_TEMPORARY = (408, 425, 429)
_SURE = {Sure.CERTIFICATE: Exit.REFUSED, Sure.UNSENDABLE: Exit.USAGE}


def call(target: "Target", now: Callable[[], float] = time.time) -> Iterator[Check]:
    """Send the system's probe once and tell what came back."""
    system = systems.load(target.system)
    wire, probe = import_module(system.wire).WIRE, _probe(system)
    assert isinstance(wire, Wire)
    if probe is None:
        yield warning("call", "not tried: no harmless call is known for this system")
        return
    secrets = {key: secret.reveal() for key, secret in target.secrets.items()}
    request = probe.ask(target.settings)
    asked = f"{request.method} /{'/'.join(request.path)}"
    try:
        answer = _send(target, request, wire.headers(secrets))
    except UsageError as error:
        yield wrong("call", str(error), Exit.USAGE)
        return
    mask = Mask(secrets.values())
    if isinstance(answer, NoAnswer):
        yield wrong("call", f"{asked}: {mask.words(answer.message)}", _SURE.get(answer.sure, Exit.TEMPORARY))
        return
    verdict = probe.judge(answer) if 200 <= answer.status < 300 else Verdict(Word.REJECTED, wire.words(answer))
    said = mask.words(verdict.message)
    yield _judged(f"{asked}: HTTP {answer.status}", answer, verdict.word, f": {said}" if said else "")
    yield _clock(answer.headers, now())
    yield _rate(answer.headers, target.rate or system.rate)


def _probe(system: System) -> Probe | None:
    """The probe that lies beside the system's wire, if there is one."""
    name = f"{system.wire.rpartition('.')[0]}.probe"
    if find_spec(name) is None:
        return None
    probe = import_module(name).PROBE
    assert isinstance(probe, Probe)
    return probe


def _send(target: "Target", request: Request, headers: Mapping[str, str]) -> Answer | NoAnswer:
    way = Way(target.base_url, headers, SECONDS, target.proxy, target.ca_file)
    client = Client(way, tls(target.ca_file))
    try:
        return client.send(request)
    finally:
        client.close()


def _judged(asked: str, answer: Answer, word: Word, said: str) -> Check:
    """The check of an answer: what its status and its words mean for the credentials."""
    status = answer.status
    if word is Word.ACCEPTED:
        return good("call", asked)
    if word is Word.UNREADABLE:
        return wrong("call", f"{asked}, but not the documented answer{said}; is base_url right?", Exit.TEMPORARY)
    if status in (401, 403):
        return wrong("call", f"{asked}: the credentials are refused{said}", Exit.REFUSED)
    if 300 <= status < 400:
        host = urlsplit(answer.headers.get("location", "")).hostname or "elsewhere"
        return wrong("call", f"{asked}: it points to {host}; is base_url right?", Exit.REFUSED)
    if status in _TEMPORARY or status >= 500:
        return wrong("call", f"{asked}: temporary trouble{said}", Exit.TEMPORARY)
    hint = "; are base_url and the ids right?" if status == 404 else ""
    return wrong("call", f"{asked}: refused{said}{hint}", Exit.REFUSED)


def _clock(headers: Mapping[str, str], now: float) -> Check:
    there = _date(headers.get("date", ""))
    if there is None:
        return good("clock", "not compared: the answer has no date")
    off = now - there.timestamp()
    if abs(off) <= _FAR:
        return good("clock", "agrees with the system's to within five minutes")
    return warning(
        "clock", f"this clock is {abs(off) / 60:,.0f} minutes {'ahead of' if off > 0 else 'behind'} the system's"
    )


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None


def _rate(headers: Mapping[str, str], ours: str) -> Check:
    seen = [f"{name} {headers[name]}" for name in sorted(headers) if _is_of_a_limit(name)]
    told = ", ".join(seen)[:200] or "the answer names no limit"
    return good("rate limit", f"{told}; orderctl keeps to {ours}")


def _is_of_a_limit(name: str) -> bool:
    return name == "retry-after" or name.removeprefix("x-").startswith(("rate-limit", "ratelimit"))
