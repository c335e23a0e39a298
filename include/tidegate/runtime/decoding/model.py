"""What decoding gives: well-formed rows with their numbers, and malformed rows with their reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

TEXT_MAX = 2000
"""Characters of a malformed row that are kept."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

Column = tuple[pa.Array, dict[int, str]]
"""Values of exactly a declared type, null at each misfit, and the misfits: place in the array → reason."""


@dataclass(frozen=True)
class Part:
    """A part of one file that one task can decode by itself.

    Row groups of a Parquet file, or bytes of an uncompressed file of JSON lines: the lines that begin in it. None is
    the end of the file.
    """

    start: int
    stop: int | None


WHOLE = Part(0, None)


@dataclass(frozen=True)
class Malformed:
    r"""A row that is not what was declared.

    Args:
        row: its record number in the part, from 0.
        place: where it stands in the file, as "line 12", "byte 4711" (of a later part) or "row 12" (Parquet), from 1.
        column: the schema's column that does not fit; None when the row as a whole cannot be read.
        reason: why, with the value.
        text: the row as it stood, at most `TEXT_MAX` characters; bytes that are no text are written as ``\xNN``.
        position: what else is known of it, as a JSON object.
        raw: the bytes that could not be read, when they are kept.
    """

    row: int
    place: str
    column: str | None
    reason: str
    text: str
    position: str | None = None
    raw: bytes | None = None


@dataclass(frozen=True)
class Decoded:
    """Some of a part's records, in order.

    Args:
        batch: the well-formed rows, with exactly the schema's columns and types.
        rows: the record number of each of them in the part, ascending.
        malformed: the other records.
        records: how many records the scanner met, which is counted apart from the two.
        passed: how many more it met that are to be passed over: they are no rows, and not malformed.
    """

    batch: pa.RecordBatch
    rows: pa.Int64Array
    malformed: tuple[Malformed, ...]
    records: int
    passed: int = 0


Faults = dict[int, tuple[str | None, str]]
"""Records that are malformed: place in the block → column and reason, the first that was found."""


def add_misfits(
    faults: Faults, column: str, misfits: Mapping[int, str], records: "Sequence[int] | Ints | None" = None
) -> None:
    """Note a column's misfits; `records` are the records of its values when they are not all."""
    for index, reason in misfits.items():
        faults.setdefault(index if records is None else int(records[index]), (column, reason))


def shown(value: object, most: int = 100) -> str:
    """A value in a reason: quoted, and cut."""
    text = plain(value)
    cut = text if len(text) <= most else f"{text[:most]}…"
    return f"'{cut}'" if isinstance(value, bytes) else repr(cut)


def plain(value: object) -> str:
    """A value as text."""
    return readable(value) if isinstance(value, bytes) else str(value)


def readable(data: bytes) -> str:
    r"""Bytes as the text that they are, cut at `TEXT_MAX`; those that are no UTF-8 as ``\xNN``."""
    return data[: 4 * TEXT_MAX].decode(errors="backslashreplace")[:TEXT_MAX]


@dataclass(frozen=True)
class Rows:
    """Some records as columns.

    Args:
        columns: the values of the records that could be split into the schema's columns.
        numbers: the number of each of those records, ascending.
        faults: the records that are malformed, by number; those that could not be split are among them.
    """

    columns: Sequence[pa.Array]
    numbers: Ints
    faults: Faults

    def among(self, numbers: Ints) -> Self:
        """The same with the numbers that the records have among others: `numbers` has that of each."""
        faults = {int(numbers[record]): fault for record, fault in self.faults.items()}
        return replace(self, numbers=numbers[self.numbers], faults=faults)


def together(groups: Sequence[Rows]) -> Rows:
    """Groups of records of one schema, at least one group, as one, in the order of their numbers."""
    if len(groups) == 1:
        return groups[0]
    numbers = np.concatenate([g.numbers for g in groups])
    order = np.argsort(numbers)
    columns = [
        pa.concat_arrays(parts).take(pa.array(order)) for parts in zip(*(g.columns for g in groups), strict=True)
    ]
    faults = {record: fault for g in groups for record, fault in g.faults.items()}
    return Rows(columns, numbers[order], faults)


@dataclass(frozen=True)
class Block:
    """Some neighbouring records of a part, decoded.

    Args:
        rows: the records, with their places in the block as numbers.
        records: how many records the block has.
        describe: place and text of a record of the block.
    """

    rows: Rows
    records: int
    describe: Callable[[int], tuple[str, str]]

    def decoded(self, schema: pa.Schema, first: int) -> Decoded:
        """Sort well-formed and malformed rows; `first` is the number of the block's first record in the part."""
        rows = self.rows
        batch, numbers = pa.RecordBatch.from_arrays(list(rows.columns), schema=schema), rows.numbers
        if rows.faults:
            good = np.ones(self.records, dtype=bool)
            good[list(rows.faults)] = False
            kept = good[numbers]
            batch, numbers = batch.filter(pa.array(kept)), numbers[kept]
        malformed = tuple(self._malformed(record, first) for record in sorted(rows.faults))
        return Decoded(batch, pa.array(numbers + first, pa.int64()), malformed, self.records)

    def _malformed(self, record: int, first: int) -> Malformed:
        (place, text), (column, reason) = self.describe(record), self.rows.faults[record]
        return Malformed(first + record, place, column, reason, text)
