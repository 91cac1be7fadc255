"""The reports of one run: which were asked for, where each goes, and that it can go there.

Knows paths and reports; knows no form of a report.
"""

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orderctl.errors import Exit, UsageError
from orderctl.report.row import Report, Row, Run
from orderctl.report.text import Out, say

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports under way, each with its path; `-` is stdout."""

    kept: tuple[tuple[str, Report], ...]

    def __bool__(self) -> bool:
        return bool(self.kept)

    def add(self, row: Row) -> None:
        """Give one order to every report."""
        for _, report in self.kept:
            report.add(row)

    def write(self, run: Run, out: Out) -> list[str]:
        """Write every report, whole or not at all; returns why any of them could not be written.

        Stdout then holds all that it gets, so that what is said of the run stands below it.
        """
        from orderctl.files import write_bytes

        troubles = []
        for path, report in self.kept:
            if path == STDOUT:
                for chunk in report.chunks(run):
                    out.write(chunk)
                continue
            try:
                write_bytes(path, report.chunks(run))
            except UsageError as error:
                troubles.append(str(error))
        out.flush()
        return troubles


def common(*, strict: bool) -> dict[str, Callable[[str], Report]]:
    """The makers of the reports that every command has; each report is imported when it is asked for."""

    def junit(_: str) -> Report:
        from orderctl.report.junit import Junit

        return Junit(strict=strict)

    def sarif(_: str) -> Report:
        from orderctl.report.sarif import Sarif

        return Sarif(strict=strict)

    def html(_: str) -> Report:
        from orderctl.report.html import Page

        return Page()

    return {"junit": junit, "sarif": sarif, "html": html}


def started(wanted: Sequence[tuple[str, str]], makers: Mapping[str, Callable[[str], Report]]) -> Reports:
    """The reports of these kinds and paths; a maker gets the path."""
    return Reports(tuple((path, makers[kind](path)) for kind, path in wanted))


def check_paths(paths: Sequence[str], arguments: Sequence[str]) -> None:
    """Refuse, before anything is done, what could not be written or would overwrite an input or each other.

    Raises UsageError, and NoInput where an input itself is missing.
    """
    from orderctl.files import find_files

    inputs = [file for file in find_files(arguments, allow_empty=True) if file != STDOUT] if paths else []
    seen: dict[str, str] = {}
    for path in paths:
        real = path if path == STDOUT else os.path.realpath(path)
        if real in seen and not _is_special(real):
            raise UsageError(f"{path} is named for two outputs. Give each a path of its own.")
        seen[real] = path
        if path != STDOUT:
            _check_writable(path, real)
    for file in inputs:
        if os.path.realpath(file) in seen:
            raise UsageError(
                f"{file} is an input and an output, and would be overwritten. Name another for the output."
            )


def finish(out: Out, troubles: Sequence[str], code: int) -> int:
    """Say what could not be written; the exit code, which is then never 0."""
    out.flush()
    every = [*troubles, out.trouble] if out.trouble else troubles
    for trouble in every:
        say(f"orderctl: {trouble}")
    return (code or Exit.USAGE) if every else code


def _check_writable(path: str, real: str) -> None:
    folder = os.path.dirname(real)
    if os.path.isdir(real):
        raise UsageError(f"{path}: cannot be written: it is a folder.")
    if not os.path.isdir(folder):
        raise UsageError(f"{path}: cannot be written: the folder {folder} does not exist.")
    places = [real] if _is_special(real) else [folder, real] if os.path.exists(real) else [folder]
    if not all(os.access(place, os.W_OK) for place in places):
        raise UsageError(f"{path}: cannot be written: no permission.")


def _is_special(real: str) -> bool:
    """Whether this is a device or a pipe, which takes any number of outputs."""
    try:
        return not stat.S_ISREG(os.stat(real).st_mode)
    except (OSError, ValueError):
        return False
