"""What `push` does between its flags and its exit code: target, candidates, results, reports.

Knows the parts and their order; each part knows the rest.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orderctl.cli.prepare import chosen, settings_of, wanted
from orderctl.report.progress import Progress
from orderctl.report.text import count, finding_line, piped, say

if TYPE_CHECKING:
    from orderctl.candidates import Choice, Made
    from orderctl.config import Target
    from orderctl.files import Format
    from orderctl.push import Candidate, Options, Result, Summary


@dataclass(frozen=True, slots=True)
class Asked:
    """The flags of a push that are not the engine's."""

    files: list[str]
    to: str
    shape: str | None = None
    input_format: "Format | None" = None
    sandbox: bool = False
    only: list[str] | None = None
    status: str | None = None
    as_json: bool = False
    report: list[str] | None = None
    strict: bool = False
    allow_empty: bool = False
    config: str | None = None
    state_dir: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    progress: bool = True


@contextmanager
def target_of(asked: Asked, *, need_credentials: bool) -> "Iterator[Target]":
    """The target that was asked for; with --sandbox, one in the sandbox, which runs until the block ends."""
    from orderctl.config import Secret, load

    loaded = load(asked.config, os.environ)
    target = loaded.target(asked.to, os.environ, sandbox=asked.sandbox, need_credentials=need_credentials)
    if asked.state_dir:
        target = replace(target, state_dir=Path(asked.state_dir))
    if not asked.sandbox:
        yield target
        return
    from orderctl import systems
    from orderctl.sandbox import running

    target.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    system = systems.load(target.system)
    with running([system.name], store=target.state_dir / "sandbox.sqlite", limits=False) as sandbox:
        given = sandbox.credentials(system.name)
        yield replace(
            target,
            base_url=sandbox.base_url(system.name),
            settings={setting.key: given[setting.key] for setting in system.settings},
            secrets={setting.key: Secret(given[setting.key]) for setting in system.credentials},
            sandbox=True,
        )


def run_push(asked: Asked, how: "Options") -> int:
    """Push what was asked for; the exit code is that of SPEC §3."""
    from orderctl.candidates import make
    from orderctl.intake import take_in
    from orderctl.push import World, push

    kinds = wanted(asked.report, ("json",))
    choice = chosen(asked.only, asked.status)
    records = take_in(asked.files, shape=asked.shape, input_format=asked.input_format, allow_empty=asked.allow_empty)
    with target_of(asked, need_credentials=not how.dry_run) as target:
        settings = settings_of(target.defaults, target.maps)
        made = make(records, target.system, settings, choice, strict=asked.strict)
        shown = Shown(asked, keep=asked.as_json or bool(kinds))
        with shown.progress():
            summary = push(shown.following(made), target, how, World(), shown.take, say)
    return shown.end(target, summary, kinds, choice)


class Shown:
    """What people and programs see of a push while it runs and when it ends."""

    def __init__(self, asked: Asked, *, keep: bool) -> None:
        self._asked = asked
        self._keep = keep
        self._results: list[Result] = []
        self._progress = Progress(wanted=asked.progress)

    def following(self, made: "Iterator[Made]") -> "Iterator[Candidate]":
        """The candidates, counted as they come."""
        for each in made:
            self._progress.expect()
            yield each.candidate

    def progress(self) -> "Progress":
        """The progress to run beside the push."""
        return self._progress

    def take(self, result: "Result") -> None:
        """Show one result, and keep it where a report needs it."""
        if self._keep:
            self._results.append(result)
        self._progress.advance(result.outcome.value)
        if not self._asked.as_json:
            with piped():
                self._write(result)

    def _write(self, result: "Result") -> None:
        from orderctl.report.document import render
        from orderctl.report.pushed import result_line

        for finding in result.candidate.findings:
            if finding.severity != "info" or self._asked.verbose:
                sys.stdout.write(finding_line(finding) + "\n")
        for request in result.requests or []:
            sys.stdout.write(render(request).decode() + "\n")
        silent = ("accepted", "unchanged", "invalid") if result.requests is None else ("not_sent", "invalid")
        if result.outcome.value not in silent or self._asked.verbose:
            sys.stdout.write(result_line(result) + "\n")

    def end(self, target: "Target", summary: "Summary", kinds: list[tuple[str, str]], choice: "Choice") -> int:
        """Write the reports and the summary; the exit code."""
        from orderctl.report.document import print_document, write_document
        from orderctl.report.pushed import push_document, push_summary

        code = summary.exit_code
        sandbox = self._asked.sandbox
        if self._keep:
            document = push_document(target, summary, self._results, code, sandbox=sandbox)
            for _, path in kinds:
                write_document(path, document)
            if self._asked.as_json:
                with piped():
                    print_document(document)
        with piped():
            sys.stdout.flush()
        if not self._asked.quiet:
            say(push_summary(target, summary, sandbox=sandbox))
            if choice.left_out_by_status:
                say(f"{count(choice.left_out_by_status, 'order')} left out by --status")
        return code
