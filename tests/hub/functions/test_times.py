"""Times and days in the forms that vendors use, both ways."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import times
from hub.expressions import FUNCTIONS
from hub.values import normalise

few = settings(max_examples=100, deadline=None, derandomize=True, database=None)
MILLIS = st.integers(min_value=-2_208_988_800_000, max_value=4_102_444_800_000)
"""From 1900 to 2100."""


def call(name, *arguments):
    return FUNCTIONS[name](*arguments)


@pytest.mark.parametrize(
    ("value", "zone", "time"),
    [
        ("2026-11-20T10:30:00-05:00", "UTC", "2026-11-20T15:30:00.000000Z"),
        ("2026-11-20T10:30:00-0500", "UTC", "2026-11-20T15:30:00.000000Z"),
        ("2026-11-20T10:30:00", "America/Bogota", "2026-11-20T15:30:00.000000Z"),
        ("2026-11-20 10:30:00.250000", "America/Bogota", "2026-11-20T15:30:00.250000Z"),
        ("2026-11-20T15:30:00.1234567+00:00", "UTC", "2026-11-20T15:30:00.123456Z"),
        ("2026-11-20", "America/Bogota", "2026-11-20T05:00:00.000000Z"),
        ("20261120", "UTC", "2026-11-20T00:00:00.000000Z"),
        (1795184700, "America/Bogota", "2026-11-20T14:25:00.000000Z"),
        ("1795184700", "UTC", "2026-11-20T14:25:00.000000Z"),
        ("1795184700250", "UTC", "2026-11-20T14:25:00.250000Z"),
        (1795184700.5, "UTC", "2026-11-20T14:25:00.500000Z"),
        ("Fri, 20 Nov 2026 10:30:00 -0500", "UTC", "2026-11-20T15:30:00.000000Z"),
        (" 2 Nov 2026 10:30:00 GMT ", "America/Bogota", "2026-11-02T10:30:00.000000Z"),
        ("/Date(1795184700000)/", "America/Bogota", "2026-11-20T14:25:00.000000Z"),
        ("/Date(1795184700000-0500)/", "UTC", "2026-11-20T14:25:00.000000Z"),
        ("/Date(86400000+0000)/", "UTC", "1970-01-02T00:00:00.000000Z"),
        ("/Date(-86400000)/", "UTC", "1969-12-31T00:00:00.000000Z"),
    ],
)
def test_a_time_is_read_in_the_forms_of_vendors(value, zone, time):
    assert call("time", value, zone) == time
    assert normalise("time", value, zone=zone) == time


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-05", "2026-01-05"),
        (1767571200000, "2026-01-05"),
        ("1767571200000", "2026-01-05"),
        (" 1767571200000 ", "2026-01-05"),
        ("2026-01-05T00:00:00Z", "2026-01-04"),
        ("2026-01-05 00:00:00", "2026-01-05"),
    ],
)
def test_a_birthday_at_midnight_in_utc_stays_that_day_anywhere(value, day):
    assert call("date", value, "America/Bogota") == day


@few
@given(MILLIS)
def test_milliseconds_go_in_and_out(millis):
    time = call("time_of_millis", millis)
    assert call("unix_millis", time) == millis
    assert call("time_of_millis", str(millis)) == time
    assert call("unix_seconds", time) == millis // 1000


@few
@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 1, 1)), st.sampled_from("/-. "))
def test_a_day_goes_out_and_in_again(day, sign):
    pattern = f"%d{sign}%m{sign}%Y"
    written = call("format_date", day.isoformat(), pattern)
    assert call("date", call("parse_time", written, pattern)) == day.isoformat()


@few
@given(MILLIS, st.sampled_from(["UTC", "Asia/Kolkata"]))
def test_a_time_goes_out_and_in_again(millis, zone):
    time = call("time_of_millis", millis)
    written = call("format_time", time, "%d/%m/%Y %H:%M:%S.%f %z", zone)
    assert call("parse_time", written, "%d/%m/%Y %H:%M:%S.%f %z") == time


@pytest.mark.parametrize(
    ("text", "pattern", "zone", "time"),
    [
        ("20/11/2026", "%d/%m/%Y", "UTC", "2026-11-20T00:00:00.000000Z"),
        ("11/20/26 03:30 PM", "%m/%d/%y %I:%M %p", "UTC", "2026-11-20T15:30:00.000000Z"),
        (" 2026324 ", "%Y%j", "UTC", "2026-11-20T00:00:00.000000Z"),
        ("20.11.2026 10:30", "%d.%m.%Y %H:%M", "America/Bogota", "2026-11-20T15:30:00.000000Z"),
        ("20/11/2026 10:30 -0500", "%d/%m/%Y %H:%M %z", "UTC", "2026-11-20T15:30:00.000000Z"),
    ],
)
def test_a_pattern_says_what_a_vendor_writes(text, pattern, zone, time):
    assert call("parse_time", text, pattern, zone) == time


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("parse_time", ("20/13/2026", "%d/%m/%Y")),
        ("parse_time", ("20/11/2026 x", "%d/%m/%Y")),
        ("parse_time", ("20 Nov 2026", "%d %b %Y")),
        ("parse_time", ("2020", "%d%d")),
        ("parse_time", ("20", "%")),
        ("format_date", ("2026-01-05", "%H")),
        ("format_date", ("2026-01-05", "%")),
        ("format_time", ("2026-01-05", "%c")),
        ("time_of_millis", ("1.5",)),
        ("time_of_millis", (1.5,)),
        ("time_of_millis", ("",)),
        ("time_of_millis", (True,)),
        ("time", ("/Date(x)/",)),
        ("time", ("Fri, 20 Nev 2026 10:30:00 GMT",)),
        ("time", ("Fri, 31 Nov 2026 10:30:00 GMT",)),
        ("time", ("Fri, 20 Nov 2026 10:30:00 EST",)),
        ("time", ("yesterday",)),
        ("unix_millis", ("",)),
    ],
)
def test_what_is_no_time_or_no_pattern_is_refused_without_saying_it(name, arguments):
    with pytest.raises(
        ValueError, match=r"^(not a time|not milliseconds|not written like this|unknown pattern)$"
    ):
        call(name, *arguments)


def test_a_time_without_a_zone_is_in_utc():
    for name, arguments in (("time", ()), ("parse_time", ("%Y-%m-%d %H:%M",))):
        assert call(name, "2026-11-20 10:30", *arguments) == "2026-11-20T10:30:00.000000Z"
    assert call("date", "2026-11-20 23:30") == "2026-11-20"
    assert call("format_time", "2026-11-20 10:30", "%H:%M") == "10:30"


def test_a_zone_that_nobody_knows_is_an_error():
    for zone in ("Nowhere", "../etc/passwd", "x" * 10_000, 5):
        for name, arguments in (
            ("parse_time", ("2026", "%Y")),
            ("time", ("2026-01-05",)),
            ("format_time", (1, "%Y")),
        ):
            with pytest.raises(ValueError, match=r"^not a time zone$"):
                call(name, *arguments, zone)
    with pytest.raises(ValueError, match="not a value of type date"):
        normalise("date", "2026-01-05T10:00:00Z", zone="Nowhere")


def test_the_largest_times_of_the_calendar_are_taken_and_no_larger_ones():
    assert times.parse("9999-12-31T23:59:59Z") == "9999-12-31T23:59:59.000000Z"
    with pytest.raises((ValueError, OverflowError)):
        call("time_of_millis", 10**15 - 1)
