"""Days and moments: how times are read and written in a zone, in UTC, as an epoch, and in our own shape.

Knows nothing of shapes or findings. A value is a plain `date`, or a `datetime` with a fixed offset, which
stays a day away from both ends of the calendar, so that every zone can say it.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

PACIFIC = "America/Los_Angeles"


class Moment(datetime):
    """An aware moment that keeps the seventh digit of its second, which two of the systems write."""

    tick: int = 0


class Read(NamedTuple):
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
    if day := read_day(text.removesuffix(_MIDNIGHT)):
        return Read(day)
    timed = _time_as_said(text)
    if timed is None:
        return None
    said, tick = timed
    if said.tzinfo is None:
        return _read_naive(said, tick, zone)
    value = _held(said)
    if value and not tick and _is_midnight(local := _moved(value, zone)):
        return Read(local.date())
    return Read(_ticked(value, tick)) if value else None


def _read_naive(said: datetime, tick: int, zone: str) -> Read | None:
    """A time without an offset."""
    if not tick and _is_midnight(said):
        return Read(said.date())
    if offset := _offset_all_day(said.date(), zone):
        return Read(_ticked(datetime.combine(said.date(), said.time(), offset), tick))
    return _read_on_the_turn(said, tick, zone)


def _read_on_the_turn(said: datetime, tick: int, zone: str) -> Read | None:
    """A time without an offset, on a day when the offset changes."""
    earlier, later = _zone(zone).utcoffset(said), _zone(zone).utcoffset(said.replace(fold=1))
    assert earlier is not None
    assert later is not None
    if _FIRST.year < said.year < _LAST.year and not earlier.seconds % _MINUTE.seconds:
        value: datetime | None = said.replace(tzinfo=timezone(earlier))
    else:
        value = _held(said.replace(tzinfo=_zone(zone)))
    assumed = None
    if earlier > later:
        assumed = f"The clock shows this time twice in {zone}; the earlier one is taken."
    elif earlier < later:
        assumed = f"The clock skips this time in {zone}; the offset in force before is taken."
        if value and not tick and _is_midnight(local := value.astimezone(_zone(zone))):
            return Read(local.date())
    return Read(_ticked(value, tick), assumed) if value else None


@lru_cache(maxsize=4096)
def _offset_all_day(day: date, zone: str) -> timezone | None:
    """The offset that is in force from midnight to midnight; None where none is, and at the ends of the calendar."""
    if not _FIRST.year < day.year < _LAST.year:
        return None
    ends = datetime.combine(day, time.min), datetime.combine(day, time.max)
    offsets = {_zone(zone).utcoffset(end.replace(fold=fold)) for end in ends for fold in (0, 1)}
    offset = offsets.pop()
    return None if offsets or offset is None or offset % _MINUTE else timezone(offset)


def write_local(value: date | datetime, zone: str) -> Written:
    """Write `2015-06-29T08:46:27.0000000`, naive in `zone`; a plain day as its midnight there."""
    if not isinstance(value, datetime):
        return Written(f"{value.isoformat()}{_MIDNIGHT}", "midnight")
    local, tick = value.astimezone(_zone(zone)), _tick(value)
    text = _clock(local, tick)
    if not tick and _is_midnight(local):
        return Written(text, "day")
    return Written(text, "ambiguous" if local.fold else None)


def _clock(local: datetime, tick: int) -> str:
    """The day and the time that a clock shows, to the seventh digit of the second."""
    shown = datetime.combine(local.date(), local.time())
    if not tick and not shown.microsecond:
        return f"{shown.isoformat()}.0000000"
    return f"{shown.isoformat(timespec='microseconds')}{tick}"


def write_utc(value: date | datetime) -> Written:
    """Write `2015-06-29T15:46:27.0000000Z`; a plain day as its midnight in UTC."""
    if not isinstance(value, datetime):
        return Written(f"{value.isoformat()}{_MIDNIGHT}Z", "midnight")
    local, tick = value.astimezone(UTC), _tick(value)
    return Written(f"{_clock(local, tick)}Z", "day" if not tick and _is_midnight(local) else None)


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
    local = _moved(value, zone)
    return local.date(), not _is_midnight(local) or _tick(value) > 0


def read_iso(text: str) -> date | datetime | None:
    """Read our own shape: `YYYY-MM-DD`, or a moment with `Z` or an offset; None for any other text."""
    if day := read_day(text):
        return day
    said, tick = _time_as_said(text) or (None, 0)
    value = _held(said) if said and said.tzinfo else None
    return _ticked(value, tick) if value else None


def write_iso(value: date | datetime) -> str:
    """Write our own shape: `YYYY-MM-DD`, or ISO 8601 with an offset."""
    if not isinstance(value, datetime) or not _tick(value):
        return value.isoformat()
    text = value.isoformat(timespec="microseconds")
    return f"{text[:26]}{_tick(value)}{text[26:]}"


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Stricter than datetime.fromisoformat, which takes an offset of +02:60, and 24:00 in later versions.
_HOUR, _SIXTIETH = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"
_SECOND_OF_DAY = rf"[T ]{_HOUR}:{_SIXTIETH}:{_SIXTIETH}"
_CLOCK = rf"{_SECOND_OF_DAY}(?:\.[0-9]{{1,7}})?"
_OFFSET = rf"(?:Z|[+-]{_HOUR}(?::?{_SIXTIETH})?)"
_TIME = re.compile(rf"{_DAY.pattern}{_SECOND_OF_DAY}(?:\.[0-9]{{1,6}}([0-9]?))?{_OFFSET}?")
_PLAIN_TIME = re.compile(
    "[1-8][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    rf"[T ]{_HOUR}:{_SIXTIETH}:{_SIXTIETH}(?:\.[0-9]{{1,7}})?Z?"
)
_MIDNIGHT = "T00:00:00.0000000"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
EPOCHS = range((_FIRST - _EPOCH) // _SECOND, (_LAST - _EPOCH) // _SECOND)
"""The seconds since 1970 UTC that `read_epoch` reads."""


def _time_as_said(text: str) -> tuple[datetime, int] | None:
    """The time, naive when the text names no offset, and the seventh digit of its second, 0 where it has none."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(text), int(match[1] or 0)
    except ValueError:
        return None


def _held(moment: datetime) -> datetime | None:
    """The moment with a fixed offset of whole minutes; None at the ends of the calendar."""
    if not _FIRST.year < moment.year < _LAST.year and not _FIRST <= moment < _LAST:
        return None
    if moment.tzinfo is UTC:
        return moment
    offset = moment.utcoffset()
    assert offset is not None
    # Local mean time, in force until the railways came, has offsets that ISO 8601 cannot write.
    return moment.astimezone(UTC if offset % _MINUTE else timezone(offset))


def _tick(moment: datetime) -> int:
    return moment.tick if isinstance(moment, Moment) else 0


def _ticked(moment: datetime, tick: int) -> datetime:
    """The moment with a seventh digit of its second."""
    if not tick:
        return moment
    finer = Moment.combine(moment.date(), moment.timetz())
    finer.tick = tick
    return finer


def _is_midnight(moment: datetime) -> bool:
    return not (moment.hour or moment.minute or moment.second or moment.microsecond)


def _moved(moment: datetime, zone: str) -> datetime:
    """The moment as the clocks of a zone show it."""
    return moment if moment.tzinfo is UTC and zone == "UTC" else moment.astimezone(_zone(zone))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
