"""Compaction: the rows of several partitions of an append table, in order, into one file.

Held in memory is one batch of rows.
"""

from dataclasses import dataclass
from uuid import uuid4

import pyarrow as pa

from tidegate.protocol.model import DataFile, StagedPartition
from tidegate.runtime.formats import SUFFIX, TableFile, batches


@dataclass(frozen=True)
class Join:
    """One partition to make from some `files`, oldest first.

    `schema` is a serialized Arrow schema, `closed` as of `TableFile`.
    """

    table: str
    values: tuple[str, ...]
    location: str
    files: tuple[DataFile, ...]
    schema: bytes
    closed: str | None = None


def join(task: Join) -> StagedPartition:
    """Write the joined file. Raises DataDamagedError when a file is not as it was written."""
    schema = pa.ipc.read_schema(pa.py_buffer(task.schema))
    with TableFile(f"{task.location}/joined-{uuid4().hex}{SUFFIX}", schema, closed=task.closed) as joined:
        for file in task.files:
            for rows in batches(file, schema):
                joined.write(rows)
        return StagedPartition(task.table, task.values, task.location, (joined.close(),))
