"""What `plan`, `status` and `reconcile` do between their flags and their exit codes.

Knows the parts and their order; each part knows the rest.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orderctl.cli.prepare import chosen, settings_of
from orderctl.cli.targets import again, target_of
from orderctl.errors import Exit
from orderctl.report.document import print_document, render
from orderctl.report.pushed import label
from orderctl.report.reports import finish
from orderctl.report.text import Out, count, finding_line, put, say
from orderctl.report.visible import visible

if TYPE_CHECKING:
    from orderctl import push
    from orderctl.cli.journal import Plan, Reconcile, Status
    from orderctl.push import Planned

_ACTIONS = ("new", "changed", "unchanged", "invalid", "unknown")


def run_plan(asked: "Plan") -> int:
    """Print the plan of a push; 1 when an order is invalid."""
    from orderctl.candidates import make
    from orderctl.intake import take_in
    from orderctl.push import plan

    choice = chosen(asked.only, asked.status)
    records = take_in(asked.files, shape=asked.shape, input_format=asked.input_format, allow_empty=asked.allow_empty)
    counts: Counter[str] = Counter()
    kept: list[dict[str, Any]] = []
    out = Out()
    with target_of(asked, need_credentials=False, asks=False) as target:
        made = make(records, target.system, settings_of(target.defaults, target.maps), choice, strict=asked.strict)
        for planned in plan((each.candidate for each in made), target):
            counts[planned.action] += 1
            if asked.as_json:
                kept.append(_planned_document(planned))
            else:
                out.write("".join(f"{line}\n" for line in _planned_lines(planned, verbose=asked.verbose)))
    choice.check()
    code = Exit.FINDINGS if counts["invalid"] else Exit.OK
    summary = {"total": sum(counts.values()), **{action: counts[action] for action in _ACTIONS}}
    if asked.as_json:
        print_document(
            {"schema": "orderctl.plan/1", "ok": code == 0, "exit_code": int(code), "summary": summary, "orders": kept}
        )
    out.flush()
    if not asked.quiet:
        words = ", ".join(f"{counts[action]:,} {action}" for action in _ACTIONS if counts[action])
        orders = f"{count(summary['total'], 'order')}: {words}" if words else "no order"
        say(f"{label(target, sandbox=asked.sandbox)}: {orders}; nothing sent")
        for line in choice.lines():
            say(line)
    return finish(out, (), code)


def _planned_document(planned: "Planned") -> dict[str, Any]:
    candidate = planned.candidate
    return {
        "file": candidate.file,
        "index": candidate.index,
        "line": candidate.line,
        "key": planned.key,
        "number": planned.number,
        "action": planned.action,
        "changes": planned.changes,
        "message": planned.message,
    }


def _planned_lines(planned: "Planned", *, verbose: bool) -> Iterator[str]:
    """The order's findings, and what would be done with it."""
    candidate = planned.candidate
    for finding in candidate.findings:
        if finding.severity != "info" or verbose:
            yield finding_line(finding)
    key = planned.key or planned.number or "order without a key"
    said = planned.message or ", ".join(planned.changes)
    changes = f": {said}" if said else ""
    yield visible(f"{candidate.file}:{candidate.line}: {key}: {planned.action}{changes}")


def run_status(asked: "Status") -> int:
    """Print what the journal knows; 1 when a key that was asked for is not in it."""
    from orderctl.push import status

    keys = asked.keys or []
    with target_of(asked, need_credentials=False, asks=False) as target:
        known = list(status(target, keys))
    met = {each.key for each in known} | {each.number for each in known}
    missing = [key for key in keys if key not in met]
    code = Exit.FINDINGS if missing else Exit.OK
    if asked.as_json:
        print_document(
            {
                "schema": "orderctl.status/1",
                "target": target.name,
                "ok": code == 0,
                "exit_code": int(code),
                "orders": [_status_document(each) for each in known],
                "missing": missing,
            }
        )
        return code
    put("".join(f"{visible(_status_line(each))}\n" for each in known))
    for key in missing:
        say(f"{key}: the journal knows no such order of {label(target, sandbox=asked.sandbox)}")
    if not asked.quiet:
        found = "found in the journal" if keys else "in the journal"
        say(f"{label(target, sandbox=asked.sandbox)}: {count(len(known), 'order')} {found}")
    return code


def _status_line(status: "push.Status") -> str:
    remote = f", remote id {status.remote_id}" if status.remote_id else ""
    number = f", number {status.number}" if status.number not in (None, status.key) else ""
    attempts = count(status.attempts, "attempt")
    return f"{status.key}: {status.outcome.value.replace('_', ' ')} {_when(status.at)}, {attempts}{remote}{number}"


def _status_document(status: "push.Status") -> dict[str, Any]:
    return {
        "key": status.key,
        "number": status.number,
        "outcome": status.outcome.value,
        "remote_id": status.remote_id,
        "http_status": status.http_status,
        "attempts": status.attempts,
        "at": _when(status.at),
        "accepted_at": None if status.accepted_at is None else _when(status.accepted_at),
    }


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def run_reconcile(asked: "Reconcile") -> int:
    """Settle what is unknown; the exit code is that of SPEC §3."""
    from orderctl.push import Result, World, reconcile
    from orderctl.report.pushed import push_document, push_summary, result_line

    results: list[Result] = []
    out = Out()

    def take(result: Result) -> None:
        """Keep a result, and show it unless one document is due at the end."""
        results.append(result)
        if not asked.as_json:
            out.write(result_line(result) + "\n")
            out.flush()

    with target_of(asked, need_credentials=True) as target:
        summary = reconcile(target, asked.how(), World(), take, say)
    code = summary.exit_code
    if asked.as_json:
        document = push_document(target, summary, results, code, sandbox=asked.sandbox)
        out.write(render({**document, "schema": "orderctl.reconcile/1"}) + b"\n")
    if not asked.quiet:
        nothing = "no order is unknown, nothing to settle"
        say(push_summary(target, summary, sandbox=asked.sandbox, flags=again(asked), nothing=nothing))
    return finish(out, (), code)
