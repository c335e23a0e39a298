"""Target tables in Hive: partitions through the metastore, DDL through HiveServer2."""

from tidegate.adapters.hive.metastore import metastore_answers
from tidegate.adapters.hive.sink import HiveSink

__all__ = ["HiveSink", "metastore_answers"]
