"""Canonical time: UTC text of fixed width, `YYYY-MM-DDTHH:MM:SS.ffffffZ`: text order is time order."""

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

_LONGEST = 64
_EPOCH = dt.datetime(1970, 1, 1)
_DOT_NET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4} \d\d:\d\d:\d\d) (?:GMT|([+-]\d{4}))", re.ASCII
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_UTC = re.compile(r"([0-9-]{10}T(?:[01][0-9]|2[0-3]):[0-9:]{5})(?:\.([0-9]{1,6}))?Z")
_CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def canonical(moment: dt.datetime) -> str:
    """The canonical text of an aware datetime."""
    return _written(moment.astimezone(dt.UTC))


def from_epoch(seconds: float) -> str:
    """The canonical text of Unix time in seconds."""
    return (_EPOCH + dt.timedelta(seconds=seconds)).isoformat("T", "microseconds") + "Z"


def _written(moment: dt.datetime) -> str:
    return moment.isoformat("T", "microseconds")[:-6] + "Z"


def to_epoch(text: str) -> float:
    """Unix seconds of a canonical time. Raises ValueError for any other form."""
    if not _CANONICAL.fullmatch(text):
        raise ValueError("not a canonical time")
    return dt.datetime.fromisoformat(text).timestamp()


def parse(value: str | float, zone: str = "UTC") -> str:
    """The canonical text of ISO 8601 or RFC 2822 text, Unix seconds or milliseconds, or .NET's `/Date(…)/`.

    Text without an offset is read in `zone`. Numbers (and texts of digits) from 10^11 on are
    milliseconds; those of .NET always are, and its offset does not move them. Raises ValueError,
    without the value, for anything else.
    """
    if isinstance(value, str):
        if len(value) > _LONGEST:
            raise ValueError("too large")
        return _read(value, zone)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a time")  # noqa: TRY004
    return _counted(value)


@lru_cache(maxsize=256)  # an event says one time of more than one thing
def _read(value: str, zone: str) -> str:
    if value.isascii() and value.isdigit() and len(value) > 8:
        return _counted(value)
    if dated := _DOT_NET.fullmatch(value):
        return from_epoch(int(dated[1]) / 1000)
    try:
        moment = dt.datetime.fromisoformat(_isoform(value.strip()))
    except ValueError:
        raise ValueError("not a time") from None
    if utc := _UTC.fullmatch(value):  # all that it lacks are digits
        return f"{utc[1]}.{utc[2] or '':0<6}Z"
    known = moment if moment.tzinfo else moment.replace(tzinfo=time_zone(zone))
    return _written(known.astimezone(dt.UTC))


def _isoform(text: str) -> str:
    """A time as in a mail's header (Fri, 20 Nov 2026 15:30:00 +0000) in ISO 8601, any other text as it is."""
    told = _MAIL.fullmatch(text)
    if not told or told[2] not in _MONTHS:
        return text
    year, clock = told[3].split()
    return f"{year}-{_MONTHS.index(told[2]) + 1:02}-{told[1]:0>2}T{clock}{told[4] or 'Z'}"


def _counted(value: str | float) -> str:
    number = float(value)
    return from_epoch(number / 1000 if abs(number) >= 1e11 else number)


def time_zone(name: str) -> ZoneInfo:
    """The time zone of a name. Raises ValueError, without the name, where there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, TypeError, AttributeError, OSError):
        raise ValueError("not a time zone") from None
