"""What `validate --fix` and `--diff` do: files repaired, or shown as they would be, and what is left said.

Knows the parts and their order; which repair is safe is for `orderctl.fix` to say.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orderctl.errors import Exit, NoInput, UsageError
from orderctl.report.text import Out, coloured, count, finding_line, say, show

if TYPE_CHECKING:
    from orderctl.cli.validate import Validate
    from orderctl.findings import Finding
    from orderctl.fix import Fixed, Left, Placed, Repair
    from orderctl.intake import Incoming
    from orderctl.mapping.shape import Shape
    from orderctl.validate import Tally


@dataclass(slots=True)
class Fixing:
    """One run under way: what was asked, and what was done so far."""

    asked: "Validate"
    shape: "Shape | None"
    out: Out = field(default_factory=Out)
    repairs: "list[Placed[Repair]]" = field(default_factory=list)
    left: "list[Placed[Left]]" = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    changed: int = 0
    empty: bool = True

    @property
    def as_json(self) -> bool:
        """Whether the result is one JSON document."""
        return self.asked.form == "json"

    def mended(self, names: Sequence[str]) -> "Iterator[Incoming]":
        """Repair or show one file after another, and hand out the records that it then has."""
        from orderctl.fix import fix_file, take_in_text

        for name in names:
            fixed = fix_file(name, self.shape, self.asked.input_format)
            self.empty = self.empty and not fixed.orders
            self.changed += fixed.changed
            self.repairs += fixed.repairs
            self.left += fixed.left
            self._hand_out(name, fixed)
            self._tell(fixed)
            yield from take_in_text(fixed.after, self.shape)

    def _hand_out(self, name: str, fixed: "Fixed") -> None:
        """Give the result where it belongs: the diff or standard input's text to stdout, a file to its place."""
        from orderctl.fix import rewrite

        if self.asked.diff:
            for line in fixed.diff():
                if self.as_json:
                    self.shown.append(line)
                else:
                    self.out.write(line.encode())
        elif name == "-":
            self.out.write(fixed.after.whole)
        elif fixed.changed:
            rewrite(name, fixed.before.whole, fixed.after.whole)

    def _tell(self, fixed: "Fixed") -> None:
        """Say what is left and why and, with -v, what is repaired."""
        if self.asked.quiet or self.as_json:
            return
        for placed in fixed.repairs if self.asked.verbose else ():
            repair = placed.what
            say(f"{_place(placed)}: repaired {_told(repair.before)} to {_told(repair.after)}: {repair.reason}")
        for kept in fixed.left:
            say(f"{_place(kept)}: left {_told(kept.what.value)} as it is: {kept.what.reason}")


def run_fix(asked: "Validate") -> int:
    """Repair files in their places, standard input to stdout; with --diff, only show what would change.

    1 when an order is still invalid, with --strict when a warning remains, and with --diff when anything would
    change; else 0. Raises UsageError before the first file is touched where one cannot be written.
    """
    from orderctl.files import STDIN, find_files, named
    from orderctl.intake import shape_named
    from orderctl.validate import Tally, judge

    _refuse_beside(asked)
    names = find_files(asked.files, allow_empty=asked.allow_empty)
    _check(names, asked)
    run = Fixing(asked, shape_named(asked.shape) if asked.shape else None)
    tally, kept = Tally(), list[Any]()
    show = _stderr(asked.color) if STDIN in names else _stdout(run.out, asked.color)
    for judged in judge(run.mended(names)):
        tally.add(judged)
        if run.as_json:
            kept.extend(judged.findings)
        elif not asked.diff:
            for finding in judged.findings:
                show(finding)
    if run.empty and not asked.allow_empty:
        raise NoInput(f"No order in {', '.join(map(named, names))}. An empty input is allowed with --allow-empty.")
    found = tally.invalid or (asked.strict and tally.warnings) or (asked.diff and run.changed)
    code = Exit.FINDINGS if found else Exit.OK
    if run.as_json:
        run.out.write(_document(run, tally, kept, code))
    run.out.flush()
    if run.out.trouble:
        raise UsageError(run.out.trouble)
    if not asked.quiet:
        say(_summary(run, tally))
    return code


def _refuse_beside(asked: "Validate") -> None:
    """Raise UsageError for flags of validate that mean nothing beside --fix and --diff."""
    beside = {
        "--for": asked.judged_as,
        "--report": asked.report,
        "--max-findings": asked.max_findings is not None,
        "--format github": asked.form == "github",
    }
    for flag, given in beside.items():
        if given:
            raise UsageError(f"{flag} does not go with --fix or --diff: repair first, then validate again.")


def _stdout(out: Out, color: str) -> "Callable[[Finding], None]":
    colour = coloured(color, sys.stdout)
    return lambda finding: out.write(finding_line(finding, colour=colour) + "\n")


def _stderr(color: str) -> "Callable[[Finding], None]":
    colour = coloured(color, sys.stderr)
    return lambda finding: show(finding_line(finding, colour=colour) + "\n")


def _check(names: Sequence[str], asked: "Validate") -> None:
    from orderctl.fix import check_writable

    if asked.diff:
        return
    if asked.form == "json" and "-" in names:
        raise UsageError("--json prints its document where the repaired text of - would go. Leave one of them out.")
    for name in names:
        if name != "-":
            check_writable(name)


def _place(placed: Any) -> str:
    from orderctl.paths import spell

    return f"{placed.file}:{placed.line}:{placed.column}: {spell(placed.what.path)}"


def _told(value: object) -> str:
    from orderctl.mapping.wording import found

    return found(value)


def _document(run: Fixing, tally: "Tally", findings: "list[Finding]", code: Exit) -> bytes:
    """The validation document of the text as repaired, with what was repaired and what was left."""
    from orderctl.report.document import finding_documents, render

    document = {
        "schema": "orderctl.validate/1",
        "ok": code == Exit.OK,
        "exit_code": int(code),
        "summary": {key: getattr(tally, key) for key in ("orders", "valid", "invalid", "errors", "warnings")},
        "findings": finding_documents(findings),
        "repairs": [_entry(each, before=each.what.before, after=each.what.after) for each in run.repairs],
        "left": [_entry(each, value=each.what.value) for each in run.left],
        "diff": "".join(run.shown) if run.asked.diff else None,
    }
    return render(document) + b"\n"


def _entry(placed: Any, **values: object) -> dict[str, Any]:
    from orderctl.paths import spell

    where = {
        "file": placed.file,
        "index": placed.index,
        "line": placed.line,
        "column": placed.column,
        "order": placed.order,
    }
    return {**where, "path": spell(placed.what.path), **values, "reason": placed.what.reason}


def _summary(run: Fixing, tally: "Tally") -> str:
    done = "would be repaired" if run.asked.diff else "repaired"
    begin = "nothing to repair"
    if run.repairs or run.left:
        begin = f"{count(len(run.repairs), 'value')} {done} in {count(run.changed, 'file')}, {len(run.left):,} left"
    return (
        f"{begin}; then {count(tally.orders, 'order')}: {tally.valid:,} valid, {tally.invalid:,} invalid; "
        f"{count(tally.errors, 'error')}, {count(tally.warnings, 'warning')}"
    )
