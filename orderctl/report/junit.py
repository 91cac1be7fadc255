"""A run as JUnit XML: a suite per file, a case per order.

Knows rows; the form is the one that Jenkins, GitLab and most CI servers read.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from orderctl.paths import spell
from orderctl.report.row import Row, Run, Verdict
from orderctl.report.spool import SpooledBytes
from orderctl.report.text import finding_line
from orderctl.report.visible import visible

_COUNTED: dict[Verdict, str] = {"failure": "failures", "error": "errors", "skipped": "skipped"}


@dataclass(slots=True)
class _Suite:
    """One file: its cases as XML, held back because the counts stand before them."""

    cases: SpooledBytes = field(default_factory=SpooledBytes)
    names: Counter[str] = field(default_factory=Counter)
    counts: Counter[Verdict] = field(default_factory=Counter)


class Junit:
    """A JUnit report."""

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self._suites: dict[str, _Suite] = {}

    def add(self, row: Row) -> None:
        """Take one order as a case; a second one of the same name gets its index behind it."""
        suite = self._suites.setdefault(row.file, _Suite())
        verdict = row.verdict(strict=self._strict)
        suite.counts[verdict] += 1
        suite.names[row.name] += 1
        name = row.name if suite.names[row.name] == 1 else f"{row.name} (index {row.index})"
        suite.cases.add(_case(row, name, verdict).encode())

    def chunks(self, run: Run) -> Iterator[bytes]:
        """The XML, suite after suite."""
        total = sum((suite.counts for suite in self._suites.values()), Counter[Verdict]())
        yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f"<testsuites{_attributes(name=f'orderctl {run.title}')}{_counts(total)}>\n".encode()
        for file, suite in self._suites.items():
            yield f"  <testsuite{_attributes(name=file)}{_counts(suite.counts)}>\n".encode()
            yield from suite.cases.pieces()
            yield b"  </testsuite>\n"
        yield b"</testsuites>\n"


def _case(row: Row, name: str, verdict: Verdict) -> str:
    line = None if row.line is None else str(row.line)
    opened = f"    <testcase{_attributes(name=name, classname=row.file, file=row.file, line=line, time='0')}"
    inner = "".join(_inner(row, verdict))
    return f"{opened}>\n{inner}    </testcase>\n" if inner else f"{opened}/>\n"


def _inner(row: Row, verdict: Verdict) -> Iterator[str]:
    """What went wrong, in one element; what is good to know, as output."""
    lines = [finding_line(finding) for finding in row.findings]
    if verdict == "skipped":
        yield f"      <skipped{_attributes(message=row.message or 'not sent')}/>\n"
    elif verdict != "passed":
        kind, first = _reason(row)
        text = "\n".join([*([row.message] if row.message else []), *lines, *_losses(row)])
        yield f"      <{verdict}{_attributes(message=first, type=kind)}>{_text(text)}</{verdict}>\n"
    elif lines or row.message:
        said = row.outcome + (f": {row.message}" if row.message else "")
        yield f"      <system-out>{_text(chr(10).join([said, *lines]))}</system-out>\n"


def _reason(row: Row) -> tuple[str, str]:
    """Why a case did not pass: the outcome with its message, else the worst finding, else the first loss."""
    if row.message:
        return row.outcome, row.message
    for severity in ("error", "warning"):
        for finding in row.findings:
            if finding.severity == severity:
                return finding.code, finding.message
    return next((("loss", text) for text in _losses(row)), (row.outcome, row.outcome.replace("_", " ")))


def _losses(row: Row) -> Iterator[str]:
    for change in row.changes:
        if change.lost:
            yield f"{change.kind} {spell(change.source or change.target or ())}: {change.reason}"


def _counts(counts: Counter[Verdict]) -> str:
    return _attributes(
        tests=str(counts.total()), **{word: str(counts[verdict]) for verdict, word in _COUNTED.items()}, time="0"
    )


def _attributes(**values: str | None) -> str:
    return "".join(f" {name}={quoteattr(visible(value))}" for name, value in values.items() if value is not None)


def _text(text: str) -> str:
    return escape(visible(text, lines=True))
