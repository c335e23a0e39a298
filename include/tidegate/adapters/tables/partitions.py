"""Partitions of a Hive table that somebody else writes as a source: each, as it was found, is a slice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from tidegate.adapters.hive.foreign import ForeignTable
from tidegate.adapters.tables.detail import PartitionDetail
from tidegate.adapters.tables.files import constants_of
from tidegate.adapters.tables.listing import Listing
from tidegate.adapters.tables.reader import PartitionsReader
from tidegate.api.tables import Changed, HiveTableSource
from tidegate.errors import ConfigurationError, MalformedInputError, SourceGapError, UnavailableError
from tidegate.ports import Known
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind
from tidegate.protocol.model import PartitionValues, Slice

_NAMED_MOST = 10
"""An error names at most so many partitions."""


class Tables(Protocol):
    """The metastore; see `adapters.hive.foreign`."""

    def table(self, name: str) -> ForeignTable:
        """A table as it is now."""


class HiveTableSourceAdapter:
    """Implements `ports.Source` for one pipeline's HiveTableSource.

    Args:
        source: the declaration.
        pipeline: for messages.
        tables: the metastore.
        ledger: gives all slices that the source's ledger has.
        now: the time in seconds since 1970 UTC.
    """

    def __init__(
        self,
        source: HiveTableSource,
        pipeline: str,
        tables: Tables,
        ledger: Callable[[], Sequence[Slice]],
        *,
        now: Callable[[], float],
    ) -> None:
        self._source = source
        self._pipeline = pipeline
        self._tables = tables
        self._ledger = ledger
        self._listing = Listing(source, pipeline, now)

    @property
    def retiring(self) -> None:
        """Whose tables they are, their partitions stay; see the port."""
        return None

    @property
    def limit(self) -> Limit:
        """The caps of the settings."""
        return Limit(slices=self._source.max_partitions, bytes=self._source.max_bytes)

    def discover(
        self,
        tail: Slice | None,
        known: Known,  # noqa: ARG002  (a partition is known by its values, in whatever state)
        *,
        limit: Limit = NO_LIMIT,  # noqa: ARG002  (partitions are never split)
        until_ms: int | None = None,
    ) -> list[Slice]:
        """Look at every partition and list its files; see the port.

        Raises:
            ConfigurationError: the table, or the folder of a partition, cannot be read so.
            SourceGapError: a partition is not as it was read, and the settings say "stop".
        """
        if until_ms is not None:
            raise ConfigurationError(
                f"{self._pipeline}: partitions of {self._source.table} tell no time by which an interval could bound "
                "them: declare bound='available'"
            )
        table, last = self._look(), self._last()
        new, changed = list[PartitionDetail](), list[PartitionDetail]()
        for partition in sorted(table.partitions, key=lambda p: p.values):
            now = self._listing.settled(table, partition)
            if now is None or now == last.get(partition.values):
                continue
            (changed if partition.values in last else new).append(now)
        if changed and self._source.changed is Changed.STOP:
            raise _gap(self._pipeline, changed)
        return [
            self._slice(position, detail, again=detail.values in last)
            for position, detail in enumerate([*new, *changed], behind(tail))
        ]

    def _look(self) -> ForeignTable:
        try:
            table = self._tables.table(self._source.table)
        except ConfigurationError as e:
            raise ConfigurationError(f"{self._pipeline}: {e}; correct HiveTableSource table") from e
        there = (*table.columns, *table.keys)
        if missing := [name for name in self._source.schema.names if name not in there]:
            raise ConfigurationError(
                f"{self._pipeline}: {self._source.table} has no column {missing[0]!r}, but {', '.join(there)}: correct "
                "HiveTableSource schema"
            )
        return table

    def _last(self) -> dict[PartitionValues, PartitionDetail]:
        """Each partition as the ledger has it, the last of its states."""
        return {detail.values: detail for detail in map(self._detail, self._ledger())}

    def _detail(self, slice_: Slice) -> PartitionDetail:
        detail = PartitionDetail.of(slice_)
        if detail.table != self._source.table:
            raise ConfigurationError(
                f"{self._pipeline}: the source {self._source.uid!r} has read {detail.table}: another table is another "
                "source, give it a uid of its own"
            )
        return detail

    def _slice(self, position: int, detail: PartitionDetail, *, again: bool) -> Slice:
        key = f"{detail.name}~{position}" if again else detail.name
        return Slice(self._source.uid, position, key, detail.to_json(), bytes=detail.bytes)

    # -- what was planned -------------------------------------------------------------------------------------------

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:  # noqa: ARG002
        """The same slices: they have their bytes since they were found, and tell no times; see the port."""
        return iter(slices)

    def _now_of(self, slices: Sequence[Slice]) -> Iterator[tuple[Slice, PartitionDetail, PartitionDetail | None]]:
        """Planned slices, what was planned, and what is there now; None when the partition is not."""
        table = self._look()
        there = {p.values: p for p in table.partitions}
        for slice_ in slices:
            planned = self._detail(slice_)
            now = there.get(planned.values)
            yield slice_, planned, self._listing.listed(table, now)[0] if now else None

    def check(self, slices: Sequence[Slice]) -> None:
        """Compare every planned partition with what was planned; see the port."""
        for slice_, planned, now in self._now_of(slices):
            if now is None or not now.files:
                raise _gone(self._pipeline, slice_)
            if now != planned:
                raise SourceGapError(
                    f"{self._pipeline}: planned partition {planned.name} of {planned.table} has changed: "
                    f"{_difference(planned, now)}. Put it back as it was, or let it be taken as it is now: "
                    f"`tidegate give-up {self._pipeline} --reason …`"
                )
            try:
                constants_of(self._source.schema, planned.columns, planned.values)
            except MalformedInputError as e:
                raise MalformedInputError(
                    f"{self._pipeline}: {planned.table}: {e}. Correct HiveTableSource schema, or leave the partition "
                    f"out: `tidegate skip {self._pipeline} '{slice_.key}' --reason …`"
                ) from e

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        """Those that have changed, as they are now; see the port. A partition settles before it is taken (I8).

        One that was found once more since is skipped: a later slice has it.
        """
        table, changed = self._look(), []
        there = {p.values: p for p in table.partitions}
        newest = {self._detail(s).values: s.position for s in self._ledger()}
        for slice_ in slices:
            planned = self._detail(slice_)
            if newest.get(planned.values, slice_.position) > slice_.position:
                changed.append(replace(slice_, skipped=True))
                continue
            if planned.values not in there:
                raise _gone(self._pipeline, slice_)
            now = self._listing.settled(table, there[planned.values])
            if now is None:
                raise UnavailableError(
                    f"{self._pipeline}: partition {planned.name} of {planned.table} may not be complete: it is taken "
                    f"when it has not changed for {self._source.settle}"
                )
            if now != planned:
                changed.append(replace(slice_, detail=now.to_json(), bytes=now.bytes))
        return changed

    def recut(self, before: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:  # noqa: ARG002
        """None: partitions are never split; see the port."""
        return []

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """Takes planned partitions that have changed as they are now, skips those that are gone; see the port.

        Of one that has changed since it was read a slice that is skipped keeps how it is now: it is not read again.
        """
        found = []
        for slice_, planned, now in self._now_of(waiting):
            if now is None or not now.files:
                found.append(replace(slice_, skipped=True))
            elif now != planned:
                found.append(replace(slice_, detail=now.to_json(), bytes=now.bytes))
        unread = {self._detail(s).values for s in waiting}
        table, last, position = self._look(), self._last(), behind(tail)
        for partition in sorted(table.partitions, key=lambda p: p.values):
            if partition.values not in last or partition.values in unread:
                continue
            now = self._listing.listed(table, partition)[0]
            if now.files and now != last[partition.values]:
                found.append(replace(self._slice(position, now, again=True), skipped=True))
                position += 1
        return found

    def outlook(self, tail: Slice | None, known: Known) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing: every partition that is complete is in a slice; see the port."""
        return ()

    def rows(self, slices: Sequence[Slice]) -> int | None:  # noqa: ARG002
        """None: nobody has counted them; see the port."""
        return None

    def gone(self, slices: Sequence[Slice]) -> list[Slice]:
        """Partitions that were dropped; none when not one is left. See the port."""
        there = {p.values for p in self._look().partitions}
        gone = [s for s in slices if self._detail(s).values not in there]
        return gone if len(gone) < len(slices) else []

    def named(self, text: str) -> str:
        """The partition's name, as it is."""
        return text

    def sealed(self, last: Callable[[], Slice | None]) -> str | None:  # noqa: ARG002
        """Nobody is told; see the port."""
        return None

    def reader(self) -> PartitionsReader:
        """What reads the files of partitions."""
        return PartitionsReader(self._pipeline, self._source)


def _gone(pipeline: str, slice_: Slice) -> SourceGapError:
    return SourceGapError(
        f"{pipeline}: planned partition {slice_.key} of {PartitionDetail.of(slice_).table} is gone: put it back as "
        f"it was, or go on without it: `tidegate skip {pipeline} '{slice_.key}' --reason …`"
    )


def _gap(pipeline: str, changed: Sequence[PartitionDetail]) -> SourceGapError:
    more = f" and {len(changed) - _NAMED_MOST} more" if len(changed) > _NAMED_MOST else ""
    named = ", ".join(d.name for d in changed[:_NAMED_MOST])
    return SourceGapError(
        f"{pipeline}: partitions of {changed[0].table} are not as they were read or planned: {named}"
        f"{more}. Nothing was read or skipped. To read them whole once more, as for tables in which the newest row "
        "wins: HiveTableSource(changed='again'). To leave it at what was read, and take what is planned as it is "
        f"now: `tidegate gap {pipeline} --accept --reason …`"
    )


def _difference(planned: PartitionDetail, now: PartitionDetail) -> str:
    if planned.location != now.location:
        return f"it lies in {now.location} now, and lay in {planned.location}"
    before, after = {f.name: f for f in planned.files}, {f.name: f for f in now.files}
    other = sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))
    return f"{len(other)} of its files, the first is {other[0]}"
