"""The results of a push, as JSON and as lines for people.

Knows results as values; knows no network.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from orderctl.errors import Exit
from orderctl.report.document import finding_documents, render
from orderctl.report.row import Row, Run
from orderctl.report.spool import Spool, rendered
from orderctl.report.text import count
from orderctl.report.visible import encodable, visible

if TYPE_CHECKING:
    from orderctl.config import Target
    from orderctl.push import Result, Summary

_NEXT = {
    "invalid": "correct what is invalid",
    "rejected": "correct what was rejected",
    "conflict": "decide on each conflict yourself",
    "unknown": "push again{or_ask}, to settle what is unknown",
    "failed": "push again for what failed, which is safe",
    "not_sent": "push again for what was not sent",
}
"""What to do about each outcome, the summary's last words."""
_ENQUEUED = "a worker pushes what is enqueued (orderctl worker; orderctl queue status tells what waits)"


class Pushed:
    """The `json` report of a push, order by order."""

    def __init__(self) -> None:
        self._orders = Spool()

    def add(self, row: Row) -> None:
        """Take one order's result."""
        self._orders.add(row.document)

    def chunks(self, run: Run) -> Iterator[bytes]:
        """One JSON document, with the keys of SPEC §4."""
        yield from rendered(_document(run.facts, run.summary, self._orders, run.exit_code))


def push_document(
    target: "Target", summary: "Summary", results: Iterable["Result"], exit_code: int, *, sandbox: bool
) -> dict[str, Any]:
    """What `push --json` prints."""
    orders = [result_document(result) for result in results]
    return _document(push_facts(target, summary, sandbox=sandbox), summary.as_dict(), orders, exit_code)


def push_facts(target: "Target", summary: "Summary", *, sandbox: bool) -> dict[str, Any]:
    """What a push was to, as its JSON begins; `environment` where the configuration names one."""
    named = {} if target.environment is None else {"environment": target.environment}
    return {
        "target": target.name,
        "system": target.system,
        **named,
        "dry_run": summary.dry_run,
        "sandbox": sandbox,
    }


def result_document(result: "Result") -> dict[str, Any]:
    """One order's result, with the keys of SPEC §4."""
    candidate = result.candidate
    document = {
        "file": encodable(candidate.file),
        "index": candidate.index,
        "line": candidate.line,
        "key": result.key or candidate.key,
        "number": result.number or candidate.number,
        "outcome": result.outcome.value,
        "remote_id": result.remote_id,
        "http_status": result.http_status,
        "attempts": result.attempts,
        "message": result.message,
        "findings": finding_documents(candidate.findings),
        "losses": candidate.losses,
    }
    return document if result.requests is None else {**document, "requests": result.requests}


def result_line(result: "Result") -> str:
    """One order's result as `file:line: key: outcome (HTTP status): message`."""
    candidate = result.candidate
    key = result.key or candidate.key or candidate.number or f"order at index {candidate.index}"
    place = f"{candidate.file}:{candidate.line}" if candidate.line else candidate.file
    where = f"{place}: {key}" if place else key
    status = f" (HTTP {result.http_status})" if result.http_status and result.outcome.value != "not_sent" else ""
    message = (result.message or "").removeprefix(f"HTTP {result.http_status}" if status else "").lstrip(" :;")
    words = f": {message}" if message else ""
    if result.requests is not None and result.outcome.value == "not_sent":
        return visible(f"{where}: would be sent{words}")
    return visible(f"{where}: {result.outcome.value.replace('_', ' ')}{status}{words}")


def request_lines(request: Mapping[str, object]) -> Iterator[str]:
    """One request of a dry run as people know it: the first line, the headers, the body."""
    headers = request["headers"]
    assert isinstance(headers, Mapping)
    yield visible(f"  {request['method']} {request['url']}")
    yield from (visible(f"  {name}: {value}") for name, value in headers.items())
    if request["body"] is not None:
        yield ""
        yield from (visible(f"  {line}") for line in render(request["body"]).decode().split("\n"))
    yield ""


def label(target: "Target", *, sandbox: bool) -> str:
    """What a target is called in a summary."""
    called = f"the sandbox of {target.system}" if sandbox else target.name
    return f"{called} ({target.environment})" if target.environment else called


def push_summary(
    target: "Target", summary: "Summary", *, sandbox: bool, flags: str = "", nothing: str = "no order"
) -> str:
    """One line for people: how many of each outcome, to which target, and what to do next."""
    met = {outcome.value: number for outcome, number in summary.counts.items() if number}
    words = {"not_sent": "to be sent"} if summary.dry_run else {"not_sent": "enqueued"} if summary.enqueued else {}
    told = ", ".join(f"{number:,} {words.get(name, name.replace('_', ' '))}" for name, number in met.items())
    how = "dry run, nothing was sent" if summary.dry_run else count(summary.requests, "request")
    orders = f"{count(summary.total, 'order')}: {told}" if told else nothing
    line = f"{label(target, sandbox=sandbox)}: {orders}; {how}, {summary.seconds:.1f} s"
    if summary.stopped:
        line += f". Stopped: {summary.stopped.removesuffix('.')}"
    todo = advice(target, summary, sandbox=sandbox, flags=flags)
    return f"{line}. Next: {'; '.join(todo)}" if todo else line


def advice(target: "Target", summary: "Summary", *, sandbox: bool, flags: str = "") -> list[str]:
    """What to do about the outcomes that were met; `flags` let a command reach the same target and journal."""
    from orderctl import systems

    if Exit.REFUSED in summary.exits:
        return [f"correct the credentials (orderctl doctor {target.name}{flags}), then push again"]
    to = f" --to {target.name}{' --sandbox' if sandbox else ''}{flags}"
    or_ask = f" or orderctl reconcile{to}" if systems.wire_of(target.system).look_up else ""
    met = {outcome.value for outcome, number in summary.counts.items() if number}
    met -= {"not_sent"} if summary.dry_run else set()
    steps = _NEXT | {"not_sent": _ENQUEUED} if summary.enqueued else _NEXT
    return [text.format(or_ask=or_ask) for name, text in steps.items() if name in met]


def _document(facts: Mapping[str, Any], summary: Mapping[str, object], orders: Any, exit_code: int) -> dict[str, Any]:
    """The keys in the order of SPEC §4."""
    whose = {key: value for key, value in facts.items() if key not in ("dry_run", "sandbox")}
    return {
        "schema": "orderctl.push/1",
        **whose,
        "ok": exit_code == 0,
        "exit_code": int(exit_code),
        "dry_run": facts["dry_run"],
        "sandbox": facts["sandbox"],
        "summary": summary,
        "orders": orders,
    }
