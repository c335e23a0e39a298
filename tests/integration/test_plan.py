"""Goal: a look ahead changes nothing at all on real services, and the next epoch does what it said."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import builders as make
from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.adapters.files.storage import FsStorage
from tidegate.cli import application, session
from tidegate.engine.coordinator import Coordinator
from tidegate.ports import EpochReport
from tidegate.protocol.ledger import Limit
from tidegate.protocol.model import Run, Status
from tidegate.wiring import VARIABLES, Endpoints, coordinator

pytestmark = pytest.mark.services

EVENT = pa.schema({"id": pa.int64()})


class Seen(KeyedProcessFunction):
    """One row of output and one of state per event, for every event has a key of its own."""

    times = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        self.times.update(self.times.value() + 1)
        yield {"id": value.id}


def pipeline(name: str, folder: Path) -> Definition:
    source = FileSource(folder, "parquet", EVENT, settle=timedelta(0), max_files=2)
    stream = Pipeline(name, dead_letters=f"t.{name}_refused").source(source).key_by("id")
    return stream.process(Seen(), output=EVENT).sink(HiveTable(f"t.{name}", compact_at=4))


class Folder:
    """The source; every event has an id that no other has."""

    def __init__(self, path: Path) -> None:
        self.path, self.files, self.events = path, 0, 0
        path.mkdir()

    def arrive(self, *rows: int) -> None:
        for count in rows:
            hidden = self.path / ".arriving"
            pq.write_table(pa.table({"id": range(self.events, self.events + count)}, EVENT), hidden)
            hidden.rename(self.path / f"{self.files:03}.parquet")
            self.files, self.events = self.files + 1, self.events + count


def everything(endpoints: Endpoints) -> tuple[dict[str, list[Any]], set[Any]]:
    """Each row of the checkpoint with the transaction that wrote it last, and each file of the warehouse."""
    with psycopg.connect(endpoints.checkpoint) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = {
            name: connection.execute(f"SELECT xmin::text, t::text FROM {name} AS t ORDER BY 2".encode()).fetchall()
            for (name,) in names
        }
    assert {"epochs", "lanes", "pipelines", "slices", "table_heads", "repairs"} <= tables.keys()
    return tables, set(FsStorage().walk(endpoints.warehouse))


@pytest.fixture
def dry_run(endpoints: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """A dry run of the DAG's first task: what it pushed. Fails when anything is different afterwards."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))  # Airflow writes its settings file when imported
    from tidegate.orchestration import Connections, epoch_dag
    from tidegate.orchestration.operators import ProcessEpochOperator

    def run(definition: Definition, **params: Any) -> dict[str, Any]:
        given = cast("Connections", SimpleNamespace(endpoints=lambda **_: endpoints))
        task = epoch_dag(definition, connections=given).get_task("process")
        assert isinstance(task, ProcessEpochOperator)
        skipped: list[Any] = []
        monkeypatch.setattr(type(task), "skip", lambda self, ti, tasks: skipped.extend(t.task_id for t in tasks))
        pushed: dict[str, Any] = {}
        ti = SimpleNamespace(xcom_push=lambda key, value: pushed.update({key: value}))
        before = everything(endpoints)
        context: Any = {"ti": ti, "params": {"dry_run": True, **params}}
        plan: dict[str, Any] = task.execute(context)
        assert everything(endpoints) == before
        assert (pushed, skipped, plan["status"]) == ({"return_value": plan}, ["publish"], "DRY_RUN")
        return plan

    return run


def stored(report: EpochReport) -> int:
    assert report.manifest is not None
    return sum(run.rows for run in report.manifest.state)


def check(plan: dict[str, Any], engine: Coordinator, report: EpochReport | None) -> EpochReport:
    """Everything that was counted is so, and here, where every row makes one row, so is every estimate of rows."""
    assert report is not None
    assert report.manifest is not None
    assert (report.epoch.status, report.epoch.epoch) == (Status.SEALED, plan["epoch"])
    assert {make.SOURCE: [*make.ends(report.epoch)]} == plan["ranges"]
    read = engine.adapters.store.slices(engine.definition.name, make.SOURCE, report.epoch.offsets[make.SOURCE])
    assert (len(read), sum(s.bytes or 0 for s in read)) == (plan["slices"], plan["bytes"])
    assert report.manifest.counts.rows_in == plan["rows_in"]
    assert not plan["rows_in_estimated"]
    if plan["estimates"]["sample"]:
        for table, expected in plan["estimates"]["tables"].items():
            written = [p for p in report.manifest.partitions if p.table == table]
            assert (len(written), sum(p.rows for p in written)) == (expected["partitions"], expected["rows"])
            size = sum(f.bytes for p in written for f in p.files)
            assert expected["bytes"] == pytest.approx(size, rel=0.5)  # small files: footers weigh more than rows
    return report


def test_a_dry_run_changes_nothing_and_the_next_epoch_does_what_it_said(
    tmp_path: Path, endpoints: Endpoints, dry_run: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "in")
    definition = pipeline(f"planned_{uuid4().hex[:6]}", folder.path)
    table = definition.targets[0].name
    empty = dry_run(definition)  # nobody ever ran it
    assert (empty["epoch"], empty["slices"], empty["ranges"], empty["slices_left"]) == (None, 0, {"source": [0, 0]}, 0)
    folder.arrive(300, 200, 100)
    first = dry_run(definition)
    assert (first["epoch"], first["ranges"], first["slices_left"], first["rows_in"]) == (1, {"source": [0, 2]}, 1, 500)
    assert first["estimates"] == {
        "sample": 0, "tables": {table: None, definition.all_targets[1].name: None}, "state_growth": None
    }  # fmt: skip
    with coordinator(definition, endpoints, progress=print) as engine:
        keys = stored(check(first, engine, engine.run(Run("run-1", "test"))))
        for number in (2, 3, 4):
            folder.arrive(400)
            plan = dry_run(definition)
            assert (plan["epoch"], plan["compactions"], plan["unfinished"]) == (number, [], None)
            report = check(plan, engine, engine.run(Run(f"run-{number}", "test")))
            keys += plan["estimates"]["state_growth"]["rows"]
            assert keys == stored(report)
        folder.arrive(300, 350)
        plan = dry_run(definition)  # four small partitions are joined first, which takes number 5
        assert (plan["compactions"], plan["epoch"]) == ([{"table": table, "partitions": 4, "into": 1}], 6)
        for variable, value in {v: getattr(endpoints, name) for name, v in VARIABLES.items()}.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setattr(session, "definition_of", lambda *_: definition)
        done = CliRunner().invoke(application.tidegate, ["plan", definition.name, "--json"])
        assert {**json.loads(done.stdout), "status": "DRY_RUN"} == plan
        check(plan, engine, engine.run(Run("run-5", "test")))


def test_a_dry_run_looks_past_an_epoch_that_a_dead_run_left(
    tmp_path: Path, endpoints: Endpoints, dry_run: Callable[..., dict[str, Any]]
) -> None:
    """It waits for no lease; and a cap of one run holds for this run only."""
    folder = Folder(tmp_path / "in")
    definition = pipeline(f"planned_{uuid4().hex[:6]}", folder.path)
    folder.arrive(100, 200, 50)
    capped = dry_run(definition, max_slices=1)
    assert (capped["ranges"], capped["rows_in"], capped["slices_left"]) == ({"source": [0, 1]}, 100, 2)
    assert dry_run(definition, max_slices=9)["ranges"] == {"source": [0, 2]}
    with coordinator(definition, endpoints, progress=print) as engine:
        left = engine.process(Run("dead", "test"), limit=Limit(slices=1))
    assert left is not None
    assert left.epoch.status is Status.STAGED
    plan = dry_run(definition)
    assert plan["unfinished"] == {
        "epoch": 1, "generation": 1, "kind": "EVENTS", "status": "STAGED", "run": "dead", "next": "publish",
        "paused": None,
    }  # fmt: skip
    assert (plan["epoch"], plan["ranges"], plan["rows_in"]) == (2, {"source": [1, 3]}, 250)
    with coordinator(definition, endpoints, progress=print) as engine:
        check(plan, engine, engine.run(Run("next", "test")))
        dead = engine.adapters.store.of_run(engine.lane_id, "dead")
        assert dead is not None
        assert dead.status is Status.SEALED
