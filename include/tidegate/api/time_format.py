"""How a text tells a moment or a day: a strptime-like pattern without anything that hangs on the locale."""

import re

from tidegate.api.schema import fail

_DIRECTIVES = {
    "Y": "[0-9]{4}",
    "m": "[0-9]{2}",
    "d": "[0-9]{2}",
    "H": "[0-9]{2}",
    "M": "[0-9]{2}",
    "S": "[0-9]{2}",
    "f": "[0-9]{1,9}",
    "z": "Z|[+-][0-9]{2}(?::?[0-9]{2})?",
}
_NEEDS = {"H": "d", "M": "H", "S": "M", "f": "S", "z": "H"}
"""A directive says nothing without the next coarser one."""

_PIECE = re.compile(r"%.?|[^%]+", re.DOTALL)


def time_format(pattern: str, what: str) -> "re.Pattern[str]":
    """The expression of a pattern, with one group per directive.

    Args:
        pattern: text with %Y %m %d, and perhaps %H %M %S %f %z, each with all its digits (%f with one to nine) and at
            most once; %% is a percent sign.
        what: the setting, for the error.

    Raises:
        DefinitionError: a directive is unknown, stands twice, or lacks what it needs.
    """
    pieces = _PIECE.findall(pattern)
    names = [p[1:] for p in pieces if p.startswith("%") and p != "%%"]
    for name in names:
        if name not in _DIRECTIVES:
            raise fail(f"{what} {pattern!r}: '%{name}' is none of {' '.join(f'%{n}' for n in _DIRECTIVES)} %%")
        if names.count(name) > 1:
            raise fail(f"{what} {pattern!r} has %{name} twice")
        if _NEEDS.get(name, name) not in names:
            raise fail(f"{what} {pattern!r}: %{name} says nothing without %{_NEEDS[name]}")
    missing = [f"%{n}" for n in "Ymd" if n not in names]
    if missing:
        raise fail(f"{what} {pattern!r} lacks {' '.join(missing)}: a part of a date would have to be guessed")
    return re.compile("".join(_expression(p) for p in pieces))


def _expression(piece: str) -> str:
    name = piece[1:]
    if piece.startswith("%") and piece != "%%":
        return f"(?P<{name}>{_DIRECTIVES[name]})"
    return re.escape(piece.replace("%%", "%"))
