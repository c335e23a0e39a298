"""`ports.EpochStore` in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tidegate.errors import InvariantViolationError
from tidegate.protocol.lanes import usable
from tidegate.protocol.model import (
    Counts,
    Epoch,
    Events,
    Head,
    LaneId,
    Lease,
    ManifestRef,
    Offsets,
    Place,
    Placed,
    Promotion,
    Purpose,
    Rollback,
    Run,
    Slice,
    Status,
    Word,
)
from tidegate.protocol.purposes import reads_sources, takes_lane
from tidegate.protocol.refusals import (
    continued,
    correctable,
    foreign_table,
    no_way_back,
    not_staged,
    of_epoch,
    one_manifest,
    planned_before,
    promotable,
    without_gap,
)
from tidegate.protocol.transitions import Event, LaneEvent, Verdict
from tidegate.testing.checkpoint.rows import OverRows, is_main

HOUR_MS = 3_600_000
_NO_FAILURE: dict[str, Any] = {
    "failure_kind": None,
    "failure_message": None,
    "failures": 0,
    "failed_code": None,
    "paused_ms": None,
}


class MemoryEpochs(OverRows):
    """Epochs, and each step of one."""

    def unfinished(self, lane: LaneId) -> Epoch | None:
        """The lane's one epoch that is PLANNED, STAGED or PUBLISHED."""
        return self._unfinished(lane)

    def of_run(self, lane: LaneId, run_key: str) -> Epoch | None:
        """The newest epoch that the run planned."""
        return next((e for e in self._of(lane) if e.run.key == run_key), None)

    def last_sealed(self, lane: LaneId) -> Epoch | None:
        """The lane's head."""
        return self._sealed(lane)

    def interval_end(self, lane: LaneId) -> int | None:
        """The latest end of a data interval among the lane's sealed epochs of events."""
        sealed = [e for e in self._of(lane) if e.status is Status.SEALED and reads_sources(e.kind)]
        return max((e.run.interval_end_ms for e in sealed if e.run.interval_end_ms is not None), default=None)

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        """The newest epochs, newest first."""
        return self._of(lane)[:limit]

    def suspects(self, lane: LaneId) -> list[Epoch]:
        """Sealed epochs of the last hour whose swap more than one attempt began, newest first, at most 100."""
        since = self.now_ms() - HOUR_MS
        sealed = [e for e in self._of(lane) if e.status is Status.SEALED and e.publishers > 1]
        return [e for e in sealed if (e.sealed_ms or 0) > since][:100]

    def kept_manifest(self, epoch: Epoch) -> bytes | None:
        """The copy of the epoch's manifest that `stage` kept."""
        return self.rows.manifests.get((epoch.lane, epoch.epoch, epoch.generation))

    def adopt(self, lease: Lease, epoch: Epoch, *, retry: bool = True, clear_number: int = 0) -> Epoch:
        """AttemptAdopted; see the port."""
        with self._transaction() as rows:
            found = rows.epochs.get((epoch.lane, epoch.epoch, epoch.generation), epoch)
            run = replace(found.run, clear_number=max(found.run.clear_number, clear_number))
            attempts = found.attempts + retry
            return self._advance(Event.ATTEMPT_ADOPTED, lease, epoch, attempts=attempts, run=run)[0]

    def plan(
        self,
        lease: Lease,
        *,
        run: Run,
        fingerprint: str,
        offsets: Offsets,
        discovered: Sequence[Slice],
        purpose: Purpose = Events(),  # noqa: B008  (it is frozen)
        number: int | None = None,
    ) -> Epoch:
        """Append `discovered` to the ledger and fix `offsets` as the next epoch; see the port."""
        lane = lease.lane
        with self._transaction() as rows:
            self._lock(lease)
            if unfinished := self._unfinished(lane):
                return planned_before(unfinished, lease, run, offsets)
            last = self._sealed(lane)
            start = self._parent(lane, last, purpose)
            continued(lane, start, offsets)
            self._append(lane, offsets, discovered)
            epoch = number or (last.epoch + 1 if last else 1)
            generation = 1 + max((e.generation for e in self._of(lane) if e.epoch == epoch), default=0)
            planned = Epoch(
                lane=lane,
                epoch=epoch,
                generation=generation,
                status=Status.PLANNED,
                fence=lease.fence,
                run=run,
                fingerprint=fingerprint,
                offsets=dict(offsets),
                purpose=purpose,
                parent=start.manifest if start else None,
                watermark_in_ms=start.watermark_out_ms if start else None,
                planned_ms=self.now_ms(),
            )
            rows.epochs[lane, epoch, generation] = planned
            if name := takes_lane(purpose):
                self._move_lane(LaneId(lane.pipeline, name), LaneEvent.PROMOTED)
            return planned

    def _parent(self, lane: LaneId, last: Epoch | None, purpose: Purpose) -> Epoch | None:
        """The sealed epoch whose state and offsets a plan starts from; None before the first."""
        match purpose:
            case Promotion(name):
                promoted = LaneId(lane.pipeline, name)
                promotable(purpose, promoted, self._fork(promoted), unfinished=self._unfinished(promoted))
                return last if purpose.keeps_state else self._sealed(promoted)
            case Rollback(to):
                return self._of_main(lane, to)
        if not is_main(lane) and last is None:
            return self._of_main(lane, usable(self._fork(lane), lane.lane).base)
        return last

    def _of_main(self, lane: LaneId, number: int) -> Epoch | None:
        main = LaneId(lane.pipeline)
        found = self._sealed(main, number) if number else None
        if number and found is None:
            raise no_way_back(main, number)
        return found

    def _append(self, lane: LaneId, offsets: Offsets, discovered: Sequence[Slice]) -> None:
        of_pipeline = [(s, slice_) for (p, s, _), slice_ in self.rows.slices.items() if p == lane.pipeline]
        sources = sorted({*offsets, *(s.source for s in discovered)})
        tails = {
            source: max((sl for s, sl in of_pipeline if s == source), key=lambda s: s.position, default=None)
            for source in sources
        }
        without_gap(lane, offsets, discovered, tails)
        known = {(s, slice_.key) for s, slice_ in of_pipeline}
        for slice_ in discovered:
            if (slice_.source, slice_.key) in known:
                raise InvariantViolationError(f"{lane}: {slice_.key} is in the ledger of {slice_.source!r} already")
            known.add((slice_.source, slice_.key))
            self.rows.slices[lane.pipeline, slice_.source, slice_.position] = slice_

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
        """FilesStaged: PLANNED → STAGED, with a copy of the manifest; see the port."""
        made = {"manifest": manifest, "watermark_out_ms": watermark_ms, "counts": counts, "staged_ms": self.now_ms()}
        with self._transaction() as rows:
            staged, verdict = self._advance(Event.FILES_STAGED, lease, epoch, **made, **_NO_FAILURE)
            if verdict is Verdict.ALREADY:
                one_manifest(lease, staged, manifest)
            rows.manifests.setdefault((epoch.lane, epoch.epoch, epoch.generation), data)
            return staged

    def begin_swap(self, lease: Lease, epoch: Epoch) -> None:
        """Check the fence once more and count this attempt's swap."""
        key = (epoch.lane, epoch.epoch, epoch.generation)
        with self._transaction() as rows:
            self._lock(lease)
            found = rows.epochs.get(key)
            if found is None or (found.status, found.fence) != (Status.STAGED, lease.fence):
                raise not_staged(lease, epoch)
            rows.epochs[key] = replace(found, publishers=found.publishers + 1)

    def publish(self, lease: Lease, epoch: Epoch, *, heads: Sequence[Head], removed: Sequence[Place] = ()) -> Epoch:
        """PartitionsPublished: STAGED → PUBLISHED and the heads, together; see the port."""
        of_epoch(epoch, heads)
        with self._transaction() as rows:
            published, verdict = self._advance(Event.PARTITIONS_PUBLISHED, lease, epoch, published_ms=self.now_ms())
            if verdict is not Verdict.ACCEPTED:
                return published
            if not is_main(epoch.lane):
                assert published.manifest is not None
                put = {(h.table, h.values): Placed(h.location, published.manifest) for h in heads}
                self._set_lane_heads(epoch.lane, put)
                return published
            for head in heads:
                there = rows.heads.get((head.table, head.values), head)
                if there.pipeline != epoch.lane.pipeline:
                    raise foreign_table(epoch, head.table, there.pipeline)
                rows.heads[head.table, head.values] = head
            for place in removed:
                rows.heads.pop(place, None)
            return published

    def seal(self, lease: Lease, epoch: Epoch) -> Epoch:
        """EpochSealed: PUBLISHED → SEALED."""
        with self._transaction():
            return self._advance(Event.EPOCH_SEALED, lease, epoch, sealed_ms=self.now_ms(), **_NO_FAILURE)[0]

    def abandon(self, lease: Lease, epoch: Epoch, word: Word) -> Epoch:
        """EpochAbandoned: PLANNED → ABANDONED; the lane of an abandoned PROMOTION is open again."""
        with self._transaction():
            given_up = {"given_up": word, "given_up_ms": self.now_ms()}
            abandoned, _ = self._advance(Event.EPOCH_ABANDONED, lease, epoch, **given_up)
            if name := takes_lane(abandoned.purpose):
                self._move_lane(LaneId(lease.lane.pipeline, name), LaneEvent.REOPENED)
            return abandoned

    def correct(self, lease: Lease, word: Word, *, gives_up: Epoch | None, slices: Sequence[Slice]) -> None:
        """Write `slices` over those of the ledger, and abandon `gives_up`, together; see the port."""
        with self._transaction() as rows:
            self._lock(lease)
            if gives_up:
                self.abandon(lease, gives_up, word)
            correctable(self._unfinished(lease.lane) or self._sealed(lease.lane), slices)
            for slice_ in slices:
                key = (lease.lane.pipeline, slice_.source, slice_.position)
                rows.slices[key] = replace(slice_, noted_ms=self.now_ms(), word=word)

    def forget(
        self,
        lease: Lease,
        *,
        epochs: Sequence[int],
        positions: Mapping[str, Sequence[int]],
        lanes: Sequence[LaneId] = (),
    ) -> None:
        """Drop rows of epochs that are over, of ended lanes, of the ledger, and old repairs; see the port."""
        pipeline = lease.lane.pipeline
        with self._transaction() as rows:
            self._lock(lease)
            named = {(h.pipeline, h.lane, h.epoch, h.generation) for h in rows.heads.values()}
            for key, epoch in list(rows.epochs.items()):
                is_named = (pipeline, key[0].lane, *key[1:]) in named
                over = epoch.status in (Status.SEALED, Status.ABANDONED)
                if key[0] == lease.lane and epoch.epoch in epochs and over and not is_named:
                    self._forget_epoch(key)
            for source, of_source in positions.items():
                last = max((at for p, s, at in rows.slices if (p, s) == (pipeline, source)), default=None)
                for position in of_source:
                    if position != last:
                        rows.slices.pop((pipeline, source, position), None)
            since = self.now_ms() - HOUR_MS
            for repair in [r for r, began in rows.repairs.items() if r[0] == pipeline and began <= since]:
                del rows.repairs[repair]
            for lane in lanes:
                self._forget_lane(lane)
