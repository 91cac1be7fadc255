"""Converts one document to another shape, and says every change of meaning.

Knows the straight line parse → depart → write → check; knows no vendor and no file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from msgspec.structs import replace

from orderctl.findings import RULES, Change, Finding
from orderctl.mapping.account import drop_the_rest
from orderctl.mapping.changes import Changes
from orderctl.mapping.home import bring_home, copied, left_out, put_back
from orderctl.mapping.kinds import TEXT
from orderctl.mapping.maps import translate
from orderctl.mapping.moves import keep_numbers_home, leave_out_lines
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings, Way
from orderctl.order import Order
from orderctl.paths import Path, look

_UNREADABLE = ("type", "unreadable")


@dataclass(slots=True)
class Converted:
    """What became of one document: the new one, or None with the findings that refuse it.

    `key` is its identity in the target, `number` the number people see, `status` the canonical status and
    `source_id` the source's own id; each None where it cannot be told.
    """

    document: dict[str, Any] | None
    findings: list[Finding] = field(default_factory=list)
    changes: Sequence[Change] = field(default_factory=list)
    key: str | None = None
    number: str | None = None
    status: str | None = None
    source_id: str | None = None


def convert(
    document: Mapping[str, Any], source: Shape, target: Shape, settings: Settings, *, sound: bool = False
) -> Converted:
    """Convert a document; its own shape gives it back as it is, neither checked nor refused.

    `sound` says that `source.sound` has vouched for its fields.
    """
    if source is target:
        identity = source.identity(document)
        return Converted(dict(document), key=identity.key, number=identity.number)
    sound = sound or source.sound.vouches(document)
    unreadable = _hindrances(source.check(document, sound=sound), source) if not sound or _tells_types(source) else []
    if unreadable:
        return Converted(None, [replace(finding, judged_as=target.name) for finding in unreadable])
    way = Way(source, target, document, settings)
    way.sound = sound
    order = source.parse(document, way)
    if way.findings:
        return Converted(None, [replace(finding, judged_as=target.name) for finding in way.findings])
    way.arriving = False
    status, source_id = order.status, order.id
    written = _home(order, way) or _abroad(order, way)
    findings = _judge(written, way)
    refused = any(finding.severity == "error" for finding in findings)
    identity = target.identity(written)
    return Converted(
        document=None if refused else written,
        findings=findings,
        changes=[] if refused else Changes(way, written),
        key=identity.key,
        number=identity.number,
        status=status,
        source_id=source_id,
    )


def meaning(
    document: Mapping[str, Any], shape: Shape, settings: Settings, findings: Sequence[Finding]
) -> tuple[str | None, str | None]:
    """The canonical status and the source's own id of a document in its own shape, given its own findings.

    None for each that cannot be read. No shape says either within an object or a list, so only what stands at the top
    is read, and there only what can be: an order that is cancelled is so whatever else is wrong with it.
    """
    if not isinstance(document, Mapping):
        return None, None
    wrong = {finding.path[:1] for finding in _hindrances(findings, shape)} if findings else set()
    if wrong and {(), shape.where(("status",))} & wrong:
        return None, None
    top = {
        key: value
        for key, value in document.items()
        if not isinstance(value, Mapping | list) and (not wrong or (key,) not in wrong)
    }
    order = shape.parse(top, Way(shape, shape, top, settings, home=True))
    return order.status, order.id


@cache
def _tells_types(shape: Shape) -> bool:
    """Whether a rule between fields may make a document unreadable, though each field is sound."""
    return any(RULES[says.code] in _UNREADABLE or says.code == "unknown-choice" for says in shape.says)


def _hindrances(findings: Sequence[Finding], shape: Shape) -> list[Finding]:
    """The findings that make a document unreadable: another type than the page gives, or an unknown word.

    A null or blank value of a field says nothing, as an absent key does; a line that is null is no line.
    """
    return [finding for finding in findings if finding.severity == "error" and _hinders(finding, shape)]


def _hinders(finding: Finding, shape: Shape) -> bool:
    row = shape.row(finding.path)
    if row is not None and finding.value in (None, "") and finding.path[-1:] == (row.wire,):
        return False
    listed = row is not None and row.kind is TEXT and row.annotation is not str
    return finding.rule in _UNREADABLE or (finding.code in ("unknown-choice", "blank") and listed)


def _home(order: Order, way: Way) -> dict[str, Any] | None:
    """A canonical order in the shape that it came from, in its own spelling; None where that is not valid."""
    if not way.source.own or order.origin != way.target.name:
        return None
    written = bring_home(order, way)
    if written is None or any(finding.severity == "error" for finding in way.target.check(written)):
        return None
    for place in way.unsaid:
        if place[:2] != ("extra", way.target.name):
            way.drop_source(place, "only another shape knows this field")
    _name_left_out(written, order, way)
    return written


def _abroad(order: Order, way: Way) -> dict[str, Any]:
    """An order written anew; what its own shape alone knows is put back where it still fits."""
    if not way.source.own or order.origin != way.target.name:
        return _write(order, way)
    meant = copied(order)
    way.unsaid = [place for place in way.unsaid if place[:2] != ("extra", way.target.name)]
    written = put_back(_write(order, way), meant, way)
    _name_left_out(written, meant, way)
    return written


def _name_left_out(written: Mapping[str, Any], order: Order, way: Way) -> None:
    """Name what was kept beside an order and did not come home."""
    for spelled in left_out(written, order.extra.get(way.target.name, {})):
        way.drop_source(("extra", way.target.name, spelled), "it no longer fits the order")


def _write(order: Order, way: Way) -> dict[str, Any]:
    target = way.target
    if target.own:
        return target.write(_departed(order, way), way)
    leave_out_lines(order, way)
    keep_numbers_home(order, way)
    translate(order, way)
    _departed(order, way)
    if way.source.own and way.document.get("origin") and order.origin != target.name:
        way.leave_behind(("origin",), "the report says where the order came from")
    drop_the_rest(order, way)
    return target.write(order, way)


def _departed(order: Order, way: Way) -> Order:
    if way.target.depart is not None:
        way.target.depart(order, way)
    return order


def _judge(written: Mapping[str, Any], way: Way) -> list[Finding]:
    """The way's own findings, then the target's on what was written, at the source's places where it has them."""
    judged = way.target.check(written, sound=way.sound and not way.doubted and not way.source.own)
    if not judged and not way.findings:
        return []
    key, refused = way.source.identity(way.document).key, {finding.path for finding in way.findings}
    shape, judged_as = way.source.name, way.target.name
    noted = [replace(finding, shape=shape, judged_as=judged_as, order=key) for finding in way.findings]
    found = [_at_source(finding, way, key) for finding in judged]
    return noted + [finding for finding in found if finding.path not in refused]


_REMEDIES: dict[Path, str] = {("sender",): "give one in the source, or set defaults.sender in the configuration"}


def _at_source(finding: Finding, way: Way, key: str | None) -> Finding:
    canonical = way.target.canonical(finding.path)
    message = finding.message
    if finding.code == "missing" and canonical:
        message += f"; {_REMEDIES.get(canonical, 'the source must give it')}"
    if canonical == ("number",) and look(way.document, way.source.where(canonical)) is None:
        canonical = ("id",)
    source = way.source.where(way.source_place(canonical)) if canonical else None
    return Finding(
        code=finding.code,
        path=source or finding.path,
        message=message,
        severity=finding.severity,
        value=look(way.document, source) if source else finding.value,
        source=finding.source,
        target_path=finding.path,
        judged_as=way.target.name,
        shape=way.source.name,
        order=key,
    )
