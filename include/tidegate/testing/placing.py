"""Rows with what a bucket's task asks of them: event time, the key's hash and its bucket; in the order of a task."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from tidegate.api.graph import Input
from tidegate.api.pipeline import Definition
from tidegate.runtime.events import BUCKET, HASH, ORDER, SLICE, TIMESTAMP
from tidegate.runtime.hashing import buckets_of, key_hashes

BATCH_ROWS = 16_384
"""Rows of a batch, as on Spark: how state is cut into blocks hangs on it."""
_ROW = "_tidegate_row"


def keyed(definition: Definition, input_: Input, rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows, which have an input's columns, `SLICE` and `ORDER`, with `TIMESTAMP`, `HASH` and `BUCKET`."""
    timestamps = input_.timestamps
    if timestamps is not None:
        rows = rows.append_column(TIMESTAMP, _milliseconds(rows.column(timestamps.column)))
    hashes = key_hashes([rows.column(k) for k in definition.key])
    buckets = buckets_of(hashes, definition.pipeline.buckets)
    return rows.append_column(HASH, pa.array(hashes)).append_column(BUCKET, pa.array(buckets))


def by_bucket(definition: Definition, events: pa.Table) -> Iterator[Iterator[pa.RecordBatch]]:
    """The events of each bucket that has some, in batches, sorted by key hash, key and place in the input."""
    numbered = events.append_column(_ROW, pa.array(range(events.num_rows), pa.int64()))
    order = [(name, "ascending") for name in (BUCKET, HASH, *definition.key, SLICE, ORDER, _ROW)]
    ordered = events.take(pc.sort_indices(numbered, sort_keys=order)).combine_chunks()
    for bucket in pc.unique(ordered.column(BUCKET)).to_pylist():
        of_bucket = ordered.filter(pc.equal(ordered.column(BUCKET), bucket)).combine_chunks()
        yield iter(of_bucket.to_batches(max_chunksize=BATCH_ROWS))


def _milliseconds(moments: pa.Array) -> pa.Array:
    """Whole milliseconds since 1970 UTC, rounded down."""
    naive = moments.cast(pa.timestamp("us"))
    return pc.floor_temporal(naive, unit="millisecond").cast(pa.timestamp("ms")).cast(pa.int64())
