"""What it costs to keep the input of Kafka: `archive_input=True` and without, and reading again what was kept.

    python bench/kafka_archive.py [--bootstrap HOST:PORT] [--records N] [--repeat N]

The topic: 6 partitions, records of some 120 bytes of JSON with a key, lz4. One process and no Spark: a task's own work,
which is to read planned ranges and decode them. The ways take turns, the first run of each is not counted. Seconds of
the processor are those of all threads of the process, the client's too: they say more than elapsed ones where others
work on the same machine.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from kafka_readers import record
from tidegate import KafkaSource, services
from tidegate.adapters.kafka.reader import KafkaReader
from tidegate.adapters.kafka.source import KafkaSourceAdapter
from tidegate.protocol.model import DataFile, Slice
from tidegate.runtime.archive import ArchiveReader, Keeper
from tidegate.runtime.decoding import Decoded

TOPIC, PARTITIONS = f"bench-{uuid4().hex[:8]}", 6
SCHEMA = pa.schema(
    {"id": pa.string(), "user": pa.string(), "amount": pa.float64(), "time": pa.string(), "page": pa.string()}
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000, help="in the topic (default 200,000)")
    parser.add_argument("--repeat", type=int, default=7, help="runs of each that are counted (default 7)")
    parser.add_argument("--bootstrap", help="a broker; without it the embedded services are started")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        bootstrap_of(Path(folder) / "home", arguments.bootstrap) as bootstrap,
    ):
        size = fill(bootstrap, arguments.records)
        compare(bootstrap, f"file://{folder}/kept", arguments.records, size, arguments.repeat)
    return 0


@contextmanager
def bootstrap_of(home: Path, given: str | None) -> Iterator[str]:
    if given:
        yield given
        return
    try:
        services.up(home, kafka=True, report=lambda e: print(f"  {e.service}: {e.what} {e.detail}"))
        yield services.kafka_bootstrap(home)
    finally:
        services.down(home, report=lambda _: None)


def fill(bootstrap: str, count: int) -> int:
    """Make the topic. Bytes of all values."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result(60)
    rng, size = random.Random(7), 0
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": "lz4", "linger.ms": 20})
    for n in range(count):
        made = record(rng, n)
        value = json.dumps(made).encode()
        size += len(value)
        producer.produce(TOPIC, value, key=made["user"].encode(), partition=n % PARTITIONS)
        producer.poll(0)
    producer.flush(60)
    return size


def compare(bootstrap: str, folder: str, count: int, size: int, repeat: int) -> None:
    source = KafkaSourceAdapter(KafkaSource(TOPIC, "json", SCHEMA), "bench", {"bootstrap.servers": bootstrap})
    (slice_,) = source.discover(None, lambda _: ())
    reader = source.reader()
    _, file = kept(reader, slice_, folder)
    print(f"{count:,} records, {size / count:.0f} bytes each; kept in {file.bytes / count:.0f} bytes each", flush=True)
    ways: dict[str, Callable[[], int]] = {
        "read and decoded": lambda: rows(reader.read(reader.pieces([slice_]))),
        "the same, and kept": lambda: kept(reader, slice_, folder)[0],
        "what was kept, read and decoded": partial(again, replace(reader, settings={}), slice_, file),
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(repeat + 1):
        for name, way in ways.items():
            began, used = time.monotonic(), time.process_time()
            if way() != count:
                raise SystemExit(f"{name}: not all of {count} records")
            if number:
                took[name].append((time.monotonic() - began, time.process_time() - used))
    for name, found in took.items():
        elapsed, used = (statistics.median(column) for column in zip(*found, strict=True))
        print(
            f"  {name:34} {elapsed:6.3f} s, {used:6.3f} s of the processor; {count / used:,.0f} records/s", flush=True
        )


def rows(found: Iterator[tuple[int, Decoded]]) -> int:
    return sum(decoded.batch.num_rows for _, decoded in found)


def kept(reader: KafkaReader, slice_: Slice, folder: str) -> tuple[int, DataFile]:
    keeper = Keeper(reader, reader.pieces([slice_]), folder, uuid4().hex)
    return rows(keeper.read()), keeper.close()


def again(reader: KafkaReader, slice_: Slice, file: DataFile) -> int:
    archive = ArchiveReader(reader, (file,))
    return rows(archive.read(archive.pieces([slice_])))


if __name__ == "__main__":
    sys.exit(main())
