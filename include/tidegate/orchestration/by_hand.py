"""What the DAGs have in common that people run by hand, with a form, and a question before the deed."""

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import DAG, Param

from tidegate.api.pipeline import Definition
from tidegate.api.schema import fail
from tidegate.orchestration.dag import DEFAULT_START, TASK_DEFAULTS

APPROVE = "approve"


def dag_by_hand(
    pipeline: Definition,
    verb: str,
    *,
    dag_id: str | None,
    params: Mapping[str, Param],
    description: str,
    retries: int,
    tags: Sequence[str],
    dag_kwargs: dict[str, Any],
) -> DAG:
    """A DAG without a schedule and without tasks yet, named after the pipeline and what it does to it.

    Raises DefinitionError when `pipeline` is not complete.
    """
    if not isinstance(pipeline, Definition):
        raise fail(f"{verb}_dag takes a complete pipeline (end it with .sink(…)), not {type(pipeline).__name__}")
    default_args = {**TASK_DEFAULTS, "retries": retries, **dag_kwargs.pop("default_args", {})}
    return DAG(
        dag_id=dag_id or f"{pipeline.name}_{verb}",
        schedule=None,
        start_date=DEFAULT_START,
        catchup=False,
        tags=list(tags),
        default_args=default_args,
        params=dict(params),
        **{"max_active_runs": 1, "is_paused_upon_creation": False, "description": description, **dag_kwargs},
    )


def approval(subject: str, *, shows: str) -> Any:
    """Task `approve`: ask a person, who sees the sentences `says` that task `shows` left in XCom."""
    from airflow.providers.standard.operators.hitl import ApprovalOperator  # noqa: PLC0415  (not every DAG file's)

    return ApprovalOperator(
        task_id=APPROVE,
        subject=subject,
        body=f"{{% for sentence in ti.xcom_pull(task_ids='{shows}').says %}}- {{{{ sentence }}}}\n{{% endfor %}}",
    )
