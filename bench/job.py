"""The benchmark's pipeline: running count and sum per key, without repeated events."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from tidegate import (
    Context,
    Definition,
    FileSource,
    HiveTable,
    KafkaSource,
    KeyedProcessFunction,
    ListState,
    Pipeline,
    ValueState,
)
from tidegate.api import Row

WINDOW = 10

EVENT = pa.schema(
    {"event_id": pa.string(), "key": pa.string(), "event_time": pa.int64(), "amount": pa.float64()}
)  # fmt: skip
PLACED = pa.schema([*EVENT, ("dt", pa.string()), ("hour", pa.string())])
OUTPUT = pa.schema(
    [*EVENT, ("running_count", pa.int64()), ("running_sum", pa.float64()), ("dt", pa.string()), ("hour", pa.string())]
)


class Running(KeyedProcessFunction):
    """Drops an event whose id is one of the key's last accepted ones."""

    count = ValueState(pa.int64(), default=0)
    total = ValueState(pa.float64(), default=0.0)
    first_seen = ValueState(pa.int64())
    last_seen = ValueState(pa.int64())
    recent = ListState(pa.string())

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:  # noqa: ARG002
        """One event."""
        recent = self.recent.get()
        if value.event_id in recent:
            return
        count, total = self.count.value() + 1, self.total.value() + value.amount
        self.count.update(count)
        self.total.update(total)
        if self.first_seen.value() is None:
            self.first_seen.update(value.event_time)
        self.last_seen.update(value.event_time)
        self.recent.update([*recent, value.event_id][-WINDOW:])
        dt, hour = day_and_hour(value.event_time)
        yield {
            "event_id": value.event_id,
            "key": value.key,
            "event_time": value.event_time,
            "amount": value.amount,
            "running_count": count,
            "running_sum": total,
            "dt": dt,
            "hour": hour,
        }


class Through(KeyedProcessFunction):
    """Every event as it is."""

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:  # noqa: ARG002
        """One event."""
        dt, hour = day_and_hour(value.event_time)
        yield {
            "event_id": value.event_id,
            "key": value.key,
            "event_time": value.event_time,
            "amount": value.amount,
            "dt": dt,
            "hour": hour,
        }


def pipeline(name: str, folder: Path, file_format: str = "parquet") -> Definition:
    """The job over a folder of files, into ``bench.<name>``."""
    return of(name, FileSource(folder, file_format, EVENT))


def of(name: str, source: FileSource | KafkaSource, work: str = "running") -> Definition:
    """The job, or ("through") its events as they are, into ``bench.<name>``."""
    keyed = Pipeline(name).source(source).key_by("key")
    rows = keyed.process(Running(), output=OUTPUT) if work == "running" else keyed.process(Through(), output=PLACED)
    return rows.sink(HiveTable(f"bench.{name}", partition_by=("dt", "hour")))


_hours: dict[int, tuple[str, str]] = {}


def day_and_hour(event_time_ms: int) -> tuple[str, str]:
    """Partition values of an event time: ("2026-01-01", "22")."""
    hour = event_time_ms // 3_600_000
    if hour not in _hours:
        moment = datetime.fromtimestamp(hour * 3600, UTC)
        _hours[hour] = (moment.strftime("%Y-%m-%d"), moment.strftime("%H"))
    return _hours[hour]
