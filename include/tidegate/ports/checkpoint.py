"""The checkpoint tables, as the engine asks them: five stores, by who asks, which are one.

They are the one source of truth. Every write is one transaction, compare-and-set on the fence: a write by a lease that
is not the lane's newest raises FencedError and changes nothing (I4).
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tidegate.api.pipeline import Definition
from tidegate.protocol.model import (
    EVENTS,
    Clone,
    Counts,
    Epoch,
    Fork,
    Head,
    LaneId,
    Lease,
    ManifestRef,
    OffsetRange,
    Offsets,
    PartitionValues,
    Place,
    Placed,
    Purpose,
    Run,
    Slice,
    Word,
)


class LaneStore(Protocol):
    """Pipelines, their lanes, and who may write to a lane. Asked by whoever starts, ends or holds work on one."""

    def register(self, definition: Definition) -> None:
        """Make or refresh the pipeline's row. Raises StateIncompatibleError when its number of buckets changed."""

    def acquire(self, lane: LaneId, owner: str, *, ttl_s: float) -> Lease:
        """Take the lane with a larger fence than ever before.

        Free, expired, or held by the same `owner` (whose older attempt is superseded at once). Otherwise raises
        LeaseHeldError, which names the holder and says when it expires by the database's clock.
        """

    def renew(self, lease: Lease, *, ttl_s: float) -> None:
        """Extend the lease. Raises FencedError when a newer one was taken."""

    def release(self, lease: Lease) -> None:
        """Give the lane free if `lease` is still its newest; otherwise do nothing."""

    def fail(self, lease: Lease, *, kind: str, message: str, code: str, pause_after: int | None) -> None:
        """Note why an attempt failed at the epoch of `lease`, if it has one, and give the lane free. Never FencedError.

        The status stays. The epoch is paused when `pause_after` attempts in a row failed in the same way; see
        `protocol.pausing`. `code` is the pipeline's fingerprint.
        """

    def resume(self, lane: LaneId) -> Epoch | None:
        """Let the lane's paused epoch be tried again; None when it has none."""

    def forks(self, pipeline: str) -> list[Fork]:
        """The pipeline's forked lanes, in the order in which they were made."""

    def fork(self, lane: LaneId, *, base: int, heads: Mapping[Place, Placed], reach_back: bool = False) -> Fork:
        """Make a lane behind main's sealed epoch `base` (0: before the first); repeating it is harmless.

        The name of a lane that is over may be used again. Raises RefusedError when it is open with another base.
        With `reach_back` one that starts later is given up for the new one, together, and one that starts earlier is
        returned as it is. A new one begins with `heads`: the partitions into which it merges rows, as behind `base`.
        """

    def discard(self, lane: LaneId) -> Fork:
        """Give an open lane up: an attempt that works on it is superseded. Repeating it is harmless."""

    def now_ms(self) -> int:
        """The database's clock: the one by which ages are told."""

    def close(self) -> None:
        """Give the connection back."""


class EpochStore(Protocol):
    """Epochs, and each step of one; what a step says of slices and heads is written with it, together."""

    def unfinished(self, lane: LaneId) -> Epoch | None:
        """The lane's one epoch that is PLANNED, STAGED or PUBLISHED."""

    def of_run(self, lane: LaneId, run_key: str) -> Epoch | None:
        """The newest epoch that the run planned."""

    def last_sealed(self, lane: LaneId) -> Epoch | None:
        """The lane's head."""

    def interval_end(self, lane: LaneId) -> int | None:
        """The latest end of a data interval among the lane's sealed epochs of events; None when none has one."""

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        """The newest epochs, newest first."""

    def suspects(self, lane: LaneId) -> list[Epoch]:
        """Epochs sealed in the last hour whose swap more than one attempt began; at most 100, newest first."""

    def kept_manifest(self, epoch: Epoch) -> bytes | None:
        """The copy of the epoch's manifest that `stage` kept; None before STAGED."""

    def adopt(self, lease: Lease, epoch: Epoch, *, retry: bool = True, clear_number: int = 0) -> Epoch:
        """AttemptAdopted: record the new fence, and for a retry one more attempt. Returns the row as it now is.

        `clear_number` is its own run's: a run that was cleared before it was sealed has not been asked to do it again.
        """

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
        """Append `discovered` to the ledger and fix `offsets` as the next epoch (status PLANNED), together (I1).

        The parent (manifest and watermark) is the last sealed epoch's, or that of the sealed epoch to which a Rollback
        goes back. `offsets` must have a range for each source that the parent has, which starts
        where that one ends, and others start at 0: else InvariantViolationError.
        A forked lane starts from its base and gives its epochs main's `number`s. A Promotion starts from its lane,
        unless it keeps main's state, and ends that lane: an attempt on it is superseded.
        `discovered` may reach beyond the ranges: the rest waits for later epochs.
        """

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
        """FilesStaged: PLANNED → STAGED, with a copy of the manifest's bytes `data`. It may be repeated."""

    def begin_swap(self, lease: Lease, epoch: Epoch) -> None:
        """Count one more attempt that is about to swap the STAGED epoch's partitions: the last look at the fence."""

    def publish(
        self,
        lease: Lease,
        epoch: Epoch,
        *,
        heads: Sequence[Head],
        removed: Sequence[Place] = (),
    ) -> Epoch:
        """PartitionsPublished: STAGED → PUBLISHED, and heads set and removed, together: main's, or the lane's own."""

    def seal(self, lease: Lease, epoch: Epoch) -> Epoch:
        """EpochSealed: PUBLISHED → SEALED: the next epoch starts from here."""

    def abandon(self, lease: Lease, epoch: Epoch, word: Word) -> Epoch:
        """EpochAbandoned: PLANNED → ABANDONED. Its number is planned again, as the next generation.

        The lane of an abandoned Promotion is open again.
        """

    def correct(self, lease: Lease, word: Word, *, gives_up: Epoch | None, slices: Sequence[Slice]) -> None:
        """Write `slices` over those of the ledger at their positions, or behind it, and abandon `gives_up`, together.

        Raises InvariantViolationError when an epoch that stays has one of the positions: sealed, or under way (I1, I8).
        """

    def forget(
        self,
        lease: Lease,
        *,
        epochs: Sequence[int],
        positions: Mapping[str, Sequence[int]],
        lanes: Sequence[LaneId] = (),
    ) -> None:
        """Drop rows of sealed epochs, all epochs of `lanes`, slices by source and position, and notes of old repairs.

        An epoch that a head names stays, and so does the last slice of a source: the next one comes behind it.
        """


class TableStore(Protocol):
    """Where the partitions of tables lie: heads, and which partitions are being brought to theirs."""

    def heads(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Head]:
        """The heads of a table: all of them, or those of the given partitions."""

    def placed(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Placed]:
        """The heads of a table with the manifests that set them: all of them, or those of the given partitions."""

    def placed_on_lane(
        self, lane: LaneId, table: str, values: Sequence[PartitionValues]
    ) -> dict[PartitionValues, Placed]:
        """The same of a forked lane, for those of the given partitions that it knows: see `fork` and `publish`."""

    def heads_of_pipeline(self, pipeline: str) -> list[Head]:
        """Every head that the pipeline set, by table and values."""

    def begin_repair(self, pipeline: str, table: str, values: Sequence[PartitionValues]) -> None:
        """Note that these partitions are about to be brought to their heads. Any attempt may: it compares no fence."""

    def repairs(self, lane: LaneId) -> frozenset[Place]:
        """The partitions of the lane's pipeline that a repair of the last hour began to change."""


class LedgerStore(Protocol):
    """The slices that were discovered. Only steps of epochs write them: `EpochStore.plan` and `correct`."""

    def known(self, pipeline: str, source: str, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that slices in the source's ledger have."""

    def entries(self, pipeline: str, source: str, keys: Sequence[str]) -> list[Slice]:
        """The slices in the source's ledger that have one of `keys`, by position."""

    def readers(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        """The pipelines and sources, in order, in whose ledgers a slice has one of `keys`."""

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        """The slices in a range of the source's ledger, in order; those that were forgotten are missing."""

    def tail(self, pipeline: str, source: str) -> Slice | None:
        """The last slice of the source's ledger; None when it is empty."""

    def corrected(self, pipeline: str) -> list[Slice]:
        """The slices about which a person has said something, by source and position."""


class CloneStore(Protocol):
    """The notes of clones, which keep what these show from the clean-up."""

    def clones(self, pipeline: str) -> list[Clone]:
        """The pipeline's clones, by name."""

    def record_clone(self, lease: Lease, clone: Clone) -> Clone:
        """Note a clone, so that no clean-up deletes what it shows. When the same one is noted, that is returned.

        Raises RefusedError when the name belongs to another clone, ConfigurationError when to a table of a pipeline.
        """

    def forget_clone(self, lease: Lease, table: str) -> None:
        """Drop the note of a clone of the lane's pipeline. Repeating it is harmless."""


class CheckpointStore(LaneStore, EpochStore, TableStore, LedgerStore, CloneStore, Protocol):
    """All five, over one connection."""
