"""Comparing two versions of partitions row by row: the files of both as rows of text."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tidegate.protocol.model import DataFile
from tidegate.runtime import formats
from tidegate.runtime.exchange import ordered

ROWS = pa.schema([(name, pa.string()) for name in ("place", "side", "key", "row")])


@dataclass(frozen=True)
class Side:
    """A file of one partition, as it is "now" or "after". `key` are the columns that identify a row, else all do."""

    place: str
    table: str
    side: str
    file: DataFile
    key: tuple[str, ...]


def read_rows(schemas: Mapping[str, pa.Schema], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A task: `Side`s in, each file's rows as JSON out.

    `schemas` are the columns of the files of each table; a file that was written before one was added has nulls there.
    """
    for side in ordered(batches, Side):
        for part in formats.batches(side.file, schemas[side.table]):
            rows = part.to_pylist()
            columns = {
                "place": [side.place] * len(rows),
                "side": [side.side] * len(rows),
                "key": [_json({k: row[k] for k in side.key or row}) for row in rows],
                "row": [_json(row) for row in rows],
            }
            yield pa.record_batch(columns, ROWS)


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, default=str)


def sides(
    place: str, table: str, now: Sequence[DataFile], after: Sequence[DataFile], key: tuple[str, ...]
) -> list[Side]:
    """Every file of both versions of one partition."""
    return [Side(place, table, side, file, key) for side, files in (("now", now), ("after", after)) for file in files]
