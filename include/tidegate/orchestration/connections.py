"""From Airflow connections to endpoints.

Connections are looked up when a task runs, never while a DAG file is parsed.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowException, AirflowSecretsBackendAccessDenied

from tidegate.errors import ConfigurationError

if TYPE_CHECKING:
    from tidegate.wiring import Endpoints

DEFAULT_CHECKPOINT = "tidegate_checkpoint"
DEFAULT_DATABASE = "tidegate"
DEFAULT_KAFKA = "kafka_default"

_EXAMPLES = {
    "postgres": "--conn-host HOST --conn-port 5432 --conn-schema tidegate --conn-login USER --conn-password PASSWORD",
    "hive_metastore": """--conn-host HOST --conn-port 9083 --conn-extra '{"warehouse": "file:///warehouse"}'""",
    "hiveserver2": "--conn-host HOST --conn-port 10000 --conn-schema default",
    "spark_connect": "--conn-host HOST --conn-port 15002",
    "kafka": """--conn-extra '{"bootstrap.servers": "HOST:9092"}'""",
}

_PORTS = {"postgres": 5432, "hive_metastore": 9083, "hiveserver2": 10000, "spark_connect": 15002}

_OF_THE_HOOK = frozenset(
    {
        *("cursor", "iam", "redshift", "redshift-serverless", "cluster-identifier", "workgroup-name", "aws_conn_id"),
        *("azure_conn_id", "sqlalchemy_scheme", "sqlalchemy_query"),
    }
)
"""Extras of a connection of type ``postgres`` that are Airflow's hook's own: its `ignored_extra_options`."""
_TOKENS = ("iam", "azure_conn_id")
"""Those of them that ask for a password from elsewhere."""


@dataclass(frozen=True)
class Connections:
    """Which Airflow connections a pipeline uses.

    Args:
        checkpoint: type ``postgres``: the database of the checkpoint tables.
        metastore: type ``hive_metastore``; its extra ``warehouse`` is the URI of the folder for all data.
        hiveserver2: type ``hiveserver2``: HiveServer2 or the Spark Thrift Server. The extras ``auth_mechanism`` and
            ``kerberos_service_name`` mean what they mean to the Hive provider; ``warehouse`` may also stand here.
        kafka: type ``kafka``, of the Kafka provider: its extra is librdkafka's settings, and a schema registry's. Only
            pipelines that read Kafka need it.
        database: type ``postgres``: the database of the tables that are read. Only pipelines with a DatabaseSource
            need it.
        spark: type ``spark_connect``, with the extras ``use_ssl`` and ``token``; a password is taken as the token.
    """

    checkpoint: str = DEFAULT_CHECKPOINT
    metastore: str = "tidegate_metastore"
    hiveserver2: str = "tidegate_hiveserver2"
    spark: str = "tidegate_spark"
    kafka: str = DEFAULT_KAFKA
    database: str = "postgres_default"

    def endpoints(self, *, kafka: bool = False, database: bool = False) -> "Endpoints":
        """Look the connections up, those of Kafka and of a database that is read only when they are wanted.

        Raises ConfigurationError that names the connection to add or to correct.
        """
        from tidegate.wiring import Endpoints  # noqa: PLC0415  (imports the database driver)

        metastore = find(self.metastore, "hive_metastore")
        hiveserver2 = find(self.hiveserver2, "hiveserver2")
        return Endpoints(
            checkpoint=checkpoint_url(self.checkpoint),
            metastore=f"thrift://{_address(metastore)}",
            hiveserver2=_hiveserver2_url(hiveserver2),
            spark=_spark_url(find(self.spark, "spark_connect")),
            warehouse=_warehouse(metastore, hiveserver2),
            kafka=kafka_endpoint(self.kafka) if kafka else "",
            database=_postgres_url(self.database, None) if database else "",
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
    if not connection.host and conn_type != "kafka":
        raise ConfigurationError(f"the Airflow connection {conn_id!r} has no host: fill it in")
    return connection


def checkpoint_url(conn_id: str = DEFAULT_CHECKPOINT) -> str:
    """The connection string of the checkpoint database from a connection of type ``postgres``.

    Extras reach libpq as they stand, and win over the fields, as in Airflow's hook. Those that the hook keeps for
    itself are left out.

    Raises:
        ConfigurationError: the connection is missing, or an extra is none of libpq's or asks for a token.
    """
    return _postgres_url(conn_id, DEFAULT_DATABASE)


def _postgres_url(conn_id: str, database: str | None) -> str:
    """As `checkpoint_url`; `database` is the one that a connection without a schema means, None is libpq's default."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415  (the database driver)

    connection = find(conn_id, "postgres")
    extra = connection.extra_dejson
    if asked := next((name for name in _TOKENS if extra.get(name)), None):
        raise ConfigurationError(
            f"the Airflow connection {conn_id!r} has the extra {asked!r}, but tidegate fetches no tokens: give login "
            "and password"
        )
    fields = {
        "host": _bare(str(connection.host)),
        "port": connection.port or _PORTS["postgres"],
        "dbname": connection.schema or database,
        "user": connection.login or None,
        "password": connection.password or None,
    }
    given = fields | {name: value for name, value in extra.items() if name not in _OF_THE_HOOK}
    return make_conninfo("", **{n: _for_libpq(conn_id, n, v) for n, v in given.items() if v is not None})


def _for_libpq(conn_id: str, name: str, value: Any) -> str:
    from psycopg import pq  # noqa: PLC0415  (the database driver)

    if name.encode() not in {option.keyword for option in pq.Conninfo.get_defaults()}:
        raise ConfigurationError(
            f"the Airflow connection {conn_id!r} has the extra {name!r}, which libpq does "
            "not know: correct or remove it"
        )
    if isinstance(value, bool):
        return str(int(value))  # libpq's way to say it
    if not isinstance(value, str | int | float) or "\0" in str(value):
        raise ConfigurationError(
            f"the Airflow connection {conn_id!r} has {name!r} as a {type(value).__name__} that libpq cannot take: "
            "give a text or a number"
        )
    return str(value)


def _address(connection: Connection) -> str:
    host = _bare(str(connection.host).removeprefix("sc://"))
    if ":" in host:
        host = f"[{host}]"
    return f"{host}:{connection.port or _PORTS[str(connection.conn_type)]}"


def _bare(host: str) -> str:
    """An IPv6 address without its brackets."""
    return host.removeprefix("[").removesuffix("]")


def _credentials(connection: Connection) -> str:
    if not connection.login:
        return ""
    password = f":{quote(connection.password, safe='')}" if connection.password else ""
    return f"{quote(connection.login, safe='')}{password}@"


def _hiveserver2_url(connection: Connection) -> str:
    extra = connection.extra_dejson
    # the same names, and the same silence about a mechanism, as in the Hive provider's hook
    auth = str(extra.get("auth_mechanism") or extra.get("authMechanism") or "NONE").upper()
    query = {"auth": {"PLAIN": "NONE", "GSSAPI": "KERBEROS"}.get(auth, auth)}
    if query["auth"] == "KERBEROS":
        query["kerberos_service_name"] = str(extra.get("kerberos_service_name") or "hive")
    database = quote(connection.schema or "default", safe="")
    return f"hive://{_credentials(connection)}{_address(connection)}/{database}?{urlencode(query)}"


def _spark_url(connection: Connection) -> str:
    extra = connection.extra_dejson
    parameters = {
        "use_ssl": "true" if str(extra.get("use_ssl", "")).lower() in ("true", "1") else "",
        "user_id": connection.login or "",
        "token": str(extra.get("token") or connection.password or ""),
    }
    given = "".join(f";{name}={quote(value, safe='')}" for name, value in parameters.items() if value)
    return f"sc://{_address(connection)}/{given}".removesuffix("/")


def kafka_endpoint(conn_id: str = DEFAULT_KAFKA) -> str:
    """The settings of a connection of the Kafka provider, less names of functions that only the provider resolves.

    Raises ConfigurationError when the connection is missing or names no brokers.
    """
    extra = find(conn_id, "kafka").extra_dejson
    if not extra.get("bootstrap.servers"):
        raise ConfigurationError(
            f"the Airflow connection {conn_id!r} has no bootstrap.servers in its extra: add it, as host:port"
        )
    return json.dumps({name: value for name, value in extra.items() if not name.endswith("_cb")})


def _warehouse(metastore: Connection, hiveserver2: Connection) -> str:
    for connection in (metastore, hiveserver2):
        if warehouse := connection.extra_dejson.get("warehouse"):
            return str(warehouse)
    raise ConfigurationError(
        f"the Airflow connection {metastore.conn_id!r} does not say where data lie: add to its extra "
        '{"warehouse": "file:///shared/warehouse"}, a folder that Spark, Hive and Airflow see under the same URI'
    )
