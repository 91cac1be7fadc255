"""How ShipStation is spoken to: createorder, or createorders for several; an order is known by its orderKey.

Knows no network, clock or journal. Without an orderKey every POST makes a new order (createorder page).
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from orderctl.moments import PACIFIC, read_local
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
    plain_meaning,
)

BATCH_LIMIT = 100
"""createorders page: at most 100 orders."""

_CLOSED = frozenset({"shipped", "cancelled"})
_PAGES = 20


def identity(document: Document) -> Identity:
    """The orderKey, else one made of storeId and orderNumber, which never changes."""
    number = document.get("orderNumber")
    number = number if isinstance(number, str) else ""
    key = document.get("orderKey")
    if not isinstance(key, str) or not key:
        key = made_key(document, number)
    return Identity(key, number)


def made_key(document: Document, number: str) -> str:
    """`orderctl-` and 32 hex digits of SHA-256 over storeId (or nothing), NUL, orderNumber (SPEC §7)."""
    options = document.get("advancedOptions")
    store = options.get("storeId") if isinstance(options, dict) else None
    text = f"{'' if store is None else store}\0{number}"
    return f"orderctl-{sha256(text.encode()).hexdigest()[:32]}"


def prepare(document: Document, keyless: bool) -> Document:
    """The document with its key, unless a key of our making is not wanted."""
    if keyless or document.get("orderKey"):
        return document
    return {**document, "orderKey": identity(document).key}


def headers(secrets: Mapping[str, str]) -> dict[str, str]:
    """HTTP Basic, key and secret (Requirements, Authentication)."""
    pair = f"{secrets['api_key']}:{secrets['api_secret']}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def write(settings: Mapping[str, str], document: Document, remote: Document | None) -> Request:
    """One order; with its key, or the orderId of an order that we know, a second POST is an update."""
    repeat = Repeat.SETTLED
    if not document.get("orderKey"):
        repeat = Repeat.NEVER
        if remote is not None and "orderId" in remote:
            document = {**document, "orderId": remote["orderId"]}
            repeat = Repeat.SETTLED
    return Request("POST", ("orders", "createorder"), body=document, repeat=repeat)


def judge(document: Document, answer: Answer) -> Verdict:
    """Success is the order itself, by its key (createorder, Response)."""
    fields = answer.fields
    name = "orderKey" if document.get("orderKey") else "orderNumber"
    expected = document.get("orderKey") or document.get("orderNumber")
    if not fields or fields.get(name) != expected:
        return Verdict(Word.UNREADABLE, words(answer))
    state = fields.get("orderStatus")
    if state in _CLOSED and state != document.get("orderStatus"):
        return Verdict(Word.CONFLICT, f"it is {state} there and takes no update", remote_id(fields))
    return Verdict(Word.ACCEPTED, None, remote_id(fields))


def words(answer: Answer) -> str | None:
    """`Message` with `ModelState` or `ExceptionMessage`, or `message` (facts §11)."""
    fields = answer.fields
    parts = [fields.get("Message"), fields.get("ExceptionMessage"), fields.get("message")]
    state = fields.get("ModelState")
    if isinstance(state, dict):
        parts += [f"{path}: {_joined(said)}" for path, said in state.items()]
    return "; ".join(part for part in parts if isinstance(part, str) and part) or None


def batch(documents: Sequence[Document]) -> Request:
    """Several orders as a bare array (createorders)."""
    keyed = all(document.get("orderKey") for document in documents)
    repeat = Repeat.SETTLED if keyed else Repeat.NEVER
    return Request("POST", ("orders", "createorders"), body=list(documents), repeat=repeat)


def judge_batch(documents: Sequence[Document], answer: Answer) -> list[Verdict | None]:
    """The result of each order: matched by orderKey, then orderNumber, then position; the order is not promised."""
    results = answer.fields.get("results")
    found = [result for result in results if isinstance(result, dict)] if isinstance(results, list) else []
    matched = _matched(documents, found)
    return [None if result is None else _one_of_many(result) for result in matched]


def look_up(who: Identity, answers: Sequence[Answer]) -> Request | Found | Unanswered:
    """All orders whose number is exactly this one; the filter means "starts with" (List Orders)."""
    if not who.number:
        return Unanswered("an order without a number cannot be looked up")
    hits: list[Document] = []
    pages = 1
    for answer in answers:
        orders, total = answer.fields.get("orders"), answer.fields.get("pages")
        if not 200 <= answer.status < 300 or not isinstance(orders, list) or answer.body is NOT_JSON:
            return Unanswered(words(answer) or f"HTTP {answer.status} without a list of orders")
        pages = total if isinstance(total, int) else 1
        hits += [order for order in orders if isinstance(order, dict) and order.get("orderNumber") == who.number]
    if len(answers) < min(max(pages, 1), _PAGES) or not answers:
        query = (("orderNumber", who.number), ("page", str(len(answers) + 1)), ("pageSize", "500"))
        return Request("GET", ("orders",), query)
    own = [order for order in hits if order.get("orderKey") == who.key]
    return Found(tuple(hits if who.keyless and not own else own))


def same(document: Document, remote: Document) -> bool:
    """Whether the remote order holds all that we say, as far as ShipStation keeps it (facts §13)."""
    return _same(document, remote)


def closed(remote: Document) -> str | None:
    """Shipped and cancelled orders take no update (createorder)."""
    state = remote.get("orderStatus")
    return state if state in _CLOSED else None


def remote_id(remote: Document) -> str | None:
    """The orderId."""
    number = remote.get("orderId")
    return str(number) if isinstance(number, int) and number > 0 else None


def known(remote: str) -> Document:
    """A remote order of which only the orderId is known."""
    return {"orderId": int(remote)}


_NOT_KEPT = frozenset(
    {"customerId", "tagIds", "residential", "addressVerified", "productId", "orderKey", "orderId", "warehouseId"}
    | {"storeId", "customsItemId", "mergedIds", "mergedOrSplit", "parentId", "userId", "createDate", "modifyDate"}
    | {"orderItemId", "WeightUnits", "orderTotal"}
)
"""Fields that come back changed, filled in, or not at all."""


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict):
        there = theirs if isinstance(theirs, dict) else {}
        return all(_same(value, there.get(key)) for key, value in ours.items() if key not in _NOT_KEPT)
    if isinstance(ours, list):
        there_list = theirs if isinstance(theirs, list) else []
        return len(ours) == len(there_list) and all(map(_same, ours, there_list))
    return meaning("", ours) == meaning("", theirs)


def meaning(name: str, value: object) -> object:
    """What a leaf means: blank is null, 2 is 2.0, a time is its moment; a field that is not kept means nothing."""
    if name in _NOT_KEPT:
        return None
    if isinstance(value, str) and value[4:5] == "-" and (read := read_local(value, PACIFIC)):
        moment = read.value
        return datetime.fromtimestamp(moment.timestamp(), UTC) if isinstance(moment, datetime) else moment
    return plain_meaning(name, value)


def _matched(documents: Sequence[Document], results: list[Document]) -> list[Document | None]:
    """The result of each document, each result used once."""
    matched: list[Document | None] = [None] * len(documents)
    left = list(results)
    for name in ("orderKey", "orderNumber"):
        for at, document in enumerate(documents):
            wanted = document.get(name)
            hit = next((one for one in left if wanted and one.get(name) == wanted), None)
            if matched[at] is None and hit is not None:
                matched[at] = hit
                left.remove(hit)
    if len(results) != len(documents):
        return matched
    for at, result in enumerate(results):
        nameless = not result.get("orderKey") and not result.get("orderNumber")
        if matched[at] is None and nameless:
            matched[at] = result
    return matched


def _one_of_many(result: Document) -> Verdict:
    message = result.get("errorMessage")
    text = message if isinstance(message, str) else None
    if result.get("success") is True:
        return Verdict(Word.ACCEPTED, None, remote_id(result))
    if result.get("success") is False:
        return Verdict(Word.REJECTED, text or "refused without a word", remote_id(result))
    return Verdict(Word.UNREADABLE, text)


def _joined(said: object) -> str:
    return " ".join(str(one) for one in said) if isinstance(said, list) else str(said)


WIRE = Wire(
    identity=identity,
    headers=headers,
    write=write,
    judge=judge,
    key_path=("orderKey",),
    words=words,
    prepare=prepare,
    look_up=look_up,
    same=same,
    closed=closed,
    remote_id=remote_id,
    meaning=meaning,
    known=known,
    batch=batch,
    judge_batch=judge_batch,
    batch_limit=BATCH_LIMIT,
)
