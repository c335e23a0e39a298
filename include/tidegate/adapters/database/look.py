"""One look at a table: what is new and settled, what does not go on as it was."""

from dataclasses import replace
from datetime import datetime

from tidegate.adapters.database.ranges import (
    Kind,
    Part,
    Reach,
    Seen,
    TableDetail,
    Value,
    Watched,
    before,
    largest,
    microseconds,
    missing,
    moment,
    reach_of_integers,
    shown,
)
from tidegate.adapters.database.table import Snapshot
from tidegate.api.database import DatabaseSource
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.protocol.ledger import Limit

PART_ROWS = 250_000
"""A larger slice is read by several tasks."""
WATCHED_ROWS = 100_000
"""So many of the newest rows that were taken are counted again at each look."""

Found = tuple[TableDetail, Value]
"""A slice's detail, and the first value in it; None when it has no rows."""


class Look:
    """What one snapshot of a table means for the ledger.

    Args:
        source: the declaration.
        pipeline: for messages.
        now: the snapshot.

    Raises ConfigurationError when there are rows that no range has.
    """

    def __init__(self, source: DatabaseSource, pipeline: str, now: Snapshot) -> None:
        self._source = source
        self._pipeline = pipeline
        self._now = now
        if unread := now.unread():
            raise ConfigurationError(
                f"{pipeline}: {unread:,} rows of {source.table} have no {source.cursor} by which they could be read "
                "(null, infinite, or in no year from 1 to 9999): give them one, and declare the column NOT NULL"
            )

    def onwards(self, last: TableDetail | None, limit: Limit, until_ms: int | None) -> Found | None:
        """What comes behind the last slice, and is settled; None when that is nothing.

        A slice without rows keeps where the source began, and what the next slice of a cursor of integers may reach.
        """
        now = self._now
        if last is None and self._source.start == "latest":
            newest = now.newest()
            return self._detail(newest, newest, begin=newest), None
        after = last.upto if last else self.begin()
        reach = self._reach(after, last.seen if last else None, until_ms)
        upto, seen = reach.upto, reach.seen
        begin = last.watched.after if last else after
        if not before(after, upto):
            return (self._detail(after, after, begin=begin, seen=seen), None) if _is_news(last, seen) else None
        detail, first = self.within(last, after, upto, seen, limit)
        return (detail, first) if detail.parts or _is_news(last, detail.seen) else None

    def within(self, last: TableDetail | None, after: Value, upto: Value, seen: Seen | None, limit: Limit) -> Found:
        """The range behind `after` up to `upto`, which keeps `seen`; one that `limit` ends sooner keeps `last`'s."""
        now = self._now
        if limit.rows is not None:
            cut = now.place(after, upto, limit.rows)
            if cut is not None and before(cut, upto):
                upto, seen = cut, last.seen if last else None
        parts, first = now.parts(after, upto, PART_ROWS)
        begin = last.watched.after if last else after
        return self._detail(after, upto, begin=begin, seen=seen, parts=parts), first

    def begin(self) -> Value:
        """What the first slice is behind, by the declared start.

        Raises ConfigurationError when that is no value of the cursor.
        """
        start, kind = self._source.start, self._now.kind
        if start in ("earliest", "latest"):
            return None
        if isinstance(start, datetime) == (kind is not Kind.MOMENT):
            wanted = "a moment" if kind is Kind.MOMENT else "an integer"
            raise ConfigurationError(
                f"{self._pipeline}: DatabaseSource start {start!r} is no value of {self._source.cursor}: give {wanted}"
            )
        return (microseconds(start) if isinstance(start, datetime) else int(start)) - 1

    def _reach(self, after: Value, earlier: Seen | None, until_ms: int | None) -> Reach:
        """How far the rows are settled, and before `until_ms`."""
        now, source = self._now, self._source
        if now.kind is Kind.MOMENT:
            settled = now.now - self._settle
            if until_ms is None:
                return Reach(now.newest(upto=settled))
            until = until_ms * 1000
            if until > settled + 1:
                raise UnavailableError(
                    f"{self._pipeline}: rows of {source.table} before {shown(now.kind, until)} settle for "
                    f"{source.settle}: run again in {moment(until) - moment(settled)}"
                )
            return Reach(now.newest(below=until))
        if until_ms is not None:
            raise ConfigurationError(
                f"{self._pipeline}: epochs that are bounded by data intervals need a DatabaseSource cursor that is a "
                f"timestamp, and {source.cursor!r} is none"
            )
        if now.kind is Kind.TRANSACTION:
            return Reach(now.newest(below=now.running()))
        newest = now.newest()
        seen = None if newest is None else Seen(newest, now.clock())
        return reach_of_integers(after, earlier, seen, self._settle)

    @property
    def _settle(self) -> int:
        return microseconds(moment(0) + self._source.settle)

    def _detail(
        self,
        after: Value,
        upto: Value,
        *,
        begin: Value,
        seen: Seen | None = None,
        parts: tuple[Part, ...] = (),
    ) -> TableDetail:
        """A slice's detail; what is watched reaches back no further than to `begin`."""
        now = self._now
        since = begin if upto is None else largest(begin, now.place(None, upto, WATCHED_ROWS + 1, back=True))
        watched = Watched(since, now.count(since, upto) if before(since, upto) else 0)
        return TableDetail(now.id, self._source.cursor, now.kind, after, upto, parts, watched, seen)

    def missing(self, last: TableDetail) -> str | None:
        """Why the table does not go on behind the last slice, as a sentence; None when it does.

        Raises ConfigurationError when that slice is of another cursor.
        """
        now, source = self._now, self._source
        if now.id == last.table and (last.cursor, last.kind) != (source.cursor, now.kind):
            raise ConfigurationError(
                f"{self._pipeline}: {source.table} was read by {last.cursor} ({last.kind}) until now, and not by "
                f"{source.cursor} ({now.kind}): put that back, or begin anew under another name of the pipeline"
            )
        same = now.id == last.table and last.upto is not None
        watched = now.count(last.watched.after, last.upto) if same else 0
        return missing(last, table=now.id, newest=now.newest(), watched=watched)

    def mark(self, last: TableDetail) -> TableDetail:
        """Where the table goes on behind a gap: made again at its beginning, gone backwards at its end."""
        now = self._now
        if now.id != last.table:
            return self._detail(None, None, begin=None)
        newest = now.newest()
        at = newest if newest is not None and before(newest, last.upto) else last.upto
        return self._detail(at, at, begin=last.watched.after, seen=last.seen)

    def anew(self, planned: TableDetail) -> Found:
        """A range as it is now, with the same bounds. Of a table that was made again there is nothing."""
        now = self._now
        if planned.table != now.id:
            nothing = Watched(planned.after, 0)
            return replace(planned, table=now.id, upto=planned.after, parts=(), watched=nothing), None
        if not before(planned.after, planned.upto):
            return planned, None
        parts, first = now.parts(planned.after, planned.upto, PART_ROWS)
        return replace(planned, parts=parts), first


def _is_news(last: TableDetail | None, seen: Seen | None) -> bool:
    """Whether a look kept what the one before did not."""
    return seen is not None and (last is None or seen != last.seen)
