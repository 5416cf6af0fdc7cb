"""Values in the form in which a vendor writes them: times and ids as those of its samples."""

import datetime as dt
import re
from typing import Any

from hub import times

MILLIS = 10**11
EARLIEST = 10**9
"""Numbers from here on are Unix seconds, from 10^11 on milliseconds; smaller ones count."""

_FRACTION = re.compile(r"\.(\d{1,9})")
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
_DOT_NET = re.compile(r"/Date\(-?\d+(.*)\)/")
_LAST = re.compile(r"[0-9a-f]{1,8}(?=[^0-9a-f]*$)", re.IGNORECASE)


def epoch_of(value: Any, zone: str = "UTC") -> float | None:
    """Unix seconds of what may be a time, None for anything else; a small number is a counter."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not isinstance(value, str) and value < EARLIEST:
        return None
    try:
        return times.to_epoch(times.parse(value, zone))
    except (ValueError, OverflowError, OSError):
        return None


def like(old: Any, epoch: float, zone: str = "UTC") -> Any:
    """A time as `old` is written; ISO 8601 in whole seconds where that says nothing."""
    if isinstance(old, int | float) and not isinstance(old, bool):
        return _number(old, epoch)
    if not isinstance(old, str):
        return _utc(epoch).strftime("%Y-%m-%dT%H:%M:%SZ")
    if old.isdigit():
        return str(_number(int(old), epoch))
    if dotted := _DOT_NET.fullmatch(old):
        return f"/Date({int(epoch * 1000)}{dotted[1]})/"
    return _text(old, epoch, zone)


def precision(old: Any) -> float:
    """Seconds that the form of `old` tells apart."""
    if isinstance(old, str) and _DOT_NET.fullmatch(old):
        return 0.001
    if isinstance(old, str) and not old.isdigit():
        fraction = _FRACTION.search(old)
        return 10.0 ** -len(fraction[1]) if fraction else 86_400.0 if len(old) == len("2026-01-01") else 1.0
    number = int(old) if isinstance(old, str) else old
    return 0.001 if isinstance(number, int | float) and number >= MILLIS else 1.0


def floored(epoch: float, old: Any) -> float:
    """The time as a vendor keeps it that writes times as `old`."""
    step = precision(old)
    return round(int(epoch / step + 1e-6) * step, 6)


def another(old: Any, number: int) -> Any:
    """Another id of the form of `old`; `number` tells them apart."""
    if isinstance(old, int) and not isinstance(old, bool):
        return old + number
    text = str(old)
    if text.isdigit():
        return str(int(text) + number).zfill(len(text))
    found = _LAST.search(text)
    if found is None:
        return f"{text}{number}"
    return f"{text[: found.start()]}{_counted(found[0], number)}{text[found.end() :]}"


def _counted(digits: str, number: int) -> str:
    if number >= (10 if digits.isdigit() else 16) ** len(digits):
        return f"{digits}{number}"
    if digits.isdigit():
        return str((int(digits) + number) % 10 ** len(digits)).zfill(len(digits))
    return f"{(int(digits, 16) + number) % 16 ** len(digits):0{len(digits)}x}"


def _utc(epoch: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(epoch, dt.UTC)


def _number(old: float, epoch: float) -> int:
    return int(epoch * 1000 if old >= MILLIS else epoch)


def _text(old: str, epoch: float, zone: str) -> str:
    try:
        known = dt.datetime.fromisoformat(old.strip())
    except ValueError:
        return _utc(epoch).strftime("%Y-%m-%dT%H:%M:%SZ")
    moment = _utc(epoch).astimezone(known.tzinfo or times.time_zone(zone))
    if len(old.strip()) <= len("2026-01-01"):
        return moment.date().isoformat()
    fraction, offset = _FRACTION.search(old), _OFFSET.search(old)
    written = moment.strftime(f"%Y-%m-%d{old.strip()[10]}%H:%M:%S")
    if fraction:
        written += "." + f"{moment.microsecond:06d}".ljust(9, "0")[: len(fraction[1])]
    return written + (_offset(offset[1], moment) if offset else "")


def _offset(old: str, moment: dt.datetime) -> str:
    if old == "Z":
        return "Z"
    written = moment.strftime("%z")
    return f"{written[:3]}:{written[3:]}" if ":" in old else written
