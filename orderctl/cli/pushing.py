"""What `push` does between its flags and its exit code: target, candidates, results, reports.

Knows the parts and their order; each part knows the rest.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orderctl.cli.prepare import chosen, settings_of, wanted
from orderctl.cli.targets import again, target_of
from orderctl.errors import OrderctlError, UsageError
from orderctl.findings import Change
from orderctl.report.failed import Failed
from orderctl.report.html import Page
from orderctl.report.junit import Junit
from orderctl.report.losses import Losses
from orderctl.report.progress import Progress
from orderctl.report.pushed import (
    Pushed,
    advice,
    push_facts,
    push_summary,
    request_lines,
    result_document,
    result_line,
)
from orderctl.report.reports import STDOUT, Reports, check_paths, finish, started
from orderctl.report.row import Row, Run, pushed_row
from orderctl.report.sarif import Sarif
from orderctl.report.sequence import InOrder
from orderctl.report.text import FindingText, Out, count, say

if TYPE_CHECKING:
    from orderctl.candidates import Choice, Made
    from orderctl.cli.push import Push
    from orderctl.config import Target
    from orderctl.push import Candidate, Options, Outcome, Result, Summary
    from orderctl.report.row import Report


def run_push(asked: "Push", how: "Options") -> int:
    """Push what was asked for; the exit code is that of SPEC §3."""
    from orderctl.candidates import make
    from orderctl.intake import take_in

    _check_enqueuing(asked)
    kinds = wanted(asked.report, tuple(_makers("")))
    kinds += [("json", STDOUT)] if asked.as_json else []
    check_paths([path for _, path in kinds], asked.files)
    choice = chosen(asked.only, asked.status)
    records = take_in(asked.files, shape=asked.shape, input_format=asked.input_format, allow_empty=asked.allow_empty)
    with target_of(asked, need_credentials=not how.dry_run, asks=not how.dry_run) as target:
        settings = settings_of(target.defaults, target.maps)
        made = make(records, target.system, settings, choice, strict=asked.strict)
        shown = Shown(
            asked, target, started(kinds, _makers(target.system, enqueued=asked.enqueue)), {kind for kind, _ in kinds}
        )
        return _push(made, shown, how, choice)


_OF_THE_WORKER = (
    *("dry_run", "sandbox", "resend", "limit", "canary", "max_failures", "max_attempts", "rate"),
    *("concurrency", "timeout", "settle", "lock_wait", "no_order_key"),
)


def _check_enqueuing(asked: "Push") -> None:
    """Refuse flags that a worker would not know of. Raises UsageError."""
    if not asked.enqueue:
        if asked.wait:
            raise UsageError("--wait goes with --enqueue only; a push waits in any case")
        return
    given = [name for name in _OF_THE_WORKER if getattr(asked, name) != getattr(type(asked), name)]
    given += ["max_time"] if asked.max_time is not None and not asked.wait else []
    if given:
        named = ", ".join(map(_named, given))
        raise UsageError(
            f"{named}: not with --enqueue; the worker pushes, with its own flags and the target's settings"
        )


def _named(flag: str) -> str:
    """A flag as people know it, with the variable that it may be from."""
    variable = f"ORDERCTL_{flag.upper()}"
    return f"--{flag.replace('_', '-')}{f' ({variable})' if variable in os.environ else ''}"


def _push(made: "Iterator[Made]", shown: "Shown", how: "Options", choice: "Choice") -> int:
    """Push; when the run breaks off behind its first request, what was done is still reported."""
    from orderctl.cluster import enqueue, overtaking
    from orderctl.push import World, push

    began = time.monotonic()
    try:
        with shown.progress:
            if shown.asked.enqueue:
                wait = shown.asked.wait
                summary = enqueue(shown.following(made), shown.target, how, World(), shown.take, wait=wait)
            else:
                take = shown.take if how.dry_run else overtaking(shown.target, shown.take)
                summary = push(shown.following(made), shown.target, how, World(), take, shown.tell)
        choice.check()
    except OrderctlError as broke:
        if not shown.sent:
            raise
        say(f"orderctl: {broke}")
        summary = shown.so_far(time.monotonic() - began)
        return shown.end(summary, choice, summary.exit_code or broke.exit_code)
    return shown.end(summary, choice, summary.exit_code)


def _makers(system: str, *, enqueued: bool = False) -> "dict[str, Callable[[str], Report]]":
    return {
        "json": lambda _: Pushed(),
        "failed": lambda path: Failed(path, enqueued=enqueued),
        "losses": lambda _: Losses(_shape_of(system)),
        "junit": lambda _: Junit(),
        "sarif": lambda _: Sarif(),
        "html": lambda _: Page(),
    }


def _shape_of(system: str) -> str:
    from orderctl import systems

    return systems.load(system).writes or system


@dataclass(slots=True)
class Shown:
    """What people and programs see of a push while it runs and when it ends."""

    asked: "Push"
    target: "Target"
    reports: Reports
    kinds: set[str]
    progress: Progress = field(init=False)
    sent: bool = False
    _out: Out = field(default_factory=Out)
    _text: FindingText = field(init=False)
    _taken: bool = field(init=False)
    """Whether a report is what stdout is for."""
    _rows: InOrder[Row] = field(default_factory=InOrder)
    _changes: dict[tuple[str, int], Sequence[Change]] = field(default_factory=dict)
    _results: "dict[Outcome, int]" = field(default_factory=dict)
    _requests: int = 0

    def __post_init__(self) -> None:
        self.progress = Progress(wanted=not (self.asked.no_progress or self.asked.quiet))
        self._taken = any(path == STDOUT for path, _ in self.reports.kept)
        self._text = FindingText(sys.stdout, self.asked.color, verbose=self.asked.verbose)

    def following(self, made: "Iterator[Made]") -> "Iterator[Candidate]":
        """The candidates, counted as they come; the changes are kept where a report shows them."""
        keeps = not self.kinds.isdisjoint(("losses", "html", "junit"))
        for each in made:
            candidate = each.candidate
            self.progress.expect()
            if self.reports.kept:
                self._rows.expect(candidate.file, candidate.index)
            if keeps and each.changes:
                self._changes[candidate.file, candidate.index] = each.changes
            yield candidate

    def take(self, result: "Result") -> None:
        """Show one result, and give it to the reports."""
        outcome = result.outcome
        self._results[outcome] = self._results.get(outcome, 0) + 1
        self._requests += result.attempts
        self.sent = self.sent or result.attempts > 0
        if self.reports.kept:
            place = result.candidate.file, result.candidate.index
            row = pushed_row(result, self._changes.pop(place, ()), result_document(result))
            for next_row in self._rows.take(*place, row):
                self.reports.add(next_row)
        self.progress.advance(outcome)
        if outcome == "unchanged" and not self.asked.verbose:  # what is to be said of it was said when it was sent
            return
        if not self._taken and (text := "".join(self._lines(result))):
            with self.progress.aside():
                self._out.write(text)
                self._out.flush()

    def tell(self, text: str) -> None:
        """Say something for people while the run goes on."""
        with self.progress.aside():
            say(text)

    def _lines(self, result: "Result") -> Iterator[str]:
        """What needs attention; with -v, every order."""
        for finding in result.candidate.findings:
            if finding.severity != "info" or self.asked.verbose:
                yield self._text(finding)
        dry = result.requests is not None
        silent = ("invalid",) if dry else ("accepted", "unchanged", "invalid", "not_sent")
        said = result.outcome.value == "accepted" and result.message
        if result.outcome.value not in silent or self.asked.verbose or said:
            yield result_line(result) + "\n"
        for request in result.requests or []:
            yield from (line + "\n" for line in request_lines(request))

    def so_far(self, seconds: float) -> "Summary":
        """The summary of a run that broke off; every attempt was a request, look-ups are not counted."""
        from orderctl.push import Summary

        summary = Summary(requests=self._requests, seconds=seconds, stopped="the run broke off")
        summary.counts.update(self._results)
        return summary

    def end(self, summary: "Summary", choice: "Choice", code: int) -> int:
        """Write the reports and the summary; the exit code."""
        for row in self._rows.rest():
            self.reports.add(row)
        sandbox = self.asked.sandbox
        run = Run(
            "push",
            f"push to {self.target.name}{' (sandbox)' if sandbox else ''}",
            int(code),
            summary.as_dict(),
            push_facts(self.target, summary, sandbox=sandbox),
            stopped=summary.stopped,
            advice=advice(self.target, summary, sandbox=sandbox, flags=again(self.asked)),
        )
        troubles = self.reports.write(run, self._out)
        self._say_failed()
        if not self.asked.quiet:
            say(push_summary(self.target, summary, sandbox=sandbox, flags=again(self.asked)))
            for line in choice.lines():
                say(line)
        return finish(self._out, troubles, code)

    def _say_failed(self) -> None:
        """Say how many orders can be pushed again, and always how many could not be written for that."""
        for path, report in self.reports.kept:
            if not isinstance(report, Failed):
                continue
            lost = f"; {count(report.unreadable, 'record')} could not be read and cannot be in it"
            if report.unreadable or (len(report) and not self.asked.quiet):
                place = "stdout" if path == STDOUT else path
                say(f"{place}: {count(len(report), 'order')} to push again{lost if report.unreadable else ''}")
