"""The first stage of an epoch: each task reads some pieces of the planned slices."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from tidegate.adapters.reading import Reading
from tidegate.errors import TidegateError
from tidegate.runtime.events import PLACED
from tidegate.runtime.task_failures import classified


@dataclass(frozen=True)
class SparkReading(Reading):
    """The reading as rows of a DataFrame; it is shipped to the tasks of the stage.

    A row says its place by two columns: `SLICE`, the number of its piece in the order of events, and `ORDER`, its place
    in the piece.
    """

    def rows(self, session: SparkSession) -> DataFrame:
        """The source's columns as `spark_types`, then the place; one task for each group. Nothing is read yet."""
        tasks = len(self.groups)
        return session.range(0, tasks, 1, tasks).mapInArrow(partial(read_pieces, self), from_arrow_schema(self.schema))

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows: a moment has the one unit that Spark has."""
        return pa.schema([*spark_types(self.reader.schema), *PLACED])


def read_pieces(reading: SparkReading, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
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


def spark_types(schema: pa.Schema) -> pa.Schema:
    """The schema with the one unit of moments that Spark has. Every column may be null: Spark would not look."""
    return pa.schema([pa.field(f.name, _spark_type(f.type)) for f in schema])


def _spark_type(dtype: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(dtype):
        return pa.timestamp("us", tz=dtype.tz)
    if pa.types.is_list(dtype):
        return pa.list_(_spark_type(dtype.value_type))
    if pa.types.is_map(dtype):
        return pa.map_(_spark_type(dtype.key_type), _spark_type(dtype.item_type))
    if pa.types.is_struct(dtype):
        return pa.struct([pa.field(f.name, _spark_type(f.type)) for f in dtype])
    return dtype
