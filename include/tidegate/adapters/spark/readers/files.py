"""The first stage of an epoch over a folder: each task decodes some pieces of the planned files."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from tidegate.adapters.files.pieces import FilePieces
from tidegate.adapters.spark.readers.reading import spark_types
from tidegate.errors import TidegateError
from tidegate.runtime.events import PLACED
from tidegate.runtime.task_failures import classified


@dataclass(frozen=True)
class FileReading(FilePieces):
    """Implements `Reading` for files; it is shipped to the tasks of the stage."""

    def rows(self, session: SparkSession) -> DataFrame:
        """One task for each group; see `Reading`."""
        tasks = len(self.groups)
        return session.range(0, tasks, 1, tasks).mapInArrow(partial(read_pieces, self), from_arrow_schema(self.schema))

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows: a moment has the one unit that Spark has."""
        return pa.schema([*spark_types(self.source.schema), *PLACED])


def read_pieces(reading: FileReading, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The function that Spark calls once per task: numbers of groups in, rows out.

    What it raises is of tidegate's classes, by whose names `failures` knows them again.
    """
    schema = reading.schema
    try:
        for batch in batches:
            for group in batch.column("id").to_pylist():
                for rows in reading.read(group):
                    yield rows.cast(schema)
    except TidegateError:
        raise
    except Exception as e:
        raise classified(e, reading.subject) from e
