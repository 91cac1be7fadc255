"""What the sandbox keeps in its SQLite file: orders with their versions, and requests with their answers.

Knows no rule of any system and never sees a credential. One connection, one request at a time; other
processes may use the same file. It outlives a killed process, not a power cut: it is a sandbox.
"""

import contextlib
import os
import pathlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from orderctl.errors import UsageError
from orderctl.systems.stand_in import Held, Json

REQUESTS_KEPT = 10_000
BODY_KEPT = 256 * 1024
_VERSION = 1
_TABLES = """
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, system TEXT NOT NULL, key TEXT NOT NULL, number TEXT NOT NULL,
  state TEXT NOT NULL, about TEXT NOT NULL, document TEXT NOT NULL, version INTEGER NOT NULL,
  changed TEXT NOT NULL, removed TEXT);
CREATE UNIQUE INDEX order_key ON orders (system, key) WHERE removed IS NULL;
CREATE INDEX order_number ON orders (system, number);
CREATE INDEX order_changed ON orders (changed, id);
CREATE TABLE versions (
  id INTEGER NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (id, version)) WITHOUT ROWID;
CREATE TABLE requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, system TEXT NOT NULL, method TEXT NOT NULL,
  target TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, status INTEGER,
  answer_headers TEXT NOT NULL, answer BLOB NOT NULL, rule TEXT, fault TEXT);
CREATE INDEX request_refused ON requests (id) WHERE rule IS NOT NULL;
CREATE TABLE concerns (
  request INTEGER NOT NULL, system TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (system, key, request)) WITHOUT ROWID;
CREATE INDEX concern_request ON concerns (request);
CREATE TABLE numbers (last INTEGER NOT NULL);
INSERT INTO numbers VALUES (100000);
"""
_HELD = "id, key, number, state, about, document"
_READ = msgspec.json.Decoder(float_hook=Decimal)
_WRITE = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer as they are remembered; `status` is None where no answer was given."""

    at: str
    system: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    status: int | None
    answer_headers: dict[str, str]
    answer: bytes
    rule: str | None
    fault: str | None
    concerns: tuple[str, ...] = ()


class Store:
    """The sandbox's file, open."""

    def __init__(self, path: pathlib.Path) -> None:
        """Open or make the file, for its owner alone; UsageError when it cannot be used."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
            with contextlib.ExitStack() as undone:
                self.db = sqlite3.connect(path.absolute(), timeout=20, isolation_level=None, check_same_thread=False)
                undone.callback(self.db.close)
                self._prepare(path)
                undone.pop_all()
        except (OSError, sqlite3.Error) as fault:
            raise UsageError(
                f"{path}: cannot be used as the sandbox's store: {fault}. Name another with --store or --state-dir"
            ) from None

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """One request's work, all of it or nothing; no other process writes meanwhile."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        finally:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

    def orders(self, system: str, at: str) -> "StoredOrders":
        """The orders of one system; `at` is when they change."""
        return StoredOrders(self.db, system, at)

    def remember(self, exchange: Exchange) -> None:
        """Note a request with its answer, and forget the oldest beyond `REQUESTS_KEPT`."""
        cursor = self.db.execute(
            "INSERT INTO requests (at, system, method, target, headers, body, status, answer_headers,"
            " answer, rule, fault) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                exchange.at,
                exchange.system,
                exchange.method,
                exchange.target,
                _text(exchange.headers),
                exchange.body[:BODY_KEPT],
                exchange.status,
                _text(exchange.answer_headers),
                exchange.answer[:BODY_KEPT],
                exchange.rule,
                exchange.fault,
            ),
        )
        number = cursor.lastrowid or 0
        keys = [(number, exchange.system, key) for key in exchange.concerns]
        self.db.executemany("INSERT OR IGNORE INTO concerns VALUES (?,?,?)", keys)
        if number % 100 == 0:
            self._forget(number - REQUESTS_KEPT)

    def _forget(self, up_to: int) -> None:
        self.db.execute("DELETE FROM concerns WHERE request <= ?", (up_to,))
        self.db.execute("DELETE FROM requests WHERE id <= ?", (up_to,))

    def _prepare(self, path: pathlib.Path) -> None:
        self.db.execute("PRAGMA journal_mode=TRUNCATE")
        self.db.execute("PRAGMA synchronous=OFF")
        with self.turn():
            (version,) = self.db.execute("PRAGMA user_version").fetchone()
            if version == _VERSION:
                return
            (tables,) = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if version or tables:
                raise UsageError(
                    f"{path}: no store of this version of the sandbox. Name another with --store or --state-dir"
                )
            for statement in filter(str.strip, _TABLES.split(";")):
                self.db.execute(statement)
            self.db.execute(f"PRAGMA user_version={_VERSION}")


class StoredOrders:
    """The orders of one system, as `orderctl.systems.stand_in.Orders` wants them."""

    def __init__(self, db: sqlite3.Connection, system: str, at: str) -> None:
        self.db, self.system, self.at = db, system, at

    def by_key(self, key: str) -> Held | None:
        """The order of this key."""
        return self._one("key = ?", key)

    def by_id(self, id: int) -> Held | None:
        """The order of this id; a number that no column holds is nobody's."""
        return self._one("id = ?", id) if abs(id) < 2**63 else None

    def search(
        self,
        number: str = "",
        *,
        starts: bool = False,
        states: Sequence[str] = (),
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[list[Held], int]:
        """The orders whose number equals, or starts with, this one, by id; and how many there are in all."""
        where = "system = ? AND removed IS NULL"
        values: list[str | int] = [self.system]
        if starts:
            where += " AND number >= ? AND substr(number, 1, ?) = ?"
            values += [number, len(number), number]
        elif number:
            where += " AND number = ?"
            values += [number]
        if states:
            where += f" AND state IN ({','.join('?' * len(states))})"
            values += states
        (count,) = self.db.execute(f"SELECT count(*) FROM orders WHERE {where}", values).fetchone()
        found = f"SELECT {_HELD} FROM orders WHERE {where} ORDER BY id LIMIT ? OFFSET ?"
        return [_held(*row) for row in self.db.execute(found, [*values, limit, offset])], count

    def keep(self, order: Held) -> None:
        """Hold this order, as a new version if its id is held already."""
        self.db.execute(
            "INSERT INTO orders VALUES (?,?,?,?,?,?,?,1,?,NULL) ON CONFLICT (id) DO UPDATE SET"
            " key=excluded.key, number=excluded.number, state=excluded.state, about=excluded.about,"
            " document=excluded.document, changed=excluded.changed, version=version+1",
            (
                order.id,
                self.system,
                order.key,
                order.number,
                order.state,
                order.about,
                _text(order.document),
                self.at,
            ),
        )
        copy = "INSERT INTO versions SELECT id, version, document, changed FROM orders WHERE id = ?"
        self.db.execute(copy, (order.id,))

    def remove(self, id: int) -> None:
        """Hold this order no longer; the page still shows what it was."""
        gone = "UPDATE orders SET removed = ? WHERE id = ? AND system = ?"
        self.db.execute(gone, (self.at, id, self.system))

    def new_id(self) -> int:
        """A number that was never given out before."""
        (number,) = self.db.execute("UPDATE numbers SET last = last + 1 RETURNING last").fetchone()
        return int(number)

    def _one(self, where: str, value: str | int) -> Held | None:
        found = f"SELECT {_HELD} FROM orders WHERE system = ? AND removed IS NULL AND {where}"
        row = self.db.execute(found, (self.system, value)).fetchone()
        return _held(*row) if row else None


def encode(value: Json) -> bytes:
    """A JSON value as bytes, decimals as numbers with all their digits."""
    return _WRITE.encode(value)


def decode(text: str | bytes) -> Json:
    """The JSON value that these bytes hold; msgspec.DecodeError when they hold none."""
    value: Json = _READ.decode(text)
    return value


def _text(value: object) -> str:
    return _WRITE.encode(value).decode()


def _held(id: int, key: str, number: str, state: str, about: str, document: str) -> Held:
    held = decode(document)
    assert isinstance(held, dict)
    return Held(id, key, number, state, about, held)
