"""Compaction: the rows of several partitions of an append table, in order, into one file.

Held in memory is one batch of rows.
"""

from dataclasses import dataclass
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.protocol.model import DataFile, StagedPartition
from tidegate.runtime.conform import conform
from tidegate.runtime.locations import ChecksummedFile, open_checked

_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Join:
    """One partition to make from some `files`, oldest first. `schema` is a serialized Arrow schema."""

    table: str
    values: tuple[str, ...]
    location: str
    files: tuple[DataFile, ...]
    schema: bytes


def join(task: Join) -> StagedPartition:
    """Write the joined file. Raises DataDamagedError when a file is not as it was written."""
    schema = pa.ipc.read_schema(pa.py_buffer(task.schema))
    path = f"{task.location}/joined-{uuid4().hex}.parquet"
    stream = ChecksummedFile(path)
    rows = 0
    with pq.ParquetWriter(stream.sink, schema, compression="zstd") as writer:
        for file in task.files:
            with open_checked(file.path, file.bytes, file.sha256) as opened:
                for batch in pq.ParquetFile(opened).iter_batches(batch_size=_BATCH_ROWS, columns=schema.names):
                    writer.write_table(conform(batch, schema))
                    rows += batch.num_rows
    file = DataFile(path, rows, *stream.close())
    return StagedPartition(task.table, task.values, task.location, (file,))
