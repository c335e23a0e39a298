"""Airflow writes its settings file when it is first imported: into a temporary folder here."""

import os
import tempfile

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="tidegate-airflow-"))
os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row

Declare = Callable[..., None]
"""Takes the name of an Airflow connection and its fields."""


class Count(KeyedProcessFunction):
    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield {"user": value.user, "day": value.day, "amount": value.amount}


SCHEMA = pa.schema([("user", pa.string()), ("day", pa.string()), ("amount", pa.int64())])


def sales(folder: Path, **source: Any) -> Definition:
    return (
        Pipeline("sales", dead_letters="shop.rejects")
        .source(FileSource(folder, "csv", SCHEMA, settle=timedelta(0), **source))
        .key_by("user")
        .process(Count(), output=SCHEMA)
        .sink(HiveTable("shop.sales", partition_by=("day",)))
    )


@pytest.fixture
def definition(tmp_path: Path) -> Definition:
    return sales(tmp_path)


@pytest.fixture
def timed(tmp_path: Path) -> Definition:
    """The same, with files whose paths tell their time."""
    return sales(tmp_path, path_time="%Y-%m-%d")


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declare an Airflow connection through the environment, as a deployment would."""

    def declare(conn_id: str, **fields: Any) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))

    return declare


@pytest.fixture
def all_connections(connection: Declare) -> None:
    connection("tidegate_checkpoint", conn_type="postgres", host="db", login="me@corp", password="p/w:@", schema="ckpt")
    connection("tidegate_metastore", conn_type="hive_metastore", host="hms", extra={"warehouse": "file:///wh"})
    connection("tidegate_hiveserver2", conn_type="hiveserver2", host="hs2", port=10001)
    connection("tidegate_spark", conn_type="spark_connect", host="spark")
