"""The pipeline whose files are kept in `format_1`, and all that happened to it. It is never changed."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

import builders as make
from tidegate import (
    Context,
    Definition,
    FileSource,
    HiveTable,
    KeyedProcessFunction,
    ListState,
    MapState,
    Pipeline,
    Row,
    ValueState,
)
from tidegate.engine.clones import Clones
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lanes import Lanes
from tidegate.engine.rollback import roll_back
from tidegate.errors import InternalError
from tidegate.protocol.model import Run

NAME = "golden"
CLONE = "c.golden_log"
WRITTEN_S = 1_700_000_000
"""When all source files were written, in seconds since 1970."""

EVENT = pa.schema({"id": pa.int64(), "key": pa.string(), "day": pa.string(), "amount": pa.int64()})
OUTPUT = pa.schema({"id": pa.int64(), "key": pa.string(), "n": pa.int64(), "total": pa.int64(), "day": pa.string()})


class Sums(KeyedProcessFunction):
    """Running sums, with every kind of state. A negative amount raises."""

    count = ValueState(pa.int64(), default=0)
    recent = ListState(pa.int64())
    days = MapState(pa.string(), pa.int64())
    times = 1

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        if value.amount < 0:
            raise ValueError(f"negative amount {value.amount}")
        self.count.update(self.count.value() + 1)
        self.recent.update([*self.recent.get(), value.id][-2:])
        self.days.put(value.day, (self.days.get(value.day) or 0) + self.times * value.amount)
        total = sum(of_day for _, of_day in self.days.items())
        yield {"id": value.id, "key": value.key, "n": self.count.value(), "total": total, "day": value.day}


class Doubled(Sums):
    """The changed code of a lane."""

    times = 2


def definition(folder: Path) -> Definition:
    """Tables of every kind; one file an epoch."""
    return (
        Pipeline(NAME, buckets=2, dead_letters=f"g.{NAME}_dead")
        .source(FileSource(folder, "json", EVENT, settle=timedelta(0), max_files=1))
        .key_by("key")
        .process(Sums(), output=OUTPUT)
        .sink(HiveTable(f"g.{NAME}_log", compact_at=2))
        .sink(HiveTable(f"g.{NAME}_latest", mode="upsert", partition_by=("day",), primary_key=("day", "key")))
    )


def changed(given: Definition) -> Definition:
    """The same pipeline with the changed code."""
    return make.with_function(given, Doubled())


def arrive(folder: Path, number: int) -> None:
    """One more source file: two keys, two days, and one event that the function refuses."""
    events: list[dict[str, Any]] = [
        {"id": 10 * number + i, "key": f"k{i % 2}", "day": f"d{i // 2}", "amount": number + i} for i in range(4)
    ]
    events.append({"id": 10 * number + 9, "key": "bad", "day": "d0", "amount": -1})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:03d}.json"
    path.write_text("".join(json.dumps(e) + "\n" for e in events))
    os.utime(path, (WRITTEN_S, WRITTEN_S))


class Stopping:
    """Ends an attempt at a crash point."""

    def __init__(self, point: str) -> None:
        self._point = point

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        if name == self._point:
            raise RuntimeError(f"{pipeline} {epoch} ends here")


def tell(engine: Coordinator, engine_of_lane: Coordinator, folder: Path) -> None:
    """Every kind of epoch, a lane, a clone; and in the end an epoch that was staged and not published."""
    for number in (1, 2, 3):
        arrive(folder, number)
        engine.run(Run(f"run-{number}", "o"))
    roll_back(engine, Run("back", "o"), to_epoch=2)
    engine.run(Run("again", "o"))
    list(Lanes(engine_of_lane).replay(Run("replay", "o"), "fix", since=1))
    Lanes(engine_of_lane).promote(Run("promote", "o"), "fix")
    Clones(engine).make(Run("clone", "o"), f"g.{NAME}_log", CLONE, epoch=2)
    arrive(folder, 4)
    last, engine.crash = engine.crash, Stopping("staged")
    try:
        engine.run(Run("run-4", "o"))
    except InternalError:
        pass
    finally:
        engine.crash = last
