"""The way home: what a source's own spelling holds beyond the canonical order, and how it is put back.

Knows documents as trees of values; knows no vendor.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from orderctl import units
from orderctl.mapping.way import Way
from orderctl.order import Length, Order, RemoteId, Weight
from orderctl.paths import Path, look, spell, unspell

if TYPE_CHECKING:
    from orderctl.mapping.shape import Shape

_GONE = "-"
"""Before a spelled path: the source has no such key, though its shape would write it."""


def keepsake(order: Order, way: Way) -> dict[str, Any]:
    """What must be kept beside a canonical order so that its source can be written again as it was.

    Maps spelled paths to the source's own values; a path after "-" was not there.
    """
    again = _write_again(copied(order), way.source, way)
    return _differences(way.document, again)


def bring_home(order: Order, way: Way) -> dict[str, Any] | None:
    """Write an order in the shape that it came from, in its own spelling.

    None where that would not say what the order says now, since somebody edited the one or the other.
    """
    kept = order.extra.get(way.target.name, {})
    document = _put_back(_write_again(copied(order), way.target, way), kept)
    return document if _reads_as(document, order, way) else None


def put_back(document: dict[str, Any], order: Order, way: Way) -> dict[str, Any]:
    """Put the source's own spelling, and what only its shape knows, into a document written anew.

    What says something else than the order does now, or breaks a rule, gives way to the order.
    """
    kept = order.extra.get(way.target.name, {})
    home = _put_back(_write_again(copied(order), way.target, way), kept)
    differing = _differences(home, document)
    spelling = {spelled: value for spelled, value in differing.items() if not isinstance(value, list | dict)}
    meant = dict(_said(_bare(order)))
    document, left = _fitted(document, list({**spelling, **kept}.items()), meant, way)
    return _fitted(document, left, meant, way)[0]  # what was wrong only beside others


def left_out(document: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """What was kept beside an order, by spelled path, and is not in the document that went home."""
    return [
        spelled
        for spelled, value in kept.items()
        if not spelled.startswith(_GONE)
        and value not in (None, "", [], {})
        and look(document, unspell(spelled)) != value
    ]


def _fitted(
    document: dict[str, Any], given: list[tuple[str, Any]], meant: Mapping[Path, object], way: Way
) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """The document with what fits it of what it is given, and the rest.

    Of what makes places wrong, all that is given there is left at once; where nothing is given there, it is halved.
    """
    tried = _put_back(document, dict(given))
    wrong = _wrong(tried, document, meant, way)
    if not wrong:
        return tried, []
    left, right = _parted(given, wrong)
    if not left and len(given) == 1:
        return document, given
    for part in (right,) if left else (given[: len(given) // 2], given[len(given) // 2 :]):
        document, more = _fitted(document, part, meant, way)
        left += more
    return document, left


def _parted(given: list[tuple[str, Any]], wrong: set[Path]) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """What is given at one of these places, in it as a part or around it, and what is not."""
    around = {place[:end] for place in wrong for end in range(1, len(place) + 1)}
    parts: tuple[list[tuple[str, Any]], list[tuple[str, Any]]] = [], []
    for each in given:
        path = unspell(each[0].removeprefix(_GONE)) or ()
        inside = any(path[:end] in wrong and not isinstance(path[end], int) for end in range(1, len(path)))
        parts[path not in around and not inside].append(each)
    return parts


def copied(value: Any) -> Any:
    """A copy of an order or a document; what is not altered in place, texts, numbers and measures, is shared."""
    kind: type = type(value)
    if (attributes := _attributes(kind)) is not None:
        return kind(*[inner if type(inner) in _SHARED else copied(inner) for inner in attributes(value)])
    if isinstance(value, list):
        return [inner if type(inner) in _SHARED else copied(inner) for inner in value]
    if isinstance(value, Mapping):
        return {key: inner if type(inner) in _SHARED else copied(inner) for key, inner in value.items()}
    return value


_SHARED = frozenset({str, type(None), Decimal, bool, int, Weight, Length, RemoteId})


@cache
def _attributes(of: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """What reads all attributes of an object of the order; None for what is no such object."""
    return attrgetter(*[field.name for field in fields(of)]) if is_dataclass(of) else None


def _errors(document: dict[str, Any], way: Way) -> set[tuple[Path, str]]:
    return {(each.path, each.code) for each in way.target.check(document) if each.severity == "error"}


def _write_again(order: Order, shape: "Shape", way: Way) -> dict[str, Any]:
    home = Way(way.source, shape, way.document, way.settings, home=True)
    home.arriving = False
    home.origin = way.origin
    if shape.depart is not None:
        shape.depart(order, home)
    return shape.write(order, home)


def _differences(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What must be put into `given` to make it `wanted`, by spelled path."""
    found: dict[str, Any] = {}
    _differ(wanted, given, (), found)
    return found


def _differ(wanted: Any, given: Any, at: Path, found: dict[str, Any]) -> None:
    if type(wanted) in _SHARED:
        if type(wanted) is not type(given) or wanted != given or str(wanted) != str(given):
            found[spell(at)] = wanted
    elif type(wanted) is type(given) is dict or (isinstance(wanted, Mapping) and isinstance(given, Mapping)):
        for key, value in wanted.items():
            if key not in given:
                found[spell((*at, key))] = value
            elif value is not given[key]:
                _differ(value, given[key], (*at, key), found)
        if not given.keys() <= wanted.keys():
            found.update((_GONE + spell((*at, key)), True) for key in given if key not in wanted)
    elif isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given) and wanted:
        for index, (mine, theirs) in enumerate(zip(wanted, given, strict=True)):
            _differ(mine, theirs, (*at, index), found)
    elif type(wanted) is not type(given) or wanted != given or str(wanted) != str(given):
        found[spell(at)] = wanted


def _put_back(document: dict[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    document = copied(document)
    for spelled, value in kept.items():
        gone = spelled.startswith(_GONE)
        path = unspell(spelled.removeprefix(_GONE))
        if path:
            _set(document, path, value, gone=gone)
    return document


def _set(document: Any, path: Path, value: Any, *, gone: bool) -> None:
    """Set or remove one place; an object that it lies in is made where there is none, a line is not."""
    *above, last = path
    lines = sum(isinstance(part, int) for part in path)
    for part in above:
        lines -= isinstance(part, int)
        if isinstance(document, dict) and isinstance(part, str):
            document = document.get(part) if gone or lines else document.setdefault(part, {})
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return
    if isinstance(document, dict) and isinstance(last, str):
        if gone:
            document.pop(last, None)
        else:
            document[last] = value
    elif isinstance(document, list) and isinstance(last, int) and last < len(document) and not gone:
        document[last] = value


def _reads_as(document: dict[str, Any], order: Order, way: Way) -> bool:
    return _read(document, way) == _bare(order)


def _wrong(tried: dict[str, Any], document: dict[str, Any], meant: Mapping[Path, object], way: Way) -> set[Path]:
    """Where `tried` breaks a rule that `document` keeps, or says neither what that says nor what is meant."""
    broken = {path for path, _ in _errors(tried, way) - _errors(document, way)}
    before, after = _read(document, way), _read(tried, way)
    if before is None or after is None:
        return broken
    then, now = dict(_said(before)), dict(_said(after))
    return broken | {
        way.target.where(place) or ()
        for place in then.keys() | now.keys()
        if now.get(place) not in (then.get(place), meant.get(place))
    }


def _said(value: object, at: Path = ()) -> Iterator[tuple[Path, object]]:
    """What each place of an order says; a measure says the same in any unit."""
    if isinstance(value, Weight | Length):
        yield at, units.size(value)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _said(inner, (*at, index))
    elif is_dataclass(value):
        for each in fields(value):
            yield from _said(getattr(value, each.name), (*at, each.name))
    elif value is not None:
        yield at, value


def _read(document: dict[str, Any], way: Way) -> Order | None:
    """What a document says; None where a value has another type than its field."""
    if any(finding.severity == "error" and finding.rule == "type" for finding in way.target.check(document)):
        return None
    reading = Way(way.target, way.target, document, way.settings, home=True)
    return _bare(way.target.parse(document, reading))


def _bare(order: Order) -> Order:
    return replace(order, origin=None, extra={})
