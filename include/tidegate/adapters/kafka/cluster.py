"""What the brokers tell of topics: identities, offsets, and times."""

import re
import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import wait
from typing import Any

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Message,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import OffsetSpec

from tidegate.adapters.kafka import clients
from tidegate.adapters.kafka.clients import Heard, Settings, answers, at
from tidegate.adapters.kafka.ranges import Live, LiveTopic, Partition

TIMEOUT_S = 20.0
_EARLIEST, _LATEST = OffsetSpec.earliest(), OffsetSpec.latest()


class Cluster:
    """A cluster, asked for one pipeline. Only `Describe` and `Read` of the topics are needed.

    Args:
        settings: of the connection.
        subject: the pipeline, for messages.
        timeout_s: how long an answer is waited for.
    """

    def __init__(self, settings: Settings, subject: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._settings = settings
        self._subject = subject
        self._timeout_s = timeout_s
        self._heard = Heard()
        self._admin = clients.admin(settings, self._heard)

    def topics(self, wanted: Collection[str] | re.Pattern[str]) -> dict[str, LiveTopic]:
        """The topics of some names, or whose whole names match, as they are now; those that do not exist are missing.

        Raises:
            ConfigurationError: a connection, setting or right is wrong.
            UnavailableError: the brokers do not answer.
        """
        names = self._matching(wanted) if isinstance(wanted, re.Pattern) else sorted(wanted)
        if not names:
            return {}
        found = self._asked(self._admin.describe_topics, TopicCollection(names))
        partitions = [(name, p.id) for name, topic in found.items() for p in topic.partitions]
        begin = self._offsets(partitions, _EARLIEST, IsolationLevel.READ_UNCOMMITTED)
        stable = self._offsets(partitions, _LATEST, IsolationLevel.READ_COMMITTED)
        end = self._offsets(partitions, _LATEST, IsolationLevel.READ_UNCOMMITTED)  # never before `stable`
        live: dict[str, dict[int, Live]] = {name: {} for name in found}
        for p in begin.keys() & stable.keys() & end.keys():
            live[p[0]][p[1]] = Live(begin[p].offset, stable[p].offset, end[p].offset, end[p].leader_epoch)
        return {name: LiveTopic(str(found[name].topic_id), live[name]) for name in found}

    def offsets_for_time(self, partitions: Iterable[Partition], ms: int) -> dict[Partition, int | None]:
        """Of each partition the offset of the first record whose time is `ms` (UTC) or later; None when there is none.

        Raises what `topics` raises.
        """
        found = self._offsets(partitions, OffsetSpec.for_timestamp(ms), IsolationLevel.READ_UNCOMMITTED)
        return {p: None if told.offset < 0 else told.offset for p, told in found.items()}

    def first_times(self, starts: Mapping[Partition, tuple[int, int]], *, committed: bool) -> dict[Partition, int]:
        """Of each partition the time (milliseconds UTC) of the first record at or behind an offset, and before another.

        A partition without such a record is missing.

        Raises:
            UnavailableError: a partition neither gave a record nor came to its end in time.
        """
        wanted = {p: at(p, start) for p, (start, stop) in starts.items() if start < stop}
        level = "read_committed" if committed else "read_uncommitted"
        found = {}
        for partition, message in self._first(wanted, level).items():
            error, offset = message.error(), message.offset()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                raise clients.translated(self._subject, error, self._heard)
            if error is None and offset is not None and offset < starts[partition][1]:
                found[partition] = message.timestamp()[1]
        return found

    def truncated(self, reached: Mapping[Partition, tuple[int, int]]) -> set[Partition]:
        """The partitions that lost what was before an offset, and were written anew from below it under a later leader.

        `reached` are an offset and the leader's epoch when it was the end. Kafka tells by its OffsetForLeaderEpoch
        request, which a consumer sends that begins with an epoch (KIP-320). Raises what `first_times` raises.
        """
        wanted = {p: TopicPartition(*p, offset, "", epoch) for p, (offset, epoch) in reached.items()}
        told = self._first(wanted, "read_uncommitted")
        errors = {p: error.code() for p, m in told.items() if (error := m.error()) is not None}
        return {p for p, code in errors.items() if code in clients.LOST}

    def commit(self, group: str, offsets: Mapping[Partition, int]) -> None:
        """Write where a consumer group would go on. Durable effect: the group's offsets, which tidegate never reads.

        Raises:
            ConfigurationError: the connection, or the right to write to the group.
            UnavailableError: no answer, or consumers of the group are at work.
        """
        wanted = [ConsumerGroupTopicPartitions(group, [at(p, offset) for p, offset in sorted(offsets.items())])]
        (told,) = self._asked(self._admin.alter_consumer_group_offsets, wanted).values()
        for refused in (p.error for p in told.topic_partitions if p.error is not None):
            raise clients.translated(f"{self._subject}: group {group!r}", refused, self._heard)

    def _first(self, wanted: Mapping[Partition, TopicPartition], level: str) -> dict[Partition, Message]:
        """What comes first of each partition: a record, its end, or an error. Raises UnavailableError."""
        found: dict[Partition, Message] = {}
        waiting = set(wanted)
        reader = clients.consumer(self._settings, self._heard, **{"isolation.level": level})
        try:
            reader.assign([wanted[p] for p in sorted(waiting)])
            deadline = time.monotonic() + self._timeout_s
            while waiting:
                for message in clients.received(reader, 1000, wait_s=0.5):
                    partition: Any = message.topic(), message.partition()
                    if partition in waiting:
                        found[partition] = message
                        waiting.remove(partition)
                        reader.incremental_unassign([at(partition)])
                if waiting and time.monotonic() > deadline:
                    error = KafkaError(KafkaError._TIMED_OUT)
                    raise clients.translated(f"{self._subject}: {len(waiting)} partitions", error, self._heard)
        finally:
            reader.close()
        return found

    def _matching(self, pattern: re.Pattern[str]) -> list[str]:
        try:
            found = self._admin.list_topics(timeout=self._timeout_s).topics
        except KafkaException as e:
            self._admin.poll(0)
            raise clients.translated(self._subject, e.args[0], self._heard) from e
        return sorted(name for name in found if pattern.fullmatch(name))

    def _offsets(self, wanted: Iterable[Partition], spec: OffsetSpec, level: IsolationLevel) -> dict[Partition, Any]:
        asked = {at(p): spec for p in wanted}
        found = self._asked(self._admin.list_offsets, asked, isolation_level=level) if asked else {}
        return {(p.topic, p.partition): told for p, told in found.items()}

    def _asked(self, ask: Any, what: Any, **options: Any) -> dict[Any, Any]:
        futures = ask(what, request_timeout=self._timeout_s, **options)
        wait(futures.values())
        self._admin.poll(0)  # why it cannot connect
        return answers(self._subject, futures, self._heard)
