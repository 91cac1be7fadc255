"""The words of a wire: the terms in which a system says how it is spoken to over HTTP.

Knows no system, no clock and no network: requests, answers and verdicts are values, wires are pure functions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from orderctl.paths import Path

Document: TypeAlias = dict[str, Any]
"""A document as read: plain dict, list, str, int, Decimal, bool, None."""


class _NotJson:
    """What stands for a body that is not JSON."""

    def __repr__(self) -> str:
        return "NOT_JSON"


NOT_JSON = _NotJson()
"""The body of an answer that is not JSON."""


class Repeat(StrEnum):
    """When a write that may or may not have arrived can be sent again."""

    AT_ONCE = "A"
    SETTLED = "S"
    """After the settle time: the system knows the order by its key."""
    IF_ABSENT = "L"
    """After the settle time and a look-up that shows that the order is not there."""
    NEVER = "N"
    """A second one would make a second order; a look-up may still prove the first."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two documents the same order in the target; `keyless` when the key is not sent."""

    key: str
    number: str | None = None
    remote_id: str | None = None
    keyless: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request: path parts and query as plain text (the client encodes them), body as a document."""

    method: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    body: object = None
    repeat: Repeat = Repeat.AT_ONCE


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer: header names in lower case, `body` parsed or `NOT_JSON`, `text` its beginning."""

    status: int
    headers: Mapping[str, str]
    body: object
    text: str

    @property
    def fields(self) -> Document:
        """The body where it is a JSON object, else an empty one."""
        return self.body if isinstance(self.body, dict) else {}


class Word(StrEnum):
    """What an answer with a 2xx status means."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    UNREADABLE = "unreadable"
    """Not an answer of the documented kind: it proves nothing."""
    LOOK = "look"
    """A refusal that may hide a success: only a look-up can tell."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means for one order; `message` holds the system's own words."""

    word: Word
    message: str | None = None
    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The orders that the target holds under an identity; none is proven absence."""

    hits: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A look-up whose answer shows neither presence nor absence."""

    message: str


Look: TypeAlias = Callable[[Identity, Sequence[Answer]], Request | Found | Unanswered]


def no_words(answer: Answer) -> str | None:
    """No message of a documented kind."""
    return None


def as_it_is(document: Document, keyless: bool) -> Document:
    """The document that is sent is the document."""
    return document


def nothing_lacks(document: Document) -> Path | None:
    """Every valid document can be sent."""
    return None


def plain_meaning(name: str, value: object) -> object:
    """Blank is absent, and 2 is 2.0."""
    if value is None or value == "":
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value).normalize()
    return value


@dataclass(frozen=True, slots=True)
class Wire:
    """How one system is spoken to. The functions are pure; what is left out, the system does not have.

    identity    the key, number and known remote id of a document
    headers     the credential headers, from the secrets by their setting's key
    write       the request that brings a document; `remote` is the order as looked up, or what is known of it
    judge       what a 2xx answer to that request means
    words       the system's own words in any answer
    prepare     the document as sent; `keyless` leaves out a key of our making
    lacks       where a valid document says too little to be sent
    look_up     the next question about an identity, given the answers so far, or what they show
    looks_first every write is preceded by a look-up
    same        whether a remote order holds all that the document says
    closed      the remote state in words when it takes no update any more
    remote_id   the id in a remote order
    known       a remote order of which only the id is known
    meaning     what a leaf means, by its name and value, so that two spellings of one thing compare equal
    notes       what a write to that remote order cannot bring about, in words
    batch       the request that brings several documents; at most `batch_limit`
    judge_batch one verdict per document of a 2xx answer, None where the answer does not mention it
    key_path    where the key stands in a document
    guards_source  another source id under the same key is a conflict
    """

    identity: Callable[[Document], Identity]
    headers: Callable[[Mapping[str, str]], dict[str, str]]
    write: Callable[[Mapping[str, str], Document, Document | None], Request]
    judge: Callable[[Document, Answer], Verdict]
    key_path: Path
    words: Callable[[Answer], str | None] = no_words
    prepare: Callable[[Document, bool], Document] = as_it_is
    lacks: Callable[[Document], Path | None] = nothing_lacks
    look_up: Look | None = None
    looks_first: bool = False
    same: Callable[[Document, Document], bool] | None = None
    closed: Callable[[Document], str | None] | None = None
    remote_id: Callable[[Document], str | None] | None = None
    known: Callable[[str], Document] | None = None
    meaning: Callable[[str, object], object] = plain_meaning
    notes: Callable[[Document, Document], str | None] | None = None
    batch: Callable[[Sequence[Document]], Request] | None = None
    judge_batch: Callable[[Sequence[Document], Answer], list[Verdict | None]] | None = None
    batch_limit: int = 1
    guards_source: bool = False
