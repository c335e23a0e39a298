"""`ports.LaneStore` on PostgreSQL."""

from collections.abc import Mapping

from tidegate.adapters.checkpoint.changes import (
    fork,
    lane_change,
    lock,
    move_lane,
    one,
    sealed_epoch,
    set_lane_heads,
)
from tidegate.adapters.checkpoint.connection import OverSession
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import MESSAGE_LIMIT, epoch_key, epoch_of, fork_of, lane_key, storable
from tidegate.api.pipeline import Definition
from tidegate.errors import InvariantViolationError
from tidegate.protocol.lanes import serves, usable
from tidegate.protocol.model import MAIN_LANE, Epoch, Fork, LaneId, LaneStatus, Lease, Place, Placed
from tidegate.protocol.pausing import failures
from tidegate.protocol.refusals import foreign_table, forked_elsewhere, held, not_promoted, other_buckets
from tidegate.protocol.transitions import LaneEvent


class PostgresLanes(OverSession):
    """Pipelines, their lanes, and who may write to a lane."""

    def register(self, definition: Definition) -> None:
        """Make or refresh the pipeline's row.

        Raises StateIncompatibleError when its number of buckets changed, ConfigurationError when another pipeline
        publishes to one of its tables.
        """
        name, buckets = definition.name, definition.pipeline.buckets
        with self._session.transaction(f"{name}: register") as cursor:
            tables = [t.name for t in definition.all_targets]
            foreign = one(cursor, "foreign_table", {"tables": tables, "pipeline": name})
            if foreign:
                raise foreign_table(name, foreign["table_name"], foreign["pipeline"])
            values = {"name": name, "fingerprint": definition.fingerprint, "buckets": buckets}
            if one(cursor, "register_pipeline", values) is None:
                kept = (one(cursor, "pipeline", {"name": name}) or {}).get("buckets")
                raise other_buckets(name, kept=kept, declared=buckets)

    def acquire(self, lane: LaneId, owner: str, *, ttl_s: float) -> Lease:
        """Take the lane with a larger fence than ever before (I4); LeaseHeldError when another owner has it."""
        with self._session.transaction(f"{lane}: take the lane") as cursor:
            if lane.lane != MAIN_LANE:
                usable(fork(cursor, lane), lane.lane)
            row = one(cursor, "acquire_lane", lane_key(lane) | {"owner": owner, "ttl_s": ttl_s})
            if row is None:
                left = one(cursor, "lease_left", lane_key(lane)) or {}
                raise held(lane, left.get("lease_owner"), left.get("seconds_left") or 0.0)
            return Lease(lane, owner, row["fence"])

    def renew(self, lease: Lease, *, ttl_s: float) -> None:
        """Extend the lease; FencedError when a newer one was taken."""
        with self._session.transaction(f"{lease.lane}: renew the lease") as cursor:
            lock(cursor, lease)
            cursor.execute(QUERIES["renew_lane"], lane_key(lease.lane) | {"owner": lease.owner, "ttl_s": ttl_s})

    def release(self, lease: Lease) -> None:
        """Give the lane free if `lease` is still its newest; otherwise do nothing. The fence stays (I4)."""
        with self._session.transaction(f"{lease.lane}: give the lane back") as cursor:
            cursor.execute(QUERIES["release_lane"], lane_key(lease.lane) | {"fence": lease.fence})

    def fail(self, lease: Lease, *, kind: str, message: str, code: str, pause_after: int | None) -> None:
        """Note why an attempt failed, and give the lane free, together; nothing when it was superseded (I4).

        Noted at the epoch that `lease` adopted or planned, if there is one: it is paused when so many attempts in a row
        failed in the same way. When the answer is lost, the lease may run out by itself and the count be one short.
        """
        with self._session.transaction(f"{lease.lane}: note the failure {kind}") as cursor:
            row = one(cursor, "lock_lane", lane_key(lease.lane))
            if row is None or row["fence"] != lease.fence:
                return
            found = one(cursor, "unfinished", lane_key(lease.lane))
            if found and found["fence"] == lease.fence:
                epoch = epoch_of(found)
                count = failures(epoch, kind=kind, code=code)
                noted = {
                    "kind": kind,
                    "message": storable(message, limit=MESSAGE_LIMIT),
                    "code": code,
                    "failures": count,
                    "paused": pause_after is not None and count >= pause_after,
                }
                cursor.execute(QUERIES["record_failure"], epoch_key(epoch) | noted)
            cursor.execute(QUERIES["release_lane"], lane_key(lease.lane) | {"fence": lease.fence})

    def resume(self, lane: LaneId) -> Epoch | None:
        """Let the lane's paused epoch be tried again; None when it has none. A person's word: it compares no fence."""
        with self._session.transaction(f"{lane}: resume") as cursor:
            one(cursor, "lock_lane", lane_key(lane))
            row = one(cursor, "resume_lane", lane_key(lane))
            return epoch_of(row) if row else None

    def forks(self, pipeline: str) -> list[Fork]:
        """The pipeline's forked lanes, in the order in which they were made."""
        with self._session.transaction(f"{pipeline}: lanes", writes=False) as cursor:
            return [fork_of(r) for r in cursor.execute(QUERIES["forks"], {"pipeline": pipeline})]

    def fork(self, lane: LaneId, *, base: int, heads: Mapping[Place, Placed], reach_back: bool = False) -> Fork:
        """Make a lane behind main's sealed epoch `base`; see the port."""
        with self._session.transaction(f"{lane}: fork") as cursor:
            sealed_epoch(cursor, LaneId(lane.pipeline), base)
            found = fork(cursor, lane)
            if found and found.status is LaneStatus.OPEN:
                if serves(found, base=base, reach_back=reach_back):
                    return found
                if not reach_back:
                    raise forked_elsewhere(found, base)
                move_lane(cursor, lane, LaneEvent.DISCARDED)
            row = one(cursor, "unfinished", lane_key(LaneId(lane.pipeline)))
            not_promoted(lane, epoch_of(row) if row else None)
            cursor.execute(QUERIES["forget_lane"], lane_key(lane))
            made = one(cursor, "fork_lane", lane_key(lane) | {"base": base} | lane_change(LaneEvent.FORKED))
            if made is None:
                raise InvariantViolationError(f"{lane}: the fork left no row. Run `tidegate verify`")
            set_lane_heads(cursor, lane, heads)
            return fork_of(made)

    def discard(self, lane: LaneId) -> Fork:
        """Give an open lane up; an attempt that works on it is superseded (I4)."""
        with self._session.transaction(f"{lane}: discard") as cursor:
            found = fork(cursor, lane)
            if found is None or found.status is not LaneStatus.DISCARDED:
                usable(found, lane.lane)
            return move_lane(cursor, lane, LaneEvent.DISCARDED)

    def now_ms(self) -> int:
        """The database's clock."""
        with self._session.transaction("clock", writes=False) as cursor:
            return int((one(cursor, "clock", {}) or {})["now_ms"])
