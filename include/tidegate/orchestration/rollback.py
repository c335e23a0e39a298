"""A DAG by which people bring a pipeline back to an earlier epoch, and forward again."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import DAG, BaseXCom, Context, Param

from tidegate.api.pipeline import Definition
from tidegate.engine.rollback import plan_rollback, roll_back
from tidegate.orchestration.by_hand import APPROVE, approval, dag_by_hand
from tidegate.orchestration.connections import Connections
from tidegate.orchestration.operators import AnnouncingOperator, EpochOperator, run_of
from tidegate.reports.epochs import report_summary
from tidegate.reports.rollbacks import forward_again, rollback_sentences, rollback_summary, rolled_back_sentence

PLAN, ROLLBACK = "plan", "rollback"


def rollback_dag(
    pipeline: Definition,
    *,
    dag_id: str | None = None,
    connections: Connections | None = None,
    approve: bool = False,
    retries: int = 3,
    tags: Sequence[str] = ("tidegate",),
    **dag_kwargs: Any,
) -> DAG:
    """A DAG that is run by hand: tasks `plan` and `rollback`, with a form for `to_epoch`, `allow_gap` and `dry_run`.

    Pause the pipeline's own DAG first: its next run processes the source again. A retry or a cleared task finishes the
    rollback that its run began; a run of its own goes forward again.

    Args:
        pipeline: the complete declaration.
        dag_id: the pipeline's name with ``_rollback`` when left out.
        connections: the Airflow connections; by default those named ``tidegate_…``.
        approve: ask a person between `plan` and `rollback`. Then `dry_run` is off by default; else it is on, so that
            the first run shows what would happen, and a forgotten field changes nothing.
        retries: how often a retryable failure is tried again.
        tags: shown in Airflow.
        dag_kwargs: anything else that Airflow's DAG takes. The DAG is not paused when it is new: it has no schedule.

    Raises:
        DefinitionError: `pipeline` is not complete.
    """
    with dag_by_hand(
        pipeline,
        "rollback",
        dag_id=dag_id,
        params=_form(dry_run=not approve),
        description=f"Bring {pipeline.name} back to an earlier epoch, or forward again",
        retries=retries,
        tags=tags,
        dag_kwargs=dag_kwargs,
    ) as dag:
        given: dict[str, Any] = {"definition": pipeline, "connections": connections or Connections()}
        plan = PlanRollbackOperator(task_id=PLAN, **given)
        rollback = RollbackOperator(task_id=ROLLBACK, **given)
        if approve:
            plan.set_downstream(approval(f"Bring {pipeline.name} back to epoch {{{{ params.to_epoch }}}}?", shows=PLAN))
            dag.get_task(APPROVE).set_downstream(rollback)
        else:
            plan.set_downstream(rollback)
    return dag


class PlanRollbackOperator(EpochOperator):
    """Says what the rollback would change. Changes nothing; skips what follows in a dry run."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Log the plan and leave it in XCom."""
        params = context["params"]
        summary = self._coordinated(
            lambda c: rollback_summary(plan_rollback(c, params["to_epoch"], allow_gap=params["allow_gap"]))
        )
        summary["says"] = rollback_sentences(summary)
        for line in summary["says"]:
            self.log.info("%s", line)
        if params["dry_run"]:
            # `skip` ends the task by an exception that means success, so the value is not pushed by itself
            context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=summary)
            self.log.info("A dry run: nothing was changed. To go back, run this DAG again without `dry_run`")
            self.skip(ti=context["ti"], tasks=self.downstream_list)
        return summary


class RollbackOperator(AnnouncingOperator):
    """Goes back, and announces all tables to Airflow's assets."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Leave the pipeline behind epoch `to_epoch`. Asset events come at least once: `epoch` tells a repeated one."""
        to_epoch, allow_gap = context["params"]["to_epoch"], context["params"]["allow_gap"]
        run = run_of(context)
        report = self._coordinated(lambda c: roll_back(c, run, to_epoch=to_epoch, allow_gap=allow_gap))
        self.log.info("%s", rolled_back_sentence(report.epoch, to_epoch))
        self.log.info("To go forward again: `to_epoch` %d", forward_again(report.epoch))
        summary = report_summary(report) | {"restores": to_epoch}
        names = ("pipeline", "epoch", "generation", "lane", "restores", "partitions")
        for asset in self.outlets:
            context["outlet_events"][asset].extra = {name: summary[name] for name in names}
        return summary


def _form(*, dry_run: bool) -> dict[str, Param]:
    return {
        "to_epoch": Param(
            type="integer",
            minimum=0,
            title="To epoch",
            description="A sealed epoch, as the page Browse → tidegate lists them; 0 is before the first.",
        ),
        "allow_gap": Param(
            default=False,
            type="boolean",
            title="Allow a gap",
            description="Go back even when a slice of the source that must then be read again is gone or has changed.",
        ),
        "dry_run": Param(
            default=dry_run,
            type="boolean",
            title="Dry run",
            description="Only show the plan: what the tables, the state and the source position would become.",
        ),
    }
