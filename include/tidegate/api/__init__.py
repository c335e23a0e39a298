"""What a pipeline's author writes with: declarations, state, sources and sinks."""

from tidegate.api.after_sealed import Delete, Move
from tidegate.api.database import DatabaseSource
from tidegate.api.files import FileSource
from tidegate.api.formats import Avro, Csv, Debezium, Json, Parquet, Raw
from tidegate.api.function import Context, KeyedProcessFunction, Row
from tidegate.api.kafka import KafkaSource
from tidegate.api.pipeline import Definition, Pipeline, Stream
from tidegate.api.settings import HiveTable, Mode, Retention
from tidegate.api.state import ListState, MapState, ValueState
from tidegate.api.tables import HiveTableSource, TidegateSource

__all__ = [
    "Avro",
    "Context",
    "Csv",
    "DatabaseSource",
    "Debezium",
    "Definition",
    "Delete",
    "FileSource",
    "HiveTable",
    "HiveTableSource",
    "Json",
    "KafkaSource",
    "KeyedProcessFunction",
    "ListState",
    "MapState",
    "Mode",
    "Move",
    "Parquet",
    "Pipeline",
    "Raw",
    "Retention",
    "Row",
    "Stream",
    "TidegateSource",
    "ValueState",
]
