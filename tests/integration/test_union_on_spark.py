"""Goal: a topic, a folder and a table reach Hive as one stream, once each, though an attempt is killed on the way."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from pyspark.sql import DataFrame

from crash.forked import Forked
from crash.lab import environment_of
from kafka import Kafka, Record
from pipelines.rows import Shop
from pipelines.several import SALE, completed, expected, folder, with_times, write
from tidegate import DatabaseSource, Definition, Json, KafkaSource, Pipeline
from tidegate.adapters.hive.server import connect
from tidegate.engine.replay import replay
from tidegate.engine.verify import verify
from tidegate.protocol.model import Run
from tidegate.wiring import OF_SOURCES, Endpoints, coordinator, from_environment

pytestmark = pytest.mark.services

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Event = dict[str, Any]


def selected(rows: DataFrame) -> DataFrame:
    """Leaves out the columns that say a row's place: each piece is a partition then."""
    return rows.where("amount >= 0").select("at", "user", "id", "amount")


def doubled(rows: DataFrame) -> DataFrame:
    """Keeps these columns, and makes two rows of each."""
    return rows.selectExpr("*", "explode(array(1, 2)) AS copy")


def definition(name: str, below: str) -> Definition:
    """A topic as it is, a folder behind a selection, and a table each of whose rows is two events."""
    given = Pipeline(name, buckets=2, dead_letters=f"t.{name}_dead")
    topic = given.source(KafkaSource(name, Json(), SALE, uid="till"))
    files = given.source(folder("shop", below)).transform(selected)
    table = DatabaseSource("sales", SALE, cursor="number", order_by=("id",), settle=timedelta(0), uid="bank")
    rows = given.source(table).transform(doubled)
    return completed(with_times(topic.union(files, rows), True), name)


def attempt(name: str, below: str, key: str) -> None:
    """A run in a process of its own."""
    endpoints = from_environment()
    assert endpoints is not None
    with coordinator(definition(name, below), endpoints, progress=print) as engine:
        engine.run(Run(key, key))


class World:
    """Three sources with sales, and how many there were of each."""

    def __init__(self, name: str, below: Path, kafka: Kafka, shop: Shop) -> None:
        self.name, self.below, self.kafka, self.shop = name, below, kafka, shop
        self.batches = 0
        kafka.create_topic(name)
        shop.do('CREATE TABLE sales (number bigserial PRIMARY KEY, "user" text, id text, amount int, at timestamptz)')

    def arrive(self, *, till: int, shop: int, bank: int) -> list[list[Event]]:
        """So many sales come to each source, and to the folder in two files. They in the order of their events."""
        self.batches += 1
        found = {uid: list(self._sales(uid, count)) for uid, count in (("till", till), ("shop", shop), ("bank", bank))}
        self.kafka.produce(
            self.name, [Record(json.dumps(e, default=datetime.isoformat).encode()) for e in found["till"]]
        )
        files = folder("shop", self.below)
        for number, part in enumerate((found["shop"][: shop // 2], found["shop"][shop // 2 :])):
            if part:
                write(files, f"{self.batches}-{number}.json", *part, part[0] | {"amount": -1})
        for e in found["bank"]:
            self.shop.do('INSERT INTO sales ("user", id, amount, at) VALUES (%s, %s, %s, %s)', *e.values())
        twice = [e for e in found["bank"] for _ in range(2)]
        return [found["till"], found["shop"], twice]

    def _sales(self, uid: str, count: int) -> Iterator[Event]:
        for n in range(count):
            at = NOON + timedelta(hours=self.batches, seconds=n)
            yield {"user": f"u{n % 7}", "id": f"{uid}-{self.batches}-{n:04d}", "amount": n % 50, "at": at}


@pytest.fixture
def given(endpoints: Endpoints, kafka: Kafka) -> Iterator[Endpoints]:
    """The services, brokers, and a database beside the checkpoint's."""
    name = f"bank_{uuid4().hex[:8]}"
    with psycopg.connect(endpoints.checkpoint, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    database = endpoints.checkpoint.rpartition("/")[0] + f"/{name}"
    yield replace(endpoints, kafka=kafka.broker.bootstrap, database=database)
    with psycopg.connect(endpoints.checkpoint, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def rows(endpoints: Endpoints, query: str) -> list[tuple[Any, ...]]:
    with closing(connect(endpoints.hiveserver2)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def test_a_killed_attempt_and_its_retry_and_the_next_epoch(given: Endpoints, kafka: Kafka, tmp_path: Path) -> None:
    name = f"sales_{uuid4().hex[:8]}"
    shop = Shop(given.database)
    world = World(name, tmp_path, kafka, shop)
    first = world.arrive(till=200, shop=100, bank=30)
    variables = {variable: getattr(given, of) for of, variable in OF_SOURCES.items()}
    armed = {"TIDEGATE_CRASH_AT": f"processed@{name}:1", "TIDEGATE_CRASH_ONCE": str(tmp_path / "fired")}
    environment = {**os.environ, **environment_of(given), **variables, **armed}
    victim = Forked(attempt, name, str(tmp_path), "run-1", environment=environment)
    output, _ = victim.communicate()
    assert victim.returncode == -signal.SIGKILL, output
    second = world.arrive(till=0, shop=0, bank=5)  # no part of what the retry reads
    with coordinator(definition(name, str(tmp_path)), given, progress=print) as engine:
        report = engine.run(Run("run-1", "test"))
        assert report
        assert report.epoch.attempts == 2
        assert {uid: r.size for uid, r in report.epoch.offsets.items()} == {"till": 1, "shop": 2, "bank": 1}
        counts = report.epoch.counts
        assert counts
        assert (counts.rows_in, counts.decoded, counts.received) == (200 + 102 + 30, 332, 200 + 100 + 60)
        report = engine.run(Run("run-2", "test"))
        assert report
        assert report.epoch.counts
        assert report.epoch.counts.rows_in == 5
        assert engine.run(Run("run-3", "test")) is None
        d = engine.definition
        assert replay(d, engine.adapters, engine.root, 1, progress=print) == []  # the same bytes
        assert verify(d, engine.adapters, progress=print, checksums=True) == []
    found = rows(given, f"SELECT user, n, id, total FROM t.{name} ORDER BY user, n")
    assert found == [tuple(row.values()) for row in expected(*first, *second)]
    of_nothing = [e["id"].partition("-")[0] for events in (*first, *second) for e in events if not e["amount"]]
    dead = rows(given, f"SELECT source FROM t.{name}_dead")
    assert sorted(source.partition(": ")[0] for (source,) in dead) == sorted(of_nothing)
    assert {"till", "shop", "bank"} == {*of_nothing}
    shop.close()
