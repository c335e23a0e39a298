"""Upsert: rewrite one partition so that each primary key keeps its latest row.

Changes of one epoch lie in files by bucket. A key is always in one bucket, and within a bucket changes stand in
source order, so the last of equal primary keys is the latest. Held in memory are the partition's changes of this
epoch and one batch of its old rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import pyarrow as pa

from tidegate.protocol.model import DataFile, StagedPartition
from tidegate.runtime.formats import SUFFIX, TableFile, batches, whole

_ROW = "_tidegate_row"


@dataclass(frozen=True)
class Rewrite:
    """One partition to rewrite: `old` are its present files, none when it is new. `closed`: see `TableFile`."""

    table: str
    values: tuple[str, ...]
    location: str
    changes: tuple[DataFile, ...]
    old: tuple[DataFile, ...]
    key: tuple[str, ...]
    closed: str | None = None


def rewrite(task: Rewrite) -> StagedPartition:
    """Write the partition's new file: the old rows without a change, in their order, then the changes.

    Raises DataDamagedError when a file is not as it was written.
    """
    changes = latest(pa.concat_tables([whole(file) for file in task.changes]), task.key)
    with TableFile(f"{task.location}/part-{uuid4().hex}{SUFFIX}", changes.schema, closed=task.closed) as made:
        for file in task.old:
            for old in batches(file, changes.schema):
                kept = without(old, changes, task.key)
                if kept.num_rows:
                    made.write(kept)
        made.write(changes)
        return StagedPartition(task.table, task.values, task.location, (made.close(),))


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
