"""The Airflow asset of a target table.

A URI ``hive://host:port/database/table`` needs a host, and a host is known only from a connection, which a DAG file
must not look up while it is parsed. The scheme ``x-tidegate`` is one of those that Airflow leaves as they are.
"""

from airflow.sdk import Asset

from tidegate.api.schema import table_name


def table_asset(name: str) -> Asset:
    """The asset of `database.table`: give it to `schedule=` to start a DAG when an epoch was sealed.

    Events come at least once per sealed epoch; an event's extra holds what `summary.asset_extra` says.
    """
    database, table = table_name(name).split(".")
    return Asset(name=name, uri=f"x-tidegate://{database}/{table}", group="tidegate")
