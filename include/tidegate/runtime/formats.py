"""How the files of tables are written and read: the one place that knows their format, Parquet."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.errors import FencedError
from tidegate.protocol.model import DataFile
from tidegate.runtime.conform import conform
from tidegate.runtime.locations import ChecksummedFile, exists, open_checked, remove

SUFFIX = ".parquet"
STORED_AS = "PARQUET"
"""Hive's word for it."""

_FOOTER = {"writer.date.proleptic": "true"}
"""Without this Hive 4 takes a day before 1582-10-15 for one of the Julian calendar, and shows another."""
_BATCH_ROWS = 65_536


class TableFile:
    """A new file of a table: rows are appended in order, and `close` puts it on disk.

    Leaving its `with` without `close` leaves a file that nothing refers to.

    Args:
        uri: where it will lie, with `SUFFIX`. Its folders are made.
        schema: of all rows.
        closed: URI of the file that is there when no more files may come, for Hive reads whatever is in a folder. A
            file that comes later is taken back at once; earlier ones are seen by who looks into the folder behind it.
        footer: names and texts that stand in its footer.

    Raises:
        FencedError: `closed` was there when the file was opened or, in `close`, when it was whole.
    """

    def __init__(
        self,
        uri: str,
        schema: pa.Schema,
        *,
        closed: str | None = None,
        footer: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._uri = uri
        self._closed = closed
        self._stream = ChecksummedFile(uri)
        self._take_back_if_late()
        metadata = {**_FOOTER, **footer}
        self._writer = pq.ParquetWriter(self._stream.sink, schema.with_metadata(metadata), compression="zstd")
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()

    def write(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Append rows of the schema."""
        self._writer.write(rows)
        self._rows += rows.num_rows

    def close(self) -> DataFile:
        """Finish it; what a manifest lists of it."""
        self._writer.close()
        made = DataFile(self._uri, self._rows, *self._stream.close())
        self._take_back_if_late()
        return made

    def _take_back_if_late(self) -> None:
        """Looks when a file has become visible: a local one when it is opened, an object when it is whole."""
        if self._closed is not None and exists(self._closed):
            remove(self._uri)
            raise FencedError(f"{self._uri} comes too late: its epoch has all its files, this task was done elsewhere")


def batches(file: DataFile, schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of a file, in order and bounded pieces, with the columns of `schema`; one that it has not is null.

    Raises DataDamagedError when the file is not as it was written, before any row is given out.
    """
    with open_checked(file.path, file.bytes, file.sha256) as opened:
        for batch in pq.ParquetFile(opened).iter_batches(batch_size=_BATCH_ROWS, columns=schema.names):
            yield conform(batch, schema)


def whole(file: DataFile) -> pa.Table:
    """All rows of a file with its own columns. Raises DataDamagedError when it is not as it was written."""
    with open_checked(file.path, file.bytes, file.sha256) as opened:
        return read(opened)


def read(opened: pa.NativeFile) -> pa.Table:
    """All rows of an open file with its own columns. Raises as `schema_of`."""
    return pq.ParquetFile(opened).read()


def schema_of(opened: pa.NativeFile) -> pa.Schema:
    """The columns of an open file. Raises pyarrow's errors, which are OSError or ValueError, when it is none."""
    return pq.read_schema(opened)


def rows_of(opened: pa.NativeFile) -> int:
    """The rows of an open file, without reading them. Raises as `schema_of`."""
    return int(pq.ParquetFile(opened).metadata.num_rows)
