"""Step 2: which epoch is next, and the row that fixes its ranges."""

from dataclasses import dataclass, replace

from tidegate.engine.publishing import Publisher
from tidegate.engine.timings import Timings
from tidegate.engine.work import Work
from tidegate.errors import IntervalError
from tidegate.protocol.intervals import Bound, Reach
from tidegate.protocol.ledger import Limit, nothing_behind, told
from tidegate.protocol.model import Compaction, Epoch, LaneId, Lease, Purpose, Run


@dataclass(frozen=True)
class Opener:
    """Plans the epochs of one pipeline, on a lane where nothing is unfinished.

    Args:
        work: knows what there is to do.
        publisher: mends what a sleeping attempt may have changed, before each new epoch.
        timings: of the run.
    """

    work: Work
    publisher: Publisher
    timings: Timings

    def reach(self, lease: Lease, run: Run, bound: Bound) -> Reach:
        """How far the run's epoch of events may reach. Raises IntervalError when its interval is not over."""
        if bound is Bound.AVAILABLE:
            return Reach()
        store = self.work.adapters.store
        reach = Reach(run.interval_end_ms, store.interval_end(lease.lane))
        allow(lease.lane, reach.too_early(store.now_ms()))
        return reach

    def events(self, lease: Lease, run: Run, *, reach: Reach, limit: Limit) -> Epoch | None:
        """Plan an epoch of what the sources offer; None when there is no new input. Raises IntervalError."""
        work = self.work
        with self.timings.of("plan"):
            last = work.adapters.store.last_sealed(lease.lane)
            self.publisher.mend(lease.lane)
            offer = work.ledger.offer(last, limit=limit, until_ms=reach.until_ms)
            allow(lease.lane, reach.too_late(offer.discovered))
            if not offer.taken:
                work.progress(f"{lease.lane}: no new input")
                return None
            epoch = work.adapters.store.plan(
                lease,
                run=run,
                fingerprint=work.definition.fingerprint,
                offsets=offer.offsets,
                discovered=offer.discovered,
            )  # 2
        work.progress(f"{epoch} planned: source positions {told(epoch.offsets)}")
        return epoch

    def compaction(self, lease: Lease, run: Run) -> Epoch | None:
        """Plan an epoch that joins small partitions, when there are enough; None when there is nothing to do."""
        groups = self.work.joinable()
        last = self.work.adapters.store.last_sealed(lease.lane)
        if not groups or last is None:
            return None
        of_run = replace(run, key=f"{run.key}/compaction-{last.epoch + 1}")
        planned = self.empty(lease, of_run, behind=last, purpose=Compaction())  # 2
        self.work.progress(f"{planned}: {sum(len(g.heads) for g in groups)} partitions become {len(groups)}")
        return planned

    def empty(
        self,
        lease: Lease,
        run: Run,
        *,
        behind: Epoch | None,
        purpose: Purpose,
    ) -> Epoch:
        """Plan an epoch without events, whose ranges are empty and lie `behind` an epoch's."""
        work = self.work
        self.publisher.mend(lease.lane)  # the next epoch of events, which does it too, may be hours away
        planned = work.adapters.store.plan(
            lease,
            run=run,
            fingerprint=work.definition.fingerprint,
            offsets=nothing_behind(behind, work.adapters.sources),
            discovered=(),
            purpose=purpose,
        )
        work.progress(f"{planned} planned: a {planned.kind.lower()}")
        return planned


def allow(lane: LaneId, refusal: str | None) -> None:
    """Raise IntervalError when there is a reason to refuse the run."""
    if refusal is not None:
        raise IntervalError(f"{lane}: {refusal}")
