"""The JSON documents that commands print; their keys are public.

Knows findings, changes and results as values; writes with msgspec, so that numbers keep their digits.
"""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from orderctl.findings import Change, Finding
from orderctl.paths import spell

if TYPE_CHECKING:
    from orderctl.validate import Tally


def print_document(document: Any) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.flush()
    sys.stdout.buffer.write(render(document) + b"\n")
    sys.stdout.buffer.flush()


def render(document: Any) -> bytes:
    """A document as indented JSON, without the newline at its end."""
    from orderctl.files import json_bytes

    return json_bytes(document)


def error_document(exit_code: int, message: str) -> dict[str, Any]:
    """What JSON mode prints when a run ended before its work."""
    return {"schema": "orderctl.error/1", "ok": False, "exit_code": int(exit_code), "message": message}


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding, with the keys of SPEC §4."""
    return {
        "file": finding.file,
        "index": finding.index,
        "line": finding.line,
        "column": finding.column,
        "order": finding.order,
        "shape": finding.shape,
        "for": finding.judged_as,
        "severity": finding.severity,
        "code": finding.code,
        "rule": finding.rule,
        "path": spell(finding.path),
        "target_path": None if finding.target_path is None else spell(finding.target_path),
        "message": finding.message,
        "value": finding.value,
        "source": finding.source,
    }


def finding_documents(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Some findings, with the keys of SPEC §4."""
    return [finding_document(finding) for finding in findings]


def validation_document(tally: "Tally", findings: Iterable[Finding], exit_code: int) -> dict[str, Any]:
    """What `validate --json` prints, and the `json` report."""
    return {
        "schema": "orderctl.validate/1",
        "ok": exit_code == 0,
        "exit_code": int(exit_code),
        "summary": {
            "orders": tally.orders,
            "valid": tally.valid,
            "invalid": tally.invalid,
            "errors": tally.errors,
            "warnings": tally.warnings,
        },
        "findings": finding_documents(findings),
    }


def write_document(path: str, document: Any) -> None:
    """Write one JSON document to a file, whole or not at all; `-` is stdout."""
    from orderctl.files import write_bytes

    if path == "-":
        print_document(document)
    else:
        write_bytes(path, (render(document), b"\n"))


def change_document(change: Change, *, order: str | None, index: int, file: str, shape: str) -> dict[str, Any]:
    """One entry of the conversion report, with the keys of mapping.md §5."""
    return {
        "order": order,
        "index": index,
        "file": file,
        "shape": shape,
        "kind": change.kind,
        "source": None if change.source is None else spell(change.source),
        "target": None if change.target is None else spell(change.target),
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
    }
