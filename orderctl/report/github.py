"""Findings as annotations of GitHub Actions: one for each code, since only ten of a kind are shown per step.

Knows findings and the form of workflow commands; the rest of the findings are plain lines that no file name or
value can turn into a command.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from orderctl.files import STDIN_NAME
from orderctl.findings import Finding
from orderctl.paths import spell
from orderctl.report.text import count
from orderctl.report.visible import visible

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_PLACES = 5
"""How many places an annotation names."""


@dataclass(slots=True)
class _Group:
    """The findings of one code and severity: the first, how many, and where the first few are."""

    first: Finding
    number: int = 0
    places: list[str] = field(default_factory=list)


class Annotations:
    """The annotations of a run, grouped as the findings come."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], _Group] = {}
        self._token = secrets.token_hex(16)

    def opening(self) -> str:
        """What stands before the plain lines: until `closing`, nothing is taken for a command."""
        return f"::stop-commands::{self._token}\n"

    def closing(self) -> str:
        """What ends the plain lines."""
        return f"::{self._token}::\n"

    def add(self, finding: Finding) -> None:
        """Count one finding."""
        group = self._groups.setdefault((finding.severity, finding.code), _Group(finding))
        group.number += 1
        if len(group.places) < _PLACES:
            group.places.append(_place(finding))

    def lines(self) -> Iterator[str]:
        """One annotation for each code, errors first, the most frequent first."""
        ranks = list(_COMMANDS)
        for (severity, code), group in sorted(
            self._groups.items(), key=lambda item: (ranks.index(item[0][0]), -item[1].number)
        ):
            yield _annotation(severity, code, group)


def _annotation(severity: str, code: str, group: _Group) -> str:
    finding = group.first
    where = {"file": finding.file, "line": finding.line, "col": finding.column} if finding.file != STDIN_NAME else {}
    title = f"{code}: {count(group.number, 'finding')}" if group.number > 1 else code
    told = {**{name: value for name, value in where.items() if value is not None}, "title": title}
    properties = ",".join(f"{name}={_property(visible(str(value)))}" for name, value in told.items())
    return f"::{_COMMANDS[severity]} {properties}::{_data(_message(finding, group))}\n"


def _message(finding: Finding, group: _Group) -> str:
    source = f" ({finding.source})" if finding.source else ""
    path = spell(finding.path)
    text = visible(f"{path}: {finding.message}{source}" if path else finding.message + source)
    if group.number > 1:
        left = group.number - len(group.places)
        more = f" and {left:,} more" if left else ""
        text += f"\n{count(group.number, 'finding')}, at {', '.join(group.places)}{more}"
    return text


def _place(finding: Finding) -> str:
    return visible(":".join(str(part) for part in (finding.file, finding.line, finding.column) if part is not None))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
