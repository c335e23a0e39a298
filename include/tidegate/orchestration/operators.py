"""The two tasks of an epoch.

Both are thin: the coordinator decides everything from the checkpoint table, so a retry, a clear or a second run can
come at any moment. XCom carries numbers for people, never anything that the next task depends on.

States in the grid:

- no new input: `process` is green (it looked at the source), `publish` is skipped. An empty interval shows at a
  glance, the run succeeds, and the skipped task is never started.
- a dry run: `process` is green, its log and XCom hold the plan, `publish` is skipped.
- another run is at work on the pipeline (LeaseHeldError): the task is rescheduled, which costs no try and no worker
  slot, and looks again a few seconds later. It waits as long as the other one lives: a dead one's lease expires.
- the run's epoch is sealed already, and the run was cleared or is reprocessed by a backfill: see `reprocessing`.
- superseded (FencedError): the task is skipped. A newer attempt has taken the epoch over and reports for it; failing
  here would turn a run red whose epoch is being sealed. When the newer attempt is a retry of the same task, Airflow
  refuses the older one's report anyway.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from airflow.sdk import BaseOperator, BaseXCom, Context, SkipMixin
from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException

from tidegate.api.pipeline import Definition
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.planning import EpochPlan, look_ahead
from tidegate.errors import FencedError, LeaseHeldError, TidegateError
from tidegate.orchestration.assets import asset_extra, table_asset
from tidegate.orchestration.connections import Connections
from tidegate.orchestration.params import RunParams, params_of
from tidegate.orchestration.reprocessing import process_again, process_range, publish_again, sealed_before
from tidegate.orchestration.retries import EpochRetryPolicy, explain
from tidegate.ports import EpochReport
from tidegate.protocol.intervals import Bound
from tidegate.protocol.ledger import Limit
from tidegate.protocol.model import LaneId, Run, Status
from tidegate.reports.epochs import NO_INPUT, ON_LANE, report_summary, sentence
from tidegate.reports.owners import owner_of_run
from tidegate.reports.plans import DRY_RUN, plan_lines, plan_summary

PROCESS, PUBLISH = "process", "publish"

_LEASE_WAIT_S = 2.0
"""A worker slot is held no longer than this for another run: most epochs are over by then."""

_LOOK_AGAIN = timedelta(seconds=5)

_Result = TypeVar("_Result")


class EpochOperator(BaseOperator, SkipMixin):
    """Runs a part of one epoch for the Airflow run that it belongs to.

    Args:
        definition: the pipeline. It stays in the DAG file's process: Airflow serialises only its own fields.
        connections: the Airflow connections to use.
    """

    shallow_copy_attrs: ClassVar[Sequence[str]] = ("definition", "connections")  # type: ignore[misc]
    ui_color = "#dbeafe"

    def __init__(self, *, definition: Definition, connections: Connections, **kwargs: Any) -> None:
        kwargs.setdefault("retry_policy", EpochRetryPolicy())
        super().__init__(**kwargs)
        self.definition = definition
        self.connections = connections

    def _coordinated(self, work: Callable[[Coordinator], _Result]) -> _Result:
        """Do `work` with a coordinator on real services; put a failure into one readable line."""
        from tidegate import wiring  # noqa: PLC0415  (database driver; not while a DAG file is parsed)

        try:
            with wiring.coordinator(
                self.definition,
                self.connections.endpoints(kafka=self.definition.reads_kafka, database=self.definition.reads_database),
                progress=self.log.info,
                lease_wait_s=_LEASE_WAIT_S,
            ) as coordinator:
                return work(coordinator)
        except LeaseHeldError as e:
            self.log.info("%s; this run looks again in %d s", e, _LOOK_AGAIN.total_seconds())
            raise AirflowRescheduleException(datetime.now(UTC) + _LOOK_AGAIN) from None  # type: ignore[no-untyped-call]
        except FencedError as e:
            raise AirflowSkipException(f"{e}; nothing is left to do here, the newer one finishes the epoch") from e
        except TidegateError as e:
            self.log.error("%s", explain(e))  # Airflow adds the traceback
            raise


class ProcessEpochOperator(EpochOperator):
    """Plans and stages the run's epoch; finishes first what an earlier run left behind.

    Args:
        bound: what ends the epoch's input.
        kwargs: as of `EpochOperator`.
    """

    def __init__(self, *, bound: Bound = Bound.AVAILABLE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bound = bound

    def execute(self, context: Context) -> dict[str, Any]:
        """Leave the run's epoch STAGED. Skips the downstream task when there is nothing to publish or to announce.

        A dry run says what the epoch would do, and changes nothing.
        """
        params = params_of(context)
        if params.dry_run:
            return self._dry_run(context, params)
        run = run_of(context)
        lane = LaneId(self.definition.name)

        def work(coordinator: Coordinator) -> EpochReport | dict[str, Any] | None:
            if params.resume and (resumed := coordinator.adapters.store.resume(lane)):
                self.log.info("%s is resumed", resumed)
            own = sealed_before(coordinator, run)
            if own is not None:
                return process_again(coordinator, run, own, lane=params.lane)
            if params.lane:
                return process_range(coordinator, run, params.lane, since=params.from_epoch, until=params.to_epoch)
            # without new input it is of what was finished on the way: tables changed, so `publish` must announce it
            return coordinator.process(run, bound=self.bound, limit=Limit(slices=params.max_slices))

        done = self._coordinated(work)
        if isinstance(done, EpochReport):
            summary = report_summary(done)
        else:
            summary = done or {"pipeline": lane.pipeline, "lane": lane.lane, "status": NO_INPUT}
        self.log.info("%s", sentence(summary))
        if isinstance(done, EpochReport) or (summary["status"] == ON_LANE and not params.lane):
            return summary
        return self._nothing_to_publish(context, summary)

    def _dry_run(self, context: Context, params: RunParams) -> dict[str, Any]:
        def work(coordinator: Coordinator) -> EpochPlan:
            return look_ahead(
                self.definition,
                coordinator.adapters,
                LaneId(self.definition.name),
                limit=Limit(slices=params.max_slices),
                until_ms=run_of(context).interval_end_ms if self.bound is Bound.INTERVAL else None,
            )

        plan = self._coordinated(work)
        for line in plan_lines(plan):
            self.log.info("%s", line)
        return self._nothing_to_publish(context, {**plan_summary(plan), "status": DRY_RUN})

    def _nothing_to_publish(self, context: Context, summary: dict[str, Any]) -> dict[str, Any]:
        # `skip` ends the task by an exception that means success, so the value is not pushed by itself
        context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=summary)
        self.log.info("Nothing to publish: `%s` is skipped", PUBLISH)
        self.skip(ti=context["ti"], tasks=self.downstream_list)
        return summary


class AnnouncingOperator(EpochOperator):
    """Changes the tables, and has their assets as outlets."""

    ui_color = "#dcfce7"

    def __init__(self, *, definition: Definition, connections: Connections, **kwargs: Any) -> None:
        kwargs.setdefault("outlets", [table_asset(target.name) for target in definition.all_targets])
        super().__init__(definition=definition, connections=connections, **kwargs)

    def _announce(self, context: Context, report: EpochReport) -> None:
        targets = {target.name: target for target in self.definition.all_targets}
        for asset in self.outlets:
            context["outlet_events"][asset].extra = asset_extra(report, targets.get(asset.name))


class PublishEpochOperator(AnnouncingOperator):
    """Swaps the partitions, seals the epoch and announces it to Airflow's assets."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Leave the run's epoch SEALED. Asset events come at least once: `epoch` tells a repeated one."""
        if params_of(context).dry_run:  # somebody cleared this task by itself
            raise AirflowSkipException(f"{self.definition.name}: a dry run has nothing to publish")
        run = run_of(context)
        report = self._coordinated(lambda coordinator: _publish(coordinator, run))
        if report is None:
            raise AirflowSkipException(f"{self.definition.name}: this run has no epoch to publish")
        summary = report_summary(report)
        self.log.info("%s", sentence(summary))
        if summary["status"] != Status.SEALED:  # somebody marked `process` as done by hand
            raise AirflowSkipException(f"{self.definition.name}: the epoch has no files yet; the next run finishes it")
        self._announce(context, report)
        return summary


def _publish(coordinator: Coordinator, run: Run) -> EpochReport | None:
    own = sealed_before(coordinator, run)
    if own is not None:
        return publish_again(coordinator, run, own)
    return coordinator.publish(run) or coordinator.head()


def run_of(context: Context) -> Run:
    """The identity of the Airflow run. A run id is stable over retries and clears; it is never taken apart."""
    dag_run = context["dag_run"]
    return Run(
        key=dag_run.run_id,
        owner=owner_of_run(dag_run.dag_id, dag_run.run_id),
        clear_number=dag_run.clear_number or 0,
        logical_date_ms=_milliseconds(dag_run.logical_date),
        interval_start_ms=_milliseconds(dag_run.data_interval_start),
        interval_end_ms=_milliseconds(dag_run.data_interval_end),
    )


def _milliseconds(moment: Any) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
