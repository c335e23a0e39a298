"""The part of an epoch that Spark plans: read exactly the range, transform, hash, shuffle, sort.

A row is placed by two columns that it carries from the start, its piece and its place in it. A transform that selects
columns by name leaves them out: then each piece is a partition of its own, whose number tells it, for no transform may
move rows between partitions.
"""

import re
from collections import Counter

from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  (Spark's own convention)
from pyspark.sql.pandas.types import to_arrow_schema

from tidegate.adapters.spark.failures import said
from tidegate.adapters.spark.hashing import bucket_of, key_hash
from tidegate.adapters.spark.reading import SparkReading, spark_types
from tidegate.api.pipeline import Definition
from tidegate.errors import DefinitionError, UserFunctionError
from tidegate.runtime.events import BUCKET, HASH, ORDER, SLICE, TIMESTAMP

_ROW = "_tidegate_row"
_MOVES_ROWS = re.compile(r"^\W*(?:\*\(\d+\) )?(Exchange|Coalesce|Union|CartesianProduct)\b", re.MULTILINE)
"""Operators, which begin a line of a plan, behind which a partition is not a piece. A broadcast's exchange has a longer
name; a user's text may have these words too."""


def placed(session: SparkSession, definition: Definition, reading: SparkReading) -> tuple[DataFrame, SparkReading]:
    """The rows behind the transforms with `SLICE` and `ORDER`, and the reading that they come from."""
    rows = reading.rows(session)
    if not definition.stream.transforms:
        return rows, reading
    rows = _transformed(definition, rows)
    if {SLICE, ORDER} <= set(rows.columns):
        return rows, reading
    reading = reading.apart()
    rows = _transformed(definition, reading.rows(session))
    last = definition.stream.transforms[-1]
    plan = rows._explain_string(mode="simple")  # type: ignore[operator]  # taken for a column: it is not public
    if moves := _MOVES_ROWS.search(plan):
        raise DefinitionError(
            f"{last.line}: {definition.name}: the transform moves rows between partitions ({moves[1]}), so the "
            f"order of events is lost; keep the columns {SLICE!r} and {ORDER!r}, or broadcast the small side of a join"
        )
    return rows.withColumn(SLICE, F.spark_partition_id()).withColumn(ORDER, F.monotonically_increasing_id()), reading


def _transformed(definition: Definition, rows: DataFrame) -> DataFrame:
    """Apply the user's transforms and check the columns that they leave."""
    for transform in definition.stream.transforms:
        try:
            rows = transform.fn(rows)
            rows.isLocal()  # makes Spark look at the plan here: the client tells a schema without
        except AnalysisException as e:
            raise DefinitionError(f"{transform.line}: {definition.name}: Spark refuses the transform: {said(e)}") from e
        except PySparkException:
            raise  # told apart by Spark's own classes
        except Exception as e:
            raise UserFunctionError(
                f"{transform.line}: {definition.name}: the transform raised {type(e).__name__}: {e}"
            ) from e
    expected = spark_types(definition.stream.schema)
    last = definition.stream.transforms[-1]
    found = spark_types(to_arrow_schema(rows.schema, timezone="UTC"))
    times = Counter(found.names)
    wrong = [f"{n} is missing" for n in expected.names if n not in times]
    wrong += [f"{n} is there {times[n]} times" for n in expected.names if times[n] > 1]
    wrong += [
        f"{f.name} is {found.field(f.name).type}, not {f.type}"
        for f in expected
        if times[f.name] == 1 and found.field(f.name).type != f.type
    ]
    if wrong:
        raise DefinitionError(
            f"{last.line}: {definition.name}: the transform does not leave the declared columns: {'; '.join(wrong)}. "
            f"It leaves: {', '.join(f'{f.name} {f.type}' for f in found)}"
        )
    return rows


def keyed(definition: Definition, rows: DataFrame) -> DataFrame:
    """Events by bucket, each bucket sorted by key hash, key and place in the source.

    The rows that a transform makes of one event have its position; `monotonically_increasing_id`, which grows along a
    partition, keeps their order.
    """
    hashes = key_hash(definition.key)
    timestamps = definition.stream.timestamps
    ts: list[Column] = [F.unix_millis(timestamps.column).alias(TIMESTAMP)] if timestamps else []
    buckets = definition.pipeline.buckets
    events = rows.select(
        *definition.stream.schema.names,
        *ts,
        hashes.alias(HASH),
        bucket_of(hashes, buckets).alias(BUCKET),
        SLICE,
        ORDER,
        F.monotonically_increasing_id().alias(_ROW),
    )
    events = events.repartitionById(buckets, BUCKET).sortWithinPartitions(HASH, *definition.key, SLICE, ORDER, _ROW)
    return events.drop(ORDER, _ROW)
