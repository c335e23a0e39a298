"""Measures a topic on its way into Hive: tidegate against Spark's and Flink's own Kafka sources, all doing the same.

    python bench/kafka_to_hive.py [tidegate|spark|flink-hashmap|flink-rocksdb …] [--work running|through]
                                  [--records 10000000] [--repeat 1]

The topic has 6 partitions of JSON, some 100 bytes a record, committed by transactions of 100,000, lz4; a key is in one
partition. `running`: the job of bench/epoch.py, running count and sum per key without repeated events, over a tenth as
many keys as records. `through`: the records as they are. Each goes into Parquet in partitions of an hour. tidegate
reads at most 1,000,000 records an epoch, each epoch with a coordinator of its own, on services that are up; Spark
(transformWithState in Python, foreachBatch) at most 1,000,000 a batch, Flink (DataStream API in Java) has checkpoints
of 5 s, both in a process of their own whose start is not counted. Flink's files become Hive's when it is done. Every
row is compared with an oracle that computes event by event in Python. Needs Maven, and 12 GB.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from pyspark.sql import SparkSession

import job
from epoch import DATA
from kafka_readers import connector
from tidegate import Json, KafkaSource, services
from tidegate.adapters.spark.session import opened
from tidegate.protocol.model import Run
from tidegate.wiring import Endpoints, coordinator
from workload import PARTITIONS, write_topic

HERE = Path(__file__).parent
TOPIC = "bench"
IN_TRANSACTION = 100_000
IN_EPOCH = 1_000_000
ENGINES = ("tidegate", "spark", "flink-hashmap", "flink-rocksdb")
OPENED = ("java.util", "java.lang", "java.util.concurrent", "java.time", "java.nio", "sun.nio.ch")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engines", nargs="*", default=[], help=f"of {', '.join(ENGINES)}; all by default")
    parser.add_argument("--work", choices=("running", "through"), default="running")
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=1)
    arguments = parser.parse_args()
    folder = write_topic(DATA, arguments.records)
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(Path(temporary), folder, arguments.work)
        try:
            bench.up()
            for _ in range(arguments.repeat):
                for engine in arguments.engines or ENGINES:
                    seconds = bench.run(engine)
                    took.setdefault(engine, []).append(seconds)
                    print(f"  {engine:14} {seconds:7.1f} s, {arguments.records / seconds:,.0f} records/s", flush=True)
        finally:
            services.down(bench.home, report=lambda _: None)
    first = statistics.median(next(iter(took.values())))
    for engine, runs in took.items():
        median = statistics.median(runs)
        print(
            f"{engine:14} median {median:.1f} s, {min(runs):.1f} to {max(runs):.1f}, n={len(runs)}: "
            f"{arguments.records / median:,.0f} records/s, {median / first:.2f} times the first one's time"
        )
    return 0


class Bench:
    """Services, the topic, and the engines on them."""

    def __init__(self, folder: Path, data: Path, work: str) -> None:
        self.home = folder / "home"
        self._folder, self._data, self._work = folder, data, work
        self._endpoints: Endpoints
        self._bootstrap = ""

    def up(self) -> None:
        """Start the services, make the topic."""
        self._jars = connector(self._folder)
        subprocess.run(["mvn", "-q", "-B", "-f", HERE / "flink", "package"], check=True)
        self._endpoints = services.up(self.home, kafka=True, report=lambda e: print(f"  {e.service}: {e.what}"))
        self._bootstrap = services.kafka_bootstrap(self.home)
        fill(self._bootstrap, self._data)

    def run(self, engine: str) -> float:
        """One run of all records, from nothing: its seconds, once the rows are right."""
        name = uuid.uuid4().hex[:8]
        if engine == "tidegate":
            table, seconds = f"bench.tidegate_{name}", self._tidegate(f"tidegate_{name}")
            self._check(table)
            return seconds
        folder = self._folder / name
        folder.mkdir()
        table = f"bench.{engine.replace('-', '_')}_{name}"
        if engine == "spark":
            seconds = self._spark(folder, table)
        else:
            seconds = self._flink(folder, table, engine.partition("-")[2])
        self._check(table)
        return seconds

    def _tidegate(self, name: str) -> float:
        source = KafkaSource(TOPIC, Json(), job.EVENT, max_records=IN_EPOCH)
        definition, epochs = job.of(name, source, self._work), 0
        began = time.monotonic()
        while True:
            key = uuid.uuid4().hex
            run = Run(key, key)
            with coordinator(definition, self._endpoints, progress=lambda _: None) as engine:
                if engine.process(run) is None:
                    break
                engine.publish(run)
            epochs += 1
        print(f"  {epochs} epochs", flush=True)
        return time.monotonic() - began

    def _spark(self, folder: Path, table: str) -> float:
        given = [self._bootstrap, TOPIC, self._endpoints.metastore, folder, table, self._work, self._jars]
        return _seconds([sys.executable, HERE / "kafka_spark.py", *given])

    def _flink(self, folder: Path, table: str, backend: str) -> float:
        (folder / "tmp").mkdir()
        opens = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        classes = f"{HERE}/flink/target/flink-1.jar:{HERE}/flink/target/lib/*"
        given = [self._bootstrap, TOPIC, folder, self._work, backend]
        seconds = _seconds(["java", "-Xmx6g", *opens, "-cp", classes, "bench.KafkaToFiles", *given])
        columns = "event_id string, key string, event_time bigint, amount double"
        if self._work == "running":
            columns += ", running_count bigint, running_sum double"
        with self._session() as session:
            session.sql(
                f"create external table {table} ({columns}) partitioned by (dt string, hour string) "
                f"stored as parquet location 'file://{folder}/out'"
            )
            session.sql(f"msck repair table {table}")
        return seconds

    def _session(self) -> AbstractContextManager[SparkSession]:
        return opened(self._endpoints.spark, "bench", str(uuid.uuid4()))

    def _check(self, table: str) -> None:
        """Compare the table, as Spark reads it in Hive, with the oracle's rows."""
        with self._session() as session:
            session.read.parquet(f"file://{self._data}/{self._work}.parquet").createOrReplaceTempView("wanted")
            want, got = _digest(session, "wanted", self._work), _digest(session, table, self._work)
        if want != got:
            raise SystemExit(f"{table} is WRONG: rows and digest {got}, not {want}")
        print(f"  {table}: {got[0]:,} rows, every one exact", flush=True)


def _digest(session: SparkSession, table: str, work: str) -> tuple[int, ...]:
    columns = ["event_id", "key", "event_time", "amount", "dt", "hour"]
    columns += ["running_count", "running_sum"] if work == "running" else []
    hashes = f"select xxhash64({', '.join(columns)}) h from {table}"
    [row] = session.sql(f"select count(*), bit_xor(h), sum(cast(h as decimal(38))) from ({hashes})").collect()
    return tuple(int(value) for value in row)


def _seconds(command: list[object]) -> float:
    # a session of Connect leaves word in the environment that this process has one
    environment = {name: value for name, value in os.environ.items() if name != "SPARK_CONNECT_MODE_ENABLED"}
    environment["PYSPARK_PYTHON"] = sys.executable
    done = subprocess.run([str(word) for word in command], capture_output=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode()[-4000:])
    last = done.stdout.decode().split()
    return float(last[last.index("seconds") + 1])


def fill(bootstrap: str, folder: Path) -> None:
    """Make the topic."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result(60)
    settings = {"bootstrap.servers": bootstrap, "transactional.id": TOPIC, "compression.type": "lz4", "linger.ms": 50}
    producer = Producer(settings)
    producer.init_transactions(60)
    began, count, size = time.monotonic(), 0, 0
    for rows in pl.scan_parquet(folder / "values.parquet").collect().iter_slices(IN_TRANSACTION):
        producer.begin_transaction()
        for partition, value in rows.select("partition", "value").iter_rows():
            while True:
                try:
                    producer.produce(TOPIC, value, partition=partition)
                    break
                except BufferError:
                    producer.poll(0.1)
            count, size = count + 1, size + len(value)
        producer.commit_transaction(120)
    took = time.monotonic() - began
    print(f"{count:,} records of {size / count:.0f} bytes are in the topic, in {took:.0f} s", flush=True)


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = f"{HERE}:{os.environ.get('PYTHONPATH', '')}"
    sys.exit(main())
