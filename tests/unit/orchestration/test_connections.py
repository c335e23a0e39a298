"""Goal: Airflow connections become endpoints without loss, and a wrong one says how to mend it."""

from urllib.parse import unquote, urlsplit

import pytest

from tidegate.errors import ConfigurationError
from tidegate.orchestration import Connections


@pytest.mark.usefixtures("all_connections")
def test_endpoints_have_ports_and_quoted_passwords():
    found = Connections().endpoints()
    assert found.checkpoint == "postgresql://me%40corp:p%2Fw%3A%40@db:5432/ckpt"
    assert unquote(urlsplit(found.checkpoint).password or "") == "p/w:@"
    assert found.metastore == "thrift://hms:9083"
    assert found.hiveserver2 == "hive://hs2:10001/default?auth=NONE"
    assert found.spark == "sc://spark:15002"
    assert found.warehouse == "file:///wh"


def test_checkpoint_extras_become_url_parameters(connection):
    from tidegate.orchestration.connections import checkpoint_url

    connection("tidegate_checkpoint", conn_type="postgres", host="::1", port=5433, extra={"sslmode": "require"})
    assert checkpoint_url() == "postgresql://[::1]:5433/tidegate?sslmode=require"


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
def test_hiveserver2_authentication(connection, extra, query):
    connection("tidegate_hiveserver2", conn_type="hiveserver2", host="hs2", login="u", password="p w", extra=extra)
    assert Connections().endpoints().hiveserver2 == f"hive://u:p%20w@hs2:10000/default?{query}"


@pytest.mark.usefixtures("all_connections")
def test_spark_token_and_tls(connection):
    connection(
        "tidegate_spark", conn_type="spark_connect", host="sc://s", login="u", password="t;k", extra={"use_ssl": "true"}
    )
    assert Connections().endpoints().spark == "sc://s:15002/;use_ssl=true;user_id=u;token=t%3Bk"


@pytest.mark.usefixtures("all_connections")
def test_the_warehouse_may_stand_at_hiveserver2(connection):
    connection("tidegate_metastore", conn_type="hive_metastore", host="hms")
    connection("tidegate_hiveserver2", conn_type="hiveserver2", host="h", extra={"warehouse": "hdfs://n/wh"})
    assert Connections().endpoints().warehouse == "hdfs://n/wh"


@pytest.mark.usefixtures("all_connections")
def test_no_warehouse_says_where_to_put_it(connection):
    connection("tidegate_metastore", conn_type="hive_metastore", host="hms")
    with pytest.raises(ConfigurationError, match=r"'tidegate_metastore'.*\"warehouse\""):
        Connections().endpoints()


@pytest.mark.usefixtures("all_connections")
def test_a_missing_connection_gives_the_command_to_run(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_TIDEGATE_SPARK")
    with pytest.raises(ConfigurationError) as e:
        Connections().endpoints()
    assert "airflow connections add tidegate_spark --conn-type spark_connect --conn-host HOST" in str(e.value)


@pytest.mark.usefixtures("all_connections")
def test_a_wrong_type_names_connection_type_and_need(connection):
    connection("mine", conn_type="mysql", host="db")
    with pytest.raises(ConfigurationError, match=r"'mine' has type 'mysql', but tidegate needs 'postgres'"):
        Connections(checkpoint="mine").endpoints()


@pytest.mark.usefixtures("all_connections")
def test_a_connection_without_host_is_refused(connection):
    connection("tidegate_spark", conn_type="spark_connect")
    with pytest.raises(ConfigurationError, match="'tidegate_spark' has no host"):
        Connections().endpoints()
