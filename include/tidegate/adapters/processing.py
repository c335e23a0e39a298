"""What every processor does beside running its tasks: say what they are given, and put together what they made."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import accumulate, chain

from tidegate.api.graph import MAIN_OUTPUT
from tidegate.api.pipeline import Definition
from tidegate.api.settings import EPOCH_COLUMN, Target
from tidegate.ports import Change, CompactionTask, Compared, EpochTask, Processed
from tidegate.protocol import layout
from tidegate.protocol.model import Counts, DataFile, PartitionValues, StagedPartition, StateRun
from tidegate.protocol.partitions import partition_path
from tidegate.protocol.watermarks import Watermarks
from tidegate.runtime.compaction import Join
from tidegate.runtime.comparison import Side, sides
from tidegate.runtime.spec import BucketResult, BucketSpec, Output, Report
from tidegate.runtime.state_runs import check_columns, run_schema
from tidegate.runtime.upsert import Rewrite

Files = dict[tuple[str, PartitionValues], list[DataFile]]
_MS = timedelta(milliseconds=1)
Rewriting = Callable[[Sequence[Rewrite]], Sequence[StagedPartition]]
"""Runs a task for each rewrite."""


def check_state(definition: Definition, state: Sequence[StateRun]) -> None:
    """Compare the columns of a run of each operator: all of a version have the same. See `ports.Processor`."""
    for operator in definition.operators:
        for run in [r for r in state if r.operator == operator.uid][:1]:
            check_columns(run, run_schema(operator.state_schema, operator=operator.uid, key=operator.key))


# -- an epoch of events -----------------------------------------------------------------------------------------------


def output_of(task: EpochTask, target: Target) -> Output:
    """Where the rows of a target go; those that are merged with others lie apart until they are."""
    folder = layout.changes_in if target.mode.merges else layout.data_in
    prefix = ((EPOCH_COLUMN, str(task.epoch.epoch)),) if target.mode.stamped else ()
    return Output(
        target.name,
        folder(task.root, target.name),
        target.partition_by,
        prefix,
        required=target.table.primary_key,
        closed=layout.closed_in(task.root),
    )


def spec_of(task: EpochTask, places: Mapping[str, Sequence[str]]) -> BucketSpec:
    """What the tasks of the keyed pass are given.

    Args:
        task: the epoch.
        places: where the rows of each piece come from, for people: of each source in turn, by the pieces' numbers.
    """
    d, operator = task.definition, task.definition.operator
    ends = accumulate(map(len, places.values()), initial=0)
    state: dict[int, tuple[StateRun, ...]] = {}
    for run in task.parent_state:
        if run.operator == operator.uid:
            state[run.bucket] = (*state.get(run.bucket, ()), run)
    return BucketSpec(
        subject=str(task.epoch),
        operator=operator.uid,
        function=operator.function,
        events=operator.events,
        key=operator.key,
        state_schema=operator.state_schema,
        state=state,
        state_root=layout.state_in(task.root, operator.uid),
        output_schema=operator.outputs[MAIN_OUTPUT],
        outputs=tuple(output_of(task, t) for t in d.targets),
        dead_letters=output_of(task, d.dead_letters) if d.dead_letters else None,
        places=tuple(chain.from_iterable(places.values())),
        sources=tuple(zip(places, ends, strict=False)),
        timed=operator.timed,
    )


def files_of(done: Iterable[BucketResult], read: Iterable[Report]) -> Files:
    """Every file that the tasks of both stages wrote, by table and partition."""
    files: Files = {}
    for table, values, found in (*(w for r in done for w in r.files), *(w for r in read for w in r.files)):
        files.setdefault((table, values), []).extend(found)
    return files


def partitions_of(task: EpochTask, files: Files, rewriting: Rewriting) -> tuple[StagedPartition, ...]:
    """The partitions that the epoch stages: those of upsert tables are merged by `rewriting` with what is there."""
    upserts = {t.name: t for t in task.definition.targets if t.mode.merges}
    staged = [
        StagedPartition(table, values, found[0].path.rpartition("/")[0], tuple(found))
        for (table, values), found in files.items()
        if table not in upserts
    ]
    rewrites = [
        rewrite
        for name, target in upserts.items()
        for rewrite in _rewrites(task, target, {v: f for (t, v), f in files.items() if t == name})
    ]
    if rewrites:
        staged += rewriting(rewrites)
    return _sorted(staged)


def _rewrites(task: EpochTask, target: Target, changes: Mapping[PartitionValues, list[DataFile]]) -> Iterator[Rewrite]:
    old = task.locate(target.name, list(changes)) if changes else {}
    for values, files in changes.items():
        below = files[0].path.rpartition("/")[0].removeprefix(layout.changes_in(task.root, target.name))
        yield Rewrite(
            table=target.name,
            values=values,
            location=layout.data_in(task.root, target.name) + below,
            changes=tuple(files),
            old=old[values].files if values in old else (),
            key=_row_key(target),
            closed=layout.closed_in(task.root),
        )


def processed(
    task: EpochTask,
    *,
    done: Sequence[BucketResult],
    read: Sequence[Report],
    files: Files,
    partitions: tuple[StagedPartition, ...],
    timings_s: Mapping[str, float],
) -> Processed:
    """What the epoch made, from what its tasks reported. The slowest bucket's seconds are added to `timings_s`."""
    slowest = {
        f"bucket_max.{name}": max((r.seconds.get(name, 0.0) for r in done), default=0.0)
        for name in ("receive", "look_up", "function", "write", "merge")
    }
    return Processed(
        partitions=partitions,
        state=_state(task, done),
        watermarks=_watermarks(task, done),
        counts=_counts(done, read, partitions),
        written=_rows((table, f) for (table, _), found in files.items() for f in found),
        archives={uid: tuple(_below(folder, (r.archive for r in read))) for uid, folder in task.archives.items()},
        timings_s={**timings_s, **slowest},
    )


def _below(folder: str, files: Iterable[DataFile | None]) -> Iterator[DataFile]:
    return (file for file in files if file and file.path.startswith(f"{folder}/"))


def _state(task: EpochTask, done: Sequence[BucketResult]) -> tuple[StateRun, ...]:
    touched = {(task.definition.operator.uid, r.bucket) for r in done}
    kept = [run for run in task.parent_state if (run.operator, run.bucket) not in touched]
    new = [run for r in done for run in r.state]
    return tuple(sorted([*kept, *new], key=lambda run: (run.operator, run.bucket)))  # stable: oldest first


def _watermarks(task: EpochTask, done: Sequence[BucketResult]) -> Watermarks:
    """Those of the parent, and what each source has told since."""
    found: dict[str, Mapping[str, int]] = {}
    for uid, timestamps in ((i.of.uid, i.timestamps) for i in task.definition.operator.inputs):
        before = task.parent_watermarks.get(uid, {})
        if timestamps is not None:
            reached = [r.latest[uid] - timestamps.max_out_of_orderness // _MS for r in done if uid in r.latest]
            latest = max([*reached, *before.values()], default=None)
            found[uid] = {} if latest is None else {"": latest}
        elif before:
            found[uid] = before
    return found


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


# -- compaction and comparison ----------------------------------------------------------------------------------------


def joins_of(task: CompactionTask) -> list[Join]:
    """One order for each partition that is to become of several."""
    return [
        Join(
            table=j.target.name,
            values=j.sources[-1].values,
            location=f"{layout.data_in(task.root, j.target.name)}/"
            + partition_path(j.target.partition_schema.names, j.sources[-1].values),
            files=tuple(file for source in j.sources for file in source.files),
            schema=j.target.data_schema.serialize().to_pybytes(),
            closed=layout.closed_in(task.root),
        )
        for j in task.joinings
    ]


def joined(staged: Iterable[StagedPartition]) -> tuple[StagedPartition, ...]:
    """What the tasks of a compaction made."""
    return _sorted(staged)


def sides_of(changes: Sequence[Change]) -> list[Side]:
    """Every file of both versions of each partition; its place is the number of the change."""
    return [
        side
        for number, c in enumerate(changes)
        for side in sides(str(number), c.target.name, _files(c.now), _files(c.after), _row_key(c.target))
    ]


def compared_of(changes: Sequence[Change], counts: Mapping[str, Mapping[str, int]]) -> list[Compared]:
    """The answer for each change. `counts` are by place; a place without a row has none."""
    nothing = dict.fromkeys(("rows_now", "rows_after", "added", "removed", "changed"), 0)
    return [Compared(c.target.name, c.values, **counts.get(str(number), nothing)) for number, c in enumerate(changes)]


def _files(partition: StagedPartition | None) -> tuple[DataFile, ...]:
    return partition.files if partition else ()


def _row_key(target: Target) -> tuple[str, ...]:
    """The columns of a partition's files that identify a row; none in an append table."""
    return tuple(k for k in target.table.primary_key if k not in target.partition_by)


def _sorted(staged: Iterable[StagedPartition]) -> tuple[StagedPartition, ...]:
    return tuple(sorted(staged, key=lambda p: (p.table, p.values)))
