"""tidegate: exactly-once, stateful micro-batch epochs into Hive, run by Airflow on PySpark."""

from tidegate.api import (
    Context,
    Definition,
    FileFormat,
    FileSource,
    HiveTable,
    KeyedProcessFunction,
    ListState,
    MapState,
    Mode,
    Pipeline,
    Retention,
    Row,
    Stream,
    ValueState,
)

__version__ = "0.1.0"

__all__ = [
    "Context",
    "Definition",
    "FileFormat",
    "FileSource",
    "HiveTable",
    "KeyedProcessFunction",
    "ListState",
    "MapState",
    "Mode",
    "Pipeline",
    "Retention",
    "Row",
    "Stream",
    "ValueState",
    "__version__",
]
