"""`ports.TableStore`, `ports.LedgerStore` and `ports.CloneStore` in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tidegate.protocol.model import Clone, Head, LaneId, Lease, OffsetRange, PartitionValues, Place, Placed, Slice
from tidegate.protocol.refusals import foreign_table, same_clone
from tidegate.testing.checkpoint.epochs import HOUR_MS
from tidegate.testing.checkpoint.rows import OverRows


class MemoryTables(OverRows):
    """Where the partitions of tables lie, and which are being brought there."""

    def heads(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Head]:
        """The heads of a table: all of them, or those of the given partitions."""
        return {h.values: h for h in self._heads_of(table, values)}

    def placed(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Placed]:
        """Where the partitions of a table lie, and by which manifests."""
        found = {}
        for head in self._heads_of(table, values):
            epoch = self.rows.epochs[LaneId(head.pipeline, head.lane), head.epoch, head.generation]
            assert epoch.manifest is not None
            found[head.values] = Placed(head.location, epoch.manifest)
        return found

    def _heads_of(self, table: str, values: Sequence[PartitionValues] | None) -> Iterable[Head]:
        of_table = (h for (name, _), h in sorted(self.rows.heads.items()) if name == table)
        return [h for h in of_table if values is None or h.values in values]

    def placed_on_lane(
        self, lane: LaneId, table: str, values: Sequence[PartitionValues]
    ) -> dict[PartitionValues, Placed]:
        """Where a forked lane has those of some partitions of a table that are there, and by which manifests."""
        there = self.rows.lane_heads
        return {v: there[lane, (table, v)] for v in values if (lane, (table, v)) in there}

    def heads_of_pipeline(self, pipeline: str) -> list[Head]:
        """Every head that the pipeline set, by table and values."""
        return [h for _, h in sorted(self.rows.heads.items()) if h.pipeline == pipeline]

    def begin_repair(self, pipeline: str, table: str, values: Sequence[PartitionValues]) -> None:
        """Note which partitions are about to be brought to their heads."""
        with self._transaction() as rows:
            rows.repairs.update({(pipeline, (table, v)): self.now_ms() for v in values})

    def repairs(self, lane: LaneId) -> frozenset[Place]:
        """The partitions of the lane's pipeline that a repair of the last hour began to change."""
        since = self.now_ms() - HOUR_MS
        return frozenset(
            place for (of, place), began in self.rows.repairs.items() if of == lane.pipeline and began > since
        )


class MemoryLedger(OverRows):
    """The slices of sources."""

    def known(self, pipeline: str, source: str, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that slices in the source's ledger have."""
        return {s.key for s in self._slices(pipeline, source)} & set(keys)

    def entries(self, pipeline: str, source: str, keys: Sequence[str]) -> list[Slice]:
        """The slices in the source's ledger that have one of `keys`, by position."""
        return [s for s in self._slices(pipeline, source) if s.key in set(keys)]

    def readers(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        """The pipelines and sources, in order, in whose ledgers a slice has one of `keys`."""
        return sorted({(of, s.source) for (of, _, _), s in self.rows.slices.items() if s.key in set(keys)})

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        """The slices in a range of the source's ledger, in order."""
        return [s for s in self._slices(pipeline, source) if s.position in offsets]

    def tail(self, pipeline: str, source: str) -> Slice | None:
        """The last slice of the source's ledger; None when it is empty."""
        return next(reversed(self._slices(pipeline, source)), None)

    def corrected(self, pipeline: str) -> list[Slice]:
        """The slices about which a person has said something, by source and position."""
        return [s for (of, _, _), s in sorted(self.rows.slices.items()) if of == pipeline and s.word]

    def _slices(self, pipeline: str, source: str) -> list[Slice]:
        found = [s for (p, of, _), s in self.rows.slices.items() if (p, of) == (pipeline, source)]
        return sorted(found, key=lambda s: s.position)


class MemoryClones(OverRows):
    """The notes of clones."""

    def clones(self, pipeline: str) -> list[Clone]:
        """The pipeline's clones, by name."""
        return [c for _, c in sorted(self.rows.clones.items()) if c.pipeline == pipeline]

    def record_clone(self, lease: Lease, clone: Clone) -> Clone:
        """Note a clone; see the port."""
        with self._transaction() as rows:
            self._lock(lease)
            if taken := self._foreign([clone.table], ""):
                raise foreign_table(clone.pipeline, clone.table, taken.pipeline)
            found = rows.clones.setdefault(clone.table, replace(clone, made_ms=self.now_ms()))
            same_clone(found, clone)
            return found

    def forget_clone(self, lease: Lease, table: str) -> None:
        """Drop the note of a clone of the lane's pipeline."""
        with self._transaction() as rows:
            self._lock(lease)
            if table in rows.clones and rows.clones[table].pipeline == lease.lane.pipeline:
                del rows.clones[table]
