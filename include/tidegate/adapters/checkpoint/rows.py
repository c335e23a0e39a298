"""Rows of the checkpoint tables to the protocol's nouns, and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from tidegate.protocol.model import (
    Counts,
    Epoch,
    Head,
    LaneId,
    ManifestRef,
    OffsetRange,
    PartitionValues,
    Run,
    Status,
)

_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


def epoch(row: Mapping[str, Any]) -> Epoch:
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
            clear_number=row["clear_number"],
            logical_date_ms=row["logical_date_ms"],
            interval_start_ms=row["interval_start_ms"],
            interval_end_ms=row["interval_end_ms"],
        ),
        fingerprint=row["fingerprint"],
        offsets=OffsetRange(row["offset_start"], row["offset_stop"]),
        parent=_ref(row["parent_uri"], row["parent_sha256"]),
        manifest=_ref(row["manifest_uri"], row["manifest_sha256"]),
        watermark_in_ms=row["watermark_in_ms"],
        watermark_out_ms=row["watermark_out_ms"],
        counts=Counts(**row["counts"]) if row["counts"] is not None else None,
        attempts=row["attempts"],
        planned_ms=_milliseconds(row["planned_at"]),
        staged_ms=_milliseconds(row["staged_at"]),
        published_ms=_milliseconds(row["published_at"]),
        sealed_ms=_milliseconds(row["sealed_at"]),
        failure_kind=row["failure_kind"],
        failure_message=row["failure_message"],
    )


def head(row: Mapping[str, Any]) -> Head:
    """A row of `table_heads`."""
    return Head(
        table=row["table_name"],
        values=tuple(row["partition_values"]),
        location=row["location"],
        pipeline=row["pipeline"],
        lane=row["lane"],
        epoch=row["epoch"],
        generation=row["generation"],
        rows=row["row_count"],
    )


def lane(lane_id: LaneId) -> dict[str, Any]:
    """The parameters that name a lane."""
    return {"pipeline": lane_id.pipeline, "lane": lane_id.lane}


def key(e: Epoch) -> dict[str, Any]:
    """The parameters that name an epoch."""
    return {**lane(e.lane), "epoch": e.epoch, "generation": e.generation}


def counts(c: Counts) -> str:
    """Counts as JSON."""
    return json.dumps(asdict(c))


def values(v: PartitionValues) -> str:
    """Partition values as JSON."""
    return json.dumps(list(v))


def _ref(uri: str | None, sha256: str | None) -> ManifestRef | None:
    return ManifestRef(uri, sha256) if uri is not None and sha256 is not None else None


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH_START) // timedelta(milliseconds=1)
