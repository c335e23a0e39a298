"""The one loop with effects: an epoch in fourteen numbered steps.

plan     1 take the lane's lease        2 adopt the unfinished epoch, or fix a new range
stage    3 check the source             4 compute on Spark              5 check the source again
         6 sweep the attempt's folder   7 write the manifest            8 FilesStaged
         9 point the staging table at the files
publish 10 swap each table's locations 11 PartitionsPublished          12 read back and repair
seal    13 EpochSealed                 14 clean up when it is due, give the lease back

What to do is decided in `protocol/`; this module does it. Any step may be the last of a process: the next attempt
asks the checkpoint table where things stand and goes on from there. A crash point is named after the step behind it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from tidegate.api.pipeline import Definition
from tidegate.engine.cleanup import Cleanup
from tidegate.engine.history import History
from tidegate.engine.holding import Holder
from tidegate.engine.lease import kept
from tidegate.engine.manifests import read_manifest
from tidegate.engine.mending import take_mended
from tidegate.engine.opening import allow
from tidegate.engine.repairing import Repaired, restore_manifests
from tidegate.engine.rooms import Rooms
from tidegate.engine.timings import Timings
from tidegate.engine.work import Work
from tidegate.ports import Adapters, Clock, EpochReport
from tidegate.protocol.intervals import Bound, unusable
from tidegate.protocol.ledger import NO_LIMIT, Limit
from tidegate.protocol.model import (
    MAIN_LANE,
    Epoch,
    LaneId,
    Lease,
    Run,
    Status,
)
from tidegate.protocol.pausing import refuse_paused
from tidegate.protocol.recovery import Decision, Step, decide


class CrashPoints(Protocol):
    """Named places at which a test can end the process."""

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        """Go on, or die, when this point is armed."""


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
    _timings: Timings = field(init=False)
    _finished: list[Epoch] = field(init=False, default_factory=list)
    _given_up: list[Epoch] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._timings = Timings(self.clock)

    def run(self, run: Run, *, bound: Bound = Bound.AVAILABLE) -> EpochReport | None:
        """`process`, then `publish`: one whole epoch. None when there was nothing to do."""
        report = self.process(run, bound=bound)
        if report is None or report.epoch.status is Status.SEALED:
            return report
        done = self.publish(run)
        return done and replace(done, finished=report.finished, given_up=report.given_up)

    def process(self, run: Run, *, bound: Bound = Bound.AVAILABLE, limit: Limit = NO_LIMIT) -> EpochReport | None:
        """Steps 1-9: leave this run's epoch STAGED (or SEALED, when an earlier attempt came that far).

        An epoch that another run left behind is finished first. When there is no new input no epoch is opened and the
        lease is given back: the report is then of what was finished on the way, or None when nothing was.

        Args:
            run: who asks.
            bound: what ends a new epoch's input. The range of an epoch that is planned already is not touched.
            limit: the most that a new epoch takes of each source, beside the source's own limit.

        Raises:
            IntervalError: with Bound.INTERVAL, when the run's interval bounds no epoch, is not over, or ends at or
                before what is sealed while new input from before its end was found. No epoch was opened.
            PausedError: the unfinished epoch failed several times in the same way, and nobody resumed it.
        """
        if bound is Bound.INTERVAL:
            allow(self.lane_id, unusable(run))
        with self._leased(run) as lease:
            epoch = self._advance(lease, run, lambda lease: self._plan(lease, run, bound, limit))
            if epoch is None or epoch.status is Status.SEALED:
                self.adapters.store.release(lease)
        return self._report(epoch or next(reversed(self._finished), None))

    def publish(self, run: Run) -> EpochReport | None:
        """Steps 10-14: roll this run's epoch forward to SEALED. Reads no input and runs no user code (I5).

        Returns None when the run planned no epoch. An epoch that is still PLANNED is returned as it is: it is the
        next run's to finish.
        """
        with self._leased(run) as lease:
            epoch = self.adapters.store.of_run(lease.lane, run.key)
            refuse_paused(epoch)
            if epoch is not None and epoch.status in (Status.STAGED, Status.PUBLISHED):
                epoch = self.rooms.sealer.roll_forward(
                    lease, self.adapters.store.adopt(lease, epoch, retry=False, clear_number=run.clear_number)
                )
                self.rooms.sealer.clean_when_due(lease, epoch)
            self.adapters.store.release(lease)
        return self._report(epoch)

    def head(self) -> EpochReport | None:
        """A report of the lane's last sealed epoch, whoever made it; None before the first."""
        return self._report(self.adapters.store.last_sealed(self.lane_id))

    def complete(
        self,
        run: Run,
        plan: Callable[[Lease], Epoch | None],
        *,
        give_up: Callable[[Lease, Epoch], None] | None = None,
    ) -> EpochReport | None:
        """Plan one epoch of this run in another way than from new input, and roll it forward to SEALED.

        Args:
            run: who asks. Asking again for the same run finishes what an earlier attempt began.
            plan: step 2, once nothing is unfinished; None when there is nothing to do.
            give_up: what to do with another run's epoch of which nothing is staged; it is finished when left out.
        """
        with self._leased(run) as lease:
            epoch = self._advance(lease, run, plan, by_hand=True, give_up=give_up)
            if epoch is not None and epoch.status is not Status.SEALED:
                epoch = self.rooms.sealer.roll_forward(lease, epoch)
            self.adapters.store.release(lease)
        return self._report(epoch)

    def clean(self, run: Run, *, dry_run: bool) -> Cleanup:
        """Forget old epochs and delete what nothing leads to, by the pipeline's `Retention`; let sealed input go.

        Raises ConfigurationError when another pipeline has some of that input in its ledger.
        """
        with self.exclusive(run) as lease:
            cleaner = self.rooms.cleaner
            found = cleaner.plan(lease) if dry_run else cleaner.clean(lease)
            return replace(found, input=cleaner.retire(lease, dry_run=dry_run))

    def repair(self, run: Run) -> Repaired:
        """Bring back manifests that storage has lost, then every partition of every table to its head."""
        with self.exclusive(run):
            manifests = restore_manifests(self.definition.name, self.adapters)
            return Repaired(manifests, self.rooms.publisher.repair())

    @contextmanager
    def exclusive(self, run: Run) -> Iterator[Lease]:
        """Hold the lane for work that makes no epoch, however long it takes; give it back when that is done."""
        with self._leased(run) as lease:
            with kept(self.adapters.connect, lease):
                yield lease
            self.adapters.store.release(lease)

    def _advance(
        self,
        lease: Lease,
        run: Run,
        plan: Callable[[Lease], Epoch | None],
        *,
        by_hand: bool = False,
        give_up: Callable[[Lease, Epoch], None] | None = None,
    ) -> Epoch | None:
        """Steps 2-9: finish what other runs left behind, then plan and stage this run's own epoch.

        Returns that epoch, STAGED or further, or None when `plan` found nothing to do. An epoch that is paused is left
        alone, unless a person asks `by_hand`; for `plan` and `give_up` see `complete`.
        """
        store = self.adapters.store
        while True:
            decision = decide(run, unfinished=store.unfinished(lease.lane), own=store.of_run(lease.lane, run.key))
            if decision.epoch is None:
                planned = plan(lease)
                if planned is None:
                    return None
                self._reached("planned", planned)
                return self.rooms.stager.stage(lease, planned)
            if decision.step is Step.DONE:
                return decision.epoch
            if self._gave_up(lease, decision, give_up):
                self._given_up.append(decision.epoch)
                continue
            if not by_hand:
                refuse_paused(decision.epoch)
            epoch = self._adopt(lease, run, decision.epoch)
            if decision.step is Step.PROCESS:
                epoch = self.rooms.stager.stage(lease, epoch, superseded=(decision.epoch.fence,))
            if not decision.foreign:
                if decision.step is not Step.PROCESS:
                    self.rooms.stager.expose(lease, epoch)
                return epoch
            self.progress(f"{epoch} was left {epoch.status} by run {epoch.run.key}: finishing it first")
            self._finished.append(self.rooms.sealer.roll_forward(lease, epoch))

    def _gave_up(self, lease: Lease, decision: Decision, give_up: Callable[[Lease, Epoch], None] | None) -> bool:
        """True when a PLANNED epoch is no more: its input was mended meanwhile, or `give_up` did it for another run."""
        if decision.epoch is None or decision.step is not Step.PROCESS:
            return False
        if take_mended(self.work, lease, decision.epoch):
            return True
        if give_up is None or not decision.foreign:
            return False
        give_up(lease, decision.epoch)
        return True

    def _adopt(self, lease: Lease, run: Run, epoch: Epoch) -> Epoch:
        cleared = run.clear_number if epoch.run.key == run.key else 0
        adopted = self.adapters.store.adopt(lease, epoch, clear_number=cleared)
        self.progress(f"{adopted}: attempt {adopted.attempts}, from {adopted.status}")
        return adopted

    def _plan(self, lease: Lease, run: Run, bound: Bound, limit: Limit) -> Epoch | None:
        """Step 2 for an epoch of events, behind a compaction when one is due; None when there is no new input."""
        reach = self.rooms.opener.reach(lease, run, bound)
        if not reach.behind:  # a run that may yet be refused changes nothing before
            while self._compact(lease, run):
                pass
        return self.rooms.opener.events(lease, run, reach=reach, limit=limit)

    def _compact(self, lease: Lease, run: Run) -> bool:
        """Join small partitions in an epoch of its own, when there are enough; False when there was nothing to do."""
        planned = self.rooms.opener.compaction(lease, run)
        if planned is None:
            return False
        self._reached("planned", planned)
        self._finished.append(self.rooms.sealer.roll_forward(lease, self.rooms.stager.stage(lease, planned)))
        return True

    # -- small things ---------------------------------------------------------------------------------------------

    @property
    def lane_id(self) -> LaneId:
        """The lane that this coordinator works on."""
        return LaneId(self.definition.name, self.lane)

    @property
    def work(self) -> Work:
        """What epochs are computed with."""
        return self.rooms.work

    @property
    def history(self) -> History:
        """What the tables were behind other epochs."""
        return self.work.history

    @property
    def rooms(self) -> Rooms:
        """The parts of a run, as the pipeline and the world are now."""
        return Rooms(self.definition, self.adapters, self.root, self._reached, self.progress, self._timings)

    def _leased(self, run: Run) -> AbstractContextManager[Lease]:
        """Step 1: hold the lane; a failure of the body is noted."""
        self._timings.clear()
        self._finished.clear()
        self._given_up.clear()
        holder = Holder(
            definition=self.definition,
            lane=self.lane_id,
            store=self.adapters.store,
            clock=self.clock,
            wait_s=self.lease_wait_s,
            taken=lambda: self.crash.reach("leased", pipeline=self.definition.name, epoch=0),
            progress=self.progress,
            timings=self._timings,
        )
        return holder.held(run)

    def _report(self, epoch: Epoch | None) -> EpochReport | None:
        if epoch is None:
            return None
        manifest = read_manifest(self.adapters.storage, epoch.manifest) if epoch.manifest else None
        return EpochReport(
            epoch, manifest, self._timings.seconds(), finished=tuple(self._finished), given_up=tuple(self._given_up)
        )

    def _reached(self, point: str, epoch: Epoch) -> None:
        self.crash.reach(point, pipeline=epoch.lane.pipeline, epoch=epoch.epoch)
