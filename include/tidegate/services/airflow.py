"""A real Airflow beside the embedded services: for the demo, for a person to click through, and for tests."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services import postgres
from tidegate.services.model import HOST, Settings
from tidegate.wiring import Endpoints, kafka_settings

USER = "admin"
_ANSWER_S = 5.0

_PRELOADED = (
    *("airflow", "airflow.executors.local_executor", "pyspark.sql.connect.session", "pyspark.sql.connect.observation"),
    *("pyarrow.parquet", "psycopg", "pymetastore.hive_metastore.ThriftHiveMetastore", "pyhive.hive"),
    *("tidegate.wiring", "tidegate.adapters.spark.processor"),
)
"""Modules that the executor's fork server imports once: a task then starts without seconds of imports."""


def executable() -> str:
    """The `airflow` command of this Python."""
    found = Path(sys.executable).parent / "airflow"
    if not found.exists():
        raise ConfigurationError("Airflow is not installed beside this Python: pip install 'tidegate[airflow]'")
    return str(found)


def _says(component: str) -> Callable[[Settings], bool]:
    """Asks the api-server: a component is healthy while its last sign of life is young enough."""

    def healthy(settings: Settings) -> bool:
        body = _get(settings.port("airflow"), "/api/v2/monitor/health")
        return body is not None and json.loads(body).get(component, {}).get("status") == "healthy"

    return healthy


def _get(port: int, path: str) -> bytes | None:
    """What a server on this machine answers; None when it does not, or not as it should."""
    connection = HTTPConnection(HOST, port, timeout=_ANSWER_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read() if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR else None
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _log_server(settings: Settings) -> list[str]:
    """Serves the logs of running tasks to the api-server. Airflow's own command for that listens on all addresses."""
    address = ("--host", HOST, "--port", str(settings.port("airflow_logs")), "--no-access-log")
    return [sys.executable, "-m", "uvicorn", "--factory", "airflow.utils.serve_logs.log_server:get_app", *address]


@dataclass(frozen=True)
class Process:
    """One of Airflow's processes: its command, how to see that it works, and the name of its port if it listens."""

    command: Callable[[Settings], list[str]]
    healthy: Callable[[Settings], bool]
    port: str | None = None


PROCESSES: dict[str, Process] = {
    "airflow-api-server": Process(lambda _: [executable(), "api-server"], _says("metadatabase"), "airflow"),
    "airflow-scheduler": Process(lambda _: [executable(), "scheduler", "--skip-serve-logs"], _says("scheduler")),
    "airflow-dag-processor": Process(lambda _: [executable(), "dag-processor"], _says("dag_processor")),
    "airflow-logs": Process(_log_server, lambda s: _get(s.port("airflow_logs"), "/log/") is not None, "airflow_logs"),
}


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
        "CORE__HOSTNAME_CALLABLE": "tidegate.orchestration.loopback.hostname",
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
        "LOGGING__WORKER_LOG_SERVER_PORT": str(settings.port("airflow_logs")),
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
    """The endpoints as Airflow connections in environment variables: what `Connections.endpoints` reads back."""
    checkpoint = conninfo_to_dict(endpoints.checkpoint)
    fields = {"host": "host", "port": "port", "login": "user", "password": "password", "schema": "dbname"}
    postgres_fields = {field: checkpoint.pop(name, None) for field, name in fields.items()}
    metastore, hiveserver2, spark = map(urlsplit, (endpoints.metastore, endpoints.hiveserver2, endpoints.spark))
    options = dict(parse_qsl(hiveserver2.query))
    parameters = dict(p.partition("=")[::2] for p in spark.path.strip("/;").split(";") if p)
    kafka = kafka_settings(endpoints.kafka) if endpoints.kafka else None
    return {
        **({} if kafka is None else {"AIRFLOW_CONN_KAFKA_DEFAULT": _connection("kafka", {}, kafka)}),
        "AIRFLOW_CONN_TIDEGATE_CHECKPOINT": _connection("postgres", postgres_fields, checkpoint),
        "AIRFLOW_CONN_TIDEGATE_METASTORE": _connection(
            "hive_metastore", _fields(metastore), {"warehouse": endpoints.warehouse}
        ),
        "AIRFLOW_CONN_TIDEGATE_HIVESERVER2": _connection(
            "hiveserver2",
            {**_fields(hiveserver2), "schema": unquote(hiveserver2.path.strip("/"))},
            {"auth_mechanism": options.pop("auth", None), **options},
        ),
        "AIRFLOW_CONN_TIDEGATE_SPARK": _connection(
            "spark_connect",
            {**_fields(spark), "login": unquote(parameters.pop("user_id", ""))},
            {name: unquote(value) for name, value in parameters.items()},
        ),
    }


def _fields(parts: SplitResult) -> dict[str, Any]:
    return {
        "host": parts.hostname,
        "port": parts.port,
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }


def _connection(conn_type: str, fields: Mapping[str, Any], extra: Mapping[str, Any]) -> str:
    given = {name: value for name, value in fields.items() if value}
    return json.dumps({"conn_type": conn_type, **given, "extra": {k: v for k, v in extra.items() if v is not None}})


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
