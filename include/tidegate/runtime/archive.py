"""The input of an epoch as it came, in files: written by the tasks that read it, and read again in its source's place.

A file has what one task read: a row for each record, in the order in which they came, with the columns of the reader's
`raw_schema` behind `PIECE`, the place of the record's piece among those of the task. The pieces themselves stand in the
file's footer, under ``tidegate``. So the tasks of a replay are the same, meet the same records in the same order, and
give them to the same decoder.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.errors import DataDamagedError
from tidegate.protocol.formats import ARCHIVE, canonical, read, stamped
from tidegate.protocol.model import DataFile, Slice
from tidegate.runtime.decoding import Decoded
from tidegate.runtime.formats import SUFFIX, TableFile
from tidegate.runtime.locations import open_checked, open_written
from tidegate.runtime.reading import Archiving, Piece

PIECE = pa.field("piece", pa.int32())
GROUP_ROWS = 32_768
"""Records are written, and read again, about so many at once, or `GROUP_BYTES` of them."""
GROUP_BYTES = 32 * 1024 * 1024
_FOOTER = "tidegate"


class Keeper:
    """Reads some pieces from their source, and keeps the records that come in one new file.

    Args:
        reader: of the source.
        pieces: what to read.
        folder: URI of the folder for the file; it is made.
        part: makes its name unique among all tasks and their repetitions.
    """

    def __init__(self, reader: Archiving, pieces: Sequence[Piece], folder: str, part: str) -> None:
        self._reader = reader
        self._pieces = pieces
        told = canonical(stamped(ARCHIVE, {"pieces": [reader.told(piece) for piece in pieces]})).decode()
        schema = pa.schema([PIECE, *reader.raw_schema])
        self._file = TableFile(f"{folder}/read-{part}{SUFFIX}", schema, footer={_FOOTER: told})
        self._waiting: list[pa.RecordBatch] = []

    def read(self) -> Iterator[tuple[int, Decoded]]:
        """See `Reader.read`. What was drawn is in the file when `close` has returned."""
        for place, raw in self._reader.raw(self._pieces):
            rows = raw.rows()
            places = pa.repeat(pa.scalar(place, PIECE.type), rows.num_rows)
            self._waiting.append(pa.RecordBatch.from_arrays([places, *rows.columns], [PIECE.name, *rows.schema.names]))
            if (
                sum(b.num_rows for b in self._waiting) >= GROUP_ROWS
                or sum(b.nbytes for b in self._waiting) >= GROUP_BYTES
            ):
                self._flush()
            yield place, self._reader.decoded(self._pieces[place], raw)

    def _flush(self) -> None:
        if self._waiting:
            self._file.write(pa.Table.from_batches(self._waiting))
            self._waiting.clear()

    def close(self) -> DataFile:
        """Bring the file to disk; what a manifest lists of it. It has no row when nothing came."""
        self._flush()
        return self._file.close()


@dataclass(frozen=True)
class Kept:
    """A piece of an archive: the one with this number in a file, and as its source's reader has it."""

    file: DataFile
    number: int
    piece: Piece


@dataclass(frozen=True)
class ArchiveReader:
    """Implements `Reader`. Reads what `Keeper` wrote; asks the source nothing.

    Args:
        reader: of the source: it decodes.
        files: all of one epoch and source, in the order of their tasks.
    """

    reader: Archiving
    files: tuple[DataFile, ...]

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows."""
        return self.reader.schema

    def pieces(self, slices: Sequence[Slice]) -> tuple[Piece, ...]:
        """The pieces that were read then, in the same order; `slices` are those of the epoch.

        Raises:
            DataDamagedError: a file is missing, or is not as it was written.
            FormatError: it is, and this tidegate cannot read it.
        """
        by_position = {s.position: s for s in slices}
        return tuple(
            Piece(piece.key, piece.bytes, Kept(file, number, piece))
            for file in self.files
            for number, piece in enumerate(self.reader.retold(told, by_position) for told in _told(file))
        )

    def read(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Decoded]]:
        """Read the records of the pieces, in the order in which they came then; see `Reader`.

        Raises DataDamagedError when a file is not as it was written, before any record of it is given out.
        """
        for _, of_file in groupby(enumerate(pieces), lambda p: p[1].part.file.path):
            wanted: dict[int, tuple[int, Kept]] = {piece.part.number: (place, piece.part) for place, piece in of_file}
            file = next(iter(wanted.values()))[1].file
            for number, rows in _records(file):
                if number in wanted:
                    place, kept = wanted[number]
                    yield place, self.reader.decoded(kept.piece, self.reader.of_rows(rows))


def _told(file: DataFile) -> Sequence[Mapping[str, Any]]:
    """What a file says of its pieces."""
    with _archived(file), open_written(file.path, file.bytes) as opened:
        try:
            footer = pq.read_metadata(opened).metadata or {}
        except (pa.ArrowException, OSError) as e:
            raise DataDamagedError.of(file.path, f"has no footer of a Parquet file ({e})") from e
    found: Sequence[Mapping[str, Any]] = read(
        ARCHIVE, footer.get(_FOOTER.encode(), b"{}"), file.path, lambda stored: stored["pieces"]
    )
    return found


def _records(file: DataFile) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Neighbouring records of one piece, each time with its number in the file."""
    with _archived(file), open_checked(file.path, file.bytes, file.sha256) as opened:
        archive = pq.ParquetFile(opened)
        for group in range(archive.metadata.num_row_groups):
            table = archive.read_row_group(group)
            numbers = table.column(PIECE.name).to_numpy()
            ends = [*(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
            for start, stop in zip([0, *ends], ends, strict=False):
                (rows,) = table.slice(start, stop - start).combine_chunks().to_batches()
                yield int(numbers[start]), rows.drop_columns([PIECE.name])


@contextmanager
def _archived(file: DataFile) -> Iterator[None]:
    """What is wrong with the file is told as `damaged`."""
    try:
        yield
    except DataDamagedError as e:
        raise damaged(file, e.problem) from e


def damaged(file: DataFile, problem: str) -> DataDamagedError:
    """The error for a file of an archive; `problem` ends a sentence. No rollback is needed: live reads no archive."""
    folder = file.path.rpartition("/")[0]
    return DataDamagedError(
        f"{file.path}, of the archived input, {problem}. Put it back as it was, or remove {folder}: then the source is "
        "read, as long as it has the records"
    )
