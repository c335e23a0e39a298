"""Records that come one by one, as Kafka's: each is one row, or malformed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from tidegate.api.formats import Avro, Csv, Debezium, Json, Raw, RowFormat
from tidegate.runtime.decoding import avro, delimited
from tidegate.runtime.decoding.arrays import utf8
from tidegate.runtime.decoding.debezium import Changes
from tidegate.runtime.decoding.json_objects import Objects
from tidegate.runtime.decoding.model import Block, Decoded, Rows, readable, together


def decode_values(
    row_format: RowFormat, values: pa.BinaryArray | Sequence[bytes | None], schemas: Mapping[int, str] | None = None
) -> Decoded:
    """Decode records, best some thousands at once; what is held in memory is a multiple of them.

    Args:
        row_format: what the values mean, as declared with ``records=True``.
        values: of the records; null is a record of nulls, malformed where a column is not nullable. Of Debezium's it is
            passed over.
        schemas: Avro's writers' schemas by number, where `Avro.schema` is None.

    Returns:
        All records, with their places in `values` as their numbers, and without a place in words.
    """
    data = values.to_pylist() if isinstance(values, pa.Array) else list(values)
    there = [place for place, value in enumerate(data) if value is not None]
    found, absent = _rows(row_format, [data[p] for p in there], schemas or {}), len(data) - len(there)
    passed = absent if isinstance(row_format.dialect, Debezium) else 0
    if absent:
        found = found.among(np.array(there, np.int64))
    if absent and not passed:
        found = together([found, _nulls(row_format, [p for p, value in enumerate(data) if value is None])])

    def describe(record: int) -> tuple[str, str]:
        return "", readable(data[record] or b"")

    decoded = Block(found, len(data), describe).decoded(row_format.schema, 0)
    return replace(decoded, records=len(data) - passed, passed=passed)


def _rows(
    row_format: RowFormat, values: Sequence[bytes], schemas: Mapping[int, str], changes: Changes | None = None
) -> Rows:
    dialect = row_format.dialect
    if isinstance(dialect, Debezium):
        changes = Changes(row_format)
        return changes.completed(_rows(changes.values, values, schemas, changes))
    if isinstance(dialect, Json):
        return Objects(row_format, values, b"\n".join(values), "value", changes).rows()
    if isinstance(dialect, Avro):
        return avro.rows(row_format, values, schemas, changes)
    if isinstance(dialect, Csv):
        return delimited.rows_of_values(row_format, values)
    assert isinstance(dialect, Raw)
    (field,) = row_format.schema
    raw = pa.array(values, pa.binary())
    column, misfits = utf8(raw) if field.type == pa.string() else (raw, {})
    return Rows([column], np.arange(len(raw)), {place: (field.name, why) for place, why in misfits.items()})


def _nulls(row_format: RowFormat, places: Sequence[int]) -> Rows:
    """Records without a value."""
    column = next((f.name for f in row_format.schema if not f.nullable), None)
    faults = {} if column is None else dict.fromkeys(places, (column, "is null, as the record has no value"))
    return Rows([pa.nulls(len(places), f.type) for f in row_format.schema], np.array(places, np.int64), faults)
