"""Goal: a pipeline becomes a light, serialisable DAG with contiguous intervals."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from textwrap import dedent

import pytest
from airflow.sdk import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.serialization.serialized_objects import DagSerialization

from tidegate.errors import DefinitionError
from tidegate.orchestration import Connections, epoch_dag, table_asset
from tidegate.orchestration.dag import timetable


def test_two_tasks_in_order(definition):
    dag = epoch_dag(definition, schedule=timedelta(minutes=5))
    assert dag.dag_id == "sales"
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.get_task("process").downstream_task_ids == {"publish"}
    assert dag.get_task("publish").retries == 3
    assert [a.uri for a in dag.get_task("publish").outlets] == ["x-tidegate://shop/sales", "x-tidegate://shop/rejects"]
    assert "| Key | `user` |" in (dag.doc_md or "")


def test_everything_can_be_set(definition):
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
    process = dag.get_task("process")
    assert (dag.dag_id, dag.max_active_runs, dag.tags, process.owner) == ("other", 4, {"a"}, "shop")
    assert (process.retries, process.connections.spark) == (7, "big_spark")


def test_schedules_have_contiguous_intervals():
    assert isinstance(timetable(timedelta(seconds=30)), DeltaDataIntervalTimetable)
    assert isinstance(timetable("*/5 * * * *"), CronDataIntervalTimetable)
    assert timetable("@once") == "@once"
    assert timetable(None) is None
    asset = table_asset("shop.sales")
    assert timetable([asset]) == [asset]


def test_mistakes_name_the_line(definition):
    with pytest.raises(DefinitionError, match=r"test_dag\.py:\d+: epoch_dag takes a complete pipeline"):
        epoch_dag(definition.pipeline)
    with pytest.raises(DefinitionError, match="catchup=True needs a start_date"):
        epoch_dag(definition, "@hourly", catchup=True)


def test_the_serialised_dag_does_not_hold_the_pipeline(definition):
    text = json.dumps(DagSerialization.to_dict(epoch_dag(definition, schedule=timedelta(minutes=5))))
    assert '"definition"' not in text
    assert "Count" in text  # only in the documentation
    assert "tidegate_checkpoint" not in text
    again = DagSerialization.from_dict(json.loads(text))
    assert {t.task_type for t in again.tasks} == {"ProcessEpochOperator", "PublishEpochOperator"}
    assert again.get_task("process").has_retry_policy


def test_a_dag_file_imports_nothing_heavy(tmp_path):
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
        heavy = {"pyspark", "pandas", "psycopg", "grpc", "hmsclient", "pyhive", "thrift", "alembic"}
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
