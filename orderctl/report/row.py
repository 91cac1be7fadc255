"""One order as a run leaves it, and the run itself: what every report is made of.

Knows results as values, of whichever command; writes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from msgspec import Struct, field

from orderctl.findings import Change, Finding

if TYPE_CHECKING:
    from orderctl.intake import Incoming
    from orderctl.push import Result
    from orderctl.validate import Judged

Verdict: TypeAlias = Literal["passed", "failure", "error", "skipped"]

VERDICTS: Mapping[str, Verdict] = {
    "valid": "passed",
    "converted": "passed",
    "accepted": "passed",
    "unchanged": "passed",
    "invalid": "failure",
    "refused": "failure",
    "rejected": "failure",
    "conflict": "failure",
    "failed": "error",
    "unknown": "error",
    "not_sent": "skipped",
}
"""What each outcome of any command is to somebody who asks only whether it went well."""


class Row(Struct, frozen=True):
    """One order: where it stands, what became of it, what was found and what changed.

    `source` is the record as read, None where it could not be. `losses` are the changes that lose something, as
    findings at their places, where a report wants them. `document` is the order's entry in `push --json`.
    """

    file: str
    index: int
    line: int | None
    outcome: str
    key: str | None = None
    number: str | None = None
    shape: str | None = None
    message: str | None = None
    findings: Sequence[Finding] = ()
    changes: Sequence[Change] = ()
    losses: Sequence[Finding] = ()
    source: object = None
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call the order: its key, else its number, else its place in the file."""
        return self.key or self.number or f"order at index {self.index}"

    def verdict(self, *, strict: bool = False) -> Verdict:
        """Whether it went well; `strict` counts warnings and losses as faults, an unreadable record is an error."""
        if any(finding.rule == "unreadable" for finding in self.findings):
            return "error"
        verdict = VERDICTS[self.outcome]
        faulty = any(finding.severity == "warning" for finding in self.findings) or any(
            change.lost for change in self.changes
        )
        return "failure" if strict and verdict == "passed" and faulty else verdict


class Run(Struct, frozen=True):
    """The whole run at its end.

    `title` and `advice`, what to do next, are for people; `facts` are the keys that the command's own JSON begins
    with, `summary` is its summary.
    """

    command: str
    title: str
    exit_code: int
    summary: Mapping[str, object]
    facts: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False
    stopped: str | None = None
    advice: Sequence[str] = ()


class Report(Protocol):
    """A report under way: it is given every order in the order of the input, then asked for its bytes."""

    def add(self, row: Row) -> None:
        """Take one order."""

    def chunks(self, run: Run) -> Iterable[bytes]:
        """The whole report, in pieces."""


def judged_row(judged: "Judged") -> Row:
    """A validated order."""
    return incoming_row(judged.incoming, "valid" if judged.valid else "invalid", judged.findings)


def incoming_row(
    incoming: "Incoming",
    outcome: str,
    findings: Sequence[Finding] = (),
    changes: Sequence[Change] = (),
    losses: Sequence[Finding] = (),
) -> Row:
    """A record that was read, named as its own shape names it."""
    record, shape = incoming.record, incoming.shape
    document = incoming.document
    identity = shape.identity(document) if shape is not None and document is not None else None
    return Row(
        file=record.file,
        index=record.index,
        line=record.line,
        outcome=outcome,
        key=identity.key if identity else None,
        number=identity.number if identity else None,
        shape=shape.name if shape else None,
        findings=findings,
        changes=changes,
        losses=losses,
        source=record.document if document is None else document,
    )


def pushed_row(result: "Result", changes: Sequence[Change], document: Mapping[str, Any]) -> Row:
    """A pushed order, named as the target names it."""
    candidate = result.candidate
    return Row(
        file=candidate.file,
        index=candidate.index,
        line=candidate.line,
        outcome=result.outcome.value,
        key=result.key or candidate.key,
        number=result.number or candidate.number,
        shape=candidate.shape or None,
        message=result.message,
        findings=candidate.findings,
        changes=changes,
        source=candidate.source,
        document=document,
    )
