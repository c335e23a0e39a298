"""Goal: past epochs are processed again beside live, compared, and put in its place or given up; nobody sees a part."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import builders as make
from pipelines import totals
from tidegate import Retention
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lanes import Lanes
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import verify
from tidegate.errors import RefusedError, SourceGapError
from tidegate.ports import Compared
from tidegate.protocol.model import Kind, LaneStatus, Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


class Live:
    """A pipeline whose epochs take one file each."""

    def __init__(self, folder: Path, endpoints: Endpoints, **settings: Any) -> None:
        self.endpoints = endpoints
        self.source = folder / "in"
        self.definition = totals.pipeline(f"lanes_{uuid4().hex[:6]}", self.source, source={"max_files": 1}, **settings)

    def run(self, *numbers: int, new_code: bool = False) -> None:
        """One epoch for each file."""
        with self.engine(new_code=new_code) as engine:
            for number in numbers:
                totals.write(self.source, f"{number:03d}.json", totals.events(number))
                assert engine.run(Run(f"run-{number}", "live")) is not None

    def engine(self, *, new_code: bool = True) -> Any:
        definition = totals.changed(self.definition) if new_code else self.definition
        return coordinator(definition, self.endpoints, progress=print)

    def rows(self) -> totals.Tables:
        return totals.found(self.endpoints.hiveserver2, self.definition.name)

    def log(self) -> list[tuple[Any, ...]]:
        """The append table alone."""
        return totals.read(self.endpoints.hiveserver2, f"t.{self.definition.name}_log")[0]

    def verified(self) -> None:
        with self.engine() as engine:
            assert verify(self.definition, engine.adapters, progress=print, checksums=True) == []


@pytest.fixture
def live(tmp_path: Path, endpoints: Endpoints) -> Live:
    return Live(tmp_path, endpoints)


def from_scratch(folder: Path, endpoints: Endpoints, files: Path) -> totals.Tables:
    """What the changed code makes of all files when it begins anew, under other table names."""
    other = Live(folder / "scratch", endpoints)
    other.source.mkdir(parents=True)
    for file in sorted(files.iterdir()):
        (other.source / file.name).write_bytes(file.read_bytes())
    with other.engine() as engine:
        while engine.run(Run(f"run-{uuid4()}", "scratch")):
            pass
    return other.rows()


def replayed(engine: Coordinator, *, since: int, until: int | None = None) -> list[int]:
    return [r.epoch.epoch for r in Lanes(engine).replay(Run("r", "r"), "fix", since=since, until=until)]


def test_changed_code_takes_the_place_of_live(live: Live, tmp_path: Path, endpoints: Endpoints) -> None:
    """State too, with the epochs that came meanwhile: the tables are what the new code makes from scratch."""
    live.run(1, 2, 3, 4)
    before = live.rows()
    with live.engine() as engine:
        assert replayed(engine, since=1, until=3) == [1, 2, 3]
    assert live.rows() == before
    live.run(5, 6)  # live goes on, with the code of before
    before = live.rows()
    with live.engine() as engine:
        lanes = Lanes(engine)
        behind = lanes.remaining(lanes.find("fix"))
        assert [e.epoch for e in behind] == [4, 5, 6]
        report = lanes.promote(Run("promote", "p"), "fix")
        assert report is not None
        assert (report.epoch.epoch, report.epoch.kind) == (7, Kind.PROMOTION)
        again = lanes.promote(Run("promote", "p"), "fix")
        assert again is not None
        assert again.epoch == report.epoch
        assert [f.status for f in lanes.all()] == [LaneStatus.PROMOTED]
    live.verified()
    live.run(7, new_code=True)
    assert live.rows() == from_scratch(tmp_path, endpoints, live.source)
    with live.engine() as engine:  # and back again: the promotion is an epoch like any other
        roll_back(engine, Run("back", "b"), to_epoch=6)
    assert live.rows() == before
    live.verified()


def test_the_comparison_counts_rows(live: Live) -> None:
    """By partition of each table: an upsert table's rows change, an append table's come and go."""
    live.run(1, 2)
    with live.engine() as engine:
        replayed(engine, since=2)
        lanes = Lanes(engine)
        found = {(c.table.rpartition("_")[2], c.values): c for c in lanes.compare(lanes.find("fix"))}
    events = [json.loads(line) for line in (live.source / "002.json").read_text().splitlines()]
    giving = [e for e in events if e["amount"] > 0]
    log = found["log", ("2",)]
    assert isinstance(log, Compared)
    assert (log.rows_now, log.rows_after, log.changed) == (len(giving), len(giving), 0)
    assert log.added == log.removed > 0
    latest = [c for (table, _), c in found.items() if table == "latest"]
    assert sum(c.changed for c in latest) == len({(e["key"], e["day"]) for e in giving})
    assert all((c.added, c.removed) == (0, 0) for c in latest)


def test_unchanged_code_changes_nothing(live: Live) -> None:
    """It says so, and no epoch is made."""
    live.run(1, 2, 3)
    with live.engine(new_code=False) as engine:
        lanes = Lanes(engine)
        assert replayed(engine, since=2) == [2, 3]
        assert lanes.changes(lanes.find("fix")) == []
        assert lanes.promote(Run("promote", "p"), "fix") is None
        assert engine.adapters.store.last_sealed(engine.lane_id).epoch == 3
        assert [f.status for f in lanes.all()] == [LaneStatus.DISCARDED]
    live.verified()


def test_a_replay_goes_on_where_it_was_and_can_be_given_up(live: Live) -> None:
    """The name is free again then, and a clean-up finds the files."""
    live.run(1, 2, 3)
    with live.engine() as engine:
        lanes = Lanes(engine)
        assert next(lanes.replay(Run("r", "r"), "fix", since=1)).epoch.epoch == 1
        assert replayed(engine, since=1) == [2, 3]
        assert replayed(engine, since=1) == []
        lanes.discard("fix")
        with pytest.raises(RefusedError, match="the lane is discarded"):
            lanes.promote(Run("promote", "p"), "fix")
        assert replayed(engine, since=3) == [3]
    live.verified()


def test_output_only_leaves_the_state(tmp_path: Path, endpoints: Endpoints) -> None:
    """An append table's window is swapped while later epochs, and what they start from, stay."""
    live = Live(tmp_path, endpoints)
    live.definition = make.with_targets(live.definition, live.definition.targets[0])
    live.run(1, 2, 3, 4)
    with live.engine() as engine:
        before = engine.adapters.store.last_sealed(engine.lane_id)
        replayed(engine, since=2, until=3)
        report = Lanes(engine).promote(Run("promote", "p"), "fix", output_only=True)
        assert report is not None
        assert report.manifest is not None
        assert {p.values for p in report.manifest.partitions} == {("2",), ("3",)}
        assert report.epoch.parent == before.manifest
        assert make.ends(report.epoch)[0] == make.stop(before)
    live.verified()


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_one_epoch_after_the_other_is_processed_again(
    tmp_path: Path, endpoints: Endpoints, order: tuple[int, ...]
) -> None:
    """What was swapped in for one stays when another's comes, over a compaction too; all others are as they were."""
    live = Live(tmp_path, endpoints, compact_at=4)
    live.definition = make.with_targets(live.definition, live.definition.targets[0])
    live.run(1, 2, 3, 4)
    before = live.log()
    live.run(5)
    kinds = []
    for number in order:
        with live.engine() as engine:
            lanes, run = Lanes(engine), Run(f"run-{number}", "live", clear_number=1)
            own = engine.adapters.store.of_run(engine.lane_id, run.key)
            assert lanes.again(run, own) == f"epoch-{own.epoch}-clear-1"
            assert lanes.promote_again(run, own) is not None
            assert lanes.promote_again(run, own) is not None  # a retry
            kinds = [e.kind for e in engine.adapters.store.epochs(engine.lane_id, limit=99)]
    assert kinds.count(Kind.PROMOTION) == 2
    assert Kind.COMPACTION in kinds
    live.verified()
    after = {row[0]: row for row in live.log()}
    assert len(after) >= len(before)
    for row in before:
        again = row[0] // 1000 in order
        # today's code starts from the state that the old one left: its own events count twice, those before once
        assert (after[row[0]] == row) is not again, row


def test_what_cannot_be_done_is_refused_before_any_change(live: Live) -> None:
    """Each with its reason."""
    live.run(1, 2, 3)
    with live.engine() as engine:
        lanes, store = Lanes(engine), engine.adapters.store
        for since, until, why in ((9, None, "epoch 9 is not kept"), (3, 2, "epoch 3 has no events")):
            with pytest.raises(RefusedError, match=why):
                replayed(engine, since=since, until=until)
        with pytest.raises(RefusedError, match="cannot be a lane's name"):
            list(lanes.replay(Run("r", "r"), "../x", since=1))
        with pytest.raises(RefusedError, match="there is no lane 'fix'"):
            lanes.promote(Run("promote", "p"), "fix")
        assert store.forks(live.definition.name) == []
        replayed(engine, since=2, until=2)
        with pytest.raises(RefusedError, match=r"rewritten partitions of t\.\w+_latest"):
            lanes.promote(Run("promote", "p"), "fix", output_only=True)
        with pytest.raises(RefusedError, match="was forked behind epoch 1, not 0"):
            replayed(engine, since=1)
        assert store.unfinished(engine.lane_id) is None
        roll_back(engine, Run("back", "b"), to_epoch=1)
        with pytest.raises(RefusedError, match="main was rolled back over epochs that this lane has replayed"):
            lanes.promote(Run("promote", "p"), "fix")
        (live.source / "001.json").unlink()
        with pytest.raises(SourceGapError, match=r"001\.json is gone"):
            list(lanes.replay(Run("r", "r"), "other", since=1))
        assert [f.lane.lane for f in lanes.all()] == ["fix"]


def test_a_clean_up_keeps_what_an_open_lane_needs(tmp_path: Path, endpoints: Endpoints) -> None:
    """Its own files and main's epochs behind its base; once it is over, both go."""
    live = Live(tmp_path, endpoints, retention=Retention(epochs=1, grace=timedelta(0)))
    live.run(1, 2)
    with live.engine() as engine:
        lanes = Lanes(engine)
        replayed(engine, since=2)
    live.run(3, 4)
    with live.engine() as engine:
        lanes = Lanes(engine)
        engine.clean(Run("c", "c"), dry_run=False)
        assert [e.epoch for e in engine.adapters.store.epochs(engine.lane_id, limit=99)] == [4, 3, 2, 1]
        assert lanes.promote(Run("promote", "p"), "fix") is not None
        live.verified()
        engine.clean(Run("c", "c"), dry_run=False)
        live.verified()
        lane = next(f.lane for f in lanes.all())
        assert engine.adapters.store.epochs(lane, limit=9) == []
        assert [e.epoch for e in engine.adapters.store.epochs(engine.lane_id, limit=99)] == [5, 1]
