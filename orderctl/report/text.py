"""Findings and summaries as plain lines for people.

Knows findings; nothing here goes through a renderer that folds or colours data.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from orderctl.findings import Finding
from orderctl.paths import spell
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


def count(number: int, word: str, words: str | None = None) -> str:
    """A number with its noun: `1 order`, `2 orders`."""
    return f"{number:,} {word if number == 1 else words or word + 's'}"


def say(text: str, stream: TextIO | None = None) -> None:
    """Write one line for people, on stderr."""
    print(visible(text, lines=True), file=stream or sys.stderr, flush=True)


@contextmanager
def piped() -> Iterator[None]:
    """Write to stdout; when the reader has gone, say nothing more there and go on."""
    try:
        yield
    except BrokenPipeError:
        silence_stdout()


def silence_stdout() -> None:
    """Point stdout nowhere, so that closing it says nothing more about a broken pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def coloured(choice: str, stream: TextIO) -> bool:
    """Whether to colour a stream: as asked, else on a terminal unless NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
