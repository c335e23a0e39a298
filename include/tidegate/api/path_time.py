"""The time that a file's path tells: a strptime-like pattern, checked when it is declared."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from tidegate.api.schema import fail

_DIGITS = {"Y": "{4}", "m": "{2}", "d": "{2}", "j": "{3}", "H": "{2}", "M": "{2}", "S": "{2}", "f": "{1,6}"}
"""The directives, which mean what they mean to strptime, and how many digits each has."""

_NEEDS = {"m": "Y", "d": "m", "j": "Y", "H": "dj", "M": "H", "S": "M", "f": "S"}
"""A directive says nothing without one of the next coarser ones."""

_PIECE = re.compile(r"%.?|[^%]+", re.DOTALL)
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class PathTime:
    """Finds a UTC time in a path.

    Args:
        pattern: text with the directives %Y %m %d %j %H %M %S %f, each with all its digits (%f with up to six), and %%
            for a percent sign. What is left out at the fine end is zero. The pattern may stand anywhere in the path,
            but does not begin or end inside a number; a directive that it has twice must say the same twice.

    Raises:
        DefinitionError: `pattern` has an unknown directive, or its directives make no time.
    """

    def __init__(self, pattern: str) -> None:
        if not isinstance(pattern, str):
            raise fail(f"path_time must be a text like 'year=%Y/month=%m/day=%d', not {pattern!r}")
        pieces = _PIECE.findall(pattern)
        _check(pattern, [t[1:] for t in pieces if _is_directive(t)])
        self._expression = re.compile(_expression(pieces))

    def ms(self, path: str) -> int | None:
        """The time in milliseconds since 1970 UTC, rounded down; None when the path tells no time, or several."""
        times = set(self._times(path))
        return (times.pop() - _UNIX) // _MS if len(times) == 1 else None

    def _times(self, path: str) -> Iterator[datetime]:
        for found in self._expression.finditer(path):
            try:
                yield _moment(found.groupdict())
            except (ValueError, OverflowError):
                continue  # digits that are no date, like a month 13


def _check(pattern: str, names: list[str]) -> None:
    for name in names:
        if name not in _DIGITS:
            known = " ".join(f"%{n}" for n in _DIGITS)
            raise fail(f"path_time {pattern!r}: '%{name}' is none of {known} %%")
    if "Y" not in names:
        raise fail(f"path_time {pattern!r} needs a year, %Y")
    for name in names:
        needs = _NEEDS.get(name)
        if needs and not set(needs) & set(names):
            raise fail(f"path_time {pattern!r}: %{name} says nothing without {' or '.join(f'%{n}' for n in needs)}")
    if {"j", "m"} <= set(names):
        raise fail(f"path_time {pattern!r} has both %m and %j, the day of the year: leave one out")


def _expression(pieces: list[str]) -> str:
    parts: list[str] = []
    seen: set[str] = set()
    for piece in pieces:
        name = piece[1:]
        if not _is_directive(piece):
            parts.append(re.escape(piece.replace("%%", "%")))
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            seen.add(name)
            parts.append(f"(?P<{name}>[0-9]{_DIGITS[name]})")
    before = "(?<![0-9])" if _is_directive(pieces[0]) else ""
    behind = "(?![0-9])" if _is_directive(pieces[-1]) else ""
    return f"{before}{''.join(parts)}{behind}"


def _is_directive(piece: str) -> bool:
    return piece.startswith("%") and piece != "%%"


def _moment(found: Mapping[str, str]) -> datetime:
    """Raises ValueError or OverflowError when there is no such time."""
    n = {name: int(digits) for name, digits in found.items()}
    date = datetime(n["Y"], n.get("m", 1), n.get("d", 1), n.get("H", 0), n.get("M", 0), n.get("S", 0), tzinfo=UTC)
    moment = date + timedelta(days=n.get("j", 1) - 1, microseconds=int(found.get("f", "0").ljust(6, "0")))
    if moment.year != n["Y"]:
        raise ValueError(f"{n['Y']} has no day {n['j']}")
    return moment
