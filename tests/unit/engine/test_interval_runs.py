"""Goal: runs bounded by intervals, in whatever order they come, take each file once and never before its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import builders as make
from ledgers import MemoryLedger
from tidegate import Context, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.crash import Disarmed
from tidegate.engine.rooms import Rooms
from tidegate.errors import IntervalError
from tidegate.protocol.intervals import CLOCKS_APART_MS, Bound
from tidegate.protocol.model import Compaction, Epoch, Kind, LaneId, Lease, Offsets, Run, Slice, Status

SCHEMA = pa.schema({"k": pa.string()})
HOUR_MS = 3_600_000


class Same(KeyedProcessFunction):
    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield value._asdict()


@dataclass
class Store(MemoryLedger):
    """What a coordinator asks the checkpoint store until an epoch is planned."""

    rows: list[Epoch] = field(default_factory=list)
    entries: list[Slice] = field(default_factory=list)
    released: int = 0
    now: int = 99 * HOUR_MS

    def acquire(self, lane: LaneId, owner: str, *, ttl_s: float) -> Lease:
        return Lease(lane, owner, 1)

    def release(self, lease: Lease) -> None:
        self.released += 1

    def fail(self, lease: Lease, **_: object) -> None:
        self.released += 1

    def unfinished(self, lane: LaneId) -> Epoch | None:
        return next((e for e in self.rows if e.status is not Status.SEALED), None)

    def of_run(self, lane: LaneId, run_key: str) -> Epoch | None:
        return next((e for e in self.rows[::-1] if e.run.key == run_key), None)

    def last_sealed(self, lane: LaneId) -> Epoch | None:
        return self.rows[-1] if self.rows else None

    def interval_end(self, lane: LaneId) -> int | None:
        ends = [e.run.interval_end_ms for e in self.rows if e.kind is Kind.EVENTS]
        return max((end for end in ends if end is not None), default=None)

    def now_ms(self) -> int:
        return self.now

    def plan(self, lease: Lease, *, run: Run, offsets: Offsets, discovered: Sequence[Slice], **_: object) -> Epoch:
        assert offsets[make.SOURCE].start == make.stop(self.rows[-1] if self.rows else None)
        self.entries += discovered
        epoch = make.epoch(len(self.rows) + 1, Status.PLANNED, lane=lease.lane, run=run, offsets=offsets)
        self.rows.append(epoch)
        return epoch

    def __getattr__(self, nothing_to_do: str) -> Any:
        return lambda *args, **kwargs: frozenset()


class World:
    """A folder of files by the hour, and the real coordinator and source over it; an epoch is sealed when planned."""

    def __init__(self, folder: Path, *, max_files: int | None = None) -> None:
        self.folder = folder
        self.store = Store()
        source = FileSource(folder, "json", SCHEMA, max_files, settle=timedelta(0), path_time="%Y-%m-%dT%H")
        stream = Pipeline("p").source(source).key_by("k").process(Same(), output=SCHEMA)
        self.compactions = 0
        world = self

        class Staged(Rooms):
            @property
            def stager(self) -> Any:
                return SimpleNamespace(stage=world.sealed)

        class Planning(Coordinator):
            @property
            def rooms(self) -> Rooms:
                return Staged(**vars(super().rooms))

            def _compact(self, lease: Lease, run: Run) -> bool:
                world.compactions += 1
                return False

        self.coordinator = Planning(
            definition=stream.sink(HiveTable("d.t")),
            adapters=cast(
                "Any",
                SimpleNamespace(store=self.store, sources={source.uid: FileSourceAdapter(source, "p")}, storage=None),
            ),
            root="file:///r",
            clock=cast("Any", SimpleNamespace(monotonic=lambda: 0.0)),
            crash=Disarmed(),
            progress=lambda _: None,
        )

    def sealed(self, lease: Lease, epoch: Epoch, **_: object) -> Epoch:
        self.store.rows[-1] = replace(epoch, status=Status.SEALED)
        return self.store.rows[-1]

    def put(self, hour: int, name: str = "f") -> None:
        file = self.folder / f"1970-01-01T{hour:02}-{name}"
        file.write_text("")

    def run(self, end: int | None, key: str | None = None) -> list[str]:
        """The run whose interval is the hour before `end`; the names of the files that it took."""
        of = {} if end is None else {"interval_start_ms": (end - 1) * HOUR_MS, "interval_end_ms": end * HOUR_MS}
        report = self.coordinator.process(Run(key or f"hour-{end}", "o", **of), bound=Bound.INTERVAL)
        return [] if report is None else self.names(report.epoch)

    def names(self, epoch: Epoch) -> list[str]:
        return [Path(s.key).name[11:] for s in self.store.slices("p", make.SOURCE, epoch.offsets[make.SOURCE])]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_missed_run_leaves_no_gap_and_nothing_is_taken_too_early(world: World) -> None:
    for hour in (1, 2, 3, 4):
        world.put(hour)
    assert world.run(2) == ["01-f"]
    assert world.run(4) == ["02-f", "03-f"]
    assert world.run(4, "again") == []


def test_a_backwards_backfill_takes_everything_in_its_first_run(world: World) -> None:
    for hour in range(4):
        world.put(hour)
    assert world.run(4) == ["00-f", "01-f", "02-f", "03-f"]
    assert [world.run(end) for end in (3, 2, 1)] == [[], [], []]


def test_late_input_is_refused_behind_the_head_and_taken_by_the_next_interval(world: World) -> None:
    world.put(1)
    world.run(2)
    world.put(0, "late")
    before = (list(world.store.rows), list(world.store.entries), world.compactions)
    for end in (1, 2):
        released = world.store.released
        with pytest.raises(IntervalError, match=r"^p: the run's data interval ends at .*/1970-01-01T00-late came late"):
            world.run(end, f"again-{end}")
        assert world.store.released == released + 1
    assert (world.store.rows, world.store.entries, world.compactions) == before
    assert world.run(3) == ["00-late"]


def test_a_sealed_run_that_is_cleared_is_done_whatever_came_late(world: World) -> None:
    world.put(1)
    world.run(2)
    world.put(0, "late")
    assert world.run(2) == ["01-f"]


def test_a_compaction_of_the_same_run_is_not_ahead_of_it(world: World) -> None:
    """It is sealed with the run's interval before the run's own epoch is planned."""
    world.put(1)
    world.run(2)
    run = Run("hour-3/compaction-2", "o", interval_start_ms=2 * HOUR_MS, interval_end_ms=3 * HOUR_MS)
    world.store.rows.append(replace(world.store.rows[-1], epoch=2, run=run, purpose=Compaction()))
    world.put(2)
    assert world.run(3) == ["02-f"]


@pytest.mark.parametrize(("end", "says"), [(None, "has no data interval"), (24, "is not over")])
def test_a_run_that_could_take_what_is_still_to_come_is_refused(world: World, end: int | None, says: str) -> None:
    world.put(1)
    world.store.now = 24 * HOUR_MS - CLOCKS_APART_MS - 1
    with pytest.raises(IntervalError, match=says):
        world.run(end)
    assert (world.store.rows, world.store.entries) == ([], [])
    world.store.now += 1
    assert world.run(24) == ["01-f"]


def test_a_run_without_bound_takes_what_has_arrived(world: World) -> None:
    world.put(5)
    report = world.coordinator.process(Run("r", "o"))
    assert report is not None
    assert world.names(report.epoch) == ["05-f"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 9)),
        st.tuples(st.just("run"), st.integers(1, 10)),
        st.tuples(st.just("any"), st.just(0)),  # a person runs the pipeline without Airflow
    ),
    max_size=40,
)


@given(steps=STEPS, max_files=st.sampled_from([None, 1, 3]))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_in_any_order_of_runs_and_files_each_file_is_taken_once_and_not_before_its_time(
    steps: list[tuple[str, int]], max_files: int | None
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder), max_files=max_files)
        for number, (what, hour) in enumerate(steps):
            if what == "put":
                world.put(hour, str(number))
            elif what == "any":
                world.coordinator.process(Run(f"any-{number}", "o"))
            else:
                before = len(world.store.entries)
                try:
                    taken = world.run(hour, f"run-{number}")
                except IntervalError:
                    assert len(world.store.entries) == before
                else:
                    assert all(int(name[:2]) < hour for name in taken)
        for number in range(len(steps) + 1):  # the schedule goes on
            world.run(11 + number, f"later-{number}")
        taken = [name for epoch in world.store.rows for name in world.names(epoch)]
        assert sorted(taken) == sorted(p.name[11:] for p in Path(folder).iterdir())
        assert len(set(taken)) == len(taken)
