"""Bringing back manifests that storage has lost, from the copies in the checkpoint."""

from dataclasses import dataclass

from tidegate.errors import DataDamagedError
from tidegate.ports import Adapters, Storage
from tidegate.protocol.model import LaneId, ManifestRef, checksum


@dataclass(frozen=True)
class Repaired:
    """How many manifests were brought back, and how many partitions brought to their heads."""

    manifests: int
    partitions: int


def restore_manifests(pipeline: str, adapters: Adapters) -> int:
    """Write each manifest of every lane again, from the checkpoint, that is gone or has other bytes; returns how many.

    The bytes are those of the recorded checksum, so writing them once more, or beside another who does, is harmless.
    """
    store, restored = adapters.store, 0
    for lane in (LaneId(pipeline), *(f.lane for f in store.forks(pipeline))):
        for epoch in store.epochs(lane, limit=2**31 - 1):
            if epoch.manifest is None or _whole(adapters.storage, epoch.manifest):
                continue
            kept = store.kept_manifest(epoch)
            if kept is None or checksum(kept) != epoch.manifest.sha256:
                raise DataDamagedError.of(epoch.manifest.uri, "is not in the checkpoint as it was written, either")
            adapters.storage.write(epoch.manifest.uri, kept)
            restored += 1
    return restored


def _whole(storage: Storage, ref: ManifestRef) -> bool:
    try:
        return checksum(storage.read(ref.uri)) == ref.sha256
    except FileNotFoundError:
        return False
