"""`verify`: does the world look as the checkpoint table says?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.engine.manifests import read_manifest
from tidegate.errors import DataDamagedError, RefusedError
from tidegate.ports import Adapters
from tidegate.protocol.conservation import contradiction
from tidegate.protocol.corrections import skipped_by
from tidegate.protocol.fingerprint import changes
from tidegate.protocol.ledger import start_of
from tidegate.protocol.model import (
    Clone,
    DataFile,
    Epoch,
    Head,
    LaneId,
    Manifest,
    PartitionValues,
    StagedPartition,
    Status,
)
from tidegate.protocol.purposes import behind, keeps_state, reads_sources
from tidegate.protocol.recovery import repair
from tidegate.protocol.spelling import spelled

_PUBLISHED = (Status.PUBLISHED, Status.SEALED)


@dataclass(frozen=True)
class Finding:
    """One difference: what was looked at, and what is wrong with it."""

    subject: str
    problem: str


def verify(
    definition: Definition, adapters: Adapters, *, progress: Callable[[str], None], checksums: bool = False
) -> list[Finding]:
    """Audit everything that is recorded of a pipeline. Changes nothing.

    Compares the heads with the metastore (I4), every file of every head with its manifest, the ranges of the retained
    epochs with each other (I1), their counts with their files (I7), and that their state is there. Clones are compared
    with the metastore and with their files in the same way. `checksums` also reads every file and compares its SHA-256.

    Returns the differences; an empty list means that each target table is exactly what the sealed epochs made. An
    epoch between swap and seal shows as a difference: verify an idle pipeline, or look again after the next seal.
    """
    return list(_Audit(definition, adapters, progress, checksums).findings())


@dataclass(frozen=True)
class _Audit:
    definition: Definition
    adapters: Adapters
    progress: Callable[[str], None]
    checksums: bool

    def findings(self) -> Iterator[Finding]:
        epochs = self.adapters.store.epochs(LaneId(self.definition.name), limit=2**31 - 1)
        done = sorted((e for e in epochs if e.status in _PUBLISHED), key=lambda e: (e.epoch, e.generation))
        manifests: dict[tuple[int, int], Manifest | str] = {}
        for epoch in done:
            try:
                manifests[epoch.epoch, epoch.generation] = read_manifest(self.adapters.storage, epoch.manifest)
            except DataDamagedError as e:
                manifests[epoch.epoch, epoch.generation] = str(e)
        self.progress(f"{len(done)} epochs")
        newest = manifests[done[-1].epoch, done[-1].generation] if done else None
        if isinstance(newest, Manifest) and (changed := changes(newest.definition, self.definition.described)):
            self.progress(f"the pipeline has changed since {done[-1]}: {'; '.join(changed)}")
        yield from _ranges(done)
        yield from _counts(done, manifests)
        yield from self._skipped(done)
        yield from self._state(newest)
        yield from self._archives(manifests.values())
        for target in self.definition.all_targets:
            heads = self.adapters.store.heads(target.name)
            self.progress(f"{target.name}: {len(heads)} partitions")
            yield from self._placement(target, heads)
            for head in heads.values():
                yield from self._files(head, manifests)
        for clone in self.adapters.store.clones(self.definition.name):
            self.progress(str(clone))
            yield from self._clone(clone)

    def _skipped(self, done: Sequence[Epoch]) -> Iterator[Finding]:
        """I7: an epoch counts the slices that it was told to skip, and no others."""
        corrected = self.adapters.store.corrected(self.definition.name)
        for slice_ in corrected:
            if slice_.skipped and slice_.word:
                self.progress(f"{spelled(slice_.key)} is skipped, by {slice_.word.by}: {slice_.word.why}")
        for epoch in done:
            told = skipped_by(epoch, corrected)
            counted = epoch.counts.skipped if epoch.counts else 0
            if told != counted:
                yield Finding(str(epoch), f"{counted} slices were skipped, {told} were to be")

    def _state(self, newest: Manifest | str | None) -> Iterator[Finding]:
        """The state that the next epoch starts from."""
        for run in newest.state if isinstance(newest, Manifest) else ():
            yield from self._file(f"state of {run.operator}", run.path, run.bytes, run.sha256)

    def _archives(self, manifests: Iterable[Manifest | str]) -> Iterator[Finding]:
        """The kept input, of epochs that have any still: clean-up removes it before the epochs."""
        there = set()
        for manifest in (m for m in manifests if isinstance(m, Manifest)):
            for uid, files in manifest.archives.items():
                if any(self.adapters.storage.size(file.path) is not None for file in files):
                    there.add(manifest.epoch)
                    for file in files:
                        yield from self._file(f"input of {uid}", file.path, file.bytes, file.sha256)
        if there:
            self.progress(f"the input of {len(there)} epochs is kept, the oldest is {min(there)}")

    def _placement(self, target: Target, heads: dict[PartitionValues, Head]) -> Iterator[Finding]:
        found = self.adapters.sink.locations(target)
        change = repair(heads, found)
        for head in change.locate:
            problem = f"the metastore has {found.get(head.values)}, not {head.location}"
            yield Finding(f"{target.name} {'/'.join(head.values)}", problem)
        for values in change.drop:
            yield Finding(f"{target.name} {'/'.join(values)}", f"no sealed epoch made this partition ({found[values]})")

    def _files(self, head: Head, manifests: dict[tuple[int, int], Manifest | str]) -> Iterator[Finding]:
        subject = f"{head.table} {'/'.join(head.values)}"
        manifest = manifests.get((head.epoch, head.generation))
        if not isinstance(manifest, Manifest):
            problem = manifest or f"epoch {head.epoch} generation {head.generation} is not in the checkpoint"
            yield Finding(subject, problem)
            return
        staged = [p for p in manifest.partitions if p.table == head.table and p.values == head.values]
        if len(staged) != 1 or staged[0].location != head.location:
            yield Finding(subject, f"the manifest of epoch {head.epoch} does not name {head.location}")
            return
        yield from self._contents(subject, staged[0])

    def _clone(self, clone: Clone) -> Iterator[Finding]:
        try:
            partitions = read_manifest(self.adapters.storage, clone.manifest).partitions
            shown = self.adapters.sink.shown(clone)
        except (RefusedError, DataDamagedError) as e:
            yield Finding(clone.table, str(e))
            return
        if shown != {p.values: p.location for p in partitions}:
            yield Finding(clone.table, f"the metastore does not show {clone}: make it again, or drop it")
        for partition in partitions:
            yield from self._contents(f"{clone.table} {'/'.join(partition.values)}", partition)

    def _contents(self, subject: str, partition: StagedPartition) -> Iterator[Finding]:
        """The files of a partition are those of its manifest."""
        sizes = self.adapters.storage.sizes(partition.location)
        for path in sorted(sizes.keys() - {f.path for f in partition.files}):
            yield Finding(subject, f"{path} is not in the manifest")
        for file in partition.files:
            wrong = list(self._file(subject, file.path, file.bytes, file.sha256))
            yield from wrong or self._rows(subject, file)

    def _rows(self, subject: str, file: DataFile) -> Iterator[Finding]:
        try:
            rows = self.adapters.storage.rows(file.path)
        except DataDamagedError as e:
            yield Finding(subject, str(e))
            return
        if rows != file.rows:
            yield Finding(subject, f"{file.path} has {rows} rows, not {file.rows}")

    def _file(self, subject: str, path: str, size: int, sha256: str) -> Iterator[Finding]:
        found = self.adapters.storage.size(path)
        if found is None:
            yield Finding(subject, f"{path} is missing")
        elif found != size:
            yield Finding(subject, f"{path} has {found} bytes, not {size}")
        elif self.checksums and (digest := self.adapters.storage.sha256(path)) != sha256:
            yield Finding(subject, f"{path} has the checksum {digest}, not {sha256}")


def _ranges(done: Sequence[Epoch]) -> Iterator[Finding]:
    """I1: retained epochs join without gap or overlap, and each starts from the one before it."""
    by_number = {e.epoch: e for e in done}
    for before, after in pairwise(done):
        if after.epoch != before.epoch + 1:
            continue  # those between were forgotten
        start = by_number.get(behind(after))
        if start is None and behind(after):
            continue  # what it went back to was forgotten
        for source in sorted({*after.offsets, *(start.offsets if start else ())}):
            found, stop = after.offsets.get(source), start_of(start, source)
            if found is None or found.start != stop:
                begins = f"starts at {found.start}" if found else "has no range"
                problem = f"{begins} in the ledger of source {source!r}, not at {stop}, behind {start or 'no epoch'}"
                yield Finding(str(after), problem)
        manifest = start.manifest if start else None
        if after.parent != manifest and keeps_state(after.purpose):
            yield Finding(str(after), f"starts from {after.parent}, not from {manifest}")


def _counts(done: Sequence[Epoch], manifests: dict[tuple[int, int], Manifest | str]) -> Iterator[Finding]:
    """I7: what went in is what came out, went to the dead letters, or was left out by the transform."""
    for epoch in done:
        manifest = manifests[epoch.epoch, epoch.generation]
        if isinstance(manifest, str):
            yield Finding(str(epoch), manifest)
            continue
        counts = manifest.counts
        if epoch.counts != counts:
            yield Finding(str(epoch), f"the checkpoint counts {epoch.counts}, the manifest {counts}")
        # whether rows were transformed then is not recorded: that was looked at before the epoch was staged
        if problem := contradiction(counts, transformed=True):
            yield Finding(str(epoch), problem)
        written: dict[str, int] = {}
        for partition in manifest.partitions:
            written[partition.table] = written.get(partition.table, 0) + partition.rows
        if reads_sources(manifest.kind) and written != dict(counts.rows_out):
            yield Finding(str(epoch), f"{dict(counts.rows_out)} rows were counted, {written} are in the files")
