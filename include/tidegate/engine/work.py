"""Step 4: what an epoch of each kind makes, and from what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Mode
from tidegate.engine.manifests import read_manifest
from tidegate.errors import InvariantViolationError
from tidegate.ports import Adapters, CompactionTask, EpochTask, Joining, Processed
from tidegate.protocol.compaction import joinable
from tidegate.protocol.model import (
    Counts,
    Epoch,
    FileEntry,
    Kind,
    LaneId,
    ManifestRef,
    Place,
    Placed,
    StagedPartition,
    StateRun,
)
from tidegate.protocol.rebasing import changes, undo, undone

_ALL = 2**31 - 1


@dataclass(frozen=True)
class Work:
    """Computes the epochs of one pipeline. Effects: files below the attempt's own folder.

    Args:
        definition: the pipeline.
        adapters: the world.
        reached: called with the name of each crash point.
        progress: called with one sentence per step.
    """

    definition: Definition
    adapters: Adapters
    reached: Callable[[str, Epoch], None]
    progress: Callable[[str], None]

    def compute(self, epoch: Epoch, root: str, *, superseded: tuple[int, ...]) -> Processed:
        """Make what `epoch` stands for, below `root`. Each kind gives the same again after a crash (I3)."""
        parent = read_manifest(self.adapters.storage, epoch.parent) if epoch.parent else None
        state = parent.state if parent else ()
        match epoch.kind:
            case Kind.EVENTS:
                made = self._process(epoch, state, root, superseded)
            case Kind.COMPACTION:
                made = self._join(epoch, state, root, superseded)
            case Kind.ROLLBACK | Kind.PROMOTION:
                made = self._rebase(epoch, state, root)
        return self._with_previous(made)

    def entries(self, epoch: Epoch) -> tuple[FileEntry, ...]:
        """The source entries of the epoch's range."""
        return tuple(self.adapters.store.log(self.definition.name, epoch.offsets))

    def _process(self, epoch: Epoch, state: tuple[StateRun, ...], root: str, superseded: tuple[int, ...]) -> Processed:
        entries = self.entries(epoch)
        self.adapters.source.check(entries)  # 3
        self.reached("processing", epoch)
        return self.adapters.processor.process(
            EpochTask(
                definition=self.definition,
                epoch=epoch,
                entries=entries,
                parent_state=state,
                root=root,
                locate=self.adapters.store.heads,
                superseded=superseded,
                progress=self.progress,
            )
        )  # 4

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

    def joinings(self) -> tuple[Joining, ...]:
        """What there is to join: the same answer until it is done, for only this lane changes these heads."""
        return tuple(
            Joining(target, group)
            for target in self.definition.all_targets
            if target.mode is Mode.APPEND and target.table.compact_at is not None
            for group in joinable(
                list(self.adapters.store.heads(target.name).values()),
                minimum=target.table.compact_at,
                small_bytes=target.table.compact_to,
            )
        )

    def _join(self, epoch: Epoch, state: tuple[StateRun, ...], root: str, superseded: tuple[int, ...]) -> Processed:
        joinings = self.joinings()
        self.reached("processing", epoch)
        joined = self.adapters.processor.compact(CompactionTask(epoch, joinings, root, superseded))  # 4
        rows = {(p.table, p.values): p.rows for p in joined}
        for joining in joinings:
            before = sum(head.rows for head in joining.sources)
            after = rows.get((joining.target.name, joining.sources[-1].values))
            if before != after:
                raise InvariantViolationError(f"{epoch}: {before} rows of {joining.target.name} became {after}")
        emptied = [(j.target.name, head.values) for j in joinings for head in j.sources[:-1]]
        return _without_events(epoch, state, (*joined, *self._emptied(emptied, root)))

    # -- going back -----------------------------------------------------------------------------------------------

    def back_to(self, lane: LaneId, number: int) -> list[tuple[Place, Placed | None]]:
        """Which partitions lay elsewhere behind the lane's epoch `number`, and where; None for those that were not."""
        manifests = [
            read_manifest(self.adapters.storage, e.manifest)
            for e in undone(self.adapters.store.epochs(lane, limit=_ALL), to=number)
        ]
        now = {
            (target.name, values): placed
            for target in self.definition.all_targets
            for values, placed in self.adapters.store.placed(target.name).items()
        }
        return changes(now, undo(now, manifests))

    def _rebase(self, epoch: Epoch, state: tuple[StateRun, ...], root: str) -> Processed:
        self.reached("processing", epoch)
        changed = self.back_to(epoch.lane, epoch.restores or 0)
        manifests: dict[ManifestRef, Mapping[Place, StagedPartition]] = {}
        for _, placed in changed:
            if placed and placed.manifest not in manifests:
                listed = read_manifest(self.adapters.storage, placed.manifest).partitions
                manifests[placed.manifest] = {(p.table, p.values): p for p in listed}
        there = [manifests[placed.manifest][place] for place, placed in changed if placed]
        gone = [place for place, placed in changed if placed is None]
        return _without_events(epoch, state, (*there, *self._emptied(gone, root)))

    def _emptied(self, places: Sequence[Place], root: str) -> list[StagedPartition]:
        """Partitions without files, in a folder that holds none that a reader sees."""
        empty = f"{root}/empty"
        if places:
            self.adapters.storage.write(f"{empty}/.keep", b"")
        return [StagedPartition(table, values, empty, ()) for table, values in places]


def _without_events(epoch: Epoch, state: tuple[StateRun, ...], partitions: tuple[StagedPartition, ...]) -> Processed:
    return Processed(
        partitions=partitions, state=state, watermark_ms=epoch.watermark_in_ms, counts=Counts(), timings_s={}
    )
