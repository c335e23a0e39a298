"""Goal: a pipeline becomes a light, serialisable DAG with contiguous intervals."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from airflow.sdk import DAG, AssetAll, CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.sdk.timezone import coerce_datetime
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import DataInterval, TimeRestriction

from pipelines import several
from pipelines.chain import downstream
from tidegate import Definition
from tidegate.errors import DefinitionError
from tidegate.orchestration import Bound, Connections, epoch_dag, table_asset
from tidegate.orchestration.dag import timetable
from tidegate.orchestration.operators import ProcessEpochOperator


def process_of(dag: DAG) -> ProcessEpochOperator:
    task = dag.get_task("process")
    assert isinstance(task, ProcessEpochOperator)
    return task


def test_two_tasks_in_order(definition: Definition) -> None:
    dag = epoch_dag(definition, schedule=timedelta(minutes=5))
    assert dag.dag_id == "sales"
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.get_task("process").downstream_task_ids == {"publish"}
    assert dag.get_task("publish").retries == 3
    assert [a.uri for a in dag.get_task("publish").outlets] == ["x-tidegate://shop/sales", "x-tidegate://shop/rejects"]
    assert "| Key | `user` |" in (dag.doc_md or "")


def test_everything_can_be_set(definition: Definition) -> None:
    dag = epoch_dag(
        definition,
        "0 * * * *",
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=True,
        dag_id="other",
        connections=Connections(spark="big_spark"),
        retries=7,
        tags=["a"],
        max_active_runs=4,
        default_args={"owner": "shop"},
    )
    process = process_of(dag)
    assert (dag.dag_id, dag.max_active_runs, dag.tags, process.owner) == ("other", 4, {"a"}, "shop")
    assert (process.retries, process.connections.spark) == (7, "big_spark")


def test_each_of_several_sources_is_told_and_must_tell_time() -> None:
    timed, other = several.folder("shop", path_time="%Y-%m-%d"), several.folder("till")
    dag = epoch_dag(several.pipeline(timed, other))
    assert (dag.doc_md or "").count("| Source | `/nowhere/") == 2
    with pytest.raises(
        DefinitionError, match=r"needs sources that tell time, which 'till' does not: FileSource\(path_ti"
    ):
        epoch_dag(several.pipeline(timed, other), "0 * * * *", bound="interval")
    epoch_dag(several.pipeline(timed, replace(other, path_time="%Y-%m-%d")), "0 * * * *", bound="interval")


def test_a_reader_of_a_table_runs_by_the_asset_to_whose_outlet_its_writer_publishes(definition: Definition) -> None:
    reader = downstream(table="shop.sales", pipeline="sales")
    dag = epoch_dag(reader, schedule=[table_asset("shop.sales")])
    condition = dag.timetable.asset_condition
    assert isinstance(condition, AssetAll)
    (waited_for,) = condition.objects
    assert waited_for in epoch_dag(definition).get_task("publish").outlets
    assert "| Source | epochs of `sales` in table `shop.sales` |" in (dag.doc_md or "")
    with pytest.raises(DefinitionError, match="tell time"):
        epoch_dag(reader, schedule=timedelta(minutes=5), bound="interval")


def test_schedules_have_contiguous_intervals() -> None:
    assert isinstance(timetable(timedelta(seconds=30)), DeltaDataIntervalTimetable)
    assert isinstance(timetable("*/5 * * * *"), CronDataIntervalTimetable)
    assert timetable("@once") == "@once"
    assert timetable(None) is None
    asset = table_asset("shop.sales")
    assert timetable([asset]) == [asset]


@pytest.mark.parametrize(
    ("schedule", "seconds"), [(timedelta(seconds=10), 10), ("*/5 * * * *", 300), ("* * * * * */10", 10)]
)
@pytest.mark.parametrize("catchup", [True, False])
def test_the_intervals_of_the_real_timetable_follow_each_other(
    timed: Definition, schedule: object, seconds: int, catchup: bool
) -> None:
    """Also with seconds, which Airflow's bare timedelta and cron text would make empty."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    dag = epoch_dag(timed, schedule, bound="interval", start_date=start, catchup=catchup)
    real = DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag)))).timetable
    restriction = TimeRestriction(earliest=coerce_datetime(start), latest=None, catchup=catchup)
    interval: DataInterval | None = None
    found: list[DataInterval] = []
    for _ in range(5):
        run = real.next_dagrun_info(last_automated_data_interval=interval, restriction=restriction)
        assert run is not None
        interval = run.data_interval
        assert interval is not None
        found.append(interval)
    # without catchup the first run is of the newest interval that is over: it takes what is older, too
    assert (
        found[0].start == start
        if catchup
        else timedelta(0) <= datetime.now(UTC) - found[0].end < found[0].end - coerce_datetime(start)
    )
    assert [b.start for b in found[1:]] == [a.end for a in found[:-1]]
    assert {(i.end - i.start).total_seconds() for i in found} == {seconds}
    # a manual run with a logical date gets an interval too
    manual = real.infer_manual_data_interval(run_after=coerce_datetime(start + timedelta(days=3, seconds=7)))
    assert (manual.end - manual.start).total_seconds() == seconds


def test_what_bounds_a_run_is_set_and_shown(timed: Definition) -> None:
    assert process_of(epoch_dag(timed)).bound is Bound.AVAILABLE
    dag = epoch_dag(timed, "@daily", bound="interval")
    assert process_of(dag).bound is Bound.INTERVAL
    assert "| A run takes | what is left from before the end of its data interval |" in (dag.doc_md or "")


def test_mistakes_name_the_line(definition: Definition) -> None:
    with pytest.raises(DefinitionError, match=r"test_dag\.py:\d+: .*bound 'hour' is not one of available, interval"):
        epoch_dag(definition, "@hourly", bound="hour")
    with pytest.raises(
        DefinitionError,
        match=r"test_dag\.py:\d+: .*bound='interval' needs .*FileSource\(path_time=…\)",
    ):
        epoch_dag(definition, "@hourly", bound="interval")
    with pytest.raises(DefinitionError, match=r"test_dag\.py:\d+: epoch_dag takes a complete pipeline"):
        epoch_dag(definition.pipeline)  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="catchup=True needs a start_date"):
        epoch_dag(definition, "@hourly", catchup=True)


def test_the_serialised_dag_does_not_hold_the_pipeline(definition: Definition) -> None:
    text = json.dumps(DagSerialization.to_dict(epoch_dag(definition, schedule=timedelta(minutes=5))))
    assert '"definition"' not in text
    assert "Definition(" not in text
    assert "Count" in text  # only in the documentation
    assert "tidegate_checkpoint" not in text
    again = DagSerialization.from_dict(json.loads(text))
    assert {t.task_type for t in again.tasks} == {"ProcessEpochOperator", "PublishEpochOperator"}
    assert again.get_task("process").has_retry_policy


def test_a_dag_file_imports_nothing_heavy(tmp_path: Path) -> None:
    """Every task parses its DAG file anew: a second of imports is a second of every task."""
    script = dedent(
        """
        import sys
        from datetime import timedelta
        import pyarrow as pa
        from tidegate import FileSource, HiveTable, KeyedProcessFunction, Pipeline
        from tidegate.orchestration import epoch_dag

        class Same(KeyedProcessFunction):
            def process_element(self, value, ctx):
                yield value._asdict()

        schema = pa.schema([("a", pa.string())])
        pipeline = Pipeline("p").source(FileSource("/in", "csv", schema)).key_by("a").process(Same(), output=schema)
        dag = epoch_dag(pipeline.sink(HiveTable("d.t")), schedule=timedelta(minutes=1))
        heavy = {"pyspark", "pandas", "psycopg", "grpc", "pymetastore", "pyhive", "thrift", "alembic"}
        print(sorted(heavy & set(sys.modules)))
        """
    )
    file = tmp_path / "dag_file.py"
    file.write_text(script)
    done = subprocess.run(
        [sys.executable, file],
        env={**os.environ, "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip().splitlines()[-1] == "[]", done.stderr
