"""How Starshipit is spoken to: look first, then POST what is not there or PUT what is.

Knows no network, clock or journal. A create has no key, so a second POST may make a second order (facts §8).
What a PUT must say so that the order becomes ours stands in `merge`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from orderctl.paths import Path
from orderctl.systems.starshipit import merge
from orderctl.systems.wire import (
    NOT_JSON,
    Answer,
    Document,
    Found,
    Identity,
    Repeat,
    Request,
    Unanswered,
    Verdict,
    Wire,
    Word,
)

_ORDERS = ("api", "orders")
_OPEN = frozenset({"Unshipped", "Saved"})
_NOT_FOUND = re.compile(
    r"not\s+found|no\s+(matching\s+)?orders?\b|(could\s*n.t|could\s+not|can\s*not|can.t|unable\s+to)\s+(be\s+)?"
    r"(find|found|get\s+order|locate)|does\s*(n.t|\s+not)\s+exist|no\s+(results?|records?)",
    re.IGNORECASE,
)
_EXISTS = re.compile(r"order\s+exists|already\s+exists|duplicate", re.IGNORECASE)


def identity(document: Document) -> Identity:
    """The order_number; a document with an order_id names the remote order itself."""
    number = document.get("order_number")
    number = number if isinstance(number, str) else ""
    return Identity(number, number, _id(document.get("order_id")))


def headers(secrets: Mapping[str, str]) -> dict[str, str]:
    """Two keys: the account's and the subscription's (API fundamentals)."""
    return {
        "StarShipIT-Api-Key": secrets["api_key"],
        "Ocp-Apim-Subscription-Key": secrets["subscription_key"],
    }


def lacks(document: Document) -> Path | None:
    """Where an order is to go, unless it names the one that it updates (Create Order, destination)."""
    return None if document.get("destination") or document.get("order_id") else ("destination",)


def look_up(who: Identity, answers: Sequence[Answer]) -> Request | Found | Unanswered:
    """Ask by id where one is known, by number, and by number among the shipped; the default omits those."""
    questions = [(("order_number", who.key),), (("order_number", who.key), ("status", "Shipped"))]
    by_id = who.remote_id is not None
    if who.remote_id is not None:
        questions.insert(0, (("order_id", who.remote_id),))
    for at, answer in enumerate(answers):
        hits = _hits(answer)
        if isinstance(hits, Unanswered):
            return hits
        own = [hit for hit in hits if _is_own(hit, who, by_id and at == 0)]
        if own:
            return Found(tuple(own))
        if hits and isinstance(answer.fields.get("order"), dict):
            return Unanswered("the answer is about another order")
        if hits and _pages(answer) > 1:
            return Unanswered("the list of orders goes on, and none so far has this number")
    if len(answers) < len(questions):
        return Request("GET", _ORDERS, questions[len(answers)])
    return Found()


def write(settings: Mapping[str, str], document: Document, remote: Document | None) -> Request:
    """PUT to an order that is there, by its id; else POST, which may be repeated only where a look shows none."""
    if remote is not None:
        return Request("PUT", _ORDERS, body={"order": merge.merged(document, remote)})
    return Request("POST", _ORDERS, body={"order": merge.fresh(document)}, repeat=Repeat.IF_ABSENT)


def judge(document: Document, answer: Answer) -> Verdict:
    """Success is `success` true; false with an id in it may be an order all the same (facts §8)."""
    fields = answer.fields
    order = fields.get("order")
    order = order if isinstance(order, dict) else {}
    remote = _id(order.get("order_id")) or _id(fields.get("order_id"))
    if fields.get("success") is True:
        if order.get("order_number", document.get("order_number")) != document.get("order_number"):
            return Verdict(Word.UNREADABLE, "the answer is about another order")
        return Verdict(Word.ACCEPTED, None, remote)
    if fields.get("success") is not False:
        return Verdict(Word.UNREADABLE, words(answer))
    said = words(answer) or "refused without a word"
    if remote is not None or _EXISTS.search(said):
        return Verdict(Word.LOOK, said, remote)
    return Verdict(Word.REJECTED, said)


def words(answer: Answer) -> str | None:
    """`errors[].message` and `details`, else the gateway's `message` (facts §9)."""
    errors = answer.fields.get("errors")
    listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    said = [": ".join(_texts(error, "message", "details")) for error in listed]
    return "; ".join(filter(None, said)) or "; ".join(_texts(answer.fields, "message")) or None


def closed(remote: Document) -> str | None:
    """A printed or shipped order takes no update but of its status; an archived one is gone from the list."""
    if remote.get("archived") is True:
        return "archived"
    status = remote.get("status")
    return status if isinstance(status, str) and status and status not in _OPEN else None


def remote_id(remote: Document) -> str | None:
    """The order_id."""
    return _id(remote.get("order_id"))


def _hits(answer: Answer) -> list[Document] | Unanswered:
    """The orders in an answer; none only where it says so in a way that can be trusted."""
    fields = answer.fields
    if answer.status == 404 and answer.body is not NOT_JSON:
        return []
    unclear = Unanswered(words(answer) or f"HTTP {answer.status} without the documented answer")
    if not 200 <= answer.status < 300:
        return unclear
    if fields.get("success") is True:
        orders = _orders(fields)
        return unclear if orders is None else orders
    nothing = not _orders(fields) and _id(fields.get("order_id")) is None
    if fields.get("success") is False and nothing and _NOT_FOUND.search(words(answer) or ""):
        return []
    return unclear


def _orders(fields: Document) -> list[Document] | None:
    """`order` as an object or a list, `orders`, `data.orders`; None when there is none of them."""
    data = fields.get("data")
    places: list[Any] = [fields.get("order"), fields.get("orders")]
    if isinstance(data, dict):
        places.append(data.get("orders"))
    for place in places:
        if isinstance(place, dict):
            return [place]
        if isinstance(place, list):
            return [order for order in place if isinstance(order, dict)]
    return None


def _is_own(hit: Document, who: Identity, by_id: bool) -> bool:
    if _id(hit.get("order_id")) is None:
        return False
    return _id(hit["order_id"]) == who.remote_id if by_id else hit.get("order_number") == who.key


def _pages(answer: Answer) -> int:
    pages = answer.fields.get("total_pages")
    return pages if isinstance(pages, int) else 1


def _id(value: object) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 1 else None


def _texts(fields: Document, *names: str) -> list[str]:
    return [fields[name] for name in names if isinstance(fields.get(name), str) and fields[name]]


WIRE = Wire(
    identity=identity,
    headers=headers,
    write=write,
    judge=judge,
    key_path=("order_number",),
    words=words,
    lacks=lacks,
    look_up=look_up,
    looks_first=True,
    same=merge.same,
    closed=closed,
    remote_id=remote_id,
    meaning=merge.meaning,
    notes=merge.notes,
    guards_source=True,
)
