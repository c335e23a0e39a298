"""The checkpoint store on PostgreSQL.

Every write locks its lane's row and compares the fence (I4), then changes the epoch by compare-and-set on (status,
fence). What a refused change means is not decided here: `protocol.transitions.apply` says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from tidegate.adapters.checkpoint.connection import Cursor, Session
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import (
    epoch_key,
    epoch_of,
    head_of,
    head_values,
    lane_key,
    run_values,
    storable,
    to_counts,
    to_ms,
)
from tidegate.adapters.checkpoint.summaries import LaneSummary, PipelineSummary
from tidegate.api.pipeline import Definition
from tidegate.errors import (
    ConfigurationError,
    FencedError,
    InvariantViolationError,
    LeaseHeldError,
    StateIncompatibleError,
)
from tidegate.protocol.model import (
    Counts,
    Epoch,
    FileEntry,
    Head,
    LaneId,
    Lease,
    ManifestRef,
    OffsetRange,
    PartitionValues,
    Run,
    Status,
)
from tidegate.protocol.transitions import TRANSITIONS, Event, Standing, Verdict, apply, source_of

_ADOPTABLE = [str(status) for (status, event) in TRANSITIONS if event is Event.ATTEMPT_ADOPTED]
_MESSAGE_LIMIT = 4_000
_STATEMENTS = {
    Event.ATTEMPT_ADOPTED: "adopt_epoch",
    Event.FILES_STAGED: "stage_epoch",
    Event.PARTITIONS_PUBLISHED: "publish_epoch",
    Event.EPOCH_SEALED: "seal_epoch",
}


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
            foreign = _one(cursor, "foreign_table", {"tables": tables, "pipeline": name})
            if foreign:
                raise _foreign(name, foreign["table_name"], foreign["pipeline"])
            values = {"name": name, "fingerprint": definition.fingerprint(), "buckets": buckets}
            if _one(cursor, "register_pipeline", values) is None:
                kept = (_one(cursor, "pipeline", {"name": name}) or {}).get("buckets")
                raise StateIncompatibleError(
                    f"{name}: the state has {kept} buckets, the pipeline now says {buckets}: write buckets={kept} "
                    "again, or give the pipeline a new name"
                )

    def acquire(self, lane: LaneId, owner: str, *, ttl_s: float) -> Lease:
        """Take the lane with a larger fence than ever before (I4); LeaseHeldError when another owner has it."""
        with self._session.transaction(f"{lane}: take the lane") as cursor:
            row = _one(cursor, "acquire_lane", lane_key(lane) | {"owner": owner, "ttl_s": ttl_s})
            if row is None:
                held = _one(cursor, "lease_left", lane_key(lane)) or {}
                raise LeaseHeldError(
                    f"{lane}: {held.get('lease_owner')} is working on this lane; its lease ends in "
                    f"{max(0.0, held.get('seconds_left') or 0.0):.1f} s unless it renews it. Wait for it, or try again"
                )
            return Lease(lane, owner, row["fence"])

    def renew(self, lease: Lease, *, ttl_s: float) -> None:
        """Extend the lease; FencedError when a newer one was taken."""
        with self._session.transaction(f"{lease.lane}: renew the lease") as cursor:
            _lock(cursor, lease)
            cursor.execute(QUERIES["renew_lane"], lane_key(lease.lane) | {"owner": lease.owner, "ttl_s": ttl_s})

    def release(self, lease: Lease) -> None:
        """Give the lane free if `lease` is still its newest; otherwise do nothing. The fence stays (I4)."""
        with self._session.transaction(f"{lease.lane}: give the lane back") as cursor:
            cursor.execute(QUERIES["release_lane"], lane_key(lease.lane) | {"fence": lease.fence})

    def pipelines(self) -> list[PipelineSummary]:
        """Every registered pipeline and where its lanes stand, by name."""
        with self._session.transaction("pipelines", writes=False) as cursor:
            registered = cursor.execute(QUERIES["pipelines"]).fetchall()
            lanes = cursor.execute(QUERIES["lanes"]).fetchall()
            heads = {e.lane: e for e in map(epoch_of, cursor.execute(QUERIES["all_heads_of_lanes"]))}
            unfinished = {e.lane: e for e in map(epoch_of, cursor.execute(QUERIES["all_unfinished"]))}
        of_pipeline: dict[str, list[LaneSummary]] = {row["name"]: [] for row in registered}
        for row in lanes:
            lane = LaneId(row["pipeline"], row["lane"])
            summary = LaneSummary(
                lane=lane,
                fence=row["fence"],
                lease_owner=row["lease_owner"],
                lease_expires_ms=to_ms(row["lease_expires_at"]),
                leased=row["leased"],
                head=heads.get(lane),
                unfinished=unfinished.get(lane),
            )
            of_pipeline.setdefault(lane.pipeline, []).append(summary)
        return [
            PipelineSummary(row["name"], row["fingerprint"], row["buckets"], tuple(of_pipeline[row["name"]]))
            for row in registered
        ]

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

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        """The newest epochs, newest first."""
        with self._session.transaction(f"{lane}: epochs", writes=False) as cursor:
            return [epoch_of(r) for r in cursor.execute(QUERIES["epochs"], lane_key(lane) | {"limit": limit})]

    def _epoch(self, lane: LaneId, query: str, values: dict[str, Any]) -> Epoch | None:
        with self._session.transaction(f"{lane}: {query}", writes=False) as cursor:
            row = _one(cursor, query, lane_key(lane) | values)
            return epoch_of(row) if row else None

    # -- moving epochs --------------------------------------------------------------------------------------------

    def adopt(self, lease: Lease, epoch: Epoch) -> Epoch:
        """AttemptAdopted: hand the unfinished epoch to this lease, which fences off every older attempt (I4)."""
        with self._session.transaction(f"{epoch}: adopt") as cursor:
            return _advance(cursor, Event.ATTEMPT_ADOPTED, lease, epoch, {"sources": _ADOPTABLE})[0]

    def plan(
        self,
        lease: Lease,
        *,
        run: Run,
        fingerprint: str,
        offsets: OffsetRange,
        discovered: Sequence[FileEntry],
    ) -> Epoch:
        """Append `discovered` to the source log and fix `offsets` as the next epoch, in one transaction (I1, I8).

        When this lease's plan took effect before, though its answer was lost, its epoch is returned.
        """
        with self._session.transaction(f"{lease.lane}: plan [{offsets.start}, {offsets.stop})") as cursor:
            _lock(cursor, lease)
            row = _one(cursor, "unfinished", lane_key(lease.lane))
            if row:
                return _planned_before(epoch_of(row), lease, run, offsets)
            row = _one(cursor, "last_sealed", lane_key(lease.lane))
            last = epoch_of(row) if row else None
            expected = last.offsets.stop if last else 0
            if offsets.start != expected:
                raise InvariantViolationError(
                    f"{lease.lane}: a plan starts at source position {offsets.start}, but the last sealed epoch "
                    f"({last.epoch if last else 'none'}) ends at {expected}. Run `tidegate verify`"
                )
            _append_log(cursor, lease.lane, offsets, discovered)
            values = {
                "epoch": last.epoch + 1 if last else 1,
                "fence": lease.fence,
                "fingerprint": fingerprint,
                "offset_start": offsets.start,
                "offset_stop": offsets.stop,
                "parent_uri": last.manifest.uri if last and last.manifest else None,
                "parent_sha256": last.manifest.sha256 if last and last.manifest else None,
                "watermark_in_ms": last.watermark_out_ms if last else None,
            }
            planned = _one(cursor, "plan_epoch", lane_key(lease.lane) | run_values(run) | values)
            if planned is None:
                raise InvariantViolationError(f"{lease.lane}: the plan left no row. Run `tidegate verify`")
            return epoch_of(planned)

    def stage(
        self, lease: Lease, epoch: Epoch, *, manifest: ManifestRef, watermark_ms: int | None, counts: Counts
    ) -> Epoch:
        """FilesStaged: PLANNED → STAGED: name the epoch's one manifest (I5). May be repeated with the same manifest."""
        values = {
            "manifest_uri": manifest.uri,
            "manifest_sha256": manifest.sha256,
            "watermark_out_ms": watermark_ms,
            "counts": to_counts(counts),
        }
        with self._session.transaction(f"{epoch}: stage") as cursor:
            staged, verdict = _advance(cursor, Event.FILES_STAGED, lease, epoch, values)
            if verdict is Verdict.ALREADY and staged.manifest != manifest:
                raise InvariantViolationError(
                    f"{epoch}: attempt {lease.fence} staged {staged.manifest} before and {manifest} now. Run "
                    "`tidegate verify`"
                )
            return staged

    def publish(self, lease: Lease, epoch: Epoch, *, heads: Sequence[Head]) -> Epoch:
        """PartitionsPublished: STAGED → PUBLISHED and the table heads, in one transaction (I2)."""
        ours = (epoch.lane.pipeline, epoch.lane.lane, epoch.epoch, epoch.generation)
        for head in heads:
            if (head.pipeline, head.lane, head.epoch, head.generation) != ours:
                raise InvariantViolationError(f"{epoch}: {head} is not this epoch's. Run `tidegate verify`")
        with self._session.transaction(f"{epoch}: publish") as cursor:
            published, verdict = _advance(cursor, Event.PARTITIONS_PUBLISHED, lease, epoch, {})
            if verdict is Verdict.ACCEPTED and heads:
                _set_heads(cursor, epoch, heads)
            return published

    def seal(self, lease: Lease, epoch: Epoch) -> Epoch:
        """EpochSealed: PUBLISHED → SEALED: its range is done for good, and the next epoch starts behind it (I1)."""
        with self._session.transaction(f"{epoch}: seal") as cursor:
            return _advance(cursor, Event.EPOCH_SEALED, lease, epoch, {})[0]

    def record_failure(self, lease: Lease, epoch: Epoch, *, kind: str, message: str) -> None:
        """Note why an attempt failed; the status stays. FencedError when `lease` is not the newest (I4)."""
        with self._session.transaction(f"{epoch}: record the failure {kind}") as cursor:
            _lock(cursor, lease)
            noted = {"kind": kind, "message": storable(message, limit=_MESSAGE_LIMIT)}
            cursor.execute(QUERIES["record_failure"], epoch_key(epoch) | noted)

    # -- table heads ----------------------------------------------------------------------------------------------

    def heads(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Head]:
        """The heads of a table: all of them, or those of the given partitions."""
        with self._session.transaction(f"{table}: heads", writes=False) as cursor:
            return _heads(cursor, table, values)

    def heads_of_pipeline(self, pipeline: str) -> list[Head]:
        """Every head that the pipeline set, by table and values."""
        with self._session.transaction(f"{pipeline}: heads", writes=False) as cursor:
            return [head_of(r) for r in cursor.execute(QUERIES["heads_of_pipeline"], {"pipeline": pipeline})]

    # -- source log -----------------------------------------------------------------------------------------------

    def known_paths(self, pipeline: str, paths: Sequence[str]) -> set[str]:
        """Those of `paths` that are in the pipeline's source log."""
        values = {"pipeline": pipeline, "paths": list(paths)}
        with self._session.transaction(f"{pipeline}: known paths", writes=False) as cursor:
            return {r["path"] for r in cursor.execute(QUERIES["known_paths"], values)}

    def log(self, pipeline: str, offsets: OffsetRange) -> list[FileEntry]:
        """The source log's entries in the range, in order."""
        values = {"pipeline": pipeline, "start": offsets.start, "stop": offsets.stop}
        with self._session.transaction(f"{pipeline}: source log", writes=False) as cursor:
            return [FileEntry(**r) for r in cursor.execute(QUERIES["log"], values)]

    def log_end(self, pipeline: str) -> int:
        """One past the last position in the source log: 0 when it is empty."""
        with self._session.transaction(f"{pipeline}: end of the source log", writes=False) as cursor:
            return _log_end(cursor, pipeline)


def _one(cursor: Cursor, query: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    return cursor.execute(QUERIES[query], values).fetchone()


def _lock(cursor: Cursor, lease: Lease) -> None:
    """Hold the lane's row for this transaction, in which `lease` is the newest: else FencedError (I4)."""
    row = _one(cursor, "lock_lane", lane_key(lease.lane))
    if row is None:
        raise InvariantViolationError(f"{lease.lane}: nobody ever took this lane, yet attempt {lease.fence} writes")
    if row["fence"] != lease.fence:
        raise FencedError(
            f"{lease.lane}: attempt {lease.fence} ({lease.owner}) was superseded by attempt {row['fence']} "
            f"({row['lease_owner'] or 'ended'}): nothing was changed; leave the epoch to the newer one"
        )


def _advance(
    cursor: Cursor, event: Event, lease: Lease, epoch: Epoch, values: Mapping[str, Any]
) -> tuple[Epoch, Verdict]:
    """Make one change by compare-and-set; when nothing changed, let the protocol say why."""
    if lease.lane != epoch.lane:
        raise InvariantViolationError(f"{epoch}: the lease is for {lease.lane}")
    _lock(cursor, lease)
    params = {**epoch_key(epoch), "fence": lease.fence, **values}
    if event is not Event.ATTEMPT_ADOPTED:
        source = source_of(event)
        params |= {"source": source, "target": TRANSITIONS[source, event]}
    row = _one(cursor, _STATEMENTS[event], params)
    if row:
        return epoch_of(row), Verdict.ACCEPTED
    row = _one(cursor, "epoch", epoch_key(epoch))
    if row is None:
        raise InvariantViolationError(f"{epoch}: not in the checkpoint table. Run `tidegate verify`")
    found = epoch_of(row)
    _, verdict = apply(Standing(found.status, found.fence), event, fence=lease.fence)
    if verdict is Verdict.ALREADY:
        return found, verdict
    if verdict is Verdict.FENCED:
        raise FencedError(
            f"{found}: attempt {lease.fence} reports {event}, but the epoch is with attempt {found.fence}: nothing "
            "was changed; run again to adopt it"
        )
    raise InvariantViolationError(
        f"{found} is {found.status}: {event} by attempt {lease.fence} cannot follow. Run `tidegate verify`"
    )


def _planned_before(unfinished: Epoch, lease: Lease, run: Run, offsets: OffsetRange) -> Epoch:
    """The unfinished epoch, when it is this very plan whose answer was lost (I1, I6)."""
    found = (unfinished.status, unfinished.run.key, unfinished.fence, unfinished.offsets)
    if found == (Status.PLANNED, run.key, lease.fence, offsets):
        return unfinished
    raise InvariantViolationError(
        f"{unfinished} of run {unfinished.run.key} is still {unfinished.status}: finish it before another is planned"
    )


def _append_log(cursor: Cursor, lane: LaneId, offsets: OffsetRange, discovered: Sequence[FileEntry]) -> None:
    """Give the files their places, without a gap before, between or behind them up to the range's end (I8)."""
    end = _log_end(cursor, lane.pipeline)
    for position, entry in enumerate(discovered, start=end):
        if entry.position != position:
            raise InvariantViolationError(
                f"{lane}: {entry.path} was discovered for position {entry.position} of the source log, but {position} "
                "is next: nothing was planned; run again"
            )
    if offsets.stop > end + len(discovered):
        raise InvariantViolationError(
            f"{lane}: a plan ends at source position {offsets.stop}, but the source log ends at "
            f"{end + len(discovered)}. Run `tidegate verify`"
        )
    if discovered:
        cursor.executemany(QUERIES["append_log"], [asdict(e) | {"pipeline": lane.pipeline} for e in discovered])


def _log_end(cursor: Cursor, pipeline: str) -> int:
    row = _one(cursor, "log_end", {"pipeline": pipeline})
    return int(row["log_end"]) if row else 0


def _heads(cursor: Cursor, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Head]:
    if values is None:
        rows = cursor.execute(QUERIES["heads"], {"table": table})
    else:
        wanted = [Jsonb(list(v)) for v in values]
        rows = cursor.execute(QUERIES["heads_of_values"], {"table": table, "values": wanted})
    return {h.values: h for h in map(head_of, rows)}


def _set_heads(cursor: Cursor, epoch: Epoch, heads: Sequence[Head]) -> None:
    """Upsert the heads, in one order for everybody so that two pipelines cannot lock each other out."""
    ordered = sorted(heads, key=lambda h: (h.table, h.values))
    cursor.executemany(QUERIES["set_head"], [head_values(h) for h in ordered])
    if cursor.rowcount != len(ordered):
        for table in {h.table for h in ordered}:
            for head in _heads(cursor, table, [h.values for h in ordered if h.table == table]).values():
                if head.pipeline != epoch.lane.pipeline:
                    raise _foreign(epoch, table, head.pipeline)
        raise InvariantViolationError(f"{epoch}: {cursor.rowcount} of {len(ordered)} heads were set")


def _foreign(subject: Epoch | str, table: str, owner: str) -> ConfigurationError:
    return ConfigurationError(
        f"{subject}: table {table} belongs to pipeline {owner}, whose partitions it may not replace: give each "
        "pipeline tables of its own"
    )
