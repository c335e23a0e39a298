"""Steps 10 to 12: swap, record, read back; and bringing partitions back to their heads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.engine.manifests import read_manifest
from tidegate.errors import FencedError
from tidegate.ports import Adapters
from tidegate.protocol.model import Epoch, Head, LaneId, Lease, Manifest, PartitionValues, Place, Status
from tidegate.protocol.recovery import repair


@dataclass(frozen=True)
class Publisher:
    """Publishes the epochs of one pipeline.

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

    def prepare(self) -> None:
        """Make the tables that are missing, with all partitions that they had, and add missing columns."""
        for change in self.adapters.sink.prepare(self.definition, self.adapters.store.heads):
            self.progress(f"{self.definition.name}: {change}")

    def publish(self, lease: Lease, epoch: Epoch) -> Epoch:
        """Make a STAGED epoch visible and record it; FencedError leaves the partitions as the newer attempt's."""
        store, sink = self.adapters.store, self.adapters.sink
        manifest = read_manifest(self.adapters.storage, epoch.manifest)
        placements, removed = manifest.placements(), manifest.removed()
        self.prepare()
        store.begin_swap(lease, epoch)
        self.reached("swapping", epoch)
        for target, of_target in self._by_target(placements):
            sink.publish(target, of_target)  # 10
        self.reached("swapped", epoch)
        heads = [h for h in placements if (h.table, h.values) not in removed]
        try:
            published = store.publish(lease, epoch, heads=heads, removed=sorted(removed))  # 11
        except FencedError:
            if not self._still_to_publish(epoch):
                self._restore(manifest.touched())
            raise
        self.reached("published", published)
        self._read_back(published, manifest)
        tables = len({h.table for h in placements})
        self.progress(f"{published} published: {len(placements)} partitions in {tables} tables")
        return published

    def read_back(self, published: Epoch) -> None:
        """Step 12, by whoever is going to seal: a superseded attempt may have put partitions back meanwhile (I4)."""
        self._read_back(published, read_manifest(self.adapters.storage, published.manifest))

    def _read_back(self, published: Epoch, manifest: Manifest) -> None:
        self._restore(manifest.touched())  # 12
        self.reached("read_back", published)

    def _still_to_publish(self, epoch: Epoch) -> bool:
        """True while a newer attempt has this same swap before it: undoing ours would tear what readers see."""
        newest = self.adapters.store.unfinished(epoch.lane)
        return newest is not None and newest.status is Status.STAGED and newest.manifest == epoch.manifest

    def mend(self, lane: LaneId) -> None:
        """Before a new epoch: bring partitions to their heads that a sleeping attempt may have woken up and changed.

        They are those of each epoch whose swap more than one attempt began, and those that an attempt began to repair.
        An attempt that sleeps for more than an hour is left to `repair`.
        """
        touched = {
            place
            for epoch in self.adapters.store.suspects(lane)
            for place in read_manifest(self.adapters.storage, epoch.manifest).touched()
        }
        self._restore(touched | self.adapters.store.repairs(lane))

    def repair(self) -> int:
        """Bring every partition of every table to its head; returns how many were wrong."""
        return sum(self._to_heads(target, None) for target in self.definition.all_targets)

    def _restore(self, touched: Collection[Place]) -> None:
        """A superseded publisher undoes its own swap here; the winner what came between its own and step 11 (I4)."""
        for target in self.definition.all_targets:
            values = sorted(values for table, values in touched if table == target.name)
            if values:
                self._to_heads(target, values)

    def _to_heads(self, target: Target, values: Sequence[PartitionValues] | None) -> int:
        """Bring partitions to their heads, again until the heads have not moved meanwhile.

        What is changed is noted first: an attempt that falls asleep here and wakes up behind later epochs may die
        before it can look again, and then `mend` must know where.
        """
        seen: Mapping[PartitionValues, Head] | None = None
        wrong = 0
        while seen != (heads := self.adapters.store.heads(target.name, values)):
            change = repair(heads, self.adapters.sink.locations(target, values))
            if change.touched:
                wrong += len(change.touched)
                self.adapters.store.begin_repair(self.definition.name, target.name, change.touched)
            if change.locate:
                self.prepare()  # the table itself may be gone
                self.progress(f"{target.name}: putting {len(change.locate)} partitions back to their heads")
                self.adapters.sink.publish(target, change.locate)
            if change.drop:
                self.progress(f"{target.name}: removing {len(change.drop)} partitions that no head names")
                self.adapters.sink.drop(target, change.drop)
            seen = heads
        return wrong

    def _by_target(self, heads: Sequence[Head]) -> list[tuple[Target, list[Head]]]:
        found = [(t, [h for h in heads if h.table == t.name]) for t in self.definition.all_targets]
        return [(target, of_target) for target, of_target in found if of_target]
