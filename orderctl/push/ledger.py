"""What the journal means for a candidate, and what an order means for the journal.

Knows no HTTP: it decides what need not or must not be sent, and writes down what is and what became of it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from orderctl.findings import Finding
from orderctl.mapping import wording
from orderctl.push.entries import Entry, Intent, Noted, Settled
from orderctl.push.journal import Journal
from orderctl.push.steps import Ending, Order
from orderctl.push.words import Candidate, Options, Outcome, Result
from orderctl.systems.wire import Document, Repeat, Wire

HELD = frozenset({"on_hold", "awaiting_payment", "cancelled"})
"""The canonical status words of an order that must not be shipped now."""


@dataclass(slots=True)
class Ledger:
    """The journal of one account during one run."""

    journal: Journal
    account: int
    wire: Wire
    target: str
    options: Options
    _taken: set[int] = field(default_factory=set)

    def sift(self, candidates: Sequence[Candidate]) -> list[Order | Result]:
        """For each candidate the order to send, or the result where nothing is to be sent."""
        print_of = self.journal.fingerprints.document
        given = [
            (each, key_of(each, self.wire), None if each.document is None else print_of(each.document))
            for each in candidates
        ]
        last = {} if self.options.resend else self.journal.settled(self.account, [key for _, key, _ in given if key])
        results = [self._unchanged(candidate, content, last.get(key or "")) for candidate, key, content in given]
        left = [key for (_, key, _), result in zip(given, results, strict=True) if key and result is None]
        entries = self.journal.entries(self.account, left) if left else {}
        return [
            result or self._decide(candidate, key, content, entries.get(key or ""))
            for (candidate, key, content), result in zip(given, results, strict=True)
        ]

    def intend(self, orders: Sequence[Order], repeat: Repeat, now: float, sends: Sequence[float]) -> None:
        """Note that these orders are about to leave. Raises Lost."""
        intents = [self._intent(order, repeat) for order in orders]
        for order, entry in zip(orders, self.journal.intend(self.account, intents, now, sends), strict=True):
            order.intent = entry

    def settled(self, orders: Sequence[Order], now: float) -> None:
        """Note that what these orders sent last was surely not applied. Raises Lost."""
        noted = [Noted(order.intent, Outcome.FAILED, False) for order in orders if order.intent]
        self.journal.note(noted, now)

    def note(self, order: Order, ending: Ending, now: float, sends: Callable[[], Sequence[float]]) -> None:
        """Note how an order ended. Raises Lost."""
        known = order.entry is not None and order.entry.sent_content == order.content
        if order.intent is None and (order.entry is None or (ending.outcome is Outcome.ACCEPTED and not known)):
            self.intend([order], order.repeat, now, sends())
        entry = order.intent or order.entry
        assert entry is not None
        unsettled = order.unsettled and ending.outcome not in (Outcome.ACCEPTED, Outcome.REJECTED)
        remote_id = ending.remote_id or order.remote_id
        self.journal.note([Noted(entry, ending.outcome, unsettled, order.http_status, remote_id)], now)

    def _unchanged(self, candidate: Candidate, content: bytes | None, settled: Settled | None) -> Result | None:
        """The result of a sound order of which the target surely holds just this content."""
        if settled is None or content is None or settled.content != content:
            return None
        if candidate.findings and any(map(is_error, candidate.findings)):
            return None
        if self.wire.guards_source and is_another(candidate, settled.source, self.wire, self.journal):
            return None
        return Result(candidate, Outcome.UNCHANGED, settled.key, candidate.number or settled.number, settled.remote_id)

    def _decide(
        self, candidate: Candidate, key: str | None, content: bytes | None, entry: Entry | None
    ) -> Order | Result:
        if entry is not None and (why := conflict(candidate, entry, content, self.target, self.wire, self.journal)):
            return _result(candidate, key, Outcome.CONFLICT, why, entry)
        if candidate.document is None or content is None or any(map(is_error, candidate.findings)):
            return _result(candidate, key, Outcome.INVALID)
        if (unfit := unsendable(candidate.document, key, self.wire)) is not None:
            return _result(with_finding(candidate, unfit), key, Outcome.INVALID, unfit.message)
        assert key is not None
        if hash(key) in self._taken:
            twice = _finding("duplicate-order", self.wire, "another order of this run has the same identity", key)
            return _result(with_finding(candidate, twice), key, Outcome.INVALID, twice.message)
        self._taken.add(hash(key))
        return self._order(candidate, key, content, entry)

    def _order(self, candidate: Candidate, key: str, content: bytes, entry: Entry | None) -> Order:
        assert candidate.document is not None
        keyless = self._keyless(candidate.document, entry)
        identity = replace(self.wire.identity(candidate.document), key=key, keyless=keyless)
        order = Order(candidate, candidate.document, identity, content, keyless, entry)
        if entry is not None:
            order.unsettled, order.repeat, order.remote_id = entry.unsettled, entry.repeat, entry.remote_id
            order.unsure = entry.unsettled and entry.state == Outcome.UNKNOWN
        return order

    def _keyless(self, document: Document, entry: Entry | None) -> bool:
        """Whether the order goes without a key of our making: it was asked for, now or when it first went."""
        asked = self.options.no_order_key or (entry is not None and entry.keyless)
        return asked and self.wire.prepare(document, True) != self.wire.prepare(document, False)

    def _intent(self, order: Order, repeat: Repeat) -> Intent:
        prints = self.journal.fingerprints
        status, source_id = order.candidate.meant
        return Intent(
            key=order.identity.key,
            number=order.identity.number,
            source=None if source_id is None else prints.text(source_id),
            status=status,
            content=order.content,
            leaves=prints.leaves(order.document, self.wire.meaning),
            repeat=repeat,
            keyless=order.keyless,
            entry=order.intent or order.entry,
        )


def key_of(candidate: Candidate, wire: Wire) -> str | None:
    """The candidate's key: its own, else its document's."""
    if candidate.key is not None or candidate.document is None:
        return candidate.key
    return wire.identity(candidate.document).key


def is_unchanged(entry: Entry, content: bytes) -> bool:
    """Whether the target surely holds just this content."""
    return entry.content == content and not entry.unsettled


def conflict(
    candidate: Candidate, entry: Entry, content: bytes | None, target: str, wire: Wire, journal: Journal
) -> str | None:
    """Why a person must decide about an order that the journal knows: it was stopped at its source, or is another."""
    if entry.content is not None and content != entry.content:
        status = candidate.meant.status
        if status in HELD and status != entry.status:
            day = time.strftime("%Y-%m-%d", time.gmtime(entry.accepted_at))
            return f"accepted on {day}, now {status} here: stop it in {target}"
    if is_another(candidate, entry.source, wire, journal):
        return f"{target} got this {wire.key_path[-1]} from another order before; nothing was sent"
    return None


def is_another(candidate: Candidate, source: bytes | None, wire: Wire, journal: Journal) -> bool:
    """Whether the key was given to another order of the source before, where the system guards against that."""
    if not wire.guards_source or source is None or candidate.document is None:
        return False
    source_id = candidate.meant.source_id
    return source_id is not None and source != journal.fingerprints.text(source_id)


def unsendable(document: Document, key: str | None, wire: Wire) -> Finding | None:
    """The finding when a valid document cannot be sent: its id is unsafe, or it says too little."""
    if (unsafe := unsafe_id(key or "", wire)) is not None:
        return unsafe
    if (path := wire.lacks(document)) is not None:
        return Finding("missing", path, "found none; creating an order requires it", order=key)
    return None


def unsafe_id(key: str, wire: Wire) -> Finding | None:
    """The finding when a key could address another order, or none."""
    message = wording.unsafe_id(key)
    return None if message is None else _finding("unsafe-id", wire, message, key)


def _finding(code: str, wire: Wire, message: str, key: str) -> Finding:
    return Finding(code, wire.key_path, message, value=key, order=key)


def is_error(finding: Finding) -> bool:
    """Whether a finding keeps an order from being sent."""
    return finding.severity == "error"


def with_finding(candidate: Candidate, finding: Finding) -> Candidate:
    """The candidate with one more finding, placed where the candidate stands."""
    place = structs.replace(
        finding, file=candidate.file, index=candidate.index, line=candidate.line, shape=candidate.shape
    )
    return replace(candidate, findings=[*candidate.findings, place])


def _result(
    candidate: Candidate,
    key: str | None,
    outcome: Outcome,
    message: str | None = None,
    entry: Entry | None = None,
) -> Result:
    number = candidate.number or (entry.number if entry else None)
    return Result(candidate, outcome, key, number, entry.remote_id if entry else None, message=message)
