"""Goal: the plan is what the next run would do, put together from reads alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import builders as make
from pipelines import totals
from tidegate.engine.planning import SAMPLE, Compaction, EpochPlan, look_ahead
from tidegate.ports import Adapters, TableChange
from tidegate.protocol import model
from tidegate.protocol.forecast import Size, Written
from tidegate.protocol.ledger import Limit
from tidegate.protocol.model import (
    EVENTS,
    Epoch,
    Head,
    Manifest,
    PartitionValues,
    Purpose,
    Run,
    Slice,
    Status,
)

LOG, LATEST = "t.p_log", "t.p_latest"
JOINING = model.Compaction()


@dataclass
class World:
    """A checkpoint, storage and source that can only be read: any other method is an AttributeError."""

    files: list[Slice] = field(default_factory=list)
    """All files of the folder."""
    known: int = 0
    """How many of them are in the ledger."""
    forgotten: int = 0
    """How many of these were forgotten."""
    rows: list[Epoch] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    tables: tuple[TableChange, ...] = ()
    small: list[Head] = field(default_factory=list)
    counted: int | None = None
    max_files: int | None = None

    def arrive(self, count: int, size: int = 100) -> None:
        self.files += make.slices(count, start=len(self.files), size=size)

    def epoch(self, status: Status = Status.SEALED, *, purpose: Purpose = EVENTS, rows_in: int = 10) -> Epoch:
        """One more epoch, over the next file: it writes 2 rows and 30 bytes per row, and 1 row of state."""
        last = self.rows[-1] if self.rows else None
        start = make.stop(last) if last else 0
        stop = start + (purpose == EVENTS)
        if stop > len(self.files):
            self.arrive(1)
        self.known = max(self.known, stop)
        number = last.epoch + 1 if last else 1
        before = Manifest.from_json(self.objects[last.manifest.uri]).state if last and last.manifest else ()
        grown = [make.state_run(rows=rows_in, size=8 * rows_in)] if purpose == EVENTS else ()
        written = make.data_file(rows=2 * rows_in, size=30 * rows_in)
        manifest = make.manifest(
            make.partition(LOG, str(number), files=[written]),
            epoch=number,
            offsets=make.span(start, stop),
            kind=purpose.kind,
            state=(*before, *grown),
            counts=make.counts(rows_in=rows_in),
        )
        ref = make.ref(manifest, f"m{number}")
        self.objects[ref.uri] = manifest.to_json()
        planned = status is Status.PLANNED
        self.rows.append(
            make.epoch(
                number,
                status,
                run=Run(f"run-{number}", "o"),
                offsets=make.span(start, stop),
                purpose=purpose,
                parent=last.manifest if last else None,
                manifest=None if planned else ref,
            )
        )
        return self.rows[-1]

    def look(self, folder: Path, **settings: Any) -> EpochPlan:
        store = SimpleNamespace(
            unfinished=lambda lane: next((e for e in self.rows if e.status not in _OVER), None),
            last_sealed=lambda lane: next((e for e in self.rows[::-1] if e.status is Status.SEALED), None),
            epochs=lambda lane, limit: self.rows[::-1][:limit],
            slices=lambda pipeline, uid, at: self.files[max(at.start, self.forgotten) : min(at.stop, self.known)],
            tail=lambda pipeline, uid: self.files[self.known - 1] if self.known else None,
            heads=self._heads,
        )
        source = SimpleNamespace(
            limit=Limit(self.max_files),
            discover=lambda tail, known, limit, until_ms: self.files[self.known :],
            measured=lambda slices, rows, times: slices,
            outlook=lambda tail, known: (),
            rows=self._counted,
        )
        storage = SimpleNamespace(read=self.objects.__getitem__)
        sink = SimpleNamespace(pending=lambda definition, heads: self.tables)
        adapters = cast(
            "Adapters", SimpleNamespace(store=store, sources={make.SOURCE: source}, storage=storage, sink=sink)
        )
        return look_ahead(totals.pipeline("p", folder, **settings), adapters, make.LANE)

    def _heads(self, table: str) -> dict[PartitionValues, Head]:
        return {h.values: h for h in self.small if h.table == table}

    def _counted(self, entries: Sequence[Slice]) -> int | None:
        return None if self.counted is None else self.counted * len(entries)


_OVER = (Status.SEALED, Status.ABANDONED)


def test_a_pipeline_that_never_ran(tmp_path: Path) -> None:
    world = World(counted=7)
    world.arrive(2)
    plan = world.look(tmp_path)
    assert (plan.unfinished, plan.compactions, plan.epoch) == (None, (), 1)
    assert (plan.offsets, plan.slices, plan.bytes, plan.left) == (make.span(0, 2), 2, 200, 0)
    assert (plan.forecast.rows_in, plan.forecast.estimated, plan.forecast.sample) == (14, False, 0)
    assert plan.forecast.tables == {LOG: None, LATEST: None}


def test_no_new_input_is_no_epoch(tmp_path: Path) -> None:
    world = World()
    world.epoch()
    plan = world.look(tmp_path)
    assert (plan.epoch, plan.offsets, plan.slices, plan.left) == (None, make.span(1), 0, 0)
    assert World().look(tmp_path).epoch is None


def test_estimates_come_from_the_epochs_of_events(tmp_path: Path) -> None:
    """A compaction has no input: it tells nothing, and hides no parent."""
    world = World()
    for purpose in (EVENTS, JOINING, EVENTS):
        world.epoch(purpose=purpose)
    world.arrive(3)
    plan = world.look(tmp_path)
    assert (plan.epoch, plan.offsets, plan.bytes) == (4, make.span(2, 5), 300)
    expected = plan.forecast
    assert (expected.sample, expected.rows_in, expected.estimated) == (2, 30, True)
    assert expected.tables == {LOG: Written(1, Size(60, 900)), LATEST: Written(0, Size(0, 0))}
    assert expected.growth == Size(30, 240)


def test_only_the_newest_epochs_are_asked(tmp_path: Path) -> None:
    world = World()
    world.epoch(rows_in=10**6)
    for _ in range(SAMPLE):
        world.epoch()
    world.arrive(1)
    assert world.look(tmp_path).forecast.rows_in == 10
    del world.objects["m1"]  # no manifest beyond the sample and its parents is read
    world.rows = world.rows[1:]
    assert world.look(tmp_path).forecast.sample == SAMPLE


def test_a_forgotten_parent_or_file_only_lessens_what_is_known(tmp_path: Path) -> None:
    world = World()
    world.epoch()
    world.epoch()
    world.arrive(1)
    del world.objects["m1"]
    world.rows = world.rows[1:]
    world.forgotten = 2
    expected = world.look(tmp_path).forecast
    assert (expected.sample, expected.rows_in, expected.growth) == (1, None, None)
    world.counted = 10
    assert world.look(tmp_path).forecast.tables[LOG] == Written(1, Size(20, 300))


@pytest.mark.parametrize("status", [Status.PLANNED, Status.STAGED, Status.PUBLISHED])
def test_an_unfinished_epoch_comes_first(tmp_path: Path, status: Status) -> None:
    """The plan is for the range behind it."""
    world = World()
    world.epoch()
    left = world.epoch(status)
    world.arrive(2)
    plan = world.look(tmp_path)
    assert (plan.unfinished, plan.epoch, plan.offsets, plan.forecast.sample) == (left, 3, make.span(2, 4), 1)


def test_an_abandoned_epoch_is_planned_again(tmp_path: Path) -> None:
    world = World()
    world.epoch()
    world.rows.append(replace(world.epoch(Status.PLANNED), status=Status.ABANDONED))
    del world.rows[1]
    plan = world.look(tmp_path)
    assert (plan.unfinished, plan.epoch, plan.offsets) == (None, 2, make.span(1, 2))


def test_caps_leave_files_for_later(tmp_path: Path) -> None:
    """Files that are in the log already are counted like new ones."""
    world = World(max_files=2)
    world.epoch()
    world.arrive(3)
    world.known += 1
    plan = world.look(tmp_path)
    assert (plan.offsets, plan.slices, plan.left) == (make.span(1, 3), 2, 1)
    world.max_files = 1
    assert (world.look(tmp_path).slices, world.look(tmp_path).left) == (1, 2)
    world.known += 2
    assert world.look(tmp_path).left == 2


def test_a_compaction_takes_a_number(tmp_path: Path) -> None:
    """As the run itself would decide, which needs a sealed epoch before it."""
    world = World()
    world.small = [make.head(LOG, str(n), epoch=n, size=10) for n in range(1, 5)]
    world.arrive(1)
    assert world.look(tmp_path, compact_at=4).compactions == ()
    world.epoch()
    world.arrive(1)
    plan = world.look(tmp_path, compact_at=4)
    assert (plan.compactions, plan.epoch) == ((Compaction(LOG, 4, 1),), 3)
    assert world.look(tmp_path, compact_at=5).compactions == ()


def test_tables_that_change_are_said_though_there_is_no_input(tmp_path: Path) -> None:
    changes = (TableChange(LOG, ("last bigint",)), TableChange(LATEST, restored=7))
    assert World(tables=changes).look(tmp_path).tables == changes
