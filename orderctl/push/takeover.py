"""Takes a journal in a file over into PostgreSQL: accounts, layouts, orders; what is there already is left as it is.

Knows no order and no system; the file is left as it is.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from orderctl.errors import JournalError, UsageError
from orderctl.push.account import copy_key, databases
from orderctl.push.database import Database
from orderctl.push.schema import accounts, layouts, orders, reason
from orderctl.push.sqlite import FILE

if TYPE_CHECKING:
    from orderctl.config import Secret

_CHUNK = 1000
_COUNT = select(func.count()).select_from(orders)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken over: accounts seen, orders that are new there, orders that were there already."""

    accounts: int
    orders: int
    known: int


def take_over(path: Path, state_dir: Path, url: "Secret") -> Taken:
    """Copy the journal at a path, the file or its directory, all or nothing; doing it again adds what is new.

    The hashes stay what they are, so the key beside the file becomes that of `state_dir`, where that has none.
    Raises UsageError when there is no such journal, JournalError, and Locked while an account is pushed to.
    """
    source = path if path.is_dir() else path.parent
    if not (source / FILE).exists() or (path.is_file() and path.name != FILE):
        raise UsageError(f"{path}: no journal; name the directory that holds {FILE}, or that file")
    copy_key(source, state_dir)
    old, new = databases(source, None), databases(state_dir, url)
    with closing(old), closing(new), old.connect() as here, new.connect() as there, ExitStack() as locks:
        try:
            for (identity,) in here.execute(select(accounts.c.identity)):
                locks.enter_context(old.locked(here, identity, 0.0))
                locks.enter_context(new.locked(there, identity, 0.0))
            return _copy(here, there, new)
        except DBAPIError as error:
            raise JournalError(f"the journal cannot be taken over: {reason(error)}") from error


def _copy(here: Connection, there: Connection, new: Database) -> Taken:
    there.exec_driver_sql(new.begin)
    try:
        of_account = _ids(here, there, accounts.c.identity, accounts.c.identity)
        of_layout = {None: None, **_ids(here, there, layouts.c.digest, layouts.c.paths)}
        before, seen = there.scalar(_COUNT) or 0, 0
        for rows in _chunks(here):
            for row in rows:
                row["account"] = of_account[row["account"]]
                row["layout0"], row["layout1"] = of_layout[row["layout0"]], of_layout[row["layout1"]]
            there.execute(insert(orders).on_conflict_do_nothing(), rows)
            seen += len(rows)
        added = (there.scalar(_COUNT) or 0) - before
        there.exec_driver_sql("COMMIT")
    finally:
        new.roll_back(there)
    return Taken(len(of_account), added, seen - added)


def _ids(here: Connection, there: Connection, name: Column[Any], order: Column[Any]) -> dict[Any, Any]:
    """Copy a table whose rows have a name, and tell which id here is which there.

    In the order in which a push adds layouts too: else two that add the same ones may wait for one another.
    """
    found, table = {}, name.table
    for row in here.execute(select(table).order_by(order)).mappings().all():
        values = {key: value for key, value in row.items() if key != "id"}
        there.execute(insert(table).values(values).on_conflict_do_nothing())
        found[row["id"]] = there.scalar(select(table.c.id).where(name == row[name.name]))
    return found


def _chunks(here: Connection) -> Iterator[list[dict[str, Any]]]:
    rows = here.execute(select(*(column for column in orders.c if column.name != "id")))
    while chunk := [dict(row._mapping) for row in islice(rows, _CHUNK)]:
        yield chunk
