"""The JSON documents that commands print; their keys are public.

Knows findings, changes and results as values; writes with msgspec, so that numbers keep their digits.
"""

import re
from collections.abc import Iterable
from typing import Any

from orderctl.findings import Change, Finding
from orderctl.paths import spell
from orderctl.report.text import put
from orderctl.report.visible import encodable


def print_document(document: Any) -> None:
    """Print one JSON document on stdout, as `put` does."""
    put(render(document) + b"\n")


def render(document: Any) -> bytes:
    """A document as indented JSON, without the newline at its end."""
    from orderctl.files import json_bytes

    return _seen(json_bytes(document))


def _seen(data: bytes) -> bytes:
    """JSON in which what a terminal or a viewer obeys, controls and marks of direction, is escaped; it reads alike."""
    if data.isascii() and b"\x7f" not in data:
        return data
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0].decode()):04x}".encode(), data)


def error_document(exit_code: int, message: str) -> dict[str, Any]:
    """What JSON mode prints when a run ended before its work."""
    return {"schema": "orderctl.error/1", "ok": False, "exit_code": int(exit_code), "message": message}


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding, with the keys of SPEC §4."""
    return {
        "file": finding.file and encodable(finding.file),
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


def change_document(change: Change, *, order: str | None, index: int, file: str, shape: str) -> dict[str, Any]:
    """One entry of the conversion report, with the keys of mapping.md §5."""
    return {
        "order": order,
        "index": index,
        "file": encodable(file),
        "shape": shape,
        "kind": change.kind,
        "source": None if change.source is None else spell(change.source),
        "target": None if change.target is None else spell(change.target),
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
    }


_UNSEEN = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf")
