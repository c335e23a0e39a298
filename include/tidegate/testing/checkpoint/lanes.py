"""`ports.LaneStore` in memory."""

from collections.abc import Mapping
from dataclasses import replace

from tidegate.api.pipeline import Definition
from tidegate.protocol.lanes import serves, usable
from tidegate.protocol.model import Epoch, Fork, LaneId, LaneStatus, Lease, Place, Placed
from tidegate.protocol.pausing import failures
from tidegate.protocol.refusals import (
    foreign_table,
    forked_elsewhere,
    held,
    no_way_back,
    not_promoted,
    other_buckets,
    unregistered,
)
from tidegate.protocol.transitions import LaneEvent
from tidegate.testing.checkpoint.rows import Lane, OverRows, is_main


class MemoryLanes(OverRows):
    """Pipelines, their lanes, and who may write to a lane."""

    def register(self, definition: Definition) -> None:
        """Make or refresh the pipeline's row; see the port."""
        name, buckets = definition.name, definition.pipeline.buckets
        with self._transaction() as rows:
            if foreign := self._foreign([t.name for t in definition.all_targets], name):
                raise foreign_table(name, foreign.table, foreign.pipeline)
            _, kept = rows.pipelines.get(name, ("", buckets))
            if kept != buckets:
                raise other_buckets(name, kept=kept, declared=buckets)
            rows.pipelines[name] = (definition.fingerprint, buckets)

    def acquire(self, lane: LaneId, owner: str, *, ttl_s: float) -> Lease:
        """Take the lane with a larger fence than ever before; see the port."""
        with self._transaction() as rows:
            if not is_main(lane):
                usable(self._fork(lane), lane.lane)
            elif lane.pipeline not in rows.pipelines:
                raise unregistered(lane)
            row, now = rows.lanes.get(lane, Lane()), self.now_ms()
            if row.owner not in (None, owner) and row.expires_ms > now:
                raise held(lane, row.owner, (row.expires_ms - now) / 1000)
            taken = replace(row, fence=row.fence + 1, owner=owner, expires_ms=now + int(ttl_s * 1000))
            rows.lanes[lane] = taken
            return Lease(lane, owner, taken.fence)

    def renew(self, lease: Lease, *, ttl_s: float) -> None:
        """Extend the lease; see the port."""
        with self._transaction() as rows:
            expires_ms = self.now_ms() + int(ttl_s * 1000)
            rows.lanes[lease.lane] = replace(self._lock(lease), owner=lease.owner, expires_ms=expires_ms)

    def release(self, lease: Lease) -> None:
        """Give the lane free if `lease` is still its newest."""
        with self._transaction() as rows:
            row = rows.lanes.get(lease.lane)
            if row is not None and row.fence == lease.fence:
                rows.lanes[lease.lane] = replace(row, owner=None, expires_ms=0)

    def fail(self, lease: Lease, *, kind: str, message: str, code: str, pause_after: int | None) -> None:
        """Note why an attempt failed, and give the lane free; see the port."""
        with self._transaction() as rows:
            row = rows.lanes.get(lease.lane)
            if row is None or row.fence != lease.fence:
                return
            epoch = self._unfinished(lease.lane)
            if epoch and epoch.fence == lease.fence:
                count = failures(epoch, kind=kind, code=code)
                rows.epochs[epoch.lane, epoch.epoch, epoch.generation] = replace(
                    epoch,
                    failure_kind=kind,
                    failure_message=message,
                    failures=count,
                    failed_code=code,
                    paused_ms=self.now_ms() if pause_after is not None and count >= pause_after else None,
                )
            self.release(lease)

    def resume(self, lane: LaneId) -> Epoch | None:
        """Let the lane's paused epoch be tried again; None when it has none."""
        with self._transaction() as rows:
            epoch = self._unfinished(lane)
            if epoch is None or epoch.paused_ms is None:
                return None
            resumed = replace(epoch, failures=0, failed_code=None, paused_ms=None)
            rows.epochs[epoch.lane, epoch.epoch, epoch.generation] = resumed
            return resumed

    def forks(self, pipeline: str) -> list[Fork]:
        """The pipeline's forked lanes, in the order in which they were made."""
        found = [self._fork(lane) for lane in self.rows.lanes if lane.pipeline == pipeline]
        return [fork for fork in found if fork]

    def fork(self, lane: LaneId, *, base: int, heads: Mapping[Place, Placed], reach_back: bool = False) -> Fork:
        """Make a lane behind main's sealed epoch `base`; see the port."""
        main = LaneId(lane.pipeline)
        with self._transaction() as rows:
            if base and self._sealed(main, base) is None:
                raise no_way_back(main, base)
            found = self._fork(lane)
            if found and found.status is LaneStatus.OPEN:
                if serves(found, base=base, reach_back=reach_back):
                    return found
                if not reach_back:
                    raise forked_elsewhere(found, base)
                found = self._move_lane(lane, LaneEvent.DISCARDED)
            not_promoted(lane, self._unfinished(main))
            self._forget_lane(lane)
            rows.lanes.pop(lane, None)  # it comes last again
            rows.lanes[lane] = Lane(found.fence + 1 if found else 0, base=base)
            self._set_lane_heads(lane, heads)
            return Fork(lane, base, rows.lanes[lane].fence)

    def discard(self, lane: LaneId) -> Fork:
        """Give an open lane up; see the port."""
        with self._transaction():
            found = self._fork(lane)
            if found is None or found.status is not LaneStatus.DISCARDED:
                usable(found, lane.lane)
            return self._move_lane(lane, LaneEvent.DISCARDED)
