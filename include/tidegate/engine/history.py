"""What the tables of a pipeline were, and would be, behind other epochs: read from manifests, changing nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.engine.manifests import listed, read_manifest
from tidegate.errors import ConfigurationError
from tidegate.ports import Adapters
from tidegate.protocol.lanes import left, line
from tidegate.protocol.model import (
    MAIN_LANE,
    Epoch,
    Fork,
    Kind,
    LaneId,
    Manifest,
    ManifestRef,
    PartitionValues,
    Place,
    Placed,
    Promotion,
    StagedPartition,
    Status,
)
from tidegate.protocol.rebasing import changes, reapplied, redo, undo, undone

_ALL = 2**31 - 1


@dataclass(frozen=True)
class History:
    """The past of one pipeline's tables.

    Args:
        definition: the pipeline.
        adapters: the world.
    """

    definition: Definition
    adapters: Adapters

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
        window = {e.epoch for e in replayed}
        append = {t.name for t in self.definition.all_targets if t.mode.stamped}
        earlier = line(epochs, base=fork.base, kind=Kind.PROMOTION)
        for promotion, (ref, manifest) in zip(earlier, self._manifests(earlier), strict=True):
            assert isinstance(promotion.purpose, Promotion)
            since = promotion.purpose.base
            after = reapplied(after, ref, manifest, since=since, base=fork.base, window=window, tables=append)
        return changes(now, after)

    def replayed(self, lane: LaneId) -> tuple[Epoch, ...]:
        """The epochs that a lane has sealed, the oldest first."""
        found = self.adapters.store.epochs(lane, limit=_ALL)
        return tuple(e for e in reversed(found) if e.status is Status.SEALED)

    def on_lane(
        self, lane: LaneId, table: str, values: Sequence[PartitionValues]
    ) -> Mapping[PartitionValues, StagedPartition]:
        """Those of some partitions that are there, as a lane has them."""
        store = self.adapters.store
        if lane.lane == MAIN_LANE:
            return self._listed(table, store.placed(table, values))
        return self._listed(table, store.placed_on_lane(lane, table, values))

    def forked(self, base: int) -> dict[Place, Placed]:
        """What a lane that is forked behind main's epoch `base` begins with: partitions into which rows are merged."""
        then = self._behind(base, self.now()) if self.merging else {}
        return {place: placed for place, placed in then.items() if place[0] in self.merging}

    @property
    def merging(self) -> tuple[str, ...]:
        """The tables into whose partitions rows are merged, in the order of their declaration."""
        return tuple(t.name for t in self.definition.all_targets if t.mode.merges)

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

    def partitions(self, placed: Iterable[tuple[Place, Placed | None]]) -> list[StagedPartition | None]:
        """The partitions as the manifests list them that put them there; None stays None."""
        places = list(placed)
        found = listed(self.adapters.storage, ((place, at) for place, at in places if at))
        return [found.get(place) for place, _ in places]
