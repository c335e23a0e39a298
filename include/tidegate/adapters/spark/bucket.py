"""One bucket of one epoch, inside a Spark task: events in, Parquet files and a state run out.

The events come sorted by key hash, key and place in the input, in record batches. They are handled in one pass; held in
memory are one batch, the output rows since the last flush and the changed keys since the last flush, never a bucket.
Only one short row with names and counts goes back to Spark.
"""

import json
import time
from collections.abc import Iterator
from copy import copy
from dataclasses import asdict, dataclass, field
from itertools import repeat
from operator import length_hint
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.adapters.spark.output_files import PartitionedWriter
from tidegate.adapters.spark.state_runs import MIN_MERGE, RunWriter, StateReader, merge, run_schema
from tidegate.api.function import Context, KeyedProcessFunction, row_type
from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.api.state import Saved
from tidegate.api.values import printable
from tidegate.errors import UserFunctionError
from tidegate.protocol.merging import tail_to_merge
from tidegate.protocol.model import StateRun
from tidegate.runtime.emitter import Emitter
from tidegate.runtime.events import SLICE, declared, python_columns, readable
from tidegate.runtime.keyed_state import Key, KeyedState
from tidegate.runtime.letters import Letters, as_json

HASH = "_tidegate_hash"
BUCKET = "_tidegate_bucket"
TIMESTAMP = "_tidegate_timestamp"
FLUSH_ROWS = 32_768
RESULT = "result string"


@dataclass(frozen=True)
class Output:
    """One table's part of the task: where its files go, and which rows a primary key may not miss."""

    table: str
    root: str
    partition_by: tuple[str, ...]
    prefix: tuple[tuple[str, str], ...]
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class BucketSpec:
    """What is shipped to the workers.

    `events` are their columns, `state` are the parent's runs by bucket, in order, `slices` are keys by number.
    """

    subject: str
    function: KeyedProcessFunction
    events: pa.Schema
    key: tuple[str, ...]
    state_schema: pa.Schema
    state: dict[int, tuple[StateRun, ...]]
    state_root: str
    output_schema: pa.Schema
    outputs: tuple[Output, ...]
    dead_letters: Output | None
    slices: tuple[str, ...]
    timed: bool


@dataclass
class BucketResult:
    """What a bucket's task did, as one line of JSON. `files` are (table, values, [path, rows, bytes]…)."""

    bucket: int
    received: int = 0
    null_keys: int = 0
    failed: int = 0
    processed: int = 0
    yielded: int = 0
    keys_changed: int = 0
    max_timestamp: int | None = None
    files: list[tuple[str, list[str], list[dict[str, Any]]]] = field(default_factory=list)
    state: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def batch(self) -> pa.RecordBatch:
        """The one row that goes back."""
        return pa.RecordBatch.from_pydict({"result": [json.dumps(asdict(self))]})


def run_bucket(spec: BucketSpec, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The function that Spark calls once per task."""
    task: BucketTask | None = None
    try:
        for batch in batches:
            if batch.num_rows:
                task = task or BucketTask(spec, batch.column(BUCKET)[0].as_py())
                task.feed(batch)
        if task is not None:
            yield task.finish().batch()
    except Exception as e:
        if task is not None:
            e.add_note(f"in {task.place}")  # told of an exception that nobody expected
        raise


class BucketTask:
    """The running pass over one bucket."""

    def __init__(self, spec: BucketSpec, bucket: int) -> None:
        self.spec = spec
        self.result = BucketResult(bucket)
        self._part = f"{bucket:05d}-{uuid4().hex}"
        self._schema = run_schema(spec.state_schema)
        declared_states = type(spec.function).states()  # a class that was shipped by value has lost its order
        names = spec.state_schema.names[len(spec.key) :]
        self._state = KeyedState({name: declared_states[name] for name in names}, self._schema)
        self._function = copy(spec.function)
        vars(self._function).update(self._state.cells)
        self._context = Context()
        self._row = row_type(tuple(spec.events.names))
        self._parent = spec.state.get(bucket, ())
        self._reader = StateReader(self._parent, self._schema, key_width=len(spec.key))
        self._run = RunWriter(f"{spec.state_root}/run-{self._part}.arrow", self._schema)
        self._writers = [_writer(o, spec.output_schema, self._part) for o in spec.outputs]
        self._dead = _writer(spec.dead_letters, DEAD_LETTER_SCHEMA, self._part) if spec.dead_letters else None
        self._emitter = _emitter(spec)
        self._letters = Letters()
        self._before: tuple[list[Saved], int] = ([], 0)
        self._started = time.perf_counter()
        try:
            self._function.open()
        except _NOT_THE_USERS:
            raise
        except BaseException as e:  # also sys.exit(): nothing that it raises may end the worker
            raise self._user_error("open", e) from e

    @property
    def place(self) -> str:
        """Where the pass stands, for people."""
        return f"bucket {self.result.bucket}" + ("" if self._state.key is None else f", key {self._state.key}")

    # -- one batch ------------------------------------------------------------------------------------------------

    def feed(self, batch: pa.RecordBatch) -> None:
        """Handle one sorted batch of events."""
        began = self._tick("receive", self._started)
        self.result.received += batch.num_rows
        self._check_slices(batch)
        batch, columns = self._accepted(batch)
        if not batch.num_rows:
            return
        hashes = batch.column(HASH).to_numpy()
        keys = [batch.column(k) for k in self.spec.key]
        starts = _group_starts(hashes, keys)
        index = pa.array(starts)
        stored = self._reader.get(hashes[starts], [k.take(index) for k in keys])
        began = self._tick("look_up", began)
        waiting = len(self._emitter)
        self._events(batch, columns, starts.tolist(), stored)
        self.result.yielded += len(self._emitter) - waiting
        began = self._tick("function", began)
        if len(self._emitter) + len(self._letters) >= FLUSH_ROWS:
            self._flush_rows()
        if len(self._state) >= FLUSH_ROWS:
            self._flush_state()
        self._started = self._tick("write", began)

    def _check_slices(self, batch: pa.RecordBatch) -> None:
        numbers = batch.column(SLICE)
        if numbers.null_count or pc.max(numbers).as_py() >= len(self.spec.slices):
            raise UserFunctionError(
                f"{self.spec.subject}: the transforms made a row that comes from no event: make rows only of events, "
                "as by explode, and keep the events' side of a join"
            )

    def _accepted(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, list[list[Any]]]:
        """The rows with a key and with values of their declared types, these also as Python values by column.

        The others become dead letters.
        """
        came = batch
        batch, misfits = declared(came, self.spec.events)
        nulls = self._null_keys(batch)
        if not misfits and not nulls:
            columns, misfits = python_columns(batch, self.spec.events)
            if not misfits:
                return batch, columns
        self.result.failed += len(misfits)
        self.result.null_keys += len(nulls.keys() - misfits.keys())
        for i in sorted({*misfits, *nulls}):
            row = came.slice(i, 1)
            step, reason = ("type", misfits[i]) if i in misfits else ("key", nulls[i])
            self._refuse(step, reason, row.column(SLICE)[0].as_py(), None, readable(row.select(self.spec.events.names)))
        kept = np.ones(batch.num_rows, dtype=bool)
        kept[[*misfits, *nulls]] = False
        return self._accepted(batch.filter(pa.array(kept)))

    def _null_keys(self, batch: pa.RecordBatch) -> dict[int, str]:
        nulls: dict[int, list[str]] = {}
        for name in self.spec.key:
            if batch.column(name).null_count:
                for i in pc.indices_nonzero(batch.column(name).is_null()).to_pylist():
                    nulls.setdefault(i, []).append(name)
        return {i: f"null in key column {', '.join(names)}" for i, names in nulls.items()}

    def _events(
        self,
        batch: pa.RecordBatch,
        columns: list[list[Any]],
        starts: list[int],
        stored: list[tuple[Any, ...] | None],
    ) -> None:
        make = self._row
        rows = [make(values) for values in zip(*columns, strict=True)]
        timestamps = batch.column(TIMESTAMP).to_pylist() if self.spec.timed else None
        slices = batch.column(SLICE).to_numpy()
        hashes = batch.column(HASH).to_numpy()
        keys = [columns[self.spec.events.get_field_index(k)] for k in self.spec.key]
        for start, stop, of_key in zip(starts, [*starts[1:], len(rows)], stored, strict=True):
            key = tuple(column[start] for column in keys)
            if key != self._state.key:
                self._state.switch(key, int(hashes[start]), of_key)
                self._context._key = key
            self._one_key(rows[start:stop], timestamps and timestamps[start:stop], slices[start:stop])
        latest = max((t for t in timestamps or () if t is not None), default=None)
        if latest is not None:
            before = self.result.max_timestamp
            self.result.max_timestamp = latest if before is None else max(before, latest)

    def _one_key(self, rows: list[Any], timestamps: list[int | None] | None, slices: np.ndarray) -> None:
        """Call the function for some events of the current key.

        With dead letters, an event on which it raises, or yields what is no output row, leaves no trace in state and
        output.
        """
        left = iter(rows)
        events: Iterator[tuple[Any, int | None]] = zip(left, timestamps or repeat(None), strict=False)
        if self._dead is not None:
            events = self._marked(events)
        while ahead := length_hint(left):
            try:
                self._emitter.run(self._function.process_element, events, self._context)
            except _NOT_THE_USERS:
                raise
            except BaseException as e:  # also sys.exit(): nothing that it raises may end the worker
                i = len(rows) - length_hint(left) - 1
                if self._dead is None:
                    raise self._user_error("process_element", e, int(slices[i]), rows[i]) from e
                self._undo()
                self.result.failed += 1
                self.result.processed -= 1
                self._refuse("process", _said(e), int(slices[i]), self._state.key, rows[i]._asdict())
            self.result.processed += ahead - length_hint(left)

    def _marked(self, events: Iterator[tuple[Any, int | None]]) -> Iterator[tuple[Any, int | None]]:
        """The same events; before each, what `_undo` goes back to is noted."""
        for event in events:
            self._before = self._state.snapshot(), len(self._emitter)
            yield event

    def _undo(self) -> None:
        state, length = self._before
        self._state.restore(state)
        self._emitter.drop(length)

    # -- what is written ------------------------------------------------------------------------------------------

    def _refuse(self, step: str, reason: str, slice_: int, key: Key | None, row: dict[str, Any]) -> None:
        source = self.spec.slices[slice_]
        if self._dead is None:
            raise UserFunctionError(
                f"{self.spec.subject}: {reason} in {source}, row {as_json(row)[:500]}; drop such rows in a transform, "
                "or declare Pipeline(dead_letters='database.table')"
            )
        self._letters.add(step=step, reason=reason, source=source, key=key, row=row)

    def _flush_rows(self) -> None:
        if len(self._emitter):
            batch = self._emitter.batch()
            for writer in self._writers:
                writer.write(batch)
        if self._dead is not None and len(self._letters):
            self._dead.write(self._letters.batch())

    def _flush_state(self) -> None:
        if len(self._state):
            self.result.keys_changed += len(self._state)
            self._run.write(self._state.batch())

    def finish(self) -> BucketResult:
        """Close all files, merge state runs where it pays, and report."""
        began = time.perf_counter()
        self._state.keep()
        self._flush_rows()
        self._flush_state()
        written = self._run.close(self.result.bucket)
        for output, writer in (
            *zip(self.spec.outputs, self._writers, strict=True),
            (self.spec.dead_letters, self._dead),
        ):
            if output is not None and writer is not None:
                for values, files in writer.close().items():
                    self.result.files.append((output.table, list(values), [asdict(f) for f in files]))
        began = self._tick("write", began)
        self.result.state = [asdict(r) for r in self._merged((*self._parent, *written))]
        self._tick("merge", began)
        return self.result

    def _merged(self, runs: tuple[StateRun, ...]) -> tuple[StateRun, ...]:
        newest = tail_to_merge([r.rows for r in runs], minimum=MIN_MERGE)
        if not newest:
            return runs
        rest, tail = runs[:-newest], runs[-newest:]
        merged = merge(
            tail,
            f"{self.spec.state_root}/merged-{self._part}.arrow",
            self._schema,
            key_width=len(self.spec.key),
            drop_deleted=not rest,
        )
        return (*rest, *merged)

    # -- small things ---------------------------------------------------------------------------------------------

    def _user_error(
        self, method: str, error: BaseException, slice_: int | None = None, row: Any = None
    ) -> UserFunctionError:
        where = "" if row is None else f", key {self._state.key}, row {as_json(row._asdict())[:500]}"
        source = "" if slice_ is None else f", in {self.spec.slices[slice_]}"
        name = type(self._function).__name__
        text = f"{self.spec.subject}: {name}.{method} raised {_said(error)}{where}{source}"
        return UserFunctionError(printable(text))

    def _tick(self, name: str, since: float) -> float:
        now = time.perf_counter()
        self.result.seconds[name] = self.result.seconds.get(name, 0.0) + now - since
        return now


_NOT_THE_USERS = (KeyboardInterrupt, MemoryError)
"""Raised in the user's code without its doing: Spark's interrupt, and a machine that is too small."""


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001  (the message of a user's class)
        return type(error).__name__


def _emitter(spec: BucketSpec) -> Emitter:
    required = {c: f"it is a primary key column of {o.table}" for o in spec.outputs for c in o.required}
    partition_by = frozenset(c for o in spec.outputs for c in o.partition_by)
    return Emitter(spec.output_schema, required=required, partition_by=partition_by)


def _writer(output: Output, schema: pa.Schema, part: str) -> PartitionedWriter:
    return PartitionedWriter(output.root, schema, output.partition_by, output.prefix, part)


def _group_starts(hashes: np.ndarray, keys: list[pa.Array]) -> np.ndarray:
    """Index of the first row of each key in a sorted batch."""
    new = hashes[1:] != hashes[:-1]
    for column in keys:
        unequal = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
        new |= unequal.to_numpy(zero_copy_only=False)
    return np.append(0, np.flatnonzero(new) + 1)
