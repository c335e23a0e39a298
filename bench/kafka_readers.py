"""Compares two ways to read planned ranges of a Kafka topic in Spark's Python tasks.

    python bench/kafka_readers.py [readers] [settings] [--repeat N]

The topic: 6 partitions, 1,000,000 records of some 120 bytes of JSON that transactions of 10,000 committed, lz4, and
a tenth as many that were aborted. `readers`: the connector of Spark (an exact batch read, then `mapInArrow`) against
confluent-kafka in the task, which makes an Arrow array of each value; all records, and some 1,000 of them. Both count
records and bytes in Python; the runs take turns, the first of each is not counted. "no reading" is the job alone.
`settings`: the second reader in one process without Spark, by settings of librdkafka. Needs Maven.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from pyspark.sql import SparkSession

from kafka_reading import PARTITIONS, TOPIC, TUNED, Ranges, by_connector, by_task, counted, nothing, read, summed
from tidegate import services
from tidegate.adapters.spark.session import opened

RECORDS, IN_TRANSACTION = 1_000_000, 10_000
CONNECTOR = ("spark-sql-kafka", "spark-token-provider-kafka", "kafka-clients", "commons-pool2")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["settings", "readers"], help="both by default")
    parser.add_argument("--repeat", type=int, default=7, help="runs of each that are counted (default 7)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        use_connector(Path(folder))
        try:
            found = services.up(home, kafka=True, report=lambda e: print(f"  {e.service}: {e.what} {e.detail}"))
            bootstrap = services.kafka_bootstrap(home)
            every = fill(bootstrap)
            if "settings" in arguments.what:
                compare_settings(bootstrap, every, arguments.repeat)
            if "readers" in arguments.what:
                with opened(found.spark, "bench", str(uuid.uuid4())) as session:
                    compare_readers(session, bootstrap, every, arguments.repeat)
        finally:
            services.down(home, report=lambda _: None)
    return 0


def use_connector(folder: Path) -> None:
    """Let the Spark server that is started next have the connector of Spark."""
    conf = folder / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text(f"spark.jars {connector(folder)}\n", encoding="utf-8")
    os.environ["SPARK_CONF_DIR"] = str(conf)


def connector(folder: Path) -> str:
    """Fetch Spark's connector below `folder`: its jars, as Spark's setting wants them."""
    jars = folder / "jars"
    pom = Path(__file__).with_name("kafka-pom.xml")
    wanted = ["dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
    subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", pom, *wanted], check=True)
    return ",".join(str(jar) for jar in jars.iterdir() if jar.name.startswith(CONNECTOR))


def fill(bootstrap: str) -> Ranges:
    """Make the topic. What is in it, by partition: offsets [start, stop)."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result(60)
    rng, size = random.Random(7), 0
    producer = Producer(
        {"bootstrap.servers": bootstrap, "transactional.id": TOPIC, "compression.type": "lz4", "linger.ms": 20}
    )
    producer.init_transactions(60)
    for number in range(RECORDS // IN_TRANSACTION * 11 // 10):
        producer.begin_transaction()
        for n in range(IN_TRANSACTION):
            value = json.dumps(record(rng, n)).encode()
            size += len(value)
            producer.produce(TOPIC, value, partition=n % PARTITIONS)
            producer.poll(0)
        producer.flush(60)  # else an abort throws away what was not sent yet
        (producer.abort_transaction if number % 11 == 5 else producer.commit_transaction)(60)
    ranges = {p: stable(bootstrap, p) for p in range(PARTITIONS)}
    print(f"{RECORDS:,} committed records, {size / (RECORDS * 1.1):.0f} bytes each; offsets {ranges}", flush=True)
    return ranges


def record(rng: random.Random, n: int) -> dict[str, Any]:
    """Some 120 bytes of JSON."""
    return {
        "id": f"{rng.getrandbits(64):016x}",
        "user": f"user-{rng.randrange(100_000):05d}",
        "amount": rng.randrange(1_000_000) / 100,
        "time": f"2026-11-27T{n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}.{rng.randrange(1000):03d}Z",
        "page": f"/a/{rng.randrange(1000)}",
    }


def stable(bootstrap: str, number: int) -> tuple[int, int]:
    """First offset, and the one behind the last; waits for the last transaction's marks."""
    settings = {"bootstrap.servers": bootstrap, "group.id": "bench"}
    committed = Consumer(settings | {"isolation.level": "read_committed"})
    every = Consumer(settings | {"isolation.level": "read_uncommitted"})
    place = TopicPartition(TOPIC, number)
    while (found := committed.get_watermark_offsets(place, 60)) != every.get_watermark_offsets(place, 60):
        time.sleep(0.1)
    return found


# -- measuring --------------------------------------------------------------------------------------------------------


def compare_readers(session: SparkSession, bootstrap: str, every: Ranges, repeat: int) -> None:
    few = {p: (start + 5_000, start + 5_167) for p, (start, _) in every.items()}
    ways = {"Spark's connector": by_connector, "confluent-kafka in the task": by_task, "no reading": nothing}
    for label, ranges in {"all records": every, "some 1,000": few}.items():
        print(f"{label}:")
        runs: dict[str, Callable[[], tuple[int, int]]] = {
            name: partial(way, session, bootstrap, ranges) for name, way in ways.items()
        }
        measure(runs, repeat, same=list(runs)[:2])


def compare_settings(bootstrap: str, every: Ranges, repeat: int) -> None:
    print("all records, one process, one consumer of 6 partitions:")
    sets: dict[str, dict[str, Any]] = {
        "librdkafka's defaults": {},
        "tuned (crcs, waits of 10 ms)": TUNED,
        "tuned, no crcs": TUNED | {"check.crcs": False},
        "tuned, fetch.min.bytes 100,000": TUNED | {"fetch.min.bytes": 100_000},
        "tuned, queue of 1 MB": TUNED | {"queued.max.messages.kbytes": 1024},
        "tuned, queue of 16 MB": TUNED | {"queued.max.messages.kbytes": 16_384},
        "tuned, queue of 16 MB, back after 1 s": TUNED
        | {"queued.max.messages.kbytes": 16_384, "fetch.queue.backoff.ms": 1000},
        "tuned, 10 MB a partition": TUNED | {"max.partition.fetch.bytes": 10_000_000},
    }
    runs: dict[str, Callable[[], tuple[int, int]]] = {
        name: partial(alone, bootstrap, every, settings) for name, settings in sets.items()
    }
    runs["tuned, consume(16,384, 0.2)"] = partial(alone, bootstrap, every, TUNED, drain=False)
    measure(runs, repeat, same=list(runs))


def alone(bootstrap: str, ranges: Ranges, settings: dict[str, Any], *, drain: bool = True) -> tuple[int, int]:
    batches = [counted(values) for values in read(bootstrap, ranges, settings, drain=drain)]
    return summed(pa.Table.from_batches(batches))


def measure(runs: dict[str, Callable[[], tuple[int, int]]], repeat: int, *, same: list[str]) -> None:
    """Take turns: the median and the range of seconds. All of `same` must count the same."""
    took: dict[str, list[float]] = {name: [] for name in runs}
    told: dict[str, tuple[int, int]] = {}
    for number in range(repeat + 1):
        for name, run in runs.items():
            began = time.monotonic()
            told[name] = run()
            if number:
                took[name].append(time.monotonic() - began)
    if len({told[name] for name in same}) != 1:
        raise SystemExit(f"they differ: {told}")
    for name, seconds in took.items():
        print(
            f"  {name:38} {statistics.median(seconds):6.3f} s, {min(seconds):.3f} to {max(seconds):.3f}; "
            f"{told[name][0]:,} records",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
