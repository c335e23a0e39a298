"""A DAG by which people compare a lane with live, and let it take live's place."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import DAG, Context, Param
from airflow.sdk.exceptions import AirflowSkipException

from tidegate.api.pipeline import Definition
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lanes import Lanes
from tidegate.orchestration.by_hand import APPROVE, approval, dag_by_hand
from tidegate.orchestration.connections import Connections
from tidegate.orchestration.operators import AnnouncingOperator, EpochOperator, run_of
from tidegate.orchestration.params import LANE_PATTERN
from tidegate.reports.epochs import report_summary
from tidegate.reports.lanes import comparison_sentences, comparison_summary, promotion_sentence

COMPARE, PROMOTE = "compare", "promote"


def promotion_dag(
    pipeline: Definition,
    *,
    dag_id: str | None = None,
    connections: Connections | None = None,
    approve: bool = True,
    retries: int = 3,
    tags: Sequence[str] = ("tidegate",),
    **dag_kwargs: Any,
) -> DAG:
    """A DAG that is run by hand, with a form for `lane` and `output_only`: tasks `compare`, `approve` and `promote`.

    `compare` counts the rows that the promotion would add, remove and change; a person then says yes or no in Airflow,
    without holding a worker slot; `promote` swaps. A retry, or clearing a task, finishes what its run began.

    Args:
        pipeline: the complete declaration.
        dag_id: the pipeline's name with ``_promotion`` when left out.
        connections: the Airflow connections; by default those named ``tidegate_…``.
        approve: False promotes without asking.
        retries: how often a retryable failure is tried again.
        tags: shown in Airflow.
        dag_kwargs: anything else that Airflow's DAG takes. The DAG is not paused when it is new: it has no schedule.

    Raises:
        DefinitionError: `pipeline` is not complete.
    """
    with dag_by_hand(
        pipeline,
        "promotion",
        dag_id=dag_id,
        params=_form(),
        description=f"Compare a lane of {pipeline.name} with live, and let it take live's place",
        retries=retries,
        tags=tags,
        dag_kwargs=dag_kwargs,
    ) as dag:
        given: dict[str, Any] = {"definition": pipeline, "connections": connections or Connections()}
        compare = CompareOperator(task_id=COMPARE, **given)
        promote = PromoteOperator(task_id=PROMOTE, **given)
        if approve:
            compare.set_downstream(
                approval(f"Let lane {{{{ params.lane }}}} take the place of {pipeline.name}?", shows=COMPARE)
            )
            dag.get_task(APPROVE).set_downstream(promote)
        else:
            compare.set_downstream(promote)
    return dag


class CompareOperator(EpochOperator):
    """Says what a promotion of the lane would change now. Changes nothing."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Log the comparison and leave it in XCom."""
        name = context["params"]["lane"]

        def work(main: Coordinator) -> dict[str, Any]:
            lanes = Lanes(main)
            fork = lanes.find(name)
            return comparison_summary(name, lanes.compare(fork), changed=lanes.changed(fork))

        summary = self._coordinated(work)
        says = comparison_sentences(summary)
        for line in says:
            self.log.info("%s", line)
        return {**summary, "says": says}


class PromoteOperator(AnnouncingOperator):
    """Lets the lane take live's place, and announces all tables to Airflow's assets."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Promote. Asset events come at least once: `epoch` tells a repeated one. Skipped when nothing would change."""
        params, run = context["params"], run_of(context)
        report = self._coordinated(
            lambda main: Lanes(main).promote(run, params["lane"], output_only=params["output_only"])
        )
        says = promotion_sentence(params["lane"], report)
        if report is None:
            raise AirflowSkipException(says)
        self._announce(context, report)
        self.log.info("%s", says)
        return report_summary(report)


def _form() -> dict[str, Param]:
    return {
        "lane": Param(
            type="string",
            minLength=1,
            pattern=LANE_PATTERN,
            title="Lane",
            description="As `tidegate lanes` lists them.",
        ),
        "output_only": Param(
            default=False,
            type="boolean",
            title="Output only",
            description="Keep live's state, and do not catch up. For append tables, or a lane that has caught up.",
        ),
    }
