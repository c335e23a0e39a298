"""Who may see what: everything that is taken from Airflow's API server, which is no public interface, in one place."""

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import get_user
from airflow.models.dag import DagModel

__all__ = ["BaseUser", "get_user", "may_read"]


def may_read(user: BaseUser, dag_id: str | None) -> bool:
    """True when the user may read the DAG; for None (no DAG ran the pipeline yet) when they may read DAGs at all."""
    details = DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id)) if dag_id else None
    return bool(get_auth_manager().is_authorized_dag(method="GET", details=details, user=user))
