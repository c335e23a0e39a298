"""The checkpoint store on PostgreSQL.

Every write locks its lane's row and compares the fence (I4), then changes the epoch by compare-and-set on (status,
fence). What a refused change means is not decided here: `protocol.transitions.apply` says so.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from tidegate.adapters.checkpoint.changes import (
    ADOPTABLE,
    abandon,
    advance,
    append_slices,
    change_heads,
    continued,
    correct_slices,
    end_lane,
    foreign_table,
    fork,
    heads_of,
    lock,
    one,
    parent_of,
    planned_before,
    sealed_epoch,
    set_lane_heads,
    tail,
)
from tidegate.adapters.checkpoint.connection import Session
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import (
    MESSAGE_LIMIT,
    clone_of,
    clone_values,
    epoch_key,
    epoch_of,
    fork_of,
    head_of,
    lane_key,
    placed_of,
    run_values,
    slice_of,
    storable,
    to_counts,
    to_ms,
    to_offsets,
)
from tidegate.adapters.checkpoint.summaries import PipelineSummary, summarised
from tidegate.api.pipeline import Definition
from tidegate.errors import InvariantViolationError, LeaseHeldError, RefusedError, StateIncompatibleError
from tidegate.protocol.lanes import serves, usable
from tidegate.protocol.ledger import told
from tidegate.protocol.model import (
    MAIN_LANE,
    Clone,
    Counts,
    Epoch,
    Fork,
    Head,
    Kind,
    LaneId,
    LaneStatus,
    Lease,
    ManifestRef,
    OffsetRange,
    Offsets,
    PartitionValues,
    Place,
    Placed,
    Promotion,
    Run,
    Slice,
    Word,
)
from tidegate.protocol.pausing import failures
from tidegate.protocol.transitions import Event, Verdict


class PostgresCheckpointStore:
    """`ports.CheckpointStore` on one PostgreSQL connection, opened at first use and again after it broke.

    Args:
        url: ``postgresql://user:password@host:port/database``; never printed.
    """

    def __init__(self, url: str) -> None:
        self._session = Session(url)

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()

    # -- pipelines and lanes --------------------------------------------------------------------------------------

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
            values = {"name": name, "fingerprint": definition.fingerprint(), "buckets": buckets}
            if one(cursor, "register_pipeline", values) is None:
                kept = (one(cursor, "pipeline", {"name": name}) or {}).get("buckets")
                raise StateIncompatibleError(
                    f"{name}: the state has {kept} buckets, the pipeline now says {buckets}: write buckets={kept} "
                    "again, or give the pipeline a new name"
                )

    def acquire(self, lane: LaneId, owner: str, *, ttl_s: float) -> Lease:
        """Take the lane with a larger fence than ever before (I4); LeaseHeldError when another owner has it."""
        with self._session.transaction(f"{lane}: take the lane") as cursor:
            if lane.lane != MAIN_LANE:
                usable(fork(cursor, lane), lane.lane)
            row = one(cursor, "acquire_lane", lane_key(lane) | {"owner": owner, "ttl_s": ttl_s})
            if row is None:
                held = one(cursor, "lease_left", lane_key(lane)) or {}
                raise LeaseHeldError(
                    f"{lane}: {held.get('lease_owner')} is working on this lane; its lease ends in "
                    f"{max(0.0, held.get('seconds_left') or 0.0):.1f} s unless it renews it. Wait for it, or try again"
                )
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
                    raise RefusedError(
                        f"{lane}: the lane was forked behind epoch {found.base}, not {base}: take another name, or "
                        "discard it first"
                    )
                end_lane(cursor, lane, LaneStatus.DISCARDED)
            row = one(cursor, "unfinished", lane_key(LaneId(lane.pipeline)))
            if row and row["promotes"] == lane.lane:
                raise RefusedError(f"{lane}: the lane is being promoted: take another name")
            cursor.execute(QUERIES["forget_lane"], lane_key(lane))
            made = one(cursor, "fork_lane", lane_key(lane) | {"base": base})
            if made is None:
                raise InvariantViolationError(f"{lane}: the fork left no row. Run `tidegate verify`")
            set_lane_heads(cursor, lane, heads)
            return fork_of(made)

    def discard(self, lane: LaneId) -> Fork:
        """Give an open lane up; an attempt that works on it is superseded (I4)."""
        with self._session.transaction(f"{lane}: discard") as cursor:
            found = fork(cursor, lane)
            if found and found.status is LaneStatus.DISCARDED:
                return found
            usable(found, lane.lane)
            return end_lane(cursor, lane, LaneStatus.DISCARDED)

    def pipelines(self) -> list[PipelineSummary]:
        """Every registered pipeline and where its lanes stand, by name."""
        with self._session.transaction("pipelines", writes=False) as cursor:
            registered = cursor.execute(QUERIES["pipelines"]).fetchall()
            lanes = cursor.execute(QUERIES["lanes"]).fetchall()
            heads = {e.lane: e for e in map(epoch_of, cursor.execute(QUERIES["all_heads_of_lanes"]))}
            unfinished = {e.lane: e for e in map(epoch_of, cursor.execute(QUERIES["all_unfinished"]))}
        return summarised(registered, lanes, heads, unfinished)

    # -- reading epochs -------------------------------------------------------------------------------------------

    def unfinished(self, lane: LaneId) -> Epoch | None:
        """The lane's one epoch that is PLANNED, STAGED or PUBLISHED."""
        return self._epoch(lane, "unfinished", {})

    def of_run(self, lane: LaneId, run_key: str) -> Epoch | None:
        """The newest epoch that the run planned."""
        return self._epoch(lane, "of_run", {"run_key": run_key})

    def last_sealed(self, lane: LaneId) -> Epoch | None:
        """The lane's head."""
        return self._epoch(lane, "last_sealed", {})

    def interval_end(self, lane: LaneId) -> int | None:
        """The latest end of a data interval among the lane's sealed epochs of events, in milliseconds UTC."""
        with self._session.transaction(f"{lane}: interval end", writes=False) as cursor:
            return to_ms((one(cursor, "interval_end", lane_key(lane)) or {}).get("interval_end"))

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        """The newest epochs, newest first."""
        with self._session.transaction(f"{lane}: epochs", writes=False) as cursor:
            return [epoch_of(r) for r in cursor.execute(QUERIES["epochs"], lane_key(lane) | {"limit": limit})]

    def _epoch(self, lane: LaneId, query: str, values: dict[str, Any]) -> Epoch | None:
        with self._session.transaction(f"{lane}: {query}", writes=False) as cursor:
            row = one(cursor, query, lane_key(lane) | values)
            return epoch_of(row) if row else None

    # -- moving epochs --------------------------------------------------------------------------------------------

    def adopt(self, lease: Lease, epoch: Epoch, *, retry: bool = True, clear_number: int = 0) -> Epoch:
        """AttemptAdopted: hand the unfinished epoch to this lease, which fences off every older attempt (I4)."""
        with self._session.transaction(f"{epoch}: adopt") as cursor:
            more = {"sources": ADOPTABLE, "retries": int(retry), "clear_number": clear_number}
            return advance(cursor, Event.ATTEMPT_ADOPTED, lease, epoch, more)[0]

    def plan(
        self,
        lease: Lease,
        *,
        run: Run,
        fingerprint: str,
        offsets: Offsets,
        discovered: Sequence[Slice],
        kind: Kind = Kind.EVENTS,
        restores: int | None = None,
        promotes: Promotion | None = None,
        number: int | None = None,
    ) -> Epoch:
        """Append `discovered` to the ledger and fix `offsets` as the next epoch, in one transaction (I1, I8).

        It starts from the last sealed epoch, or from the sealed epoch `restores`: see the port. When this lease's plan
        took effect before, though its answer was lost, its epoch is returned.
        """
        with self._session.transaction(f"{lease.lane}: plan {told(offsets)}") as cursor:
            lock(cursor, lease)
            row = one(cursor, "unfinished", lane_key(lease.lane))
            if row:
                return planned_before(epoch_of(row), lease, run, offsets)
            row = one(cursor, "last_sealed", lane_key(lease.lane))
            last = epoch_of(row) if row else None
            start = parent_of(cursor, lease.lane, last, restores, promotes)
            continued(lease.lane, start, offsets)
            append_slices(cursor, lease.lane, offsets, discovered)
            values = {
                "epoch": number or (last.epoch + 1 if last else 1),
                "fence": lease.fence,
                "kind": kind,
                "restores": restores,
                "promotes": promotes.lane if promotes else None,
                "fingerprint": fingerprint,
                "offsets": to_offsets(offsets),
                "parent_uri": start.manifest.uri if start and start.manifest else None,
                "parent_sha256": start.manifest.sha256 if start and start.manifest else None,
                "watermark_in_ms": start.watermark_out_ms if start else None,
            }
            planned = one(cursor, "plan_epoch", lane_key(lease.lane) | run_values(run) | values)
            if planned is None:
                raise InvariantViolationError(f"{lease.lane}: the plan left no row. Run `tidegate verify`")
            if promotes:  # from here on nothing may change what was compared and is taken over
                end_lane(cursor, LaneId(lease.lane.pipeline, promotes.lane), LaneStatus.PROMOTED)
            return epoch_of(planned)

    def stage(
        self,
        lease: Lease,
        epoch: Epoch,
        *,
        manifest: ManifestRef,
        data: bytes,
        watermark_ms: int | None,
        counts: Counts,
    ) -> Epoch:
        """FilesStaged: PLANNED → STAGED: name the epoch's one manifest (I5). May be repeated with the same manifest."""
        values = {
            "manifest_uri": manifest.uri,
            "manifest_sha256": manifest.sha256,
            "watermark_out_ms": watermark_ms,
            "counts": to_counts(counts),
        }
        with self._session.transaction(f"{epoch}: stage") as cursor:
            staged, verdict = advance(cursor, Event.FILES_STAGED, lease, epoch, values)
            if verdict is Verdict.ALREADY and staged.manifest != manifest:
                raise InvariantViolationError(
                    f"{epoch}: attempt {lease.fence} staged {staged.manifest} before and {manifest} now. Run "
                    "`tidegate verify`"
                )
            cursor.execute(QUERIES["keep_manifest"], epoch_key(epoch) | {"content": zlib.compress(data)})
            return staged

    def kept_manifest(self, epoch: Epoch) -> bytes | None:
        """The copy of the epoch's manifest that `stage` kept."""
        with self._session.transaction(f"{epoch}: kept manifest", writes=False) as cursor:
            row = one(cursor, "kept_manifest", epoch_key(epoch))
            return zlib.decompress(row["content"]) if row else None

    def begin_swap(self, lease: Lease, epoch: Epoch) -> None:
        """Check the fence once more and count this attempt's swap (I4). Counting it twice is harmless."""
        with self._session.transaction(f"{epoch}: begin the swap") as cursor:
            lock(cursor, lease)
            if one(cursor, "begin_swap", epoch_key(epoch) | {"fence": lease.fence}) is None:
                raise InvariantViolationError(f"{epoch} is not STAGED by attempt {lease.fence}. Run `tidegate verify`")

    def suspects(self, lane: LaneId) -> list[Epoch]:
        """Sealed epochs of the last hour whose swap more than one attempt began, newest first, at most 100."""
        with self._session.transaction(f"{lane}: suspects", writes=False) as cursor:
            return [epoch_of(r) for r in cursor.execute(QUERIES["suspects"], lane_key(lane))]

    def begin_repair(self, pipeline: str, table: str, values: Sequence[PartitionValues]) -> None:
        """Note which partitions are about to be brought to their heads. Noting them twice is harmless."""
        noted = [{"pipeline": pipeline, "table": table, "values": Jsonb(list(v))} for v in sorted(values)]
        with self._session.transaction(f"{table}: begin to repair {len(noted)} partitions") as cursor:
            cursor.executemany(QUERIES["begin_repair"], noted)

    def repairs(self, lane: LaneId) -> frozenset[Place]:
        """The partitions of the lane's pipeline that a repair of the last hour began to change."""
        with self._session.transaction(f"{lane}: repairs", writes=False) as cursor:
            rows = cursor.execute(QUERIES["repairs"], {"pipeline": lane.pipeline})
            return frozenset((r["table_name"], tuple(r["partition_values"])) for r in rows)

    def publish(self, lease: Lease, epoch: Epoch, *, heads: Sequence[Head], removed: Sequence[Place] = ()) -> Epoch:
        """PartitionsPublished: STAGED → PUBLISHED and the heads, in one transaction (I2)."""
        ours = (epoch.lane.pipeline, epoch.lane.lane, epoch.epoch, epoch.generation)
        for head in heads:
            if (head.pipeline, head.lane, head.epoch, head.generation) != ours:
                raise InvariantViolationError(f"{epoch}: {head} is not this epoch's. Run `tidegate verify`")
        with self._session.transaction(f"{epoch}: publish") as cursor:
            published, verdict = advance(cursor, Event.PARTITIONS_PUBLISHED, lease, epoch, {})
            if verdict is Verdict.ACCEPTED:
                change_heads(cursor, published, heads, removed)
            return published

    def seal(self, lease: Lease, epoch: Epoch) -> Epoch:
        """EpochSealed: PUBLISHED → SEALED: its range is done for good, and the next epoch starts behind it (I1)."""
        with self._session.transaction(f"{epoch}: seal") as cursor:
            return advance(cursor, Event.EPOCH_SEALED, lease, epoch, {})[0]

    def abandon(self, lease: Lease, epoch: Epoch, word: Word) -> Epoch:
        """EpochAbandoned: PLANNED → ABANDONED: nothing of it was staged, and its range is planned again."""
        with self._session.transaction(f"{epoch}: abandon") as cursor:
            return abandon(cursor, lease, epoch, word)

    def correct(self, lease: Lease, word: Word, *, gives_up: Epoch | None, slices: Sequence[Slice]) -> None:
        """Write `slices` over those of the ledger; see the port. Repeating it is harmless."""
        with self._session.transaction(f"{lease.lane}: correct {len(slices)} slices") as cursor:
            lock(cursor, lease)
            if gives_up:
                abandon(cursor, lease, gives_up, word)
            correct_slices(cursor, lease.lane, word, slices)

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

    # -- table heads ----------------------------------------------------------------------------------------------

    def heads(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Head]:
        """The heads of a table: all of them, or those of the given partitions."""
        with self._session.transaction(f"{table}: heads", writes=False) as cursor:
            return heads_of(cursor, table, values)

    def placed_on_lane(
        self, lane: LaneId, table: str, values: Sequence[PartitionValues]
    ) -> dict[PartitionValues, Placed]:
        """Where a forked lane has those of some partitions of a table that are there, and by which manifests."""
        key = lane_key(lane) | {"table": table, "values": [Jsonb(list(v)) for v in values]}
        with self._session.transaction(f"{lane}: heads of {table}", writes=False) as cursor:
            return {tuple(r["partition_values"]): placed_of(r) for r in cursor.execute(QUERIES["placed_on_lane"], key)}

    def placed(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Placed]:
        """Where the partitions of a table lie, and by which manifests: all of them, or those of the given values."""
        wanted = None if values is None else [Jsonb(list(v)) for v in values]
        with self._session.transaction(f"{table}: heads and manifests", writes=False) as cursor:
            rows = cursor.execute(QUERIES["placed"], {"table": table, "values": wanted})
            return {tuple(r["partition_values"]): placed_of(r) for r in rows}

    def heads_of_pipeline(self, pipeline: str) -> list[Head]:
        """Every head that the pipeline set, by table and values."""
        with self._session.transaction(f"{pipeline}: heads", writes=False) as cursor:
            return [head_of(r) for r in cursor.execute(QUERIES["heads_of_pipeline"], {"pipeline": pipeline})]

    # -- clones ---------------------------------------------------------------------------------------------------

    def clones(self, pipeline: str) -> list[Clone]:
        """The pipeline's clones, by name."""
        with self._session.transaction(f"{pipeline}: clones", writes=False) as cursor:
            return [clone_of(r) for r in cursor.execute(QUERIES["clones"], {"pipeline": pipeline})]

    def record_clone(self, lease: Lease, clone: Clone) -> Clone:
        """Note a clone; see the port. A clean-up that did not know of it is fenced by then (I6)."""
        with self._session.transaction(f"{clone.table}: record the clone") as cursor:
            lock(cursor, lease)
            taken = one(cursor, "foreign_table", {"tables": [clone.table], "pipeline": ""})
            if taken:
                raise foreign_table(clone.pipeline, clone.table, taken["pipeline"])
            cursor.execute(QUERIES["record_clone"], clone_values(clone))
            found = clone_of(one(cursor, "clone", {"clone": clone.table}) or {})
            if (found.pipeline, found.source, found.epoch) != (clone.pipeline, clone.source, clone.epoch):
                raise RefusedError(f"{found}, is there already: take another name, or drop that clone first")
            return found

    def forget_clone(self, lease: Lease, table: str) -> None:
        """Drop the note of a clone of the lane's pipeline. Repeating it is harmless."""
        with self._session.transaction(f"{table}: forget the clone") as cursor:
            lock(cursor, lease)
            cursor.execute(QUERIES["forget_clone"], {"clone": table, "pipeline": lease.lane.pipeline})

    # -- clean-up -------------------------------------------------------------------------------------------------

    def now_ms(self) -> int:
        """The database's clock."""
        with self._session.transaction("clock", writes=False) as cursor:
            return int((one(cursor, "clock", {}) or {})["now_ms"])

    def forget(
        self,
        lease: Lease,
        *,
        epochs: Sequence[int],
        positions: Mapping[str, Sequence[int]],
        lanes: Sequence[LaneId] = (),
    ) -> None:
        """Drop rows of sealed epochs, of ended lanes, of the ledger, and old repairs; what a head names stays."""
        with self._session.transaction(f"{lease.lane}: forget {len(epochs)} epochs") as cursor:
            lock(cursor, lease)
            cursor.execute(QUERIES["forget_epochs"], lane_key(lease.lane) | {"epochs": list(epochs)})
            pipeline = {"pipeline": lease.lane.pipeline}
            for source, of_source in positions.items():
                cursor.execute(QUERIES["forget_slices"], pipeline | {"source": source, "positions": list(of_source)})
            cursor.execute(QUERIES["forget_repairs"], pipeline)
            for lane in lanes:
                cursor.execute(QUERIES["forget_lane"], lane_key(lane))

    # -- the ledger of slices -------------------------------------------------------------------------------------

    def known(self, pipeline: str, source: str, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that slices in the source's ledger have."""
        values = {"pipeline": pipeline, "source": source, "keys": list(keys)}
        with self._session.transaction(f"{pipeline}: known slices", writes=False) as cursor:
            return {r["key"] for r in cursor.execute(QUERIES["known"], values)}

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        """The slices in a range of the source's ledger, in order."""
        values = {"pipeline": pipeline, "source": source, "start": offsets.start, "stop": offsets.stop}
        with self._session.transaction(f"{pipeline}: slices", writes=False) as cursor:
            return [slice_of(r) for r in cursor.execute(QUERIES["slices"], values)]

    def corrected(self, pipeline: str) -> list[Slice]:
        """The slices about which a person has said something, by source and position."""
        with self._session.transaction(f"{pipeline}: corrected", writes=False) as cursor:
            return [slice_of(r) for r in cursor.execute(QUERIES["corrected"], {"pipeline": pipeline})]

    def tail(self, pipeline: str, source: str) -> Slice | None:
        """The last slice of the source's ledger; None when it is empty."""
        with self._session.transaction(f"{pipeline}: tail of the ledger", writes=False) as cursor:
            return tail(cursor, pipeline, source)
