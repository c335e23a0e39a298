"""A pipeline whose key has columns of many types, and whose state, rows and refusals are of all kinds."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tidegate import (
    Context,
    Definition,
    FileSource,
    HiveTable,
    KeyedProcessFunction,
    ListState,
    MapState,
    Parquet,
    Pipeline,
    Row,
    ValueState,
)

EVENT = pa.schema(
    {
        "name": pa.string(),
        "number": pa.int16(),
        "yes": pa.bool_(),
        "price": pa.decimal128(30, 2),
        "at": pa.timestamp("ms", tz="UTC"),
        "raw": pa.binary(),
        "day": pa.date32(),
        "seen": pa.timestamp("us", tz="UTC"),
        "amount": pa.int64(),
    }
)
KEY = ("name", "number", "yes", "price", "at", "raw", "day")
OUTPUT = pa.schema([*(EVENT.field(k) for k in KEY), ("total", pa.int64()), ("late", pa.int64())])


class Kinds(KeyedProcessFunction):
    """Every kind of state. A negative amount raises, one of 0 forgets the key, others give as many rows, 3 at most."""

    total = ValueState(pa.int64(), default=0)
    prices = ListState(pa.decimal128(30, 2))
    moments = MapState(pa.string(), pa.timestamp("ms", tz="UTC"))

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        if value.amount < 0:
            raise ValueError(f"negative amount {value.amount}")
        if value.amount == 0:
            for state in (self.total, self.prices, self.moments):
                state.clear()
            return
        self.total.update(self.total.value() + value.amount)
        self.prices.add(value.price)
        self.moments.put(str(value.amount), value.at)
        for late in range(min(value.amount, 3)):
            yield {
                **{name: getattr(value, name) for name in KEY},
                "total": self.total.value(),
                "late": (ctx.timestamp() or 0) + late,
            }


def pipeline(folder: Path) -> Definition:
    """From Parquet files into an append and an upsert table, with dead letters and event time."""
    return (
        Pipeline("kinds", buckets=3, dead_letters="t.kinds_dead")
        .source(FileSource(folder, Parquet(), EVENT, settle=timedelta(0)))
        .assign_timestamps("seen", max_out_of_orderness=timedelta(seconds=1))
        .key_by(*KEY)
        .process(Kinds(), output=OUTPUT)
        .sink(HiveTable("t.kinds_log", partition_by=("number",)))
        .sink(HiveTable("t.kinds_latest", mode="upsert", partition_by=("name",), primary_key=KEY))
    )
