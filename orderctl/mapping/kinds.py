"""The kinds of values that documents hold: how each is checked, read, written and named.

Knows the canonical value types; knows no field and no vendor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from orderctl import moments, places, units
from orderctl.findings import Severity
from orderctl.mapping.scalars import number_to_wire, unquoted_boolean, unquoted_number
from orderctl.mapping.wording import instead

if TYPE_CHECKING:
    from orderctl.mapping.way import Way


class Refused(Exception):
    """A value that cannot be read or written; carries a code of `findings.RULES` and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class _Omit:
    """The answer of a writer that writes nothing."""


OMIT = _Omit()
_DECIMAL = 'digits, a point, digits, in quotes, such as "3.99"'
_YEAR_MONTH_DAY = "YYYY-MM-DD"
_COUNTRY_CODE = "the two-letter ISO 3166-1 code"
Grade: TypeAlias = Callable[[object], tuple[str, Severity, str] | None]


def _same(value: Any, way: "Way") -> Any:
    return value


def _as_written(text: str) -> object:
    return text


def itself(value: Any) -> Any:
    """What a value means that means itself."""
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One kind of value.

    `read` makes the canonical value, `write` the document's; both may raise `Refused` or note a change on the way.
    `sure` is a quicker `read` for values that a table vouches for: it refuses none, notes nothing, and gives None for
    those that are blank. `quiet` says that neither `read` nor `write` notes anything. `unquoted` types an unquoted YAML
    scalar. `code` and `want` word a broken pattern or list. `grade` gives a milder finding (code, severity, message) to
    a value that the strict type refuses; `also_accepts` is the JSON Schema of such values. `schema` replaces the JSON
    Schema of the type. `note` names the normalisation.
    """

    word: str
    read: Callable[[Any, "Way"], Any] = _same
    write: Callable[[Any, "Way"], Any] = _same
    unquoted: Callable[[str], object] = _as_written
    code: str = "wrong-type"
    want: str = ""
    grade: Grade | None = None
    note: str = ""
    schema: Mapping[str, Any] | None = None
    also_accepts: Mapping[str, Any] | None = None
    sure: Callable[[Any], Any] | None = None
    quiet: bool = False


def _read_number(value: Any, way: "Way") -> Decimal:
    if isinstance(value, str):
        number = units.decimal_text(value)
        if number is None:
            raise Refused("wrong-type", instead(value, "a number"))
        return number
    return value if type(value) is Decimal else Decimal(value)


def write_integer(value: Decimal, way: "Way") -> int:
    """Write a whole number; a fraction is refused, never rounded."""
    if value != value.to_integral_value():
        raise Refused("fraction", f"{format(value, 'f')} has a fraction, and whole pieces are due")
    return int(value)


def read_decimal_text(value: Any, way: "Way") -> Decimal:
    """Read a decimal text, also in the spellings that vendors' own samples get wrong (`.77`, a number)."""
    number = units.decimal_text(value) if isinstance(value, str) else Decimal(value)
    if number is None:
        raise Refused("decimal-format", instead(value, _DECIMAL))
    return number


def write_decimal_text(value: Decimal, way: "Way") -> str:
    """Write a decimal text; a negative amount has no form in `[0-9]+(\\.[0-9]+)?`."""
    text = str(value)
    if "E" not in text and text[0] != "-":
        return text
    unsigned(value)
    return units.digits(value) if value else format(value.copy_abs(), "f")


def unsigned(value: Decimal) -> None:
    """Refuse a negative number for a field that has no sign."""
    if value < 0:
        raise Refused("out-of-range", f"{format(value, 'f')} is negative, and the field has no sign")


def _read_day(value: str, way: "Way") -> Any:
    day = moments.read_day(value)
    if day is None:
        raise Refused("date-format", instead(value, _YEAR_MONTH_DAY))
    return day


def _write_day(value: Any, way: "Way") -> str:
    day, cut = moments.day_of(value, way.settings.timezone)
    if cut:
        way.note("rounded", f"a time of day does not fit; the day is that of {way.settings.timezone}")
    return moments.write_day(day)


def _real_day(value: str) -> str:
    if moments.read_day(value) is None:
        raise PydanticCustomError("date_format", "not a day")
    return value


class _Number:
    """A JSON number with all its digits: int or Decimal, never a float, never true or false."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """One error, at the field itself, where the value is neither."""
        return core_schema.union_schema(
            [core_schema.int_schema(strict=True), core_schema.decimal_schema(strict=True)],
            custom_error_type="number_type",
            custom_error_message="not a number",
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "number"}


class _Country:
    """An ISO 3166-1 alpha-2 code, in capitals; `quick` says so to `sound`."""

    quick: ClassVar[Any] = Literal[*sorted(places.COUNTRY_CODES)]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """One of the codes, looked up in a set."""
        return core_schema.literal_schema(sorted(places.COUNTRY_CODES))


def grade_country(value: object) -> tuple[str, Severity, str] | None:
    """The finding for a country that is no code in capitals, with the code that is most likely meant."""
    if not isinstance(value, str) or not value.strip():
        return None
    if len(value) == 2 and value.upper() in places.COUNTRY_CODES:
        return "country-case", "warning", instead(value, value.upper())
    return "unknown-country", "error", instead(value, places.country_code(value) or _COUNTRY_CODE)


def read_country(value: str, way: "Way", want: str = _COUNTRY_CODE) -> str:
    """The alpha-2 code of a country given as code or name; an unknown one is refused, never cut.

    `want` says what the page asks for.
    """
    code = places.country_code(value)
    if code is None:
        raise Refused("unknown-country", instead(value, want))
    return code


@dataclass(frozen=True, slots=True)
class OpenList:
    """A text of which a page lists some words; others have been seen, and none is a finding."""

    words: tuple[str, ...]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "examples": list(self.words)}


TEXT = Kind("text", sure=itself)
INTEGER = Kind("integer", _read_number, write_integer, unquoted_number, sure=Decimal, quiet=True)
NUMBER = Kind("number", _read_number, number_to_wire, unquoted_number, sure=Decimal, quiet=True)
BOOLEAN = Kind("boolean", unquoted=unquoted_boolean, want="true or false", sure=itself)
DECIMAL_TEXT = Kind(
    "decimal text",
    read_decimal_text,
    write_decimal_text,
    code="decimal-format",
    want=_DECIMAL,
    sure=Decimal,
    quiet=True,
)
COUNTRY = Kind(
    "country code",
    read_country,
    code="unknown-country",
    want=_COUNTRY_CODE,
    sure=itself,
    quiet=True,
    grade=grade_country,
    also_accepts={
        "enum": sorted(
            word for code in places.COUNTRY_CODES for word in (code.lower(), code.title(), code[0].lower() + code[1])
        )
    },
)
DAY = Kind(
    "date",
    _read_day,
    _write_day,
    code="date-format",
    want=_YEAR_MONTH_DAY,
    sure=moments.read_day,
    note="date",
    schema={"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
)
TIME_SCHEMA = {"type": "string", "pattern": moments.pattern(day=True, naive=True)}
"""The JSON Schema of a time as `moments.read_local` reads it; that the day exists is the checker's to say."""

Text: TypeAlias = Annotated[str, TEXT]
"""Any text, blank too."""
Filled: TypeAlias = Annotated[str, StringConstraints(pattern=r"\S"), TEXT]
"""A text that is not blank."""
Integer: TypeAlias = Annotated[int, INTEGER]
TypedNumber: TypeAlias = Annotated[int | Decimal, _Number]
"""A JSON number of no kind yet."""
Number: TypeAlias = Annotated[TypedNumber, NUMBER]
Boolean: TypeAlias = Annotated[bool, BOOLEAN]
DecimalText: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?$", max_length=1000), DECIMAL_TEXT
]
"""An amount as text, `[0-9]+(\\.[0-9]+)?`."""
Day: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_day), DAY
]
"""A calendar day, `YYYY-MM-DD`."""
CountryCode: TypeAlias = Annotated[str, _Country, COUNTRY]
"""A country as its ISO 3166-1 alpha-2 code."""
Anything: TypeAlias = Annotated[Any, Kind("anything")]
"""A value that is kept and not judged."""
AnyFlag: TypeAlias = Annotated[Any, Kind("anything", unquoted=unquoted_boolean)]
"""The same, for what a system answers with true or false."""
AnyNumber: TypeAlias = Annotated[Any, Kind("anything", unquoted=unquoted_number)]
"""The same, for what a system answers with a number."""
