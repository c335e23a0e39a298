"""The lease owner of an Airflow run, and back: by it people find the DAG of an epoch."""

from tidegate.protocol.model import Epoch


def owner_of_run(dag_id: str, run_id: str) -> str:
    """The lease owner of an Airflow run."""
    return f"airflow:{dag_id}:{run_id}"


def dag_id_of(epoch: Epoch) -> str | None:
    """The DAG whose run planned the epoch; None when it was not Airflow."""
    scheme, _, rest = epoch.run.owner.partition(":")
    dag_id, colon, _ = rest.partition(":")
    return dag_id if scheme == "airflow" and colon else None
