"""What a dry run shows: the exact requests, with secrets masked; no network, no journal, no credential needed.

Knows no system: it asks the wire as the engine does, with a target that holds nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from orderctl import __version__, systems
from orderctl.push.client import url_of
from orderctl.push.ledger import is_error, key_of, unsendable, with_finding
from orderctl.push.mask import MASK, shown
from orderctl.push.words import Candidate, Options, Outcome, Result
from orderctl.systems.wire import Document, Request, Wire

if TYPE_CHECKING:
    from orderctl.config import Target


def preview(
    candidates: Iterable[Candidate],
    target: "Target",
    wire: Wire,
    options: Options,
    on_result: Callable[[Result], None],
) -> None:
    """Report each candidate as `not_sent` with its requests, or as `invalid`."""
    size = min(max(target.batch, 1), wire.batch_limit)
    names = [setting.key for setting in systems.load(target.system).credentials]
    headers = {**_FIXED, **shown(wire.headers(dict.fromkeys(names, MASK)))}
    left = options.limit
    for group in _groups(candidates, wire, size, on_result):
        sent = group if left is None else group[:left]
        left = None if left is None else left - len(sent)
        requests = _requests(sent, target, wire, options) if sent else []
        for at, candidate in enumerate(group):
            told = [_shown(target, request, headers) for request in requests] if at == 0 else []
            on_result(_not_sent(candidate, wire, told, group[0] if 0 < at < len(sent) else None))


_FIXED = {"Accept": "application/json", "User-Agent": f"orderctl/{__version__}"}


def _groups(
    candidates: Iterable[Candidate], wire: Wire, size: int, on_result: Callable[[Result], None]
) -> Iterator[list[Candidate]]:
    """The valid candidates as they would travel together; the others are reported here."""
    group: list[Candidate] = []
    for candidate in candidates:
        key = key_of(candidate, wire)
        if candidate.document is None or any(map(is_error, candidate.findings)):
            on_result(Result(candidate, Outcome.INVALID, key, candidate.number))
        elif (unfit := unsendable(candidate.document, key, wire)) is not None:
            marked = with_finding(candidate, unfit)
            on_result(Result(marked, Outcome.INVALID, key, candidate.number, message=unfit.message))
        else:
            group.append(candidate)
            if len(group) == size:
                yield group
                group = []
    if group:
        yield group


def _requests(group: Sequence[Candidate], target: "Target", wire: Wire, options: Options) -> list[Request]:
    documents: list[Document] = [
        wire.prepare(candidate.document, options.no_order_key) for candidate in group if candidate.document
    ]
    if wire.batch and len(documents) > 1:
        return [wire.batch(documents)]
    looks: list[Request] = []
    if wire.look_up and wire.looks_first:
        first = wire.look_up(wire.identity(documents[0]), [])
        looks = [first] if isinstance(first, Request) else []
    return [*looks, wire.write(target.settings, documents[0], None)]


def _shown(target: "Target", request: Request, headers: dict[str, str]) -> dict[str, object]:
    typed = {"Content-Type": "application/json"} if request.body is not None else {}
    url = url_of(target.base_url, request)
    return {"method": request.method, "url": url, "headers": {**headers, **typed}, "body": request.body}


def _not_sent(candidate: Candidate, wire: Wire, requests: list[dict[str, object]], mate: Candidate | None) -> Result:
    assert candidate.document is not None
    identity = wire.identity(candidate.document)
    message = None if mate is None else f"in one request with {key_of(mate, wire)}"
    number = candidate.number or identity.number
    return Result(candidate, Outcome.NOT_SENT, identity.key, number, message=message, requests=requests)
