"""A pipeline that reads Kafka, run here with the real engine and real brokers: checkpoint and tables are in memory."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

import builders as make
from kafka import Kafka, Record
from tidegate import (
    Context,
    Definition,
    HiveTable,
    KafkaSource,
    KeyedProcessFunction,
    Pipeline,
    Row,
    ValueState,
)
from tidegate.adapters.files.storage import FsStorage
from tidegate.adapters.kafka.clients import Settings
from tidegate.adapters.kafka.source import KafkaSourceAdapter
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.crash import Disarmed
from tidegate.engine.planning import EpochPlan, look_ahead
from tidegate.engine.replay import replay
from tidegate.engine.verify import Finding
from tidegate.ports import Adapters, EpochReport, EpochTask, Processed, Source
from tidegate.protocol.model import LaneId, Run
from tidegate.testing.checkpoint import MemoryCheckpointStore
from tidegate.testing.contents import table_rows
from tidegate.testing.processor import LocalProcessor
from tidegate.testing.sink import MemorySink

CLICK = pa.schema({"user": pa.string(), "n": pa.int64()})
OUT = pa.schema({"user": pa.string(), "n": pa.int64(), "seen": pa.int64()})


class Seen(KeyedProcessFunction):
    """Numbers the records of each key: one that is lost or doubled shows."""

    count = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row | SimpleNamespace, ctx: Context) -> Iterator[dict[str, Any]]:
        self.count.update(self.count.value() + 1)
        yield {"user": value.user, "n": value.n, "seen": self.count.value()}


def pipeline(topics: Any, *, name: str = "clicks", **settings: Any) -> Definition:
    """Rows of a topic, numbered by key, into ``t.NAME``; what is malformed into ``t.dead_NAME``."""
    source = KafkaSource(topics, **{"format": "json", "schema": CLICK, **settings})
    return (
        Pipeline(name, dead_letters=f"t.dead_{name}")
        .source(source)
        .key_by("user")
        .process(Seen(), output=OUT)
        .sink(HiveTable(f"t.{name}"))
    )


def click(n: int, *, partition: int = 0, user: str | None = None, **rest: Any) -> Record:
    """A record with a row of `CLICK`."""
    value = json.dumps({"user": user or f"u{n % 3}", "n": n}).encode()
    return Record(value, **{"key": f"k{n}".encode(), "partition": partition, **rest})


def clicks(numbers: range, *, partitions: int = 1) -> list[Record]:
    """Some of them, in turn in each partition."""
    return [click(n, partition=n % partitions) for n in numbers]


def line(kafka: Kafka, topic: Any, folder: Path, **settings: Any) -> "Line":
    """A pipeline that reads these brokers."""
    return Line(pipeline(topic, **settings), {"bootstrap.servers": kafka.broker.bootstrap}, folder)


class Line:
    """Epochs of a pipeline, one after the other.

    Args:
        definition: may be replaced between epochs.
        settings: of the brokers.
        folder: for all files.
    """

    def __init__(self, definition: Definition, settings: Settings, folder: Path) -> None:
        self.definition = definition
        self.settings = settings
        self.store = MemoryCheckpointStore()
        self.sink = MemorySink()
        self.processor = _Interrupted()
        self._folder = folder
        self._runs = 0

    @property
    def engine(self) -> Coordinator:
        """A new process's."""
        return Coordinator(
            definition=self.definition,
            adapters=self.adapters,
            root=f"file://{self._folder}/made",
            clock=time,
            crash=Disarmed(),
            progress=print,
        )

    @property
    def adapters(self) -> Adapters:
        return Adapters(
            store=MemoryCheckpointStore(self.store.rows),
            connect=lambda: MemoryCheckpointStore(self.store.rows),
            sources=self.sources(),
            processor=self.processor,
            sink=self.sink,
            storage=FsStorage(),
        )

    def sources(self) -> dict[str, Source]:
        """What a new process reads by, by uid."""
        return {make.source_of(self.definition).uid: self.source()}

    def source(self) -> Source:
        """What a new process reads topics by."""
        declared = make.source_of(self.definition)
        assert isinstance(declared, KafkaSource)
        return KafkaSourceAdapter(declared, self.definition.name, self.settings)

    def run(self, *, again: bool = False) -> EpochReport | None:
        """The next run, or the retry of the last one."""
        self._runs += not again
        return self.engine.run(Run(f"run-{self._runs}", "test"))

    def replayed(self, epoch: int) -> list[Finding]:
        """What differs when an epoch is computed again."""
        return replay(self.definition, self.adapters, f"file://{self._folder}/made", epoch, progress=print)

    def plan(self) -> EpochPlan:
        """What the next run would do."""
        return look_ahead(self.definition, self.adapters, LaneId(self.definition.name))

    def rows(self, table: str | None = None) -> list[dict[str, Any]]:
        """The rows that readers see."""
        name = table or f"t.{self.definition.name}"
        target = next(t for t in self.definition.all_targets if t.name == name)
        return table_rows(target, self.sink.locations(target))

    @property
    def numbers(self) -> list[int]:
        """`n` of each row, in order."""
        return sorted(row["n"] for row in self.rows())

    @property
    def dead(self) -> list[dict[str, Any]]:
        """The dead letters."""
        return self.rows(f"t.dead_{self.definition.name}")

    def change(self, **settings: Any) -> None:
        """Declare the source anew."""
        source = replace(make.source_of(self.definition), **settings)
        self.definition = replace(self.definition, sources={source.uid: source})


class _Interrupted(LocalProcessor):
    """Lets something happen between planning and reading, or right behind the reading."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[], object] = lambda: None
        self.behind: Callable[[], object] = lambda: None

    def process(self, task: EpochTask) -> Processed:
        self.before()
        made = super().process(task)
        self.behind()
        return made
