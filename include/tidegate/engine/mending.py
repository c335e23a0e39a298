"""Correcting the ledger: the one durable effect, and the correction that a run makes by itself."""

from collections.abc import Sequence

from tidegate.engine.work import Work
from tidegate.ports import EpochStore
from tidegate.protocol.corrections import mendable
from tidegate.protocol.model import Epoch, Lease, Slice, Word


def record(store: EpochStore, lease: Lease, word: Word, *, gives_up: Epoch | None, slices: Sequence[Slice]) -> None:
    """Adopt the epoch that is given up, so that its older attempts are fenced; then correct."""
    epoch = store.adopt(lease, gives_up, retry=False) if gives_up else None
    store.correct(lease, word, gives_up=epoch, slices=slices)


def take_mended(work: Work, lease: Lease, epoch: Epoch) -> bool:
    """Give up an epoch with a slice that could not be read and has changed since; False when there is none."""
    if not mendable(epoch):
        return False
    renewed = work.ledger.renewed(work.ledger.slices(epoch.offsets))
    if not renewed:
        return False
    why = f"{epoch.failure_kind}, and {renewed[0].key} was changed since"
    record(work.adapters.store, lease, Word(lease.owner, why), gives_up=epoch, slices=renewed)
    work.progress(f"{epoch} is planned anew: {why}")
    return True
