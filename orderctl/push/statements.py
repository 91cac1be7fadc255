"""The statements of the journal, the same on every database; those `at_once` for one that can do several in one.

Knows no connection.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, insert, select, text, update

from orderctl.push.entries import COLUMNS, FRESH, wide
from orderctl.push.schema import accounts, limits, orders

_COLUMNS = [orders.c[name] for name in COLUMNS]
_THESE = (orders.c.account == bindparam("of"), orders.c.key.in_(bindparam("keys", expanding=True)))
BY_KEY = select(*_COLUMNS).where(*_THESE)
_ACCEPTED = case((orders.c.slot == "0", orders.c.content0), (orders.c.slot == "1", orders.c.content1))
SETTLED = select(orders.c.key, _ACCEPTED, orders.c.number, orders.c.remote_id, orders.c.source).where(
    *_THESE, orders.c.unsettled == "0"
)
_CHANGED = ("state", "unsettled", "http", "remote_id", "slot", "accepted_at", "updated_at")
NOTE = (
    update(orders)
    .where(orders.c.id == bindparam("row"), orders.c.attempt == bindparam("fence"))
    .values({name: bindparam(name) for name in _CHANGED})
)
SENDS = update(accounts).where(accounts.c.id == bindparam("of")).values(sends=bindparam("packed"))
_SENDS = SENDS.cte("sends")


def _intent_columns(slot: str) -> dict[str, Any]:
    """What an intent changes, each to the value given under its name."""
    fixed = ("number", "source", "attempt", "repeat", "keyless", "state", "unsettled", "sent_slot", "sent_at")
    slots = (f"{name}{slot}" for name in ("status", "content", "layout", "leaves"))
    return {name: bindparam(name) for name in (*fixed, "updated_at", *slots)}


_NEW_COLUMNS: dict[str, Any] = {name: bindparam(name) for name in ("account", "key", "accepted_at", *FRESH)}
ADD = insert(orders).values({**_NEW_COLUMNS, **_intent_columns("0")})
CHANGE = {
    slot: update(orders).where(orders.c.id == bindparam("row")).values(_intent_columns(slot)) for slot in ("0", "1")
}
ADD_AT_ONCE = ADD.returning(*_COLUMNS).add_cte(_SENDS)
CHANGE_AT_ONCE = {slot: change.returning(*_COLUMNS).add_cte(_SENDS) for slot, change in CHANGE.items()}
COMMIT = text("COMMIT")
NEW_LAYOUT = text("INSERT INTO layouts (digest, paths) VALUES (:digest, :paths) ON CONFLICT DO NOTHING")
NEW_ACCOUNT = text(
    "INSERT INTO accounts (identity, system, started, ended, sends)"
    " VALUES (:identity, :system, :never, :never, :sends) ON CONFLICT DO NOTHING"
)

NEW_LIMIT = text("INSERT INTO limits (name, free_at) VALUES (:group, 0) ON CONFLICT DO NOTHING")
LIMIT = select(limits.c.free_at).where(limits.c.name == bindparam("group")).with_for_update()
FREE = text("UPDATE limits SET free_at = :at WHERE name = :group")


def all_of(account: int) -> Select[tuple[object, ...]]:
    """The orders of an account, in the order of their keys."""
    return select(*_COLUMNS).where(orders.c.account == account).order_by(orders.c.key)


def open_of(account: int, state: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions of the unsettled orders of an account in this state."""
    return orders.c.account == account, orders.c.unsettled == "1", orders.c.state == wide(state, 8)
