"""Goal: functions and transforms as people write them do on real services what they do alone."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pyarrow as pa
import pytest
from pyspark.sql import Column
from pyspark.sql.connect import functions as F  # noqa: N812
from pyspark.sql.types import StringType

from tidegate import Context, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.adapters.hive.server import connect
from tidegate.protocol.model import Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

TEXT = pa.schema({"k": pa.string(), "v": pa.string()})
OUTPUT = pa.schema({"k": pa.string(), "v": pa.int64(), "balance": pa.int64()})


trimmed = cast("Callable[[str], Column]", F.udf(lambda text: text.strip(), StringType()))
"""Made before there is a session."""


class Account(KeyedProcessFunction):
    """Takes what JSON says; changes its books before it looks at them."""

    books = ValueState(pa.struct({"sum": pa.int64()}), default={"sum": 0})

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        amount = json.loads(value.v)
        books = self.books.value()
        row = {"k": value.k, "v": amount, "balance": 0}
        yield row
        books["sum"] += amount
        self.books.update(books)
        if books["sum"] < 0:
            raise ValueError("overdrawn")
        row["balance"] = books["sum"]
        yield row


def test_bad_rows_are_dead_letters_and_leave_no_trace(tmp_path: Path, endpoints: Endpoints) -> None:
    """C1, C4, C5, C6, C7, C13."""
    name = f"account_{uuid4().hex[:6]}"
    amounts = ["10", " -50", "5", "0.5", '"x"', '"cut \\ud83d"', "99999999999999999999", "7 "]
    lines = [json.dumps({"k": k, "v": v}) for k in "ab" for v in amounts]
    (tmp_path / "a.json").write_text("".join(f"{line}\n" for line in lines))
    definition = (
        Pipeline(name, dead_letters=f"t.{name}_dead")
        .source(FileSource(tmp_path, "json", TEXT, settle=timedelta(0)))
        .transform(lambda rows: rows.withColumn("v", trimmed("v")))
        .key_by("k")
        .process(Account(), output=OUTPUT)
        .sink(HiveTable(f"t.{name}"))
    )
    with coordinator(definition, endpoints, progress=print) as engine:
        report = engine.run(Run("run", "owner"))
    assert report is not None
    assert report.epoch.counts is not None
    assert (report.epoch.counts.processed, report.epoch.counts.failed) == (6, 10)
    connection = connect(endpoints.hiveserver2)
    try:
        cursor = connection.cursor()
        cursor.execute(f"SELECT k, v, balance FROM t.{name}")
        found = sorted(map(tuple, cursor.fetchall()))
        cursor.execute(f"SELECT reason FROM t.{name}_dead WHERE step = 'process' AND key = '[\"a\"]' ORDER BY reason")
        reasons = [reason for (reason,) in cursor.fetchall()]
    finally:
        connection.close()
    assert found == [(k, *row) for k in "ab" for row in ((5, 0), (5, 15), (7, 0), (7, 22), (10, 0), (10, 10))]
    assert reasons == [
        r"MisfitError: column 'v': 'cut \ud83d' is not int64",
        "MisfitError: column 'v': 'x' is not int64",
        "MisfitError: column 'v': 0.5 is not int64",
        "MisfitError: column 'v': 99999999999999999999 is not int64: it is out of range",
        "ValueError: overdrawn",
    ]
