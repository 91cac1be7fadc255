"""What `convert` does between its flags and its exit code: records, documents, the reports.

Knows the parts and their order; each part knows the rest.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import structs

from orderctl.cli.prepare import chosen, load_settings, processes, wanted
from orderctl.errors import Exit, UsageError
from orderctl.findings import Change, Finding, Severity
from orderctl.report.conversion import Conversion
from orderctl.report.progress import Progress, beside_data
from orderctl.report.reports import STDOUT, Reports, check_paths, common, finish, started
from orderctl.report.row import Run, incoming_row
from orderctl.report.text import FindingText, Out, say, show
from orderctl.report.told import Told

if TYPE_CHECKING:
    from orderctl.candidates import Choice
    from orderctl.cli.apart import Shared
    from orderctl.cli.convert import Convert
    from orderctl.files import Format
    from orderctl.intake import Incoming
    from orderctl.mapping.shape import Shape
    from orderctl.mapping.way import Settings
    from orderctl.report.row import Report


def run_convert(asked: "Convert") -> int:
    """Convert what was asked for; 1 when an order was refused, or with --strict when anything was lost."""
    from orderctl.intake import shape_named, take_in

    target = shape_named(asked.to)
    makers = _makers(asked, target.name)
    kinds = wanted(asked.report, tuple(makers))
    kinds += [("losses", STDOUT)] if asked.as_json else []
    _check_paths(asked, [path for _, path in kinds])
    work = Work(asked, target, load_settings(asked.config), chosen(asked.only, asked.status), started(kinds, makers))
    data_to_stdout = asked.as_json or asked.output in (None, STDOUT)
    work.progress = beside_data(wanted=not (asked.no_progress or asked.quiet), stdout=data_to_stdout)
    records = take_in(asked.files, shape=asked.shape, input_format=asked.input_format, allow_empty=asked.allow_empty)
    out = Out()
    _write(asked, work, records, out)
    code = Exit.FINDINGS if work.counts.fails(strict=asked.strict) else Exit.OK
    run = Run("convert", f"convert to {target.name}", int(code), work.counts.counts(), strict=asked.strict)
    troubles = work.reports.write(run, out)
    if not asked.quiet and (work.reports or not out.closed):
        for line in work.counts.summary():
            say(line)
        for line in work.choice.lines():
            say(line)
    return finish(out, troubles, code)


def _makers(asked: "Convert", target: str) -> "dict[str, Callable[[str], Report]]":
    def losses(_: str) -> "Report":
        from orderctl.report.losses import Losses

        return Losses(target)

    return {
        "losses": losses,
        "json": losses,
        **common(strict=asked.strict),
    }


@dataclass(slots=True)
class Work:
    """One conversion under way: what it is to, what is chosen, and the reports that grow with it."""

    asked: "Convert"
    target: "Shape"
    settings: "Settings"
    choice: "Choice"
    reports: Reports
    _home: "Callable[[object], object] | None" = None
    progress: Progress | None = None
    counts: Conversion = field(init=False)
    _text: FindingText = field(init=False)

    def __post_init__(self) -> None:
        self.counts = Conversion(self.target.name)
        self._text = FindingText(sys.stderr, self.asked.color, verbose=self.asked.verbose)

    def documents(self, records: "Iterator[Incoming]") -> Iterator[dict[str, Any]]:
        """The converted documents, in order; what refuses an order is said as it is met."""
        from orderctl.convert import convert
        from orderctl.intake import placed

        chooses = self.choice.chooses
        for incoming in records:
            if incoming.document is None or incoming.shape is None:
                assert incoming.fault is not None
                if not chooses or self.choice.wants((), None):
                    self._take(incoming, "refused", [incoming.fault], [])
                continue
            converted = convert(incoming.document, incoming.shape, self.target, self.settings, sound=incoming.sound)
            if chooses and not self._wants(incoming.document, incoming.shape, converted.status):
                continue
            found = [placed(finding, incoming.record) for finding in converted.findings if self._is_told(finding)]
            outcome = "refused" if converted.document is None else "converted"
            self._take(incoming, outcome, found, converted.changes)
            if converted.document is not None:
                yield converted.document

    def _wants(self, document: Mapping[str, Any], shape: "Shape", status: str | None) -> bool:
        """Whether an order is chosen; where its conversion does not tell its status, its own shape does."""
        from orderctl.convert import meaning

        if status is None and self.choice.statuses:
            status, _ = meaning(document, shape, self.settings, shape.check(document))
        return self.choice.wants(shape.identity(document), status)

    def _take(self, incoming: "Incoming", outcome: str, findings: Sequence[Finding], changes: Sequence[Change]) -> None:
        if self.progress is not None:
            self.progress.advance(outcome)
        said = [finding for finding in findings if finding.severity != "info" or self.asked.verbose]
        self.counts.count(outcome, incoming.shape.name if incoming.shape else None, findings, changes)
        row = None
        if self.reports:
            row = incoming_row(incoming, outcome, findings, changes, self._losses(incoming, changes))
        if said or row is not None:
            self.tell(Told(said, row))

    def tell(self, told: Told) -> None:
        """Show what was found of one record, and give it to the reports; a process of many sends it home."""
        if self._home is not None:
            row = told.row and structs.replace(told.row, changes=list(told.row.changes))
            self._home(Told(told.findings, row))
            return
        if told.findings:
            with self.progress.aside() if self.progress is not None else nullcontext():
                show("".join(map(self._text, told.findings)))
        if told.row is not None:
            self.reports.add(told.row)

    def apart(self, home: "Callable[[object], object]") -> "Work":
        """The same work on a part of the input, by a process that sends home what it has to tell."""
        choice = replace(self.choice, met=set())
        return Work(self.asked, self.target, self.settings, choice, self.reports, home)

    def _is_told(self, finding: Finding) -> bool:
        """Whether a finding is shown or reported, so that its place must be known."""
        return finding.severity != "info" or self.asked.verbose or bool(self.reports)

    def _losses(self, incoming: "Incoming", changes: Sequence[Change]) -> list[Finding]:
        """What was lost as findings at their places, which only a report shows."""
        from orderctl.intake import placed
        from orderctl.validate import loss

        if incoming.shape is None:
            return []
        severity: Severity = "error" if self.asked.strict else "info"
        lost = [change for change in changes if change.lost]
        return [placed(loss(change, incoming, self.target, severity), incoming.record) for change in lost]


def _check_paths(asked: "Convert", reports: list[str]) -> None:
    """Refuse what would mix two outputs or overwrite an input."""
    if asked.output == "":
        raise UsageError('-o "": write a path, or - for stdout.')
    to_stdout = asked.output in (None, STDOUT)
    if asked.as_json and to_stdout:
        raise UsageError("--json prints the conversion report, so the orders need a file: add -o PATH.")
    check_paths([*reports, asked.output or STDOUT], asked.files)


def _write(asked: "Convert", work: Work, records: "Iterator[Incoming]", out: Out) -> None:
    """Write the orders; nothing is written where there is nothing."""
    from orderctl.files import write_bytes
    from orderctl.report.output import format_for

    form = format_for(asked.output, asked.output_format)
    with _shared(asked, work, form) or nullcontext() as shared, work.progress or nullcontext():
        if shared is not None and work.progress is not None:
            work.progress.elsewhere = shared.elsewhere
        pieces = _pieces(work, records, form, shared)
        first = next(pieces, None)
        if first is None:
            return
        whole = chain((first,), pieces)
        if asked.output not in (None, STDOUT):
            assert asked.output is not None
            write_bytes(asked.output, whole)
            return
        for piece in whole:
            out.write(piece)
            if out.closed and not work.reports:
                return


def _shared(asked: "Convert", work: Work, form: "Format") -> "Shared | None":
    """The file named with other processes at work on it, where they pay."""
    if form == "yaml" or (number := processes(asked)) < 2:
        return None
    from orderctl.cli.apart import convert_apart

    return convert_apart(asked, number, work, form)


def _pieces(work: Work, records: "Iterator[Incoming]", form: "Format", shared: "Shared | None") -> Iterator[bytes]:
    """The bytes of the converted orders. Raises NoInput at their end where those that were named are not there."""
    from orderctl.report.output import chunks

    own = records if shared is None else shared.own(records)
    first_two = [record for _, record in zip(range(2), own, strict=False)]
    many = len(first_two) > 1 or (shared is not None and shared.settled)
    more = () if shared is None else shared.reconverted(work)
    documents = work.documents(chain(first_two, own))
    if not many:
        documents = iter(list(documents))  # one at most
        work.choice.check()
        many = not work.counts.orders  # none was read or chosen, and none refused
    if many:
        yield b""  # an output without orders is a file all the same
    yield from chunks(documents, work.target, many=many, format=form, more=more)
    work.choice.check()
