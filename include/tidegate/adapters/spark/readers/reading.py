"""What every reader gives: rows that carry their place from the start, and what was met on the way."""

from typing import Protocol, Self

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from tidegate.runtime.spec import Report


class Reading(Protocol):
    """The reading of one epoch's slices.

    A row says its place by two columns: `SLICE`, the number of its piece in the order of events, and `ORDER`, its place
    in the piece. A piece is a slice or a part of one: what one task reads by itself.
    """

    @property
    def keys(self) -> tuple[str, ...]:
        """For each number in `SLICE` the key of the slice."""

    def rows(self, session: SparkSession) -> DataFrame:
        """The rows: the source's columns as `spark_types`, then `SLICE` and `ORDER`. Nothing is read yet."""

    def apart(self) -> Self:
        """The same with a partition for each piece, under the number of the piece."""

    def reports(self) -> list[Report]:
        """What was read, once the rows have been: one report for each task that must have been."""


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
