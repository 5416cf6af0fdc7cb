"""Times and days: canonical where they come in, as a vendor wants them where they go out."""

import datetime as dt
import re
from typing import Any

from hub import times, values
from hub.expressions.functions.registry import function

_DAY = frozenset("Ymdyj%")
_WRITTEN = frozenset("YmdHMSyjfzZ%")
_READ = frozenset("YmdHMSyjfzIp%")
_LONGEST_PATTERN = 100
_WHOLE = re.compile(r"-?\d{1,15}")


@function(
    "after(time, time)",
    "Whether the first time is later than the second.",
    ("after(a, b)", {"a": "2026-01-02T10:00:00Z", "b": "2026-01-02T10:00:00+02:00"}, True),
    ("after(a, b)", {"a": None, "b": "2026-01-02T10:00:00Z"}, None),
)
def _after(first: Any, second: Any) -> bool:
    return times.parse(first) > times.parse(second)


@function(
    "before(time, time)",
    "Whether the first time is earlier than the second.",
    ("before(a, b)", {"a": "2026-01-02T10:00:00Z", "b": 1767348001}, True),
    ("before(a, b)", {"a": "2026-01-03", "b": "2026-01-02T10:00:00Z"}, False),
)
def _before(first: Any, second: Any) -> bool:
    return times.parse(first) < times.parse(second)


@function(
    "time(value[, zone])",
    "Canonical time of ISO 8601 or RFC 2822 text, of Unix seconds or milliseconds, or of .NET's `/Date(…)/`; "
    "`zone` for texts without offset.",
    ("time(x)", {"x": "2026-11-20T10:30:00-05:00"}, "2026-11-20T15:30:00.000000Z"),
    ("time(x, 'America/Bogota')", {"x": "2026-11-20 10:30:00"}, "2026-11-20T15:30:00.000000Z"),
    ("time(x)", {"x": 1795184700}, "2026-11-20T14:25:00.000000Z"),
    ("time(x)", {"x": "/Date(1795184700000+0000)/"}, "2026-11-20T14:25:00.000000Z"),
)
def _time(value: Any, zone: str = "UTC") -> str:
    return times.parse(value, zone)


@function(
    "time_of_millis(value)",
    "Canonical time of Unix milliseconds, also of those before 1973, which time() takes for seconds.",
    ("time_of_millis(x)", {"x": "1795184700000"}, "2026-11-20T14:25:00.000000Z"),
    ("date(time_of_millis(x))", {"x": 86400000}, "1970-01-02"),
)
def _time_of_millis(value: Any) -> str:
    text = values.plain(value)
    if not _WHOLE.fullmatch(text):
        raise ValueError("not milliseconds")
    return times.from_epoch(int(text) / 1000)


@function(
    "parse_time(text, pattern[, zone])",
    "Canonical time of a text as a vendor writes it: %Y %y %m %d %j %H %I %p %M %S %f %z, each once; "
    "`zone` (UTC) for texts without offset.",
    ("parse_time(x, '%d/%m/%Y %H:%M')", {"x": "20/11/2026 15:30"}, "2026-11-20T15:30:00.000000Z"),
    ("parse_time(x, '%Y%m%d%H%M', 'America/Bogota')", {"x": "202611201030"}, "2026-11-20T15:30:00.000000Z"),
    ("date(parse_time(x, '%d/%m/%Y'))", {"x": "05/01/1990"}, "1990-01-05"),
)
def _parse_time(text: str, pattern: str, zone: str = "UTC") -> str:
    tokens = _tokens(pattern, _READ)
    if len(set(tokens)) < len(tokens) or len(text) > _LONGEST_PATTERN:
        raise ValueError("unknown pattern")
    try:
        moment = dt.datetime.strptime(text.strip(), pattern)
    except ValueError:
        raise ValueError("not written like this") from None
    return times.canonical(moment if moment.tzinfo else moment.replace(tzinfo=times.time_zone(zone)))


@function(
    "date(value[, zone])",
    "The day of a date or time, in `zone`; of Unix seconds or milliseconds, in UTC.",
    ("date(x)", {"x": "2026-01-05"}, "2026-01-05"),
    ("date(x, 'America/Bogota')", {"x": "2026-01-05T02:00:00Z"}, "2026-01-04"),
    ("date(x, 'America/Bogota')", {"x": 1767571200000}, "2026-01-05"),
)
def _date(value: Any, zone: str = "UTC") -> Any:
    return values.normalise("date", value, zone=zone)


@function(
    "format_time(time, pattern[, zone])",
    "A time as a vendor writes it, in `zone` (UTC): %Y %y %m %d %j %H %M %S %f %z %Z.",
    ("format_time(x, '%Y-%m-%d %H:%M:%S')", {"x": "2026-11-20T15:30:00.000000Z"}, "2026-11-20 15:30:00"),
    ("format_time(x, '%d/%m/%Y', 'America/Bogota')", {"x": "2026-11-21T01:00:00Z"}, "20/11/2026"),
)
def _format_time(time: Any, pattern: str, zone: str = "UTC") -> str:
    _tokens(pattern, _WRITTEN)
    return _moment(time).astimezone(times.time_zone(zone)).strftime(pattern)


@function(
    "format_date(date, pattern)",
    "A day as a vendor writes it: %Y %y %m %d %j. No time zone moves it.",
    ("format_date(x, '%d/%m/%Y')", {"x": "1990-01-05"}, "05/01/1990"),
    ("format_date(x, '%m%d')", {"x": "1990-01-05"}, "0105"),
)
def _format_date(date: Any, pattern: str) -> str:
    _tokens(pattern, _DAY)
    return dt.date.fromisoformat(values.normalise("date", date)).strftime(pattern)


@function(
    "iso_time(time)",
    "A time as most vendors take it, in whole seconds.",
    ("iso_time(x)", {"x": "2026-11-20T15:30:00.250000Z"}, "2026-11-20T15:30:00Z"),
    ("iso_time(x)", {"x": 1795184700}, "2026-11-20T14:25:00Z"),
)
def _iso_time(time: Any) -> str:
    return _moment(time).strftime("%Y-%m-%dT%H:%M:%SZ")


@function(
    "unix_seconds(time)",
    "Whole seconds since 1970.",
    ("unix_seconds(x)", {"x": "2026-11-20T14:25:00.000000Z"}, 1795184700),
    ("unix_seconds(x)", {"x": "1969-12-31T23:59:59.5Z"}, -1),
)
def _unix_seconds(time: Any) -> int:
    return int(_moment(time).timestamp() // 1)


@function(
    "unix_millis(time)",
    "Whole milliseconds since 1970; of a day, those of its midnight in UTC.",
    ("unix_millis(x)", {"x": "2026-11-20T14:25:00.250000Z"}, 1795184700250),
    ("unix_millis(x)", {"x": "2026-01-05"}, 1767571200000),
)
def _unix_millis(time: Any) -> int:
    return (_moment(time) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


def _tokens(pattern: str, known: frozenset[str]) -> list[str]:
    """The letters after each %. Raises ValueError for one that is not known."""
    tokens = re.findall(r"%(.?)", pattern) if len(pattern) <= _LONGEST_PATTERN else [""]
    if not known.issuperset(tokens):
        raise ValueError("unknown pattern")
    return tokens


def _moment(time: Any) -> dt.datetime:
    return dt.datetime.fromisoformat(times.parse(time))
