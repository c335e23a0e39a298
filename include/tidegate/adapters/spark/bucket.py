"""One bucket of one epoch, inside a Spark task: events in, Parquet files and a state run out.

The events come sorted by key hash, key and source position, in record batches. They are handled in one pass; held in
memory are one batch, the output rows since the last flush and the changed keys since the last flush, never a bucket.
Only one short row with names and counts goes back to Spark.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.adapters.spark.output_files import PartitionedWriter
from tidegate.adapters.spark.state_runs import MIN_MERGE, RunWriter, StateReader, merge, run_schema
from tidegate.api.function import Context, KeyedProcessFunction, row_type
from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.errors import UserFunctionError
from tidegate.protocol.merging import tail_to_merge
from tidegate.protocol.model import StateRun

HASH = "_tidegate_hash"
BUCKET = "_tidegate_bucket"
TIMESTAMP = "_tidegate_timestamp"
FILE = "_tidegate_file"
MALFORMED = "_tidegate_malformed"
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
    """What is shipped to the workers. `state` are the parent's runs by bucket, oldest first."""

    subject: str
    function: KeyedProcessFunction
    columns: tuple[str, ...]
    key: tuple[str, ...]
    state_schema: pa.Schema
    state: dict[int, tuple[StateRun, ...]]
    state_root: str
    output_schema: pa.Schema
    outputs: tuple[Output, ...]
    dead_letters: Output | None
    files: tuple[str, ...]
    timed: bool


@dataclass
class BucketResult:
    """What a bucket's task did, as one line of JSON. `files` are (table, values, [path, rows, bytes]…)."""

    bucket: int
    processed: int = 0
    null_keys: int = 0
    failed: int = 0
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
        self._function = spec.function
        declared = type(spec.function).states()  # a class that was shipped by value has lost its order
        cells = {name: declared[name].bind() for name in spec.state_schema.names[len(spec.key) :]}
        vars(self._function).update(cells)
        self._cells = tuple(cells.values())
        self._context = Context()
        self._row = row_type(spec.columns)
        self._schema = run_schema(spec.state_schema)
        self._parent = spec.state.get(bucket, ())
        self._reader = StateReader([r.path for r in self._parent], self._schema, key_width=len(spec.key))
        self._run = RunWriter(f"{spec.state_root}/run-{self._part}.arrow", self._schema)
        self._writers = [_writer(o, spec.output_schema, self._part) for o in spec.outputs]
        self._dead = _writer(spec.dead_letters, DEAD_LETTER_SCHEMA, self._part) if spec.dead_letters else None
        self._current: tuple[Any, ...] | None = None
        self._current_hash = 0
        self._rows: list[Any] = []
        self._letters: list[dict[str, Any]] = []
        self._changed: list[tuple[Any, ...]] = []
        self._started = time.perf_counter()
        self._guarded("open", None, None, self._function.open)

    @property
    def place(self) -> str:
        """Where the pass stands, for people."""
        return f"bucket {self.result.bucket}" + ("" if self._current is None else f", key {self._current}")

    # -- one batch ------------------------------------------------------------------------------------------------

    def feed(self, batch: pa.RecordBatch) -> None:
        """Handle one sorted batch of events."""
        began = self._tick("receive", self._started)
        batch = self._without_null_keys(batch)
        if not batch.num_rows:
            return
        hashes = batch.column(HASH).to_numpy()
        keys = [batch.column(k) for k in self.spec.key]
        starts = _group_starts(hashes, keys)
        index = pa.array(starts)
        firsts = [k.take(index) for k in keys]
        stored = self._reader.get(hashes[starts], firsts)
        began = self._tick("look_up", began)
        self._events(batch, starts, list(zip(*(k.to_pylist() for k in firsts), strict=True)), stored, hashes[starts])
        began = self._tick("function", began)
        if len(self._rows) + len(self._letters) >= FLUSH_ROWS:
            self._flush_rows()
        if len(self._changed) >= FLUSH_ROWS:
            self._flush_state()
        self._started = self._tick("write", began)

    def _events(
        self,
        batch: pa.RecordBatch,
        starts: np.ndarray,
        keys: list[tuple[Any, ...]],
        stored: list[tuple[Any, ...] | None],
        hashes: np.ndarray,
    ) -> None:
        columns = zip(*(batch.column(c).to_pylist() for c in self.spec.columns), strict=True)
        make = self._row
        rows = [make(values) for values in columns]
        timestamps = batch.column(TIMESTAMP).to_pylist() if self.spec.timed else None
        files = batch.column(FILE).to_numpy()
        bounds = [*starts.tolist(), batch.num_rows]
        for group, key in enumerate(keys):
            if key != self._current:
                self._switch(key, int(hashes[group]), stored[group])
            self._one_key(rows, timestamps, files, bounds[group], bounds[group + 1])
        self.result.processed += len(rows)
        if timestamps:
            latest = max((t for t in timestamps if t is not None), default=None)
            if latest is not None:
                self.result.max_timestamp = max(latest, self.result.max_timestamp or latest)

    def _one_key(
        self, rows: list[Any], timestamps: list[int | None] | None, files: np.ndarray, start: int, stop: int
    ) -> None:
        if self._dead is not None:
            self._one_key_with_dead_letters(rows, timestamps, files, start, stop)
            return
        process, context, emit = self._function.process_element, self._context, self._rows.extend
        i = start
        try:
            for i in range(start, stop):
                if timestamps is not None:
                    context._timestamp = timestamps[i]
                produced = process(rows[i], context)
                if produced is not None:
                    emit(produced)
        except Exception as e:
            raise self._user_error("process", rows[i], int(files[i]), e) from e

    def _one_key_with_dead_letters(
        self, rows: list[Any], timestamps: list[int | None] | None, files: np.ndarray, start: int, stop: int
    ) -> None:
        """As `_one_key`, but an event on which the function raises leaves no trace in state and output."""
        for i in range(start, stop):
            if timestamps is not None:
                self._context._timestamp = timestamps[i]
            saved = [cell.snapshot() for cell in self._cells]
            try:
                self._rows.extend(list(self._function.process_element(rows[i], self._context) or ()))
            except Exception as e:  # noqa: BLE001  (whatever the user's code raises makes a dead letter)
                for cell, snapshot in zip(self._cells, saved, strict=True):
                    cell.restore(snapshot)
                self.result.failed += 1
                self.result.processed -= 1
                self._letter("process", f"{type(e).__name__}: {e}", int(files[i]), self._current, rows[i]._asdict())

    def _switch(self, key: tuple[Any, ...], key_hash: int, stored: tuple[Any, ...] | None) -> None:
        self._keep_changes()
        self._current, self._current_hash = key, key_hash
        self._context._key = key
        if stored is None:
            for cell in self._cells:
                cell.load(None)
        else:
            for cell, value in zip(self._cells, stored, strict=True):
                cell.load(value)

    def _keep_changes(self) -> None:
        if self._current is not None and any(cell.changed for cell in self._cells):
            values = [cell.stored() for cell in self._cells]
            deleted = all(v is None for v in values)
            self._changed.append((self._current_hash, deleted, *self._current, *values))

    def _without_null_keys(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if not any(batch.column(k).null_count for k in self.spec.key):
            return batch
        null = np.zeros(batch.num_rows, dtype=bool)
        for k in self.spec.key:
            null |= batch.column(k).is_null().to_numpy(zero_copy_only=False)
        for row in batch.filter(pa.array(null)).to_pylist():
            reason = f"null in key column {', '.join(k for k in self.spec.key if row[k] is None)}"
            self.result.null_keys += 1
            self._letter("key", reason, row[FILE], None, {c: row[c] for c in self.spec.columns})
        return batch.filter(pa.array(~null))

    # -- what is written ------------------------------------------------------------------------------------------

    def _letter(self, step: str, reason: str, file: int, key: tuple[Any, ...] | None, row: dict[str, Any]) -> None:
        name = self.spec.files[file]
        text = json.dumps(row, default=str)
        if self._dead is None:
            raise UserFunctionError(
                f"{self.spec.subject}: {reason} in {name}, row {text[:500]}; drop such rows in a transform, or declare "
                "Pipeline(dead_letters='database.table')"
            )
        key_text = None if key is None else json.dumps(key, default=str)
        self._letters.append({"step": step, "reason": reason, "file": name, "key": key_text, "row": text})

    def _flush_rows(self) -> None:
        if self._rows:
            batch = _to_batch(self._rows, self.spec, self.spec.output_schema)
            for writer, output in zip(self._writers, self.spec.outputs, strict=True):
                _check_required(batch, output, self.spec.subject)
                writer.write(batch)
            self._rows.clear()
        if self._letters and self._dead is not None:
            self._dead.write(pa.RecordBatch.from_pylist(self._letters, DEAD_LETTER_SCHEMA))
            self._letters.clear()

    def _flush_state(self) -> None:
        if not self._changed:
            return
        self.result.keys_changed += len(self._changed)
        arrays = []
        for i, (column, values) in enumerate(zip(self._schema, zip(*self._changed, strict=True), strict=True)):
            try:
                arrays.append(pa.array(values, column.type))
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError) as e:
                what = "key" if i < 2 + len(self.spec.key) else "state"
                raise UserFunctionError(f"{self.spec.subject}: {what} {column.name!r} is not {column.type}: {e}") from e
        self._run.write(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._changed.clear()

    def finish(self) -> BucketResult:
        """Close all files, merge state runs where it pays, and report."""
        began = time.perf_counter()
        self._keep_changes()
        self._flush_rows()
        self._flush_state()
        self._run.close()
        for output, writer in (
            *zip(self.spec.outputs, self._writers, strict=True),
            (self.spec.dead_letters, self._dead),
        ):
            if output is not None and writer is not None:
                for values, files in writer.close().items():
                    self.result.files.append((output.table, list(values), [asdict(f) for f in files]))
        began = self._tick("write", began)
        self.result.state = [asdict(r) for r in self._merged_runs()]
        self._tick("merge", began)
        return self.result

    def _merged_runs(self) -> tuple[StateRun, ...]:
        runs = self._parent
        if self._run.rows:
            runs = (*runs, self._state_run(self._run))
        newest = tail_to_merge([r.rows for r in runs], minimum=MIN_MERGE)
        if not newest:
            return runs
        rest, tail = runs[:-newest], runs[-newest:]
        merged = merge(
            [r.path for r in tail],
            f"{self.spec.state_root}/merged-{self._part}.arrow",
            self._schema,
            key_width=len(self.spec.key),
            drop_deleted=not rest,
        )
        if not merged.rows:
            return rest
        return (*rest, self._state_run(merged))

    def _state_run(self, written: RunWriter) -> StateRun:
        return StateRun(self.result.bucket, written.uri, written.rows, written.bytes, written.sha256)

    # -- small things ---------------------------------------------------------------------------------------------

    def _guarded(self, step: str, row: Any, file: int | None, call: Any) -> None:
        try:
            call()
        except Exception as e:
            raise self._user_error(step, row, file, e) from e

    def _user_error(self, step: str, row: Any, file: int | None, error: Exception) -> UserFunctionError:
        where = "" if row is None else f", key {self._current}, row {json.dumps(row._asdict(), default=str)[:500]}"
        source = "" if file is None else f", file {self.spec.files[file]}"
        name = type(self._function).__name__
        return UserFunctionError(
            f"{self.spec.subject}: {name}.{_METHODS[step]} raised {type(error).__name__}: {error}{where}{source}"
        )

    def _tick(self, name: str, since: float) -> float:
        now = time.perf_counter()
        self.result.seconds[name] = self.result.seconds.get(name, 0.0) + now - since
        return now


_METHODS = {"open": "open", "process": "process_element"}


def _writer(output: Output, schema: pa.Schema, part: str) -> PartitionedWriter:
    return PartitionedWriter(output.root, schema, output.partition_by, output.prefix, part)


def _group_starts(hashes: np.ndarray, keys: list[pa.Array]) -> np.ndarray:
    """Index of the first row of each key in a sorted batch."""
    new = hashes[1:] != hashes[:-1]
    for column in keys:
        unequal = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
        new |= unequal.to_numpy(zero_copy_only=False)
    return np.append(0, np.flatnonzero(new) + 1)


def _to_batch(rows: list[Any], spec: BucketSpec, schema: pa.Schema) -> pa.RecordBatch:
    width = len(schema)
    name = type(spec.function).__name__
    arrays = []
    for column in schema:
        try:
            arrays.append(pa.array([row[column.name] for row in rows], column.type))
        except KeyError:
            raise UserFunctionError(f"{spec.subject}: {name} yielded a row without column {column.name!r}") from None
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError) as e:
            raise UserFunctionError(
                f"{spec.subject}: {name} yielded a {column.name!r} that is not {column.type}: {e}"
            ) from e
    if sum(map(len, rows)) != width * len(rows):
        extra = next(sorted(set(row) - set(schema.names)) for row in rows if len(row) != width)
        raise UserFunctionError(f"{spec.subject}: {name} yielded undeclared columns: {', '.join(extra)}")
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _check_required(batch: pa.RecordBatch, output: Output, subject: str) -> None:
    for name in output.required:
        if batch.column(name).null_count:
            raise UserFunctionError(f"{subject}: a row for {output.table} has null in primary key column {name!r}")
    for name in output.partition_by:
        column = batch.column(name)
        if not pa.types.is_string(column.type):
            continue
        if refused := column.filter(pc.match_substring_regex(column, "^$| $"))[:1].to_pylist():
            raise UserFunctionError(
                f"{subject}: a row for {output.table} has {refused[0]!r} in partition column {name!r}: Hive would read "
                "an empty value as null, and some metastores take one that ends in a space for the same without it"
            )
