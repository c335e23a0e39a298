"""Parquet: columns by name, each kept exactly or refused by name."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.api.formats import Parquet, RowFormat
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding.arrays import from_array, refusal, required
from tidegate.runtime.decoding.model import TEXT_MAX, Block, Decoded, Faults, Part, Rows, add_misfits, plain
from tidegate.runtime.locations import open_input
from tidegate.runtime.object_stores import raise_if_of_store

ROWS = 16_384
PART_BYTES = 64 * 1024 * 1024


def parts(path: str) -> list[Part]:
    """Neighbouring row groups, until they are of `PART_BYTES` on disk."""
    with _opened(path) as file:
        sizes = [
            sum(group.column(c).total_compressed_size for c in range(group.num_columns))
            for group in map(file.metadata.row_group, range(file.num_row_groups))
        ]
    cuts, held = [0], 0
    for number, size in enumerate(sizes):
        if held and held + size > PART_BYTES:
            cuts.append(number)
            held = 0
        held += size
    return [Part(start, stop) for start, stop in zip(cuts, [*cuts[1:], len(sizes)], strict=True)]


def count_records(path: str) -> int:
    """By the footer."""
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def check_file(row_format: RowFormat, path: str) -> None:
    """Compare the footer's columns with the declared ones. Raises MalformedInputError."""
    with _opened(path) as file:
        found = file.schema_arrow
        times = Counter(found.names)
        for field, name in zip(row_format.schema, row_format.names, strict=True):
            if times[name] != 1:
                many = "more than one" if times[name] else "no"
                raise MalformedInputError(
                    f"{path} has {many} column {name!r}; it has {', '.join(times)}; names are exact, see "
                    "FileSource(aliases=…)"
                )
            reason = refusal(found.field(name).type, field.type, _dialect(row_format))
            if reason:
                raise MalformedInputError(f"column {name!r} of {path} {reason}")


def _dialect(row_format: RowFormat) -> Parquet:
    assert isinstance(row_format.dialect, Parquet)
    return row_format.dialect


def decode(row_format: RowFormat, path: str, part: Part) -> Iterator[Decoded]:
    """The rows of some row groups."""
    check_file(row_format, path)
    with _opened(path) as file:
        groups = range(part.start, file.num_row_groups if part.stop is None else part.stop)
        before = sum(file.metadata.row_group(g).num_rows for g in range(part.start))
        first = 0
        for batch in file.iter_batches(
            ROWS, row_groups=list(groups), columns=list(row_format.names), use_threads=False
        ):
            yield _block(row_format, batch, first, before)
            first += batch.num_rows


def _block(row_format: RowFormat, batch: pa.RecordBatch, first: int, before: int) -> Decoded:
    faults: Faults = {}
    columns = []
    for field, name in zip(row_format.schema, row_format.names, strict=True):
        values, misfits = required(*from_array(batch.column(name), field.type, _dialect(row_format)), field)
        add_misfits(faults, field.name, misfits)
        columns.append(values)

    def describe(record: int) -> tuple[str, str]:
        row = {name: _stored(batch.column(name).slice(record, 1)) for name in batch.schema.names}
        text = json.dumps(row, default=plain, ensure_ascii=False)
        return f"row {before + first + record + 1}", text[:TEXT_MAX]

    rows = Rows(columns, np.arange(len(batch)), faults)
    return Block(rows, len(batch), describe).decoded(row_format.schema, first)


def _stored(one: pa.Array) -> object:
    """An array's only value for people, also one that Python cannot hold."""
    try:
        return one[0].as_py()
    except (OverflowError, ValueError):
        return str(one.to_string())


@contextmanager
def _opened(path: str) -> Iterator[pq.ParquetFile]:
    """Raises MalformedInputError for whatever Arrow finds wrong in the file, then and later."""
    try:
        with open_input(path) as source, pq.ParquetFile(source) as file:
            yield file
    except (pa.ArrowException, OSError) as e:
        if isinstance(e, OSError):
            raise_if_of_store(e, path)
            if e.errno is not None:
                raise
        raise MalformedInputError(f"{path} is not a Parquet file, or is damaged: {e}") from e
