"""Files of tables, read in the tasks of an epoch: columns from the file, and those of its partition."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import NamedTemporaryFile

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from tidegate.api.formats import Parquet, RowFormat
from tidegate.errors import DataDamagedError, MalformedInputError, SourceGapError
from tidegate.protocol.model import PartitionValues
from tidegate.protocol.partitions import DEFAULT_PARTITION, partition_path
from tidegate.runtime.decoding import Decoded, Part, decode, parts
from tidegate.runtime.decoding.model import WHOLE
from tidegate.runtime.decoding.parquet import PART_BYTES
from tidegate.runtime.decoding.texts import from_texts
from tidegate.runtime.locations import open_checked, open_written, resolve
from tidegate.runtime.reading import Piece

_CHUNK_BYTES = 1 << 20

Constants = Mapping[str, pa.Scalar]
"""What the columns of a partition are in all of its rows, by name; only declared ones."""


@dataclass(frozen=True)
class TableFile:
    """A Parquet file of a table's partition, as it was planned, or a part of it.

    Args:
        table: "database.table".
        partition: as Hive names it.
        constants: see there.
        uri: where it lies.
        bytes: its size.
        known: its SHA-256, or when it was last changed (nanoseconds since 1970 UTC) where nobody took that.
        part: what of it is read.
    """

    table: str
    partition: str
    constants: Constants
    uri: str
    bytes: int
    known: str | int
    part: Part


def constants_of(schema: pa.Schema, columns: Sequence[str], values: PartitionValues) -> dict[str, pa.Scalar]:
    """The declared ones of a partition's columns, in their types: as strictly as texts of a file are read.

    Raises MalformedInputError when a value does not fit.
    """
    found = {}
    for name, text in zip(columns, values, strict=True):
        if name not in schema.names:
            continue
        field = schema.field(name)
        texts = pa.array([None if text == DEFAULT_PARTITION else text], pa.string())
        typed, misfits = from_texts(texts, field.type, Parquet())
        if misfits or (typed.null_count and not field.nullable):
            why = misfits.get(0, "is null, and the schema says that it never is")
            raise MalformedInputError(f"partition {partition_path(columns, values)}, column {name!r}: {why}")
        found[name] = typed[0]
    return found


def pieces_of(row_format: RowFormat, file: TableFile) -> list[Piece]:
    """The pieces of a file: of one that is not large, itself."""
    if file.bytes <= PART_BYTES:
        return [Piece(file.uri, file.bytes, replace(file, part=WHOLE))]
    with local(file.uri, file.bytes, file.known) as path:
        cut = parts(row_format, path, file.bytes)
    return [Piece(file.uri, file.bytes // len(cut), replace(file, part=part)) for part in cut]


def read_file(row_format: RowFormat, file: TableFile, subject: str) -> Iterator[Decoded]:
    """The rows of a file's part, with all columns of the format's schema.

    A column that is neither in the file nor of the partition is null: rows may be older than a column of their table.

    Raises:
        SourceGapError: the file is gone, or has other bytes than it had when it was planned (I8).
        MalformedInputError: it cannot be read, or a column that is never null is not in it.
    """
    try:
        with local(file.uri, file.bytes, file.known) as path:
            yield from _with_constants(row_format, file, path)
    except DataDamagedError as e:
        raise SourceGapError(
            f"{subject}: {file.uri} of {file.table} is not there as it was planned. Nothing was published. Put it "
            f"back, or go on without its slice: `tidegate skip {subject} SLICE --reason …`"
        ) from e


def _with_constants(row_format: RowFormat, file: TableFile, path: str) -> Iterator[Decoded]:
    schema, there = row_format.schema, columns_in(path)
    names = {f.name: _in_file(f.name, there, file.uri) for f in schema if f.name not in file.constants}
    stored = [f for f in schema if names.get(f.name) is not None]
    absent = [f for f in schema if f.name in names and names[f.name] is None]
    if missing := [f.name for f in absent if not f.nullable]:
        raise MalformedInputError(f"{file.uri} has no column {missing[0]!r}, which the schema says is never null")
    of_file = RowFormat(row_format.dialect, pa.schema(stored), {f.name: names[f.name] or f.name for f in stored})
    position = json.dumps({"table": file.table, "partition": file.partition})
    for decoded in decode(of_file, path, file.part):
        size = len(decoded.rows)
        columns = {f.name: decoded.batch.column(f.name) for f in stored}
        columns |= {name: pa.repeat(value, size) for name, value in file.constants.items()}
        columns |= {f.name: pa.nulls(size, f.type) for f in absent}
        batch = pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)
        malformed = tuple(replace(m, position=position) for m in decoded.malformed)
        yield replace(decoded, batch=batch, malformed=malformed)


def _in_file(name: str, there: Collection[str], uri: str) -> str | None:
    """What a column is called in a file: Hive knows only small letters, and who wrote the file may not."""
    if name in there:
        return name
    alike = sorted(column for column in there if column.lower() == name)
    if len(alike) > 1:
        raise MalformedInputError(f"{uri} has more than one column {name!r}: {', '.join(alike)}")
    return alike[0] if alike else None


def columns_in(path: str) -> frozenset[str]:
    """The columns of a Parquet file. Raises MalformedInputError when it is none."""
    try:
        return frozenset(pq.read_schema(path).names)
    except pa.ArrowException as e:
        raise MalformedInputError(f"{path} is not a Parquet file, or is damaged: {e}") from e


@contextmanager
def local(uri: str, size: int, known: str | int) -> Iterator[str]:
    """The path of a file's bytes on this machine, which are as they are known to be: itself, or a temporary copy.

    Raises DataDamagedError when it is gone or another one.
    """
    system, path = resolve(uri)
    with _opened(uri, size, known) as source:
        if isinstance(system, fs.LocalFileSystem):
            yield path
            return
        with NamedTemporaryFile() as copy:
            while chunk := source.read(_CHUNK_BYTES):
                copy.write(chunk)
            copy.flush()
            yield copy.name


def _opened(uri: str, size: int, known: str | int) -> pa.NativeFile:
    if isinstance(known, str):
        return open_checked(uri, size, known)
    source = open_written(uri, size)
    system, path = resolve(uri)
    if system.get_file_info(path).mtime_ns != known:
        source.close()
        raise DataDamagedError.of(uri, "was changed")
    return source
