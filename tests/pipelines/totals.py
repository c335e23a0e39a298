"""A small pipeline with every kind of table, and what its tables must hold, computed in plain Python."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
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
    Pipeline,
    Retention,
    Row,
    ValueState,
)
from tidegate.adapters.hive.server import connect

Tables = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]
"""The rows of the log and of the latest."""

EVENT = pa.schema({"id": pa.int64(), "key": pa.string(), "day": pa.string(), "amount": pa.int64()})
OUTPUT = pa.schema(
    {
        "id": pa.int64(),
        "key": pa.string(),
        "n": pa.int64(),
        "total": pa.int64(),
        "recent": pa.string(),
        "day": pa.string(),
    }
)


class Totals(KeyedProcessFunction):
    """Running totals with every kind of state. A negative amount raises; an amount of 0 forgets the key."""

    count = ValueState(pa.int64(), default=0)
    recent = ListState(pa.int64())
    days = MapState(pa.string(), pa.int64())

    def process_element(self, value: Row | SimpleNamespace, ctx: Context) -> Iterator[dict[str, Any]]:
        if value.amount < 0:
            raise ValueError(f"negative amount {value.amount}")
        if value.amount == 0:
            for state in (self.count, self.recent, self.days):
                state.clear()
            return
        self.count.update(self.count.value() + 1)
        self.recent.update([*self.recent.get(), value.id][-3:])
        self.days.put(value.day, (self.days.get(value.day) or 0) + value.amount)
        yield {
            "id": value.id,
            "key": value.key,
            "n": self.count.value(),
            "total": sum(total for _, total in self.days.items()),
            "recent": json.dumps(self.recent.get()),
            "day": value.day,
        }


class DoubleTotals(Totals):
    """The changed code: it counts every amount twice, in its state too."""

    def process_element(self, value: Row | SimpleNamespace, ctx: Context) -> Iterator[dict[str, Any]]:
        doubled = SimpleNamespace(**{**value._asdict(), "amount": 2 * value.amount})
        return super().process_element(doubled, ctx)


def changed(definition: Definition) -> Definition:
    """The same pipeline with the changed code."""
    return replace(definition, operators=(replace(definition.operator, function=DoubleTotals()),))


def doubled(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What the changed code makes in place of these rows."""
    return sorted((id_, key, n, 2 * total, recent, day) for id_, key, n, total, recent, day in rows)


def pipeline(name: str, folder: Path | str, *, compact_at: int | None = None, **settings: Any) -> Definition:
    """The pipeline over a folder of JSON lines, into ``t.<name>_log`` and ``t.<name>_latest``."""
    source = FileSource(
        folder, "json", EVENT, settle=settings.pop("settle", timedelta(0)), **settings.pop("source", {})
    )
    return (
        Pipeline(name, **settings)
        .source(source)
        .key_by("key", "day")
        .process(Totals(), output=OUTPUT)
        .sink(HiveTable(f"t.{name}_log", compact_at=compact_at))
        .sink(HiveTable(f"t.{name}_latest", mode="upsert", partition_by=("day",), primary_key=("day", "key")))
    )


def busy(name: str, folder: Path, *, compact_at: int = 8) -> Definition:
    """The pipeline with one file per epoch, and with everything that also happens now and then happening often."""
    retention = Retention(epochs=10, grace=timedelta(seconds=2))
    return pipeline(name, folder, compact_at=compact_at, retention=retention, source={"max_files": 1})


def write(folder: Path, name: str, events: list[dict[str, Any]]) -> None:
    """Let a file appear whole."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}"
    temporary.write_text("".join(json.dumps(e) + "\n" for e in events))
    temporary.rename(folder / name)


def events(seed: int, count: int = 40) -> list[dict[str, Any]]:
    """Some events; other seeds touch the same few keys and days."""
    return [
        {
            "id": seed * 1000 + i,
            "key": f"k{(i * 7 + seed) % 9}",
            "day": f"d{(i + seed) % 3}",
            "amount": (i * 5 + seed) % 11,
        }
        for i in range(count)
    ]


def expected(folder: Path) -> Tables:
    """The rows that both tables must hold for all files, in name order."""
    state: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    log, latest = [], {}
    for file in sorted(folder.iterdir()):
        for line in file.read_text().splitlines():
            e = json.loads(line)
            seen = state[e["key"], e["day"]]
            if e["amount"] == 0:
                seen.clear()
                continue
            seen.append((e["id"], e["amount"]))
            row = (
                e["id"],
                e["key"],
                len(seen),
                sum(a for _, a in seen),
                json.dumps([i for i, _ in seen[-3:]]),
                e["day"],
            )
            log.append(row)
            latest[e["key"], e["day"]] = row
    return sorted(log), sorted(latest.values())


def found(hiveserver2: str, name: str) -> Tables:
    """The rows of both tables."""
    log, latest = read(hiveserver2, f"t.{name}_log", f"t.{name}_latest")
    return log, latest


def read(hiveserver2: str, *tables: str, columns: Sequence[str] = OUTPUT.names) -> list[list[tuple[Any, ...]]]:
    """The rows of each table, read through PyHive as anybody would."""
    connection = connect(hiveserver2)
    try:
        cursor = connection.cursor()
        rows = []
        for table in tables:
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            rows.append(sorted(tuple(row) for row in cursor.fetchall()))
        return rows
    finally:
        connection.close()
