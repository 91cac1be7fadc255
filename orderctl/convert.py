"""Converts one document to another shape, and says every change of meaning.

Knows the straight line parse → depart → write → check; knows no vendor and no file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orderctl.findings import Change, Finding
from orderctl.mapping.account import drop_the_rest
from orderctl.mapping.home import bring_home
from orderctl.mapping.maps import translate
from orderctl.mapping.moves import keep_numbers_home, leave_out_lines
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings, Way
from orderctl.order import Order


@dataclass(slots=True)
class Converted:
    """What became of one document: the new one, or None with the findings that refuse it.

    `key` is its identity in the target, `number` the number people see, `status` the canonical status and
    `source_id` the source's own id; each None where it cannot be told.
    """

    document: dict[str, Any] | None
    findings: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    key: str | None = None
    number: str | None = None
    status: str | None = None
    source_id: str | None = None


def convert(document: Mapping[str, Any], source: Shape, target: Shape, settings: Settings) -> Converted:
    """Convert a document; its own shape gives it back as it is, neither checked nor refused."""
    if source is target:
        return _as_it_is(document, source, settings)
    unreadable = [finding for finding in source.check(document) if _hinders(finding)]
    if unreadable:
        return Converted(None, [replace(finding, judged_as=target.name) for finding in unreadable])
    way = Way(source, target, document, settings)
    order = source.parse(document, way)
    if way.findings:
        return Converted(None, [replace(finding, judged_as=target.name) for finding in way.findings])
    way.arriving = False
    status, source_id = order.status, order.id
    written = _home(order, way) or _write(order, way)
    findings = way.findings + _judge(written, way)
    refused = any(finding.severity == "error" for finding in findings)
    identity = target.identity(written)
    return Converted(
        document=None if refused else written,
        findings=_named(findings, way),
        changes=[] if refused else way.changes(written),
        key=identity.key,
        number=identity.number,
        status=status,
        source_id=source_id,
    )


def _as_it_is(document: Mapping[str, Any], shape: Shape, settings: Settings) -> Converted:
    identity = shape.identity(document)
    order = shape.parse(document, Way(shape, shape, document, settings, home=True))
    return Converted(dict(document), key=identity.key, number=identity.number, status=order.status, source_id=order.id)


def _hinders(finding: Finding) -> bool:
    """Whether a source's own finding makes the document unreadable: another type than the page gives."""
    return finding.severity == "error" and finding.rule in ("type", "unreadable")


def _home(order: Order, way: Way) -> dict[str, Any] | None:
    """A canonical order in the shape that it came from, in its own spelling; None where that is not valid."""
    if not way.source.own or order.origin != way.target.name:
        return None
    written = bring_home(order, way)
    if any(finding.severity == "error" for finding in way.target.check(written)):
        return None
    for place in way.unsaid:
        if place[:2] != ("extra", way.target.name):
            way.drop_source(place, "only another shape knows this field")
    return written


def _write(order: Order, way: Way) -> dict[str, Any]:
    target = way.target
    if target.own:
        return target.write(_departed(order, way), way)
    leave_out_lines(order, way)
    keep_numbers_home(order, way)
    translate(order, way)
    _departed(order, way)
    if way.source.own and order.origin is not None:
        way.leave_behind(("origin",), "the report says where the order came from")
    drop_the_rest(order, target.missing, way.source.table, way)
    return target.write(order, way)


def _departed(order: Order, way: Way) -> Order:
    if way.target.depart is not None:
        way.target.depart(order, way)
    return order


def _judge(written: Mapping[str, Any], way: Way) -> list[Finding]:
    """The target's own findings on what was written, at the source's places where it has them."""
    return [_at_source(finding, way) for finding in way.target.check(written)]


def _at_source(finding: Finding, way: Way) -> Finding:
    canonical = way.target.canonical(finding.path)
    source = way.source.where(way.source_place(canonical)) if canonical else None
    if not source:
        return replace(finding, target_path=finding.path)
    here = way.source.finding(
        finding.code, source, finding.message, way.document, severity=finding.severity, target=finding.path
    )
    return replace(here, source=finding.source)


def _named(findings: list[Finding], way: Way) -> list[Finding]:
    refused = {finding.path for finding in way.findings}
    key = way.source.identity(way.document).key
    return [
        replace(finding, shape=way.source.name, judged_as=way.target.name, order=key)
        for at, finding in enumerate(findings)
        if at < len(way.findings) or finding.path not in refused
    ]
