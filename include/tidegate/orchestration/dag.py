"""From a pipeline to a DAG."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable, DeltaDataIntervalTimetable

from tidegate.api.pipeline import Definition
from tidegate.api.schema import fail
from tidegate.orchestration.connections import Connections
from tidegate.orchestration.operators import PROCESS, PUBLISH, ProcessEpochOperator, PublishEpochOperator
from tidegate.orchestration.params import declared
from tidegate.protocol.intervals import Bound

DEFAULT_START = datetime(2024, 1, 1, tzinfo=UTC)

TASK_DEFAULTS: dict[str, Any] = {
    # an epoch is short, so the first retry comes soon; a service that is down for minutes is still waited for
    "retry_delay": timedelta(seconds=3),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=2),
}


def epoch_dag(
    pipeline: Definition,
    schedule: Any = None,
    *,
    bound: Bound | str = Bound.AVAILABLE,
    start_date: datetime | None = None,
    catchup: bool = False,
    dag_id: str | None = None,
    connections: Connections | None = None,
    retries: int = 3,
    tags: Sequence[str] = ("tidegate",),
    **dag_kwargs: Any,
) -> DAG:
    """A DAG whose every run is one epoch of `pipeline`: tasks `process` and `publish`.

    Args:
        pipeline: the complete declaration.
        schedule: a timedelta or cron text, in UTC, makes contiguous data intervals (so that a backfill has intervals
            to fill); None runs on demand; a timetable or assets are taken as they are.
        bound: what ends a run's input, beside the sources' limits. "available" takes what has arrived. "interval" takes
            what is left from before the end of the run's data interval, however old; it needs each source's `path_time`
            or `event_time`, and a schedule whose intervals follow each other, such as a timedelta or cron text.
        start_date: the earliest interval; needed with `catchup=True`.
        catchup: False takes everything since the last epoch in the next run; True makes one run per missed interval,
            each of which takes the oldest input that is left, within the sources' limits and `bound`.
        dag_id: the pipeline's name when left out.
        connections: the Airflow connections; by default those named ``tidegate_…``.
        retries: how often a retryable failure is tried again. A failure that needs a person is never retried.
        tags: shown in Airflow.
        dag_kwargs: anything else that Airflow's DAG takes. `max_active_runs` is 1 by default, to spare runs that would
            only wait: the lease in the checkpoint table serialises epochs in any case. `params` are added to those that
            every run has; see `RunParams`.

    Raises:
        DefinitionError: `pipeline` is not complete, catchup has no start_date, or `bound` is unknown or the
            source tells no time.
    """
    if not isinstance(pipeline, Definition):
        raise fail(f"epoch_dag takes a complete pipeline (end it with .sink(…)), not {type(pipeline).__name__}")
    if catchup and start_date is None:
        raise fail(f"epoch_dag({pipeline.name}): catchup=True needs a start_date, the first interval to make up for")
    bound = _checked(bound, pipeline)
    default_args = {**TASK_DEFAULTS, "retries": retries, **dag_kwargs.pop("default_args", {})}
    with DAG(
        dag_id=dag_id or pipeline.name,
        schedule=timetable(schedule),
        start_date=start_date or DEFAULT_START,
        catchup=catchup,
        tags=list(tags),
        default_args=default_args,
        **{
            "max_active_runs": 1,
            "params": {**declared(), **dag_kwargs.pop("params", {})},
            "doc_md": describe(pipeline, bound),
            "description": f"Epochs of {pipeline.name} into {', '.join(t.name for t in pipeline.targets)}",
            **dag_kwargs,
        },
    ) as dag:
        given: dict[str, Any] = {"definition": pipeline, "connections": connections or Connections()}
        process = ProcessEpochOperator(task_id=PROCESS, bound=bound, **given)
        publish = PublishEpochOperator(task_id=PUBLISH, **given)
        process.set_downstream(publish)
    return dag


def _checked(bound: Bound | str, pipeline: Definition) -> Bound:
    try:
        bound = Bound(bound)
    except ValueError:
        raise fail(f"epoch_dag({pipeline.name}): bound {bound!r} is not one of {', '.join(Bound)}") from None
    untold = [uid for uid, source in pipeline.sources.items() if not source.tells_time]
    if bound is Bound.INTERVAL and untold:
        raise fail(
            f"epoch_dag({pipeline.name}): bound='interval' needs sources that tell time, which {untold[0]!r} does not: "
            "FileSource(path_time=…) says how a file's path tells the time of its data, or for Parquet "
            "FileSource(event_time=…)"
        )
    return bound


def timetable(schedule: Any) -> Any:
    """Contiguous data intervals for a timedelta or cron text; anything else as it is.

    Airflow makes a bare timedelta or cron text into a timetable of empty intervals, so the class is named here.
    """
    if isinstance(schedule, timedelta):
        return DeltaDataIntervalTimetable(schedule)
    if isinstance(schedule, str) and schedule not in ("@once", "@continuous"):
        return CronDataIntervalTimetable(schedule, timezone="UTC")
    return schedule


_TAKES = {
    Bound.AVAILABLE: "what has arrived since the last epoch",
    Bound.INTERVAL: "what is left from before the end of its data interval",
}


def describe(pipeline: Definition, bound: Bound = Bound.AVAILABLE) -> str:
    """The DAG's documentation in Markdown."""
    rows = [
        *(("Source", source.describe()) for source in pipeline.sources.values()),
        ("A run takes", _TAKES[bound]),
        ("Key", ", ".join(f"`{c}`" for c in pipeline.key)),
        ("Function", f"`{type(pipeline.function).__name__}`"),
        *((f"Table, {t.mode}", f"`{t.name}`") for t in pipeline.all_targets),
        ("Buckets", str(pipeline.pipeline.buckets)),
        ("Declared at", f"`{pipeline.line}`"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"**{pipeline.name}**: one epoch per run.\n\n| | |\n| --- | --- |\n{table}\n"
