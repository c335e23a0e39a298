"""Small pipelines for the end-to-end tests on Airflow: on a schedule, on demand, with days and hours to fill.

`TIDEGATE_E2E_ROOT` holds their input; a file `arm` in it arms a crash point in the next task that reads this file, and
a file `changed-NAME` changes the code of a pipeline. A file `hold-NAME` keeps a gated DAG between its two tasks, and
with `poison-NAME` a pipeline's function fails.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, BaseOperator, Context
from airflow.sdk.exceptions import AirflowRescheduleException

from pipelines.neighbours import NEIGHBOURS
from tidegate import Context as KeyContext
from tidegate import Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.orchestration import epoch_dag, promotion_dag, rollback_dag

ROOT = Path(os.environ["TIDEGATE_E2E_ROOT"])
ARM = ROOT / "arm"

if ARM.exists():
    os.environ["TIDEGATE_CRASH_AT"] = ARM.read_text()
    os.environ["TIDEGATE_CRASH_ONCE"] = str(ROOT / "fired")

EVENTS = pa.schema([("name", pa.string()), ("amount", pa.int64())])
TOTALS = pa.schema([("name", pa.string()), ("amount", pa.int64()), ("total", pa.int64())])


class Total(KeyedProcessFunction):
    """Running total per name, `factor` times; fails while the file `poison` is there."""

    total = ValueState(pa.int64())

    def __init__(self, poison: str, factor: int) -> None:
        self.poison, self.factor = poison, factor

    def process_element(self, value: Row, ctx: KeyContext) -> Iterator[dict[str, Any]]:
        if os.path.exists(self.poison):  # noqa: PTH110  (runs in Spark's Python worker for every event)
            raise ValueError("poisoned on purpose")
        total = (self.total.value() or 0) + value.amount
        self.total.update(total)
        yield {"name": value.name, "amount": value.amount, "total": self.factor * total}


class Gate(BaseOperator):
    """Waits, without a worker slot, while a file is there."""

    def __init__(self, *, file: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.file = file

    def execute(self, context: Context) -> None:
        if Path(self.file).exists():
            raise AirflowRescheduleException(datetime.now(UTC) + timedelta(seconds=1))  # type: ignore[no-untyped-call]


def gated(dag: DAG) -> None:
    """Put a gate between `process` and `publish`: an epoch can stay STAGED as long as a test wants."""
    with dag:
        gate = Gate(task_id="gate", file=str(ROOT / f"hold-{dag.dag_id}"))
    dag.get_task("process").set_downstream(gate)
    gate.set_downstream(dag.get_task("publish"))


def pipeline(name: str, max_files: int | None = 1, path_time: str | None = None) -> Definition:
    source = FileSource(ROOT / name, "csv", EVENTS, max_files, settle=timedelta(0), path_time=path_time)
    return (
        Pipeline(name, buckets=2)
        .source(source)
        .key_by("name")
        .process(
            Total(str(ROOT / f"poison-{name}"), factor=10 if (ROOT / f"changed-{name}").exists() else 1), output=TOTALS
        )
        .sink(HiveTable(f"e2e.{name}"))
    )


ticking = pipeline("ticking")
epoch_dag(ticking, schedule=timedelta(seconds=5))

manual = pipeline("manual")
epoch_dag(manual)

undone = pipeline("undone")
epoch_dag(undone)
rollback_dag(undone)

daily = pipeline("daily")
epoch_dag(daily, schedule="0 0 * * *", start_date=datetime(2026, 1, 1, tzinfo=UTC), max_active_runs=9)

# the end keeps scheduled runs away: history is for backfills to fill
reworked = pipeline("reworked")
epoch_dag(
    reworked,
    schedule="0 0 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    end_date=datetime(2026, 6, 1, tzinfo=UTC),
)
promotion_dag(reworked)

hourly = pipeline("hourly", max_files=None, path_time="%Y-%m-%dT%H")
epoch_dag(
    hourly,
    schedule="0 * * * *",
    bound="interval",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    end_date=datetime(2026, 1, 1, 20, tzinfo=UTC),
)

with DAG("canary", schedule=None, is_paused_upon_creation=False):
    EmptyOperator(task_id="sing")

YEAR: dict[str, Any] = {"start_date": datetime(2026, 1, 1, tzinfo=UTC), "end_date": datetime(2026, 6, 1, tzinfo=UTC)}

# a killed task is not tried again
died = pipeline("died")
epoch_dag(died, retries=0)

process_done = pipeline("process_done")
epoch_dag(process_done)

for name in ("deleted", "run_failed", "run_done", "publish_failed", "publish_done"):
    gated(epoch_dag(pipeline(name)))

paused = pipeline("paused")
gated(epoch_dag(paused, schedule=timedelta(seconds=2)))

cancelled = pipeline("cancelled")
gated(epoch_dag(cancelled, schedule="0 0 * * *", **YEAR))
promotion_dag(cancelled)

capped = pipeline("capped", max_files=None)
epoch_dag(capped)

approved = pipeline("approved")
epoch_dag(approved)
rollback_dag(approved, approve=True)

typed = pipeline("typed")
epoch_dag(typed, schedule="0 0 * * *", **YEAR)

clicked = pipeline("clicked", max_files=None)
gated(epoch_dag(clicked))

filled = pipeline("filled")
epoch_dag(filled, schedule="0 0 * * *", **YEAR)
promotion_dag(filled)

history = pipeline("history", max_files=None, path_time="%Y-%m-%dT%H-%M-%S")
epoch_dag(
    history,
    schedule=timedelta(seconds=10),
    bound="interval",
    catchup=True,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    end_date=datetime(2026, 1, 1, 0, 0, 40, tzinfo=UTC),
)

seconds = pipeline("seconds", max_files=None, path_time="%Y-%m-%dT%H-%M-%S")
epoch_dag(seconds, schedule=timedelta(seconds=5), bound="interval")

for neighbour in NEIGHBOURS.values():
    epoch_dag(neighbour.definition(neighbour.kind, ROOT / neighbour.kind))
