"""Goal: Airflow connections become endpoints without loss, and a wrong one says how to mend it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from tidegate.errors import ConfigurationError
from tidegate.orchestration import Connections
from tidegate.orchestration.connections import checkpoint_url, kafka_endpoint
from tidegate.services.airflow import connections
from tidegate.wiring import Endpoints, kafka_settings

Declare = Callable[..., None]


@pytest.mark.usefixtures("all_connections")
def test_endpoints_have_ports_and_quoted_passwords() -> None:
    found = Connections().endpoints()
    assert conninfo_to_dict(found.checkpoint) == {
        "host": "db",
        "port": "5432",
        "dbname": "ckpt",
        "user": "me@corp",
        "password": "p/w:@",
    }
    assert found.metastore == "thrift://hms:9083"
    assert found.hiveserver2 == "hive://hs2:10001/default?auth=NONE"
    assert found.spark == "sc://spark:15002"
    assert found.warehouse == "file:///wh"


@pytest.mark.usefixtures("all_connections")
def test_a_database_that_is_read_is_looked_up_when_it_is_wanted(connection: Declare) -> None:
    assert Connections().endpoints().database == ""
    with pytest.raises(ConfigurationError, match="there is no Airflow connection 'postgres_default'"):
        Connections().endpoints(database=True)
    connection("shop", conn_type="postgres", host="db", login="u", password="p/w", extra={"sslmode": "require"})
    found = Connections(database="shop").endpoints(database=True).database
    assert conninfo_to_dict(found) == {
        "host": "db",
        "port": "5432",
        "user": "u",
        "password": "p/w",
        "sslmode": "require",
    }


def told(connection: Declare, **fields: Any) -> dict[str, Any]:
    """What libpq makes of a connection of type postgres."""
    connection("tidegate_checkpoint", conn_type="postgres", **fields)
    return conninfo_to_dict(checkpoint_url())


@pytest.mark.parametrize(
    "extra",
    [
        {"options": "-c search_path=tidegate,public"},
        {"options": r"-c search_path=tidegate,\ public -c statement_timeout=5min"},
        {"application_name": "tide gate + Airflow % 100 & more"},
        {"sslmode": "verify-full", "sslrootcert": "/etc/our certs/it's \\ root+ca%20.pem"},
        {"application_name": "Gezeiten-Tor ≈"},
        {"application_name": ""},
        {"host": "db1,db2", "port": "5433,5434", "target_session_attrs": "read-write"},
        {"passfile": "/run/secrets/pg pass"},
    ],
)
def test_libpq_is_told_what_stands_in_the_extra(connection: Declare, extra: dict[str, Any]) -> None:
    known = {"host": "db", "port": "5432", "dbname": "tidegate", "user": "u", "password": "p"}
    assert told(connection, host="db", login="u", password="p", extra=extra) == known | extra


def test_numbers_truths_and_nulls_of_the_extra(connection: Declare) -> None:
    extra = {"connect_timeout": 3, "keepalives": False, "sslcompression": True, "sslmode": None}
    found = told(connection, host="db", extra=extra)
    assert {k: v for k, v in found.items() if k not in ("host", "port", "dbname")} == {
        "connect_timeout": "3",
        "keepalives": "0",
        "sslcompression": "1",
    }


@pytest.mark.parametrize("host", ["::1", "[::1]", "fe80::1%eth0", "/run/post gres", "db1,db2", "a'b"])
def test_any_host_reaches_libpq(connection: Declare, host: str) -> None:
    found = told(connection, host=host, port=5433, schema="a/b?c d@e", login="ü:@", password=" '\\p%20w+")
    assert found == {
        "host": host.strip("[]"),
        "port": "5433",
        "dbname": "a/b?c d@e",
        "user": "ü:@",
        "password": " '\\p%20w+",
    }


def test_what_the_hook_keeps_for_itself_is_left_out(connection: Declare) -> None:
    extra = {"cursor": "realdictcursor", "sqlalchemy_query": {"a": "b"}, "aws_conn_id": "x", "iam": False}
    assert told(connection, host="db", extra=extra) == {"host": "db", "port": "5432", "dbname": "tidegate"}


def test_a_connection_as_a_uri(monkeypatch: pytest.MonkeyPatch) -> None:
    uri = "postgres://u:p%40@db:5433/ckpt?options=-c%20search_path%3Dx&application_name=a%2Bb+c&cursor=dictcursor"
    monkeypatch.setenv("AIRFLOW_CONN_TIDEGATE_CHECKPOINT", uri)
    assert conninfo_to_dict(checkpoint_url()) == {
        "host": "db",
        "port": "5433",
        "dbname": "ckpt",
        "user": "u",
        "password": "p@",
        "options": "-c search_path=x",
        "application_name": "a+b c",
    }


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"sslmod": "require"}, "'sslmod', which libpq does not know"),
        ({"sslmode": ["require"]}, "'sslmode' as a list"),
        ({"application_name": "a\0b"}, "'application_name' as a str that libpq cannot take"),
        ({"iam": True}, "'iam', but tidegate fetches no tokens"),
        ({"azure_conn_id": "azure"}, "'azure_conn_id', but tidegate fetches no tokens"),
    ],
)
def test_an_extra_that_libpq_cannot_take_is_named(connection: Declare, extra: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'tidegate_checkpoint' has (the extra )?{says}"):
        told(connection, host="db", extra=extra)


@pytest.mark.usefixtures("all_connections")
@pytest.mark.parametrize(
    ("extra", "query"),
    [
        ({}, "auth=NONE"),
        ({"auth_mechanism": "PLAIN"}, "auth=NONE"),
        ({"auth_mechanism": "NOSASL"}, "auth=NOSASL"),
        ({"authMechanism": "LDAP"}, "auth=LDAP"),
        ({"auth_mechanism": "KERBEROS"}, "auth=KERBEROS&kerberos_service_name=hive"),
        ({"auth_mechanism": "GSSAPI", "kerberos_service_name": "hs"}, "auth=KERBEROS&kerberos_service_name=hs"),
    ],
)
def test_hiveserver2_authentication(connection: Declare, extra: dict[str, Any], query: str) -> None:
    connection("tidegate_hiveserver2", conn_type="hiveserver2", host="hs2", login="u", password="p w", extra=extra)
    assert Connections().endpoints().hiveserver2 == f"hive://u:p%20w@hs2:10000/default?{query}"


@pytest.mark.usefixtures("all_connections")
def test_ipv6_everywhere(connection: Declare) -> None:
    for name, kind in (("metastore", "hive_metastore"), ("hiveserver2", "hiveserver2"), ("spark", "spark_connect")):
        connection(f"tidegate_{name}", conn_type=kind, host="::1", extra={"warehouse": "file:///wh"})
    found = Connections().endpoints()
    assert found.metastore == "thrift://[::1]:9083"
    assert found.hiveserver2 == "hive://[::1]:10000/default?auth=NONE"
    assert found.spark == "sc://[::1]:15002"


@pytest.mark.parametrize(
    "given",
    [
        Endpoints(
            "postgresql://me%40corp:p%2Fw%3A@db:5433/ck%20pt?sslmode=require&options=-c%20search_path%3Da",
            "thrift://hms:9083",
            "hive://u%40x:p%2Fw@hs2:10001/my%20db?auth=LDAP",
            "sc://spark:15002/;use_ssl=true;user_id=me;token=t%3Bk%20",
            "hdfs://nn/wh",
        ),
        Endpoints(
            "host='::1' port=5433 dbname=x user=u password='it''s' application_name='a b'".replace("''s", "\\'s"),
            "thrift://[::1]:9083",
            "hive://[::1]:10000/default?auth=KERBEROS&kerberos_service_name=hs",
            "sc://[::1]:15002",
            "file:///w h",
        ),
    ],
)
def test_services_of_ones_own_reach_the_embedded_airflow_as_they_are(
    monkeypatch: pytest.MonkeyPatch, given: Endpoints
) -> None:
    for variable, value in connections(given).items():
        monkeypatch.setenv(variable, value)
    found = Connections().endpoints()
    assert conninfo_to_dict(found.checkpoint) == conninfo_to_dict(given.checkpoint)
    assert replace(found, checkpoint="") == replace(given, checkpoint="")


@pytest.mark.parametrize("given", ["b:9092,c:9092", '{"bootstrap.servers": "b:9092", "sasl.password": "p w"}'])
def test_brokers_of_ones_own_reach_the_embedded_airflow(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    endpoints = Endpoints("postgresql://d/c", "thrift://h:1", "hive://h:1/d", "sc://s:1", "file:///w", given)
    monkeypatch.setenv("AIRFLOW_CONN_KAFKA_DEFAULT", connections(endpoints)["AIRFLOW_CONN_KAFKA_DEFAULT"])
    assert kafka_settings(kafka_endpoint()) == kafka_settings(given)
    assert "AIRFLOW_CONN_KAFKA_DEFAULT" not in connections(replace(endpoints, kafka=""))


@pytest.mark.usefixtures("all_connections")
def test_spark_token_and_tls(connection: Declare) -> None:
    connection(
        "tidegate_spark", conn_type="spark_connect", host="sc://s", login="u", password="t;k", extra={"use_ssl": "true"}
    )
    assert Connections().endpoints().spark == "sc://s:15002/;use_ssl=true;user_id=u;token=t%3Bk"


@pytest.mark.usefixtures("all_connections")
def test_the_warehouse_may_stand_at_hiveserver2(connection: Declare) -> None:
    connection("tidegate_metastore", conn_type="hive_metastore", host="hms")
    connection("tidegate_hiveserver2", conn_type="hiveserver2", host="h", extra={"warehouse": "hdfs://n/wh"})
    assert Connections().endpoints().warehouse == "hdfs://n/wh"


@pytest.mark.usefixtures("all_connections")
def test_no_warehouse_says_where_to_put_it(connection: Declare) -> None:
    connection("tidegate_metastore", conn_type="hive_metastore", host="hms")
    with pytest.raises(ConfigurationError, match=r"'tidegate_metastore'.*\"warehouse\""):
        Connections().endpoints()


@pytest.mark.usefixtures("all_connections")
def test_a_missing_connection_gives_the_command_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_TIDEGATE_SPARK")
    with pytest.raises(ConfigurationError) as e:
        Connections().endpoints()
    assert "airflow connections add tidegate_spark --conn-type spark_connect --conn-host HOST" in str(e.value)


@pytest.mark.usefixtures("all_connections")
def test_a_wrong_type_names_connection_type_and_need(connection: Declare) -> None:
    connection("mine", conn_type="mysql", host="db")
    with pytest.raises(ConfigurationError, match=r"'mine' has type 'mysql', but tidegate needs 'postgres'"):
        Connections(checkpoint="mine").endpoints()


@pytest.mark.usefixtures("all_connections")
def test_a_connection_without_host_is_refused(connection: Declare) -> None:
    connection("tidegate_spark", conn_type="spark_connect")
    with pytest.raises(ConfigurationError, match="'tidegate_spark' has no host"):
        Connections().endpoints()
