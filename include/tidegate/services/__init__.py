"""The embedded default: PostgreSQL, a Hive metastore and Spark, started, watched and stopped by tidegate itself."""

from tidegate.services.lifecycle import airflow_environment, airflow_login, down, endpoints, status, up
from tidegate.services.model import ServiceEvent, ServiceStatus
from tidegate.services.watcher import watch, watching

__all__ = [
    "ServiceEvent",
    "ServiceStatus",
    "airflow_environment",
    "airflow_login",
    "down",
    "endpoints",
    "status",
    "up",
    "watch",
    "watching",
]
