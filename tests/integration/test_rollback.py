"""Goal: a rollback brings rows, state and offsets of an earlier epoch back, bit for bit, or changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import psycopg
import pyarrow.parquet as pq
import pytest

import builders as make
from faults.leases import run_out
from pipelines import totals
from tidegate import Definition, FileSource, HiveTable, Pipeline, Retention
from tidegate.adapters.hive.server import connect
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.replay import replay
from tidegate.engine.rollback import plan_rollback, roll_back
from tidegate.engine.verify import verify
from tidegate.errors import RefusedError, SourceGapError, UserFunctionError
from tidegate.protocol.model import Kind, Manifest, Rollback, Run, Status
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


def declared(name: str, folder: Path, *, dead_letters: bool = True, retention: Retention | None = None) -> Definition:
    """Every kind of table: append by epoch, append by day too, upsert, dead letters; one file an epoch."""
    settings: dict[str, Any] = {"dead_letters": f"t.{name}_dead"} if dead_letters else {}
    return (
        Pipeline(name, buckets=3, retention=retention or Retention(), **settings)
        .source(FileSource(folder, "json", totals.EVENT, settle=timedelta(0), max_files=1))
        .key_by("key", "day")
        .process(totals.Totals(), output=totals.OUTPUT)
        .sink(HiveTable(f"t.{name}_log", compact_at=4))
        .sink(HiveTable(f"t.{name}_days", partition_by=("day",), compact_at=4))
        .sink(HiveTable(f"t.{name}_latest", mode="upsert", partition_by=("day",), primary_key=("day", "key")))
    )


@dataclass
class World:
    """One pipeline, and what it was behind each of its epochs."""

    name: str
    folder: Path
    endpoints: Endpoints
    definition: Definition
    engine: Coordinator
    was: dict[int, Any] = field(default_factory=dict)

    def arrive(self, number: int) -> None:
        """One more file; with dead letters its last event is one that the user's function refuses."""
        bad = {"id": number * 1000 + 999, "key": "bad", "day": "d0", "amount": -1}
        good = totals.events(number, 12)
        totals.write(self.folder / "good", f"{number:03d}.json", good)  # what the oracle reads
        more = [bad] if self.definition.pipeline.dead_letters else []
        totals.write(self.folder / "in", f"{number:03d}.json", [*good, *more])

    def run(self, key: str) -> int:
        report = self.engine.run(Run(key, key))
        assert report is not None
        return report.epoch.epoch

    def run_until_empty(self, word: str) -> None:
        number = 0
        while self.engine.run(Run(f"{word}-{number}", word)) is not None:
            number += 1

    def told(self, sentence: str) -> None:
        """Look at everything whenever an epoch was sealed."""
        print(sentence)
        last = self.engine.adapters.store.last_sealed(self.engine.lane_id)
        if sentence.endswith("sealed") and last is not None:
            self.was[last.epoch] = self.look()

    def look(self) -> dict[str, Any]:
        """Rows of every partition as the metastore has it, checksums of the state, offset and watermark."""
        engine = self.engine
        last = engine.adapters.store.last_sealed(engine.lane_id)
        assert last is not None
        assert last.manifest is not None
        manifest = engine.adapters.storage.read(last.manifest.uri)
        state = Manifest.from_json(manifest).state
        return {
            "offset": make.stop(last),
            "watermark": last.watermark_out_ms,
            "state": sorted((run.bucket, run.path, run.sha256) for run in state),
            "tables": {t.name: self._rows(t) for t in self.definition.all_targets},
        }

    def _rows(self, target: Any) -> dict[tuple[str, ...], list[str]]:
        return {
            values: [
                str(row)
                for file in sorted(Path(unquote(location.removeprefix("file:"))).glob("*.parquet"))
                for row in pq.ParquetFile(file).read().to_pylist()
            ]
            for values, location in self.engine.adapters.sink.locations(target).items()
        }

    def queried(self) -> dict[str, list[tuple[Any, ...]]]:
        """What HiveServer2 answers."""
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            answers = {}
            for target in self.definition.all_targets:
                cursor.execute(f"SELECT * FROM {target.name}")
                answers[target.name] = sorted((tuple(row) for row in cursor.fetchall()), key=str)
            return answers
        finally:
            connection.close()

    def back(self, to_epoch: int, **more: Any) -> int:
        """Roll back, and see that everything is as it was."""
        report = roll_back(self.engine, Run(f"back-{uuid4()}", "a person"), to_epoch=to_epoch, **more)
        assert (report.epoch.purpose, report.epoch.status) == (Rollback(to_epoch), Status.SEALED)
        assert self.look() == self.was[to_epoch]
        assert self.wrong() == []
        return report.epoch.epoch

    def wrong(self) -> list[Any]:
        return verify(self.definition, self.engine.adapters, progress=lambda _: None, checksums=True)

    def as_the_oracle_has_it(self) -> bool:
        """The three tables of rows against a computation that starts from nothing; dead letters by their number."""
        log, latest = totals.expected(self.folder / "good")
        wanted = {"log": log, "days": log, "latest": latest}
        if self.definition.pipeline.dead_letters:
            found = len(self.queried()[f"t.{self.name}_dead"])
            assert found == len(list((self.folder / "good").iterdir()))
        return {table: self._selected(table, totals.OUTPUT.names) for table in wanted} == wanted

    def _selected(self, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            cursor.execute(f"SELECT {', '.join(columns)} FROM t.{self.name}_{table}")
            return sorted(tuple(row) for row in cursor.fetchall())
        finally:
            connection.close()

    def recorded(self) -> dict[str, list[Any]]:
        """Every row of the pipeline in the checkpoint but for the lane's fence, which each lease makes grow."""
        with psycopg.connect(self.endpoints.checkpoint) as connection:
            tables = dict.fromkeys(("epochs", "table_heads", "slices", "repairs"), "*")
            tables["lanes"] = "lease_owner, lease_expires_at"
            return {
                table: connection.execute(
                    f"SELECT {what} FROM {table} WHERE pipeline = %s ORDER BY 1, 2", (self.name,)
                ).fetchall()
                for table, what in tables.items()
            }


@pytest.fixture
def opened(tmp_path: Path, endpoints: Endpoints) -> Any:
    name = f"back_{uuid4().hex[:8]}"

    @contextmanager
    def open_(**settings: Any) -> Iterator[World]:
        definition = declared(name, tmp_path / "in", **settings)
        with coordinator(definition, endpoints, progress=print) as engine:
            world = World(name, tmp_path, endpoints, definition, engine)
            engine.progress = world.told
            yield world

    return open_


@pytest.mark.timeout(1800)
def test_there_and_forward_again_bit_for_bit(opened: Any) -> None:
    with opened() as world:
        queried: dict[int, Any] = {}
        for number in range(1, 31):
            world.arrive(number)
            last = world.run(f"run-{number}")
            if number in (10, 25):
                queried[last] = world.queried()
        epochs = world.engine.adapters.store.epochs(world.engine.lane_id, limit=1000)
        compactions = [e.epoch for e in epochs[::-1] if e.kind is Kind.COMPACTION]
        assert len(compactions) >= 3
        nothing: dict[str, Any] = {"offset": 0, "watermark": None, "state": []}
        world.was[0] = nothing | {"tables": {t.name: {} for t in world.definition.all_targets}}
        tenth, later = queried

        world.back(compactions[-1])  # a compaction itself, and over what came behind it
        world.back(compactions[-1] - 1)  # over a compaction
        world.back(tenth)
        assert world.queried() == queried[tenth]
        world.back(later)  # forward, over three rollbacks
        assert world.queried() == queried[later]
        world.back(0)
        assert all(rows == [] for rows in world.queried().values())
        world.back(last)
        assert world.as_the_oracle_has_it()
        over = world.back(later)
        for number in (3, tenth):
            assert replay(world.definition, world.engine.adapters, world.engine.root, number, progress=print) == []

        world.run_until_empty("again")
        assert world.as_the_oracle_has_it()
        assert world.wrong() == []
        epochs = world.engine.adapters.store.epochs(world.engine.lane_id, limit=1000)
        events = [e.epoch for e in epochs if e.kind is Kind.EVENTS and e.epoch > over]
        for number in (tenth, events[-1], events[0]):
            assert replay(world.definition, world.engine.adapters, world.engine.root, number, progress=print) == []
        world.back(tenth)  # and back over all that once more, and from nothing to the end
        world.back(0)
        world.run_until_empty("from nothing")
        assert world.as_the_oracle_has_it()
        assert world.wrong() == []


def test_what_cannot_be_is_refused_and_changes_nothing(opened: Any, tmp_path: Path) -> None:
    with opened(dead_letters=False, retention=Retention(epochs=3, grace=timedelta(0))) as world:
        for number in range(1, 8):
            world.arrive(number)
            last = world.run(f"run-{number}")
        world.engine.clean(Run("clean", "test"), dry_run=False)
        kept = [e.epoch for e in world.engine.adapters.store.epochs(world.engine.lane_id, limit=99)]
        before = world.recorded()

        def refused(to_epoch: int, error: type[Exception], words: str, key: str = "back") -> None:
            with pytest.raises(error, match=words):
                plan_rollback(world.engine, to_epoch)
            with pytest.raises(error, match=words):
                roll_back(world.engine, Run(key, "a person"), to_epoch=to_epoch)
            assert world.recorded() == before  # the lease was given back, too

        refused(last + 1, RefusedError, f"no sealed epoch {last + 1}: the last one is {last}")
        refused(-1, RefusedError, "no sealed epoch -1")
        refused(last, RefusedError, "is the last one: there is nothing to go back from")
        missing = max(set(range(1, last)) - set(kept))
        refused(missing, RefusedError, rf"not kept any more .* the oldest that can is {missing + 1}")
        refused(0, RefusedError, "not kept any more")
        with pytest.raises(RefusedError, match=r"run run-7 has made .* before, which is of kind EVENTS"):
            roll_back(world.engine, Run("run-7", "a person"), to_epoch=last - 1)
        assert world.recorded() == before

        file = tmp_path / "in" / "007.json"
        file.rename(tmp_path / "away")
        refused(last - 1, SourceGapError, r"007\.json is gone.* \(`--allow-gap`, .*`allow_gap`\)")
        world.back(last - 1, allow_gap=True)
        shown = world.look()
        with pytest.raises(SourceGapError, match=r"007\.json is gone"):
            world.run("stopped")
        assert world.look() == shown
        (tmp_path / "away").rename(file)
        world.run_until_empty("goes on")
        assert world.as_the_oracle_has_it()


def test_an_epoch_under_way_is_abandoned_or_finished_first(opened: Any) -> None:
    with opened(dead_letters=False) as world:
        for number in (1, 2):
            totals.write(world.folder / "in", f"{number:03d}.json", totals.events(number, 12))
            world.run(f"run-{number}")
        totals.write(world.folder / "in", "003.json", totals.events(3, 12))
        assert world.engine.process(Run("run-3", "killed")).epoch.status is Status.STAGED
        planned = plan_rollback(world.engine, 1)
        assert planned.unfinished is not None
        assert (planned.unfinished.epoch, planned.unfinished.status) == (3, Status.STAGED)
        run_out(world.endpoints.checkpoint, world.name)
        assert world.back(1) == 4
        world.back(3)

        totals.write(world.folder / "in", "004.json", [{"id": 1, "key": "k", "day": "d0", "amount": -1}])
        with pytest.raises(UserFunctionError, match="negative amount"):
            world.run("run-4")
        assert world.back(2) == 6  # in place of what could not be computed
        epochs = world.engine.adapters.store.epochs(world.engine.lane_id, limit=2)
        assert [(e.epoch, e.generation, e.status) for e in epochs] == [(6, 2, Status.SEALED), (6, 1, Status.ABANDONED)]
        with pytest.raises(UserFunctionError, match="negative amount"):
            world.run_until_empty("again")
        states = [[(bucket, sha256) for bucket, _, sha256 in world.was[n]["state"]] for n in (3, 7)]
        assert states[0] == states[1]  # the third file again, from the state behind the second


class _Dies(BaseException):
    """The process is told to end."""


class _DiesAt:
    def __init__(self, point: str) -> None:
        self._point = point

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        if name == self._point:
            raise _Dies


def test_a_clean_up_keeps_what_going_back_needs(opened: Any, tmp_path: Path, endpoints: Endpoints) -> None:
    with opened(dead_letters=False, retention=Retention(epochs=6, grace=timedelta(0))) as world:
        for number in range(1, 9):
            world.arrive(number)
            last = world.run(f"run-{number}")
        world.back(last - 3)
        for key in ("more-1", "more-2"):
            last = world.run(key)
        for _ in range(3):  # as far back as it goes each time, over the rollbacks before
            world.engine.clean(Run("clean", "test"), dry_run=False)
            kept = {e.epoch for e in world.engine.adapters.store.epochs(world.engine.lane_id, limit=99)}
            oldest = max(set(range(1, max(kept))) - kept) + 1
            assert oldest < max(kept) - 3
            world.back(oldest)
        world.run_until_empty("again")
        assert world.as_the_oracle_has_it()
        last = world.engine.adapters.store.last_sealed(world.engine.lane_id).epoch
        crash, world.engine.crash = world.engine.crash, _DiesAt("planned")
        with pytest.raises(_Dies):
            roll_back(world.engine, Run("dies", "a person"), to_epoch=last - 3)
        world.engine.crash = crash
        was = world.was
    # somebody keeps less from now on, and cleans up before the retry comes
    run_out(endpoints.checkpoint, world.name)
    with opened(dead_letters=False, retention=Retention(epochs=1, grace=timedelta(0))) as world:
        world.engine.clean(Run("clean", "test"), dry_run=False)
        report = roll_back(world.engine, Run("dies", "a person"), to_epoch=last - 3)
        assert (report.epoch.epoch, report.epoch.attempts) == (last + 1, 2)
        assert world.look() == was[last - 3]
        assert world.wrong() == []
