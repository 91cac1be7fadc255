"""What a PUT must say so that a Starshipit order becomes ours, and whether it is ours already.

Knows no HTTP. The server merges (facts §6): keys that are not sent stay, lines without an id are added, and a line
goes only when it is told to.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from typing import Any, TypeAlias

from orderctl.moments import read_local
from orderctl.places import country_code
from orderctl.systems.wire import Document, plain_meaning

_TOP = ("reference", "shipping_method", "shipping_description")
_PARTY = ("email", "phone", "building", "company", "city", "post_code")
_DESTINATION = (*_PARTY, "delivery_instructions", "tax_number")
_ITEM = ("description", "sku", "tariff_code", "country_of_origin")
_PACKAGE = ("name", "packaging_type", "description")
"""Texts that the page lets be blank. Currency and carrier are filled in by the account, so they are not cleared."""

Guess: TypeAlias = Callable[[Document, Iterable[Document]], Document | None]
"""Which remote line of those left a line is that names none."""

_LISTS = {"items": "item_id", "packages": "package_id", "metadatas": "metafield_key"}
_ALIASES = {"is_manifested": "manifested", "return_order": "create_return"}
_COUNTRIES = frozenset({"country", "country_of_origin"})


def fresh(document: Document) -> Document:
    """The body of a POST: creating knows no order_id, and no `delete`; a line to delete would be made."""
    order = {name: value for name, value in document.items() if name != "order_id"}
    for name in ("items", "packages"):
        if any(line.get("delete") for line in _objects(order.get(name))):
            order[name] = [line for line in _objects(order[name]) if not line.get("delete")]
            if not order[name]:
                del order[name]
    return order


def merged(document: Document, remote: Document) -> Document:
    """The body of a PUT: our order, the remote ids, blanks for texts that only the remote order has."""
    order = {**document, **_blanks(document, remote, _TOP), "order_id": remote["order_id"]}
    for name, texts in (("destination", _DESTINATION), ("sender_details", _PARTY)):
        if isinstance(order.get(name), dict):
            order[name] = {**order[name], **_blanks(order[name], _object(remote.get(name)), texts)}
    if isinstance(order.get("items"), list):
        order["items"] = _lines(order["items"], _objects(remote.get("items")), "item_id", _ITEM, _of_same_goods)
    if isinstance(order.get("packages"), list):
        order["packages"] = _lines(order["packages"], _objects(remote.get("packages")), "package_id", _PACKAGE, _next)
    return order


def same(document: Document, remote: Document) -> bool:
    """Whether a PUT would change nothing: every leaf means the same there, and no line there is extra."""
    return _same_object(merged(document, remote), remote)


def notes(document: Document, remote: Document) -> str | None:
    """What a PUT cannot bring about, in words."""
    kept = [
        f"{name}.state is {theirs['state']!r} there and absent here; it cannot be cleared"
        for name in ("destination", "sender_details")
        if isinstance(document.get(name), dict)
        and (theirs := _object(remote.get(name))).get("state")
        and "state" not in document[name]
    ]
    kept += [
        f"{name} are absent here, so the {len(lines)} there stay"
        for name in ("items", "packages")
        if name not in document and (lines := _objects(remote.get(name)))
    ]
    return "; ".join(kept) or None


def _lines(ours: list[Any], theirs: list[Document], mark: str, texts: tuple[str, ...], guess: Guess) -> list[Any]:
    """Each line with the id of the remote line that it names, else of the one that it is guessed to be.

    The remote lines left over are deleted; a line to delete that is not there is none.
    """
    left: dict[object, Document] = {line[mark]: line for line in theirs if isinstance(line.get(mark), int)}
    named = [left.pop(line.get(mark), None) for line in ours]
    lines: list[Document] = []
    for line, there in zip(ours, named, strict=True):
        gone = line.get("delete") and mark in line
        there = there or (None if gone else guess(line, left.values()))
        if there is not None:
            left.pop(there[mark], None)
            lines.append({**line, **_blanks(line, there, texts), mark: there[mark]})
        elif not line.get("delete"):
            lines.append(line)
    return [*lines, *({mark: one, "delete": True} for one in left)]


def _of_same_goods(line: Document, left: Iterable[Document]) -> Document | None:
    """The first remote item of the same sku, else description."""
    name = next((name for name in ("sku", "description") if line.get(name)), None)
    return next((one for one in left if name and one.get(name) == line[name]), None)


def _next(parcel: Document, left: Iterable[Document]) -> Document | None:
    """The first remote parcel left: parcels without an id are told apart by their position."""
    return next(iter(left), None)


def _blanks(ours: Document, theirs: Document, names: tuple[str, ...]) -> dict[str, str]:
    """A blank for each text that is set there and absent here."""
    return {name: "" for name in names if name not in ours and isinstance(theirs.get(name), str) and theirs[name]}


def _same_object(ours: Document, theirs: Document) -> bool:
    for name, value in ours.items():
        if name in _LISTS and isinstance(value, list):
            if not _same_list(value, _objects(theirs.get(name)), _LISTS[name]):
                return False
        elif isinstance(value, dict):
            if not _same_object(value, _object(theirs.get(name))):
                return False
        elif meaning(name, value) != meaning(name, _there(name, theirs)):
            return False
    return True


def _same_list(ours: list[Any], theirs: list[Document], mark: str) -> bool:
    """Whether each of our lines is the remote line with its mark; one without a mark cannot be told to be the same."""
    by_mark = {line[mark]: line for line in theirs if line.get(mark) is not None}
    pairs = [(line, by_mark.get(line.get(mark))) for line in ours]
    return all(there is not None and not line.get("delete") and _same_object(line, there) for line, there in pairs)


def _there(name: str, theirs: Document) -> object:
    """The remote value of a field, also where answers call it otherwise (facts §5)."""
    if name in theirs:
        return theirs[name]
    if name == "description":
        return theirs.get("contents")
    if name == "tax_number":
        numbers = _objects(theirs.get("tax_numbers"))
        return next((one["value"] for one in numbers if "value" in one), None)
    return theirs.get(_ALIASES.get(name, name))


def meaning(name: str, value: object) -> object:
    """What a leaf means: absent is blank and false, 2 is 2.0, AU is Australia, a time is its second in UTC."""
    if value is False:
        return None
    if isinstance(value, str) and name in _COUNTRIES:
        return country_code(value) or value
    if isinstance(value, str) and name == "order_date":
        return _second(value)
    return plain_meaning(name, value)


def _second(text: str) -> object:
    """The second that a time lies in: answers drop fractions and the zone (facts §5)."""
    read = read_local(text, "UTC")
    if read is None:
        return text
    if isinstance(read.value, datetime):
        return datetime.fromtimestamp(int(read.value.timestamp()), UTC)
    return datetime.combine(read.value, time(), UTC)


def _object(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Document]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
