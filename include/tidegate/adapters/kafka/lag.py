"""How far behind its topics a pipeline is: per partition, and in sentences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tidegate.adapters.kafka.cluster import Cluster
from tidegate.adapters.kafka.ranges import KafkaDetail, Live, LiveTopic, Partition, gaps


@dataclass(frozen=True)
class PartitionLag:
    """One partition.

    Args:
        topic: its topic.
        partition: its number.
        next: the offset at which reading goes on.
        stable: the last stable offset: up to which records can be read now.
        end: the offset behind the last record.
        held_ms: since when (UTC) a transaction that is not over holds it: the time of its first record. None when
            none does, or when that record's time cannot be told.
        gap: what is missing between what was read and what is there; None when nothing is.
    """

    topic: str
    partition: int
    next: int
    stable: int
    end: int
    held_ms: int | None = None
    gap: str | None = None

    @property
    def lag(self) -> int:
        """How many offsets can be read now. Some may have no record: aborted ones, and marks of transactions."""
        return max(self.stable - self.next, 0)

    @property
    def held(self) -> int:
        """How many offsets wait behind a transaction that is not over, with its own."""
        return self.end - self.stable

    @property
    def hold(self) -> str | None:
        """What holds it, as a sentence; None when nothing does."""
        if not self.held:
            return None
        since = "" if self.held_ms is None else f"since {_shown(self.held_ms)} "
        return (
            f"{self.topic}[{self.partition}] is held at offset {self.stable:,} {since}by a transaction that is not "
            f"over; {self.held:,} offsets wait behind it"
        )


def lags(cluster: Cluster, live: Mapping[str, LiveTopic], before: KafkaDetail | None) -> list[PartitionLag]:
    """Every partition of the `live` topics, behind the ranges `before`, by topic and number.

    One that was in no range goes on at its first record. One of the ranges that is not there any more is told with its
    gap, and nothing behind it. Raises UnavailableError when a partition that is held does not answer.
    """
    ended = {p: span.stop for p, span in before.spans()} if before else {}
    missing = {gap.partition: str(gap) for gap in gaps(before, live, planned=False)} if before else {}
    now = dict(partitions(live))
    held = {p: (of.stable, of.end) for p, of in now.items() if of.stable < of.end}
    since = cluster.first_times(held, committed=False) if held else {}
    rows = [
        PartitionLag(*p, ended.get(p, of.begin), of.stable, of.end, since.get(p), missing.get(p))
        for p, of in now.items()
    ]
    gone = [PartitionLag(*p, at, at, at, gap=why) for p, why in missing.items() if p not in now for at in [ended[p]]]
    return sorted([*rows, *gone], key=lambda row: (row.topic, row.partition))


def outlook(named: str, found: Sequence[PartitionLag]) -> tuple[str, ...]:
    """The same in sentences: how much is left of the topics `named`, and what holds a partition."""
    count = sum(row.lag for row in found)
    left = [f"{count:,} offsets of {named} are left for later epochs"] if count else []
    return (*left, *(hold for row in found if (hold := row.hold)))


def partitions(live: Mapping[str, LiveTopic]) -> Iterator[tuple[Partition, Live]]:
    """Every partition, by topic and number."""
    for name, topic in sorted(live.items()):
        for number, of in sorted(topic.partitions.items()):
            yield (name, number), of


def _shown(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
