"""Days and moments: how times are read and written in a zone, in UTC, as an epoch, and in our own shape.

Knows nothing of shapes or findings. A value is a plain `date`, or a `datetime` with a fixed offset, which
stays a day away from both ends of the calendar, so that every zone can say it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

PACIFIC = "America/Los_Angeles"


class Moment(datetime):
    """An aware moment that keeps the seventh digit of its second, which two of the systems write."""

    tick: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A day or a moment, and what we had to assume about it, or None."""

    value: date | datetime
    assumed: str | None = None


Note: TypeAlias = Literal["midnight", "ambiguous", "day"]
EpochNote: TypeAlias = Literal["midnight", "fraction"]


class Written(NamedTuple):
    """A time as text, and what the text does not say by itself.

    `midnight`: the value was a plain day. `ambiguous`: the text names an earlier moment just as well.
    `day`: the value was a moment at exactly midnight, and its text is read as the plain day.
    """

    text: str
    note: Note | None = None


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone, such as `America/Denver`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def read_day(text: str) -> date | None:
    """Read exactly `YYYY-MM-DD`; None when it is not that, or no day of the calendar."""
    return _day(text) if len(text) == len("YYYY-MM-DD") else None


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def write_day(value: date) -> str:
    """Write `YYYY-MM-DD`."""
    if not isinstance(value, datetime) or not _tick(value):
        return value.isoformat()
    text = value.isoformat(timespec="microseconds")
    return f"{text[:26]}{_tick(value)}{text[26:]}"


def pattern(*, day: bool, naive: bool) -> str:
    """The pattern, for other programs, of times as they are read here: a `day` alone too, and `naive` ones too."""
    time = f"(?:{_CLOCK}{_OFFSET}{'?' if naive else ''})"
    return f"^{_DAY.pattern}{time}{'?' if day else ''}$"


def is_plain_time(text: str) -> bool:
    """Whether a text is beyond doubt a time that `read_local` reads; `read_iso`, too, where it ends with `Z`."""
    return _PLAIN_TIME.fullmatch(text) is not None


def read_local(text: str, zone: str) -> Read | None:
    """Read a day or a time, naive ones in `zone`; exactly midnight there is the plain day (mapping, date).

    `T` or a blank in the middle, 0 to 7 fraction digits, `Z`, an offset or neither. An ambiguous time takes
    the earlier offset, a missing one the offset in force before; both say so in `assumed`. None for any other
    text.
    """
    return _local(text, zone) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _local(text: str, zone: str) -> Read | None:
    if day := read_day(text):
        return Read(day)
    said = _time_as_said(text)
    if said is None:
        return None
    whole = not _BEYOND_MICROSECONDS.search(text)
    if said.tzinfo is None and whole and _is_midnight(said):
        return Read(said.date())
    if said.tzinfo is None:
        return _read_naive(said, text, zone)
    value = _held(said)
    if value and whole and _is_midnight(local := value.astimezone(_zone(zone))):
        return Read(local.date())
    return Read(_ticked(value, text) or value) if value else None


def _read_naive(said: datetime, text: str, zone: str) -> Read | None:
    """A time without an offset, which is not midnight as it is said."""
    earlier, later = _zone(zone).utcoffset(said), _zone(zone).utcoffset(said.replace(fold=1))
    assert earlier is not None
    assert later is not None
    if _FIRST.year < said.year < _LAST.year and not earlier.seconds % _MINUTE.seconds:
        value: datetime | None = said.replace(tzinfo=_fixed(earlier))
    else:
        value = _held(said.replace(tzinfo=_zone(zone)))
    assumed = None
    if earlier > later:
        assumed = f"The clock shows this time twice in {zone}; the earlier one is taken."
    elif earlier < later:
        assumed = f"The clock skips this time in {zone}; the offset in force before is taken."
        if value and _is_midnight(local := value.astimezone(_zone(zone))) and not _BEYOND_MICROSECONDS.search(text):
            return Read(local.date())
    return Read(_ticked(value, text) or value, assumed) if value else None


def write_local(value: date | datetime, zone: str) -> Written:
    """Write `2015-06-29T08:46:27.0000000`, naive in `zone`; a plain day as its midnight there."""
    if not isinstance(value, datetime):
        return Written(f"{value.isoformat()}{_MIDNIGHT}", "midnight")
    local = value.astimezone(_zone(zone))
    text = f"{local.replace(tzinfo=None).isoformat(timespec='microseconds')}{_tick(value)}"
    if _is_midnight(local) and not _tick(value):
        return Written(text, "day")
    return Written(text, "ambiguous" if local.fold else None)


def write_utc(value: date | datetime) -> Written:
    """Write `2015-06-29T15:46:27.0000000Z`; a plain day as its midnight in UTC."""
    text, note = write_local(value, "UTC")
    return Written(f"{text}Z", note)


def read_epoch(number: int) -> datetime | None:
    """The moment of so many seconds since 1970 UTC; None outside of the calendar."""
    try:
        return _held(_EPOCH + timedelta(seconds=number))
    except OverflowError:
        return None


def write_epoch(value: date | datetime, zone: str) -> tuple[int, EpochNote | None]:
    """Whole seconds since 1970 UTC: a plain day at its `midnight` in `zone`, a `fraction` cut down."""
    if not isinstance(value, datetime):
        return (datetime.combine(value, time.min, _zone(zone)) - _EPOCH) // _SECOND, "midnight"
    return (value - _EPOCH) // _SECOND, "fraction" if value.microsecond or _tick(value) else None


def day_of(value: date | datetime, zone: str) -> tuple[date, bool]:
    """The calendar day in `zone`, and whether a time of day other than midnight there is lost."""
    if not isinstance(value, datetime):
        return value, False
    local = value.astimezone(_zone(zone))
    return local.date(), not _is_midnight(local) or _tick(value) > 0


def read_iso(text: str) -> date | datetime | None:
    """Read our own shape: `YYYY-MM-DD`, or a moment with `Z` or an offset; None for any other text."""
    if day := read_day(text):
        return day
    said = _time_as_said(text)
    return _ticked(_held(said), text) if said and said.tzinfo else None


def write_iso(value: date | datetime) -> str:
    """Write our own shape: `YYYY-MM-DD`, or ISO 8601 with an offset."""
    if not isinstance(value, datetime) or not _tick(value):
        return value.isoformat()
    text = value.isoformat(timespec="microseconds")
    return f"{text[:26]}{_tick(value)}{text[26:]}"


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Stricter than datetime.fromisoformat, which takes an offset of +02:60, and 24:00 in later versions.
_HOUR, _SIXTIETH = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
_CLOCK = rf"[T ]{_HOUR}:{_SIXTIETH}:{_SIXTIETH}(?:\.[0-9]{{1,7}})?"
_OFFSET = rf"(?:Z|[+-]{_HOUR}(?::?{_SIXTIETH})?)"
_TIME = re.compile(f"{_DAY.pattern}{_CLOCK}{_OFFSET}?")
_PLAIN_TIME = re.compile(
    "[1-8][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    rf"[T ]{_HOUR}:{_SIXTIETH}:{_SIXTIETH}(?:\.[0-9]{{1,7}})?Z?"
)
_LONGEST = len("2015-06-29T08:46:27.0000000+00:00")
_BEYOND_MICROSECONDS = re.compile(r"\.[0-9]{6}[1-9]")
_MIDNIGHT = "T00:00:00.0000000"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


def _time_as_said(text: str) -> datetime | None:
    """The time, naive when the text names no offset; a seventh digit of the second is left to the source."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _held(moment: datetime) -> datetime | None:
    """The moment with a fixed offset of whole minutes; None at the ends of the calendar."""
    if not _FIRST.year < moment.year < _LAST.year and not _FIRST <= moment < _LAST:
        return None
    offset = moment.utcoffset()
    assert offset is not None
    # Local mean time, in force until the railways came, has offsets that ISO 8601 cannot write.
    return moment.astimezone(UTC if offset % _MINUTE else _fixed(offset))


@lru_cache(maxsize=4096)
def _fixed(offset: timedelta) -> timezone:
    return timezone(offset)


def _tick(moment: datetime) -> int:
    return moment.tick if isinstance(moment, Moment) else 0


def _ticked(moment: datetime | None, text: str) -> datetime | None:
    """The moment with the seventh digit that its text has."""
    if moment is None or not (said := _BEYOND_MICROSECONDS.search(text)):
        return moment
    finer = Moment.combine(moment.date(), moment.timetz())
    finer.tick = int(said[0][-1])
    return finer


def _is_midnight(moment: datetime) -> bool:
    return moment.time() == time.min


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
