"""Steps 3 to 9: compute an epoch, write down what it made, and let people look at it before anybody reads it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tidegate.api.pipeline import Definition
from tidegate.engine.lease import LEASE_TTL_S, kept
from tidegate.engine.manifests import read_manifest
from tidegate.engine.publishing import Publisher
from tidegate.engine.timings import Timings
from tidegate.engine.work import Work
from tidegate.errors import InvariantViolationError
from tidegate.ports import Adapters, Processed
from tidegate.protocol import layout
from tidegate.protocol.model import MAIN_LANE, Epoch, Lease, Manifest, ManifestRef, Status, checksum
from tidegate.protocol.operators import by_operator
from tidegate.protocol.purposes import reads_sources


@dataclass(frozen=True)
class Stager:
    """Stages the epochs of one pipeline.

    Args:
        work: computes them.
        publisher: makes the tables.
        root: URI below which attempts write.
        timings: of the run.
    """

    work: Work
    publisher: Publisher
    root: str
    timings: Timings

    def stage(self, lease: Lease, epoch: Epoch, *, superseded: tuple[int, ...] = ()) -> Epoch:
        """PLANNED → STAGED, and exposed.

        Args:
            lease: kept meanwhile, however long that takes.
            epoch: the adopted row.
            superseded: fences of older attempts, whose work may still run: it is ended.
        """
        with kept(self._adapters.connect, lease):
            staged = self._compute(lease, epoch, superseded)
        self._reached("staged", staged)
        self.expose(lease, staged)
        return staged

    def expose(self, lease: Lease, epoch: Epoch) -> None:
        """Step 9, only for people: nothing depends on the staging table, so it may be repeated or be missing."""
        if epoch.status is not Status.STAGED or epoch.lane.lane != MAIN_LANE:
            return
        with self.timings.of("expose"):
            self._adapters.store.renew(lease, ttl_s=LEASE_TTL_S)  # a superseded attempt ends here, as fenced
            self.publisher.prepare()  # an attempt that goes on from STAGED has not done so yet
            manifest = read_manifest(self._adapters.storage, epoch.manifest)
            for target in self._definition.all_targets:
                partitions = [p for p in manifest.partitions if p.table == target.name and p.files]
                self._adapters.sink.stage(target, partitions, epoch=epoch.epoch)  # 9
        self._reached("exposed", epoch)

    def _compute(self, lease: Lease, epoch: Epoch, superseded: tuple[int, ...]) -> Epoch:
        if epoch.lane.lane == MAIN_LANE:
            self.publisher.prepare()
        attempt = layout.Attempt.at(epoch)
        root = layout.folder(self.root, attempt)
        with self.timings.of("process"):
            older = tuple(layout.folder(self.root, replace(attempt, fence=fence)) for fence in superseded)
            processed = self.work.compute(epoch, root, superseded=older)
        for name, seconds in processed.timings_s.items():
            self.timings.add(f"process.{name}", seconds)
        self._reached("processed", epoch)
        with self.timings.of("stage"):
            if reads_sources(epoch.kind):
                self.work.check(epoch)  # 5
            self._adapters.storage.write(layout.closed_in(root), b"")
            self._sweep(processed)  # 6
            manifest = self._manifest(epoch, processed)
            data, ref = self._written(manifest, root)  # 7
            self._reached("manifest_written", epoch)
            staged = self._adapters.store.stage(
                lease, epoch, manifest=ref, data=data, watermark_ms=manifest.watermark_ms, counts=manifest.counts
            )  # 8
        rows = sum(p.rows for p in processed.partitions)
        self.work.progress(
            f"{epoch} staged: {processed.counts.rows_in} rows in, {rows} rows out in "
            f"{len(processed.partitions)} partitions, {processed.counts.keys_changed} keys changed"
        )
        return staged

    def _sweep(self, processed: Processed) -> None:
        """Delete files of task attempts that Spark repeated: Hive reads whole folders, so each must hold only ours.

        One of them may still run, as on a machine that does not answer. It takes back what it makes from now on.
        """
        folders = {partition.location: partition.files for partition in processed.partitions}
        folders |= {files[0].path.rpartition("/")[0]: files for files in processed.archives.values() if files}
        for folder, files in folders.items():
            expected = {f.path: f.bytes for f in files}
            found = self._adapters.storage.sizes(folder)
            for stray in sorted(found.keys() - expected.keys()):
                self._adapters.storage.delete(stray)
            lost = [path for path, size in expected.items() if found.get(path) != size]
            if lost:
                raise InvariantViolationError(
                    f"{lost[0]} is not there as it was written: found {found.get(lost[0])} bytes"
                )

    def _manifest(self, epoch: Epoch, processed: Processed) -> Manifest:
        uids, buckets = [operator.uid for operator in self._definition.operators], self._definition.pipeline.buckets
        return Manifest(
            pipeline=epoch.lane.pipeline,
            lane=epoch.lane.lane,
            epoch=epoch.epoch,
            generation=epoch.generation,
            attempt=epoch.fence,
            fingerprint=self._definition.fingerprint,
            definition=self._definition.described,
            offsets=epoch.offsets,
            kind=epoch.kind,
            parent=epoch.parent.uri if epoch.parent else None,
            partitions=processed.partitions,
            operators=by_operator(processed.state, uids, buckets=buckets),
            watermarks=processed.watermarks,
            counts=processed.counts,
            archives=processed.archives,
            until=self.work.until(epoch),
        )

    def _written(self, manifest: Manifest, root: str) -> tuple[bytes, ManifestRef]:
        data, uri = manifest.to_json(), layout.manifest_in(root)
        self._adapters.storage.write(uri, data)
        return data, ManifestRef(uri, checksum(data))

    @property
    def _adapters(self) -> Adapters:
        return self.work.adapters

    @property
    def _definition(self) -> Definition:
        return self.work.definition

    @property
    def _reached(self) -> Callable[[str, Epoch], None]:
        return self.work.reached
