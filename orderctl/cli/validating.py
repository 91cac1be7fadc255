"""What `validate` does between its flags and its exit code: records, findings as they are met, reports.

Knows the parts and their order; judges nothing itself.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from orderctl.cli.prepare import load_settings, processes, shapes_named, wanted
from orderctl.errors import Exit
from orderctl.files import STDIN
from orderctl.findings import Finding
from orderctl.report.progress import Progress, beside_data
from orderctl.report.reports import STDOUT, Reports, check_paths, common, finish, started
from orderctl.report.row import Run, judged_row
from orderctl.report.text import FindingText, Out, count, say
from orderctl.report.told import Told
from orderctl.report.validation import Findings, tally_summary
from orderctl.validate import Tally, judge

if TYPE_CHECKING:
    from orderctl.cli.apart import Shared
    from orderctl.cli.validate import Validate
    from orderctl.intake import Incoming
    from orderctl.mapping.shape import Shape
    from orderctl.mapping.way import Settings
    from orderctl.report.github import Annotations
    from orderctl.report.row import Report


def run_validate(asked: "Validate") -> int:
    """Judge what was named; 1 when an order is invalid, or with --strict when there is a warning."""
    from orderctl.intake import take_in

    kinds = wanted(asked.report, tuple(_makers(asked)))
    if asked.form == "json":
        kinds.append(("shown", STDOUT))
    paths = [path for _, path in kinds]
    check_paths([*paths, STDOUT] if asked.form == "github" else paths, asked.files)
    shapes = shapes_named(asked.judged_as)
    settings = load_settings(asked.config) if shapes else None
    shown = Shown(asked, taken=STDOUT in paths)
    records = take_in(
        asked.files,
        shape=asked.shape,
        input_format=asked.input_format,
        allow_empty=asked.allow_empty,
        copy=shown.copy,
    )
    most = asked.max_findings
    reports = started(kinds, {**_makers(asked), "shown": lambda _: Findings(most)})
    tally = Tally()
    shown.begin()
    with _shared(asked, shapes, settings, rows=bool(reports)) or nullcontext() as shared, shown.open():
        for told in _told(records, shapes, settings, shown, tally, shared, rows=bool(reports)):
            if told.row is not None:
                reports.add(told.row)
            for finding in told.findings:
                shown.take(finding)
            if shown.out.closed and not reports:
                break
    return _end(asked, shown, tally, reports)


def _shared(
    asked: "Validate", shapes: "Sequence[Shape]", settings: "Settings | None", *, rows: bool
) -> "Shared | None":
    """The file named with other processes at work on it, where they pay."""
    if (number := processes(asked)) < 2:
        return None
    from orderctl.cli.apart import judge_apart

    return judge_apart(asked, number, shapes, settings, rows=rows)


def _told(
    records: "Iterator[Incoming]",
    shapes: "Sequence[Shape]",
    settings: "Settings | None",
    shown: "Shown",
    tally: Tally,
    shared: "Shared | None",
    *,
    rows: bool,
) -> Iterator[Told]:
    """What is found, record by record; `rows` says that the reports want every record. The tally grows with it."""
    judged_by = judge if shared is None else shared.judged
    every = judged_by(records, shapes, settings, strict=shown.asked.strict)
    if shared is not None and shown.progress is not None:
        shown.progress.elsewhere = shared.elsewhere
    for judged in every:
        tally.add(judged)
        if shown.progress is not None:
            shown.progress.advance("valid" if judged.valid else "invalid")
        if judged.findings or rows or shown.out.closed:
            yield Told(judged.findings, judged_row(judged) if rows else None)
    if shared is not None:
        yield from shared.retold(tally)


def _makers(asked: "Validate") -> "dict[str, Callable[[str], Report]]":
    return {"json": lambda _: Findings(), **common(strict=asked.strict)}


def _end(asked: "Validate", shown: "Shown", tally: Tally, reports: Reports) -> int:
    """Write what comes last: annotations, reports, the summary; the exit code."""
    code = Exit.FINDINGS if tally.invalid or (asked.strict and tally.warnings) else Exit.OK
    shown.end()
    title = f"validate as {asked.judged_as}" if asked.judged_as else "validate"
    run = Run("validate", title, int(code), tally_summary(tally), strict=asked.strict)
    troubles = reports.write(run, shown.out)
    if not asked.quiet and (reports or not shown.out.closed):
        say(_summary(tally, shown.left_out) + ("; --strict: warnings fail" if code and not tally.invalid else ""))
    return finish(shown.out, troubles, code)


@dataclass(slots=True)
class Shown:
    """The findings on stdout, as they are met; none of them is kept."""

    asked: "Validate"
    taken: bool
    """Whether a report is what stdout is for."""
    out: Out = field(default_factory=Out)
    left_out: int = 0
    copy: BinaryIO | None = None
    """Standard input as it is read, kept while its findings are shown on a terminal."""
    _number: int = 0
    _text: FindingText = field(init=False)
    progress: Progress | None = field(init=False)
    """A bar while the findings go elsewhere than to the terminal."""
    _annotations: "Annotations | None" = None

    def __post_init__(self) -> None:
        if self.asked.form == "github":
            from orderctl.report.github import Annotations

            self._annotations = Annotations()
        seen = sys.stdout is not None and sys.stdout.isatty()
        self.progress = beside_data(wanted=not (self.asked.no_progress or self.asked.quiet), stdout=True)
        if seen and STDIN in self.asked.files and self.asked.form == "text":
            import tempfile

            self.copy = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._text = FindingText(sys.stdout, self.asked.color, verbose=self.asked.verbose, copy=self.copy)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Show how far the run is while it goes on, and keep standard input no longer."""
        with self.copy or nullcontext(), self.progress or nullcontext():
            yield

    def begin(self) -> None:
        """Write what stands before the first finding."""
        if self._annotations is not None:
            self.out.write(self._annotations.opening())

    def take(self, finding: Finding) -> None:
        """Show one finding, unless there are enough."""
        if self.taken:
            return
        if self._annotations is not None:
            self._annotations.add(finding)
        self._number += 1
        if self.asked.max_findings is not None and self._number > self.asked.max_findings:
            self.left_out += 1
        else:
            self.out.write(self._text(finding))

    def end(self) -> None:
        """Write what stands behind the last finding."""
        if self._annotations is not None:
            self.out.write(self._annotations.closing())
            for line in self._annotations.lines():
                self.out.write(line)


def _summary(tally: Tally, left_out: int) -> str:
    text = (
        f"{count(tally.orders, 'order')}: {tally.valid:,} valid, {tally.invalid:,} invalid; "
        f"{count(tally.errors, 'error')}, {count(tally.warnings, 'warning')}"
    )
    return f"{text}; {count(left_out, 'finding')} not shown (--max-findings)" if left_out else text
