"""Reads a file's bytes, or records, through the decoder, and holds what must be true of every reading."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa

from tidegate import FileSource
from tidegate.api.formats import RowFormat
from tidegate.runtime.decoding import Malformed, count_records, decode, decode_values, parts


@dataclass(frozen=True)
class Reading:
    """What was read of a file: the rows as a table, and the malformed ones."""

    table: pa.Table
    malformed: list[Malformed]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        rows: list[dict[str, Any]] = self.table.to_pylist()
        return rows

    def column(self, name: str) -> list[Any]:
        """A column's values."""
        return list(self.table.column(name).to_pylist())

    @property
    def reasons(self) -> list[tuple[str, str | None, str]]:
        """Place, column and reason of each malformed row."""
        return [(m.place, m.column, m.reason) for m in self.malformed]


Reader = Callable[..., Reading]


def reading(path: Path, source: FileSource) -> Reading:
    """Every part of a file. Every record is one row or malformed; types are the declared ones; counts agree."""
    batches: list[pa.RecordBatch] = []
    malformed: list[Malformed] = []
    records = 0
    for part in parts(source.row_format, str(path), path.stat().st_size):
        first = 0
        for found in decode(source.row_format, str(path), part):
            found.batch.validate(full=True)
            assert found.batch.schema.equals(source.schema)
            numbers = sorted([*found.rows.to_pylist(), *(m.row for m in found.malformed)])
            assert numbers == list(range(first, first + found.records))
            assert found.rows.to_pylist() == sorted(found.rows.to_pylist())
            first += found.records
            records += found.records
            batches.append(found.batch)
            malformed += found.malformed
    assert records == count_records(source.row_format, str(path))
    return Reading(pa.Table.from_batches(batches, source.schema), malformed)


def read_bytes(
    folder: Path, data: str | bytes, schema: Mapping[str, pa.DataType] | pa.Schema, file_format: Any, **settings: Any
) -> Reading:
    """Write a file and read it."""
    path = folder / settings.pop("name", "a")
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return reading(path, FileSource(folder, file_format, pa.schema(schema), **settings))


def read_values(
    values: Sequence[bytes | None],
    schema: Mapping[str, pa.DataType] | pa.Schema,
    value_format: Any,
    schemas: Mapping[int, str] | None = None,
    **aliases: str,
) -> Reading:
    """Records of a source that is declared so. Every record is one row or malformed, by number."""
    row_format = RowFormat.declared("Records", value_format, pa.schema(schema), aliases, records=True)
    found = decode_values(row_format, values, schemas)
    found.batch.validate(full=True)
    assert found.batch.schema.equals(row_format.schema)
    assert found.records == len(values)
    assert found.rows.to_pylist() == sorted(found.rows.to_pylist())
    assert sorted([*found.rows.to_pylist(), *(m.row for m in found.malformed)]) == list(range(len(values)))
    assert {m.place for m in found.malformed} <= {""}
    return Reading(pa.Table.from_batches([found.batch]), list(found.malformed))


def avro(schema: Any, value: Any) -> bytes:
    """A datum as fastavro writes it."""
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(json.loads(json.dumps(schema))), value)
    return stream.getvalue()
