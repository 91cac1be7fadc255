"""Findings as SARIF 2.1.0, for code scanning.

Knows findings and the registry of codes; the form is OASIS SARIF 2.1.0.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orderctl import __version__
from orderctl.codes import Code, codes
from orderctl.files import STDIN_NAME
from orderctl.findings import RULES, Finding
from orderctl.paths import spell
from orderctl.report.row import Row, Run
from orderctl.report.spool import Spool, rendered
from orderctl.report.visible import visible

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_RULE_AT = {name: at for at, name in enumerate(RULES)}


class Sarif:
    """A SARIF report; every code is a rule in it, so that a result's rule can be looked up."""

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self._results = Spool()

    def add(self, row: Row) -> None:
        """Take one order's findings, and what its conversion lost."""
        for finding in (*row.findings, *row.losses):
            self._results.add(_result(finding, strict=self._strict))

    def chunks(self, run: Run) -> Iterator[bytes]:
        """The one run of the log."""
        driver = {
            "name": "orderctl",
            "version": __version__,
            "rules": [_rule(name, code) for name, code in codes().items()],
        }
        log = {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {"driver": driver},
                    "columnKind": "unicodeCodePoints",
                    "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder orderctl was run in."}}},
                    "invocations": [{"executionSuccessful": True, "exitCode": run.exit_code}],
                    "results": self._results,
                }
            ],
        }
        yield from rendered(log)


def _rule(name: str, code: Code) -> dict[str, Any]:
    text = f"{code.fault} {code.why}\nExample: {code.example}\nWhat to do: {code.fix}"
    markdown = f"**{code.fault}** {code.why}\n\nExample:\n\n```\n{code.example}\n```\n\nWhat to do: {code.fix}\n"
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": code.fault},
        "fullDescription": {"text": f"{code.fault} {code.why}"},
        "help": {"text": text, "markdown": markdown},
        "properties": {"rule": code.rule, "tags": ["orders", code.rule]},
    }


def _result(finding: Finding, *, strict: bool) -> dict[str, Any]:
    level = "error" if strict and finding.severity == "warning" else _LEVELS[finding.severity]
    source = f" ({finding.source})" if finding.source else ""
    where = spell(finding.path)
    properties = {
        "order": finding.order,
        "index": finding.index,
        "shape": finding.shape,
        "for": finding.judged_as,
        "source": finding.source,
    }
    return {
        "ruleId": finding.code,
        "ruleIndex": _RULE_AT[finding.code],
        "level": level,
        "message": {"text": visible(f"{where}: {finding.message}{source}" if where else finding.message + source)},
        "locations": [_location(finding, where)],
        "properties": {key: value for key, value in properties.items() if value is not None},
    }


def _location(finding: Finding, where: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": artifact(finding.file or STDIN_NAME)}
    if finding.line is not None:
        place["region"] = {"startLine": max(1, finding.line), "startColumn": max(1, finding.column or 1)}
    location: dict[str, Any] = {"physicalLocation": place}
    return {**location, "logicalLocations": [{"fullyQualifiedName": where}]} if where else location


def artifact(file: str) -> dict[str, str]:
    """A file as SARIF names it: relative to the folder of the run where it lies inside, else absolute."""
    if file == STDIN_NAME:
        return {"uri": "stdin"}
    path = Path(os.path.normpath(file))
    here = Path.cwd()
    if path.is_absolute() and path.is_relative_to(here):
        path = path.relative_to(here)
    if path.is_absolute() or ".." in path.parts:
        return {"uri": Path(os.path.abspath(path)).as_uri()}
    return {"uri": quote(os.fsencode(path.as_posix())), "uriBaseId": "%SRCROOT%"}
