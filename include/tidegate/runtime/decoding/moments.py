"""Moments and days: what text tells one, and which of them a user's function can hold."""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from tidegate.api.formats import DAYS, EPOCHS, ISO
from tidegate.api.time_format import time_format

UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
US_MIN = (datetime(1, 1, 1, tzinfo=UTC) - UNIX) // _US
US_MAX = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - UNIX) // _US
"""The moments that Python's datetime holds, in microseconds since 1970."""

DAY_MIN, DAY_MAX = -719_162, 2_932_896
"""The same for days: 0001-01-01 and 9999-12-31."""

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

_ISO_MOMENT = re.compile(
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})"
    r"(?::(?P<S>[0-9]{2})(?:\.(?P<f>[0-9]{1,9}))?)?(?P<z>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_ISO_DAY = re.compile(r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")
_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?")


class MisfitError(ValueError):
    """A value is not what was declared; says why."""


def moment(text: str, unit: str, forms: tuple[str, ...], zone: str) -> int:
    """The moment that a text tells, counted in `unit` since 1970 UTC.

    Raises:
        MisfitError: it tells none in any of the forms, several, or one that `unit` or Python cannot hold.
    """
    for form in forms:
        if form in EPOCHS:
            if _NUMBER.fullmatch(text):
                return held(Fraction(text) * 10 ** (9 - EPOCHS[form]), unit)
        elif found := _moment_pattern(form).fullmatch(text):
            return held(_nanoseconds(found.groupdict(), zone), unit)
    raise MisfitError(f"is no moment ({_listed(forms)})")


def day(text: str, forms: tuple[str, ...]) -> int:
    """The day that a text tells, counted since 1970. Raises MisfitError."""
    for form in forms:
        if form == DAYS:
            if _WHOLE.fullmatch(text):
                return _held_day(int(text))
        elif found := _day_pattern(form).fullmatch(text):
            return _naive(found.groupdict()).toordinal() - UNIX.toordinal()
    raise MisfitError(f"is no date ({_listed(forms)})")


def _held_day(number: int) -> int:
    if not DAY_MIN <= number <= DAY_MAX:
        raise MisfitError("(days since 1970) is outside of the years 1 to 9999")
    return number


def held(nanoseconds: Fraction | int, unit: str) -> int:
    """A moment in `unit`. Raises MisfitError when it has a finer part or is outside of the years 1 to 9999."""
    per = 10**9 // PER_SECOND[unit]
    if not US_MIN * 1000 <= nanoseconds < (US_MAX + 1) * 1000:
        raise MisfitError("is outside of the years 1 to 9999")
    whole = int(nanoseconds)
    if whole != nanoseconds or whole % per:
        raise MisfitError(f"is finer than the declared unit, {unit}")
    return whole // per


@lru_cache
def _moment_pattern(form: str) -> "re.Pattern[str]":
    return _ISO_MOMENT if form == ISO else time_format(form, "timestamps")


@lru_cache
def _day_pattern(form: str) -> "re.Pattern[str]":
    return _ISO_DAY if form == ISO else time_format(form, "dates")


def _listed(forms: tuple[str, ...]) -> str:
    return " or ".join("ISO 8601" if form == ISO else form for form in forms)


def _naive(found: dict[str, str | None]) -> datetime:
    n = [int(found.get(name) or default) for name, default in zip("YmdHMS", (0, 1, 1, 0, 0, 0), strict=True)]
    try:
        return datetime(n[0], n[1], n[2], n[3], n[4], n[5])  # noqa: DTZ001  (its zone is told apart from it)
    except ValueError as e:
        raise MisfitError(f"does not exist: {e}") from None


def _nanoseconds(found: dict[str, str | None], zone: str) -> int:
    naive = _naive(found)
    seconds = (naive.replace(tzinfo=UTC) - UNIX) // timedelta(seconds=1) - _offset(found.get("z"), naive, zone)
    return seconds * 10**9 + int((found.get("f") or "0").ljust(9, "0"))


def _offset(text: str | None, naive: datetime, zone: str) -> int:
    """Seconds east of UTC."""
    if text is None:
        return 0 if zone == "UTC" else _zone_offset(naive, zone)
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise MisfitError(f"has no such zone: {text}")
    return (hours * 3600 + minutes * 60) * (-1 if text[0] == "-" else 1)


def _zone_offset(naive: datetime, zone: str) -> int:
    try:
        first, second = (naive.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    except OverflowError:
        raise MisfitError("is outside of the years 1 to 9999") from None
    if first != second or first is None:
        raise MisfitError(f"is twice or never in {zone}, where clocks change")
    return first // timedelta(seconds=1)
