"""The one loop with effects: an epoch in fourteen numbered steps.

plan     1 take the lane's lease        2 adopt the unfinished epoch, or fix a new range
stage    3 check the source             4 compute on Spark              5 check the source again
         6 sweep the attempt's folder   7 write the manifest            8 FilesStaged
         9 point the staging table at the files
publish 10 swap each table's locations 11 PartitionsPublished          12 read back and repair
seal    13 EpochSealed                 14 give the lease back

What to do is decided in `protocol/`; this module does it. Any step may be the last of a process: the next attempt
asks the checkpoint table where things stand and goes on from there. A crash point is named after the step behind it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.engine.lease import LEASE_TTL_S, acquire, kept
from tidegate.errors import FencedError, InvariantViolationError, TidegateError
from tidegate.ports import (
    CheckpointStore,
    Clock,
    EpochReport,
    EpochTask,
    Processed,
    Processor,
    Sink,
    Source,
    Storage,
)
from tidegate.protocol.model import (
    MAIN_LANE,
    Epoch,
    Head,
    LaneId,
    Lease,
    Manifest,
    ManifestRef,
    PartitionValues,
    Run,
    Status,
    checksum,
)
from tidegate.protocol.recovery import Step, decide, repair


class CrashPoints(Protocol):
    """Named places at which a test can end the process."""

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        """Go on, or die, when this point is armed."""


@dataclass(frozen=True)
class Adapters:
    """The world as the engine sees it. `connect` opens a further connection to the checkpoint store."""

    store: CheckpointStore
    connect: Callable[[], CheckpointStore]
    source: Source
    processor: Processor
    sink: Sink
    storage: Storage


@dataclass
class Coordinator:
    """Runs the epochs of one pipeline.

    Args:
        definition: the pipeline.
        adapters: the world.
        root: URI below which attempts write; never moved, for manifests hold absolute locations.
        clock: elapsed time.
        crash: armed crash points.
        progress: called with one sentence per step, for logs and terminals.
        lease_wait_s: how long to wait for another run that works on the lane.
    """

    definition: Definition
    adapters: Adapters
    root: str
    clock: Clock
    crash: CrashPoints
    progress: Callable[[str], None]
    lease_wait_s: float = 60.0
    lane: str = MAIN_LANE
    _timings: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def run(self, run: Run) -> EpochReport | None:
        """`process`, then `publish`: one whole epoch. None when there was no new input."""
        report = self.process(run)
        if report is None or report.epoch.status is Status.SEALED:
            return report
        return self.publish(run)

    def process(self, run: Run) -> EpochReport | None:
        """Steps 1-9: leave this run's epoch STAGED (or SEALED, when an earlier attempt came that far).

        An epoch that another run left behind is finished first. Returns None when there is no new input: no epoch is
        opened then, and the lease is given back.
        """
        self._timings.clear()
        lease = self._open(run)
        while True:
            decision = decide(
                run,
                unfinished=self.adapters.store.unfinished(lease.lane),
                own=self.adapters.store.of_run(lease.lane, run.key),
            )
            if decision.step is Step.DONE:
                self.adapters.store.release(lease)
                return self._report(decision.epoch)
            if decision.step is Step.PLAN:
                planned = self._plan(lease, run)
                if planned is None:
                    self.adapters.store.release(lease)
                    return None
                return self._report(self._stage(lease, planned, superseded=()))
            epoch = self._adopt(lease, decision.epoch)
            if decision.step is Step.PROCESS:
                epoch = self._stage(lease, epoch, superseded=(decision.epoch.fence,) if decision.epoch else ())
            if not decision.foreign:
                self._expose(lease, epoch)
                return self._report(epoch)
            self.progress(f"{epoch} was left {epoch.status} by run {epoch.run.key}: finishing it first")
            self._roll_forward(lease, epoch)

    def publish(self, run: Run) -> EpochReport | None:
        """Steps 10-14: roll this run's epoch forward to SEALED. Reads no input and runs no user code (I5).

        Returns None when the run planned no epoch. An epoch that is still PLANNED is returned as it is: it is the
        next run's to finish.
        """
        self._timings.clear()
        lease = self._open(run)
        epoch = self.adapters.store.of_run(lease.lane, run.key)
        if epoch is not None and epoch.status in (Status.STAGED, Status.PUBLISHED):
            epoch = self._roll_forward(lease, self.adapters.store.adopt(lease, epoch, retry=False))
        self.adapters.store.release(lease)
        return self._report(epoch)

    # -- plan -----------------------------------------------------------------------------------------------------

    def _open(self, run: Run) -> Lease:
        with self._timed("open"):
            store = self.adapters.store
            store.register(self.definition)
            lease = acquire(
                store,
                LaneId(self.definition.name, self.lane),
                run.owner,
                wait_s=self.lease_wait_s,
                clock=self.clock,
                progress=self.progress,
            )  # 1
        self.crash.reach("leased", pipeline=self.definition.name, epoch=0)
        return lease

    def _adopt(self, lease: Lease, epoch: Epoch | None) -> Epoch:
        if epoch is None:
            raise InvariantViolationError(f"{lease.lane}: there is no epoch to adopt")
        adopted = self.adapters.store.adopt(lease, epoch)
        self.progress(f"{adopted}: attempt {adopted.attempts}, from {adopted.status}")
        return adopted

    def _plan(self, lease: Lease, run: Run) -> Epoch | None:
        with self._timed("plan"):
            store = self.adapters.store
            last = store.last_sealed(lease.lane)
            self._mend(last)
            planned = self.adapters.source.plan(store, start=last.offsets.stop if last else 0)
            if planned.offsets.empty:
                self.progress(f"{lease.lane}: no new input")
                return None
            epoch = store.plan(
                lease,
                run=run,
                fingerprint=self.definition.fingerprint(),
                offsets=planned.offsets,
                discovered=planned.discovered,
            )  # 2
        self.progress(f"{epoch} planned: source positions [{epoch.offsets.start}, {epoch.offsets.stop})")
        self._reached("planned", epoch)
        return epoch

    # -- stage ----------------------------------------------------------------------------------------------------

    def _stage(self, lease: Lease, epoch: Epoch, *, superseded: tuple[int, ...]) -> Epoch:
        try:
            with kept(self.adapters.connect, lease):
                staged = self._compute(lease, epoch, superseded)
        except FencedError:
            raise
        except TidegateError as e:
            self.adapters.store.record_failure(lease, epoch, kind=e.kind, message=str(e))
            raise
        self._reached("staged", staged)
        self._expose(lease, staged)
        return staged

    def _compute(self, lease: Lease, epoch: Epoch, superseded: tuple[int, ...]) -> Epoch:
        store, source = self.adapters.store, self.adapters.source
        self.adapters.sink.prepare(self.definition)
        entries = tuple(store.log(self.definition.name, epoch.offsets))
        source.check(entries)  # 3
        parent = self._manifest(epoch.parent) if epoch.parent else None
        root = self._attempt_root(epoch)
        self._reached("processing", epoch)
        with self._timed("process"):
            processed = self.adapters.processor.process(
                EpochTask(
                    definition=self.definition,
                    epoch=epoch,
                    entries=entries,
                    parent_state=parent.state if parent else (),
                    root=root,
                    locate=store.heads,
                    superseded=superseded,
                    progress=self.progress,
                )
            )  # 4
        for name, seconds in processed.timings_s.items():
            self._timings[f"process.{name}"] += seconds
        self._reached("processed", epoch)
        with self._timed("stage"):
            source.check(entries)  # 5
            self._sweep(processed)  # 6
            ref = self._write_manifest(epoch, processed, root)  # 7
            self._reached("manifest_written", epoch)
            staged = store.stage(
                lease, epoch, manifest=ref, watermark_ms=processed.watermark_ms, counts=processed.counts
            )  # 8
        rows = sum(p.rows for p in processed.partitions)
        self.progress(
            f"{epoch} staged: {processed.counts.rows_in} rows in, {rows} rows out in "
            f"{len(processed.partitions)} partitions, {processed.counts.keys_changed} keys changed"
        )
        return staged

    def _sweep(self, processed: Processed) -> None:
        """Delete files of task attempts that Spark repeated: Hive reads whole folders, so each must hold only ours."""
        for partition in processed.partitions:
            expected = {f.path: f.bytes for f in partition.files}
            found = self.adapters.storage.sizes(partition.location)
            for stray in sorted(found.keys() - expected.keys()):
                self.adapters.storage.delete(stray)
            lost = [path for path, size in expected.items() if found.get(path) != size]
            if lost:
                raise InvariantViolationError(
                    f"{lost[0]} is not there as it was written: found {found.get(lost[0])} bytes"
                )

    def _write_manifest(self, epoch: Epoch, processed: Processed, root: str) -> ManifestRef:
        manifest = Manifest(
            pipeline=epoch.lane.pipeline,
            lane=epoch.lane.lane,
            epoch=epoch.epoch,
            generation=epoch.generation,
            attempt=epoch.fence,
            fingerprint=self.definition.fingerprint(),
            buckets=self.definition.pipeline.buckets,
            offsets=epoch.offsets,
            parent=epoch.parent.uri if epoch.parent else None,
            partitions=processed.partitions,
            state=processed.state,
            watermark_ms=processed.watermark_ms,
            counts=processed.counts,
        )
        data = manifest.to_json()
        uri = f"{root}/manifest.json"
        self.adapters.storage.write(uri, data)
        return ManifestRef(uri, checksum(data))

    def _expose(self, lease: Lease, epoch: Epoch) -> None:
        """Step 9, only for people: nothing depends on the staging table, so it may be repeated or be missing."""
        if epoch.status is not Status.STAGED:
            return
        with self._timed("expose"):
            self.adapters.store.renew(lease, ttl_s=LEASE_TTL_S)  # a superseded attempt ends here, as fenced
            manifest = self._manifest(epoch.manifest)
            for target in self.definition.all_targets:
                partitions = [p for p in manifest.partitions if p.table == target.name]
                self.adapters.sink.stage(target, partitions, epoch=epoch.epoch)  # 9
        self._reached("exposed", epoch)

    # -- publish and seal -----------------------------------------------------------------------------------------

    def _roll_forward(self, lease: Lease, epoch: Epoch) -> Epoch:
        if epoch.status is Status.STAGED:
            epoch = self._publish(lease, epoch)
        with self._timed("seal"):
            sealed = self.adapters.store.seal(lease, epoch)  # 13
        self._reached("sealed", sealed)
        self.progress(f"{sealed} sealed")
        return sealed

    def _publish(self, lease: Lease, epoch: Epoch) -> Epoch:
        with self._timed("publish"):
            self.adapters.sink.prepare(self.definition)
            heads = self._manifest(epoch.manifest).heads()
            for target, of_target in self._by_target(heads):
                self.adapters.sink.publish(target, of_target)  # 10
            self._reached("swapped", epoch)
            try:
                published = self.adapters.store.publish(lease, epoch, heads=heads)  # 11
            except FencedError:
                self._restore(heads)
                raise
            self._reached("published", published)
            self._restore(heads)  # 12
            self._reached("read_back", published)
        self.progress(f"{published} published: {len(heads)} partitions in {len({h.table for h in heads})} tables")
        return published

    def _restore(self, touched: Sequence[Head]) -> None:
        """Bring the touched partitions to their heads, again until the heads have not moved meanwhile (I4).

        A superseded publisher undoes its own swap here; the winner undoes a swap that came between its own and its
        PartitionsPublished.
        """
        for target, of_target in self._by_target(touched):
            values = [h.values for h in of_target]
            seen: Mapping[PartitionValues, Head] | None = None
            while seen != (heads := self.adapters.store.heads(target.name, values)):
                change = repair(heads, self.adapters.sink.locations(target, values))
                if change.locate:
                    self.progress(f"{target.name}: putting {len(change.locate)} partitions back to their heads")
                    self.adapters.sink.publish(target, change.locate)
                if change.drop:
                    self.progress(f"{target.name}: removing {len(change.drop)} partitions of a superseded attempt")
                    self.adapters.sink.drop(target, change.drop)
                seen = heads

    def _mend(self, last: Epoch | None) -> None:
        """Before a new epoch: the last sealed one's partitions must still be as they were published."""
        if last is not None and last.manifest is not None:
            self._restore(self._manifest(last.manifest).heads())

    # -- small things ---------------------------------------------------------------------------------------------

    def _by_target(self, heads: Sequence[Head]) -> list[tuple[Target, list[Head]]]:
        found = [(t, [h for h in heads if h.table == t.name]) for t in self.definition.all_targets]
        return [(target, of_target) for target, of_target in found if of_target]

    def _attempt_root(self, epoch: Epoch) -> str:
        lane = f"{self.root}/{epoch.lane.pipeline}/lane={epoch.lane.lane}"
        return f"{lane}/epoch={epoch.epoch}/gen={epoch.generation}/attempt={epoch.fence}"

    def _manifest(self, ref: ManifestRef | None) -> Manifest:
        return read_manifest(self.adapters.storage, ref)

    def _report(self, epoch: Epoch | None) -> EpochReport | None:
        if epoch is None:
            return None
        manifest = self._manifest(epoch.manifest) if epoch.manifest else None
        return EpochReport(epoch, manifest, dict(self._timings))

    def _reached(self, point: str, epoch: Epoch) -> None:
        self.crash.reach(point, pipeline=epoch.lane.pipeline, epoch=epoch.epoch)

    def _timed(self, name: str) -> "_Stopwatch":
        return _Stopwatch(self.clock, self._timings, name)


def read_manifest(storage: Storage, ref: ManifestRef | None) -> Manifest:
    """Read a manifest whose bytes have the recorded checksum; anything else is an InvariantViolationError."""
    if ref is None:
        raise InvariantViolationError("an epoch that is past PLANNED has no manifest")
    try:
        data = storage.read(ref.uri)
    except FileNotFoundError:
        raise InvariantViolationError(
            f"manifest {ref.uri} is gone: restore it, or roll back to an older epoch"
        ) from None
    if checksum(data) != ref.sha256:
        raise InvariantViolationError(
            f"manifest {ref.uri} does not have the checksum {ref.sha256} it was recorded with"
        )
    return Manifest.from_json(data)


@dataclass
class _Stopwatch:
    clock: Clock
    timings: dict[str, float]
    name: str
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = self.clock.monotonic()

    def __exit__(self, *exc: object) -> None:
        self.timings[self.name] += self.clock.monotonic() - self.started
