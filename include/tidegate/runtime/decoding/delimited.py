"""CSV files: fields by the header's names, each text in its column's type."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.api.formats import Csv, RowFormat
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding.arrays import required, utf8
from tidegate.runtime.decoding.csv_records import Records, at_once, one_by_one, scan
from tidegate.runtime.decoding.model import TEXT_MAX, Block, Column, Decoded, Faults, Ints, Rows, add_misfits
from tidegate.runtime.decoding.streams import RECORD_BYTES_MAX, Text, opened, original, recoded
from tidegate.runtime.decoding.texts import from_texts


@dataclass(frozen=True)
class _Layout:
    """How many fields a record has, and where each of the schema's columns is."""

    width: int
    places: tuple[int, ...]


def decode(row_format: RowFormat, path: str) -> Iterator[Decoded]:
    """The records of a whole file."""
    dialect = _dialect(row_format)
    first = lines = 0
    with opened(path, dialect.encoding) as text:
        layout, lines = _layout(row_format, path, text)
        for block, found in _scans(text, dialect, path, _block_bytes(row_format), lines):
            yield _decoded(row_format, layout, block, found, first=first, lines=lines)
            first += len(found.first)
            lines += found.lines


def count_records(row_format: RowFormat, path: str) -> int:
    """How many records a file has, beside its header."""
    dialect = _dialect(row_format)
    with opened(path, dialect.encoding) as text:
        _, lines = _layout(row_format, path, text)
        return sum(len(f.first) for _, f in _scans(text, dialect, path, _block_bytes(row_format), lines))


def check_file(row_format: RowFormat, path: str) -> None:
    """Look at the header. Raises MalformedInputError."""
    with opened(path, _dialect(row_format).encoding) as text:
        _layout(row_format, path, text)


def _dialect(row_format: RowFormat) -> Csv:
    assert isinstance(row_format.dialect, Csv)
    return row_format.dialect


def _block_bytes(row_format: RowFormat) -> int:
    """About 16,000 records, and not too few where they are wide."""
    return (1 << 20) + len(row_format.schema) * (1 << 14)


def _scans(text: Text, dialect: Csv, path: str, size: int, lines: int) -> Iterator[tuple[bytes, Records]]:
    """Blocks with their whole records."""
    wanted = size
    while True:
        block = text.block(wanted)
        found = scan(block, dialect, final=text.ended)
        if found.used:
            yield block, found
            text.drop(found.used)
            lines += found.lines
            wanted = size
        elif text.ended:
            return
        elif wanted > RECORD_BYTES_MAX:
            raise MalformedInputError(
                f"{path}: the record at line {lines + 1} has more than {RECORD_BYTES_MAX} bytes; is a quote not closed?"
            )
        else:
            wanted *= 2


def _layout(row_format: RowFormat, path: str, text: Text) -> tuple[_Layout, int]:
    """Read the header, if there is one; and how many lines it takes."""
    names = list(row_format.names)
    dialect = _dialect(row_format)
    if not dialect.header:
        return _Layout(len(names), tuple(range(len(names)))), 0
    size = 1 << 16
    while True:
        block = text.block(size)
        found = scan(block, dialect, final=text.ended)
        if len(found.first) or text.ended:
            break
        if size > RECORD_BYTES_MAX:
            raise MalformedInputError(f"{path}: the header does not end within {RECORD_BYTES_MAX} bytes")
        size *= 2
    if not len(found.first):
        return _Layout(len(names), tuple(range(len(names)))), 0  # an empty file: nothing follows
    if 0 in found.faults:
        raise MalformedInputError(f"{path}: the header {found.faults[0]}")
    there = [_name(found.cells[int(found.first[0]) + i].as_py(), dialect) for i in range(int(found.width[0]))]
    times = Counter(there)
    for name in names:
        if times[name] != 1:
            many = "more than one" if times[name] else "no"
            raise MalformedInputError(
                f"{path}: the header has {many} column {name!r}; it has {', '.join(there)}; names are exact, see "
                "FileSource(aliases=…)"
            )
    end = block.find(b"\n", int(found.stop[0])) + 1 or len(block)
    lines = block.count(b"\n", 0, end)
    text.drop(end)
    return _Layout(len(there), tuple(there.index(name) for name in names)), lines


def _name(cell: bytes, dialect: Csv) -> str:
    return original(cell, dialect.encoding)


def _decoded(
    row_format: RowFormat, layout: _Layout, block: bytes, found: Records, *, first: int, lines: int
) -> Decoded:
    encoding = _dialect(row_format).encoding

    def describe(record: int) -> tuple[str, str]:
        text = block[found.start[record] : found.stop[record]][: 4 * TEXT_MAX]
        return f"line {lines + found.line[record] + 1}", original(text, encoding)[:TEXT_MAX]

    rows = _rows(row_format, layout, found)
    return Block(rows, len(found.first), describe).decoded(row_format.schema, first)


def rows_of_values(row_format: RowFormat, values: Sequence[bytes]) -> Rows:
    """Values that are one record each, with or without a line end."""
    dialect = _dialect(row_format)
    faults: Faults = {}
    texts = [_recoded(place, value, dialect, faults) for place, value in enumerate(values)]
    found = _one_each(texts, dialect)
    width = len(row_format.schema)
    rows = _rows(row_format, _Layout(width, tuple(range(width))), found)
    return Rows(rows.columns, rows.numbers, rows.faults | faults)


def _recoded(place: int, value: bytes, dialect: Csv, faults: Faults) -> bytes:
    """A value in UTF-8 without its line end; which stays where an escape character may stand before it."""
    try:
        text = recoded(value, dialect.encoding)
    except UnicodeDecodeError as e:
        faults[place] = (None, f"is not {dialect.encoding}: {e.reason}")
        return b""
    if dialect.escape is not None or not text.endswith(b"\n"):
        return text
    return text[:-2] if text.endswith(b"\r\n") else text[:-1]


def _one_each(texts: Sequence[bytes], dialect: Csv) -> Records:
    """The record of each text; a text that is none or several is a fault."""
    pieces = _pieces(texts, dialect)
    before = np.cumsum([0, *(len(p.cells) for p in pieces)])
    faults, at = dict[int, str](), 0
    for piece in pieces:
        faults |= {at + place: reason for place, reason in piece.faults.items()}
        at += len(piece.first)
    return Records(
        pa.concat_arrays([p.cells for p in pieces]),
        np.concatenate([p.literal for p in pieces]),
        np.concatenate([p.first + cells for p, cells in zip(pieces, before[:-1], strict=True)]),
        np.concatenate([p.width for p in pieces]),
        *_nowhere(at),
        faults,
        0,
        0,
    )


def _pieces(texts: Sequence[bytes], dialect: Csv) -> list[Records]:
    """The same, of texts side by side: as many at once as are all without fault."""
    if (found := _joined(texts, dialect)) is not None:
        return [found]
    if len(texts) <= _APART:
        return [_alone(text, dialect) for text in texts]
    half = len(texts) // 2
    return _pieces(texts[:half], dialect) + _pieces(texts[half:], dialect)


_APART = 32
"""So few texts are split one by one, once they cannot be split at once."""


def _joined(texts: Sequence[bytes], dialect: Csv) -> Records | None:
    """The records of texts at once; None where one is not just one record without a line end."""
    block = b"".join(b"%b\n" % text for text in texts)
    if dialect.escape is not None and dialect.escape.encode() in block:
        return None  # at the end of a text, it would escape the line end
    found = at_once(block, dialect, final=True)
    if found is None:
        return None
    stops = np.cumsum(np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))) - 1
    starts = np.append(0, stops + 1)[:-1]
    whole = np.array_equal(found.start, starts) and np.array_equal(found.stop, stops)
    return found if whole else None


def _alone(text: bytes, dialect: Csv) -> Records:
    found = one_by_one(text, dialect, final=True)
    if len(found.first) == 1:
        return found
    fault = f"is {len(found.first)} records" if len(found.first) else "has no character"
    nothing = np.zeros(1, np.int64)
    return Records(pa.array([], pa.binary()), np.array([], bool), nothing, nothing, *_nowhere(1), {0: fault}, 0, 0)


def _nowhere(records: int) -> tuple[Ints, Ints, Ints]:
    """Start, stop and line of records of which nobody asks where they stand."""
    nothing = np.zeros(records, np.int64)
    return nothing, nothing, nothing


def _rows(row_format: RowFormat, layout: _Layout, found: Records) -> Rows:
    """The fields of records as columns."""
    dialect = _dialect(row_format)
    faults: Faults = {record: (None, reason) for record, reason in found.faults.items()}
    for record in np.flatnonzero(found.width != layout.width):
        faults.setdefault(int(record), (None, f"has {found.width[record]} fields, not {layout.width}"))
    numbers = np.flatnonzero(found.width == layout.width)
    columns = []
    for field, place in zip(row_format.schema, layout.places, strict=True):
        values, misfits = required(*_column(found, found.first[numbers] + place, field.type, dialect), field)
        add_misfits(faults, field.name, misfits, numbers)
        columns.append(values)
    return Rows(columns, numbers, faults)


def _column(found: Records, cells: Ints, dtype: pa.DataType, dialect: Csv) -> Column:
    raw = found.cells.take(pa.array(cells))
    if dialect.nulls:
        null = pc.is_in(raw, pa.array([n.encode() for n in dialect.nulls], pa.binary()))
        raw = pc.if_else(pc.and_(null, pa.array(~found.literal[cells])), None, raw)
    texts, misfits = utf8(raw)
    values, more = from_texts(texts, dtype, dialect)
    return values, more | misfits
