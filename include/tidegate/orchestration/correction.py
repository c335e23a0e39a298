"""A DAG by which people lead a pipeline out of a stop."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import DAG, Context, Param

from tidegate.api.pipeline import Definition
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.corrections import accept_gap, correct, give_up, skip
from tidegate.errors import RefusedError
from tidegate.orchestration.by_hand import dag_by_hand
from tidegate.orchestration.connections import Connections
from tidegate.orchestration.operators import EpochOperator, run_of
from tidegate.protocol.model import Run, Word
from tidegate.reports.corrections import correction_sentences, correction_summary, repaired_sentence

CORRECT = "correct"
GIVE_UP, SKIP, GAP, REPAIR = "give up", "skip", "accept a gap", "repair"


def correction_dag(
    pipeline: Definition,
    *,
    dag_id: str | None = None,
    connections: Connections | None = None,
    retries: int = 3,
    tags: Sequence[str] = ("tidegate",),
    **dag_kwargs: Any,
) -> DAG:
    """A DAG that is run by hand: task `correct`, with a form for `what`, `slices`, `source`, `reason` and `dry_run`.

    It gives a planned epoch up, skips slices of sources, accepts a gap, or repairs manifests and partitions, as
    `tidegate give-up`, `skip`, `gap` and `verify --repair` do. The pipeline's own DAG then goes on.

    Args:
        pipeline: the complete declaration.
        dag_id: the pipeline's name with ``_correction`` when left out.
        connections: the Airflow connections; by default those named ``tidegate_…``.
        retries: how often a retryable failure is tried again.
        tags: shown in Airflow.
        dag_kwargs: anything else that Airflow's DAG takes. The DAG is not paused when it is new: it has no schedule.

    Raises:
        DefinitionError: `pipeline` is not complete.
    """
    with dag_by_hand(
        pipeline,
        "correction",
        dag_id=dag_id,
        params=_form(),
        description=f"Lead {pipeline.name} out of a stop",
        retries=retries,
        tags=tags,
        dag_kwargs=dag_kwargs,
    ) as dag:
        CorrectionOperator(task_id=CORRECT, definition=pipeline, connections=connections or Connections())
    return dag


class CorrectionOperator(EpochOperator):
    """Makes the correction that the form asks for, or says what it would change."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Leave what was corrected in XCom. Repeating it is harmless."""
        params, run = context["params"], run_of(context)
        user = getattr(context["dag_run"], "triggering_user_name", None)
        word = Word(f"{user}, by {run.owner}" if user else run.owner, params["reason"])
        if (params["what"] == SKIP) != bool(params["slices"]):
            raise RefusedError("`slices` are for `what` = skip, which needs some: trigger the run again")
        summary = self._coordinated(lambda c: _correct(c, run, word, params))
        for line in summary["says"]:
            self.log.info("%s", line)
        return summary


def _correct(coordinator: Coordinator, run: Run, word: Word, params: Any) -> dict[str, Any]:
    name = coordinator.definition.name
    if params["what"] == REPAIR:
        if params["dry_run"]:
            return {"pipeline": name, "says": [f"{name}: nothing was repaired; `tidegate verify` says what is wrong"]}
        done = coordinator.repair(run)
        says = [f"{name}: {repaired_sentence(done)}"]
        return {"pipeline": name, "manifests": done.manifests, "partitions": done.partitions, "says": says}
    source = params["source"] or None
    plan = {SKIP: skip(params["slices"], source), GAP: accept_gap(source), GIVE_UP: give_up}[params["what"]]
    if params["dry_run"]:
        summary = correction_summary(coordinator.definition, plan(coordinator))
        return {
            **summary,
            "says": [*summary["missing"], *correction_sentences(summary), "A dry run: nothing was changed"],
        }
    summary = correction_summary(coordinator.definition, correct(coordinator, run, word, plan))
    return {**summary, "says": correction_sentences(summary)}


def _form() -> dict[str, Param]:
    return {
        "what": Param(
            type="string",
            enum=[GIVE_UP, SKIP, GAP, REPAIR],
            title="What",
            description="Give the planned epoch up and take changed slices as they are now; skip slices; go on "
            "without what a source does not have any more; or bring lost manifests and misplaced partitions back.",
        ),
        "slices": Param(
            default=[],
            type="array",
            items={"type": "string"},
            title="Slices",
            description="To skip: slices of sources that are not sealed yet, as errors name them (of a folder: "
            "paths of files), one a line.",
        ),
        "source": Param(
            default="",
            type="string",
            title="Source",
            description="The uid of the one that is meant, where slices or gaps could be of several.",
        ),
        "reason": Param(type="string", minLength=1, title="Reason", description="It stays on record, with this run."),
        "dry_run": Param(default=True, type="boolean", title="Dry run", description="Only show what would change."),
    }
