"""What a write does inside its transaction: lock the lane, compare and set, and explain what was refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from tidegate.adapters.checkpoint.connection import Cursor
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import (
    epoch_key,
    epoch_of,
    fork_of,
    head_of,
    head_values,
    lane_key,
    slice_of,
    slice_values,
    word_values,
)
from tidegate.errors import InvariantViolationError
from tidegate.protocol.lanes import usable
from tidegate.protocol.model import (
    MAIN_LANE,
    Epoch,
    Fork,
    Head,
    LaneId,
    Lease,
    Offsets,
    PartitionValues,
    Place,
    Placed,
    Promotion,
    Purpose,
    Rollback,
    Slice,
    Word,
)
from tidegate.protocol.purposes import takes_lane
from tidegate.protocol.refusals import (
    correctable,
    foreign_table,
    lane_unmoved,
    newest,
    no_way_back,
    of_lane,
    promotable,
    unchanged,
    without_gap,
)
from tidegate.protocol.transitions import (
    TRANSITIONS,
    Event,
    LaneEvent,
    Verdict,
    lane_sources,
    lane_target,
    source_of,
)

ADOPTABLE = [str(status) for (status, event) in TRANSITIONS if event is Event.ATTEMPT_ADOPTED]
"""Where an attempt may adopt an epoch."""

STATEMENTS = {
    Event.ATTEMPT_ADOPTED: "adopt_epoch",
    Event.FILES_STAGED: "stage_epoch",
    Event.PARTITIONS_PUBLISHED: "publish_epoch",
    Event.EPOCH_SEALED: "seal_epoch",
    Event.EPOCH_ABANDONED: "abandon_epoch",
}
"""The query that makes each change: a compare-and-set on status and fence."""


def one(cursor: Cursor, query: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first row of a named query."""
    return cursor.execute(QUERIES[query], values).fetchone()


def lock(cursor: Cursor, lease: Lease) -> None:
    """Hold the lane's row for this transaction, in which `lease` is the newest: else FencedError (I4)."""
    row = one(cursor, "lock_lane", lane_key(lease.lane)) or {}
    newest(lease, fence=row.get("fence"), owner=row.get("lease_owner"))


def advance(
    cursor: Cursor, event: Event, lease: Lease, epoch: Epoch, values: Mapping[str, Any]
) -> tuple[Epoch, Verdict]:
    """Make one change by compare-and-set; when nothing changed, let the protocol say why."""
    of_lane(lease, epoch)
    lock(cursor, lease)
    params = {**epoch_key(epoch), "fence": lease.fence, **values}
    if event is not Event.ATTEMPT_ADOPTED:
        source = source_of(event)
        params |= {"source": source, "target": TRANSITIONS[source, event]}
    row = one(cursor, STATEMENTS[event], params)
    if row:
        return epoch_of(row), Verdict.ACCEPTED
    row = one(cursor, "epoch", epoch_key(epoch))
    return unchanged(epoch, epoch_of(row) if row else None, event, lease), Verdict.ALREADY


def sealed_epoch(cursor: Cursor, lane: LaneId, number: int) -> Epoch | None:
    """The sealed epoch of that number; None for 0, before the first."""
    row = one(cursor, "sealed_epoch", lane_key(lane) | {"epoch": number})
    if row is None and number:
        raise no_way_back(lane, number)
    return epoch_of(row) if row else None


def parent_of(cursor: Cursor, lane: LaneId, last: Epoch | None, purpose: Purpose) -> Epoch | None:
    """The sealed epoch whose state and offsets a plan starts from; None before the first."""
    main = LaneId(lane.pipeline)
    match purpose:
        case Promotion():
            return _of_promotion(cursor, main, last, purpose)
        case Rollback(to):
            return sealed_epoch(cursor, main, to)
    if lane != main and last is None:
        return sealed_epoch(cursor, main, usable(fork(cursor, lane), lane.lane).base)
    return last


def _of_promotion(cursor: Cursor, main: LaneId, last: Epoch | None, promotion: Promotion) -> Epoch | None:
    promoted = LaneId(main.pipeline, promotion.lane)
    one(cursor, "lock_lane", lane_key(promoted))  # nobody seals an epoch there between the look and the end
    row = one(cursor, "unfinished", lane_key(promoted))
    promotable(promotion, promoted, fork(cursor, promoted), unfinished=epoch_of(row) if row else None)
    return last if promotion.keeps_state else _last_sealed(cursor, promoted)


def _last_sealed(cursor: Cursor, lane: LaneId) -> Epoch | None:
    row = one(cursor, "last_sealed", lane_key(lane))
    return epoch_of(row) if row else None


def fork(cursor: Cursor, lane: LaneId) -> Fork | None:
    """The forked lane of that name."""
    row = one(cursor, "lane", lane_key(lane))
    return fork_of(row) if row else None


def move_lane(cursor: Cursor, lane: LaneId, event: LaneEvent) -> Fork:
    """Say what became of a lane by compare-and-set; an attempt that works on it is superseded (I4)."""
    row = one(cursor, "move_lane", lane_key(lane) | lane_change(event))
    if row:
        return fork_of(row)
    return lane_unmoved(lane, fork(cursor, lane), event)


def lane_change(event: LaneEvent) -> dict[str, Any]:
    """Parameters of the compare-and-set that makes a change of a lane."""
    return {"sources": [str(s) for s in lane_sources(event)], "target": lane_target(event)}


def append_slices(cursor: Cursor, lane: LaneId, offsets: Offsets, discovered: Sequence[Slice]) -> None:
    """Give the slices their places, without a gap before, between or behind them up to the ends of the ranges (I8)."""
    sources = sorted({*offsets, *(s.source for s in discovered)})
    without_gap(lane, offsets, discovered, {source: tail(cursor, lane.pipeline, source) for source in sources})
    if discovered:
        cursor.executemany(QUERIES["append_slice"], [slice_values(lane.pipeline, s) for s in discovered])


def abandon(cursor: Cursor, lease: Lease, epoch: Epoch, word: Word) -> Epoch:
    """EpochAbandoned; the lane of an abandoned PROMOTION is open again."""
    abandoned, _ = advance(cursor, Event.EPOCH_ABANDONED, lease, epoch, word_values(word))
    if name := takes_lane(abandoned.purpose):
        move_lane(cursor, LaneId(lease.lane.pipeline, name), LaneEvent.REOPENED)
    return abandoned


def correct_slices(cursor: Cursor, lane: LaneId, word: Word, slices: Sequence[Slice]) -> None:
    """Write `slices` over those at their positions, none of which an epoch that stays may have (I1, I8)."""
    unfinished = one(cursor, "unfinished", lane_key(lane))
    correctable(epoch_of(unfinished) if unfinished else _last_sealed(cursor, lane), slices)
    said = word_values(word)
    cursor.executemany(QUERIES["correct_slice"], [slice_values(lane.pipeline, s) | said for s in slices])


def tail(cursor: Cursor, pipeline: str, source: str) -> Slice | None:
    """The last slice of a source's ledger."""
    row = one(cursor, "tail", {"pipeline": pipeline, "source": source})
    return slice_of(row) if row else None


def heads_of(
    cursor: Cursor, table: str, values: Sequence[PartitionValues] | None = None
) -> dict[PartitionValues, Head]:
    """The heads of a table: all of them, or those of the given partitions."""
    if values is None:
        rows = cursor.execute(QUERIES["heads"], {"table": table})
    else:
        wanted = [Jsonb(list(v)) for v in values]
        rows = cursor.execute(QUERIES["heads_of_values"], {"table": table, "values": wanted})
    return {h.values: h for h in map(head_of, rows)}


def change_heads(cursor: Cursor, epoch: Epoch, heads: Sequence[Head], removed: Sequence[Place]) -> None:
    """Set and remove the heads of main, or set those of the forked lane on which `epoch` was published."""
    if epoch.lane.lane == MAIN_LANE:
        if heads:
            _set_heads(cursor, epoch, heads)
        if removed:
            _remove_heads(cursor, epoch, removed)
    elif epoch.manifest:
        put = {(h.table, h.values): Placed(h.location, epoch.manifest) for h in heads}
        set_lane_heads(cursor, epoch.lane, put)


def _set_heads(cursor: Cursor, epoch: Epoch, heads: Sequence[Head]) -> None:
    """Upsert the heads, in one order for everybody so that two pipelines cannot lock each other out."""
    ordered = sorted(heads, key=lambda h: (h.table, h.values))
    cursor.executemany(QUERIES["set_head"], [head_values(h) for h in ordered])
    if cursor.rowcount != len(ordered):
        for table in {h.table for h in ordered}:
            for head in heads_of(cursor, table, [h.values for h in ordered if h.table == table]).values():
                if head.pipeline != epoch.lane.pipeline:
                    raise foreign_table(epoch, table, head.pipeline)
        raise InvariantViolationError(f"{epoch}: {cursor.rowcount} of {len(ordered)} heads were set")


def set_lane_heads(cursor: Cursor, lane: LaneId, heads: Mapping[Place, Placed]) -> None:
    """Upsert where a forked lane has partitions. The lane is locked by whoever calls."""
    params = [
        lane_key(lane)
        | {
            "table": table,
            "values": Jsonb(list(values)),
            "location": placed.location,
            "manifest_uri": placed.manifest.uri,
            "manifest_sha256": placed.manifest.sha256,
        }
        for (table, values), placed in sorted(heads.items())
    ]
    cursor.executemany(QUERIES["set_lane_head"], params)


def _remove_heads(cursor: Cursor, epoch: Epoch, removed: Sequence[Place]) -> None:
    """Delete heads, in the order in which they are set."""
    params = [
        {"table": table, "values": Jsonb(list(values)), "pipeline": epoch.lane.pipeline}
        for table, values in sorted(removed)
    ]
    cursor.executemany(QUERIES["remove_head"], params)
