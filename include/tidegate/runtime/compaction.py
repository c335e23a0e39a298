"""Compaction: the rows of several partitions of an append table, in order, into one file.

Held in memory is one batch of rows.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.protocol.model import DataFile
from tidegate.runtime.conform import conform
from tidegate.runtime.locations import ChecksummedFile, open_checked

_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Join:
    """One partition to make from some `files`, oldest first. `schema` is a serialized Arrow schema, as hex."""

    table: str
    values: tuple[str, ...]
    location: str
    files: tuple[DataFile, ...]
    schema: str


def join_partitions(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The function that Spark calls once per task: rows of JSON-encoded `Join`s in, JSON results out."""
    for batch in batches:
        for text in batch.column("join").to_pylist():
            d = json.loads(text)
            files = tuple(DataFile(**f) for f in d["files"])
            task = Join(**{**d, "values": tuple(d["values"]), "files": files})
            result = {"table": task.table, "values": task.values, "location": task.location, "file": asdict(join(task))}
            yield pa.RecordBatch.from_pydict({"result": [json.dumps(result)]})


def join(task: Join) -> DataFile:
    """Write the joined file. Raises DataDamagedError when a file is not as it was written."""
    schema = pa.ipc.read_schema(pa.py_buffer(bytes.fromhex(task.schema)))
    path = f"{task.location}/joined-{uuid4().hex}.parquet"
    stream = ChecksummedFile(path)
    rows = 0
    with pq.ParquetWriter(stream.sink, schema, compression="zstd") as writer:
        for file in task.files:
            with open_checked(file.path, file.bytes, file.sha256) as opened:
                for batch in pq.ParquetFile(opened).iter_batches(batch_size=_BATCH_ROWS, columns=schema.names):
                    writer.write_table(conform(batch, schema))
                    rows += batch.num_rows
    return DataFile(path, rows, *stream.close())
