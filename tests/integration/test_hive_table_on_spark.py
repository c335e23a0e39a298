"""Goal: on real services, partitions that others write reach a pipeline's table once, each value as it was."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import pyarrow as pa
import pytest

from pipelines import chain, totals
from tidegate.adapters.hive.foreign import ForeignTables
from tidegate.adapters.hive.server import connect
from tidegate.errors import ConfigurationError, SourceGapError
from tidegate.ports import EpochReport
from tidegate.protocol.model import Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

DAYS = pa.schema({"user": pa.string(), "n": pa.int64(), "day": pa.date32()})


class Raw:
    """A database in which somebody writes tables."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.name = f"raw_{uuid4().hex[:6]}"
        self.endpoints = endpoints
        self.table = f"{self.name}.clicks"
        self.do(f"CREATE DATABASE {self.name}")

    def do(self, *statements: str) -> None:
        with closing(connect(self.endpoints.hiveserver2)) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)

    def insert(self, day: str, *numbers: int) -> None:
        rows = ", ".join(f"('u{n % 2}', {n})" for n in numbers)
        self.do(f"INSERT INTO {self.table} PARTITION (day = DATE '{day}') VALUES {rows}")


@pytest.fixture
def raw(endpoints: Endpoints) -> Iterator[Raw]:
    made = Raw(endpoints)
    yield made
    made.do(f"DROP DATABASE {made.name} CASCADE")


def test_partitions_are_read_once_and_a_changed_one_stops(raw: Raw, endpoints: Endpoints) -> None:
    raw.do(f"CREATE TABLE {raw.table} (user STRING, n BIGINT) PARTITIONED BY (day DATE) STORED AS PARQUET")
    definition = chain.of_hive(name=raw.name, table=raw.table, schema=DAYS, settle=timedelta(0))

    def run(key: str) -> EpochReport | None:
        with coordinator(definition, endpoints, progress=print) as engine:
            return engine.run(Run(key, "test"))

    def rows() -> list[tuple[object, ...]]:
        return totals.read(endpoints.hiveserver2, f"t.{raw.name}", columns=("user", "n", "seen"))[0]

    raw.insert("2026-01-01", 1, 2, 3)
    raw.insert("2026-01-02", 4)
    raw.do(f"ALTER TABLE {raw.table} ADD PARTITION (day = DATE '2026-01-03')")  # nobody has written it yet
    first = run("first")
    assert first is not None
    assert first.epoch.offsets["source"].size == 2
    assert run("nothing new") is None
    raw.insert("2026-01-03", 5)
    raw.do(f"ALTER TABLE {raw.table} DROP PARTITION (day = DATE '2026-01-02')")
    assert run("second") is not None
    assert rows() == [("u0", 2, 1), ("u0", 4, 2), ("u1", 1, 1), ("u1", 3, 2), ("u1", 5, 3)]
    raw.insert("2026-01-01", 6)
    with pytest.raises(SourceGapError, match=r"are not as they were read or planned: day=2026-01-01\."):
        run("third")


def test_what_cannot_be_read_by_its_files_is_refused_by_name(raw: Raw, endpoints: Endpoints) -> None:
    raw.do(
        f"CREATE TABLE {raw.name}.whole (n BIGINT) STORED AS PARQUET",
        f"CREATE TABLE {raw.name}.orc (n BIGINT) PARTITIONED BY (day STRING) STORED AS ORC",
        f"CREATE VIEW {raw.name}.seen AS SELECT n FROM {raw.name}.whole",
    )
    tables = ForeignTables(endpoints.metastore)
    for name, problem in {
        "none": "Hive has no table",
        "whole": "has no partitions, so nothing tells what is new in it",
        "orc": "is not of Parquet files, but .*OrcInputFormat",
        "seen": "is a view: it has no files",
    }.items():
        with pytest.raises(ConfigurationError, match=problem):
            tables.table(f"{raw.name}.{name}")
