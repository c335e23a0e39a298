"""Computes an epoch in this process: the same tasks as on Spark, one by one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

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
from tidegate.adapters.reading import Reading
from tidegate.api.pipeline import Definition
from tidegate.errors import DefinitionError, TidegateError, UserFunctionError
from tidegate.ports import Change, CompactionTask, Compared, EpochTask, Processed
from tidegate.protocol.model import StagedPartition, StateRun
from tidegate.runtime.bucket import run_bucket
from tidegate.runtime.compaction import join
from tidegate.runtime.comparison import read_rows
from tidegate.runtime.events import ORDER, PLACED, SLICE
from tidegate.runtime.exchange import orders
from tidegate.runtime.spec import BucketResult
from tidegate.runtime.task_failures import classified
from tidegate.runtime.upsert import rewrite
from tidegate.testing.placing import by_bucket, keyed

StandIn = Callable[[pa.Table], pa.Table]
"""What takes the place of a pipeline's transforms: rows with the source's columns in, the declared ones out.

It is called for each piece of the input (a file, or a part of a large one), as a transform may move no rows between
these, and must keep the order of the events.
"""


class LocalProcessor:
    """A fake: `ports.Processor` without Spark, for one process and little data.

    It holds the contract of the real one, by the same code for all that is not Spark: the same input gives the same
    rows, state and counts. All events of an epoch are in memory at once, and functions need not be pickled. There is no
    DataFrame, so what a pipeline transforms with Spark is given as a `StandIn`.
    """

    def __init__(self, stand_in: StandIn | None = None) -> None:
        self._stand_in = stand_in

    def process(self, task: EpochTask) -> Processed:
        """Run the epoch; see the port."""
        check_stand_in(task.definition, self._stand_in)
        task.progress(f"{task.epoch}: computing in this process")
        with _failing(str(task.epoch)):
            reading = Reading.of(task)
            if task.definition.stream.transforms:
                reading = reading.apart()
            done = self._buckets(task, reading)
            read = reading.reports()
            files = files_of(done, read)
            partitions = partitions_of(task, files, lambda rewrites: [rewrite(r) for r in rewrites])
            return processed(task, done=done, read=read, files=files, partitions=partitions, timings_s={})

    def _buckets(self, task: EpochTask, reading: Reading) -> list[BucketResult]:
        d = task.definition
        rows = (rows for group in range(len(reading.groups)) for rows in self._transformed(d, reading.read(group)))
        events = [keyed(d, batch) for batch in rows if batch.num_rows]
        if not events:
            return []
        spec = spec_of(task, reading.keys)
        return [r for batches in by_bucket(d, pa.Table.from_batches(events)) for r in run_bucket(spec, batches)]

    def _transformed(self, definition: Definition, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows of a group, behind the transforms; with a stand-in the group is one piece."""
        if not definition.stream.transforms:
            yield from rows
        elif came := list(rows):
            assert self._stand_in is not None
            table = pa.Table.from_batches(came)
            number = table.column(SLICE)[0].as_py()
            left = _checked(definition, self._stand_in, table.drop_columns(PLACED.names)).combine_chunks()
            placed = left.append_column(SLICE, pa.repeat(pa.scalar(number, pa.int32()), len(left)))
            yield from placed.append_column(ORDER, pa.array(range(len(left)), pa.int64())).to_batches()

    def check_state(self, definition: Definition, state: Sequence[StateRun]) -> None:
        """Look at one run; see the port."""
        check_state(definition, state)

    def compact(self, task: CompactionTask) -> tuple[StagedPartition, ...]:
        """Join partitions; see the port."""
        with _failing(str(task.epoch)):
            return joined(join(j) for j in joins_of(task))

    def compare(self, changes: Sequence[Change]) -> list[Compared]:
        """Count the rows that each change adds, removes and changes; see the port."""
        schemas = {c.target.name: c.target.data_schema for c in changes}
        with _failing("a comparison"):
            files = orders(sides_of(changes)).to_batches()
            rows = [row for batch in read_rows(schemas, iter(files)) for row in batch.to_pylist()]
        return compared_of(changes, _counted(rows))


def check_stand_in(definition: Definition, stand_in: StandIn | None) -> None:
    """Raise DefinitionError unless there is a stand-in exactly where there are transforms."""
    transforms = definition.stream.transforms
    if transforms and stand_in is None:
        columns = ", ".join(definition.stream.schema.names)
        raise DefinitionError(
            f"{transforms[0].line}: {definition.name}: there is no Spark here to run this transform. Give a function "
            f"that makes of the source's rows, a pyarrow.Table, those behind all transforms ({columns}): "
            "LocalRun(…, transform=…); or test the pipeline's function alone with Harness"
        )
    if stand_in is not None and not transforms:
        raise DefinitionError(f"{definition.name} has no transform that `transform` could stand in for: leave it out")


@contextmanager
def _failing(subject: str) -> Iterator[None]:
    """What goes wrong in a task becomes an error of the tree, with the exception itself as its cause."""
    try:
        yield
    except TidegateError:
        raise
    except (Exception, SystemExit) as e:
        raise classified(e, subject) from e


def _checked(definition: Definition, stand_in: StandIn, rows: pa.Table) -> pa.Table:
    """What the stand-in makes of the rows: the declared columns, in the declared types."""
    try:
        found = stand_in(rows)
    except Exception as e:
        raise UserFunctionError(
            f"{definition.name}: the stand-in for its transforms raised {type(e).__name__}: {e}"
        ) from e
    if not isinstance(found, pa.Table):
        raise DefinitionError(
            f"{definition.name}: the stand-in for its transforms must return a pyarrow.Table, not {found!r}"
        )
    types = {f.name: f.type for f in found.schema}
    wrong = [
        f"{f.name} is {types[f.name]}, not {f.type}" if f.name in types else f"{f.name} is missing"
        for f in definition.stream.schema
        if types.get(f.name) != f.type
    ]
    if wrong:
        raise DefinitionError(
            f"{definition.name}: the stand-in for its transforms does not leave the declared columns: "
            f"{'; '.join(wrong)}"
        )
    return found.select(definition.stream.schema.names)


def _counted(rows: Iterable[dict[str, str]]) -> dict[str, dict[str, int]]:
    """By place: a key that stands once on each side with another row has changed; else copies are counted."""
    sides: dict[tuple[str, str], Counter[str]] = {}
    versions: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        key = (row["place"], row["key"])
        sides.setdefault(key, Counter())[row["side"]] += 1
        versions.setdefault(key, set()).add(row["row"])
    counts: dict[str, dict[str, int]] = {}
    for (place, key_), found in sides.items():
        both = min(found["now"], found["after"])
        of_key = {
            "rows_now": found["now"],
            "rows_after": found["after"],
            "added": found["after"] - both,
            "removed": found["now"] - both,
            "changed": both if len(versions[place, key_]) > 1 else 0,
        }
        before = counts.setdefault(place, dict.fromkeys(of_key, 0))
        counts[place] = {name: before[name] + count for name, count in of_key.items()}
    return counts
