"""How far behind Kafka a pipeline's tables are."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tidegate.adapters.kafka.cluster import Cluster
from tidegate.adapters.kafka.lag import PartitionLag, lags
from tidegate.adapters.kafka.ranges import KafkaDetail
from tidegate.protocol.model import Epoch, LaneId, OffsetRange, Slice
from tidegate.reports.epochs import iso

COLUMNS = (
    "source",
    "topic",
    "partition",
    "next_offset",
    "stable_offset",
    "end_offset",
    "lag",
    "held",
    "held_since",
    "gap",
)


class Checkpoint(Protocol):
    """What is asked of the checkpoint."""

    def last_sealed(self, lane: LaneId) -> Epoch | None:
        """The lane's head."""

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        """The slices in a range of the source's ledger."""


def sealed_slices(store: Checkpoint, pipeline: str) -> dict[str, Slice]:
    """By source the last slice of which the tables have the rows; those that have none are missing."""
    head = store.last_sealed(LaneId(pipeline))
    ends = {uid: r.stop for uid, r in head.offsets.items()} if head else {}
    found = {uid: store.slices(pipeline, uid, OffsetRange(end - 1, end)) for uid, end in ends.items() if end}
    return {uid: of[-1] for uid, of in found.items() if of}


def read_by(slices: Mapping[str, Slice]) -> dict[str, KafkaDetail]:
    """Those of Kafka, as ranges."""
    return {uid: KafkaDetail.of(s) for uid, s in slices.items() if KafkaDetail.is_of(s)}


def lags_of(slices: Mapping[str, Slice], cluster: Cluster) -> dict[str, list[PartitionLag]]:
    """By source every partition of the topics that slices of Kafka know, behind them.

    Raises:
        ConfigurationError: a connection, setting or right is wrong.
        UnavailableError: the brokers do not answer.
    """
    details = read_by(slices)
    return {uid: lags(cluster, cluster.topics(sorted(of.topics)), of) for uid, of in details.items()}


def lag_summary(by_source: Mapping[str, Sequence[PartitionLag]]) -> list[dict[str, Any]]:
    """The rows, JSON-able, with the keys `COLUMNS`."""
    return [
        {
            "source": uid,
            "topic": row.topic,
            "partition": row.partition,
            "next_offset": row.next,
            "stable_offset": row.stable,
            "end_offset": row.end,
            "lag": row.lag,
            "held": row.held,
            "held_since": iso(row.held_ms),
            "gap": row.gap,
        }
        for uid, rows in by_source.items()
        for row in rows
    ]
