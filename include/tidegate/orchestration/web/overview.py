"""What the pages show, read from the checkpoint tables."""

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tidegate.adapters.checkpoint import PipelineSummary, PostgresCheckpointStore
from tidegate.adapters.kafka.cluster import Cluster
from tidegate.errors import FormatError, TidegateError
from tidegate.orchestration.connections import kafka_endpoint
from tidegate.protocol.model import MAIN_LANE, Epoch, LaneId, LaneStatus, Manifest
from tidegate.protocol.pausing import reason
from tidegate.protocol.purposes import reads_sources
from tidegate.reports.epochs import epoch_summary, iso
from tidegate.reports.lags import lag_summary, lags_of, read_by, sealed_slices
from tidegate.reports.owners import dag_id_of
from tidegate.wiring import kafka_settings

_LOOK_BACK = 100
"""Epochs among which one of events is looked for."""
_BROKERS_S = 2.0


@dataclass(frozen=True)
class OpenLane:
    """A lane on which past epochs are processed again, beside live: JSON-able."""

    lane: str
    forked_behind_epoch: int
    replayed_to_epoch: int | None
    under_way_epoch: int | None


@dataclass(frozen=True)
class Overview:
    """A pipeline's main lane at a glance, and which lanes are open beside it: JSON-able."""

    pipeline: str
    lane: str
    buckets: int
    dag_id: str | None
    head: int | None
    status: str | None
    lease_owner: str | None
    lease_seconds_left: float | None
    sealed_at: str | None
    lag_s: float | None
    failure: str | None
    paused: str | None
    open_lanes: tuple[OpenLane, ...]


def overviews(store: PostgresCheckpointStore) -> list[Overview]:
    """Every pipeline, by name."""
    return [_overview(store, summary) for summary in store.pipelines()]


def overview(store: PostgresCheckpointStore, pipeline: str) -> Overview | None:
    """One pipeline's main lane; None when there is no such pipeline."""
    return next((_overview(store, s) for s in store.pipelines() if s.name == pipeline), None)


def epoch_rows(store: PostgresCheckpointStore, pipeline: str, lane: str, *, limit: int) -> list[dict[str, Any]]:
    """The newest epochs, newest first, as `epoch_summary` with `partitions` where the manifest is at hand."""
    epochs = store.epochs(LaneId(pipeline, lane), limit=limit)
    return [{**epoch_summary(e), "partitions": _partitions(e)} for e in epochs]


def clone_rows(store: PostgresCheckpointStore, pipeline: str) -> list[dict[str, Any]]:
    """The clones of the pipeline's tables, by name."""
    return [
        {"clone": c.table, "table": c.source, "epoch": c.epoch, "made_at": iso(c.made_ms)}
        for c in store.clones(pipeline)
    ]


def correction_rows(store: PostgresCheckpointStore, pipeline: str) -> list[dict[str, Any]]:
    """The slices that a person had skipped, or taken as they became, by source and position."""
    return [
        {
            "source": s.source,
            "position": s.position,
            "key": s.key,
            "skipped": s.skipped,
            "at": iso(s.noted_ms),
            "by": s.word and s.word.by,
            "why": s.word and s.word.why,
        }
        for s in store.corrected(pipeline)
    ]


@dataclass(frozen=True)
class Lag:
    """How far behind Kafka the tables are, by `reports.lags.COLUMNS`, or why that cannot be told now: JSON-able."""

    partitions: tuple[dict[str, Any], ...]
    unknown: str | None = None


def lag(store: PostgresCheckpointStore, pipeline: str) -> Lag | None:
    """By partition; None for a pipeline that reads no Kafka. The brokers are those of the connection `kafka_default`.

    A page does not wait long for brokers: each of the few questions has two seconds, and after one without an answer
    there is no other.
    """
    slices = sealed_slices(store, pipeline)
    if not read_by(slices):
        return None
    try:
        cluster = Cluster(kafka_settings(kafka_endpoint()), pipeline, timeout_s=_BROKERS_S)
        return Lag(tuple(lag_summary(lags_of(slices, cluster))))
    except TidegateError as e:
        return Lag((), str(e))


def _dag_id(store: PostgresCheckpointStore, newest: Epoch) -> str | None:
    """The DAG that runs the pipeline: a rollback or a promotion may be another DAG's, or nobody's."""
    if not reads_sources(newest.kind):
        epochs = store.epochs(newest.lane, limit=_LOOK_BACK)
        newest = next((e for e in epochs if reads_sources(e.kind)), newest)
    return dag_id_of(newest)


def _overview(store: PostgresCheckpointStore, summary: PipelineSummary) -> Overview:
    main = next((lane for lane in summary.lanes if lane.lane.lane == MAIN_LANE), None)
    head = main.head if main else None
    unfinished = main.unfinished if main else None
    newest = unfinished or head
    row = epoch_summary(newest) if newest else None
    now_ms = time.time() * 1000
    leased = main is not None and main.leased and main.lease_expires_ms is not None
    return Overview(
        pipeline=summary.name,
        lane=MAIN_LANE,
        buckets=summary.buckets,
        dag_id=_dag_id(store, newest) if newest else None,
        head=head.epoch if head else None,
        status=row["status"] if row else None,
        lease_owner=main.lease_owner if main and leased else None,
        lease_seconds_left=max(0.0, ((main.lease_expires_ms or 0) - now_ms) / 1000) if main and leased else None,
        sealed_at=iso(head.sealed_ms) if head else None,
        lag_s=round((now_ms - head.sealed_ms) / 1000, 1) if head and head.sealed_ms else None,
        failure=row["failure_message"] if row else None,
        paused=reason(unfinished) if unfinished and unfinished.paused_ms is not None else None,
        open_lanes=tuple(
            OpenLane(
                lane=lane.lane.lane,
                forked_behind_epoch=lane.forked_from,
                replayed_to_epoch=lane.head.epoch if lane.head else None,
                under_way_epoch=lane.unfinished.epoch if lane.unfinished else None,
            )
            for lane in summary.lanes
            if lane.forked_from is not None and lane.status is LaneStatus.OPEN
        ),
    )


def _partitions(epoch: Epoch) -> int | None:
    """How many partitions the epoch wrote. A manifest on remote storage is not fetched for the sake of a page."""
    return _counted(epoch.manifest.uri) if epoch.manifest and epoch.manifest.uri.startswith("file:") else None


@lru_cache(maxsize=4096)  # manifests are immutable
def _counted(uri: str) -> int | None:
    try:
        return len(Manifest.from_json(Path(unquote(urlsplit(uri).path)).read_bytes()).partitions)
    except (OSError, FormatError):
        return None
