"""tidegate: exactly-once, stateful micro-batch epochs into Hive, run by Airflow on PySpark."""

from tidegate.api import (
    Context,
    Csv,
    Definition,
    FileSource,
    HiveTable,
    Json,
    KafkaSource,
    KeyedProcessFunction,
    ListState,
    MapState,
    Mode,
    Parquet,
    Pipeline,
    Retention,
    Row,
    Stream,
    ValueState,
)
from tidegate.version import __version__

__all__ = [
    "Context",
    "Csv",
    "Definition",
    "FileSource",
    "HiveTable",
    "Json",
    "KafkaSource",
    "KeyedProcessFunction",
    "ListState",
    "MapState",
    "Mode",
    "Parquet",
    "Pipeline",
    "Retention",
    "Row",
    "Stream",
    "ValueState",
    "__version__",
]
