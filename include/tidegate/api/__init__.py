"""What a pipeline's author writes with: declarations, state, sources and sinks."""

from tidegate.api.function import Context, KeyedProcessFunction, Row
from tidegate.api.pipeline import Definition, Pipeline, Stream
from tidegate.api.settings import FileFormat, FileSource, HiveTable, Mode, Retention
from tidegate.api.state import ListState, MapState, ValueState

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
]
