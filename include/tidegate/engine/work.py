"""Step 4: what an epoch of each kind makes, and from what."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Mode, Target
from tidegate.engine.manifests import listed, read_manifest
from tidegate.errors import ConfigurationError, InvariantViolationError, SourceGapError
from tidegate.ports import Adapters, CompactionTask, EpochTask, Joining, Processed
from tidegate.protocol import layout
from tidegate.protocol.compaction import joinable
from tidegate.protocol.conservation import contradiction, lost
from tidegate.protocol.lanes import left, line
from tidegate.protocol.model import (
    MAIN_LANE,
    Counts,
    Epoch,
    FileEntry,
    Fork,
    Head,
    Kind,
    LaneId,
    Manifest,
    ManifestRef,
    OffsetRange,
    PartitionValues,
    Place,
    Placed,
    StagedPartition,
    StateRun,
    Status,
)
from tidegate.protocol.rebasing import changes, redo, undo, undone

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
        reached: called with the name of each crash point.
        progress: called with one sentence per step.
    """

    definition: Definition
    adapters: Adapters
    reached: Callable[[str, Epoch], None]
    progress: Callable[[str], None]

    def compute(self, epoch: Epoch, root: str, *, superseded: tuple[str, ...]) -> Processed:
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
        return made if epoch.lane.lane != MAIN_LANE else self._with_previous(made)

    def entries(self, offsets: OffsetRange) -> tuple[FileEntry, ...]:
        """The source entries of a range that are to be read: those but for the skipped ones.

        Raises SourceGapError when some of the range were forgotten (I8).
        """
        entries = tuple(self.adapters.store.log(self.definition.name, offsets))
        if len(entries) != offsets.stop - offsets.start:
            raise SourceGapError(
                f"{self.definition.name}: of source positions [{offsets.start}, {offsets.stop}) only {len(entries)} "
                "are known still"
            )
        return tuple(e for e in entries if not e.skipped)

    def _process(self, epoch: Epoch, state: tuple[StateRun, ...], root: str, superseded: tuple[str, ...]) -> Processed:
        entries = self.entries(epoch.offsets)
        skipped = epoch.offsets.stop - epoch.offsets.start - len(entries)
        self.adapters.source.check(entries)  # 3
        self.reached("processing", epoch)
        if not entries:
            return _without_events(epoch, state, (), skipped=skipped)
        made = self.adapters.processor.process(
            EpochTask(
                definition=self.definition,
                epoch=epoch,
                entries=entries,
                parent_state=state,
                root=root,
                locate=self._on_main if epoch.lane.lane == MAIN_LANE else partial(self._on_lane, epoch.lane),
                superseded=superseded,
                progress=self.progress,
            )
        )  # 4
        self._conserve(epoch, made)
        return replace(made, counts=replace(made.counts, skipped=skipped))

    def _conserve(self, epoch: Epoch, made: Processed) -> None:
        """Nothing is staged of an epoch that lost or doubled a row (I7)."""
        d = self.definition
        dead_letters = d.dead_letters.name if d.dead_letters else None
        problem = contradiction(made.counts, transformed=bool(d.stream.transforms)) or lost(
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
            if target.mode is Mode.APPEND and target.table.compact_at is not None
            for heads in joinable(
                list(self.adapters.store.heads(target.name).values()),
                minimum=target.table.compact_at,
                small_bytes=target.table.compact_to,
            )
        )

    def _join(self, epoch: Epoch, state: tuple[StateRun, ...], root: str, superseded: tuple[str, ...]) -> Processed:
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
        return _without_events(epoch, state, (*joined, *self._emptied(emptied, root)))

    def _sources(self, group: Group) -> tuple[StagedPartition, ...]:
        values = [head.values for head in group.heads]
        found = self._on_main(group.target.name, values)
        return tuple(found[v] for v in values)

    # -- going back -----------------------------------------------------------------------------------------------

    def back_to(self, number: int) -> list[tuple[Place, Placed | None]]:
        """Which partitions lay elsewhere behind main's epoch `number`, and where; None for those that were not."""
        now, manifests = self.now(), [m for _, m in self._manifests(undone(self.epochs_of_main(), to=number))]
        lost = {p.table for m in manifests for p in m.partitions} - {t.name for t in self.definition.all_targets}
        if lost:
            raise ConfigurationError(
                f"{self.definition.name}: epochs behind {number} wrote to {', '.join(sorted(lost))}, which the "
                "pipeline does not declare any more: declare it again to go back over them"
            )
        return changes(now, undo(now, manifests))

    def as_of(self, number: int, table: str) -> tuple[StagedPartition, ...]:
        """The partitions of one table behind main's epoch `number`, as the manifests list them that put them there."""
        then = self._behind(number, self.now())
        of_table = [(place, then[place]) for place in sorted(then) if place[0] == table]
        return tuple(p for p in self.partitions(of_table) if p)

    def promoted(self, fork: Fork) -> list[tuple[Place, Placed | None]]:
        """Which partitions lie elsewhere once the lane takes main's place, and where; None for those that are no more.

        Main goes back to where the lane was forked; then the lane's epochs come, then those of main that it has not
        replayed, and at last what earlier promotions made of epochs that are none of the lane's.
        """
        now, replayed, epochs = self.now(), self.replayed(fork.lane), self.epochs_of_main()
        of_main = line(epochs, base=fork.base)
        after = redo(self._behind(fork.base, now), self._manifests([*replayed, *left(fork, replayed, of_main)]))
        window = {str(e.epoch) for e in replayed}
        append = {t.name for t in self.definition.all_targets if t.mode is Mode.APPEND}
        earlier = [
            (
                ref,
                replace(
                    m, partitions=tuple(p for p in m.partitions if p.table in append and p.values[0] not in window)
                ),
            )
            for ref, m in self._manifests(line(epochs, base=fork.base, kind=Kind.PROMOTION))
        ]
        return changes(now, redo(after, earlier))

    def replayed(self, lane: LaneId) -> tuple[Epoch, ...]:
        """The epochs that a lane has sealed, the oldest first."""
        found = self.adapters.store.epochs(lane, limit=_ALL)
        return tuple(e for e in reversed(found) if e.status is Status.SEALED)

    def _on_main(self, table: str, values: Sequence[PartitionValues]) -> Mapping[PartitionValues, StagedPartition]:
        """Those of some partitions that are there, as main has them."""
        return self._listed(table, self.adapters.store.placed(table, values))

    def _on_lane(
        self, lane: LaneId, table: str, values: Sequence[PartitionValues]
    ) -> Mapping[PartitionValues, StagedPartition]:
        """The same for a lane: as behind its base, and then as its own epochs left them."""
        base = next(f.base for f in self.adapters.store.forks(lane.pipeline) if f.lane == lane)
        placed = redo(self._behind(base, self.now()), self._manifests(self.replayed(lane)))
        return self._listed(table, {v: placed[table, v] for v in values if (table, v) in placed})

    def _listed(
        self, table: str, placed: Mapping[PartitionValues, Placed]
    ) -> Mapping[PartitionValues, StagedPartition]:
        found = listed(self.adapters.storage, (((table, v), at) for v, at in placed.items()))
        return {values: partition for (_, values), partition in found.items()}

    def epochs_of_main(self) -> list[Epoch]:
        """All rows of main that are kept, the newest first."""
        return self.adapters.store.epochs(LaneId(self.definition.name), limit=_ALL)

    def now(self) -> dict[Place, Placed]:
        """Where every partition lies, by the heads."""
        return {
            (target.name, values): placed
            for target in self.definition.all_targets
            for values, placed in self.adapters.store.placed(target.name).items()
        }

    def _behind(self, number: int, now: Mapping[Place, Placed]) -> dict[Place, Placed]:
        epochs = undone(self.epochs_of_main(), to=number)
        return undo(now, (manifest for _, manifest in self._manifests(epochs)))

    def _manifests(self, epochs: Iterable[Epoch]) -> Iterator[tuple[ManifestRef, Manifest]]:
        for epoch in epochs:
            if epoch.manifest:
                yield epoch.manifest, read_manifest(self.adapters.storage, epoch.manifest)

    def state_rows(self, epoch: Epoch | None) -> int:
        """Rows in the files of the state that a sealed epoch left; 0 before the first."""
        return sum(run.rows for run in read_manifest(self.adapters.storage, epoch.manifest).state) if epoch else 0

    def lost_state(self, epoch: Epoch | None) -> str | None:
        """A file of the state that a sealed epoch left which is gone or has other bytes; None when all are whole."""
        storage = self.adapters.storage
        runs = read_manifest(storage, epoch.manifest).state if epoch else ()
        whole = (storage.size(r.path) == r.bytes and storage.sha256(r.path) == r.sha256 for r in runs)
        return next((r.path for r, is_whole in zip(runs, whole, strict=True) if not is_whole), None)

    def _rebase(self, epoch: Epoch, state: tuple[StateRun, ...], root: str) -> Processed:
        self.reached("processing", epoch)
        changed = self.promoted(self._promoted_lane(epoch)) if epoch.promotes else self.back_to(epoch.restores or 0)
        there = [p for p in self.partitions(changed) if p]
        gone = [place for place, placed in changed if placed is None]
        return _without_events(epoch, state, (*there, *self._emptied(gone, root)))

    def partitions(self, placed: Iterable[tuple[Place, Placed | None]]) -> list[StagedPartition | None]:
        """The partitions as the manifests list them that put them there; None stays None."""
        places = list(placed)
        found = listed(self.adapters.storage, ((place, at) for place, at in places if at))
        return [found.get(place) for place, _ in places]

    def _promoted_lane(self, epoch: Epoch) -> Fork:
        return next(f for f in self.adapters.store.forks(self.definition.name) if f.lane.lane == epoch.promotes)

    def _emptied(self, places: Sequence[Place], root: str) -> list[StagedPartition]:
        """Partitions without files, in a folder that holds none that a reader sees."""
        empty = layout.empty_in(root)
        if places:
            self.adapters.storage.write(f"{empty}/.keep", b"")
        return [StagedPartition(table, values, empty, ()) for table, values in places]


def _without_events(
    epoch: Epoch, state: tuple[StateRun, ...], partitions: tuple[StagedPartition, ...], *, skipped: int = 0
) -> Processed:
    counts = Counts(skipped=skipped)
    return Processed(
        partitions=partitions, state=state, watermark_ms=epoch.watermark_in_ms, counts=counts, timings_s={}
    )
