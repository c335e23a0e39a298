"""What reads epochs of another pipeline, and partitions of a table, in the tasks of an epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tidegate.adapters.tables.detail import EpochDetail, PartitionDetail
from tidegate.adapters.tables.files import TableFile, constants_of, pieces_of, read_file
from tidegate.adapters.tables.upstream import chosen, read_manifest
from tidegate.api.formats import Parquet, RowFormat
from tidegate.api.tables import HiveTableSource, TidegateSource
from tidegate.protocol.model import Slice, StagedPartition
from tidegate.protocol.partitions import partition_path
from tidegate.runtime.decoding import Decoded
from tidegate.runtime.decoding.model import WHOLE
from tidegate.runtime.reading import Piece


@dataclass(frozen=True)
class _FilesReader:
    """Reads files of a table, whatever says which.

    Args:
        subject: the pipeline, for messages.
        source: the declaration.
    """

    subject: str
    source: TidegateSource | HiveTableSource

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows."""
        return self.source.schema

    @property
    def _format(self) -> RowFormat:
        return RowFormat(Parquet(), self.source.schema)

    def read(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Decoded]]:
        """Decode one piece after the other; see `Reader`."""
        for place, piece in enumerate(pieces):
            for decoded in read_file(self._format, piece.part, self.subject):
                yield place, decoded


class EpochsReader(_FilesReader):
    """Implements `Reader`. A piece is a file of an epoch, or a part of a large one."""

    def pieces(self, slices: Sequence[Slice]) -> tuple[Piece, ...]:
        """The files of the slices, partition by partition; see `Reader`."""
        found = []
        for detail in map(EpochDetail.of, slices):
            for partition in partitions_of(self.subject, detail):
                constants = constants_of(self.source.schema, detail.columns, partition.values)
                name = partition_path(detail.columns, partition.values)
                for f in partition.files:
                    file = TableFile(detail.table, name, constants, f.path, f.bytes, f.sha256, WHOLE)
                    found += pieces_of(self._format, file)
        return tuple(found)


class PartitionsReader(_FilesReader):
    """Implements `Reader`. A piece is a file of a partition, or a part of a large one."""

    def pieces(self, slices: Sequence[Slice]) -> tuple[Piece, ...]:
        """The files of the slices, by name; see `Reader`."""
        found = []
        for detail in map(PartitionDetail.of, slices):
            constants = constants_of(self.source.schema, detail.columns, detail.values)
            for f in detail.files:
                uri = f"{detail.location}/{f.name}"
                found += pieces_of(
                    self._format, TableFile(detail.table, detail.name, constants, uri, f.size, f.modified_ns, WHOLE)
                )
        return tuple(found)


def partitions_of(subject: str, detail: EpochDetail) -> tuple[StagedPartition, ...]:
    """The partitions of a slice with their files, in order. Raises SourceGapError when the manifest is gone."""
    if detail.manifest is None:
        return ()
    return chosen(read_manifest(subject, detail.manifest), detail.table, detail.partitions)
