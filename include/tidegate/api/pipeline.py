"""A pipeline's declaration, in Flink's words: source → transform → assign_timestamps → key_by → process → sink.

Streams of several sources become one by `union`, before the key.

Each step returns a new object and checks what it is given at once, so that a mistake is a `DefinitionError` that names
the line to change, when the DAG file is parsed. Nothing here connects to anything.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa

from tidegate.api import description
from tidegate.api.database import DatabaseSource
from tidegate.api.function import KeyedProcessFunction
from tidegate.api.graph import MAIN_OUTPUT, Input, Operator, Port, Sink, Timestamps, Transform
from tidegate.api.kafka import KafkaSource
from tidegate.api.schema import (
    caller,
    checked_schema,
    event_schema,
    fail,
    identifier,
    key_columns,
    known_columns,
    operator_uid,
    table_name,
)
from tidegate.api.settings import DEAD_LETTER_SCHEMA, Evolve, HiveTable, Retention, Target
from tidegate.api.sources import Source
from tidegate.api.state import State
from tidegate.protocol.fingerprint import Described, digest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DEFAULT_BUCKETS = 4
MAX_BUCKETS = 4096


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
        ended: uids of sources that were read and are not declared any more, for good or for a while: one that is
            declared again goes on where it ended. What was read of it, and the state, stays.
    """

    name: str
    buckets: int = DEFAULT_BUCKETS
    dead_letters: str | None = None
    retention: Retention = field(default_factory=Retention)
    pause_after: int | None = 3
    ended: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        identifier(self.name, "pipeline")
        if isinstance(self.ended, str):
            raise fail(f"pipeline {self.name}: ended must be a tuple of uids: ({self.ended!r},)")
        for uid in self.ended:
            identifier(uid, f"pipeline {self.name}: ended: uid")
        if not 1 <= self.buckets <= MAX_BUCKETS:
            raise fail(f"pipeline {self.name}: buckets must be from 1 to {MAX_BUCKETS}, not {self.buckets}")
        if self.dead_letters is not None:
            table_name(self.dead_letters)
        if self.pause_after is not None and self.pause_after < 1:
            raise fail(f"pipeline {self.name}: pause_after must be at least 1, or None, not {self.pause_after}")

    def source(self, source: Source) -> "Stream":
        """Read events from `source`. Streams of several sources are brought together by `Stream.union`."""
        if not isinstance(source, Source):
            raise fail(
                f"pipeline {self.name}: source must be a FileSource, a KafkaSource, a DatabaseSource, a "
                f"TidegateSource or a HiveTableSource, not {type(source).__name__}"
            )
        return Stream(self, {source.uid: source}, (Input(Port(source.uid), source.schema),))


@dataclass(frozen=True)
class Stream:
    """Events before they are keyed.

    Args:
        pipeline: whose they are.
        sources: where they come from, by uid.
        inputs: what has become of the events of each source, in the order in which an epoch takes them.
    """

    pipeline: Pipeline
    sources: Mapping[str, Source]
    inputs: tuple[Input, ...]

    def transform(self, fn: "Callable[[DataFrame], DataFrame]", *, schema: pa.Schema | None = None) -> "Stream":
        """Select, filter or derive columns with Spark.

        Args:
            fn: takes and returns a Spark DataFrame. It may drop and make rows, but must keep the order of the events:
                no aggregation and no repartitioning (a broadcast join is fine). Behind a union it is called once for
                each source, with its events.
            schema: the columns that `fn` returns; leave it out when they do not change. The epoch checks it.
        """
        if not callable(fn):
            raise fail(f"transform takes a function DataFrame → DataFrame, not {fn!r}")
        schema = self.schema if schema is None else checked_schema(schema, "transform schema")
        step = Transform(fn, caller())
        inputs = (replace(i, schema=schema, transforms=(*i.transforms, step)) for i in self.inputs)
        return replace(self, inputs=tuple(inputs))

    def assign_timestamps(self, column: str, *, max_out_of_orderness: timedelta = timedelta(0)) -> "Stream":
        """Take event time from a UTC timestamp column. The watermark trails the latest event by the given bound.

        It does so for each source by itself; that of the epoch is the earliest of them.
        """
        known_columns([column], self.schema, "assign_timestamps")
        dtype = self.schema.field(column).type
        if not pa.types.is_timestamp(dtype):
            raise fail(f"assign_timestamps: column {column!r} is {dtype}, not a timestamp")
        if max_out_of_orderness < timedelta(0):
            raise fail("assign_timestamps: max_out_of_orderness must not be negative")
        timestamps = Timestamps(column, max_out_of_orderness)
        return replace(self, inputs=tuple(replace(i, timestamps=timestamps) for i in self.inputs))

    def union(self, *others: "Stream") -> "Stream":
        """These events and those of `others`, which come from other sources of the same pipeline.

        All need the same columns, by name and type and whether they may be null; the order of columns is that of this
        stream. Either all have timestamps or none. Within an epoch and a key come the events of this stream first, then
        those of each other one in turn, each in the order of its source: nothing is sorted by time.
        """
        if not others:
            raise fail("union takes the streams to add, as in shop.union(till)")
        inputs, sources = self.inputs, dict(self.sources)
        for other in others:
            _check_union(self.pipeline, sources, inputs, other)
            inputs, sources = (*inputs, *other.inputs), {**sources, **other.sources}
        return replace(self, sources=sources, inputs=inputs)

    def key_by(self, *columns: str) -> "KeyedStream":
        """Group events by exact equality of the columns. A null in any of them makes the row a dead letter."""
        for timestamps in (i.timestamps for i in self.inputs if i.timestamps is not None):
            known_columns([timestamps.column], self.schema, "key_by, after assign_timestamps")
        return KeyedStream(self, key_columns(columns, event_schema(self.schema)))

    @property
    def schema(self) -> pa.Schema:
        """The columns of the events."""
        return self.inputs[0].schema


def _check_union(pipeline: Pipeline, sources: Mapping[str, Source], inputs: Sequence[Input], other: Stream) -> None:
    """Raise DefinitionError unless the stream `other` can follow those of `inputs`."""
    if not isinstance(other, Stream):
        raise fail(f"union takes streams, as they are before key_by, not {other!r}")
    if other.pipeline != pipeline:
        raise fail(
            f"union takes streams of one pipeline, not of {pipeline.name} and {other.pipeline.name}: call `source` of "
            "the same Pipeline for each"
        )
    for uid in (uid for uid in other.sources if uid in sources):
        if other.sources[uid] == sources[uid]:
            raise fail(
                f"union: the source {uid!r} is in it already, and an epoch reads a source once: make one stream of it"
            )
        raise fail(f"union: two sources have the uid {uid!r}: give one another uid, for good, by `uid=…`")
    one, first = inputs[0], other.inputs[0]
    if wrong := _differences(one, first):
        raise fail(
            f"union needs the same columns in every stream, in whatever order, but {'; '.join(wrong)}. Make them equal "
            "by transform(…, schema=…)"
        )
    if (one.timestamps is None) != (first.timestamps is None):
        with_, without = (one.of, first.of) if one.timestamps else (first.of, one.of)
        raise fail(
            f"union: {with_} has timestamps, {without} has none: call assign_timestamps for both, or once behind it"
        )


def _differences(one: Input, other: Input) -> list[str]:
    """How the columns of two inputs differ, a few words each."""
    names = dict.fromkeys([*one.schema.names, *other.schema.names])
    types = {name: [_column_type(i.schema, name) for i in (one, other)] for name in names}
    return [
        f"{name} is {was or 'missing'} in {one.of} and {now or 'missing'} in {other.of}"
        for name, (was, now) in types.items()
        if was != now
    ]


def _column_type(schema: pa.Schema, name: str) -> str:
    """Type of a column and whether it may be null, as text; empty when there is no such column."""
    if name not in schema.names:
        return ""
    field = schema.field(name)
    return str(field.type) if field.nullable else f"{field.type} not null"


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
        operator = Operator(type(function).__name__, self.stream.inputs, self.key, function, {MAIN_OUTPUT: output})
        return ProcessedStream(self.stream, operator)


@dataclass(frozen=True)
class ProcessedStream:
    """Output rows without a sink yet: those of `operator`."""

    stream: Stream
    operator: Operator

    def uid(self, name: str) -> "ProcessedStream":
        """Name the operator, for good: its state is found by this name. It is the class of the function unless given.

        Give it before the class gets another name: an epoch does not start from state under a name that is gone.
        """
        return replace(self, operator=replace(self.operator, uid=operator_uid(name)))

    def sink(self, table: HiveTable) -> "Definition":
        """Write the rows to `table` and complete the pipeline; further sinks can be added to the result."""
        return Definition(self.stream.pipeline, self.stream.sources, (self.operator,)).sink(table)


@dataclass(frozen=True)
class Definition:
    """A complete, validated pipeline: what `epoch_dag` and `tidegate run` take.

    Args:
        pipeline: name and settings.
        sources: where events come from, by uid.
        operators: what is done with them, in an order in which each comes behind those that it reads.
        sinks: where rows go.
        line: where it was declared.
    """

    pipeline: Pipeline
    sources: Mapping[str, Source]
    operators: tuple[Operator, ...]
    sinks: tuple[Sink, ...] = ()
    line: str = field(default_factory=caller)

    def __post_init__(self) -> None:
        if len(self.operators) != 1:
            uids = ", ".join(o.uid for o in self.operators) or "none"
            raise fail(f"pipeline {self.name}: it needs exactly one operator as yet; here are {uids}")
        for uid in self.pipeline.ended:
            if uid in self.sources:
                raise fail(f"pipeline {self.name}: the source {uid!r} is declared, so it has not ended: leave one out")
        known = {Port(uid) for uid in self.sources}
        for operator in self.operators:
            operator_uid(operator.uid)
            if operator.uid in {port.uid for port in known}:
                raise fail(f"pipeline {self.name}: {operator.uid!r} names two of its parts: give one another uid")
            self._known((i.of for i in operator.inputs), known, f"operator {operator.uid}")
            known |= {Port(operator.uid, tag) for tag in operator.outputs}
        for sink in self.sinks:
            self._known([sink.of], known, f"sink {sink.target.name}")

    def _known(self, ports: Iterable[Port], known: Collection[Port], reader: str) -> None:
        for port in ports:
            if port not in known:
                raise fail(f"pipeline {self.name}: {reader} reads {port}, which is not there, or comes behind it")

    def sink(self, table: HiveTable) -> "Definition":
        """Also write the rows to `table`."""
        if not isinstance(table, HiveTable):
            raise fail(f"sink takes a HiveTable, not {table!r}")
        if table.name in {t.name for t in self.targets} | {self.pipeline.dead_letters}:
            raise fail(f"pipeline {self.name}: two sinks write to {table.name}; give each its own table")
        operator = self.operator
        target = Target(table, operator.outputs[MAIN_OUTPUT])
        if target.mode.merges:
            key_columns(table.primary_key, target.schema, "primary_key")
            self._contained(table, operator.key, "key_by column", "two keys could write the same row")
            self._contained(table, table.partition_by, "partition column", "a row could move between partitions")
        return replace(self, sinks=(*self.sinks, Sink(target, Port(operator.uid, MAIN_OUTPUT))), line=caller())

    def _contained(self, table: HiveTable, columns: tuple[str, ...], what: str, why: str) -> None:
        missing = [c for c in columns if c not in table.primary_key]
        if missing:
            raise fail(f"{table.name}: primary_key must contain the {what} {missing[0]!r}, or {why}")

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.pipeline.name

    @property
    def targets(self) -> tuple[Target, ...]:
        """The tables of the sinks, in their order."""
        return tuple(sink.target for sink in self.sinks)

    @property
    def dead_letters(self) -> Target | None:
        """The dead-letter table, when the pipeline has one."""
        name = self.pipeline.dead_letters
        return Target(HiveTable(name, evolve=Evolve.ADD, line=self.line), DEAD_LETTER_SCHEMA) if name else None

    @property
    def all_targets(self) -> tuple[Target, ...]:
        """Every table that an epoch publishes to, the dead-letter table last."""
        return (*self.targets, self.dead_letters) if self.dead_letters else self.targets

    # -- while there is one operator ----------------------------------------------------------------------------------

    @property
    def operator(self) -> Operator:
        """The operator."""
        return self.operators[0]

    @property
    def reads_kafka(self) -> bool:
        """Whether brokers are needed."""
        return any(isinstance(source, KafkaSource) for source in self.sources.values())

    @property
    def reads_database(self) -> bool:
        """Whether a database is needed beside the checkpoint's."""
        return any(isinstance(source, DatabaseSource) for source in self.sources.values())

    @property
    def key(self) -> tuple[str, ...]:
        """Its `key_by` columns."""
        return self.operator.key

    @property
    def function(self) -> KeyedProcessFunction:
        """Its function, the user's."""
        return self.operator.function

    # -- what it is made of -------------------------------------------------------------------------------------------

    @cached_property
    def described(self) -> Described:
        """Settings, schemas and code as `protocol.fingerprint` compares them; looked at once."""
        given = self.pipeline
        return {
            "pipeline": {"name": given.name, "buckets": given.buckets, "dead_letters": given.dead_letters},
            "sources": {uid: description.of_source(source) for uid, source in self.sources.items()},
            "operators": {operator.uid: description.of_operator(operator) for operator in self.operators},
            "sinks": {sink.target.name: description.of_sink(sink) for sink in self.sinks},
        }

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over what it is made of: changes with every change of settings, schemas or code."""
        return digest(self.described)
