"""One bucket of one epoch, inside a task: events in, Parquet files and a state run out.

The events come sorted by key hash, key and place in the input, in record batches. They are handled in one pass; held in
memory are one batch, the output rows since the last flush and the changed keys since the last flush, never a bucket.
Only a short result with names and counts goes back.
"""

import time
from collections.abc import Iterator, Sequence
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.errors import UserFunctionError
from tidegate.runtime.dead_letters import DeadLetters
from tidegate.runtime.events import BUCKET, HASH, SLICE, TIMESTAMP, Misfits, declared, readable
from tidegate.runtime.keyed_state import KeyedState
from tidegate.runtime.output_files import Written
from tidegate.runtime.row_runner import RowRunner
from tidegate.runtime.runner import Runner
from tidegate.runtime.spec import BucketResult, BucketSpec

FLUSH_ROWS = 32_768


def run_bucket(spec: BucketSpec, batches: Iterator[pa.RecordBatch]) -> Iterator[BucketResult]:
    """A task: the events of one bucket in, one result out; none when there are no events."""
    task: BucketTask | None = None
    try:
        for batch in batches:
            if batch.num_rows:
                task = task or BucketTask(spec, batch.column(BUCKET)[0].as_py())
                task.feed(batch)
        if task is not None:
            yield task.finish()
    except Exception as e:
        if task is not None:
            e.add_note(f"in {task.place}")  # told of an exception that nobody expected
        raise


class BucketTask:
    """The running pass over one bucket.

    Args:
        spec: of the task.
        bucket: its number.
        state: the bucket's state, when it is not what the spec says.
    """

    def __init__(self, spec: BucketSpec, bucket: int, state: KeyedState | None = None) -> None:
        self.spec = spec
        self.result = BucketResult(bucket)
        part = f"{bucket:05d}-{uuid4().hex}"
        self._state = state or KeyedState.of(spec, bucket)
        self._outputs = [(o.table, o.writer(spec.output_schema, part)) for o in spec.outputs]
        self._dead = [(o.table, o.writer(DEAD_LETTER_SCHEMA, part)) for o in (spec.dead_letters,) if o is not None]
        self._letters = DeadLetters(spec.subject, spec.places, *(writer for _, writer in self._dead))
        self._runner: Runner = RowRunner(spec, self._state.schema, self._letters, self.result)
        self._started = time.perf_counter()
        self._runner.open()

    @property
    def place(self) -> str:
        """Where the pass stands, for people."""
        return ", ".join(filter(None, (f"bucket {self.result.bucket}", self._runner.place)))

    # -- one batch ------------------------------------------------------------------------------------------------

    def feed(self, batch: pa.RecordBatch) -> None:
        """Handle one sorted batch of events."""
        began = self._tick("receive", self._started)
        self.result.received += batch.num_rows
        self._check_slices(batch)
        batch = self._accepted(batch)
        if not batch.num_rows:
            return
        hashes = batch.column(HASH).to_numpy()
        keys = [batch.column(k) for k in self.spec.key]
        starts = _group_starts(hashes, keys)
        index = pa.array(starts)
        stored = self._state.get(hashes[starts], [k.take(index) for k in keys])
        began = self._tick("look_up", began)
        self._runner.run(starts, stored)
        if self.spec.timed:
            self._note_times(batch)
        began = self._tick("function", began)
        self._flush(FLUSH_ROWS)
        self._started = self._tick("write", began)

    def _check_slices(self, batch: pa.RecordBatch) -> None:
        numbers = batch.column(SLICE)
        if numbers.null_count or pc.max(numbers).as_py() >= len(self.spec.places):
            raise UserFunctionError(
                f"{self.spec.subject}: the transforms made a row that comes from no event: make rows only of events, "
                "as by explode, and keep the events' side of a join"
            )

    def _note_times(self, batch: pa.RecordBatch) -> None:
        """The latest time of each source; a batch has the pieces of several in any order."""
        for uid, times in _by_source(batch, self.spec.sources):
            latest = pc.max(times).as_py()
            if latest is not None:
                self.result.latest[uid] = max(latest, self.result.latest.get(uid, latest))

    def _accepted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows with a key and with values of their declared types, which the runner has then; others are refused."""
        came = batch
        batch, misfits = declared(came, self.spec.events)
        nulls = self._null_keys(batch)
        if not misfits and not nulls:
            misfits = self._runner.prepare(batch)
            if not misfits:
                return batch
        self.result.failed += len(misfits)
        self.result.null_keys += len(nulls.keys() - misfits.keys())
        for i in sorted({*misfits, *nulls}):
            row = came.slice(i, 1)
            step, reason = ("type", misfits[i]) if i in misfits else ("key", nulls[i])
            of_event = readable(row.select(self.spec.events.names))
            self._letters.refuse(step, reason, row.column(SLICE)[0].as_py(), None, of_event)
        kept = np.ones(batch.num_rows, dtype=bool)
        kept[[*misfits, *nulls]] = False
        return self._accepted(batch.filter(pa.array(kept)))

    def _null_keys(self, batch: pa.RecordBatch) -> Misfits:
        nulls: dict[int, list[str]] = {}
        for name in self.spec.key:
            if batch.column(name).null_count:
                for i in pc.indices_nonzero(batch.column(name).is_null()).to_pylist():
                    nulls.setdefault(i, []).append(name)
        return {i: f"null in key column {', '.join(names)}" for i, names in nulls.items()}

    # -- what is written ------------------------------------------------------------------------------------------

    def _flush(self, least: int) -> None:
        rows = self._runner.rows(max(1, least - len(self._letters)))
        if rows is not None:
            for _, writer in self._outputs:
                writer.write(rows)
        if rows is not None or len(self._letters) >= least:
            self._letters.flush()
        changes = self._runner.changes(least)
        if changes is not None:
            self._state.put(changes)

    def settle(self) -> None:
        """Hand on everything so far: rows, dead letters, and the state of the key at hand too."""
        self._runner.end()
        self._flush(1)

    def finish(self) -> BucketResult:
        """Close all files, merge state runs where it pays, and report."""
        began = time.perf_counter()
        self.settle()
        self._state.close()
        self.result.keys_changed = self._state.changed
        for table, writer in (*self._outputs, *self._dead):
            self.result.files += [Written(table, values, tuple(files)) for values, files in writer.close().items()]
        began = self._tick("write", began)
        self.result.state = self._state.merged()
        self._tick("merge", began)
        return self.result

    def _tick(self, name: str, since: float) -> float:
        now = time.perf_counter()
        self.result.seconds[name] = self.result.seconds.get(name, 0.0) + now - since
        return now


def _by_source(batch: pa.RecordBatch, sources: Sequence[tuple[str, int]]) -> Iterator[tuple[str, pa.Array]]:
    """The event times of a batch by source, whose pieces are numbered from its first up to the next one's."""
    times = batch.column(TIMESTAMP)
    if len(sources) == 1:
        yield sources[0][0], times
        return
    of = np.searchsorted([first for _, first in sources], batch.column(SLICE).to_numpy(), side="right") - 1
    for number, (uid, _) in enumerate(sources):
        yield uid, times.filter(pa.array(of == number))


def _group_starts(hashes: np.ndarray, keys: list[pa.Array]) -> np.ndarray:
    """Index of the first row of each key in a sorted batch."""
    new = hashes[1:] != hashes[:-1]
    for column in keys:
        unequal = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
        new |= unequal.to_numpy(zero_copy_only=False)
    return np.append(0, np.flatnonzero(new) + 1)
