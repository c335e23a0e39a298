"""A pipeline's declaration, in Flink's words: source → transform → assign_timestamps → key_by → process → sink.

Each step returns a new object and checks what it is given at once, so that a mistake is a `DefinitionError` that names
the line to change, when the DAG file is parsed. Nothing here connects to anything.
"""

import hashlib
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tidegate.api.files import FileSource
from tidegate.api.function import KeyedProcessFunction
from tidegate.api.schema import (
    caller,
    checked_schema,
    event_schema,
    fail,
    identifier,
    key_columns,
    known_columns,
    table_name,
)
from tidegate.api.settings import DEAD_LETTER_SCHEMA, HiveTable, Retention, Target
from tidegate.api.state import State

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DEFAULT_BUCKETS = 4
MAX_BUCKETS = 4096


@dataclass(frozen=True)
class Transform:
    """A DataFrame → DataFrame step and the columns it leaves."""

    fn: "Callable[[DataFrame], DataFrame]"
    line: str


@dataclass(frozen=True)
class Timestamps:
    """Which column is event time, and how late an event may come."""

    column: str
    max_out_of_orderness: timedelta


@dataclass(frozen=True)
class Pipeline:
    """A named pipeline; begin with `.source(…)`.

    Args:
        name: an identifier; names the pipeline's rows in the checkpoint table for good.
        buckets: into how many parts the keys are hashed: the most tasks that can work on one epoch. Fixed for good.
        dead_letters: "database.table" that gets malformed rows, rows with a null key and rows on which the function
            raised. Without it, such a row fails the epoch and nothing is published.
        retention: how long past epochs are kept.
        pause_after: when so many attempts at an epoch in a row failed in the same way (the same kind of error, by the
            same code), no run tries it again before a person resumes the pipeline. None: runs try for ever.
    """

    name: str
    buckets: int = DEFAULT_BUCKETS
    dead_letters: str | None = None
    retention: Retention = field(default_factory=Retention)
    pause_after: int | None = 3

    def __post_init__(self) -> None:
        identifier(self.name, "pipeline")
        if not 1 <= self.buckets <= MAX_BUCKETS:
            raise fail(f"pipeline {self.name}: buckets must be from 1 to {MAX_BUCKETS}, not {self.buckets}")
        if self.dead_letters is not None:
            table_name(self.dead_letters)
        if self.pause_after is not None and self.pause_after < 1:
            raise fail(f"pipeline {self.name}: pause_after must be at least 1, or None, not {self.pause_after}")

    def source(self, source: FileSource) -> "Stream":
        """Read events from `source`."""
        if not isinstance(source, FileSource):
            raise fail(f"pipeline {self.name}: source must be a FileSource, not {type(source).__name__}")
        return Stream(self, source, source.schema)


@dataclass(frozen=True)
class Stream:
    """Events before they are keyed. `schema` are their columns at this point."""

    pipeline: Pipeline
    origin: FileSource
    schema: pa.Schema
    transforms: tuple[Transform, ...] = ()
    timestamps: Timestamps | None = None

    def transform(self, fn: "Callable[[DataFrame], DataFrame]", *, schema: pa.Schema | None = None) -> "Stream":
        """Select, filter or derive columns with Spark.

        Args:
            fn: takes and returns a Spark DataFrame. It may drop and make rows, but must keep the order of the events:
                no aggregation and no repartitioning (a broadcast join is fine).
            schema: the columns that `fn` returns; leave it out when they do not change. The epoch checks it.
        """
        if not callable(fn):
            raise fail(f"transform takes a function DataFrame → DataFrame, not {fn!r}")
        schema = self.schema if schema is None else checked_schema(schema, "transform schema")
        return replace(self, schema=schema, transforms=(*self.transforms, Transform(fn, caller())))

    def assign_timestamps(self, column: str, *, max_out_of_orderness: timedelta = timedelta(0)) -> "Stream":
        """Take event time from a UTC timestamp column. The watermark trails the latest event by the given bound."""
        known_columns([column], self.schema, "assign_timestamps")
        dtype = self.schema.field(column).type
        if not pa.types.is_timestamp(dtype):
            raise fail(f"assign_timestamps: column {column!r} is {dtype}, not a timestamp")
        if max_out_of_orderness < timedelta(0):
            raise fail("assign_timestamps: max_out_of_orderness must not be negative")
        return replace(self, timestamps=Timestamps(column, max_out_of_orderness))

    def key_by(self, *columns: str) -> "KeyedStream":
        """Group events by exact equality of the columns. A null in any of them makes the row a dead letter."""
        if self.timestamps is not None:
            known_columns([self.timestamps.column], self.schema, "key_by, after assign_timestamps")
        return KeyedStream(self, key_columns(columns, event_schema(self.schema)))


@dataclass(frozen=True)
class KeyedStream:
    """Events with a key."""

    stream: Stream
    key: tuple[str, ...]

    def process(self, function: KeyedProcessFunction, *, output: pa.Schema) -> "ProcessedStream":
        """Run `function` once per event. `output` are the columns of the rows that it yields."""
        if not isinstance(function, KeyedProcessFunction):
            raise fail(f"process takes an instance of a KeyedProcessFunction, not {function!r}")
        checked_schema(output, "process output")
        states = function.states()
        for name in states:
            if name in self.key:
                raise fail(f"state {name!r} has the name of a key column: rename the state")
        for name, value in vars(function).items():
            if isinstance(value, State) or name in states:
                raise fail(
                    f"state {name!r} is set on the instance: declare it in the body of the class, and only there"
                )
        return ProcessedStream(self, function, output)


@dataclass(frozen=True)
class ProcessedStream:
    """Output rows without a sink yet."""

    keyed: KeyedStream
    function: KeyedProcessFunction
    output: pa.Schema

    def sink(self, table: HiveTable) -> "Definition":
        """Write the rows to `table` and complete the pipeline; further sinks can be added to the result."""
        return Definition(self, targets=()).sink(table)


@dataclass(frozen=True)
class Definition:
    """A complete, validated pipeline: what `epoch_dag` and `tidegate run` take.

    `line` is where it was declared; `fingerprint` changes with every change of settings, schemas or code.
    """

    processed: ProcessedStream
    targets: tuple[Target, ...]
    line: str = field(default_factory=caller)

    def sink(self, table: HiveTable) -> "Definition":
        """Also write the rows to `table`."""
        if not isinstance(table, HiveTable):
            raise fail(f"sink takes a HiveTable, not {table!r}")
        if table.name in {t.name for t in self.targets} | {self.pipeline.dead_letters}:
            raise fail(f"pipeline {self.name}: two sinks write to {table.name}; give each its own table")
        target = Target(table, self.processed.output)
        if target.mode.merges:
            key_columns(table.primary_key, target.schema, "primary_key")
            self._contained(table, self.key, "key_by column", "two keys could write the same row")
            self._contained(table, table.partition_by, "partition column", "a row could move between partitions")
        return replace(self, targets=(*self.targets, target), line=caller())

    def _contained(self, table: HiveTable, columns: tuple[str, ...], what: str, why: str) -> None:
        missing = [c for c in columns if c not in table.primary_key]
        if missing:
            raise fail(f"{table.name}: primary_key must contain the {what} {missing[0]!r}, or {why}")

    @property
    def pipeline(self) -> Pipeline:
        """Name and settings."""
        return self.stream.pipeline

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.pipeline.name

    @property
    def stream(self) -> Stream:
        """What comes before the key."""
        return self.processed.keyed.stream

    @property
    def key(self) -> tuple[str, ...]:
        """The `key_by` columns."""
        return self.processed.keyed.key

    @property
    def source(self) -> FileSource:
        """Where events come from."""
        return self.stream.origin

    @property
    def function(self) -> KeyedProcessFunction:
        """The user's function."""
        return self.processed.function

    @property
    def dead_letters(self) -> Target | None:
        """The dead-letter table, when the pipeline has one."""
        name = self.pipeline.dead_letters
        return Target(HiveTable(name, line=self.line), DEAD_LETTER_SCHEMA) if name else None

    @property
    def all_targets(self) -> tuple[Target, ...]:
        """Every table that an epoch publishes to, the dead-letter table last."""
        return (*self.targets, self.dead_letters) if self.dead_letters else self.targets

    def state_schema(self) -> pa.Schema:
        """Columns of the stored state: the key columns, then one per declared state."""
        states = self.function.states()
        return pa.schema([*(self.stream.schema.field(c) for c in self.key), *((n, s.dtype) for n, s in states.items())])

    def fingerprint(self) -> str:
        """SHA-256 over settings, schemas and code; recorded in every manifest."""
        parts: dict[str, Any] = {
            "pipeline": [self.name, self.pipeline.buckets, self.pipeline.dead_letters],
            "source": self.source.meaning(),
            "transforms": [_code(t.fn) for t in self.stream.transforms],
            "stream": _columns(self.stream.schema),
            "timestamps": repr(self.stream.timestamps),
            "key": self.key,
            "function": _code(type(self.function)),
            "settings": repr(sorted(vars(self.function).items())),
            "state": _columns(self.state_schema()),
            "output": _columns(self.processed.output),
            "targets": [[t.name, t.mode, t.partition_by, t.table.primary_key] for t in self.targets],
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _columns(schema: pa.Schema) -> list[list[str]]:
    return [[f.name, str(f.type)] for f in schema]


def _code(code: Any) -> str:
    """The text of a function or class; where there is none (made by exec), its byte code."""
    try:
        return inspect.getsource(code)
    except (OSError, TypeError):
        compiled = getattr(code, "__code__", None)
        return compiled.co_code.hex() if compiled else repr(code)
