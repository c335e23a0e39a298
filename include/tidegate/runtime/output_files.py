"""Output rows to files, one folder per partition, with a bounded number of open files."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.protocol.model import DataFile, PartitionValues
from tidegate.protocol.partitions import DEFAULT_PARTITION, partition_path
from tidegate.runtime.formats import SUFFIX, TableFile

MAX_OPEN_FILES = 64


class Written(NamedTuple):
    """Files of one partition of one table, as a task made them."""

    table: str
    values: PartitionValues
    files: tuple[DataFile, ...]


class PartitionedWriter:
    """Writes record batches below `root`, split by partition.

    Args:
        root: URI of the folder; a partition's folder is `root` + its partition path.
        schema: all columns of a batch.
        partition_by: the partition columns among them; they are in the path, not in the files.
        prefix: (column, value) pairs that stand before them in path and values, as `epoch_id`.
        part: makes the file names unique among all tasks and their repetitions.
        closed: see `TableFile`.
    """

    def __init__(
        self,
        root: str,
        schema: pa.Schema,
        partition_by: tuple[str, ...],
        prefix: tuple[tuple[str, str], ...],
        part: str,
        *,
        closed: str | None = None,
    ) -> None:
        self._root = root
        self._by = partition_by
        self._columns = (*(c for c, _ in prefix), *partition_by)
        self._prefix = tuple(v for _, v in prefix)
        self._data = [n for n in schema.names if n not in partition_by]
        self._schema = pa.schema([schema.field(n) for n in self._data])
        self._part = part
        self._closed = closed
        self._open: OrderedDict[PartitionValues, TableFile] = OrderedDict()
        self._made = 0
        self.files: dict[PartitionValues, list[DataFile]] = {}

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows to their partitions, keeping their order."""
        for values, rows in self._split(batch):
            self._file(values).write(rows.select(self._data))

    def close(self) -> dict[PartitionValues, list[DataFile]]:
        """Finish all files and return them by partition values."""
        while self._open:
            self._finish(*self._open.popitem(last=False))
        return self.files

    def location(self, values: PartitionValues) -> str:
        """URI of a partition's folder."""
        return f"{self._root}/{partition_path(self._columns, values)}"

    def _split(self, batch: pa.RecordBatch) -> Iterator[tuple[PartitionValues, pa.RecordBatch]]:
        if not self._by:
            yield self._prefix, batch
            return
        codes, places = np.zeros(batch.num_rows, dtype=np.int64), [self._prefix]
        for name in self._by:
            encoded = pc.fill_null(batch.column(name).cast(pa.string()), DEFAULT_PARTITION).dictionary_encode()
            texts = encoded.dictionary.to_pylist()
            # Numbered anew for each column: a product over all columns would not fit into 64 bits.
            found, codes = np.unique(codes * len(texts) + encoded.indices.to_numpy(), return_inverse=True)
            places = [(*places[code // len(texts)], texts[code % len(texts)]) for code in found.tolist()]
        for code, values in enumerate(places):
            yield values, batch.take(pa.array(np.flatnonzero(codes == code)))

    def _file(self, values: PartitionValues) -> TableFile:
        if values in self._open:
            self._open.move_to_end(values)
            return self._open[values]
        if len(self._open) >= MAX_OPEN_FILES:
            self._finish(*self._open.popitem(last=False))
        self._made += 1
        uri = f"{self.location(values)}/part-{self._part}-{self._made:04d}{SUFFIX}"
        self._open[values] = TableFile(uri, self._schema, closed=self._closed)
        return self._open[values]

    def _finish(self, values: PartitionValues, file: TableFile) -> None:
        self.files.setdefault(values, []).append(file.close())
