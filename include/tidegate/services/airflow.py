"""A real Airflow beside the embedded services: for the demo, for a person to click through, and for tests."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services import postgres
from tidegate.services.model import HOST, Settings
from tidegate.wiring import Endpoints

PROCESSES: dict[str, tuple[str, ...]] = {
    "airflow-api-server": ("api-server",),
    "airflow-scheduler": ("scheduler",),
    "airflow-dag-processor": ("dag-processor",),
}
USER = "admin"

_PRELOADED = (
    *("airflow", "airflow.executors.local_executor", "pyspark.sql.connect.session", "pyspark.sql.connect.observation"),
    *("pyarrow.parquet", "psycopg", "hmsclient.hmsclient", "pyhive.hive", "tidegate.wiring"),
    "tidegate.adapters.spark.processor",
)
"""Modules that the executor's fork server imports once: a task then starts without seconds of imports."""


def executable() -> str:
    """The `airflow` command of this Python."""
    found = Path(sys.executable).parent / "airflow"
    if not found.exists():
        raise ConfigurationError("Airflow is not installed beside this Python: pip install 'tidegate[airflow]'")
    return str(found)


def environment(home: Path, settings: Settings, endpoints: Endpoints, dags_folder: Path | None) -> dict[str, str]:
    """Airflow's settings: tuned for short tasks, loopback only, PostgreSQL (backfills refuse SQLite)."""
    folder = home / "airflow"
    database = postgres.url(settings, "airflow")
    core = {
        "CORE__DAGS_FOLDER": str(dags_folder or Path.cwd() / "dags"),
        "CORE__PLUGINS_FOLDER": str(Path.cwd() / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "8",
        "CORE__MP_START_METHOD": "forkserver",
        "CORE__MP_FORKSERVER_PRELOAD": ",".join(_PRELOADED),
        "CORE__FERNET_KEY": settings.secrets["fernet_key"],
        "CORE__INTERNAL_API_SECRET_KEY": settings.secrets["internal_secret"],
        "CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{settings.port('airflow')}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "DATABASE__SQL_ALCHEMY_CONN": database.replace("postgresql://", "postgresql+psycopg://"),
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": database.replace("postgresql://", "postgresql+psycopg://"),
        "API__HOST": HOST,
        "API__PORT": str(settings.port("airflow")),
        "API__WORKERS": "1",
        "API__BASE_URL": f"http://{HOST}:{settings.port('airflow')}",
        "API__SECRET_KEY": settings.secrets["internal_secret"],
        "API_AUTH__JWT_SECRET": settings.secrets["jwt_secret"],
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
        "LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    return {
        "AIRFLOW_HOME": str(folder),
        "TIDEGATE_HOME": str(home),
        "PYTHONWARNINGS": "ignore",
        **{f"AIRFLOW__{name}": value for name, value in core.items()},
        **connections(endpoints),
    }


def connections(endpoints: Endpoints) -> dict[str, str]:
    """The endpoints as Airflow connections in environment variables."""
    return {
        "AIRFLOW_CONN_TIDEGATE_CHECKPOINT": _connection("postgres", endpoints.checkpoint),
        "AIRFLOW_CONN_TIDEGATE_METASTORE": _connection(
            "hive_metastore", endpoints.metastore, {"warehouse": endpoints.warehouse}
        ),
        "AIRFLOW_CONN_TIDEGATE_HIVESERVER2": _connection("hiveserver2", endpoints.hiveserver2),
        "AIRFLOW_CONN_TIDEGATE_SPARK": _connection("spark_connect", endpoints.spark),
    }


def _connection(conn_type: str, url: str, extra: dict[str, str] | None = None) -> str:
    parts = urlsplit(url)
    fields = {
        "conn_type": conn_type,
        "host": parts.hostname,
        "port": parts.port,
        "login": parts.username,
        "password": parts.password,
        "schema": parts.path.strip("/") or None,
        "extra": extra,
    }
    return json.dumps({k: v for k, v in fields.items() if v is not None})


def prepare(home: Path, settings: Settings, variables: dict[str, str]) -> None:
    """Make Airflow's folder, password file and database."""
    folder = home / "airflow"
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / "passwords.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        json.dump({USER: settings.secrets["airflow_password"]}, f)
    done = subprocess.run(
        [executable(), "db", "migrate"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UnavailableError(f"`airflow db migrate` failed:\n{(done.stdout + done.stderr)[-3000:]}")
