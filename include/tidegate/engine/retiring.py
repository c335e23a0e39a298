"""Clean-up of input: what the tables have, and nothing needs any more, goes as its source declares it.

The files go before their rows of the ledger do: a process that dies between the two leaves rows of files that are gone,
which a later clean-up forgets; the other way round a file would be new again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tidegate.engine.lease import LEASE_TTL_S
from tidegate.errors import ConfigurationError
from tidegate.ports import Adapters, Retiring
from tidegate.protocol.model import LaneId, LaneStatus, Lease, Slice, Status
from tidegate.protocol.purposes import takes_lane
from tidegate.protocol.retiring import done_with

_ALL = 2**31 - 1

AT_ONCE = 500
"""So many slices go between two looks at the lease."""


@dataclass(frozen=True)
class Retired:
    """Input that went, or would go. `bytes` are as far as its source tells."""

    slices: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Retirer:
    """Lets the input of one pipeline go.

    Args:
        pipeline: its name.
        adapters: the world.
        progress: called with a sentence for each slice that is left.
    """

    pipeline: str
    adapters: Adapters
    progress: Callable[[str], None]

    def retire(self, lease: Lease, *, dry_run: bool) -> Retired:
        """Let go what is done with, of each source that declares it.

        Raises:
            ConfigurationError: another pipeline, or another source, has some of it in its ledger; or a source cannot
                be looked at.
            FencedError: another attempt took the lane. What is gone by then was done with.
        """
        count = size = 0
        for uid, source in self.adapters.sources.items():
            if (retiring := source.retiring) is None:
                continue
            before = self._done_with(uid, retiring.keeps_ms)
            entries = partial(self.adapters.store.entries, self.pipeline, uid)
            for present in retiring.present(entries) if before else ():
                done = [s for s in present if s.position < before and not s.skipped]
                for chunk in (done[i : i + AT_ONCE] for i in range(0, len(done), AT_ONCE)):
                    gone = self._let_go(lease, uid, retiring, chunk, dry_run=dry_run)
                    count, size = count + len(gone), size + sum(s.bytes or 0 for s in gone)
        return Retired(count, size)

    def _let_go(
        self, lease: Lease, uid: str, retiring: Retiring, slices: Sequence[Slice], *, dry_run: bool
    ) -> list[Slice]:
        """Those that went, or would go."""
        store = self.adapters.store
        for pipeline, source in store.readers([s.key for s in slices]):
            if (pipeline, source) != (self.pipeline, uid) and pipeline not in retiring.regardless_of:
                raise ConfigurationError(
                    f"{self.pipeline}: input that is done with stays, for the source {source!r} of pipeline {pipeline} "
                    "has some of it in its ledger: leave `after_sealed` out, or name that pipeline in its "
                    "`regardless_of`, which then cannot read it again"
                )
        store.renew(lease, ttl_s=LEASE_TTL_S)  # nobody goes back to before it while it goes
        left = retiring.retire(slices, dry_run=dry_run)
        for why in left.values():
            self.progress(f"{lease.lane}: {why}")
        return [s for s in slices if s.key not in left]

    def _done_with(self, uid: str, keeps_ms: int) -> int:
        store = self.adapters.store
        epochs = store.epochs(LaneId(self.pipeline), limit=_ALL)
        promoting = {takes_lane(e.purpose) for e in epochs if e.status not in (Status.SEALED, Status.ABANDONED)}
        forks = [f for f in store.forks(self.pipeline) if f.status is LaneStatus.OPEN or f.lane.lane in promoting]
        return done_with(uid, epochs, forked_behind=[f.base for f in forks], keeps_ms=keeps_ms, now_ms=store.now_ms())
