"""Computes an epoch through Spark Connect.

Two jobs at most: the keyed pass over all buckets, and for upsert tables the rewriting of the touched partitions.
Nothing but names and counts comes back to this process.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pickle import PicklingError
from typing import Any, TypeVar
from uuid import uuid4

import pyarrow as pa
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from tidegate.adapters.processing import (
    check_state,
    compared_of,
    files_of,
    joined,
    joins_of,
    partitions_of,
    processed,
    sides_of,
    spec_of,
)
from tidegate.adapters.spark import dataframe
from tidegate.adapters.spark.differences import compared
from tidegate.adapters.spark.failures import translate
from tidegate.adapters.spark.reading import SparkReading
from tidegate.adapters.spark.session import opened
from tidegate.api.pipeline import Definition
from tidegate.ports import Change, CompactionTask, Compared, EpochTask, Processed
from tidegate.protocol.model import StagedPartition, StateRun
from tidegate.runtime.bucket import run_bucket
from tidegate.runtime.compaction import Join, join
from tidegate.runtime.comparison import ROWS, read_rows
from tidegate.runtime.exchange import RESULTS, of_each, orders, reporting, results
from tidegate.runtime.spec import BucketResult
from tidegate.runtime.upsert import Rewrite, rewrite

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
        """Look at one run, here and now; see `ports.Processor`."""
        check_state(definition, state)

    def compact(self, task: CompactionTask) -> tuple[StagedPartition, ...]:
        """Join partitions, one Spark task each; see `ports.Processor`."""
        joins = joins_of(task)
        with self._working(task.epoch, task.root, task.superseded) as session:
            listed = session.createDataFrame(orders(joins)).repartition(len(joins))
            return joined(_collect(listed, partial(of_each, Join, join), StagedPartition, str(task.epoch)))

    def compare(self, changes: Sequence[Change]) -> list[Compared]:
        """One Spark task per file, one aggregation over all; see `ports.Processor`."""
        files = sides_of(changes)
        counts: dict[str, dict[str, int]] = {}
        schemas = {c.target.name: c.target.data_schema for c in changes}
        if files:
            with self._working("a comparison", f"comparison {uuid4()}") as session:
                listed = session.createDataFrame(orders(files)).repartition(len(files))
                rows = listed.mapInArrow(partial(read_rows, schemas), from_arrow_schema(ROWS))
                counts = {r.pop("place"): r for r in compared(rows).toArrow().to_pylist()}
        return compared_of(changes, counts)


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
        self._session = session
        self._timings = timings
        self._began = time.monotonic()

    def run(self) -> Processed:
        task = self._task
        events, readings = dataframe.events_of(self._session, task.definition, SparkReading.of(task))
        self._tick("plan")
        task.progress(f"{task.epoch}: computing on Spark")
        spec = spec_of(task, {r.source: r.places for r in readings})
        done = _collect(events, partial(run_bucket, spec), BucketResult, str(task.epoch))
        done.sort(key=lambda r: r.bucket)
        self._tick("buckets")
        read = [report for reading in readings for report in reading.reports()]
        files = files_of(done, read)
        partitions = partitions_of(task, files, self._rewritten)
        self._tick("rewrite")
        return processed(task, done=done, read=read, files=files, partitions=partitions, timings_s=self._timings)

    def _rewritten(self, rewrites: Sequence[Rewrite]) -> list[StagedPartition]:
        tasks = min(len(rewrites), self._task.definition.pipeline.buckets)
        listed = self._session.createDataFrame(orders(rewrites)).repartition(tasks)
        return _collect(listed, partial(of_each, Rewrite, rewrite), StagedPartition, str(self._task.epoch))

    def _tick(self, name: str) -> None:
        now = time.monotonic()
        self._timings[name] = now - self._began
        self._began = now


def _collect(rows: DataFrame, task: Task, kind: type[T], subject: str) -> list[T]:
    """The results of a task per partition of `rows`; the first failure among them is raised."""
    reported = rows.mapInArrow(partial(reporting, task, subject), from_arrow_schema(RESULTS)).toArrow()
    return results(reported, kind, subject)
