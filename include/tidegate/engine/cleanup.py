"""Clean-up: forget old epochs, then delete the files that nothing leads to any more.

Rows go first: a process that dies between the two leaves files without a row, which the next clean-up finds; the other
way round there would be rows whose files are gone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial

from tidegate.api.pipeline import Definition
from tidegate.engine.ledger import Ledger
from tidegate.engine.manifests import read_manifest
from tidegate.engine.retiring import Retired, Retirer
from tidegate.ports import Adapters, StoredFile
from tidegate.protocol.layout import Archive, maker, of_pipeline
from tidegate.protocol.model import Epoch, LaneId, LaneStatus, Lease, Status
from tidegate.protocol.purposes import takes_lane
from tidegate.protocol.retention import Reachable, collectable, ended, retained

_ALL = 2**31 - 1


@dataclass(frozen=True)
class Cleanup:
    """What a clean-up removes, or would remove.

    `positions` are those of slices, by source, `archived` those of the files that have input as it came, and `input` is
    what goes of sources that declare it.
    """

    epochs: tuple[int, ...]
    positions: Mapping[str, tuple[int, ...]]
    lanes: tuple[LaneId, ...]
    files: tuple[StoredFile, ...]
    archived: tuple[StoredFile, ...]
    input: Retired = field(default_factory=Retired)

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(f.bytes for f in self.files)

    def __str__(self) -> str:
        kept = f", of which {len(self.archived)} of archived input" if self.archived else ""
        return f"{len(self.files)} files{kept} ({self.bytes:,} bytes)"


@dataclass(frozen=True)
class Cleaner:
    """Cleans up after one pipeline, by its `Retention`.

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

    def clean(self, lease: Lease) -> Cleanup:
        """Remove what `plan` finds. The lease keeps every other attempt from starting meanwhile."""
        found = self.plan(lease)
        last = self.adapters.store.last_sealed(lease.lane)
        if last is None:
            return found
        self.adapters.store.forget(lease, epochs=found.epochs, positions=found.positions, lanes=found.lanes)
        self.reached("forgotten", last)
        for file in found.files:
            self.adapters.storage.delete(file.uri)
        self.reached("swept", last)
        pipeline = lease.lane.pipeline
        sealed = cache(lambda: self._sealed(lease.lane))  # of no use where folders are folders
        self.adapters.storage.prune(
            of_pipeline(self.root, pipeline), lambda folder: ended(self.root, pipeline, folder, sealed())
        )
        self.progress(f"{lease.lane}: forgot {len(found.epochs)} epochs, deleted {found}")
        return found

    def retire(self, lease: Lease, *, dry_run: bool) -> Retired:
        """Let input go that is done with, as its source declares it. Raises what `Retirer.retire` raises."""
        retired = Retirer(self.definition.name, self.adapters, self.progress).retire(lease, dry_run=dry_run)
        if retired.slices and not dry_run:
            self.progress(f"{lease.lane}: {retired.slices} slices of input went, {retired.bytes} bytes")
        return retired

    def _sealed(self, main: LaneId) -> dict[str, int]:
        """The last sealed epoch of each lane that has one; a lane that was forgotten may begin anew."""
        lanes = (main, *(fork.lane for fork in self.adapters.store.forks(self.definition.name)))
        found = {lane.lane: self.adapters.store.last_sealed(lane) for lane in lanes}
        return {lane: epoch.epoch for lane, epoch in found.items() if epoch}

    def plan(self, lease: Lease) -> Cleanup:
        """What could be removed now. Changes nothing.

        Kept are: what the manifests of retained epochs and of clones lead to (their input only as long as `Retention`
        keeps them for replay, and not for rows that are in a table), whatever an attempt with this lease's
        fence or a newer one may write, what an unfinished epoch's attempt may have written, and everything younger than
        the grace period.
        """
        store, retention = self.adapters.store, self.definition.pipeline.retention
        now_ms, grace_ms = store.now_ms(), _ms(retention.grace)
        epochs, forks = store.epochs(lease.lane, limit=_ALL), store.forks(self.definition.name)
        promoting = {takes_lane(e.purpose) for e in epochs if e.status not in (Status.SEALED, Status.ABANDONED)}
        over = tuple(f.lane for f in forks if f.status is not LaneStatus.OPEN and f.lane.lane not in promoting)
        kept_with = partial(
            retained,
            epochs,
            forked_from=min((f.base for f in forks if f.lane not in over), default=None),
            most=retention.epochs,
            age_ms=_ms(retention.age),
            grace_ms=grace_ms,
            now_ms=now_ms,
        )
        keep = kept_with(named_by_heads={h.epoch for h in store.heads_of_pipeline(self.definition.name)})
        kept = [e for e in epochs if e.epoch in keep]
        of_lanes = [e for f in forks if f.lane not in over for e in store.epochs(f.lane, limit=_ALL)]
        manifests = [e.manifest for e in (*kept, *of_lanes) if e.manifest]
        manifests += [clone.manifest for clone in store.clones(self.definition.name)]
        reachable = Reachable(
            ((ref.uri, read_manifest(self.adapters.storage, ref)) for ref in manifests),
            replayable=kept_with(named_by_heads=set()),
        )
        fences = {lease.lane.lane: lease.fence, **{f.lane.lane: f.fence for f in forks}}
        for epoch in (*kept, *of_lanes):
            if epoch.status not in (Status.SEALED, Status.ABANDONED):
                fences[epoch.lane.lane] = min(fences[epoch.lane.lane], epoch.fence)
        found = [
            (file, made_by)
            for file in self.adapters.storage.walk(of_pipeline(self.root, lease.lane.pipeline))
            for made_by in [maker(self.root, lease.lane.pipeline, file.uri)]
            if collectable(
                file.uri,
                made_by,
                modified_ms=file.modified_ms,
                reachable=reachable,
                oldest_running_fences=fences,
                grace_ms=grace_ms,
                now_ms=now_ms,
            )
        ]
        forgotten = tuple(sorted(e.epoch for e in epochs if e.epoch not in keep))
        gone = Ledger(self.definition.name, store, self.adapters.sources).gone(kept)
        files, archived = (
            tuple(file for file, _ in found),
            tuple(file for file, made_by in found if isinstance(made_by, Archive)),
        )
        return Cleanup(forgotten, gone, over, files, archived)


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
