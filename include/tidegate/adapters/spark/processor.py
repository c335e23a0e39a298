"""Computes an epoch through Spark Connect.

Two jobs at most: the keyed pass over all buckets, and for upsert tables the rewriting of the touched partitions.
Nothing but names and counts comes back to this process.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pickle import PicklingError
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
import pyarrow as pa
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from tidegate.adapters.spark import dataframe
from tidegate.adapters.spark.differences import compared
from tidegate.adapters.spark.failures import translate
from tidegate.adapters.spark.readers.files import FileReading, groups_of, pieces_of
from tidegate.adapters.spark.readers.reading import Reading, Report
from tidegate.adapters.spark.session import opened
from tidegate.api.pipeline import Definition
from tidegate.api.settings import EPOCH_COLUMN, Target
from tidegate.ports import Change, CompactionTask, Compared, EpochTask, Processed
from tidegate.protocol import layout
from tidegate.protocol.model import (
    Counts,
    DataFile,
    PartitionValues,
    StagedPartition,
    StateRun,
)
from tidegate.protocol.partitions import partition_path
from tidegate.runtime.bucket import run_bucket
from tidegate.runtime.compaction import Join, join
from tidegate.runtime.comparison import ROWS, read_rows, sides
from tidegate.runtime.exchange import RESULTS, of_each, orders, reporting, results
from tidegate.runtime.output_files import Written
from tidegate.runtime.spec import BucketResult, BucketSpec, Output
from tidegate.runtime.state_runs import check_columns, run_schema
from tidegate.runtime.upsert import Rewrite, rewrite

Files = dict[tuple[str, PartitionValues], list[DataFile]]
Task = Callable[[Iterator[pa.RecordBatch]], Iterable[Any]]
T = TypeVar("T")


class SparkProcessor:
    """Implements `ports.Processor`.

    Args:
        url: ``sc://host:port`` with Spark Connect's own parameters.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def process(self, task: EpochTask) -> Processed:
        """Run the epoch; see `ports.Processor`."""
        began = time.monotonic()
        with self._working(task.epoch, task.root, task.superseded) as session, _code_by_value(task.definition):
            return _Epoch(task, session, {"session": time.monotonic() - began}).run()

    @contextmanager
    def _working(self, subject: object, name: str, superseded: Sequence[str] = ()) -> Iterator[SparkSession]:
        """A session of this name; those of older attempts are ended.

        Only their time is saved: the fence keeps an older attempt's files out of the table.
        """
        try:
            with opened(self._url, str(subject), name, superseded) as session:
                yield session
        except (PySparkException, PicklingError) as e:
            raise translate(e, str(subject)) from e

    def check_state(self, definition: Definition, state: Sequence[StateRun]) -> None:
        """Compare the columns of one run, here and now: all runs of a version have the same. See `ports.Processor`."""
        name = type(definition.function).__name__
        for run in state[:1]:
            check_columns(run, run_schema(definition.state_schema(), operator=name, key=definition.key))

    def compact(self, task: CompactionTask) -> tuple[StagedPartition, ...]:
        """Join partitions, one Spark task each; see `ports.Processor`."""
        joins = [
            Join(
                table=j.target.name,
                values=j.sources[-1].values,
                location=f"{layout.data_in(task.root, j.target.name)}/"
                + partition_path(j.target.partition_schema.names, j.sources[-1].values),
                files=tuple(file for source in j.sources for file in source.files),
                schema=j.target.data_schema.serialize().to_pybytes(),
            )
            for j in task.joinings
        ]
        with self._working(task.epoch, task.root, task.superseded) as session:
            listed = session.createDataFrame(orders(joins)).repartition(len(joins))
            staged = _collect(listed, partial(of_each, Join, join), StagedPartition, str(task.epoch))
        return tuple(sorted(staged, key=lambda p: (p.table, p.values)))

    def compare(self, changes: Sequence[Change]) -> list[Compared]:
        """One Spark task per file, one aggregation over all; see `ports.Processor`."""
        files = [
            side
            for number, c in enumerate(changes)
            for side in sides(str(number), c.target.name, _files_of(c.now), _files_of(c.after), _row_key(c.target))
        ]
        counts: dict[str, dict[str, int]] = {}
        schemas = {c.target.name: c.target.data_schema for c in changes}
        if files:
            with self._working("a comparison", f"comparison {uuid4()}") as session:
                listed = session.createDataFrame(orders(files)).repartition(len(files))
                rows = listed.mapInArrow(partial(read_rows, schemas), from_arrow_schema(ROWS))
                counts = {r.pop("place"): r for r in compared(rows).toArrow().to_pylist()}
        nothing = dict.fromkeys(("rows_now", "rows_after", "added", "removed", "changed"), 0)
        return [
            Compared(c.target.name, c.values, **counts.get(str(number), nothing)) for number, c in enumerate(changes)
        ]


def _files_of(partition: StagedPartition | None) -> tuple[DataFile, ...]:
    return partition.files if partition else ()


def _row_key(target: Target) -> tuple[str, ...]:
    """The columns of a partition's files that identify a row; none in an append table."""
    return tuple(k for k in target.table.primary_key if k not in target.partition_by)


@contextmanager
def _code_by_value(definition: Definition) -> Iterator[None]:
    """Ship the module of the user's function itself: Spark's workers do not have Airflow's DAG folder.

    What that module imports must be installed where Spark's Python workers run.
    """
    module = sys.modules.get(type(definition.function).__module__)
    ship = module is not None and module.__name__ != "__main__" and not module.__name__.startswith("tidegate.")
    if ship:
        cloudpickle.register_pickle_by_value(module)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if ship:
            cloudpickle.unregister_pickle_by_value(module)  # type: ignore[no-untyped-call]


class _Epoch:
    """One epoch's computation on one session."""

    def __init__(self, task: EpochTask, session: SparkSession, timings: dict[str, float]) -> None:
        self._task = task
        self._definition = task.definition
        self._session = session
        self._timings = timings
        self._began = time.monotonic()

    def run(self) -> Processed:
        rows, reading = dataframe.placed(self._session, self._definition, self._reading())
        events = dataframe.keyed(self._definition, rows)
        self._tick("plan")
        self._task.progress(f"{self._task.epoch}: computing on Spark")
        done = self._collect(events, partial(run_bucket, self._spec(reading)), BucketResult)
        done.sort(key=lambda r: r.bucket)
        self._tick("buckets")
        read = reading.reports()
        files = _files(
            [*(w for r in done for w in r.files), *msgspec.convert([w for r in read for w in r.files], list[Written])]
        )
        partitions = self._partitions(files)
        self._tick("rewrite")
        for name in ("receive", "look_up", "function", "write", "merge"):
            self._timings[f"bucket_max.{name}"] = max((r.seconds.get(name, 0.0) for r in done), default=0.0)
        return Processed(
            partitions=partitions,
            state=self._state(done),
            watermark_ms=self._watermark(done),
            counts=_counts(done, read, partitions),
            written=_rows((table, f) for (table, _), found in files.items() for f in found),
            timings_s=self._timings,
        )

    def _reading(self) -> Reading:
        source, dead = self._definition.source, self._definition.dead_letters
        pieces = pieces_of(source, self._task.slices)
        return FileReading(
            subject=str(self._task.epoch),
            source=source,
            pieces=pieces,
            groups=groups_of(pieces, self._definition.pipeline.buckets),
            folder=layout.reports_in(self._task.root),
            dead_letters=self._output(dead) if dead else None,
        )

    # -- the keyed pass -------------------------------------------------------------------------------------------

    def _spec(self, reading: Reading) -> BucketSpec:
        d = self._definition
        state: dict[int, tuple[StateRun, ...]] = {}
        for run in self._task.parent_state:
            state[run.bucket] = (*state.get(run.bucket, ()), run)
        return BucketSpec(
            subject=str(self._task.epoch),
            function=d.function,
            events=d.stream.schema,
            key=d.key,
            state_schema=d.state_schema(),
            state=state,
            state_root=layout.state_in(self._task.root),
            output_schema=d.processed.output,
            outputs=tuple(self._output(t) for t in d.targets),
            dead_letters=self._output(d.dead_letters) if d.dead_letters else None,
            slices=reading.keys,
            timed=d.stream.timestamps is not None,
        )

    def _output(self, target: Target) -> Output:
        folder = layout.changes_in if target.mode.merges else layout.data_in
        prefix = ((EPOCH_COLUMN, str(self._task.epoch.epoch)),) if target.mode.stamped else ()
        return Output(
            target.name,
            folder(self._task.root, target.name),
            target.partition_by,
            prefix,
            required=target.table.primary_key,
        )

    # -- what comes out -------------------------------------------------------------------------------------------

    def _partitions(self, files: Files) -> tuple[StagedPartition, ...]:
        upserts = {t.name: t for t in self._definition.targets if t.mode.merges}
        staged = [
            StagedPartition(table, values, found[0].path.rpartition("/")[0], tuple(found))
            for (table, values), found in files.items()
            if table not in upserts
        ]
        rewrites = [
            rewrite
            for name, target in upserts.items()
            for rewrite in self._rewrites(target, {v: f for (t, v), f in files.items() if t == name})
        ]
        if rewrites:
            staged += self._rewritten(rewrites)
        return tuple(sorted(staged, key=lambda p: (p.table, p.values)))

    def _rewrites(self, target: Target, changes: Mapping[PartitionValues, list[DataFile]]) -> Iterator[Rewrite]:
        old = self._task.locate(target.name, list(changes)) if changes else {}
        for values, files in changes.items():
            below = files[0].path.rpartition("/")[0].removeprefix(layout.changes_in(self._task.root, target.name))
            yield Rewrite(
                table=target.name,
                values=values,
                location=layout.data_in(self._task.root, target.name) + below,
                changes=tuple(files),
                old=old[values].files if values in old else (),
                key=_row_key(target),
            )

    def _rewritten(self, rewrites: Sequence[Rewrite]) -> list[StagedPartition]:
        tasks = min(len(rewrites), self._definition.pipeline.buckets)
        listed = self._session.createDataFrame(orders(rewrites)).repartition(tasks)
        return self._collect(listed, partial(of_each, Rewrite, rewrite), StagedPartition)

    def _state(self, done: Sequence[BucketResult]) -> tuple[StateRun, ...]:
        touched = {r.bucket for r in done}
        kept = [run for run in self._task.parent_state if run.bucket not in touched]
        new = [run for r in done for run in r.state]
        return tuple(sorted([*kept, *new], key=lambda run: run.bucket))  # stable: oldest first within a bucket

    def _watermark(self, done: Sequence[BucketResult]) -> int | None:
        timestamps = self._definition.stream.timestamps
        latest = [r.max_timestamp for r in done if r.max_timestamp is not None]
        before = self._task.epoch.watermark_in_ms
        if timestamps is None or not latest:
            return before
        reached = max(latest) - int(timestamps.max_out_of_orderness.total_seconds() * 1000)
        return reached if before is None else max(before, reached)

    def _collect(self, rows: DataFrame, task: Task, kind: type[T]) -> list[T]:
        return _collect(rows, task, kind, str(self._task.epoch))

    def _tick(self, name: str) -> None:
        now = time.monotonic()
        self._timings[name] = now - self._began
        self._began = now


def _collect(rows: DataFrame, task: Task, kind: type[T], subject: str) -> list[T]:
    """The results of a task per partition of `rows`; the first failure among them is raised."""
    reported = rows.mapInArrow(partial(reporting, task, subject), from_arrow_schema(RESULTS)).toArrow()
    return results(reported, kind, subject)


def _files(listed: Iterable[Written]) -> Files:
    files: Files = {}
    for table, values, found in listed:
        files.setdefault((table, values), []).extend(found)
    return files


def _rows(files: Iterable[tuple[str, DataFile]]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for table, file in files:
        rows[table] = rows.get(table, 0) + file.rows
    return rows


def _counts(done: Sequence[BucketResult], read: Sequence[Report], partitions: Sequence[StagedPartition]) -> Counts:
    def total(name: str) -> int:
        return sum(getattr(r, name) for r in done)

    return Counts(
        rows_in=sum(r.records for r in read),
        malformed=sum(r.malformed for r in read),
        decoded=sum(r.rows for r in read),
        received=total("received"),
        null_keys=total("null_keys"),
        failed=total("failed"),
        processed=total("processed"),
        yielded=total("yielded"),
        keys_changed=total("keys_changed"),
        rows_out=_rows((p.table, f) for p in partitions for f in p.files),
    )
