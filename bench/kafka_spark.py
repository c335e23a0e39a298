"""The benchmark's job on Spark's own Kafka source: micro-batches of 1,000,000 records, by foreachBatch into Hive.

    python bench/kafka_spark.py BOOTSTRAP TOPIC METASTORE FOLDER TABLE running|through JARS

`running` keeps its state by transformWithState in Python, with RocksDB. A process of its own, with Spark in it
(local[2]). Prints the seconds of the query.
"""

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql.streaming.stateful_processor import StatefulProcessor

WINDOW = 10
EVENT = "event_id string, key string, event_time bigint, amount double"
RUNNING = f"{EVENT}, running_count bigint, running_sum double"
STATE = "count long, total double, first long, last long, ids array<string>"
BATCH = 1_000_000


class Running(StatefulProcessor):
    """Drops an event whose id is one of the key's last accepted ones."""

    def init(self, handle: Any) -> None:
        """Before the first key."""
        self._state = handle.getValueState("state", STATE)

    def handleInputRows(  # noqa: N802
        self,
        key: Any,
        rows: Iterator[Row],
        timerValues: Any,  # noqa: ARG002, N803
    ) -> Iterator[Row]:
        """All events of a key in a batch."""
        count, total, first, last, ids = self._state.get() or (0, 0.0, None, None, [])
        ids = list(ids)
        for row in sorted(rows, key=lambda r: r.event_time):  # a batch has no order behind the exchange
            if row.event_id in ids:
                continue
            count, total = count + 1, total + row.amount
            first, last = (row.event_time if first is None else first), row.event_time
            ids = [*ids, row.event_id][-WINDOW:]
            yield Row(
                event_id=row.event_id,
                key=key[0],
                event_time=row.event_time,
                amount=row.amount,
                running_count=count,
                running_sum=total,
            )
        self._state.update((count, total, first, last, ids))

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    bootstrap, topic, metastore, folder, table, work, jars = sys.argv[1:]
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "6g")
        .config("spark.ui.enabled", "false")
        .config("spark.jars", jars)
        .config("spark.local.dir", f"{folder}/tmp")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.sources.partitionOverwriteMode", "dynamic")
        .config(
            "spark.sql.streaming.stateStore.providerClass",
            "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider",
        )
        .config("spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled", "true")
        .config("spark.hadoop.hive.metastore.uris", metastore)
        .config("spark.hadoop.hive.exec.dynamic.partition.mode", "nonstrict")
        .config("spark.sql.warehouse.dir", f"{folder}/warehouse")
        .enableHiveSupport()
        .getOrCreate()
    )
    columns = RUNNING if work == "running" else EVENT
    session.sql("create database if not exists bench")
    session.sql(
        f"create external table {table} ({columns}) partitioned by (dt string, hour string, batch bigint) "
        f"stored as parquet location 'file://{folder}/out'"
    )
    names = [column.split()[0] for column in columns.split(", ")]

    def to_hive(rows: DataFrame, batch: int) -> None:
        moment = sf.timestamp_millis("event_time")
        placed = rows.select(
            *names, sf.date_format(moment, "yyyy-MM-dd"), sf.date_format(moment, "HH"), sf.lit(batch).cast("bigint")
        )
        placed.write.insertInto(table, overwrite=True)  # of the batch's own partitions: a batch may come twice

    began = time.monotonic()
    events = (
        session.readStream.format("kafka")
        .option("kafka.bootstrap.servers", bootstrap)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        .option("kafka.isolation.level", "read_committed")
        .option("maxOffsetsPerTrigger", BATCH)
        .load()
        .select(sf.from_json(sf.col("value").cast("string"), EVENT).alias("event"))
        .select("event.*")
    )
    if work == "running":
        events = events.groupBy("key").transformWithState(Running(), RUNNING, "append", "none")
    query = (
        events.writeStream.foreachBatch(to_hive)
        .option("checkpointLocation", f"{folder}/checkpoints")
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
    print(f"seconds {time.monotonic() - began:.2f}", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
