"""How values look on a page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

_MISSING = "–"  # noqa: RUF001  (an en dash stands for no value)


def number(value: float | None) -> str:
    """Thousands apart."""
    return _MISSING if value is None else f"{value:,}"


def seconds(value: float | None) -> str:
    """A duration in the two largest units."""
    if value is None:
        return _MISSING
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def moment(value: str | None) -> str:
    """An ISO time to the second."""
    return _MISSING if value is None else f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M:%S}"


def spans(value: dict[str, list[int]]) -> str:
    """Half-open ranges, each with the name of its source when there are several."""
    named = {source: f"[{start:,}, {stop:,})" for source, (start, stop) in value.items()}
    return ", ".join(named.values() if len(named) == 1 else (f"{source} {span}" for source, span in named.items()))


def segment(value: Any) -> str:
    """Text as one segment of a path."""
    return quote(str(value), safe="")


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "seconds": seconds,
    "moment": moment,
    "spans": spans,
    "segment": segment,
}
