"""What a document says, leaf by leaf, whichever way it spells it.

Knows the vendors' spellings from their pages, written down by hand; converts nothing.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from orderctl import places
from orderctl.mapping import prepare
from orderctl.mapping.shape import Shape
from orderctl.paths import Path, unspell

Name: TypeAlias = tuple[str | int | None, ...]
"""A place that a report names; None is every line of a list."""
_GRAMS = {
    "g": Fraction(1),
    "kg": Fraction(1000),
    "lb": Fraction("453.59237"),
    "oz": Fraction("28.349523125"),
    "grams": Fraction(1),
    "pounds": Fraction("453.59237"),
    "ounces": Fraction("28.349523125"),
}
_MILLIMETRES = {
    "cm": Fraction(10),
    "m": Fraction(1000),
    "in": Fraction("25.4"),
    "centimeters": Fraction(10),
    "inches": Fraction("25.4"),
}
_ZONES = {"shipstation": ZoneInfo("America/Los_Angeles"), "starshipit": ZoneInfo("UTC")}
_SIDES = ("length", "width", "height")
_NUMERIC = frozenset({"decimal text", "number", "integer", "positive integer"})
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?")


def leaves(shape: Shape, document: Mapping[str, Any]) -> dict[Path, Any]:
    """Every leaf that says something, with what it means: two leaves that mean the same are equal."""
    said = dict(_leaves(document, ()))
    measured = dict(_measures(shape, document, said))
    units = {path for path in said if _is_unit(path, measured, shape)}
    found: dict[Path, Any] = {}
    for path, value in said.items():
        if path in measured:
            found[path] = measured[path]
        elif path not in units:
            found[path] = _meaning(shape, document, path, value)
    return found


def says_nothing(value: Any) -> bool:
    """Whether a value is null, "", [] or {}; false and 0 are values."""
    return value is None or (not isinstance(value, bool | int | Decimal) and not value)


def canonical_place(shape: Shape, path: Path) -> prepare.Pattern | None:
    """The canonical place that exactly this place of a document carries."""
    return next(iter(_tables(shape)[0].get(prepare.pattern_of(path), ())), None)


def translations(there: Shape, path: Path, here: Shape) -> Iterator[Name]:
    """The places here that carry what a place there carries, or what lies in it; never the object around.

    An index that the path does not have is None: every line.
    """
    pattern = prepare.pattern_of(path)
    forth, back = _tables(there)[0], _tables(here)[1]
    for wire, canonicals in forth.items():
        if wire[: len(pattern)] == pattern:
            for canonical in canonicals:
                yield from (_filled(found, path) for found in back.get(canonical, []))


def _filled(pattern: prepare.Pattern, path: Path) -> Name:
    indexes = iter([part for part in path if isinstance(part, int)])
    return tuple(next(indexes, None) if part is None else part for part in pattern)


_Places: TypeAlias = dict[prepare.Pattern, list[prepare.Pattern]]
_TABLES: dict[str, tuple[_Places, _Places]] = {}


def _tables(shape: Shape) -> tuple[_Places, _Places]:
    """For every place of a document its canonical places, and the other way round."""
    if shape.name not in _TABLES:
        pairs = [(wire, place) for wire, place, _ in prepare.places(shape.table) if place]
        for place, wire in {**(shape.only_read or {}), **(shape.aka or {})}.items():
            pairs.append((_pattern(wire), _pattern(place)))
        pairs += [(wire[:-1], place[:-1]) for wire, place in pairs if wire[-1] is place[-1] is None]
        forth: _Places = {}
        back: _Places = {}
        for pattern, canonical in pairs:
            forth.setdefault(pattern, []).append(canonical)
            back.setdefault(canonical, []).append(pattern)
        _TABLES[shape.name] = forth, back
    return _TABLES[shape.name]


def _pattern(text: str) -> prepare.Pattern:
    return prepare.pattern_of(unspell(text.replace("[n]", "[0]")) or ())


def _leaves(value: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*at, index))
    elif not says_nothing(value):
        yield at, value


def _measures(shape: Shape, document: Mapping[str, Any], said: Mapping[Path, Any]) -> Iterator[tuple[Path, Any]]:
    """The leaves that weigh or measure, in grams and millimetres."""
    for path, value in said.items():
        size = _size(shape.name, document, path, said)
        if size is not None and (number := _fraction(value)) is not None:
            yield path, ("measure", number * size)


def _size(name: str, document: Mapping[str, Any], path: Path, said: Mapping[Path, Any]) -> Fraction | None:
    """How many grams or millimetres one of what stands here is; None where it is no measure."""
    if path[0] == "extra":
        return None
    last = path[-1]
    if last == "value" and (*path[:-1], "unit") in said and name == "orderctl":
        unit = said[(*path[:-1], "unit")]
        return _GRAMS.get(unit) or _MILLIMETRES.get(unit)
    if last == "value" and name == "shipstation" and len(path) > 1 and path[-2] == "weight":
        return _GRAMS.get(said.get((*path[:-1], "units"), ""))
    if name == "shipstation" and path[0] == "dimensions" and last in _SIDES:
        return _MILLIMETRES.get(said.get(("dimensions", "units"), ""))
    if len(path) != 3 or path[0] not in ("items", "packages"):
        return None
    if last == "weight":
        return _GRAMS["kg"] if name == "starshipit" else _GRAMS.get(str(document.get("weightUnit")))
    if last in _SIDES and path[0] == "packages":
        if name == "starshipit":
            return _MILLIMETRES["m"]
        if name == "webship-webhook":
            return _MILLIMETRES["cm" if document.get("weightUnit") == "kg" else "in"]
        return _MILLIMETRES.get(str(document.get("dimUnit")))
    return None


def _is_unit(path: Path, measured: Mapping[Path, Any], shape: Shape) -> bool:
    """Whether a leaf is only the unit of measures that are there."""
    if path == ("weightUnit",):
        return any(other[-1] == "weight" for other in measured)
    if path == ("dimUnit",):
        return any(other[-1] in _SIDES for other in measured)
    if path[-1] not in ("unit", "units"):
        return False
    return any(other[:-1] == path[:-1] for other in measured)


def _meaning(shape: Shape, document: Mapping[str, Any], path: Path, value: Any) -> Any:
    row = shape.rows.get(prepare.pattern_of(path))
    place = canonical_place(shape, path)
    if isinstance(value, bool):
        return ("flag", value)
    if row is not None and row.kind.word in _NUMERIC and (number := _fraction(value)) is not None:
        return ("number", number)
    if isinstance(value, int | Decimal) and (row is None or row.kind.word == "anything"):
        return ("number", Fraction(value))
    if row is not None and row.kind.word in ("date", "time", "unix timestamp", "date or moment"):
        return moment(shape.name, value, day=bool(place and place[-1] in ("ship_by", "shipped_on")))
    attribute = place[-1] if place else None
    if attribute == "number" or attribute == "id":
        return ("text", str(value))
    if attribute in ("country", "origin") and len(place or ()) > 1:
        return ("country", places.country_code(value) or value)
    if attribute == "region":
        return ("region", _region(shape, document, path, value))
    if attribute == "phone":
        digits = re.sub(r"[^0-9]", "", value)
        digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
        return ("phone", digits if len(digits) == 10 else value)
    return ("text", str(value))


def _region(shape: Shape, document: Mapping[str, Any], path: Path, value: str) -> str:
    country = document[path[0]].get("country") if isinstance(path[0], str) else None
    code = places.country_code(country) if isinstance(country, str) else None
    return (places.region_code(code, value) if code in ("US", "CA") else None) or value


def moment(name: str, value: Any, *, day: bool) -> Any:
    """A calendar day, or the seconds of a moment since 1970 UTC, exactly."""
    if isinstance(value, int):
        return ("moment", Fraction(value))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return ("day", date.fromisoformat(value))
    match = _TIME.fullmatch(value)
    assert match is not None, value
    days, clock, fraction, offset = match.groups()
    naive = datetime.fromisoformat(f"{days}T{clock}")
    zone = _ZONES.get(name)
    aware = datetime.fromisoformat(f"{days}T{clock}{offset}") if offset else naive.replace(tzinfo=zone)
    part = Fraction("0" + fraction) if fraction else Fraction(0)
    if zone is not None:
        local = aware.astimezone(zone) if offset else naive
        if day or (part == 0 and local.time().isoformat() == "00:00:00"):
            return ("day", local.date())
    seconds = (aware.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return ("moment", seconds + part)


def _fraction(value: Any) -> Fraction | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Fraction(value)
    try:
        return Fraction(Decimal(value)) if isinstance(value, str) else None
    except InvalidOperation:
        return None
