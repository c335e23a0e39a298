"""The embedded default: PostgreSQL, a Hive metastore and Spark, on request Kafka and Airflow; they are watched, too."""

from tidegate.services.lifecycle import (
    airflow_environment,
    airflow_login,
    down,
    endpoints,
    kafka_bootstrap,
    status,
    up,
)
from tidegate.services.model import ServiceEvent, ServiceStatus
from tidegate.services.watcher import watch, watching

__all__ = [
    "ServiceEvent",
    "ServiceStatus",
    "airflow_environment",
    "airflow_login",
    "down",
    "endpoints",
    "kafka_bootstrap",
    "status",
    "up",
    "watch",
    "watching",
]
