"""Two pipelines, of which one reads the other's table, run here with the real engine: one checkpoint, in memory."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import builders as make
from pipelines.topics import CLICK, OUT, Line, Seen
from tidegate import (
    Context,
    Definition,
    FileSource,
    HiveTable,
    HiveTableSource,
    Pipeline,
    Retention,
    Row,
    TidegateSource,
)
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.adapters.hive.foreign import ForeignPartition, ForeignTable
from tidegate.adapters.tables.partitions import HiveTableSourceAdapter
from tidegate.adapters.tables.source import TidegateSourceAdapter
from tidegate.engine.corrections import accept_gap, correct
from tidegate.engine.lanes import Lanes
from tidegate.engine.rollback import roll_back
from tidegate.ports import Source
from tidegate.protocol.ledger import EVERYTHING
from tidegate.protocol.model import Run, Word
from tidegate.testing.checkpoint import MemoryCheckpointStore
from tidegate.wiring import coordinator, from_environment

DAYS = pa.schema({"user": pa.string(), "n": pa.int64(), "day": pa.string()})
LOG = pa.schema({"user": pa.string(), "n": pa.int64(), "seen": pa.int64(), "epoch_id": pa.int64()})


def attempt(name: str, key: str) -> None:
    """A run of the pipeline `name` that reads that of `NAME_up`, in a process of its own."""
    endpoints = from_environment()
    assert endpoints is not None
    with coordinator(
        downstream(name=name, table=f"t.{name}_up_log", pipeline=f"{name}_up"), endpoints, progress=print
    ) as engine:
        engine.run(Run(key, "test"))


def upstream(folder: Path, *, name: str = "clicks", retention: Retention | None = None, **table: Any) -> Definition:
    """A folder of JSON lines, one file an epoch, into ``t.NAME_log`` and by user; dead letters, too."""
    source = FileSource(folder, "json", CLICK, settle=timedelta(0), max_files=1)
    return (
        Pipeline(name, buckets=2, dead_letters=f"t.{name}_dead", retention=retention or Retention())
        .source(source)
        .key_by("user")
        .process(Seen(), output=OUT)
        .sink(HiveTable(f"t.{name}_log", **{"compact_at": None, **table}))
        .sink(HiveTable(f"t.{name}_days", partition_by=("user",), compact_at=None))
    )


def downstream(
    *, name: str = "seen", table: str = "t.clicks_log", schema: pa.Schema = LOG, **source: Any
) -> Definition:
    """The rows of a table of `upstream`, numbered by key, into ``t.NAME``."""
    declared = TidegateSource(table, schema, **{"pipeline": "clicks", **source})
    return (
        Pipeline(name, buckets=2, dead_letters=f"t.dead_{name}")
        .source(declared)
        .key_by("user")
        .process(Seen(), output=OUT)
        .sink(HiveTable(f"t.{name}", compact_at=None))
    )


def of_hive(
    *, name: str = "days", table: str = "raw.clicks", schema: pa.Schema | None = None, **source: Any
) -> Definition:
    """Rows of a table of Hive's, numbered by key, into ``t.NAME``."""
    declared = HiveTableSource(table, schema or DAYS, **{"settle": timedelta(0), **source})
    return (
        Pipeline(name, buckets=2, dead_letters=f"t.dead_{name}")
        .source(declared)
        .key_by("user")
        .process(Seen(), output=OUT)
        .sink(HiveTable(f"t.{name}", compact_at=None))
    )


class RawTable:
    """A table of Hive's that somebody writes: what the metastore would say of it, and its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.columns: tuple[str, ...] = ("user", "n")
        self.keys = ("day",)
        self.partitions: dict[str, Path] = {}
        self.changed_s = 0

    def table(self, name: str) -> ForeignTable:
        found = [ForeignPartition((day,), f"file://{path}", self.changed_s) for day, path in self.partitions.items()]
        return ForeignTable(self.columns, self.keys, tuple(reversed(found)))

    def drop(self) -> None:
        """All partitions and their files."""
        self.partitions.clear()
        shutil.rmtree(self.folder)

    def write(self, day: str, *numbers: int, file: str = "a", columns: dict[str, Any] | None = None) -> Path:
        """A file in the partition of a day, which is made when it is missing; long ago."""
        path = self.partitions.setdefault(day, self.folder / f"day={day}")
        path.mkdir(parents=True, exist_ok=True)
        rows = {"user": [f"u{n % 3}" for n in numbers], "n": pa.array(numbers, pa.int64())}
        pq.write_table(pa.table(rows if columns is None else columns), path / f"{file}.parquet")
        os.utime(path / f"{file}.parquet", (1, 1))
        return path


class Reads(Line):
    """Epochs of a pipeline with a checkpoint of its own, or with that of `beside`."""

    def __init__(
        self, definition: Definition, folder: Path, beside: Line | None = None, raw: RawTable | None = None
    ) -> None:
        super().__init__(definition, {}, folder)
        self.raw = raw
        if beside is not None:
            self.store = beside.store

    def source(self) -> Source:
        """What a new process reads by."""
        declared = make.source_of(self.definition)
        if isinstance(declared, FileSource):
            return FileSourceAdapter(declared, self.definition.name)
        store = MemoryCheckpointStore(self.store.rows)
        ledger = partial(store.slices, self.definition.name, declared.uid, EVERYTHING)
        if isinstance(declared, HiveTableSource):
            assert self.raw is not None
            return HiveTableSourceAdapter(declared, self.definition.name, self.raw, ledger, now=time.time)
        assert isinstance(declared, TidegateSource)
        return TidegateSourceAdapter(declared, self.definition.name, store, ledger)

    def promote(self, since: int, *, until: int | None = None) -> None:
        """Process epochs again with changed code, and let that take their place."""
        self._runs += 1
        here, self.definition = self.definition, changed(self.definition)
        lanes, run = Lanes(self.engine), Run(f"promote-{self._runs}", "test")
        for _ in lanes.replay(run, f"fix-{self._runs}", since=since, until=until):
            pass
        assert lanes.promote(run, f"fix-{self._runs}", output_only=until is not None) is not None
        self.definition = here

    def back(self, to_epoch: int, *, allow_gap: bool = False) -> int:
        """Roll back, as a run of its own. The number of that epoch."""
        self._runs += 1
        run = Run(f"back-{self._runs}", "test")
        return roll_back(self.engine, run, to_epoch=to_epoch, allow_gap=allow_gap).epoch.epoch

    def accept(self) -> list[str]:
        """Accept the gap; the keys of the slices that were written."""
        self._runs += 1
        found = correct(self.engine, Run(f"accept-{self._runs}", "test"), Word("somebody", "it may go"), accept_gap())
        return [s.key for s in found.slices]

    def until_empty(self) -> int:
        """Run until there is nothing new. How many epochs that took."""
        number = 0
        while self.run() is not None:
            number += 1
        return number


def changed(definition: Definition) -> Definition:
    """The same pipeline with a function that makes other rows."""
    return make.with_function(definition, _Thousands())


class _Thousands(Seen):
    def process_element(self, value: Row | SimpleNamespace, ctx: Context) -> Iterator[dict[str, Any]]:
        for row in super().process_element(value, ctx):
            yield {**row, "n": row["n"] + 1000}


class Chain:
    """The two, side by side."""

    def __init__(self, folder: Path, *, up: dict[str, Any] | None = None, **down: Any) -> None:
        self._arrived = folder / "arrived"
        self._arrived.mkdir()
        self._files = 0
        self.up = Reads(upstream(self._arrived, **(up or {})), folder / "up")
        self.down = Reads(downstream(**down), folder / "down", self.up)

    def arrive(self, *numbers: int) -> int:
        """One more epoch of the first one, with a row for each number. The epoch's number."""
        self.write(*numbers)
        report = self.up.run()
        assert report is not None
        return report.epoch.epoch

    def write(self, *numbers: int) -> None:
        """One more file for the first one."""
        self._files += 1
        lines = "".join(f"{json.dumps({'user': f'u{n % 3}', 'n': n})}\n" for n in numbers)
        (self._arrived / f"{self._files:06d}.json").write_text(lines)

    @property
    def shown(self) -> list[int]:
        """`n` of each row of the first one's table."""
        return sorted(row["n"] for row in self.up.rows("t.clicks_log"))

    @property
    def read(self) -> Sequence[int]:
        """`n` of each row that the second one made."""
        return self.down.numbers
