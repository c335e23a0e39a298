"""The part of an epoch that Spark plans: read exactly the range, transform, hash, shuffle, sort.

A row is placed by two columns that it carries from the start, its piece and its place in it. A transform that selects
columns by name leaves them out: then each piece is a partition of its own, whose number tells it, for no transform may
move rows between partitions.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import reduce

from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  (Spark's own convention)
from pyspark.sql.pandas.types import to_arrow_schema

from tidegate.adapters.spark.failures import said
from tidegate.adapters.spark.hashing import bucket_of, key_hash
from tidegate.adapters.spark.reading import SparkReading, spark_types
from tidegate.api.graph import Input
from tidegate.api.pipeline import Definition
from tidegate.errors import DefinitionError, UserFunctionError
from tidegate.runtime.events import BUCKET, HASH, ORDER, SLICE, TIMESTAMP

_ROW = "_tidegate_row"
_MOVES_ROWS = re.compile(r"^\W*(?:\*\(\d+\) )?(Exchange|Coalesce|Union|CartesianProduct)\b", re.MULTILINE)
"""Operators, which begin a line of a plan, behind which a partition is not a piece. A broadcast's exchange has a longer
name; a user's text may have these words too."""


def events_of(
    session: SparkSession, definition: Definition, readings: Sequence[SparkReading]
) -> tuple[DataFrame, list[SparkReading]]:
    """The events of an operator, as its tasks get them, and the readings that they come from.

    Those of several inputs are side by side in one stage: each has the tasks of its own reading.
    """
    inputs = {i.of.uid: i for i in definition.operator.inputs}
    found = [_placed(session, definition, inputs[reading.source], reading) for reading in readings]
    events = (_located(definition, inputs[reading.source], rows) for rows, reading in found)
    return _keyed(definition, reduce(lambda one, other: one.union(other), events)), [reading for _, reading in found]


def _placed(
    session: SparkSession, definition: Definition, input_: Input, reading: SparkReading
) -> tuple[DataFrame, SparkReading]:
    """The rows of an input behind the transforms with `SLICE` and `ORDER`, and the reading that they come from."""
    rows = reading.rows(session)
    if not input_.transforms:
        return rows, reading
    rows = _transformed(definition, input_, rows)
    if {SLICE, ORDER} <= set(rows.columns):
        return rows, reading
    reading = reading.apart()
    rows = _transformed(definition, input_, reading.rows(session))
    last = input_.transforms[-1]
    plan = rows._explain_string(mode="simple")  # type: ignore[operator]  # taken for a column: it is not public
    if moves := _MOVES_ROWS.search(plan):
        raise DefinitionError(
            f"{last.line}: {definition.name}: the transform moves rows between partitions ({moves[1]}), so the "
            f"order of events is lost; keep the columns {SLICE!r} and {ORDER!r}, or broadcast the small side of a join"
        )
    piece = F.spark_partition_id() + reading.first
    return rows.withColumn(SLICE, piece).withColumn(ORDER, F.monotonically_increasing_id()), reading


def _transformed(definition: Definition, input_: Input, rows: DataFrame) -> DataFrame:
    """Apply the user's transforms and check the columns that they leave."""
    for transform in input_.transforms:
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
    expected = spark_types(input_.schema)
    last = input_.transforms[-1]
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


def _located(definition: Definition, input_: Input, rows: DataFrame) -> DataFrame:
    """The operator's columns, in its order, with time, hash and bucket, and all that says a row's place.

    The rows that a transform makes of one event have its position; `monotonically_increasing_id`, which grows along a
    partition, keeps their order.
    """
    hashes = key_hash(definition.key)
    timestamps = input_.timestamps
    ts: list[Column] = [F.unix_millis(timestamps.column).alias(TIMESTAMP)] if timestamps else []
    return rows.select(
        *definition.operator.events.names,
        *ts,
        hashes.alias(HASH),
        bucket_of(hashes, definition.pipeline.buckets).alias(BUCKET),
        SLICE,
        ORDER,
        F.monotonically_increasing_id().alias(_ROW),
    )


def _keyed(definition: Definition, events: DataFrame) -> DataFrame:
    """Events by bucket, each bucket sorted by key hash, key and place in the input."""
    buckets = definition.pipeline.buckets
    events = events.repartitionById(buckets, BUCKET).sortWithinPartitions(HASH, *definition.key, SLICE, ORDER, _ROW)
    return events.drop(ORDER, _ROW)
