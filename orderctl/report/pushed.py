"""The results of a push, as JSON and as lines for people.

Knows results as values; knows no network.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from orderctl.report.document import finding_documents
from orderctl.report.text import count
from orderctl.report.visible import visible

if TYPE_CHECKING:
    from orderctl.config import Target
    from orderctl.push import Result, Summary


def push_document(
    target: "Target", summary: "Summary", results: Iterable["Result"], exit_code: int, *, sandbox: bool
) -> dict[str, Any]:
    """What `push --json` prints, and the `json` report."""
    return {
        "schema": "orderctl.push/1",
        "target": target.name,
        "system": target.system,
        "environment": target.environment,
        "ok": exit_code == 0,
        "exit_code": int(exit_code),
        "dry_run": summary.dry_run,
        "sandbox": sandbox,
        "summary": dict(summary.as_dict()),
        "orders": [result_document(result) for result in results],
    }


def result_document(result: "Result") -> dict[str, Any]:
    """One order's result, with the keys of SPEC §4."""
    candidate = result.candidate
    document = {
        "file": candidate.file,
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
    """One order's result as `file:line: key: outcome: message`."""
    candidate = result.candidate
    key = result.key or candidate.key or candidate.number or "order without a key"
    place = f"{candidate.file}:{candidate.line}" if candidate.line else candidate.file
    words = f": {result.message}" if result.message else ""
    return visible(f"{place}: {key}: {result.outcome.value.replace('_', ' ')}{words}")


def push_summary(target: "Target", summary: "Summary", *, sandbox: bool) -> str:
    """One line for people: how many of each outcome, to which target."""
    met = [f"{number:,} {outcome.value.replace('_', ' ')}" for outcome, number in summary.counts.items() if number]
    label = "the sandbox of " + target.system if sandbox else target.name
    label += f" ({target.environment})" if target.environment else ""
    how = "Dry run, nothing sent" if summary.dry_run else count(summary.requests, "request")
    line = f"{label}: {count(summary.total, 'order')}: {', '.join(met) or 'none'}; {how}, {summary.seconds:.1f} s"
    return f"{line}. {summary.stopped}" if summary.stopped else line
