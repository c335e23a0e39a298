"""Kafka topics as a source: each look at them is a slice."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tidegate.adapters.kafka.bounds import beginning, onwards, stable_ends
from tidegate.adapters.kafka.clients import Settings
from tidegate.adapters.kafka.cluster import Cluster
from tidegate.adapters.kafka.lag import PartitionLag, lags, outlook
from tidegate.adapters.kafka.ranges import (
    Gap,
    KafkaDetail,
    LiveTopic,
    OffsetSpan,
    Partition,
    Pinned,
    TopicSpans,
    cut,
    gaps,
    left_of,
    mark,
    recut,
    suspects,
)
from tidegate.adapters.kafka.reader import KafkaReader
from tidegate.adapters.kafka.records import Shape
from tidegate.adapters.kafka.registry import Registry
from tidegate.api.kafka import KafkaSource
from tidegate.errors import ConfigurationError, SourceGapError, TidegateError
from tidegate.ports import Known
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind
from tidegate.protocol.model import Slice

_NAMED = 10
"""An error names at most so many partitions."""


class KafkaSourceAdapter:
    """Implements `ports.Source` for one pipeline's KafkaSource.

    Args:
        source: the declaration.
        pipeline: for messages.
        settings: of the Kafka connection, by librdkafka's names, and of a schema registry.
    """

    def __init__(
        self,
        source: KafkaSource,
        pipeline: str,
        settings: Settings,
        *,
        cluster: Callable[[Settings, str], Cluster] = Cluster,
    ) -> None:
        self._source = source
        self._pipeline = pipeline
        self._settings = settings
        self._registry = Registry(source.row_format.registered, settings, pipeline)
        self._connect = cluster
        self._cluster: Cluster | None = None

    @property
    def limit(self) -> Limit:
        """The caps of the settings."""
        return Limit(rows=self._source.max_records)

    @property
    def retiring(self) -> None:
        """None: what is there belongs to others; see the port."""
        return None

    def discover(
        self,
        tail: Slice | None,
        known: Known,  # noqa: ARG002  (what comes behind the tail is in no slice)
        *,
        limit: Limit = NO_LIMIT,
        until_ms: int | None = None,
    ) -> list[Slice]:
        """One slice with what is new in every partition, cut by `limit`; none when nothing is. See the port.

        The first one is there in any case: it keeps where the source began. Where values have schemas in a registry, it
        has them, too, so nothing else asks for them: no retry, no replay.
        """
        live = self._live()
        before = KafkaDetail.of(tail) if tail else None
        if before and (missing := self._missing(before, live, planned=False)):
            raise self._gap(missing)
        starts = onwards(before, live) if before else beginning(self._source, self._now, live, self._pipeline)
        ends = stable_ends(self._now, live, starts, until_ms)
        waiting = {p: ends[p] - start for p, start in starts.items()}
        taken = cut(waiting, total=limit.rows, each=self._source.max_records_per_partition)
        if tail and not any(taken.values()):
            return []
        detail = KafkaDetail(
            {
                name: TopicSpans(topic.id, _spans(name, topic, starts, taken))
                for name, topic in live.items()
                if topic.partitions
            },
            # Behind the ends: of every record that is taken, the schema was there before it.
            self._registry.pinned(
                {name for (name, _), size in taken.items() if size}, before.pinned if before else Pinned()
            ),
        )
        position = behind(tail)
        return [Slice(self._source.uid, position, self._key(position), detail.to_json())]

    def _key(self, position: int) -> str:
        return f"{self._source.named}@{position}"

    def _live(self) -> dict[str, LiveTopic]:
        topics = self._source.topics
        live = self._now.topics(topics)
        absent = [name for name in topics if name not in live] if isinstance(topics, tuple) else []
        if absent:
            raise ConfigurationError(
                f"{self._pipeline}: Kafka has no topic {absent[0]!r}, or the connection's user may not describe it: "
                "make it, grant the right, or correct KafkaSource topics"
            )
        return live

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:
        """The same slices: `rows` are offsets, the most that they can have; see the port.

        The time of one without a record is the beginning of time, for it can hold nothing back.
        """
        for slice_ in slices:
            measured = slice_
            if not slice_.skipped and (rows or times):
                detail = KafkaDetail.of(slice_)
                if rows:
                    measured = replace(measured, rows=detail.size)
                if times:
                    self.check([slice_])
                    starts = {p: (span.start, span.stop) for p, span in detail.spans()}
                    found = self._now.first_times(starts, committed=True)
                    measured = replace(measured, time_ms=min(found.values(), default=0))
            yield measured

    def check(self, slices: Sequence[Slice]) -> None:
        """Compare the topics' identities and what they hold with planned ranges; see the port."""
        details = [KafkaDetail.of(s) for s in slices]
        names = sorted({name for detail in details for name in detail.topics})
        live = self._now.topics(names)
        if missing := [gap for detail in details for gap in self._missing(detail, live, planned=True)]:
            raise self._gap(missing)

    def _missing(self, wanted: KafkaDetail, live: Mapping[str, LiveTopic], *, planned: bool) -> list[Gap]:
        """What is gone of ranges, or of what they come behind, or was written anew."""
        found = gaps(wanted, live, planned=planned)
        reached = suspects(wanted, live)
        if found or not reached:
            return found
        anew = self._now.truncated(reached)
        why = "what was before it was lost, and is written anew under a later leader"
        return [Gap(p, reached[p][0], None, why) for p in sorted(anew)]

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        """None: what has an offset never changes; see the port."""
        self.check(slices)
        return []

    def recut(self, before: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:  # noqa: ARG002
        """Ranges within the caps of the settings; see the port. A partition that is not read any more is left whole."""
        planned = [KafkaDetail.of(s) for s in waiting]
        anew = recut(planned, self._live(), total=self._source.max_records, each=self._source.max_records_per_partition)
        return [
            replace(slice_, detail=now.to_json(), rows=None, time_ms=None)
            for slice_, was, now in zip(waiting, planned, anew, strict=True)
            if now != was
        ]

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """Ranges without what is gone, and a slice without records, where to go on behind a gap; see the port."""
        if tail is None:
            return []
        topics = self._source.topics
        live = self._now.topics(topics)
        changed = []
        for slice_ in waiting:
            planned = KafkaDetail.of(slice_)
            if self._missing(planned, live, planned=True):
                changed.append(replace(slice_, detail=left_of(planned, live).to_json()))
        before = KafkaDetail.of(tail)
        if self._missing(before, live, planned=False):
            position = behind(tail)
            detail = mark(before, live).to_json()
            changed.append(Slice(self._source.uid, position, self._key(position), detail, skipped=True))
        return changed

    def outlook(self, tail: Slice | None, known: Known) -> tuple[str, ...]:  # noqa: ARG002
        """How much is left behind the slices, and which transactions hold a partition; see the port."""
        return outlook(self._source.named, self.lag(tail))

    def lag(self, at: Slice | None) -> list[PartitionLag]:
        """How far every partition is behind, when all up to the slice `at` was read; None: nothing was.

        Raises:
            ConfigurationError: a connection, setting or right is wrong.
            UnavailableError: the brokers do not answer.
        """
        return lags(self._now, self._live(), KafkaDetail.of(at) if at else None)

    def rows(self, slices: Sequence[Slice]) -> int | None:  # noqa: ARG002
        """None: offsets may be sparse, and nobody counts the records but who reads them."""
        return None

    def gone(self, slices: Sequence[Slice]) -> list[Slice]:
        """All but the last, for the offsets of a slice come up only once, and where it ends the next one begins."""
        return list(slices[:-1])

    def named(self, text: str) -> str:
        """The slice's key, as it is."""
        return text

    def sealed(self, last: Callable[[], Slice | None]) -> str | None:
        """Write where the slice ends to the consumer group, if there is one; see the port."""
        group = self._source.consumer_group
        try:
            if group is not None and (slice_ := last()):
                self._now.commit(group, {p: span.stop for p, span in KafkaDetail.of(slice_).spans()})
        except TidegateError as e:
            return f"the consumer group {group!r} does not have the newest offsets: {e}"
        return None

    def reader(self) -> KafkaReader:
        """What reads ranges."""
        source = self._source
        shape = Shape(source.row_format, source.schema, source.metadata)
        return KafkaReader(self._pipeline, shape, self._settings, source.archive_input)

    @property
    def _now(self) -> Cluster:
        if self._cluster is None:
            self._cluster = self._connect(self._settings, self._pipeline)
        return self._cluster

    def _gap(self, missing: Sequence[Gap]) -> SourceGapError:
        more = f", and {len(missing) - _NAMED} more partitions" if len(missing) > _NAMED else ""
        named = "; ".join(map(str, missing[:_NAMED])) + more
        error = SourceGapError(
            f"{self._pipeline}: Kafka does not have what is to be read next: {named}. Nothing was skipped. Bring "
            f"the records back, or go on without them: `tidegate gap {self._pipeline} --accept --reason …`"
        )
        error.missing = named
        return error


def _spans(
    name: str, topic: LiveTopic, starts: Mapping[Partition, int], taken: Mapping[Partition, int]
) -> dict[int, OffsetSpan]:
    return {
        number: OffsetSpan(start, start + taken[name, number], live.leader_epoch)
        for number, live in sorted(topic.partitions.items())
        for start in [starts[name, number]]
    }
