"""Topics of Kafka as a source, as frozen settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from tidegate.api.formats import Format, RowFormat
from tidegate.api.schema import checked_schema, fail, identifier, known_columns

HEADERS = pa.list_(pa.struct([("key", pa.string()), ("value", pa.binary())]))
METADATA: Mapping[str, tuple[pa.DataType, ...]] = {
    "key": (pa.binary(), pa.string()),
    "headers": (HEADERS,),
    "timestamp": (pa.timestamp("ms", "UTC"), pa.timestamp("us", "UTC")),
    "topic": (pa.string(),),
    "partition": (pa.int32(), pa.int64()),
    "offset": (pa.int64(),),
}
"""What a column can hold of a record beside its value, and the types that it can have."""

_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")

Start = str | datetime | Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class KafkaSource:
    """Records of Kafka topics.

    Each look at the topics makes one slice of the source's ledger: of every partition a range of offsets, up to the
    last stable one, so only records of committed transactions are read. Offsets are kept in the checkpoint, in no
    consumer group. A partition that is added later is read from its beginning. Which brokers: the Airflow connection
    `Connections.kafka`, or ``TIDEGATE_KAFKA`` outside Airflow.

    Args:
        topics: the name of a topic, several names, or a pattern (``re.compile("clicks-.*")``) that whole names match;
            topics that match later are read from their beginning.
        format: how a record's value is read: "json", "csv" (fields in the schema's order), "avro", "debezium" or "raw",
            or a dialect with settings. Where the numbers of Avro's schemas are a registry's, the same connection says
            where it is (``schema.registry.url``).
        schema: the columns to expect; timestamps must be ``pa.timestamp('us', tz='UTC')``. A null in a column with
            ``nullable=False`` is malformed. A record without a value has null in every column that is read from it.
        metadata: columns of `schema` that are not in the value, each with what it holds: "key" (binary, or string in
            UTF-8), "headers" (a list of structs ``key string, value binary``), "timestamp", "topic", "partition",
            "offset": ``{"sent_at": "timestamp"}``.
        aliases: names of columns in the values where they differ from the schema's.
        start: where the first epoch begins: "earliest", "latest" (what is there already is not read), a moment with a
            time zone (in each partition the first record at or behind it), or offsets by topic and partition;
            partitions that these leave out begin at their earliest record. Behind the first epoch it means nothing.
        max_records: at most so many offsets in one epoch, shared out fairly among partitions.
        max_records_per_partition: at most so many offsets of each partition in one epoch.
        consumer_group: a group to which the offsets that the tables have are written behind each epoch, for tools that
            show how far groups are behind. It is never read, and no consumer of the group may be at work.
        archive_input: keep the records of each epoch as they came, in files beside those of its tables, as long as the
            pipeline's `Retention` keeps epochs for replay. A replay then reads these files, so it needs neither the
            brokers nor that they still have the records.
        uid: names the source in the ranges of the pipeline's epochs, for good.
    """

    topics: str | tuple[str, ...] | re.Pattern[str]
    format: Format | str
    schema: pa.Schema
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    start: Start = field(default="earliest", hash=False)
    max_records: int | None = None
    max_records_per_partition: int | None = None
    consumer_group: str | None = None
    archive_input: bool = False
    uid: str = "source"

    def __post_init__(self) -> None:
        identifier(self.uid, "KafkaSource uid")
        checked_schema(self.schema, "KafkaSource schema")
        object.__setattr__(self, "topics", _topics(self.topics))
        object.__setattr__(self, "metadata", dict(self.metadata))
        self._check_metadata()
        rows = RowFormat.declared("KafkaSource", self.format, self._value_schema, self.aliases, records=True)
        object.__setattr__(self, "format", rows.dialect)
        object.__setattr__(self, "aliases", rows.aliases)
        object.__setattr__(self, "start", _start(self.start))
        if self.consumer_group is not None and not (isinstance(self.consumer_group, str) and self.consumer_group):
            raise fail(f"KafkaSource consumer_group {self.consumer_group!r} is not the name of a group")
        if not isinstance(self.archive_input, bool):
            raise fail(f"KafkaSource archive_input is True or False, not {self.archive_input!r}")
        for name in ("max_records", "max_records_per_partition"):
            cap = getattr(self, name)
            if cap is not None and cap < 1:
                raise fail(f"KafkaSource {name} must be at least 1, not {cap}")

    def _check_metadata(self) -> None:
        if self.metadata:
            known_columns(tuple(self.metadata), self.schema, "KafkaSource metadata")
        for column, what in self.metadata.items():
            if what not in METADATA:
                raise fail(f"KafkaSource metadata: {what!r} is none of {', '.join(METADATA)}")
            dtype = self.schema.field(column).type
            if dtype not in METADATA[what]:
                raise fail(f"KafkaSource metadata: column {column!r} is {dtype}, but {what} is {METADATA[what][0]}")

    @property
    def _value_schema(self) -> pa.Schema:
        return pa.schema([f for f in self.schema if f.name not in self.metadata])

    @property
    def row_format(self) -> RowFormat:
        """What the bytes of its values mean: of all columns but `metadata`."""
        assert not isinstance(self.format, str)
        return RowFormat(self.format, self._value_schema, self.aliases)

    @property
    def named(self) -> str:
        """The topics, for people: names, or the pattern."""
        return self.topics.pattern if isinstance(self.topics, re.Pattern) else ", ".join(self.topics)

    @property
    def tells_time(self) -> bool:
        """True: every record has a timestamp."""
        return True

    def describe(self) -> str:
        """For people, in Markdown: what is read."""
        return f"Kafka `{self.named}` ({self.row_format.dialect.word})"

    def meaning(self) -> dict[str, Any]:
        """The settings that decide what a record means, as JSON values: a part of a pipeline's fingerprint."""
        columns = [[f.name, str(f.type), f.nullable] for f in self.schema]
        return {**self.row_format.meaning(), "columns": columns, "metadata": dict(self.metadata)}


def _topics(given: object) -> tuple[str, ...] | re.Pattern[str]:
    if isinstance(given, re.Pattern):
        return given
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, tuple) or not names or not all(isinstance(n, str) for n in names):
        raise fail(f"KafkaSource topics must be a name, a tuple of names or a compiled pattern, not {given!r}")
    for name in names:
        if not _TOPIC.fullmatch(name) or name in (".", ".."):
            raise fail(f"KafkaSource: {name!r} is not the name of a topic; for a pattern give re.compile(…)")
    return tuple(sorted(set(names)))


def _start(given: object) -> Start:
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise fail(f"KafkaSource start {given} has no time zone")
        return given
    if isinstance(given, Mapping):
        offsets = [o for of_topic in given.values() for o in of_topic.values()]
        if not all(isinstance(o, int) and o >= 0 for o in offsets):
            raise fail("KafkaSource start: an offset is a whole number from 0 on, by topic and partition")
        return {topic: dict(of_topic) for topic, of_topic in given.items()}
    if given not in ("earliest", "latest"):
        raise fail(f"KafkaSource start {given!r} is not 'earliest', 'latest', a datetime or offsets by partition")
    return str(given)
