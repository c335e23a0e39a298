"""The kept input of epochs: where new ones keep theirs, and what past ones are computed from again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.engine.ledger import Ledger
from tidegate.engine.manifests import read_manifest
from tidegate.errors import SourceGapError
from tidegate.ports import Adapters
from tidegate.protocol import layout
from tidegate.protocol.fingerprint import changes
from tidegate.protocol.model import MAIN_LANE, DataFile, Epoch, LaneId, Manifest, Slice
from tidegate.protocol.purposes import reads_sources
from tidegate.runtime.archive import ArchiveReader, damaged
from tidegate.runtime.reading import Archiving, Reader

Archived = Mapping[str, tuple[DataFile, ...]]
"""The files of one epoch's input, by source."""
_ALL = 2**31 - 1


@dataclass(frozen=True)
class Archives:
    """The archives of one pipeline. Only main has any: what a lane reads, main has read before."""

    definition: Definition
    adapters: Adapters

    def places(self, root: str, epoch: Epoch) -> dict[str, str]:
        """The folders, by source, in which the input of an attempt at an epoch is to be kept, below `root`."""
        if epoch.lane.lane != MAIN_LANE:
            return {}
        folder = layout.folder(root, layout.Archive(layout.Attempt.at(epoch)))
        return {uid: f"{folder}/{uid}" for uid, reader in self._archiving.items() if reader.archives}

    def of(self, epoch: Epoch) -> Archived:
        """What is there of the input of a past epoch of main, or of the one that a lane's epoch replays.

        A source of whose archive no file is there is left out: it was not kept, or not so long.

        Raises DataDamagedError when a file is missing, or has another size, and others are there.
        """
        recorded = self._recorded(epoch) if self._archiving else None
        kept = recorded.archives if recorded else {}
        return {uid: files for uid, files in kept.items() if uid in self._archiving and self._is_there(files)}

    def _is_there(self, files: Sequence[DataFile]) -> bool:
        sizes = [self.adapters.storage.size(file.path) for file in files]
        for file, size in zip(files, sizes, strict=True):
            if size != file.bytes and any(s is not None for s in sizes):
                raise damaged(file, "is missing" if size is None else f"has {size} bytes, not {file.bytes}")
        return not files or sizes[0] is not None

    def _recorded(self, epoch: Epoch) -> Manifest | None:
        """What main has of an epoch, or of the one that a lane's epoch replays; None while it is new."""
        recorded = epoch.manifest
        if epoch.lane.lane != MAIN_LANE:
            epochs = self.adapters.store.epochs(LaneId(self.definition.name), limit=_ALL)
            same = (e.manifest for e in epochs if e.epoch == epoch.epoch and e.offsets == epoch.offsets and e.manifest)
            recorded = next(same, None)
        return read_manifest(self.adapters.storage, recorded) if recorded else None

    def readers(self, archived: Archived) -> Mapping[str, Reader]:
        """What reads each source's slices, or what is kept of them."""
        kept = {uid: ArchiveReader(self._archiving[uid], files) for uid, files in archived.items()}
        return {**self.adapters.readers, **kept}

    def check(self, epoch: Epoch, slices: Iterable[Slice], archived: Archived) -> None:
        """Raise SourceGapError when slices that are not `archived` changed or vanished, or cannot be read (I8).

        Args:
            epoch: that reads them: a planned one of main, or one that was before and is read again.
            slices: of all its ranges.
            archived: what is read in place of its sources.
        """
        self._check((s for s in slices if s.source not in archived), None if _is_live(epoch) else str(epoch))

    def check_window(self, epochs: Sequence[Epoch]) -> None:
        """The same for past epochs of main, at once."""
        ledger = self._ledger
        archived = [self.of(epoch) for epoch in epochs]
        slices = (
            s
            for epoch, there in zip(epochs, archived, strict=True)
            for s in ledger.slices(epoch.offsets)
            if s.source not in there
        )
        self._check(slices, f"{epochs[0].lane} epochs {epochs[0].epoch} to {epochs[-1].epoch}")

    def _check(self, slices: Iterable[Slice], again: str | None) -> None:
        try:
            self._ledger.check(slices)
        except SourceGapError as e:
            if not e.missing or again is None:
                raise
            raise SourceGapError(
                f"{again} cannot be computed again: the source no longer has its records: {e.missing}. "
                f"{self._way_out()}"
            ) from e

    def compare(self, epoch: Epoch, archived: Archived, rows_in: int) -> None:
        """Raise SourceGapError when a lane met fewer records in the source than main did (I8).

        A compacted topic has what was planned as far as it can tell. Nothing is told where records are read in another
        way now, for then other ones may be passed over.
        """
        if epoch.lane.lane == MAIN_LANE or archived.keys() >= self._archiving.keys():
            return
        then = self._recorded(epoch)
        if then is None or rows_in >= then.counts.rows_in:
            return
        before, now = ({"sources": d.get("sources", {})} for d in (then.definition, self.definition.described))
        if not changes(before, now):
            raise SourceGapError(
                f"{epoch} cannot be computed again: the source has {rows_in:,} records of it now, not "
                f"{then.counts.rows_in:,}, as behind a compaction. {self._way_out()}"
            )

    @property
    def _ledger(self) -> Ledger:
        return Ledger(self.definition.name, self.adapters.store, self.adapters.sources)

    def _way_out(self) -> str:
        if not any(reader.archives for reader in self._archiving.values()):
            return "With archive_input=True in the source's declaration, what later epochs read is kept for a replay"
        for epoch in reversed(self.adapters.store.epochs(LaneId(self.definition.name), limit=_ALL)):
            recorded = self._recorded(epoch) if reads_sources(epoch.kind) else None
            files = [file.path for own in recorded.archives.values() for file in own] if recorded else []
            if any(self.adapters.storage.size(path) is not None for path in files):
                return f"What is read is kept since archive_input=True: epochs from {epoch.epoch} on can be replayed"
        return "What is read is kept since archive_input=True: later epochs can be replayed"

    @property
    def _archiving(self) -> dict[str, Archiving]:
        return {uid: r for uid, r in self.adapters.readers.items() if isinstance(r, Archiving)}


def _is_live(epoch: Epoch) -> bool:
    """True while an epoch reads its input for the first time."""
    return epoch.lane.lane == MAIN_LANE and epoch.manifest is None
