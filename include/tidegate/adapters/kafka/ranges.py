"""Ranges of offsets: what a slice keeps of them, how an epoch's share is cut, what is missing. Data in, data out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from tidegate.protocol.formats import KAFKA, canonical, read
from tidegate.protocol.model import Slice

Partition = tuple[str, int]
"""Topic and number."""

T = TypeVar("T")


@dataclass(frozen=True)
class OffsetSpan:
    """Offsets [start, stop) of one partition. Fewer records may have them: offsets of a topic can be sparse.

    `leader_epoch` is that of the partition's leader when `stop` was told: what tells a history from another one.
    """

    start: int
    stop: int
    leader_epoch: int


@dataclass(frozen=True)
class TopicSpans:
    """Ranges of one topic, by partition. `id` tells it from another topic of its name."""

    id: str
    partitions: Mapping[int, OffsetSpan]


@dataclass(frozen=True)
class Pinned:
    """What a registry had when a slice was planned: all that its records can have been written with.

    Args:
        schemas: their texts, by number. What was pinned once stays so in later slices, whatever is deleted there.
        versions: the numbers by subject and version: what need not be asked for again.
    """

    schemas: Mapping[int, str] = field(default_factory=dict)
    versions: Mapping[str, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class KafkaDetail:
    """What makes a slice of Kafka: for every partition known then a range, which may be empty, by topic."""

    topics: Mapping[str, TopicSpans]
    pinned: Pinned = Pinned()

    @classmethod
    def of(cls, slice_: Slice) -> Self:
        """As it was planned. Raises FormatError, which names the slice, when it is of a format that is not known."""
        return read(KAFKA, slice_.detail.encode(), slice_.key, cls._decoded)

    @staticmethod
    def is_of(slice_: Slice) -> bool:
        """True when the slice is one of Kafka, of whatever format."""
        return '"topics":' in slice_.detail

    @classmethod
    def _decoded(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            {
                name: TopicSpans(topic["id"], {int(p): OffsetSpan(*span) for p, span in topic["partitions"].items()})
                for name, topic in found["topics"].items()
            },
            Pinned(
                _by_number(found.get("schemas", {})),
                {subject: _by_number(of) for subject, of in found.get("versions", {}).items()},
            ),
        )

    def to_json(self) -> str:
        """Canonical: the same ranges give the same text."""
        topics = {
            name: {
                "id": topic.id,
                "partitions": {str(p): [s.start, s.stop, s.leader_epoch] for p, s in topic.partitions.items()},
            }
            for name, topic in self.topics.items()
        }
        pinned = {"schemas": self.pinned.schemas, "versions": self.pinned.versions} if self.pinned.versions else {}
        return canonical({"format": KAFKA.format, "topics": topics, **pinned}).decode()

    def spans(self) -> Iterator[tuple[Partition, OffsetSpan]]:
        """Every range, by topic and partition."""
        for name, topic in sorted(self.topics.items()):
            for number, span in sorted(topic.partitions.items()):
                yield (name, number), span

    @property
    def size(self) -> int:
        """How many offsets the ranges have: at least as many as there are records."""
        return sum(span.stop - span.start for _, span in self.spans())


def _by_number(found: Mapping[str, T]) -> dict[int, T]:
    return {int(number): value for number, value in found.items()}


@dataclass(frozen=True)
class Live:
    """A partition as its brokers tell it now.

    Args:
        begin: the first offset that is there.
        stable: the last stable offset: what is at or behind it may belong to a transaction that is not over.
        end: the offset behind the last record, of whatever transaction.
        leader_epoch: of its leader; -1 when it does not tell.
    """

    begin: int
    stable: int
    end: int
    leader_epoch: int


@dataclass(frozen=True)
class LiveTopic:
    """A topic as it is now."""

    id: str
    partitions: Mapping[int, Live]


@dataclass(frozen=True)
class Gap:
    """Records that were to be read and are not there any more.

    Args:
        partition: where.
        start: the first offset that was to be read.
        offsets: how many are missing, none of which can be read again; None when that cannot be told.
        why: what happened, as a sentence.
    """

    partition: Partition
    start: int
    offsets: int | None
    why: str

    def __str__(self) -> str:
        topic, number = self.partition
        size = "an unknown number of" if self.offsets is None else f"{self.offsets:,}"
        return f"{topic}[{number}] from offset {self.start:,} on: {size} offsets are missing, for {self.why}"


def gaps(wanted: KafkaDetail, live: Mapping[str, LiveTopic], *, planned: bool) -> list[Gap]:
    """What is missing of ranges.

    Args:
        wanted: the ranges.
        live: the topics as they are now.
        planned: the ranges themselves are needed; False: only what comes behind them.
    """
    found = []
    for (name, number), span in wanted.spans():
        at = span.start if planned else span.stop
        if planned and span.start == span.stop:
            continue
        topic = live.get(name)
        needed = span.stop - span.start if planned else None
        if topic is None:
            found.append(Gap((name, number), at, needed, "there is no such topic any more"))
        elif topic.id != wanted.topics[name].id:
            found.append(Gap((name, number), at, needed, "the topic was deleted and made again under its name"))
        elif number not in topic.partitions:
            found.append(Gap((name, number), at, needed, "the topic has no such partition any more"))
        elif gap := _missing((name, number), at, span, topic.partitions[number]):
            found.append(gap)
    return found


def suspects(wanted: KafkaDetail, live: Mapping[str, LiveTopic]) -> dict[Partition, tuple[int, int]]:
    """The partitions that have another leader now: where their ranges end, and under which leader that was told."""
    found = {}
    for (name, number), span in wanted.spans():
        now = live[name].partitions.get(number) if name in live else None
        if now is not None and now.leader_epoch > span.leader_epoch >= 0:
            found[name, number] = span.stop, span.leader_epoch
    return found


def _missing(partition: Partition, at: int, span: OffsetSpan, live: Live) -> Gap | None:
    if live.begin > at:
        lost = min(live.begin, span.stop) - at if at < span.stop else live.begin - at
        return Gap(partition, at, lost, f"the partition begins at offset {live.begin:,} now")
    if live.end < span.stop:
        return Gap(
            partition,
            min(at, live.end),
            span.stop - live.end,
            f"the partition ends at offset {live.end:,} now: it went backwards, and other records may follow",
        )
    if 0 <= live.leader_epoch < span.leader_epoch:
        return Gap(
            partition,
            at,
            None,
            f"its leader is of epoch {live.leader_epoch}, older than {span.leader_epoch}: it has another history",
        )
    return None


def cut(waiting: Mapping[Partition, int], *, total: int | None, each: int | None) -> dict[Partition, int]:
    """How much of each partition is taken, when at most `total` of all and `each` of one are.

    Fair: what a partition does not need of its share goes to the others, and nobody has more than another one who could
    take more, but for a remainder, which goes to the first ones (max-min fairness by progressive filling).
    """
    capped = {p: size if each is None else min(size, each) for p, size in waiting.items()}
    if total is None or sum(capped.values()) <= total:
        return capped
    taken: dict[Partition, int] = {}
    left, by_size = total, sorted(capped, key=lambda p: (capped[p], p))
    for place, partition in enumerate(by_size):
        others = len(by_size) - place
        taken[partition] = min(capped[partition], -(-left // others))
        left -= taken[partition]
    return taken


def recut(
    planned: Sequence[KafkaDetail], live: Mapping[str, LiveTopic], *, total: int | None, each: int | None
) -> list[KafkaDetail]:
    """Ranges that follow one another, each cut as `cut` does: what is left of one comes into the next one.

    What is left of the last one comes into none. Only partitions that each of them has, of topics that are `live`, are
    cut: nobody would go on in another one. `planned` has one at least.
    """
    known = [{(name, topic.id) for name, topic in detail.topics.items()} for detail in planned]
    same = set.intersection({(name, topic.id) for name, topic in live.items()}, *known)
    names = {name for name, _ in same}
    free = set.intersection(*({p for p, _ in detail.spans() if p[0] in names} for detail in planned))
    anew, starts = list[KafkaDetail](), dict[Partition, int]()
    for detail in planned:
        spans = {p: replace(span, start=starts.get(p, span.start)) for p, span in detail.spans()}
        sizes = {p: span.stop - span.start for p, span in spans.items()}
        whole = sum(size for p, size in sizes.items() if p not in free)
        left = None if total is None else max(total - whole, 1)
        taken = cut({p: sizes[p] for p in free}, total=left, each=each)
        starts = {p: spans[p].start + size for p, size in taken.items()}
        spans |= {p: replace(spans[p], stop=stop) for p, stop in starts.items()}
        anew.append(replace(detail, topics=_by_topic(detail, spans)))
    return anew


def _by_topic(detail: KafkaDetail, spans: Mapping[Partition, OffsetSpan]) -> dict[str, TopicSpans]:
    return {
        name: replace(topic, partitions={number: spans[name, number] for number in topic.partitions})
        for name, topic in detail.topics.items()
    }


def left_of(wanted: KafkaDetail, live: Mapping[str, LiveTopic]) -> KafkaDetail:
    """The ranges without what is not there any more. A partition that is lost keeps an empty range."""
    topics = {
        name: TopicSpans(topic.id, {p: _left(span, _same(topic, live.get(name), p)) for p, span in spans.items()})
        for name, topic in wanted.topics.items()
        for spans in [topic.partitions]
    }
    return replace(wanted, topics=topics)


def _same(topic: TopicSpans, live: LiveTopic | None, number: int) -> Live | None:
    return live.partitions.get(number) if live is not None and live.id == topic.id else None


def _left(span: OffsetSpan, live: Live | None) -> OffsetSpan:
    if live is None:
        return OffsetSpan(span.stop, span.stop, span.leader_epoch)
    stop = min(span.stop, live.end)
    return OffsetSpan(min(max(span.start, live.begin), stop), stop, max(span.leader_epoch, live.leader_epoch))


def mark(tail: KafkaDetail, live: Mapping[str, LiveTopic]) -> KafkaDetail:
    """Where to go on behind a gap: empty ranges at the first offset of each partition that is there and was not read.

    A partition that went backwards goes on at its end, a topic that was made again at its beginning.
    """
    marked = {}
    for name, topic in live.items():
        ended = {p: s.stop for p, s in tail.topics[name].partitions.items()} if _is_same(tail, name, topic) else {}
        spans = {}
        for number, now in topic.partitions.items():
            at = min(max(ended.get(number, now.begin), now.begin), now.end)
            spans[number] = OffsetSpan(at, at, now.leader_epoch)
        marked[name] = TopicSpans(topic.id, spans)
    return replace(tail, topics=marked)


def _is_same(tail: KafkaDetail, name: str, topic: LiveTopic) -> bool:
    return name in tail.topics and tail.topics[name].id == topic.id
