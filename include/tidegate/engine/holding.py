"""Step 1, and the end of every run: the lane is taken, and given back whatever becomes of the run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.engine.lease import acquire
from tidegate.engine.timings import Timings
from tidegate.errors import FencedError, TidegateError, unexpected
from tidegate.ports import Clock, LaneStore
from tidegate.protocol.model import LaneId, Lease, Run


@dataclass(frozen=True)
class Holder:
    """Holds a lane of one pipeline for a run.

    Args:
        definition: the pipeline.
        lane: one of its lanes.
        store: knows who has it.
        clock: elapsed time.
        wait_s: how long to wait for another run that works on the lane.
        taken: called when the lane is taken.
        progress: called with one sentence when there is a wait.
        timings: of the run.
    """

    definition: Definition
    lane: LaneId
    store: LaneStore
    clock: Clock
    wait_s: float
    taken: Callable[[], None]
    progress: Callable[[str], None]
    timings: Timings

    @contextmanager
    def held(self, run: Run) -> Iterator[Lease]:
        """Step 1; and the failure noted and the lease given back when the run fails, whatever the reason.

        That is safe where an outcome is unknown or a Spark job still runs: a lease only keeps attempts from working
        twice. The next attempt has a larger fence, reads back, and interrupts the job; what the older one still sends
        is refused, or put back as a superseded attempt's.
        """
        lease = self._take(run)
        try:
            yield lease
        except FencedError:
            raise
        except TidegateError as e:
            self._fail(lease, e)
            raise
        except Exception as e:
            error = unexpected(str(lease.lane), e)
            self._fail(lease, error)
            raise error from e
        except BaseException:  # the process is told to end
            with suppress(Exception):
                self.store.release(lease)
            raise

    def _take(self, run: Run) -> Lease:
        with self.timings.of("open"):
            self.store.register(self.definition)
            lease = acquire(
                self.store, self.lane, run.owner, wait_s=self.wait_s, clock=self.clock, progress=self.progress
            )  # 1
        self.taken()
        return lease

    def _fail(self, lease: Lease, error: TidegateError) -> None:
        with suppress(Exception):  # `error` is told in any case; then the lease runs out by itself
            self.store.fail(
                lease,
                kind=error.kind,
                message=str(error),
                code=self.definition.fingerprint,
                pause_after=self.definition.pipeline.pause_after,
            )
