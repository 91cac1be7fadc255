"""Findings and summaries as plain lines for people, and the ways out: stdout and stderr.

Knows findings; nothing here goes through a renderer that folds or colours data.
"""

import os
import sys
from contextlib import suppress
from typing import BinaryIO, TextIO

from orderctl.errors import UsageError
from orderctl.findings import Finding
from orderctl.paths import spell
from orderctl.report.excerpt import Excerpts
from orderctl.report.visible import visible

_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m"}
_PLAIN = "\x1b[0m"


def finding_line(finding: Finding, *, colour: bool = False) -> str:
    """One finding as `file:line:column: severity code path: message (source)`."""
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part is not None)
    word = f"{_COLOURS[finding.severity]}{finding.severity}{_PLAIN}" if colour else finding.severity
    where = spell(finding.path) or "order"
    if finding.target_path is not None and finding.judged_as:
        where += f" (as {finding.judged_as} {spell(finding.target_path)})"
    source = f" ({finding.source})" if finding.source else ""
    return f"{visible(place)}: {word} {finding.code} {visible(where)}: {visible(finding.message + source)}"


class FindingText:
    """Findings as they are shown on one stream: a line each, and on a terminal the place in the file below it.

    With `verbose`, why and an example stand below the first finding of each code. `copy` holds standard input.
    """

    def __init__(
        self, stream: TextIO | None, color: str = "auto", *, verbose: bool = False, copy: BinaryIO | None = None
    ) -> None:
        self._colour = stream is not None and coloured(color, stream)
        self._excerpts = Excerpts(colour=self._colour, copy=copy) if stream is not None and stream.isatty() else None
        self._verbose = verbose
        self._explained: set[str] = set()

    def __call__(self, finding: Finding) -> str:
        """The finding's lines, with the line end."""
        text = finding_line(finding, colour=self._colour) + "\n"
        if self._excerpts is not None:
            text += self._excerpts.below(finding)
        if self._verbose and finding.code not in self._explained:
            from orderctl.codes import codes

            self._explained.add(finding.code)
            code = codes()[finding.code]
            text += f"  {code.fault} {code.why}\n  Example: {code.example}. {code.fix}\n"
        return text


def count(number: int, word: str, words: str | None = None) -> str:
    """A number with its noun: `1 order`, `2 orders`."""
    return f"{number:,} {word if number == 1 else words or word + 's'}"


def say(text: str, stream: TextIO | None = None) -> None:
    """Write one line for people, on stderr; where nobody can hear it any more, nothing."""
    show(visible(text, lines=True) + "\n", stream)


def show(lines: str, stream: TextIO | None = None) -> None:
    """Write lines as `say` does, which are visible already and may be coloured."""
    out = stream or sys.stderr
    if out is None:
        return
    try:
        print(lines, end="", file=out, flush=True)
    except OSError:
        _silence(out)


def silent(text: str) -> None:
    """Say nothing, where quiet was asked for."""


class Out:
    """Stdout while a run goes on: what cannot be written there must not break the run.

    `closed` once it takes no more; `trouble` says why, unless its reader has just gone. Where stdout was closed
    from the beginning, lines for people go nowhere and the run goes on, for its exit code; bytes are the result.
    """

    def __init__(self) -> None:
        self.closed = False
        self.trouble: str | None = None

    def write(self, data: str | bytes) -> None:
        """Write text or bytes."""
        if self.closed:
            return
        if isinstance(data, bytes) and getattr(sys.stdout, "name", None) == os.devnull:
            self.closed, self.trouble = True, "stdout cannot be written: it is closed."
            return
        try:
            if isinstance(data, str):
                sys.stdout.write(data)
            else:
                sys.stdout.flush()
                sys.stdout.buffer.write(data)
        except OSError as error:
            self._close(error)

    def flush(self) -> None:
        """Hand on what is still held back."""
        if self.closed:
            return
        try:
            sys.stdout.flush()
        except OSError as error:
            self._close(error)

    def _close(self, error: OSError) -> None:
        self.closed = True
        if not isinstance(error, BrokenPipeError):
            self.trouble = f"stdout cannot be written: {error.strerror or error}."
        _silence(sys.stdout)


def put(data: str | bytes) -> None:
    """Write a whole result on stdout; where its reader has gone, nothing.

    Raises UsageError where it cannot be written, as on a full disk.
    """
    out = Out()
    out.write(data)
    out.flush()
    if out.trouble:
        raise UsageError(out.trouble)


def _silence(stream: TextIO) -> None:
    """Point a stream nowhere, so that closing it says nothing more of what it could not take."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def coloured(choice: str, stream: TextIO) -> bool:
    """Whether to colour a stream: as asked, else on a terminal unless NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
