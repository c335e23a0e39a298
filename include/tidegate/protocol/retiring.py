"""Up to where the input of a source is done with, so that it may go. Data in, data out."""

from collections.abc import Iterable, Sequence

from tidegate.protocol.ledger import start_of
from tidegate.protocol.model import Epoch, Status


def done_with(source: str, epochs: Sequence[Epoch], *, forked_behind: Iterable[int], keeps_ms: int, now_ms: int) -> int:
    """The position of a source's ledger before which no epoch reads a slice again, but by a replay or a rollback.

    Every epoch that has read it is sealed for at least `keeps_ms`, or not kept any more; nothing that is under way,
    no lane and nothing that was gone back over needs it.

    Args:
        source: its uid.
        epochs: all rows of main.
        forked_behind: the epochs behind which lanes that are not over were forked; 0 is before the first.
        keeps_ms: how long input stays behind the seal.
        now_ms: the database's time.
    """
    sealed = {e.epoch: e for e in epochs if e.status is Status.SEALED}
    if not sealed:
        return 0
    at_work = [e for e in epochs if e.status not in (Status.SEALED, Status.ABANDONED)]
    young = [e for e in sealed.values() if e.sealed_ms is None or now_ms - e.sealed_ms < keeps_ms]
    bounds = [start_of(sealed[max(sealed)], source)]
    bounds += [e.offsets[source].start if source in e.offsets else 0 for e in (*at_work, *young)]
    bounds += [start_of(sealed.get(base), source) for base in forked_behind]
    return min(bounds)
