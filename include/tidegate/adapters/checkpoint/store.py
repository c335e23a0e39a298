"""The checkpoint tables in PostgreSQL.

Every write is one transaction that first locks the lane's row and compares its fence with the lease: an attempt that
was superseded changes nothing (I4). Statements are in ``queries.sql``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from tidegate.adapters.checkpoint import rows
from tidegate.adapters.checkpoint.failures import address, translate
from tidegate.adapters.checkpoint.migrations import REVISION
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.api.pipeline import Definition
from tidegate.errors import (
    ConfigurationError,
    FencedError,
    InvariantViolationError,
    LeaseHeldError,
    OutcomeUnknownError,
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
)
from tidegate.protocol.transitions import Event, Standing, Verdict, apply, source_of

_CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True)
class LaneSummary:
    """A pipeline's lane, for people. `lane` is None before the first run; a lease that expired shows as no holder."""

    pipeline: str
    buckets: int
    lane: str | None
    lease_owner: str | None
    lease_seconds_left: float | None


class PostgresCheckpointStore:
    """Implements `ports.CheckpointStore`.

    One connection, opened when first needed and again after it broke. Not for use by several threads at once.

    Args:
        url: ``postgresql://user:password@host:port/database``.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[DictRow] | None = None

    # -- lanes ----------------------------------------------------------------------------------------------------

    def register(self, definition: Definition) -> None:
        """Make or refresh the pipeline's row; see the port."""
        wanted = definition.pipeline.buckets
        with self._transaction() as db:
            row = _one(
                db,
                "register_pipeline",
                {"name": definition.name, "fingerprint": definition.fingerprint(), "buckets": wanted},
            )
            if row is not None and row["buckets"] != wanted:
                raise StateIncompatibleError(
                    f"{definition.name}: its state is kept in {row['buckets']} buckets, the pipeline declares {wanted}; "
                    f"declare Pipeline({definition.name!r}, buckets={row['buckets']})"
                )

    def acquire(self, lane: LaneId, owner: str, *, ttl_s: float) -> Lease:
        """Take the lane; see the port. If the answer is lost, the same owner simply acquires again."""
        with self._transaction() as db:
            _run(db, "make_lane", rows.lane(lane))
            row = _one(db, "acquire_lane", {**rows.lane(lane), "owner": owner, "ttl_s": ttl_s})
            if row is not None:
                return Lease(lane, owner, row["fence"])
            holder = _one(db, "lane_holder", rows.lane(lane)) or {}
        raise LeaseHeldError(
            f"{lane} is being worked on by {holder.get('lease_owner')}, "
            f"whose lease runs for {holder.get('seconds_left') or 0:.0f} s more unless it is renewed"
        )

    def renew(self, lease: Lease, *, ttl_s: float) -> None:
        """Extend the lease; see the port."""
        with self._fenced(lease, f"{lease.lane}: renewing the lease") as db:
            _run(db, "renew_lane", {**rows.lane(lease.lane), "fence": lease.fence, "ttl_s": ttl_s})

    def release(self, lease: Lease) -> None:
        """Give the lane free; see the port. A lost answer costs at most the lease's time."""
        with self._transaction() as db:
            _run(db, "release_lane", {**rows.lane(lease.lane), "fence": lease.fence})

    # -- epochs ---------------------------------------------------------------------------------------------------

    def unfinished(self, lane: LaneId) -> Epoch | None:
        """The lane's one epoch that is not sealed."""
        return self._epoch("unfinished_epoch", rows.lane(lane))

    def of_run(self, lane: LaneId, run_key: str) -> Epoch | None:
        """The newest epoch that the run planned."""
        return self._epoch("epoch_of_run", {**rows.lane(lane), "run_key": run_key})

    def last_sealed(self, lane: LaneId) -> Epoch | None:
        """The lane's head."""
        return self._epoch("last_sealed_epoch", rows.lane(lane))

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        """The newest epochs, newest first."""
        with self._transaction() as db:
            return [rows.epoch(r) for r in _all(db, "newest_epochs", {**rows.lane(lane), "limit": limit})]

    def adopt(self, lease: Lease, epoch: Epoch) -> Epoch:
        """AttemptAdopted; see the port. Repeating it with the same lease returns the row as it is."""
        with self._fenced(lease, f"adopting {epoch}") as db:
            row = _one(db, "adopt_epoch", {**rows.key(epoch), "fence": lease.fence})
            if row is not None:
                return rows.epoch(row)
            now = self._current(db, epoch)
            if now.fence == lease.fence:
                return now
            raise InvariantViolationError(f"{epoch} is {now.status} under fence {now.fence} and cannot be adopted")

    def plan(
        self, lease: Lease, *, run: Run, fingerprint: str, offsets: OffsetRange, discovered: Sequence[FileEntry]
    ) -> Epoch:
        """Append to the source log and fix the next range, together; see the port."""
        lane = rows.lane(lease.lane)
        with self._fenced(lease, f"{lease.lane}: planning") as db:
            planned = _one(db, "unfinished_epoch", lane)
            if planned is not None:
                return _same_plan(rows.epoch(planned), lease, run, offsets)
            row = _one(db, "last_sealed_epoch", lane)
            last = rows.epoch(row) if row else None
            _check_contiguous(lease.lane, last, offsets)
            self._append(db, lease.lane, discovered)
            newest = _all(db, "newest_epochs", {**lane, "limit": 1})
            manifest = last.manifest if last else None
            made = _one(
                db,
                "plan_epoch",
                {
                    **lane,
                    "epoch": newest[0]["epoch"] + 1 if newest else 1,
                    "fence": lease.fence,
                    "run_key": run.key,
                    "run_owner": run.owner,
                    "clear_number": run.clear_number,
                    "logical_date_ms": run.logical_date_ms,
                    "interval_start_ms": run.interval_start_ms,
                    "interval_end_ms": run.interval_end_ms,
                    "fingerprint": fingerprint,
                    "offset_start": offsets.start,
                    "offset_stop": offsets.stop,
                    "parent_uri": manifest.uri if manifest else None,
                    "parent_sha256": manifest.sha256 if manifest else None,
                    "watermark_in_ms": last.watermark_out_ms if last else None,
                },
            )
            return rows.epoch(made or {})

    def stage(
        self, lease: Lease, epoch: Epoch, *, manifest: ManifestRef, watermark_ms: int | None, counts: Counts
    ) -> Epoch:
        """FilesStaged; see the port."""
        with self._fenced(lease, f"staging {epoch}") as db:
            more = {
                "manifest_uri": manifest.uri,
                "manifest_sha256": manifest.sha256,
                "watermark_out_ms": watermark_ms,
                "counts": rows.counts(counts),
            }
            staged = self._change(db, lease, epoch, Event.FILES_STAGED, more)
            if staged.manifest != manifest:
                raise InvariantViolationError(f"{epoch} was staged before with another manifest, {staged.manifest}")
            return staged

    def publish(self, lease: Lease, epoch: Epoch, *, heads: Sequence[Head]) -> Epoch:
        """PartitionsPublished, and the heads set in the same transaction; see the port."""
        with self._fenced(lease, f"publishing {epoch}") as db:
            published = self._change(db, lease, epoch, Event.PARTITIONS_PUBLISHED, {})
            for head in heads:
                parameters = {**vars(head), "values": rows.values(head.values)}
                if _one(db, "set_head", parameters) is None:
                    raise ConfigurationError(
                        f"{epoch}: partition {'/'.join(head.values)} of {head.table} belongs to another pipeline; "
                        "give each pipeline its own table"
                    )
            return published

    def seal(self, lease: Lease, epoch: Epoch) -> Epoch:
        """EpochSealed; see the port."""
        with self._fenced(lease, f"sealing {epoch}") as db:
            return self._change(db, lease, epoch, Event.EPOCH_SEALED, {})

    def record_failure(self, lease: Lease, epoch: Epoch, *, kind: str, message: str) -> None:
        """Note why an attempt failed; see the port."""
        with self._transaction() as db:
            _run(
                db, "record_failure", {**rows.key(epoch), "fence": lease.fence, "kind": kind, "message": message[:8000]}
            )

    # -- heads and logs -------------------------------------------------------------------------------------------

    def heads(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Head]:
        """The heads of a table: all, or those of the given partitions."""
        with self._transaction() as db:
            if values is None:
                found = _all(db, "all_heads", {"table": table})
            else:
                found = _all(db, "some_heads", {"table": table, "values": [rows.values(v) for v in values]})
        return {h.values: h for h in map(rows.head, found)}

    def known_paths(self, pipeline: str, paths: Sequence[str]) -> set[str]:
        """Those of `paths` that are in the source log."""
        with self._transaction() as db:
            return {r["path"] for r in _all(db, "known_paths", {"pipeline": pipeline, "paths": list(paths)})}

    def log(self, pipeline: str, offsets: OffsetRange) -> list[FileEntry]:
        """The source log's entries in the range, in order."""
        with self._transaction() as db:
            found = _all(db, "log_range", {"pipeline": pipeline, "start": offsets.start, "stop": offsets.stop})
        return [FileEntry(**r) for r in found]

    def log_end(self, pipeline: str) -> int:
        """One past the last position in the source log."""
        with self._transaction() as db:
            return int(_all(db, "log_end", {"pipeline": pipeline})[0]["log_end"])

    def pipelines(self) -> list[LaneSummary]:
        """Every lane of every pipeline."""
        with self._transaction() as db:
            found = [
                LaneSummary(r["name"], r["buckets"], r["lane"], r["lease_owner"], r["lease_seconds_left"])
                for r in _all(db, "pipelines", {})
            ]
        return [
            s if (s.lease_seconds_left or 0) > 0 else LaneSummary(s.pipeline, s.buckets, s.lane, None, None)
            for s in found
        ]

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -- transactions ---------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[DictRow]]:
        """One transaction. A connection that breaks while it commits leaves the outcome unknown."""
        db = self._open()
        try:
            yield db
        except psycopg.Error as e:
            self._drop_broken()
            raise translate(e, self._url) from e
        except BaseException:
            if not db.closed:
                db.rollback()
            raise
        try:
            db.commit()
        except psycopg.Error as e:
            self._drop_broken()
            raise OutcomeUnknownError(
                f"checkpoint database {address(self._url)}: the connection broke while a change was committed; the next "
                "attempt reads back whether it took effect"
            ) from e

    @contextmanager
    def _fenced(self, lease: Lease, doing: str) -> Iterator[psycopg.Connection[DictRow]]:
        with self._transaction() as db:
            row = _one(db, "lock_lane", rows.lane(lease.lane))
            if row is None or row["fence"] != lease.fence:
                newest = row["fence"] if row else None
                raise FencedError(
                    f"{doing}: attempt {lease.fence} was superseded by attempt {newest}; nothing was changed"
                )
            yield db

    def _open(self) -> psycopg.Connection[DictRow]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        try:
            db = psycopg.connect(
                self._url, connect_timeout=_CONNECT_TIMEOUT_S, application_name="tidegate", row_factory=dict_row
            )
        except psycopg.Error as e:
            raise translate(e, self._url) from e
        try:
            self._check_revision(db)
        except BaseException:
            db.close()
            raise
        self._connection = db
        return db

    def _check_revision(self, db: psycopg.Connection[DictRow]) -> None:
        try:
            row = _one(db, "revision", {})
            db.commit()
        except psycopg.errors.UndefinedTable:
            row = None
        except psycopg.Error as e:
            raise translate(e, self._url) from e
        if row is None or row["version_num"] != REVISION:
            raise ConfigurationError(
                f"checkpoint database {address(self._url)} has schema {row['version_num'] if row else 'none'}, this "
                f"version of tidegate needs {REVISION}: run `tidegate migrate`"
            )

    def _drop_broken(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # -- changes --------------------------------------------------------------------------------------------------

    def _change(
        self, db: psycopg.Connection[DictRow], lease: Lease, epoch: Epoch, event: Event, more: dict[str, Any]
    ) -> Epoch:
        """Compare-and-set on (status, fence). When nothing changes, the protocol's table says what that means."""
        parameters = {**rows.key(epoch), "fence": lease.fence, "source": source_of(event), **more}
        row = _one(db, _STATEMENTS[event], parameters)
        if row is not None:
            return rows.epoch(row)
        now = self._current(db, epoch)
        _, verdict = apply(Standing(now.status, now.fence), event, fence=lease.fence)
        if verdict is Verdict.ALREADY:
            return now
        if verdict is Verdict.FENCED:
            raise FencedError(
                f"{epoch}: attempt {lease.fence} was superseded by attempt {now.fence}; nothing was changed"
            )
        raise InvariantViolationError(
            f"{epoch} is {now.status}: {event} is not possible from there; run `tidegate verify`"
        )

    def _current(self, db: psycopg.Connection[DictRow], epoch: Epoch) -> Epoch:
        row = _one(db, "one_epoch", rows.key(epoch))
        if row is None:
            raise InvariantViolationError(f"{epoch} is not in the checkpoint table; run `tidegate verify`")
        return rows.epoch(row)

    def _append(self, db: psycopg.Connection[DictRow], lane: LaneId, discovered: Sequence[FileEntry]) -> None:
        end = _all(db, "log_end", {"pipeline": lane.pipeline})[0]["log_end"]
        if [e.position for e in discovered] != list(range(end, end + len(discovered))):
            raise InvariantViolationError(f"{lane}: discovered files do not continue the source log at {end}")
        with db.cursor() as cursor:
            cursor.executemany(
                QUERIES["append_log"].encode(), [{**vars(e), "pipeline": lane.pipeline} for e in discovered]
            )

    def _epoch(self, query: str, parameters: dict[str, Any]) -> Epoch | None:
        with self._transaction() as db:
            row = _one(db, query, parameters)
        return rows.epoch(row) if row else None


_STATEMENTS = {
    Event.FILES_STAGED: "stage_epoch",
    Event.PARTITIONS_PUBLISHED: "publish_epoch",
    Event.EPOCH_SEALED: "seal_epoch",
}


def _run(db: psycopg.Connection[DictRow], query: str, parameters: dict[str, Any]) -> psycopg.Cursor[DictRow]:
    return db.execute(QUERIES[query].encode(), parameters)


def _one(db: psycopg.Connection[DictRow], query: str, parameters: dict[str, Any]) -> DictRow | None:
    return _run(db, query, parameters).fetchone()


def _all(db: psycopg.Connection[DictRow], query: str, parameters: dict[str, Any]) -> list[DictRow]:
    return _run(db, query, parameters).fetchall()


def _same_plan(found: Epoch, lease: Lease, run: Run, offsets: OffsetRange) -> Epoch:
    """The answer of an earlier, equal call was lost; anything else is a second open epoch (I1)."""
    if (found.run.key, found.fence, found.offsets) == (run.key, lease.fence, offsets):
        return found
    raise InvariantViolationError(f"{found} is {found.status}: it must be finished before another epoch is planned")


def _check_contiguous(lane: LaneId, last: Epoch | None, offsets: OffsetRange) -> None:
    start = last.offsets.stop if last else 0
    if offsets.start != start:
        raise InvariantViolationError(f"{lane}: the next epoch must start at offset {start}, not {offsets.start} (I1)")
