"""Days stay days, moments stay moments, and what a zone leaves open is said."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderctl.moments import (
    PACIFIC,
    Read,
    day_of,
    is_zone,
    read_day,
    read_epoch,
    read_iso,
    read_local,
    write_day,
    write_epoch,
    write_iso,
    write_local,
    write_utc,
)

SUMMER = timezone(timedelta(hours=-7))
WINTER = timezone(timedelta(hours=-8))
ZONES = st.sampled_from([PACIFIC, "UTC", "America/Denver", "Australia/Sydney", "Asia/Kathmandu", "America/Sao_Paulo"])
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("text", ["2016-04-24", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_is_read_and_written(text: str) -> None:
    day = read_day(text)
    assert day is not None
    assert write_day(day) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2015-02-29",
        "2015-13-01",
        "0000-01-01",
        "20160424",
        "2016-4-24",
        "04/24/2016",
        "2016-04-24T00:00:00",
        " 2016-04-24",
        "2016-04-24\n",
        "2016-W17-7",
        "٢٠١٦-04-24",
    ],
)
def test_another_text_is_no_day(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-06-29T08:46:27.0000000", "2015-06-29T15:46:27+00:00"),
        ("2015-06-29T08:46:27", "2015-06-29T15:46:27+00:00"),
        ("2015-06-29 08:46:27", "2015-06-29T15:46:27+00:00"),
        ("2015-06-29T08:46:27.5", "2015-06-29T15:46:27.500000+00:00"),
        ("2015-06-29T08:46:27.123456", "2015-06-29T15:46:27.123456+00:00"),
        ("2015-06-29T08:46:27.1234569", "2015-06-29T15:46:27.123456+00:00"),
        ("2015-06-29T08:46:27Z", "2015-06-29T08:46:27+00:00"),
        ("2015-06-29T08:46:27.000Z", "2015-06-29T08:46:27+00:00"),
        ("2015-06-29T08:46:27+02:00", "2015-06-29T06:46:27+00:00"),
        ("2015-06-29T08:46:27-0000", "2015-06-29T08:46:27+00:00"),
        ("2015-12-29T08:46:27", "2015-12-29T16:46:27+00:00"),
        ("2024-07-04T17:30:00", "2024-07-05T00:30:00+00:00"),
    ],
)
def test_a_pacific_time_is_read(text: str, expected: str) -> None:
    assert read_local(text, PACIFIC) == Read(moment(expected))


def test_a_moment_keeps_the_offset_it_was_said_with() -> None:
    read = read_local("2015-06-29T08:46:27", PACIFIC)
    assert read is not None
    assert write_iso(read.value) == "2015-06-29T08:46:27-07:00"


def test_a_naive_utc_time_is_utc() -> None:
    assert read_local("2020-01-02T03:04:05.6789012", "UTC") == Read(moment("2020-01-02T03:04:05.678901+00:00"))


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2015-06-29", PACIFIC),
        ("2015-06-29T00:00:00.0000000", PACIFIC),
        ("2015-06-29 00:00:00", PACIFIC),
        ("2015-06-29T07:00:00Z", PACIFIC),
        ("2015-06-29T03:00:00-04:00", PACIFIC),
        ("2015-06-29T00:00:00.0000000Z", "UTC"),
        ("2015-06-29T00:00:00", "UTC"),
        ("2015-06-29T10:00:00+10:00", "UTC"),
    ],
)
def test_exactly_midnight_in_the_zone_is_the_plain_day(text: str, zone: str) -> None:
    assert read_local(text, zone) == Read(date(2015, 6, 29))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T00:00:00"])
def test_midnight_is_the_plain_day_at_the_ends_of_the_calendar_too(text: str) -> None:
    assert read_local(text, PACIFIC) == Read(date.fromisoformat(text[:10]))


@pytest.mark.parametrize("text", ["2015-06-29T00:00:01", "2015-06-29T00:00:00.000001", "2015-06-29T00:00:00.0000001"])
def test_a_trace_after_midnight_is_a_moment(text: str) -> None:
    read = read_local(text, PACIFIC)
    assert read is not None
    assert isinstance(read.value, datetime)


@pytest.mark.parametrize("day", ["2015-11-01", "2024-11-03"])
def test_an_hour_that_comes_twice_in_autumn_takes_the_earlier_offset(day: str) -> None:
    read = read_local(f"{day}T01:30:00", PACIFIC)
    assert read is not None
    assert read.value == moment(f"{day}T01:30:00-07:00")
    assert read.assumed is not None
    assert "twice" in read.assumed


@pytest.mark.parametrize("day", ["2015-03-08", "2024-03-10"])
def test_an_hour_that_is_missing_in_spring_takes_the_offset_before(day: str) -> None:
    read = read_local(f"{day}T02:30:00", PACIFIC)
    assert read is not None
    assert read.value == moment(f"{day}T02:30:00-08:00")
    assert read.assumed is not None
    assert "skips" in read.assumed


@pytest.mark.parametrize(
    "text",
    [
        "2015-11-01T00:59:59",
        "2015-11-01T02:00:00",
        "2015-03-08T01:59:59",
        "2015-03-08T03:00:00",
        "2015-11-01T01:30:00-08:00",
    ],
)
def test_next_to_a_change_of_the_clock_nothing_is_assumed(text: str) -> None:
    read = read_local(text, PACIFIC)
    assert read is not None
    assert read.assumed is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2015-06-29T24:00:00",
        "2015-06-29T23:59:60",
        "2015-06-29T25:00:00",
        "2015-06-29T08:60:00",
        "2015-06-31T08:00:00",
        "0000-06-29T08:00:00",
        "2015-06-29T08:46",
        "2015-06-29T08:46:27.",
        "2015-06-29T08:46:27.12345678",
        "2015-06-29T08:46:27,5",
        "2015-06-29t08:46:27",
        "2015-06-29T08:46:27z",
        "2015-06-29T08:46:27 Z",
        "2015-06-29T08:46:27+24:00",
        "2015-06-29T08:46:27+02:60",
        "2015-06-29  08:46:27",
        "20150629T084627",
        "06/29/2015 08:46:27",
        "2015-06-29T08:46:27\n",
        "٢٠١٥-06-29T08:46:27",
        "0001-01-01T01:00:00",
        "9999-12-31T23:59:59.9999999",
    ],
)
def test_another_text_is_no_time(text: str) -> None:
    assert read_local(text, PACIFIC) is None


def test_a_moment_is_written_naive_with_seven_digits() -> None:
    assert write_local(moment("2015-06-29T15:46:27+00:00"), PACIFIC) == ("2015-06-29T08:46:27.0000000", None)
    assert write_local(moment("2015-06-29T15:46:27.123456Z"), PACIFIC) == (
        "2015-06-29T08:46:27.1234560",
        None,
    )
    assert write_local(moment("2015-12-29T15:46:27Z"), PACIFIC) == ("2015-12-29T07:46:27.0000000", None)


def test_a_plain_day_is_written_as_its_midnight_in_any_zone() -> None:
    day = date(2015, 6, 29)
    assert write_local(day, PACIFIC) == ("2015-06-29T00:00:00.0000000", "midnight")
    assert write_utc(day) == ("2015-06-29T00:00:00.0000000Z", "midnight")


def test_the_second_pass_of_the_autumn_hour_is_ambiguous_and_the_first_is_not() -> None:
    assert write_local(moment("2015-11-01T08:30:00Z"), PACIFIC) == ("2015-11-01T01:30:00.0000000", None)
    assert write_local(moment("2015-11-01T09:30:00Z"), PACIFIC) == (
        "2015-11-01T01:30:00.0000000",
        "ambiguous",
    )


def test_a_moment_at_midnight_says_that_its_text_is_read_as_a_day() -> None:
    assert write_local(moment("2015-06-29T07:00:00Z"), PACIFIC) == ("2015-06-29T00:00:00.0000000", "day")
    assert write_utc(moment("2015-06-28T17:00:00-07:00")) == ("2015-06-29T00:00:00.0000000Z", "day")


def test_a_moment_is_written_in_utc() -> None:
    assert write_utc(moment("2015-06-29T08:46:27.5-07:00")) == ("2015-06-29T15:46:27.5000000Z", None)


def test_an_early_year_is_written_with_four_digits() -> None:
    assert write_utc(moment("0033-04-03T15:00:00Z")).text == "0033-04-03T15:00:00.0000000Z"


@given(MOMENTS, ZONES)
def test_what_is_written_without_a_note_reads_back_as_the_same_moment(value: datetime, zone: str) -> None:
    text, note = write_local(value, zone)
    read = read_local(text, zone)
    assert read is not None
    assert (read.value == value) is (note is None)


@given(MOMENTS)
def test_utc_reads_back_as_the_same_moment(value: datetime) -> None:
    text, note = write_utc(value)
    expected = value.date() if note == "day" else value
    assert read_local(text, "UTC") == Read(expected)


@given(st.dates(), ZONES)
def test_a_day_survives_every_notation(day: date, zone: str) -> None:
    assert read_local(write_local(day, zone).text, zone) == Read(day)
    assert read_local(write_utc(day).text, "UTC") == Read(day)
    assert read_iso(write_iso(day)) == day


def test_an_epoch_is_seconds_in_utc() -> None:
    assert read_epoch(0) == moment("1970-01-01T00:00:00Z")
    assert read_epoch(1461535200) == moment("2016-04-24T22:00:00Z")
    assert read_epoch(-1) == moment("1969-12-31T23:59:59Z")


@pytest.mark.parametrize("number", [10**12, -(10**12), 10**30, -(10**30), 1461535200000])
def test_an_epoch_outside_of_the_calendar_is_none(number: int) -> None:
    assert read_epoch(number) is None


def test_a_fraction_of_a_second_is_cut_down_in_an_epoch() -> None:
    assert write_epoch(moment("2016-04-24T22:00:00Z"), "UTC") == (1461535200, None)
    assert write_epoch(moment("2016-04-24T22:00:00.999999Z"), "UTC") == (1461535200, "fraction")
    assert write_epoch(moment("1969-12-31T23:59:58.5Z"), "UTC") == (-2, "fraction")


def test_a_plain_day_is_the_epoch_of_midnight_in_the_zone() -> None:
    # 2016-04-24T00:00:00Z is 1461456000; Denver is six hours behind in April.
    assert write_epoch(date(2016, 4, 24), "UTC") == (1461456000, "midnight")
    assert write_epoch(date(2016, 4, 24), "America/Denver") == (1461456000 + 6 * 3600, "midnight")


def test_a_day_without_a_midnight_keeps_its_day() -> None:
    # In Sao Paulo the clock went from 23:59:59 on 3 November 2018 to 01:00:00 on the 4th.
    seconds, _ = write_epoch(date(2018, 11, 4), "America/Sao_Paulo")
    value = read_epoch(seconds)
    assert value is not None
    assert day_of(value, "America/Sao_Paulo")[0] == date(2018, 11, 4)


@given(MOMENTS.map(lambda value: value.replace(microsecond=0)))
def test_an_epoch_reads_back_as_the_same_moment(value: datetime) -> None:
    seconds, note = write_epoch(value, "UTC")
    assert (read_epoch(seconds), note) == (value, None)


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        ("2015-06-29T06:30:00Z", PACIFIC, (date(2015, 6, 28), True)),
        ("2015-06-29T07:00:00Z", PACIFIC, (date(2015, 6, 29), False)),
        ("2015-06-29T00:00:00Z", "UTC", (date(2015, 6, 29), False)),
        ("2015-06-29T00:00:00.000001Z", "UTC", (date(2015, 6, 29), True)),
        ("2015-06-28T14:00:00Z", "Australia/Sydney", (date(2015, 6, 29), False)),
    ],
)
def test_the_day_of_a_moment_is_that_of_the_zone(value: str, zone: str, expected: tuple[date, bool]) -> None:
    assert day_of(moment(value), zone) == expected


def test_the_day_of_a_day_is_itself() -> None:
    assert day_of(date(2015, 6, 29), PACIFIC) == (date(2015, 6, 29), False)


@pytest.mark.parametrize("name", ["UTC", "America/Denver", "America/Los_Angeles", "Australia/Sydney"])
def test_a_zone_is_known(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Denver", "America", "america/nowhere", "../etc/passwd", "/etc/passwd", "a\0b", "MST7MDT/x"]
)
def test_another_name_is_no_zone(name: str) -> None:
    assert not is_zone(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-04-24", date(2016, 4, 24)),
        ("2016-04-24T00:00:00Z", moment("2016-04-24T00:00:00Z")),
        ("2016-04-24T10:00:00.5-06:00", moment("2016-04-24T16:00:00.5Z")),
    ],
)
def test_our_own_shape_tells_days_from_moments(text: str, expected: date) -> None:
    read = read_iso(text)
    assert read == expected
    assert isinstance(read, datetime) is isinstance(expected, datetime)


@pytest.mark.parametrize("text", ["2016-04-24T10:00:00", "2016-04-24T10:00", "10:00:00Z", "today", ""])
def test_our_own_shape_wants_an_offset(text: str) -> None:
    assert read_iso(text) is None


def test_our_own_shape_writes_the_offset() -> None:
    assert write_iso(date(2016, 4, 24)) == "2016-04-24"
    assert write_iso(datetime(2016, 4, 24, 10, 0, tzinfo=SUMMER)) == "2016-04-24T10:00:00-07:00"
    assert write_iso(datetime(2016, 4, 24, 10, 0, 0, 500000, tzinfo=UTC)) == "2016-04-24T10:00:00.500000+00:00"


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), ZONES)
def test_every_moment_that_is_read_can_be_written_in_our_own_shape(naive: datetime, zone: str) -> None:
    read = read_local(f"{naive.isoformat(timespec='microseconds')}", zone)
    assert read is not None
    assert read_iso(write_iso(read.value)) == read.value


@pytest.mark.parametrize("zone", [PACIFIC, "Australia/Lord_Howe"])
def test_every_half_hour_of_a_year_is_read_as_the_zone_has_it_at_its_first_time(zone: str) -> None:
    year = (datetime(2021, 1, 1, 0, 15) + timedelta(minutes=30 * step) for step in range(365 * 48))
    wrong = [
        said
        for said in year
        if (read := read_local(said.isoformat(), zone)) is None
        or read.value != said.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    ]
    assert wrong == []
