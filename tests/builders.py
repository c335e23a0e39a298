"""Objects of the protocol and its ports for tests, which give only what they are about.

Whoever changes a durable shape changes it here, and not in every test that needs one of its objects: tests call these
functions (`import builders as make`) instead of the classes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate import Definition, FileSource, KeyedProcessFunction
from tidegate.adapters.files.detail import FileDetail
from tidegate.api.graph import Sink
from tidegate.api.settings import Target
from tidegate.api.sources import Source
from tidegate.engine.planning import Compaction, EpochPlan
from tidegate.protocol.forecast import Forecast
from tidegate.protocol.ledger import start_of
from tidegate.protocol.model import (
    MAIN_LANE,
    Counts,
    DataFile,
    Epoch,
    Head,
    Kind,
    LaneId,
    Manifest,
    ManifestRef,
    OffsetRange,
    Offsets,
    Placed,
    Run,
    Slice,
    StagedPartition,
    StateRun,
    Status,
    checksum,
)
from tidegate.protocol.operators import by_operator
from tidegate.runtime.spec import BucketSpec, Output

LANE = LaneId("p")
SOURCE = "source"
"""The uid of a source that declares none."""
OPERATOR = "Totals"
"""The uid of an operator whose function is that of `pipelines.totals`."""
RUN = Run("r", "o")


# -- the ledger of slices ---------------------------------------------------------------------------------------------


def positions(start: int = 0, stop: int | None = None) -> OffsetRange:
    """Positions [start, stop) of the ledger of a source; none, at `start`, without `stop`."""
    return OffsetRange(start, start if stop is None else stop)


def span(start: int = 0, stop: int | None = None, *, source: str = SOURCE) -> Offsets:
    """The ranges of an epoch with one source: `positions` of it."""
    return {source: positions(start, stop)}


def stop(epoch: Epoch | None) -> int:
    """The position at which the source goes on behind an epoch."""
    return start_of(epoch, SOURCE)


def ends(epoch: Epoch) -> tuple[int, int]:
    """The range that an epoch takes of the source."""
    return epoch.offsets[SOURCE].start, epoch.offsets[SOURCE].stop


def slice_(
    position: int = 0,
    key: str | None = None,
    *,
    source: str = SOURCE,
    size: int = 1,
    modified_ns: int = 1,
    time_ms: int | None = None,
    **word: Any,
) -> Slice:
    """What the ledger has of a file. `word` is what a person said about it."""
    detail = FileDetail(size, modified_ns).to_json()
    return Slice(source, position, key or f"/in/{position}", detail, bytes=size, time_ms=time_ms, **word)


def slices(count: int, *, start: int = 0, size: int = 1, source: str = SOURCE) -> list[Slice]:
    """Files one behind the other in the ledger."""
    return [slice_(start + i, size=size, source=source) for i in range(count)]


# -- epochs -----------------------------------------------------------------------------------------------------------


def epoch(
    number: int = 1,
    status: Status = Status.SEALED,
    *,
    lane: LaneId = LANE,
    generation: int = 1,
    fence: int = 1,
    run: Run = RUN,
    offsets: Offsets | None = None,
    **more: Any,
) -> Epoch:
    """A row of the checkpoint; its range of one source is empty unless `offsets` are given."""
    return Epoch(lane, number, generation, status, fence, run, "f", offsets or span(), **more)


def counts(**rows: Any) -> Counts:
    """The rows of an epoch; 0 where none are given."""
    return Counts(**rows)


def plan(
    number: int | None,
    offsets: Offsets,
    forecast: Forecast,
    *,
    lane: LaneId = LANE,
    slices: int = 0,
    size: int = 0,
    left: int = 0,
    unfinished: Epoch | None = None,
    compactions: tuple[Compaction, ...] = (),
) -> EpochPlan:
    """What the next run would do: `slices` of `size` bytes, none of them skipped, and no change of tables."""
    return EpochPlan(lane, unfinished, compactions, number, offsets, slices, size, left, 0, forecast, (), (), ())


# -- declarations -----------------------------------------------------------------------------------------------------


def source_of(definition: Definition) -> Source:
    """The one source of a pipeline."""
    (source,) = definition.sources.values()
    return source


def folder_of(definition: Definition) -> FileSource:
    """The source of a pipeline that reads a folder."""
    source = source_of(definition)
    assert isinstance(source, FileSource)
    return source


def with_function(definition: Definition, function: KeyedProcessFunction) -> Definition:
    """The same pipeline, its operator under the same uid, with another function."""
    return replace(definition, operators=(replace(definition.operator, function=function),))


def with_targets(definition: Definition, *targets: Target) -> Definition:
    """The same pipeline with sinks to these tables in place of its own."""
    return replace(definition, sinks=tuple(Sink(target, definition.sinks[0].of) for target in targets))


# -- what attempts write ----------------------------------------------------------------------------------------------


def data_file(path: str = "file:///f", *, rows: int = 1, size: int = 1, sha256: str = "") -> DataFile:
    """A file that need not be there, of `size` bytes."""
    return DataFile(path, rows, size, sha256)


def parquet_file(path: Path, rows: pa.Table) -> DataFile:
    """A file that is there, with its own checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)
    data = path.read_bytes()
    return DataFile(f"file://{path}", rows.num_rows, len(data), checksum(data))


def partition(
    table: str = "d.t",
    *values: str,
    at: str = "file:///w",
    files: Iterable[DataFile] | None = None,
    previous: Placed | None = None,
) -> StagedPartition:
    """One that an attempt wrote in folder `at`: one file with one row unless `files` are given."""
    written = (data_file(f"{at}/a"),) if files is None else tuple(files)
    return StagedPartition(table, values, at, written, previous)


def state_run(
    bucket: int = 0,
    path: str = "file:///s",
    *,
    rows: int = 1,
    size: int = 1,
    sha256: str = "",
    index_at: int = 0,
    index_sha256: str = "",
    operator: str = OPERATOR,
) -> StateRun:
    """A run of a bucket's state that need not be there, of `size` bytes."""
    return StateRun(operator, bucket, path, rows, size, sha256, index_at, index_sha256)


def told_runs(told: Sequence[Mapping[str, Any]]) -> tuple[StateRun, ...]:
    """The runs in what a bucket's task answers."""
    return tuple(StateRun(**run) for run in told)


def manifest(
    *partitions: StagedPartition,
    epoch: int = 1,
    offsets: Offsets | None = None,
    kind: Kind = Kind.EVENTS,
    state: Iterable[StateRun] = (),
    counts: Counts | None = None,
    **more: Any,
) -> Manifest:
    """That of an epoch of lane `p` with these partitions; its attempt has the epoch's number."""
    plain = {"pipeline": "p", "lane": MAIN_LANE, "generation": 1, "attempt": epoch, "fingerprint": "f"}
    operators = by_operator(state, (), buckets=4)
    return Manifest(
        epoch=epoch,
        offsets=offsets or span(),
        kind=kind,
        partitions=partitions,
        counts=counts or Counts(),
        **{**plain, "definition": {}, "parent": None, "operators": operators, "watermarks": {}, **more},
    )


def ref(data: Manifest | None = None, uri: str = "file:///m") -> ManifestRef:
    """Where a manifest lies: with its checksum when it is given."""
    return ManifestRef(uri, checksum(data.to_json()) if data else "0")


# -- what tables show -------------------------------------------------------------------------------------------------


def head(
    table: str = "d.t", *values: str, at: str = "file:///w", lane: LaneId = LANE, epoch: int = 1, rows: int = 1,
    size: int = 1, generation: int = 1,
) -> Head:  # fmt: skip
    """The partition that an epoch put in folder `at`, of `size` bytes."""
    return Head(table, values, at, lane.pipeline, lane.lane, epoch, generation, rows, size)


def placed(at: str = "file:///w", manifest: ManifestRef | None = None) -> Placed:
    """Where a partition lies."""
    return Placed(at, manifest or ref())


# -- tasks ------------------------------------------------------------------------------------------------------------


def bucket_spec(
    root: Path,
    function: KeyedProcessFunction,
    *,
    events: pa.Schema,
    key: tuple[str, ...],
    output: pa.Schema,
    state: Mapping[int, tuple[StateRun, ...]] | None = None,
    partition_by: tuple[str, ...] = (),
    dead: bool = False,
) -> BucketSpec:
    """A bucket's task below `root`: rows go to table `t.log`, and with `dead` those that fail to `t.dead`."""

    def into(name: str, columns: tuple[str, ...]) -> Output:
        return Output(f"t.{name}", f"file://{root}/{name}", columns, (("epoch_id", "1"),))

    columns = {n: s.dtype for n, s in type(function).states().items()}
    return BucketSpec(
        subject="p epoch 1",
        operator=type(function).__name__,
        function=function,
        events=events,
        key=key,
        state_schema=pa.schema([*(events.field(c) for c in key), *columns.items()]),
        state=dict(state or {}),
        state_root=f"file://{root}/state",
        output_schema=output,
        outputs=(into("log", partition_by),),
        dead_letters=into("dead", ()) if dead else None,
        places=("/in/a",),
        sources=(("source", 0),),
        timed=False,
    )
