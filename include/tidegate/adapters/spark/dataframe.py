"""The part of an epoch that Spark plans: read exactly the range, transform, hash, shuffle, sort."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import pyarrow as pa
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql import functions as F  # noqa: N812  (Spark's own convention)
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from tidegate.adapters.spark.bucket import BUCKET, FILE, HASH, MALFORMED, TIMESTAMP
from tidegate.adapters.spark.failures import said
from tidegate.api.files import Csv, FileSource, Parquet
from tidegate.api.pipeline import Definition, Transform
from tidegate.errors import DefinitionError, InvariantViolationError, UserFunctionError

_PATH, _BLOCK, _ROW = "_tidegate_path", "_tidegate_block", "_tidegate_row"


@dataclass(frozen=True)
class Reading:
    """One read of a range.

    Args:
        raw: every row as read, with the malformed text in `MALFORMED` where the format can have one.
        observed: after an action: `rows_in` and `malformed`.
        rows: well-formed rows.
    """

    raw: DataFrame
    observed: Observation
    rows: DataFrame


def read(session: SparkSession, source: FileSource, paths: Sequence[str]) -> Reading:
    """Read files whole, with the declared schema; what does not fit it is kept as malformed text."""
    schema = from_arrow_schema(source.schema)
    can_be_malformed = not isinstance(source.format, Parquet)
    if can_be_malformed:
        schema = schema.add(MALFORMED, "string")
    reader = session.read.schema(schema).option("pathGlobFilter", "*").options(**_options(source))
    raw = reader.format(source.dialect.word).load([_literal_glob(p) for p in paths])
    observed = Observation("tidegate_read")
    malformed = F.count(MALFORMED) if can_be_malformed else F.lit(0).cast("long")
    metrics = [malformed.alias("malformed")]
    if can_be_malformed:
        # Spark parses only columns that are used. Whether a row is malformed must not hang on what the transform
        # keeps, so this metric, which nobody reads, uses them all.
        missing = reduce(or_, (F.col(name).isNull() for name in source.schema.names))
        metrics.append(F.count_if(F.col(MALFORMED).isNotNull() & missing).alias("incomplete"))
    rows = raw.observe(observed, F.count(F.lit(1)).alias("rows_in"), *metrics)
    if can_be_malformed:
        rows = rows.filter(F.col(MALFORMED).isNull()).drop(MALFORMED)
    return Reading(raw, observed, rows)


def _options(source: FileSource) -> dict[str, str]:
    if isinstance(source.format, Parquet):
        return {}
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": MALFORMED, "timeZone": "UTC"}
    if isinstance(source.format, Csv):
        options |= {"header": "true", "enforceSchema": "false", "nullValue": source.format.nulls[0]}
    return options


def _literal_glob(path: str) -> str:
    """Spark expands globs in paths: say each special character by itself."""
    return "".join(f"[{c}]" if c in "*?[{" else c for c in path)


def transformed(definition: Definition, rows: DataFrame) -> DataFrame:
    """Apply the user's transforms and check the columns that they leave."""
    for transform in definition.stream.transforms:
        try:
            rows = transform.fn(rows)
        except Exception as e:
            raise _failed(definition, transform, e) from e
    expected = definition.stream.schema
    last = definition.stream.transforms[-1] if definition.stream.transforms else None
    try:
        found = to_arrow_schema(rows.schema, timezone="UTC")
    except AnalysisException as e:
        raise _failed(definition, last, e) from e
    wrong = [f"{n} is missing" for n in expected.names if n not in found.names]
    wrong += [
        f"{f.name} is {found.field(f.name).type}, not {f.type}"
        for f in expected
        if f.name in found.names and not _same(found.field(f.name).type, f.type)
    ]
    if wrong and last is not None:
        raise DefinitionError(
            f"{last.line}: {definition.name}: the transform does not leave the declared columns: {'; '.join(wrong)}. "
            f"It leaves: {', '.join(f'{f.name} {f.type}' for f in found)}"
        )
    return rows.select(*expected.names, *(F.col(f"_metadata.{m}").alias(n) for m, n in _METADATA.items()))


_METADATA = {"file_path": _PATH, "file_block_start": _BLOCK}


def _failed(definition: Definition, transform: Transform | None, error: Exception) -> Exception:
    line = transform.line if transform else definition.line
    if isinstance(error, AnalysisException):
        return DefinitionError(f"{line}: {definition.name}: Spark refuses the transform: {said(error)}")
    return UserFunctionError(f"{line}: {definition.name}: the transform raised {type(error).__name__}: {error}")


def _same(found: pa.DataType, declared: pa.DataType) -> bool:
    if pa.types.is_timestamp(declared):
        return bool(pa.types.is_timestamp(found)) and found.tz is not None
    return bool(found == declared)


def keyed(definition: Definition, rows: DataFrame, ranks: DataFrame) -> DataFrame:
    """Events by bucket, each bucket sorted by key hash, key and source position.

    The position of an event is (file in the log, split in the file, row in the split). `monotonically_increasing_id`
    grows along a split, so together they are the order in which the events stand in the source, however Spark packs
    splits into tasks.
    """
    key_hash = F.xxhash64(*definition.key)
    timestamps = definition.stream.timestamps
    ts: list[Column] = [F.unix_millis(timestamps.column).alias(TIMESTAMP)] if timestamps else []
    placed = rows.withColumn(_ROW, F.monotonically_increasing_id()).join(F.broadcast(ranks), _PATH, "left")
    buckets = definition.pipeline.buckets
    events = placed.select(
        *definition.stream.schema.names,
        *ts,
        key_hash.alias(HASH),
        F.pmod(key_hash, F.lit(buckets)).cast("int").alias(BUCKET),
        FILE,
        _BLOCK,
        _ROW,
    )
    events = events.repartitionById(buckets, BUCKET).sortWithinPartitions(HASH, *definition.key, FILE, _BLOCK, _ROW)
    return events.drop(_BLOCK, _ROW)


def file_ranks(session: SparkSession, spark_paths: Sequence[str]) -> DataFrame:
    """A small table from Spark's name of each file to its place in the epoch's range."""
    table = pa.table({_PATH: list(spark_paths), FILE: pa.array(range(len(spark_paths)), pa.int32())})
    return session.createDataFrame(table)


def spark_path(path: str) -> str:
    """`_metadata.file_path` of a local file: a URI as java.io.File.toURI spells it."""
    if not path.startswith("/"):
        raise InvariantViolationError(f"{path} is not an absolute path")
    return "file:" + "".join(_uri_char(c) for c in path)


def _uri_char(c: str) -> str:
    # java.net.URI quotes what is not "legal" or "other" in RFC 2396; other (non-ASCII) characters stay as they are.
    if c.isalnum() or not c.isascii() or c in "/_-!.~'()*,;:$&+=@":
        return c
    return "".join(f"%{b:02X}" for b in c.encode())
