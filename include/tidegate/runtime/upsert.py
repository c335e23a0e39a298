"""Upsert: rewrite one partition so that each primary key keeps its latest row.

Changes of one epoch lie in files by bucket. A key is always in one bucket, and within a bucket changes stand in
source order, so the last of equal primary keys is the latest. Held in memory are the partition's changes of this
epoch and one batch of its old rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.protocol.model import DataFile, StagedPartition
from tidegate.runtime.conform import conform
from tidegate.runtime.locations import ChecksummedFile, open_checked

_ROW = "_tidegate_row"
_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Rewrite:
    """One partition to rewrite: `old` are its present files, none when it is new."""

    table: str
    values: tuple[str, ...]
    location: str
    changes: tuple[DataFile, ...]
    old: tuple[DataFile, ...]
    key: tuple[str, ...]


def rewrite(task: Rewrite) -> StagedPartition:
    """Write the partition's new file: the old rows without a change, in their order, then the changes.

    Raises DataDamagedError when a file is not as it was written.
    """
    changes = latest(pa.concat_tables([_read(file) for file in task.changes]), task.key)
    path = f"{task.location}/part-{uuid4().hex}.parquet"
    stream = ChecksummedFile(path)
    rows = changes.num_rows
    with pq.ParquetWriter(stream.sink, changes.schema, compression="zstd") as writer:
        for old in _old_batches(task, changes.schema):
            kept = without(old, changes, task.key)
            if kept.num_rows:
                writer.write_table(kept)
                rows += kept.num_rows
        writer.write_table(changes)
    file = DataFile(path, rows, *stream.close())
    return StagedPartition(task.table, task.values, task.location, (file,))


def latest(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    """The last row of each key, in order. Without key columns all rows are of one key."""
    if not key:
        return rows.slice(rows.num_rows - 1)
    numbered = rows.select(key).append_column(_ROW, pa.array(np.arange(rows.num_rows)))
    last = numbered.group_by(list(key)).aggregate([(_ROW, "max")]).column(f"{_ROW}_max")
    return rows.take(pa.array(np.sort(last.to_numpy()))).combine_chunks()


def without(old: pa.Table, changes: pa.Table, key: Sequence[str]) -> pa.Table:
    """The rows of `old` whose key is not in `changes`, in their order."""
    if not key:
        return old.slice(0, 0)
    numbered = old.select(key).append_column(_ROW, pa.array(np.arange(old.num_rows)))
    kept = numbered.join(changes.select(key), list(key), join_type="left anti").column(_ROW)
    return old.take(pa.array(np.sort(kept.to_numpy())))


def _read(file: DataFile) -> pa.Table:
    with open_checked(file.path, file.bytes, file.sha256) as source:
        return pq.ParquetFile(source).read()


def _old_batches(task: Rewrite, schema: pa.Schema) -> Iterator[pa.Table]:
    for file in task.old:
        with open_checked(file.path, file.bytes, file.sha256) as source:
            for batch in pq.ParquetFile(source).iter_batches(batch_size=_BATCH_ROWS, columns=schema.names):
                yield conform(batch, schema)
