"""The Airflow asset of a target table.

A URI ``hive://host:port/database/table`` needs a host, and a host is known only from a connection, which a DAG file
must not look up while it is parsed. The scheme ``x-tidegate`` is one of those that Airflow leaves as they are.
"""

from typing import Any

from airflow.sdk import Asset

from tidegate.api.schema import table_name
from tidegate.api.settings import Target
from tidegate.ports import EpochReport
from tidegate.protocol.partitions import partition_path
from tidegate.reports.epochs import PARTITION_NAMES, epoch_summary


def table_asset(name: str) -> Asset:
    """The asset of `database.table`: give it to `schedule=` to start a DAG when an epoch was sealed.

    Events come at least once per sealed epoch; an event's extra holds what `asset_extra` says.
    """
    database, table = table_name(name).split(".")
    return Asset(name=name, uri=f"x-tidegate://{database}/{table}", group="tidegate")


def asset_extra(report: EpochReport, target: Target | None) -> dict[str, Any]:
    """What an asset's event carries: the epoch, its counts over all tables, and what the asset's own table got.

    `partition_names` are Hive's names of the first touched partitions, in order; `partitions` is how many there are.
    An asset without a `target` is none of the pipeline's tables and has no such part.
    """
    row = epoch_summary(report.epoch)
    names = ("pipeline", "lane", "epoch", "generation", "rows_in", "rows_out", "keys_changed", "dead_lettered")
    touched = report.manifest.touched() if report.manifest else frozenset()
    extra = {
        **{name: row[name] for name in names},
        "kind": str(report.epoch.kind),
        "partitions": len(touched),
    }
    if target is None:
        return extra
    own = sorted(values for table, values in touched if table == target.name)
    columns = target.partition_schema.names
    extra["table"] = {
        "name": target.name,
        "rows_out": row["rows_out_by_table"].get(target.name, 0),
        "partitions": len(own),
        "partition_names": [partition_path(columns, values) for values in own[:PARTITION_NAMES]],
    }
    return extra
