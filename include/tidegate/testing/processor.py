"""Computes an epoch in this process: the same tasks as on Spark, one by one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from tidegate.api.graph import Input
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
StandIns = StandIn | Mapping[str, StandIn] | None
"""The stand-in of the one source whose rows are transformed, or one for each such source, by uid."""


class LocalProcessor:
    """A fake: `ports.Processor` without Spark, for one process and little data.

    It holds the contract of the real one, by the same code for all that is not Spark: the same input gives the same
    rows, state and counts. All events of an epoch are in memory at once, and functions need not be pickled. There is no
    DataFrame, so what a pipeline transforms with Spark is given as a `StandIn`.
    """

    def __init__(self, stand_in: StandIns = None) -> None:
        self._stand_in = stand_in

    def process(self, task: EpochTask) -> Processed:
        """Run the epoch; see the port."""
        stand_ins = stand_ins_of(task.definition, self._stand_in)
        task.progress(f"{task.epoch}: computing in this process")
        with _failing(str(task.epoch)):
            readings = [r.apart() if r.source in stand_ins else r for r in Reading.of(task)]
            done = self._buckets(task, readings, stand_ins)
            read = [report for reading in readings for report in reading.reports()]
            files = files_of(done, read)
            partitions = partitions_of(task, files, lambda rewrites: [rewrite(r) for r in rewrites])
            return processed(task, done=done, read=read, files=files, partitions=partitions, timings_s={})

    def _buckets(
        self, task: EpochTask, readings: Sequence[Reading], stand_ins: Mapping[str, StandIn]
    ) -> list[BucketResult]:
        d = task.definition
        inputs = {i.of.uid: i for i in d.operator.inputs}
        events = [
            keyed(d, inputs[reading.source], batch)
            for reading in readings
            for group in range(len(reading.groups))
            for batch in _rows(d, inputs[reading.source], reading.read(group), stand_ins.get(reading.source))
            if batch.num_rows
        ]
        if not events:
            return []
        spec = spec_of(task, {r.source: r.places for r in readings})
        return [r for batches in by_bucket(d, pa.Table.from_batches(events)) for r in run_bucket(spec, batches)]

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


def stand_ins_of(definition: Definition, given: StandIns) -> dict[str, StandIn]:
    """The stand-ins by source. Raises DefinitionError unless there is one exactly where there are transforms."""
    transformed = {i.of.uid: i for i in definition.operator.inputs if i.transforms}
    if callable(given) and len(transformed) > 1:
        raise DefinitionError(
            f"{definition.name}: `transform` must say whose transforms a function stands in for: "
            f"{{{', '.join(f'{uid!r}: …' for uid in transformed)}}}"
        )
    by_uid = dict.fromkeys(transformed or [""], given) if callable(given) else dict(given or {})
    for uid, input_ in transformed.items():
        if uid not in by_uid:
            raise DefinitionError(
                f"{input_.transforms[0].line}: {definition.name}: there is no Spark here to run this transform. Give a "
                f"function that makes of the rows of the source {uid!r}, a pyarrow.Table, those behind all its "
                f"transforms ({', '.join(input_.schema.names)}): LocalRun(…, transform=…); or test the pipeline's "
                "function alone with Harness"
            )
    for uid in by_uid:
        if uid not in transformed:
            of = f" of the source {uid!r}" if uid else ""
            raise DefinitionError(
                f"{definition.name} has no transform{of} that `transform` could stand in for: leave it out"
            )
    return by_uid


def _rows(
    definition: Definition, input_: Input, rows: Iterator[pa.RecordBatch], stand_in: StandIn | None
) -> Iterator[pa.RecordBatch]:
    """The rows of a group, behind the transforms, with the operator's columns; with a stand-in it is one piece."""
    names = definition.operator.events.names
    if stand_in is None:
        for batch in rows:  # of several sources, whose batches must have one schema: types only
            columns = [*names, *PLACED.names]
            yield pa.RecordBatch.from_arrays([batch.column(c) for c in columns], columns)
    elif came := list(rows):
        table = pa.Table.from_batches(came)
        number = table.column(SLICE)[0].as_py()
        left = _checked(definition, input_, stand_in, table.drop_columns(PLACED.names)).combine_chunks()
        placed = pa.table({name: left.column(name) for name in names})
        placed = placed.append_column(SLICE, pa.repeat(pa.scalar(number, pa.int32()), len(left)))
        yield from placed.append_column(ORDER, pa.array(range(len(left)), pa.int64())).to_batches()


@contextmanager
def _failing(subject: str) -> Iterator[None]:
    """What goes wrong in a task becomes an error of the tree, with the exception itself as its cause."""
    try:
        yield
    except TidegateError:
        raise
    except (Exception, SystemExit) as e:
        raise classified(e, subject) from e


def _checked(definition: Definition, input_: Input, stand_in: StandIn, rows: pa.Table) -> pa.Table:
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
        for f in input_.schema
        if types.get(f.name) != f.type
    ]
    if wrong:
        raise DefinitionError(
            f"{definition.name}: the stand-in for its transforms does not leave the declared columns: "
            f"{'; '.join(wrong)}"
        )
    return found


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
