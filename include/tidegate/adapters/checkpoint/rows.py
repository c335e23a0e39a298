"""Rows of the checkpoint tables as the protocol's nouns, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from psycopg.types.json import Jsonb

from tidegate.protocol.formats import COUNTS, decoded, read, stamped
from tidegate.protocol.model import (
    Clone,
    Compaction,
    Counts,
    Epoch,
    Events,
    Fork,
    Head,
    Kind,
    LaneId,
    LaneStatus,
    ManifestRef,
    OffsetRange,
    Offsets,
    Placed,
    Promotion,
    Purpose,
    Rollback,
    Run,
    Slice,
    Status,
    Word,
)
from tidegate.protocol.purposes import goes_back_to, takes_lane

Row = Mapping[str, Any]

MESSAGE_LIMIT, WORD_LIMIT = 4_000, 1_000
"""Characters of an error, and of a person's reason, that are kept."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime | None) -> int | None:
    """Milliseconds since 1970 UTC, rounded down."""
    return None if moment is None else (moment - _EPOCH) // _MS


def from_ms(ms: int | None) -> datetime | None:
    """The moment so many milliseconds after 1970 UTC."""
    return None if ms is None else _EPOCH + ms * _MS


def lane_key(lane: LaneId) -> dict[str, Any]:
    """Parameters that find a lane."""
    return {"pipeline": lane.pipeline, "lane": lane.lane}


def epoch_key(epoch: Epoch) -> dict[str, Any]:
    """Parameters that find an epoch."""
    return lane_key(epoch.lane) | {"epoch": epoch.epoch, "generation": epoch.generation}


def run_values(run: Run) -> dict[str, Any]:
    """Parameters that hold who asked for an epoch."""
    return {
        "run_key": run.key,
        "run_owner": run.owner,
        "run_clear_number": run.clear_number,
        "run_logical_date": from_ms(run.logical_date_ms),
        "run_interval_start": from_ms(run.interval_start_ms),
        "run_interval_end": from_ms(run.interval_end_ms),
    }


def to_counts(counts: Counts) -> Jsonb:
    """Counts as stored."""
    return Jsonb(stamped(COUNTS, asdict(counts)))


def _counts(row: Row) -> Counts | None:
    if row["counts"] is None:
        return None
    where = f"of {row['pipeline']}@{row['lane']} {row['epoch']}"
    return read(COUNTS, row["counts"], where, partial(decoded, Counts))


def epoch_of(row: Row) -> Epoch:
    """A row of `epochs`."""
    return Epoch(
        lane=LaneId(row["pipeline"], row["lane"]),
        epoch=row["epoch"],
        generation=row["generation"],
        status=Status(row["status"]),
        fence=row["fence"],
        run=Run(
            key=row["run_key"],
            owner=row["run_owner"],
            clear_number=row["run_clear_number"],
            logical_date_ms=to_ms(row["run_logical_date"]),
            interval_start_ms=to_ms(row["run_interval_start"]),
            interval_end_ms=to_ms(row["run_interval_end"]),
        ),
        fingerprint=row["fingerprint"],
        offsets={source: OffsetRange(*ends) for source, ends in row["offsets"].items()},
        purpose=purpose_of(row),
        parent=_ref(row["parent_uri"], row["parent_sha256"]),
        manifest=_ref(row["manifest_uri"], row["manifest_sha256"]),
        watermark_in_ms=row["watermark_in_ms"],
        watermark_out_ms=row["watermark_out_ms"],
        counts=_counts(row),
        attempts=row["attempts"],
        publishers=row["publishers"],
        planned_ms=to_ms(row["planned_at"]),
        staged_ms=to_ms(row["staged_at"]),
        published_ms=to_ms(row["published_at"]),
        sealed_ms=to_ms(row["sealed_at"]),
        given_up_ms=to_ms(row["abandoned_at"]),
        given_up=_word(row["abandoned_by"], row["abandoned_why"]),
        failure_kind=row["failure_kind"],
        failure_message=row["failure_message"],
        failures=row["failures"],
        failed_code=row["failed_code"],
        paused_ms=to_ms(row["paused_at"]),
    )


def purpose_of(row: Row) -> Purpose:
    """What an epoch is for. The database lets no other columns be filled than those of the kind."""
    match Kind(row["kind"]):
        case Kind.EVENTS:
            return Events()
        case Kind.COMPACTION:
            return Compaction()
        case Kind.ROLLBACK:
            return Rollback(row["restores"])
        case Kind.PROMOTION:
            return Promotion(row["promotes"], row["restores"], row["keeps_state"])


def purpose_values(purpose: Purpose) -> dict[str, Any]:
    """Parameters that hold what an epoch is for."""
    return {
        "kind": purpose.kind,
        "restores": goes_back_to(purpose),
        "promotes": takes_lane(purpose),
        "keeps_state": purpose.keeps_state if isinstance(purpose, Promotion) else None,
    }


def _ref(uri: str | None, sha256: str | None) -> ManifestRef | None:
    return None if uri is None or sha256 is None else ManifestRef(uri, sha256)


def _word(by: str | None, why: str | None) -> Word | None:
    return None if by is None or why is None else Word(by, why)


def word_values(word: Word) -> dict[str, Any]:
    """Parameters that hold a person's word."""
    return {"by": storable(word.by, limit=WORD_LIMIT), "why": storable(word.why, limit=WORD_LIMIT)}


def to_offsets(offsets: Offsets) -> Jsonb:
    """Ranges as `plan_epoch` takes them, and as every query of epochs gives them."""
    return Jsonb({source: [r.start, r.stop] for source, r in offsets.items()})


def slice_of(row: Row) -> Slice:
    """A row of `slices`."""
    return Slice(
        source=row["source"],
        position=row["position"],
        key=row["key"],
        detail=row["detail"],
        rows=row["rows"],
        bytes=row["bytes"],
        time_ms=row["time_ms"],
        skipped=row["skipped"],
        noted_ms=to_ms(row["noted_at"]),
        word=_word(row["noted_by"], row["noted_why"]),
    )


def slice_values(pipeline: str, slice_: Slice) -> dict[str, Any]:
    """Parameters that hold a slice; a person's word on it comes from elsewhere."""
    return {
        "pipeline": pipeline,
        "source": slice_.source,
        "position": slice_.position,
        "key": slice_.key,
        "detail": slice_.detail,
        "rows": slice_.rows,
        "bytes": slice_.bytes,
        "time_ms": slice_.time_ms,
        "skipped": slice_.skipped,
    }


def fork_of(row: Row) -> Fork:
    """A row of `lanes` that was forked."""
    return Fork(LaneId(row["pipeline"], row["lane"]), row["forked_from"], row["fence"], LaneStatus(row["status"]))


def clone_of(row: Row) -> Clone:
    """A row of `clones`."""
    return Clone(
        table=row["clone"],
        pipeline=row["pipeline"],
        source=row["table_name"],
        epoch=row["epoch"],
        manifest=ManifestRef(row["manifest_uri"], row["manifest_sha256"]),
        made_ms=to_ms(row["made_at"]),
    )


def head_of(row: Row) -> Head:
    """A row of `table_heads`."""
    return Head(
        table=row["table_name"],
        values=tuple(row["partition_values"]),
        location=row["location"],
        pipeline=row["pipeline"],
        lane=row["lane"],
        epoch=row["epoch"],
        generation=row["generation"],
        rows=row["rows"],
        bytes=row["bytes"],
    )


def placed_of(row: Row) -> Placed:
    """A row of `table_heads` with the manifest of its epoch."""
    return Placed(row["location"], ManifestRef(row["manifest_uri"], row["manifest_sha256"]))


def clone_values(clone: Clone) -> dict[str, Any]:
    """Parameters that hold a clone."""
    return {
        "clone": clone.table,
        "pipeline": clone.pipeline,
        "table": clone.source,
        "epoch": clone.epoch,
        "manifest_uri": clone.manifest.uri,
        "manifest_sha256": clone.manifest.sha256,
    }


def head_values(head: Head) -> dict[str, Any]:
    """Parameters that hold a head."""
    return asdict(head) | {"values": Jsonb(list(head.values))}


def storable(text: str, *, limit: int) -> str:
    """`text` as PostgreSQL can keep it: no NUL, no half of a surrogate pair, not longer than `limit` characters."""
    clean = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
