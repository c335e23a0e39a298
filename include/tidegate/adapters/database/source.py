"""A table of a database as a source: each look at it is a slice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tidegate.adapters.database.look import Look
from tidegate.adapters.database.ranges import Kind, TableDetail, before
from tidegate.adapters.database.reader import Range, TableReader, changed
from tidegate.adapters.database.table import COUNTED_MOST, Table
from tidegate.api.database import DatabaseSource
from tidegate.errors import SourceGapError
from tidegate.ports import Known
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind
from tidegate.protocol.model import Slice

_MADE_AGAIN = "the table was dropped and made again under its name"


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

    @property
    def limit(self) -> Limit:
        """The cap of the settings."""
        return Limit(rows=self._source.max_rows)

    @property
    def retiring(self) -> None:
        """None: what is there belongs to others; see the port."""
        return None

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
        with self._looked() as look:
            if last and (why := look.missing(last)):
                raise self._gap(why)
            found = look.onwards(last, limit, until_ms)
        if found is None:
            return []
        detail, first = found
        # The time of a slice without rows is the beginning of time, for it can hold nothing back.
        time_ms = (first or 0) // 1000 if detail.kind is Kind.MOMENT else None
        return [self._slice(behind(tail), detail, time_ms=time_ms)]

    def _slice(self, position: int, detail: TableDetail, *, time_ms: int | None = None) -> Slice:
        key = f"{self._source.table}@{position}"
        return Slice(self._source.uid, position, key, detail.to_json(), rows=detail.rows, time_ms=time_ms)

    @contextmanager
    def _looked(self) -> Iterator[Look]:
        with self._table.snapshot() as now:
            yield Look(self._source, self._pipeline, now)

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:  # noqa: ARG002
        """The same slices: they have their rows and times since they were found; see the port."""
        return iter(slices)

    def check(self, slices: Sequence[Slice]) -> None:
        """Count the rows of planned ranges again; see the port."""
        with self._table.snapshot() as now:
            for slice_ in slices:
                detail = TableDetail.of(slice_)
                if now.id != detail.table:
                    raise self._gap(_MADE_AGAIN)
                if detail.upto is None or not before(detail.after, detail.upto):
                    continue
                rows = now.count(detail.after, detail.upto)
                if rows != detail.rows:
                    whole = Range(detail.table, detail.kind, detail.after, detail.upto, detail.rows)
                    raise changed(self._pipeline, self._source, whole, rows)

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        """Ranges that have another number of rows now, as they are; see the port."""
        with self._looked() as look:
            found = self._anew(slices, look)
        planned = {s.position: TableDetail.of(s).table for s in slices}
        if any(TableDetail.of(s).table != planned[s.position] for s in found):
            raise self._gap(_MADE_AGAIN)
        return found

    def _anew(self, slices: Sequence[Slice], look: Look) -> list[Slice]:
        """Those of some slices that the table has otherwise now, in order, with the same bounds.

        The last one watches as many rows more or less as it and those before it have now: rows that came late elsewhere
        are still to be found.
        """
        found, more = [], 0
        for slice_ in slices:
            planned = TableDetail.of(slice_)
            anew, first = look.anew(planned)
            more += anew.rows - planned.rows
            if slice_ is slices[-1] and more and anew.table == planned.table:
                anew = replace(anew, watched=replace(anew.watched, rows=max(anew.watched.rows + more, 0)))
            if anew != planned:
                time_ms = slice_.time_ms if first is None or anew.kind is not Kind.MOMENT else first // 1000
                found.append(replace(slice_, detail=anew.to_json(), rows=anew.rows, time_ms=time_ms))
        return found

    def recut(self, before: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """Ranges with at most so many rows as the settings say now; see the port."""
        most = self._source.max_rows
        large = next((i for i, s in enumerate(waiting) if most and TableDetail.of(s).rows > most), len(waiting))
        last = waiting[large - 1] if large else before
        earlier, found = TableDetail.of(last) if last else None, []
        with self._looked() as look:
            for slice_ in waiting[large:]:
                planned = TableDetail.of(slice_)
                after = planned.after if earlier is None else earlier.upto
                earlier, first = look.within(earlier, after, planned.upto, planned.seen, self.limit)
                time_ms = slice_.time_ms if first is None or earlier.kind is not Kind.MOMENT else first // 1000
                found.append(replace(slice_, detail=earlier.to_json(), rows=earlier.rows, time_ms=time_ms))
        return found

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """Ranges as they are now, and a slice without rows that says where the table goes on; see the port.

        Rows that came late are not read.
        """
        if tail is None:
            return []
        last = TableDetail.of(tail)
        with self._looked() as look:
            found = self._anew(waiting, look)
            now = TableDetail.of(next((s for s in found if s.position == tail.position), tail))
            if now.table == last.table and not look.missing(now):
                return found
            return [*found, replace(self._slice(behind(tail), look.mark(last)), skipped=True)]

    def outlook(self, tail: Slice | None, known: Known) -> tuple[str, ...]:  # noqa: ARG002
        """How much is left behind the slices, and which transactions may commit rows late; see the port."""
        told, source = [], self._source
        with self._table.snapshot() as now:
            after = TableDetail.of(tail).upto if tail else Look(source, self._pipeline, now).begin()
            if left := now.count_behind(after):
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

    def sealed(self, last: Callable[[], Slice | None]) -> str | None:  # noqa: ARG002
        """Nobody is told; see the port."""
        return None

    def reader(self) -> TableReader:
        """What reads ranges."""
        return TableReader(self._pipeline, self._source, self._url)

    def _gap(self, why: str) -> SourceGapError:
        return SourceGapError(
            f"{self._pipeline}: {self._source.table} does not go on by {self._source.cursor} where it was read up to: "
            f"{why}. Nothing was skipped. Give rows that are to be read values behind that, or go on as it is: "
            f"`tidegate gap {self._pipeline} --accept --reason …`"
        )
