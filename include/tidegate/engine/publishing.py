"""Steps 10 to 12: swap, record, read back; and bringing partitions back to their heads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.engine.manifests import read_manifest
from tidegate.errors import FencedError
from tidegate.ports import Adapters
from tidegate.protocol.model import Epoch, Head, Lease, PartitionValues
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

    def publish(self, lease: Lease, epoch: Epoch) -> Epoch:
        """Make a STAGED epoch visible and record it; FencedError leaves the partitions as the newer attempt's."""
        store, sink = self.adapters.store, self.adapters.sink
        manifest = read_manifest(self.adapters.storage, epoch.manifest)
        placements, removed = manifest.placements(), manifest.removed()
        sink.prepare(self.definition)
        store.begin_swap(lease, epoch)
        self.reached("swapping", epoch)
        for target, of_target in self._by_target(placements):
            sink.publish(target, of_target)  # 10
        self.reached("swapped", epoch)
        heads = [h for h in placements if (h.table, h.values) not in removed]
        try:
            published = store.publish(lease, epoch, heads=heads, removed=sorted(removed))  # 11
        except FencedError:
            self.restore(placements)
            raise
        self.reached("published", published)
        self.read_back(published)
        tables = len({h.table for h in placements})
        self.progress(f"{published} published: {len(placements)} partitions in {tables} tables")
        return published

    def read_back(self, published: Epoch) -> None:
        """Step 12, by whoever is going to seal: a superseded attempt may have put partitions back meanwhile (I4)."""
        self.restore(read_manifest(self.adapters.storage, published.manifest).placements())  # 12
        self.reached("read_back", published)

    def restore(self, touched: Iterable[Head]) -> int:
        """Bring the touched partitions to their heads, again until the heads have not moved meanwhile (I4).

        A superseded publisher undoes its own swap here; the winner undoes a swap that came between its own and its
        PartitionsPublished. Returns how many partitions were wrong.
        """
        return sum(
            self._restore(target, [h.values for h in of_target]) for target, of_target in self._by_target(list(touched))
        )

    def mend(self, last: Epoch | None) -> None:
        """Before a new epoch: bring partitions to their heads that an older publisher may have woken up and changed.

        They are those of the last epoch, and of each that more than one attempt tried to publish in the last hour.
        """
        if last is None:
            return
        touched = {
            (placement.table, placement.values): placement
            for epoch in (last, *self.adapters.store.suspects(last.lane))
            for placement in read_manifest(self.adapters.storage, epoch.manifest).placements()
        }
        self.restore(touched.values())

    def repair(self) -> int:
        """Bring every partition of every table to its head; returns how many were wrong."""
        return sum(self._restore(target, None) for target in self.definition.all_targets)

    def _restore(self, target: Target, values: Sequence[PartitionValues] | None) -> int:
        seen: Mapping[PartitionValues, Head] | None = None
        wrong = 0
        while seen != (heads := self.adapters.store.heads(target.name, values)):
            change = repair(heads, self.adapters.sink.locations(target, values))
            wrong += len(change.locate) + len(change.drop)
            if change.locate:
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
