"""What the page reads out of the store: orders by search, versions, requests. It changes nothing.

Knows no HTML.
"""

import sqlite3
from dataclasses import dataclass

import msgspec

from orderctl.paths import Path
from orderctl.sandbox.store import decode
from orderctl.systems.stand_in import Json

PER_PAGE = 50
_ORDER = "id, system, key, number, state, about, version, changed, removed"
_REQUEST = "id, at, system, method, target, status, rule, fault"


@dataclass(frozen=True, slots=True)
class Line:
    """An order in a list."""

    id: int
    system: str
    key: str
    number: str
    state: str
    about: str
    version: int
    changed: str
    removed: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in a list."""

    id: int
    at: str
    system: str
    method: str
    target: str
    status: int | None
    rule: str | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A request with its answer, whole."""

    line: Asked
    headers: dict[str, str]
    body: bytes
    answer_headers: dict[str, str]
    answer: bytes


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf that differs between two versions; a side that lacks it is None, else JSON text."""

    path: Path
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The store as the page reads it."""

    db: sqlite3.Connection

    def pulse(self) -> int:
        """The number of the last request."""
        (last,) = self.db.execute("SELECT coalesce(max(id), 0) FROM requests").fetchone()
        return int(last)

    def orders(self, system: str, words: str, page: int) -> tuple[list[Line], int]:
        """A page of the orders, the newest first, and how many there are."""
        where, values = "1", []
        if system:
            where, values = f"{where} AND system = ?", [system]
        if words:
            pattern = "%" + "".join(f"\\{c}" if c in "\\%_" else c for c in words) + "%"
            columns = " OR ".join(f"{name} LIKE ? ESCAPE '\\'" for name in ("key", "number", "about", "document"))
            where, values = f"{where} AND ({columns})", [*values, *[pattern] * 4]
        (count,) = self.db.execute(f"SELECT count(*) FROM orders WHERE {where}", values).fetchone()
        rows = self.db.execute(
            f"SELECT {_ORDER} FROM orders WHERE {where} ORDER BY changed DESC, id DESC LIMIT ? OFFSET ?",
            [*values, PER_PAGE, (page - 1) * PER_PAGE],
        )
        return [Line(*row) for row in rows], count

    def order(self, id: int) -> Line | None:
        """One order."""
        row = self.db.execute(f"SELECT {_ORDER} FROM orders WHERE id = ?", (id,)).fetchone()
        return Line(*row) if row else None

    def versions(self, id: int) -> list[tuple[int, str]]:
        """The versions of an order with their times, the newest first, at most a hundred."""
        found = "SELECT version, at FROM versions WHERE id = ? ORDER BY version DESC LIMIT 100"
        return self.db.execute(found, (id,)).fetchall()

    def document(self, id: int, version: int) -> Json:
        """One version of an order's document; None if there is none."""
        found = "SELECT document FROM versions WHERE id = ? AND version = ?"
        row = self.db.execute(found, (id, version)).fetchone()
        return decode(row[0]) if row else None

    def requests(self, system: str, refused: bool, page: int) -> tuple[list[Asked], int]:
        """A page of the requests, or of the refused ones, the newest first, and how many there are."""
        where, values = ("(rule IS NOT NULL OR fault IS NOT NULL)" if refused else "1"), []
        if system:
            where, values = f"{where} AND system = ?", [system]
        (count,) = self.db.execute(f"SELECT count(*) FROM requests WHERE {where}", values).fetchone()
        found = f"SELECT {_REQUEST} FROM requests WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?"
        rows = self.db.execute(found, [*values, PER_PAGE, (page - 1) * PER_PAGE])
        return [Asked(*row) for row in rows], count

    def requests_about(self, order: Line) -> list[Asked]:
        """The requests that named this order, the newest first, at most a hundred."""
        rows = self.db.execute(
            f"SELECT {_REQUEST} FROM requests WHERE id IN"
            " (SELECT request FROM concerns WHERE system = ? AND key = ?) ORDER BY id DESC LIMIT 100",
            (order.system, order.key),
        )
        return [Asked(*row) for row in rows]

    def orders_of(self, request: Asked) -> list[Line]:
        """The orders that a request named, as far as they are held."""
        rows = self.db.execute(
            f"SELECT {_ORDER} FROM orders WHERE system = ? AND key IN"
            " (SELECT key FROM concerns WHERE request = ?) ORDER BY id LIMIT 100",
            (request.system, request.id),
        )
        return [Line(*row) for row in rows]

    def request(self, id: int) -> Conversation | None:
        """One request with its answer."""
        found = f"SELECT {_REQUEST}, headers, body, answer_headers, answer FROM requests WHERE id = ?"
        row = self.db.execute(found, (id,)).fetchone()
        if row is None:
            return None
        *line, headers, body, answer_headers, answer = row
        return Conversation(Asked(*line), _words(headers), body, _words(answer_headers), answer)


def differences(before: Json, after: Json, path: Path = ()) -> list[Difference]:
    """The leaves that differ between two documents, in the order of the second."""
    one, other = _parts(before), _parts(after)
    if one is None or other is None or type(before) is not type(after):
        same = before == after and type(before) is type(after)
        return [] if same else [Difference(path, _spelled(before), _spelled(after))]
    found: list[Difference] = []
    for key in {**other, **one}:
        here = (*path, key)
        if key not in one:
            found.append(Difference(here, None, _spelled(other[key])))
        elif key not in other:
            found.append(Difference(here, _spelled(one[key]), None))
        else:
            found += differences(one[key], other[key], here)
    return found


def _parts(value: Json) -> dict[str | int, Json] | None:
    if isinstance(value, dict):
        return dict(value.items())
    return dict(enumerate(value)) if isinstance(value, list) else None


def _spelled(value: Json) -> str:
    return msgspec.json.Encoder(decimal_format="number").encode(value).decode()


def _words(text: str) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str])
