"""Ranges of a cursor: what a slice keeps of them, how far one reaches, what is missing. Data in, data out.

A value is an integer in any case: a moment is microseconds since 1970 UTC. None stands before every value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from tidegate.protocol.formats import DATABASE, canonical, read
from tidegate.protocol.model import Slice

Value = int | None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


class Kind(StrEnum):
    """What the values of a cursor are."""

    INTEGER = "integer"
    MOMENT = "moment"
    TRANSACTION = "transaction"


@dataclass(frozen=True)
class Part:
    """Rows that are read by one task: behind the part before, up to `upto`."""

    upto: int
    rows: int


@dataclass(frozen=True)
class Seen:
    """The largest value that was there at a look, and when the look was over: microseconds by the database's clock."""

    value: int
    at: int


@dataclass(frozen=True)
class Watched:
    """How many rows there were behind a value and up to the end of the slice: more of them later are late ones."""

    after: Value
    rows: int


@dataclass(frozen=True)
class TableDetail:
    """What makes a slice of a table: the rows whose cursor is behind `after` and at most `upto`.

    Args:
        table: its oid, which tells it from another table of its name.
        cursor: the column.
        kind: of the values.
        after: see above; the end of the slice before it.
        upto: see above; equal to `after` when there is nothing to read.
        parts: the rows, cut.
        watched: what is counted again at the next look.
        seen: of a cursor of integers, what the next slice may reach up to once it is settled.
    """

    table: int
    cursor: str
    kind: Kind
    after: Value
    upto: Value
    parts: tuple[Part, ...]
    watched: Watched
    seen: Seen | None = None

    @classmethod
    def of(cls, slice_: Slice) -> Self:
        """As it was planned. Raises FormatError, which names the slice, when it is of a format that is not known."""
        return read(DATABASE, slice_.detail.encode(), slice_.key, cls._decoded)

    @classmethod
    def _decoded(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            table=found["table"],
            cursor=found["cursor"],
            kind=Kind(found["kind"]),
            after=found["after"],
            upto=found["upto"],
            parts=tuple(Part(*part) for part in found["parts"]),
            watched=Watched(*found["watched"]),
            seen=Seen(*found["seen"]) if found["seen"] else None,
        )

    def to_json(self) -> str:
        """Canonical: the same range gives the same text."""
        content = {
            "format": DATABASE.format,
            "table": self.table,
            "cursor": self.cursor,
            "kind": self.kind,
            "after": self.after,
            "upto": self.upto,
            "parts": [[p.upto, p.rows] for p in self.parts],
            "watched": [self.watched.after, self.watched.rows],
            "seen": [self.seen.value, self.seen.at] if self.seen else None,
        }
        return canonical(content).decode()

    @property
    def rows(self) -> int:
        """How many rows there were when it was planned."""
        return sum(p.rows for p in self.parts)

    def spans(self) -> list[tuple[Value, Part]]:
        """Each part, with the value that it is behind."""
        starts = [self.after, *(p.upto for p in self.parts)]
        return list(zip(starts, self.parts, strict=False))


def largest(*values: Value) -> Value:
    """The largest of some values."""
    return max((v for v in values if v is not None), default=None)


def before(a: Value, b: Value) -> bool:
    """Whether a value is smaller than another one."""
    return b is not None and (a is None or a < b)


@dataclass(frozen=True)
class Reach:
    """How far a slice may reach, and what the look keeps for the next one."""

    upto: Value
    seen: Seen | None = None


def reach_of_integers(after: Value, earlier: Seen | None, now: Seen | None, settle_us: int) -> Reach:
    """How far values are settled that say nothing of their time.

    A value that was there at a look was taken before it, and so was every smaller one, where they are given out in
    order. Whoever took one commits within the settle time, so a look that much later finds all of them.

    Args:
        after: where the last slice ended.
        earlier: what that slice kept of its look; None when there was none.
        now: the largest value of this look; None when there are no rows.
        settle_us: microseconds; 0 trusts every value that is there.
    """
    if now is None:
        return Reach(after, earlier)
    if settle_us == 0:
        return Reach(largest(after, now.value))
    if earlier is None:
        return Reach(after, now if before(after, now.value) else None)
    if now.at - earlier.at < settle_us:
        return Reach(after, earlier)
    upto = largest(after, earlier.value)
    return Reach(upto, now if before(upto, now.value) else None)


def missing(tail: TableDetail, *, table: int, newest: Value, watched: int) -> str | None:
    """Why a table does not go on where the last slice ended, as a sentence; None when it does.

    Args:
        tail: the last slice.
        table: the oid of the table now.
        newest: the largest value now; None when the table has no rows.
        watched: the rows now of what the slice watches.
    """
    if table != tail.table:
        return "the table was dropped and made again under its name"
    if newest is not None and before(newest, tail.upto):
        read_up_to = shown(tail.kind, tail.upto)
        return f"its largest value is {shown(tail.kind, newest)} now, and rows up to {read_up_to} were read"
    if watched > tail.watched.rows:
        late = watched - tail.watched.rows
        return (
            f"{late:,} row{'s' if late > 1 else ''} came late: behind {shown(tail.kind, tail.watched.after)} and up to "
            f"{shown(tail.kind, tail.upto)}, where everything was taken, there were {tail.watched.rows:,} and are "
            f"{watched:,} now"
        )
    return None


def shown(kind: Kind, value: Value) -> str:
    """A value for people."""
    if value is None:
        return "the beginning"
    if kind is not Kind.MOMENT:
        return str(value)
    return f"{moment(value):%Y-%m-%d %H:%M:%S.%f} UTC"


def moment(us: int) -> datetime:
    """A moment from its microseconds since 1970 UTC."""
    return _EPOCH + us * _US


def microseconds(at: datetime) -> int:
    """Since 1970 UTC."""
    return (at - _EPOCH) // _US
