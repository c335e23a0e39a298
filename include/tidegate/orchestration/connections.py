"""From Airflow connections to endpoints.

Connections are looked up when a task runs, never while a DAG file is parsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowException, AirflowSecretsBackendAccessDenied

from tidegate.errors import ConfigurationError

if TYPE_CHECKING:
    from tidegate.wiring import Endpoints

DEFAULT_CHECKPOINT = "tidegate_checkpoint"

_EXAMPLES = {
    "postgres": "--conn-host HOST --conn-port 5432 --conn-schema tidegate --conn-login USER --conn-password PASSWORD",
    "hive_metastore": """--conn-host HOST --conn-port 9083 --conn-extra '{"warehouse": "file:///warehouse"}'""",
    "hiveserver2": "--conn-host HOST --conn-port 10000 --conn-schema default",
    "spark_connect": "--conn-host HOST --conn-port 15002",
}

_PORTS = {"postgres": 5432, "hive_metastore": 9083, "hiveserver2": 10000, "spark_connect": 15002}


@dataclass(frozen=True)
class Connections:
    """Which Airflow connections a pipeline uses.

    Args:
        checkpoint: type ``postgres``: the database of the checkpoint tables.
        metastore: type ``hive_metastore``; its extra ``warehouse`` is the URI of the folder for all data.
        hiveserver2: type ``hiveserver2``: HiveServer2 or the Spark Thrift Server. The extras ``auth_mechanism`` and
            ``kerberos_service_name`` mean what they mean to the Hive provider; ``warehouse`` may also stand here.
        spark: type ``spark_connect``, with the extras ``use_ssl`` and ``token``; a password is taken as the token.
    """

    checkpoint: str = DEFAULT_CHECKPOINT
    metastore: str = "tidegate_metastore"
    hiveserver2: str = "tidegate_hiveserver2"
    spark: str = "tidegate_spark"

    def endpoints(self) -> "Endpoints":
        """Look the connections up. Raises ConfigurationError that names the connection to add or to correct."""
        from tidegate.wiring import Endpoints  # noqa: PLC0415  (imports the database driver)

        metastore = find(self.metastore, "hive_metastore")
        hiveserver2 = find(self.hiveserver2, "hiveserver2")
        return Endpoints(
            checkpoint=checkpoint_url(self.checkpoint),
            metastore=f"thrift://{_address(metastore)}",
            hiveserver2=_hiveserver2_url(hiveserver2),
            spark=_spark_url(find(self.spark, "spark_connect")),
            warehouse=_warehouse(metastore, hiveserver2),
        )


def find(conn_id: str, conn_type: str) -> Connection:
    """The connection, when it is there and of the type. Raises ConfigurationError with what to do otherwise."""
    try:
        connection = BaseHook.get_connection(conn_id)
    except (AirflowException, AirflowSecretsBackendAccessDenied) as e:
        raise ConfigurationError(
            f"there is no Airflow connection {conn_id!r} ({e}). Add it: "
            f"airflow connections add {conn_id} --conn-type {conn_type} {_EXAMPLES[conn_type]}"
        ) from e
    if connection.conn_type != conn_type:
        raise ConfigurationError(
            f"the Airflow connection {conn_id!r} has type {connection.conn_type!r}, but tidegate needs {conn_type!r} "
            "here: change its type, or name another connection in Connections(…)"
        )
    if not connection.host:
        raise ConfigurationError(f"the Airflow connection {conn_id!r} has no host: fill it in")
    return connection


def checkpoint_url(conn_id: str = DEFAULT_CHECKPOINT) -> str:
    """The URL of the checkpoint database from a connection of type ``postgres``; its extras become URL parameters."""
    connection = find(conn_id, "postgres")
    extra = {k: v for k, v in connection.extra_dejson.items() if isinstance(v, str | int | float) and k != "__extra__"}
    return _url(
        "postgresql", _credentials(connection), _address(connection), connection.schema or DEFAULT_DATABASE, extra
    )


DEFAULT_DATABASE = "tidegate"


def _address(connection: Connection) -> str:
    host = str(connection.host)
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"  # IPv6
    if "/" in host:
        host = quote(host, safe="")  # a folder with a unix socket
    return f"{host}:{connection.port or _PORTS[str(connection.conn_type)]}"


def _credentials(connection: Connection) -> str:
    if not connection.login:
        return ""
    password = f":{quote(connection.password, safe='')}" if connection.password else ""
    return f"{quote(connection.login, safe='')}{password}@"


def _url(scheme: str, credentials: str, address: str, path: str, query: Mapping[str, Any]) -> str:
    parameters = f"?{urlencode(query)}" if query else ""
    return f"{scheme}://{credentials}{address}/{quote(path, safe='')}{parameters}"


def _hiveserver2_url(connection: Connection) -> str:
    extra = connection.extra_dejson
    # the same names, and the same silence about a mechanism, as in the Hive provider's hook
    auth = str(extra.get("auth_mechanism") or extra.get("authMechanism") or "NONE").upper()
    query = {"auth": {"PLAIN": "NONE", "GSSAPI": "KERBEROS"}.get(auth, auth)}
    if query["auth"] == "KERBEROS":
        query["kerberos_service_name"] = str(extra.get("kerberos_service_name") or "hive")
    return _url("hive", _credentials(connection), _address(connection), connection.schema or "default", query)


def _spark_url(connection: Connection) -> str:
    extra = connection.extra_dejson
    parameters = {
        "use_ssl": "true" if str(extra.get("use_ssl", "")).lower() in ("true", "1") else "",
        "user_id": connection.login or "",
        "token": str(extra.get("token") or connection.password or ""),
    }
    given = "".join(f";{name}={quote(value, safe='')}" for name, value in parameters.items() if value)
    host = str(connection.host).removeprefix("sc://")
    return f"sc://{host}:{connection.port or _PORTS['spark_connect']}/{given}".removesuffix("/")


def _warehouse(metastore: Connection, hiveserver2: Connection) -> str:
    for connection in (metastore, hiveserver2):
        if warehouse := connection.extra_dejson.get("warehouse"):
            return str(warehouse)
    raise ConfigurationError(
        f"the Airflow connection {metastore.conn_id!r} does not say where data lie: add to its extra "
        '{"warehouse": "file:///shared/warehouse"}, a folder that Spark, Hive and Airflow see under the same URI'
    )
