"""Step 4: what an epoch of each kind makes, and from what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.engine.archives import Archives
from tidegate.engine.history import History
from tidegate.engine.ledger import Ledger
from tidegate.engine.manifests import read_manifest, state_for
from tidegate.errors import InvariantViolationError
from tidegate.ports import Adapters, CompactionTask, EpochTask, Joining, Processed
from tidegate.protocol import layout
from tidegate.protocol.compaction import joinable
from tidegate.protocol.conservation import contradiction, lost
from tidegate.protocol.model import (
    MAIN_LANE,
    Compaction,
    Counts,
    Epoch,
    Events,
    Fork,
    Head,
    LaneId,
    Manifest,
    Place,
    Promotion,
    Rollback,
    StagedPartition,
)

_ALL = 2**31 - 1


@dataclass(frozen=True)
class Group:
    """Small partitions of one append table that are to become one, oldest first."""

    target: Target
    heads: tuple[Head, ...]


@dataclass(frozen=True)
class Work:
    """Computes the epochs of one pipeline. Effects: files below the attempt's own folder.

    Args:
        definition: the pipeline.
        adapters: the world.
        root: URI below which attempts write.
        reached: called with the name of each crash point.
        progress: called with one sentence per step.
    """

    definition: Definition
    adapters: Adapters
    root: str
    reached: Callable[[str, Epoch], None]
    progress: Callable[[str], None]

    @property
    def history(self) -> History:
        """What the tables were behind other epochs."""
        return History(self.definition, self.adapters)

    def compute(self, epoch: Epoch, root: str, *, superseded: tuple[str, ...]) -> Processed:
        """Make what `epoch` stands for, below `root`. Each kind gives the same again after a crash (I3)."""
        parent = read_manifest(self.adapters.storage, epoch.parent) if epoch.parent else None
        match epoch.purpose:
            case Events():
                made = self._process(epoch, parent, root, superseded)
            case Compaction():
                made = self._join(epoch, parent, root, superseded)
            case (Rollback() | Promotion()) as purpose:
                made = self._rebase(epoch, purpose, parent, root)
        return made if epoch.lane.lane != MAIN_LANE else self._with_previous(made)

    @property
    def ledger(self) -> Ledger:
        """The slices of the pipeline's sources."""
        d, adapters = self.definition, self.adapters
        return Ledger(d.name, adapters.store, adapters.sources, d.pipeline.ended)

    @property
    def archives(self) -> Archives:
        """What is kept of the input."""
        return Archives(self.definition, self.adapters)

    def check(self, epoch: Epoch) -> None:
        """Raise SourceGapError when what an epoch reads of its sources is not as it was planned (I8)."""
        self.archives.check(epoch, self.ledger.slices(epoch.offsets), self.archives.of(epoch))

    def _process(self, epoch: Epoch, parent: Manifest | None, root: str, superseded: tuple[str, ...]) -> Processed:
        state = state_for(self.definition, parent)
        slices = self.ledger.slices(epoch.offsets)
        skipped = sum(r.size for r in epoch.offsets.values()) - len(slices)
        archived = self.archives.of(epoch)
        self.archives.check(epoch, slices, archived)  # 3
        self.reached("processing", epoch)
        if not slices:
            return _without_events(parent, (), skipped=skipped)
        made = self.adapters.processor.process(
            EpochTask(
                definition=self.definition,
                epoch=epoch,
                slices=slices,
                readers=self.archives.readers(archived),
                parent_state=state,
                parent_watermarks=parent.watermarks if parent else {},
                root=root,
                locate=partial(self.history.on_lane, epoch.lane),
                superseded=superseded,
                archives=self.archives.places(self.root, epoch),
                progress=self.progress,
            )
        )  # 4
        self._conserve(epoch, made)
        self.archives.compare(epoch, archived, made.counts.rows_in)
        return replace(made, counts=replace(made.counts, skipped=skipped))

    def _conserve(self, epoch: Epoch, made: Processed) -> None:
        """Nothing is staged of an epoch that lost or doubled a row (I7)."""
        d = self.definition
        dead_letters = d.dead_letters.name if d.dead_letters else None
        problem = contradiction(made.counts, transformed=d.operator.transformed) or lost(
            made.counts, made.written, tables=[t.name for t in d.targets], dead_letters=dead_letters
        )
        if problem:
            raise InvariantViolationError(f"{epoch}: {problem}. Nothing of it is published; report this")

    def _with_previous(self, processed: Processed) -> Processed:
        """Note what the swap will replace: a replay needs it, and so does whoever goes back."""
        before = {
            (target.name, values): placed
            for target in self.definition.all_targets
            if (touched := [p.values for p in processed.partitions if p.table == target.name])
            for values, placed in self.adapters.store.placed(target.name, touched).items()
        }
        partitions = tuple(replace(p, previous=before.get((p.table, p.values))) for p in processed.partitions)
        return replace(processed, partitions=partitions)

    # -- compaction -----------------------------------------------------------------------------------------------

    def joinable(self) -> tuple[Group, ...]:
        """What there is to join: the same answer until it is done, for only this lane changes these heads."""
        return tuple(
            Group(target, heads)
            for target in self.definition.all_targets
            if target.mode.compacts and target.table.compact_at is not None
            for heads in joinable(
                list(self.adapters.store.heads(target.name).values()),
                minimum=target.table.compact_at,
                small_bytes=target.table.compact_to,
            )
        )

    def _join(self, epoch: Epoch, parent: Manifest | None, root: str, superseded: tuple[str, ...]) -> Processed:
        joinings = tuple(Joining(group.target, self._sources(group)) for group in self.joinable())
        self.reached("processing", epoch)
        joined = self.adapters.processor.compact(CompactionTask(epoch, joinings, root, superseded))  # 4
        rows = {(p.table, p.values): p.rows for p in joined}
        for joining in joinings:
            before = sum(source.rows for source in joining.sources)
            after = rows.get((joining.target.name, joining.sources[-1].values))
            if before != after:
                raise InvariantViolationError(f"{epoch}: {before} rows of {joining.target.name} became {after}")
        emptied = [(source.table, source.values) for j in joinings for source in j.sources[:-1]]
        return _without_events(parent, (*joined, *self._emptied(emptied, root)))

    def _sources(self, group: Group) -> tuple[StagedPartition, ...]:
        values = [head.values for head in group.heads]
        found = self.history.on_lane(LaneId(self.definition.name), group.target.name, values)
        return tuple(found[v] for v in values)

    def _rebase(self, epoch: Epoch, purpose: Rollback | Promotion, parent: Manifest | None, root: str) -> Processed:
        self.reached("processing", epoch)
        match purpose:
            case Rollback(to):
                changed = self.history.back_to(to)
            case Promotion(lane=name):
                changed = self.history.promoted(self._fork(name))
        there = [p for p in self.history.partitions(changed) if p]
        gone = [place for place, placed in changed if placed is None]
        return _without_events(parent, (*there, *self._emptied(gone, root)))

    def until(self, epoch: Epoch) -> int | None:
        """Main's last epoch that the lane of a promotion has replayed; None when that is none, and of other epochs."""
        match epoch.purpose:
            case Promotion(lane=name):
                replayed = self.history.replayed(self._fork(name).lane)
                return replayed[-1].epoch if replayed else None
            case _:
                return None

    def _fork(self, name: str) -> Fork:
        return next(f for f in self.adapters.store.forks(self.definition.name) if f.lane.lane == name)

    def _emptied(self, places: Sequence[Place], root: str) -> list[StagedPartition]:
        """Partitions without files, in a folder that holds none that a reader sees."""
        empty = layout.empty_in(root)
        if places:
            self.adapters.storage.write(f"{empty}/.keep", b"")
        return [StagedPartition(table, values, empty, ()) for table, values in places]


def _without_events(parent: Manifest | None, partitions: tuple[StagedPartition, ...], *, skipped: int = 0) -> Processed:
    return Processed(
        partitions=partitions,
        state=parent.state if parent else (),
        watermarks=parent.watermarks if parent else {},
        counts=Counts(skipped=skipped),
        timings_s={},
    )
