"""Where the range of a partition begins, and up to where it can be read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tidegate.adapters.kafka.cluster import Cluster
from tidegate.adapters.kafka.lag import partitions
from tidegate.adapters.kafka.ranges import KafkaDetail, LiveTopic, Partition
from tidegate.api.kafka import KafkaSource
from tidegate.errors import ConfigurationError

Bounds = dict[Partition, int]
"""An offset of every partition that is there."""


def onwards(before: KafkaDetail, live: Mapping[str, LiveTopic]) -> Bounds:
    """Behind the ranges `before`; what is in none of them begins at its first record."""
    ended = {partition: span.stop for partition, span in before.spans()}
    return {p: ended.get(p, now.begin) for p, now in partitions(live)}


def beginning(source: KafkaSource, cluster: Cluster, live: Mapping[str, LiveTopic], pipeline: str) -> Bounds:
    """Where `source` says that its first epoch begins.

    Raises:
        ConfigurationError: it gives a partition an offset that is not there.
        UnavailableError: the brokers do not answer.
    """
    start, now = source.start, dict(partitions(live))
    if isinstance(start, datetime):
        found = cluster.offsets_for_time(now, _ms(start))
        return {p: at if (at := found.get(p)) is not None else of.stable for p, of in now.items()}
    if isinstance(start, Mapping):
        given = {(topic, number): at for topic, of in start.items() for number, at in of.items()}
        unfit = [p for p, at in given.items() if p not in now or not now[p].begin <= at <= now[p].end]
        if unfit:
            (topic, number), has = unfit[0], now.get(unfit[0])
            raise ConfigurationError(
                f"{pipeline}: KafkaSource start gives {topic}[{number}] the offset {given[unfit[0]]:,}, but "
                + (f"it has {has.begin:,} to {has.end:,}" if has else "there is no such partition")
            )
        return {p: given.get(p, of.begin) for p, of in now.items()}
    return {p: of.begin if start == "earliest" else of.stable for p, of in now.items()}


def stable_ends(
    cluster: Cluster, live: Mapping[str, LiveTopic], starts: Mapping[Partition, int], until_ms: int | None
) -> Bounds:
    """Up to where each partition can be read: what is stable, and before the first record at or behind `until_ms`.

    Raises UnavailableError when the brokers do not answer.
    """
    ends = {p: max(of.stable, starts[p]) for p, of in partitions(live)}
    if until_ms is None:
        return ends
    bound = cluster.offsets_for_time(ends, until_ms)
    return {p: end if (at := bound.get(p)) is None else max(min(end, at), starts[p]) for p, end in ends.items()}


def _ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 UTC, rounded up: a record's time is at or behind the moment when it is."""
    return -((datetime(1970, 1, 1, tzinfo=UTC) - moment) // timedelta(milliseconds=1))
