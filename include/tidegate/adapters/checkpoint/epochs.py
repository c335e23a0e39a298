"""`ports.EpochStore` on PostgreSQL.

Every write locks its lane's row and compares the fence (I4), then changes the epoch by compare-and-set on (status,
fence). What a refused change means is not decided here: `protocol.transitions.apply` says so.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.adapters.checkpoint.changes import (
    ADOPTABLE,
    abandon,
    advance,
    append_slices,
    change_heads,
    correct_slices,
    lock,
    move_lane,
    one,
    parent_of,
)
from tidegate.adapters.checkpoint.connection import OverSession
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import (
    epoch_key,
    epoch_of,
    lane_key,
    purpose_values,
    run_values,
    to_counts,
    to_ms,
    to_offsets,
)
from tidegate.errors import InvariantViolationError
from tidegate.protocol.ledger import told
from tidegate.protocol.model import (
    EVENTS,
    Counts,
    Epoch,
    Head,
    LaneId,
    Lease,
    ManifestRef,
    Offsets,
    Place,
    Purpose,
    Run,
    Slice,
    Word,
)
from tidegate.protocol.purposes import takes_lane
from tidegate.protocol.refusals import continued, not_staged, of_epoch, one_manifest, planned_before
from tidegate.protocol.transitions import Event, LaneEvent, Verdict


class PostgresEpochs(OverSession):
    """Epochs, and each step of one."""

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

    def suspects(self, lane: LaneId) -> list[Epoch]:
        """Sealed epochs of the last hour whose swap more than one attempt began, newest first, at most 100."""
        with self._session.transaction(f"{lane}: suspects", writes=False) as cursor:
            return [epoch_of(r) for r in cursor.execute(QUERIES["suspects"], lane_key(lane))]

    def kept_manifest(self, epoch: Epoch) -> bytes | None:
        """The copy of the epoch's manifest that `stage` kept."""
        with self._session.transaction(f"{epoch}: kept manifest", writes=False) as cursor:
            row = one(cursor, "kept_manifest", epoch_key(epoch))
            return zlib.decompress(row["content"]) if row else None

    def _epoch(self, lane: LaneId, query: str, values: dict[str, Any]) -> Epoch | None:
        with self._session.transaction(f"{lane}: {query}", writes=False) as cursor:
            row = one(cursor, query, lane_key(lane) | values)
            return epoch_of(row) if row else None

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
        purpose: Purpose = EVENTS,
        number: int | None = None,
    ) -> Epoch:
        """Append `discovered` to the ledger and fix `offsets` as the next epoch, in one transaction (I1, I8).

        From where it starts, the port says. When this lease's plan took effect before, though its answer was lost, its
        epoch is returned.
        """
        with self._session.transaction(f"{lease.lane}: plan {told(offsets)}") as cursor:
            lock(cursor, lease)
            row = one(cursor, "unfinished", lane_key(lease.lane))
            if row:
                return planned_before(epoch_of(row), lease, run, offsets)
            row = one(cursor, "last_sealed", lane_key(lease.lane))
            last = epoch_of(row) if row else None
            start = parent_of(cursor, lease.lane, last, purpose)
            continued(lease.lane, start, offsets)
            append_slices(cursor, lease.lane, offsets, discovered)
            values = {
                "epoch": number or (last.epoch + 1 if last else 1),
                "fence": lease.fence,
                "fingerprint": fingerprint,
                "offsets": to_offsets(offsets),
                "parent_uri": start.manifest.uri if start and start.manifest else None,
                "parent_sha256": start.manifest.sha256 if start and start.manifest else None,
                "watermark_in_ms": start.watermark_out_ms if start else None,
            }
            planned = one(
                cursor, "plan_epoch", lane_key(lease.lane) | run_values(run) | purpose_values(purpose) | values
            )
            if planned is None:
                raise InvariantViolationError(f"{lease.lane}: the plan left no row. Run `tidegate verify`")
            if name := takes_lane(purpose):  # from here on nothing may change what was compared and is taken over
                move_lane(cursor, LaneId(lease.lane.pipeline, name), LaneEvent.PROMOTED)
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
            if verdict is Verdict.ALREADY:
                one_manifest(lease, staged, manifest)
            cursor.execute(QUERIES["keep_manifest"], epoch_key(epoch) | {"content": zlib.compress(data)})
            return staged

    def begin_swap(self, lease: Lease, epoch: Epoch) -> None:
        """Check the fence once more and count this attempt's swap (I4). Counting it twice is harmless."""
        with self._session.transaction(f"{epoch}: begin the swap") as cursor:
            lock(cursor, lease)
            if one(cursor, "begin_swap", epoch_key(epoch) | {"fence": lease.fence}) is None:
                raise not_staged(lease, epoch)

    def publish(self, lease: Lease, epoch: Epoch, *, heads: Sequence[Head], removed: Sequence[Place] = ()) -> Epoch:
        """PartitionsPublished: STAGED → PUBLISHED and the heads, in one transaction (I2)."""
        of_epoch(epoch, heads)
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
