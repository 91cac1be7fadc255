"""Documents of every shape, drawn from the shapes' own tables; valid most of the time.

Knows prepared tables and real-looking values; knows no conversion.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st

from orderctl import systems
from orderctl.mapping.prepare import Row, Table
from orderctl.mapping.shape import Shape
from orderctl.mapping.way import Settings
from orderctl.order import Party

Draw = Callable[[st.SearchStrategy[Any]], Any]

TEXTS = [
    "A",
    "00123",
    "Zoë Ångström",
    "12345678901234567890",
    "O'Brien, Söhne & Co",
    "株式会社 箱",
    "1.10",
    " padded ",
    "e\u0301clair \U0001f381",
    "a long line of text that takes more than half of the street",
    "İstanbul",
]
IDS = ["A-1", "00123", "12345678901234567890", "A/1 ä", "1.10"]
DECIMALS = [
    "1",
    "19.99",
    "1.10",
    "0.1",
    "0",
    "5.00",
    "680.388555",
    "12345678901234567890.123456789",
    "0.05",
    "007.5",
]
ODD_DECIMALS = [".77", "5."]
NUMBERS = [1, *map(Decimal, ["19.99", "1.10", "0.1", "5.00", "680.388555", "12345678901234567890.5"]), 0, 12]
NEGATIVE = [-1, Decimal("-2.50")]
QUANTITIES = [1, 2, 3, 10, Decimal("2.0"), 100]
INTEGERS = [1, 42, 2147483647, 12345678901234567890, 0]
DAYS = ["2016-04-24", "2024-02-29", "2021-03-14", "2021-11-07", "1999-12-31"]
EPOCHS = [1461542400, 1467331200, 1636273800, 1636277400, 1615717800, 0, 1609459199, -1]
TIMES = [
    "2015-06-29T08:46:27.0000000",
    "2015-06-29T08:46:27.0000000Z",
    "2015-06-29T00:00:00.0000000",
    "2020-12-09T00:00:00Z",
    "2020-12-09T08:00:00Z",
    "2021-11-07T01:30:00.0000000",
    "2021-11-07T09:30:00Z",
    "2021-11-07 01:30:00-08:00",
    "2021-03-14T02:30:00",
    "2021-06-01T12:00:00.1234567",
    "2021-06-01T12:00:00.5+10:00",
    "2021-06-01T23:59:59.999999Z",
]
WHENS = [*DAYS, *(time for time in TIMES if time[-1] == "Z" or "+" in time), "2021-11-07T01:30:00-08:00"]
PHONES = ["8015550100", "(801) 555-0100", "+1 801 555 0100", "+61 2 9999 0000", "18015550100", "555 x5"]
COUNTRIES = ["US", "CA", "AU", "GB", "KR", "NZ", "XK"]
COUNTRY_NAMES = [
    "United States",
    "Australia",
    "CA",
    "USA",
    "UK",
    "Korea, Republic of",
    "canada",
    "Côte d'Ivoire",
    "VNM",
]
REGIONS = {
    "US": ["UT", "California", "ny", "new york", "DC"],
    "CA": ["ON", "Quebec", "Québec", "BC", "nova scotia"],
    "": ["NSW", "New South Wales", "Greater London", "A"],
}
ANYTHING = ["x", 1, False, True, {"a": 1, "b": [None, ""]}, [1, "00123"], Decimal("1.10"), None, ""]
UNKNOWN = ["zz", "custom_field", "a b", "a.b", "-x", "0", 'q"\\', "ünï", "notes[0]"]
PENDING = frozenset({"pending", "awaiting_shipment", "Unshipped"})
CORE = frozenset(
    "id number placed_at status ship_to name line1 city suburb region postal_code country title quantity "
    "unit_price sender items value unit system".split()
)
RARE = ("absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent", "value")
USUAL = ("absent", "absent", "value", "value", "value", "value", "value", "value", "null", "blank")
SURE = ("value",) * 30 + ("absent", "null", "blank")
REQUIRED = ("value",) * 18 + ("null", "blank")

UTAH = Party(
    name="Albert Jones",
    line1="123 Some Street",
    city="Holladay",
    region="UT",
    postal_code="84117",
    country="US",
)
SYDNEY = Party(name="Kim Lee", line1="1 George St", city="Sydney", region="NSW", postal_code="2000", country="AU")
SETTINGS = (
    Settings(timezone="America/Denver", sender=UTAH),
    Settings(),
    Settings(timezone="Australia/Sydney", currency="AUD", sender=SYDNEY, return_to=SYDNEY),
    Settings(
        currency="USD",
        sender=UTAH,
        services={"webship": {"A": "Standard"}, "starshipit": {"A": "Express"}},
        statuses={"webship": {"on_hold": "pending"}, "starshipit": {"partial": "pending"}},
        carriers={
            "starshipit": {"fedex": {"carrier": "DHL", "service": "EXP"}},
            "shipstation": {"DHL": {"carrier": "x"}},
        },
    ),
)


def documents(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of one shape: valid under its own rules most of the time."""
    shape = systems.shape(name)
    drawn = st.composite(lambda draw: _document(draw, shape))()
    if not shape.own:
        return drawn
    others = [other for other in systems.shape_names() if other != name]
    came = st.sampled_from(others).flatmap(lambda other: documents(other).map(lambda found: _canonical(found, other)))
    return st.one_of(drawn, came.filter(lambda found: found is not None))


def settings() -> st.SearchStrategy[Settings]:
    """Configurations: with and without defaults, zones and maps."""
    return st.sampled_from(SETTINGS)


def spoiled(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of one shape in which any place may hold any JSON value."""
    return st.composite(lambda draw: _spoil(draw, draw(documents(name))))()


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value as it is read: numbers are int or Decimal."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from([Decimal("1.10"), Decimal("-0.0"), Decimal("1E+400"), Decimal("1E-999"), 10**400]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
        st.sampled_from([*TEXTS, *DAYS, *TIMES, "9999-12-31T23:59:59-08:00", "0001-01-01T00:00:00Z", ""]),
    )
    keys = st.sampled_from(["value", "units", "unit", "name", "country", "zz", ""])
    return st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2))


def _canonical(document: dict[str, Any], name: str) -> dict[str, Any] | None:
    from orderctl.convert import convert

    return convert(document, systems.shape(name), systems.shape("orderctl"), Settings()).document


def _document(draw: Draw, shape: Shape) -> dict[str, Any]:
    document = _object(draw, shape.table)
    if shape.own:
        _own(draw, document)
    return _repaired(document, shape)


def _own(draw: Draw, document: dict[str, Any]) -> None:
    """What a table does not say of our own shape: which words `origin`, `extra` and `system` have."""
    document.pop("extra", None)
    document.pop("origin", None)
    origin = draw(st.sampled_from([None, "shipstation", "webship", "starshipit", "webship-webhook", "elsewhere"]))
    if origin is not None:
        document["origin"] = origin
        if draw(st.booleans()):
            document["extra"] = {origin: {"zz": draw(st.sampled_from(ANYTHING)), "shipTo.zz": "A"}}


def _object(draw: Draw, table: Table) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for row in table.rows:
        mode = draw(st.sampled_from(_modes(row)))
        if mode == "value":
            document[row.wire] = _value(draw, row)
        elif mode == "null" and row.nullable:
            document[row.wire] = None
        elif mode == "blank" and (row.many or (row.annotation is str and not row.required)):
            document[row.wire] = [] if row.many else ""
    if draw(st.integers(0, 19)) == 19:
        document[draw(st.sampled_from(UNKNOWN))] = draw(st.sampled_from(ANYTHING))
    _settle_region(draw, table, document)
    return document


def _modes(row: Row) -> tuple[str, ...]:
    if row.to in CORE or "units" in row.wire or row.line.via.startswith("every "):
        return ("value",) if row.required and not row.nullable else SURE
    if row.required:
        return REQUIRED if row.nullable else ("value",)
    return USUAL if row.to is not None or row.line.via else RARE


def _value(draw: Draw, row: Row) -> Any:
    if row.many:
        few = [1, 1, 2, 3] if row.nested is not None else [1, 2]
        return [_one(draw, row) for _ in range(draw(st.sampled_from(few)))]
    return _one(draw, row)


def _one(draw: Draw, row: Row) -> Any:
    if row.nested is not None:
        return _object(draw, row.nested)
    return draw(_scalars(row))


def _scalars(row: Row) -> st.SearchStrategy[Any]:
    if get_origin(row.annotation) is Literal:
        words = list(get_args(row.annotation))
        usual = [word for word in words if word in PENDING]
        return st.sampled_from(usual * 4 * len(words) + words if row.to == "status" else words)
    if row.to in _BY_ATTRIBUTE and row.annotation is str:
        return st.sampled_from(_BY_ATTRIBUTE[row.to])
    if row.to in _MEASURES and row.kind.word == "number":
        return st.sampled_from(NUMBERS)
    if row.to == "quantity":
        return st.sampled_from([str(one) for one in (1, 2, 10)] if row.annotation is str else QUANTITIES)
    return _BY_WORD.get(row.kind.word, st.sampled_from(TEXTS))


_BY_ATTRIBUTE: Mapping[str | None, list[str]] = {
    "id": IDS,
    "number": IDS,
    "phone": PHONES,
    "region": REGIONS[""],
    "postal_code": ["84117", "02110", "2000", "K1A 0B1"],
    "carrier": ["fedex", "DHL", "AusPost"],
    "currency": ["USD", "AUD"],
    "sku": ["A", "00123", "Ä-1", "1.10"],
    "hs_code": ["610910", "6109.10.00", "0101"],
    "reference": ["A", "00123", "PO 4711 é"],
    "contents": ["merchandise", "gift", "A"],
    "non_delivery": ["return_to_sender", "treat_as_abandoned"],
    "provider": ["carrier", "shipsurance", "A"],
    "system": ["shipstation", "starshipit", "webship"],
}
_MEASURES = frozenset({"value", "weight", "length", "width", "height"})
_BY_WORD: Mapping[str, st.SearchStrategy[Any]] = {
    "decimal text": st.sampled_from(DECIMALS * 4 + ODD_DECIMALS),
    "number": st.sampled_from(NUMBERS * 5 + NEGATIVE),
    "integer": st.sampled_from(INTEGERS),
    "positive integer": st.sampled_from(["1", 2, "10", 3]),
    "boolean": st.booleans(),
    "country code": st.sampled_from(COUNTRIES),
    "country name": st.sampled_from(COUNTRY_NAMES),
    "date": st.sampled_from(DAYS),
    "time": st.sampled_from([*TIMES, "2021-11-07"]),
    "unix timestamp": st.sampled_from(EPOCHS),
    "date or moment": st.sampled_from(WHENS),
    "anything": st.sampled_from(ANYTHING),
}


def _settle_region(draw: Draw, table: Table, document: dict[str, Any]) -> None:
    """A region that lies in its country, nearly always."""
    keys = {row.to: row.wire for row in table.rows}
    if "region" not in keys or document.get(keys["region"]) in (None, "") or draw(st.integers(0, 29)) == 29:
        return
    country = {"United States": "US", "USA": "US", "canada": "CA"}.get(document.get(keys["country"], ""))
    country = country or document.get(keys["country"], "")
    document[keys["region"]] = draw(st.sampled_from(REGIONS.get(country, REGIONS[""])))


def _repaired(document: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """A document without the values that its shape's own rules refuse, as far as they can be left out."""
    for _ in range(4):
        errors = [finding for finding in shape.check(document) if finding.severity == "error"]
        if not errors:
            break
        for finding in errors:
            _remove(document, finding.path)
    return document


def _remove(document: Any, path: tuple[str | int, ...]) -> None:
    *above, last = path
    for part in above:
        if isinstance(document, dict) and part not in document:
            return
        document = document[part]
    if isinstance(document, dict):
        document.pop(last, None)


def _spoil(draw: Draw, document: dict[str, Any]) -> dict[str, Any]:
    document = deepcopy(document)
    for _ in range(draw(st.integers(1, 4))):
        holder: Any = document
        while True:
            keys: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = holder[key]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)):
                holder = inner
                continue
            holder[key] = draw(json_values())
            break
    return document
