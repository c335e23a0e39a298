"""Correcting the source log: the one durable effect, and the correction that a run makes by itself."""

from collections.abc import Sequence

from tidegate.engine.work import Work
from tidegate.ports import CheckpointStore
from tidegate.protocol.corrections import mendable
from tidegate.protocol.model import Epoch, FileEntry, Lease, Word


def record(
    store: CheckpointStore, lease: Lease, word: Word, *, gives_up: Epoch | None, entries: Sequence[FileEntry]
) -> None:
    """Adopt the epoch that is given up, so that its older attempts are fenced; then correct."""
    epoch = store.adopt(lease, gives_up, retry=False) if gives_up else None
    store.correct(lease, word, gives_up=epoch, entries=entries)


def take_mended(work: Work, lease: Lease, epoch: Epoch) -> bool:
    """Give up an epoch whose file could not be read and has been changed since; False when there is no such file."""
    if not mendable(epoch):
        return False
    renewed = work.adapters.source.renewed(work.entries(epoch.offsets))
    if not renewed:
        return False
    why = f"{epoch.failure_kind}, and {renewed[0].path} was changed since"
    record(work.adapters.store, lease, Word(lease.owner, why), gives_up=epoch, entries=renewed)
    work.progress(f"{epoch} is planned anew: {why}")
    return True
