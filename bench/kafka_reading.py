"""Two ways to read planned ranges of a Kafka topic in Spark's Python tasks; `bench/kafka_readers.py` compares them.

A module of its own, which the tasks import.
"""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from pyspark.sql import SparkSession

TOPIC = "bench"
PARTITIONS = 6
GROUPS = ((0, 4), (1, 5), (2,), (3,))
BATCH = 16_384
COUNTED = "records long, bytes long"
Ranges = dict[int, tuple[int, int]]


def counted(values: pa.Array) -> pa.RecordBatch:
    """The work on each batch of values: both readers give these to Python as Arrow's binary."""
    size = pc.sum(pc.binary_length(values)).as_py() or 0
    return pa.record_batch({"records": pa.array([len(values)]), "bytes": pa.array([size], pa.int64())})


def by_connector(session: SparkSession, bootstrap: str, ranges: Ranges) -> tuple[int, int]:
    """Spark's connector: rows go from its JVM to Python."""
    starts, stops = ({TOPIC: {p: ends[i] for p, ends in ranges.items()}} for i in (0, 1))
    options = {
        "kafka.bootstrap.servers": bootstrap,
        "assign": json.dumps({TOPIC: list(ranges)}),
        "startingOffsets": json.dumps(starts),
        "endingOffsets": json.dumps(stops),
        "kafka.isolation.level": "read_committed",
        "failOnDataLoss": "true",
    }
    values = session.read.format("kafka").options(**options).load().select("value").coalesce(len(GROUPS))

    def count(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield counted(batch.column(0))

    return summed(values.mapInArrow(count, COUNTED).toArrow())


def by_task(session: SparkSession, bootstrap: str, ranges: Ranges) -> tuple[int, int]:
    """confluent-kafka in the task: one consumer for a group of partitions."""

    def count(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for group in batch.column(0).to_pylist():
                mine = {p: ranges[p] for p in GROUPS[group] if p in ranges}
                for values in read(bootstrap, mine, TUNED):
                    yield counted(values)

    return summed(session.range(0, len(GROUPS), 1, len(GROUPS)).mapInArrow(count, COUNTED).toArrow())


def nothing(session: SparkSession, _bootstrap: str, _ranges: Ranges) -> tuple[int, int]:
    """The job alone."""

    def count(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield counted(pa.array([], pa.binary()))

    return summed(session.range(0, len(GROUPS), 1, len(GROUPS)).mapInArrow(count, COUNTED).toArrow())


def summed(table: pa.Table) -> tuple[int, int]:
    return pc.sum(table["records"]).as_py(), pc.sum(table["bytes"]).as_py()


NEEDED: dict[str, Any] = {
    "group.id": "bench",
    "enable.auto.commit": False,
    "isolation.level": "read_committed",
    "enable.partition.eof": True,
    "auto.offset.reset": "error",
}
TUNED: dict[str, Any] = {"check.crcs": True, "fetch.wait.max.ms": 10, "fetch.queue.backoff.ms": 10}


def read(bootstrap: str, ranges: Ranges, settings: dict[str, Any], *, drain: bool = True) -> Iterator[pa.Array]:
    """The values of ranges, as arrays of some `BATCH`; each range ends by its last record or by what lies behind."""
    consumer = Consumer({"bootstrap.servers": bootstrap, **NEEDED, **settings})
    try:
        consumer.assign([TopicPartition(TOPIC, p, start) for p, (start, _) in ranges.items()])
        stops, values = {p: stop for p, (_, stop) in ranges.items()}, list[bytes]()
        while stops:
            # `consume` waits until it has all that it was asked for: what is there is taken without waiting.
            messages = consumer.consume(1, 10.0) + consumer.consume(BATCH, 0) if drain else consumer.consume(BATCH, 0.2)
            for message in messages:
                number: Any = message.partition()
                offset: Any = message.offset()
                if (stop := stops.get(number)) is None:
                    continue
                error = message.error()
                if error is None and offset < stop:
                    values.append(message.value())  # type: ignore[arg-type]
                elif error is not None and error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(error)
                if offset >= stop - (error is None):
                    del stops[number]
                    consumer.incremental_unassign([TopicPartition(TOPIC, number)])
            if len(values) >= BATCH:
                yield pa.array(values, pa.binary())
                values = []
        yield pa.array(values, pa.binary())
    finally:
        consumer.close()
