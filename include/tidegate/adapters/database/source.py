"""A table of a database as a source: each look at it is a slice."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
    missing,
    reach_of_integers,
    shown,
)
from tidegate.adapters.database.reader import Range, TableReader, changed
from tidegate.adapters.database.table import COUNTED_MOST, Snapshot, Table, moment
from tidegate.api.database import DatabaseSource
from tidegate.errors import ConfigurationError, SourceGapError, UnavailableError
from tidegate.ports import Known
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind
from tidegate.protocol.model import Slice

PART_ROWS = 250_000
"""A larger slice is read by several tasks."""
WATCHED_ROWS = 100_000
"""So many of the newest rows that were taken are counted again at each look."""

_US = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DatabaseSourceAdapter:
    """Implements `ports.Source` for one pipeline's DatabaseSource.

    Args:
        source: the declaration.
        pipeline: for messages.
        url: of the database.
    """

    def __init__(self, source: DatabaseSource, pipeline: str, url: str) -> None:
        self._source = source
        self._pipeline = pipeline
        self._url = url
        self._table = Table(source, pipeline, url)
        self._settle = source.settle // _US

    @property
    def limit(self) -> Limit:
        """The cap of the settings."""
        return Limit(rows=self._source.max_rows)

    def discover(
        self,
        tail: Slice | None,
        known: Known,  # noqa: ARG002  (what comes behind the tail is in no slice)
        *,
        limit: Limit = NO_LIMIT,
        until_ms: int | None = None,
    ) -> list[Slice]:
        """One slice with the rows that are settled, cut by `limit`; none when there are none. See the port.

        A slice without rows keeps where the source began, and what the next slice of a cursor of integers may reach.

        Raises:
            ConfigurationError: also when rows have no value by which they could be read.
            SourceGapError: the table does not go on where the last slice ended, or rows came late.
            UnavailableError: with `until_ms`, when not all before it is settled.
        """
        last = TableDetail.of(tail) if tail else None
        with self._looked() as now:
            if last and (why := self._missing(last, now)):
                raise self._gap(why)
            found = self._first(now) if last is None and self._source.start == "latest" else None
            found = found or self._next(last, now, limit, until_ms)
        if found is None:
            return []
        detail, first = found
        position = behind(tail)
        began = None if first is None else first // 1000
        time_ms = (0 if began is None else began) if detail.kind is Kind.MOMENT else None
        key = f"{self._source.table}@{position}"
        return [Slice(self._source.uid, position, key, detail.to_json(), rows=detail.rows, time_ms=time_ms)]

    @contextmanager
    def _looked(self) -> Iterator[Snapshot]:
        with self._table.snapshot() as now:
            if unread := now.unread():
                raise ConfigurationError(
                    f"{self._pipeline}: {unread:,} rows of {self._source.table} have no {self._source.cursor} by which "
                    "they could be read (null, infinite, or in no year from 1 to 9999): give them one, and declare the "
                    "column NOT NULL"
                )
            yield now

    def _first(self, now: Snapshot) -> tuple[TableDetail, Value]:
        """Where the source begins when what is there already is not read."""
        at = now.newest()
        return self._detail(now, at, at, begin=at), None

    def _next(
        self, last: TableDetail | None, now: Snapshot, limit: Limit, until_ms: int | None
    ) -> tuple[TableDetail, Value] | None:
        after = last.upto if last else self._begin(now)
        reach = self._reach(now, after, last.seen if last else None, until_ms)
        upto, seen = reach.upto, reach.seen
        begin = last.watched.after if last else after
        if not before(after, upto):
            return (self._detail(now, after, after, begin=begin, seen=seen), None) if self._news(last, seen) else None
        if limit.rows is not None:
            cut = now.place(after, upto, limit.rows)
            if cut is not None and before(cut, upto):
                upto, seen = cut, last.seen if last else None
        parts, first = now.parts(after, upto, PART_ROWS)
        if not parts and not self._news(last, seen):
            return None
        return self._detail(now, after, upto, begin=begin, seen=seen, parts=parts), first

    @staticmethod
    def _news(last: TableDetail | None, seen: Seen | None) -> bool:
        """Whether a look kept what the one before did not."""
        return seen is not None and (last is None or seen != last.seen)

    def _begin(self, now: Snapshot) -> Value:
        start = self._source.start
        if start in ("earliest", "latest"):
            return None
        if isinstance(start, datetime) == (now.kind is not Kind.MOMENT):
            kind = "a moment" if now.kind is Kind.MOMENT else "an integer"
            raise ConfigurationError(
                f"{self._pipeline}: DatabaseSource start {start!r} is no value of {self._source.cursor}: give {kind}"
            )
        return ((start - _EPOCH) // _US if isinstance(start, datetime) else int(start)) - 1

    def _reach(self, now: Snapshot, after: Value, earlier: Seen | None, until_ms: int | None) -> Reach:
        """How far the rows are settled, and before `until_ms`."""
        if now.kind is Kind.MOMENT:
            settled = now.now - self._settle
            if until_ms is None:
                return Reach(now.newest(upto=settled))
            if until_ms * 1000 > settled + 1:
                raise UnavailableError(
                    f"{self._pipeline}: rows of {self._source.table} before {shown(now.kind, until_ms * 1000)} settle "
                    f"for {self._source.settle}: run again in {moment(until_ms * 1000) - moment(settled)}"
                )
            return Reach(now.newest(below=until_ms * 1000))
        if until_ms is not None:
            raise ConfigurationError(
                f"{self._pipeline}: epochs that are bounded by data intervals need a DatabaseSource cursor that is a "
                f"timestamp, and {self._source.cursor!r} is none"
            )
        if now.kind is Kind.TRANSACTION:
            return Reach(now.newest(below=now.running()))
        newest = now.newest()
        seen = None if newest is None else Seen(newest, now.clock())
        return reach_of_integers(after, earlier, seen, self._settle)

    def _detail(
        self,
        now: Snapshot,
        after: Value,
        upto: Value,
        *,
        begin: Value,
        seen: Seen | None = None,
        parts: tuple[Part, ...] = (),
    ) -> TableDetail:
        """A slice's detail; what is watched reaches back no further than to `begin`."""
        since = begin if upto is None else largest(begin, now.place(None, upto, WATCHED_ROWS + 1, back=True))
        watched = Watched(since, now.count(since, upto) if before(since, upto) else 0)
        return TableDetail(now.id, self._source.cursor, now.kind, after, upto, parts, watched, seen)

    def _missing(self, last: TableDetail, now: Snapshot) -> str | None:
        if (last.cursor, last.kind) != (self._source.cursor, now.kind):
            raise ConfigurationError(
                f"{self._pipeline}: {self._source.table} was read by {last.cursor} ({last.kind}) until now, and not by "
                f"{self._source.cursor} ({now.kind}): put that back, or begin anew under another name of the pipeline"
            )
        watched = 0 if last.upto is None else now.count(last.watched.after, last.upto)
        return missing(last, table=now.id, newest=now.newest(), watched=watched)

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:  # noqa: ARG002
        """The same slices: they have their rows and times since they were found; see the port."""
        return iter(slices)

    def check(self, slices: Sequence[Slice]) -> None:
        """Count the rows of planned ranges again; see the port."""
        with self._table.snapshot() as now:
            for slice_ in slices:
                detail = TableDetail.of(slice_)
                if now.id != detail.table:
                    raise self._gap("the table was dropped and made again under its name")
                rows = now.count(detail.after, detail.upto) if before(detail.after, detail.upto) else 0
                if rows != detail.rows:
                    whole = Range(detail.table, detail.kind, detail.after, detail.upto or 0, detail.rows)
                    raise changed(self._pipeline, self._source, whole, rows)

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        """Ranges that have another number of rows now, as they are; see the port."""
        with self._looked() as now:
            if any(TableDetail.of(s).table != now.id for s in slices):
                raise self._gap("the table was dropped and made again under its name")
            return self._anew(slices, now)

    def _anew(self, slices: Sequence[Slice], now: Snapshot) -> list[Slice]:
        """Those of some slices that the table has otherwise now, in order, with the same bounds.

        The last one watches as many rows more or less as it and those before it have now: rows that came late elsewhere
        are still to be found.
        """
        changed_, more = [], 0
        for slice_ in slices:
            planned = TableDetail.of(slice_)
            anew, first = self._as_now(planned, now)
            more += anew.rows - planned.rows
            if slice_ is slices[-1] and more:
                anew = replace(anew, watched=replace(anew.watched, rows=max(anew.watched.rows + more, 0)))
            if anew != planned:
                began = slice_.time_ms if first is None or now.kind is not Kind.MOMENT else first // 1000
                changed_.append(replace(slice_, detail=anew.to_json(), rows=anew.rows, time_ms=began))
        return changed_

    @staticmethod
    def _as_now(planned: TableDetail, now: Snapshot) -> tuple[TableDetail, Value]:
        """A range as it is now, and its first value. Of a table that was made again there is nothing."""
        if planned.table != now.id:
            return replace(planned, table=now.id, upto=planned.after, parts=(), watched=Watched(planned.after, 0)), None
        if not before(planned.after, planned.upto):
            return planned, None
        parts, first = now.parts(planned.after, planned.upto, PART_ROWS)
        return replace(planned, parts=parts), first

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """Ranges as they are now, and a slice without rows that says where the table goes on; see the port.

        A table that was made again goes on at its beginning, one that went backwards at its end; rows that came late
        are not read.
        """
        if tail is None:
            return []
        with self._looked() as now:
            changed_ = self._anew(waiting, now)
            last = TableDetail.of(next((s for s in changed_ if s.position == tail.position), tail))
            if now.id == TableDetail.of(tail).table and not self._missing(last, now):
                return changed_
            at, since, seen = self._onwards(TableDetail.of(tail), now)
            mark = self._detail(now, at, at, begin=since, seen=seen)
        position = behind(tail)
        key = f"{self._source.table}@{position}"
        return [*changed_, Slice(self._source.uid, position, key, mark.to_json(), rows=0, skipped=True)]

    @staticmethod
    def _onwards(last: TableDetail, now: Snapshot) -> tuple[Value, Value, Seen | None]:
        """Where a table goes on behind a gap, since where it is watched, and what was seen of it."""
        if now.id != last.table:
            return None, None, None
        newest = now.newest()
        at = newest if newest is not None and before(newest, last.upto) else last.upto
        return at, last.watched.after, last.seen

    def outlook(self, tail: Slice | None) -> tuple[str, ...]:
        """How much is left behind the slices, and which transactions may commit rows late; see the port."""
        told, source = [], self._source
        with self._table.snapshot() as now:
            if left := now.count_behind(TableDetail.of(tail).upto if tail else self._begin(now)):
                more = "or more " if left == COUNTED_MOST else ""
                told.append(f"{left:,} {more}rows of {source.table} are left for later epochs")
            for writer in now.writers():
                if now.kind is Kind.TRANSACTION:
                    means = "rows wait until it is over"
                elif writer.age > source.settle:
                    means = f"longer than settle={source.settle}: its rows may come too late to be read"
                else:
                    continue
                told.append(
                    f"a transaction that has written to {source.table} (process {writer.pid}) is open for "
                    f"{writer.age}; {means}"
                )
        return tuple(told)

    def rows(self, slices: Sequence[Slice]) -> int | None:
        """The rows that were planned."""
        return sum(s.rows or 0 for s in slices)

    def gone(self, slices: Sequence[Slice]) -> list[Slice]:
        """All but the last: the values of a slice come up only once, and where it ends the next one begins."""
        return list(slices[:-1])

    def named(self, text: str) -> str:
        """The slice's key, as it is."""
        return text

    def reader(self) -> TableReader:
        """What reads ranges."""
        return TableReader(self._pipeline, self._source, self._url)

    def _gap(self, why: str) -> SourceGapError:
        return SourceGapError(
            f"{self._pipeline}: {self._source.table} does not go on by {self._source.cursor} where it was read up to: "
            f"{why}. Nothing was skipped. Give rows that are to be read values behind that, or go on as it is: "
            f"`tidegate gap {self._pipeline} --accept --reason …`"
        )
