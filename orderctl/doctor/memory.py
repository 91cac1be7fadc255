"""What orderctl remembers of a target: its journal, and what tells the account apart.

Knows no HTTP and writes nothing.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orderctl import push, systems
from orderctl.doctor.check import Check, good, warning, wrong
from orderctl.errors import Exit, JournalError
from orderctl.push.account import check_usable
from orderctl.push.words import Outcome
from orderctl.report.text import count

if TYPE_CHECKING:
    from orderctl.config import Target


def journal(target: "Target") -> Iterator[Check]:
    """How many orders the journal knows, and of how many the outcome is unknown."""
    try:
        check_usable(target.state_dir)
        outcomes = [status.outcome for status in push.status(target)]
    except JournalError as error:
        yield wrong("journal", str(error).removesuffix("; nothing was sent"), Exit.USAGE)
        return
    unknown = sum(outcome is Outcome.UNKNOWN for outcome in outcomes)
    if unknown:
        known = f"{count(len(outcomes), 'order')}, of {unknown:,} the outcome is unknown"
        asks = systems.wire_of(target.system).look_up is not None
        advice = f"run orderctl reconcile --to {target.name}" if asks else "push the file again, which is safe"
        yield warning("journal", f"{known}; {advice}")
    elif outcomes:
        yield good("journal", f"{count(len(outcomes), 'order')}, none unknown, in {target.journal_place}")
    else:
        yield good("journal", f"nothing pushed to this account yet, in {target.journal_place}")
    if target.journal:
        yield from _server(target.journal.reveal())


def _server(url: str) -> Iterator[Check]:
    """Whether the database keeps what it confirms."""
    from orderctl.push.postgres import Postgres

    off = Postgres(url).switched_off()
    if off:
        yield warning("database", f"{' and '.join(off)} off: PostgreSQL may lose what the journal says; switch on")


def account(target: "Target") -> Iterator[Check]:
    """What the journal knows the account by."""
    system = systems.load(target.system)
    if target.account is not None:
        yield good("account", f"known by account: {target.account}")
    elif system.settings:
        yield good("account", f"known by {' and '.join(setting.key for setting in system.settings)}")
    elif not target.sandbox:
        key = system.credentials[0].key
        advice = f"rotating it then starts a new journal; write account: NAME under targets.{target.name}"
        yield warning("account", f"known by a hash of {key} only: {advice}")
