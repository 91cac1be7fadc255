"""What an answer means, by its status, as SPEC §7 has it for every system alike.

Knows no system: of a 2xx answer the wire says what it means.
"""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlsplit

from orderctl.push.client import NoAnswer, Sure
from orderctl.push.pace import told
from orderctl.push.steps import Desk
from orderctl.systems.wire import Answer, Document, Word


class Kind(StrEnum):
    """What is sure after a request."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    LOOK = "look"
    """A refusal that may hide a success."""
    TROUBLE = "trouble"
    """The system could not answer; it may have applied the request."""
    UNSURE = "unsure"
    """No trustworthy answer; the system may have applied the request."""
    NOT_SENT = "not sent"
    LIMITED = "limited"
    REFUSED = "refused"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Reading:
    """The meaning of one answer; `wait` is what it asks for, in seconds."""

    kind: Kind
    message: str | None = None
    remote_id: str | None = None
    status: int | None = None
    wait: float | None = None


_SURE = {
    Sure.NOT_SENT: Kind.NOT_SENT,
    Sure.CERTIFICATE: Kind.CERTIFICATE,
    Sure.UNSENDABLE: Kind.REJECTED,
    Sure.NOTHING: Kind.UNSURE,
}
_WORDS = {
    Word.ACCEPTED: Kind.ACCEPTED,
    Word.REJECTED: Kind.REJECTED,
    Word.CONFLICT: Kind.CONFLICT,
    Word.UNREADABLE: Kind.UNSURE,
    Word.LOOK: Kind.LOOK,
}
_BY_STATUS = {401: Kind.REFUSED, 403: Kind.REFUSED, 408: Kind.TROUBLE, 425: Kind.TROUBLE, 429: Kind.LIMITED}


def read(desk: Desk, document: Document, answer: Answer | NoAnswer) -> Reading:
    """What the answer to a write means for a document."""
    if not isinstance(answer, Answer) or not 200 <= answer.status < 300:
        return without_success(desk, answer)
    verdict = desk.wire.judge(document, answer)
    message = desk.mask.words(verdict.message)
    if verdict.word is Word.UNREADABLE:
        message = f"HTTP {answer.status} without the documented answer" + (f": {message}" if message else "")
    return Reading(_WORDS[verdict.word], message, verdict.remote_id, answer.status)


def without_success(desk: Desk, answer: Answer | NoAnswer) -> Reading:
    """What an answer without a 2xx status, or none at all, means."""
    if isinstance(answer, NoAnswer):
        return Reading(_SURE[answer.sure], f"{desk.host}: {desk.mask.words(answer.message)}")
    wait = told(answer.headers, desk.now())
    kind = kind_of(answer.status)
    return Reading(kind, words_of(desk, answer), None, answer.status, wait)


def kind_of(status: int) -> Kind:
    """What a status that is not 2xx means."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Kind.TROUBLE
    return Kind.REJECTED if status >= 300 else Kind.UNSURE


def words_of(desk: Desk, answer: Answer) -> str:
    """The system's own words after the status, without secrets; for a redirect the host that it points to."""
    head = f"HTTP {answer.status}{_phrase(answer.status)}"
    if 300 <= answer.status < 400:
        location = answer.headers.get("location", "")
        where = urlsplit(location).netloc.rpartition("@")[2] if "//" in location else None
        return (
            f"{head}: points to {desk.mask.words(where or 'another path')}; redirects are not followed, check base_url"
        )
    words = desk.mask.words(desk.wire.words(answer) or _plain(answer))
    return f"{head}: {words}" if words else head


def _plain(answer: Answer) -> str | None:
    """The beginning of a body without a documented message, unless it is a web page."""
    return None if answer.text.lstrip().startswith("<") else answer.text[:200]


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
