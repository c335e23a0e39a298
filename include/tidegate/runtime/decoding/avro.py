"""Avro: records of one datum each, read by the schema that each was written with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import fastavro
import numpy as np
import pyarrow as pa

from tidegate.api.avro_schema import OWN, Written, written_with
from tidegate.api.formats import Avro, RowFormat
from tidegate.runtime.decoding.arrays import from_array, refusal, required
from tidegate.runtime.decoding.debezium import Changes
from tidegate.runtime.decoding.model import Column, Faults, Rows, add_misfits, shown, together
from tidegate.runtime.decoding.moments import MisfitError
from tidegate.runtime.decoding.objects import unfit
from tidegate.runtime.decoding.texts import DECIMAL128_DIGITS

_HEAD_BYTES = 5
"""Before a datum: a zero, and the number of its schema."""

_UNITS = {"millis": "ms", "micros": "us", "nanos": "ns"}
_TYPES = {
    "null": pa.null(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bytes": pa.binary(),
    "string": pa.string(),
    "enum": pa.string(),
    f"fixed-{OWN}uuid": pa.string(),
    f"int-{OWN}date": pa.date32(),
    f"int-{OWN}time-millis": pa.time32("ms"),
    f"long-{OWN}time-micros": pa.time64("us"),
    **{f"long-{OWN}timestamp-{word}": pa.timestamp(unit, "UTC") for word, unit in _UNITS.items()},
    **{f"long-{OWN}local-timestamp-{word}": pa.timestamp(unit) for word, unit in _UNITS.items()},
}


def rows(
    row_format: RowFormat, values: Sequence[bytes], schemas: Mapping[int, str], changes: Changes | None = None
) -> Rows:
    """The data as columns.

    Args:
        row_format: with an Avro.
        values: the data.
        schemas: the writers' by number, where the format does not have one for all.
        changes: the data are envelopes with rows of the format.
    """
    dialect = _dialect(row_format)
    reader = _Reader(row_format, changes)
    if dialect.schema is not None:
        return reader.group(range(len(values)), values, dialect.schema, "its schema")
    faults: Faults = {}
    groups = defaultdict[int, list[int]](list)
    for place, value in enumerate(values):
        if len(value) < _HEAD_BYTES or value[0]:
            faults[place] = (None, "does not begin with a byte of 0 and four with the number of its schema")
        else:
            groups[int.from_bytes(value[1:_HEAD_BYTES], "big")].append(place)
    found = [reader.nothing(faults)]
    for number, places in groups.items():
        if number in schemas:
            bodies = [values[p][_HEAD_BYTES:] for p in places]
            found.append(reader.group(places, bodies, schemas[number], f"schema {number}"))
        else:
            faults |= dict.fromkeys(places, (None, f"was written with schema {number}, which none of the subjects has"))
    return together(found)


def refused(row_format: RowFormat, written: Written) -> str | None:
    """Why no data of a schema are read as the format's columns, whatever they are; None when they may be."""
    names = _current(written.record["fields"], row_format.names)
    if reason := unfit(tuple(written.fields), names):
        return reason
    for field, name in zip(row_format.schema, names, strict=True):
        try:
            found = _type(written.fields.get(name, "null"), written.names, field.type)
            reason = refusal(found, field.type, _dialect(row_format))
        except MisfitError as e:
            reason = str(e)
        if reason:
            return f"column {name!r} {reason}"
    return None


def columns(row_format: RowFormat, written: Written, data: Sequence[Mapping[str, Any]]) -> Rows:
    """Data of one schema, which `refused` does not refuse, as columns."""
    names = _current(written.record["fields"], row_format.names)
    types = [(name, written.fields.get(name, "null")) for name in names]
    return _typed(row_format, types, written.names, data, numbers=range(len(data)), faults={})


def _typed(
    row_format: RowFormat,
    types: Sequence[tuple[str, Any]],
    named: Mapping[str, Any],
    data: Sequence[Mapping[str, Any]],
    *,
    numbers: Sequence[int],
    faults: Faults,
) -> Rows:
    """Data as the format's columns; `types` has what each is called in them, and its type."""
    found = []
    for field, (name, type_) in zip(row_format.schema, types, strict=True):
        values = [datum.get(name) for datum in data]
        column, misfits = required(*_column(values, type_, named, field.type, _dialect(row_format)), field)
        add_misfits(faults, field.name, misfits, numbers)
        found.append(column)
    return Rows(found, np.array(numbers, np.int64), faults)


def _dialect(row_format: RowFormat) -> Avro:
    assert isinstance(row_format.dialect, Avro)
    return row_format.dialect


@dataclass(frozen=True)
class _Reader:
    """Reads groups of data; see `rows`."""

    format: RowFormat
    changes: Changes | None

    def nothing(self, faults: Faults) -> Rows:
        """Records that are all malformed."""
        return Rows([pa.array([], f.type) for f in self.format.schema], np.array([], np.int64), faults)

    def group(self, places: Sequence[int], values: Sequence[bytes], schema: str, called: str) -> Rows:
        """Data of one schema, with their places as numbers."""
        try:
            written = written_with(schema)
            of = written.record["fields"] if self.changes is None else _row_fields(written)
            fields, names = {f["name"]: f["type"] for f in of}, _current(of, self.format.names)
            reason = unfit(tuple(fields), names)
        except ValueError as e:
            reason = f"{called} is not read: {e}"
        if reason:
            return self.nothing(dict.fromkeys(places, (None, reason)))
        data, numbers, faults = _data(places, values, written)
        if self.changes is not None:
            data, numbers = self.changes.opened(data, numbers, faults)
        types = [(name, fields.get(name, "null")) for name in names]
        return _typed(self.format, types, written.names, data, numbers=numbers, faults=faults)


def _current(fields: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[str]:
    """What fields are called in a schema: where one was renamed, it may have the old name as an alias."""
    called = {alias: f["name"] for f in fields for alias in f["aliases"]} | {f["name"]: f["name"] for f in fields}
    return [called.get(name, name) for name in names]


def _row_fields(written: Written) -> Sequence[Mapping[str, Any]]:
    """The fields of the row in an envelope of Debezium. Raises ValueError."""
    before, after = (_optional_record(written, name) for name in ("before", "after"))
    if before is None or after is None or before["name"] != after["name"]:
        raise ValueError("it is no envelope of Debezium, whose before and after are a null or one and the same record")
    found: Sequence[Mapping[str, Any]] = after["fields"]
    return found


def _optional_record(written: Written, field: str) -> Mapping[str, Any] | None:
    """The record that a field has where it is not null."""
    of = written.fields.get(field)
    if isinstance(of, list):
        of = next((branch for branch in of if branch != "null"), None) if len(of) == 2 else None
    of = written.names.get(of) if isinstance(of, str) else of
    return of if isinstance(of, dict) and of["type"] == "record" else None


def _data(
    places: Sequence[int], values: Sequence[bytes], written: Written
) -> tuple[list[dict[str, Any]], list[int], Faults]:
    """The data that can be read, the place of each, and why the others cannot."""
    data, numbers, faults = list[dict[str, Any]](), list[int](), Faults()
    for place, value in zip(places, values, strict=True):
        stream = BytesIO(value)
        try:
            datum = fastavro.schemaless_reader(stream, written.record, None)
        except UnicodeDecodeError:
            faults[place] = (None, "has a text that is not UTF-8")
        except (EOFError, IndexError):
            faults[place] = (None, "is cut off, or was not written with its schema")
        except (ValueError, OverflowError, TypeError, KeyError, MemoryError) as e:
            faults[place] = (None, f"was not written with its schema: {e}")
        else:
            if stream.tell() == len(value):
                assert isinstance(datum, dict)
                data.append(datum)
                numbers.append(place)
            else:
                faults[place] = (None, f"has {len(value) - stream.tell()} bytes behind its end")
    return data, numbers, faults


def _column(values: Sequence[Any], schema: Any, names: Mapping[str, Any], dtype: pa.DataType, dialect: Avro) -> Column:
    try:
        found = _type(schema, names, dtype)
        reason = refusal(found, dtype, dialect)
    except MisfitError as e:
        reason = str(e)
    if reason:
        return pa.nulls(len(values), dtype), dict.fromkeys(range(len(values)), reason)
    array, misfits = _array(values, found)
    converted, more = from_array(array, dtype, dialect)
    return converted, more | misfits


def _array(values: Sequence[Any], found: pa.DataType) -> Column:
    """Values as what their schema says; a number that is none of its type (an int of 40 bits) is a misfit."""
    try:
        return pa.array(values, found), {}
    except (pa.ArrowInvalid, OverflowError):
        misfits = {i: f"{shown(v)} is no {found}" for i, v in enumerate(values) if not _fits(v, found)}
        return pa.array([None if i in misfits else v for i, v in enumerate(values)], found), misfits


def _fits(value: Any, found: pa.DataType) -> bool:
    try:
        pa.array([value], found)
    except (pa.ArrowInvalid, OverflowError):
        return False
    return True


# -- types -------------------------------------------------------------------------------------------------------------


def _type(schema: Any, names: Mapping[str, Any], dtype: pa.DataType | None) -> pa.DataType:
    """What a type of Avro is in Arrow; of a record that is declared as a struct, the declared fields.

    Raises:
        MisfitError: it is a union of more than a null and one other type, or such a record has nearly a declared field.
    """
    if isinstance(schema, str):
        return _type(names[schema], names, dtype) if schema in names else _TYPES[schema]
    if isinstance(schema, list):
        others = [s for s in schema if s != "null"]
        if len(others) > 1:
            raise MisfitError("is a union of several types, which is not read")
        return _type(others[0], names, dtype) if others else pa.null()
    if schema["type"] == "record":
        return _struct(schema["fields"], names, dtype)
    if schema["type"] == "array":
        return pa.list_(_type(schema["items"], names, getattr(dtype, "value_type", None)))
    if schema["type"] == "map":
        return pa.map_(pa.string(), _type(schema["values"], names, getattr(dtype, "item_type", None)))
    return _alone(schema["type"], schema.get("logicalType"), schema)


def _alone(kind: str, logical: str | None, schema: Mapping[str, Any]) -> pa.DataType:
    """A type that has no other one in it."""
    if logical == f"{OWN}decimal":
        of = pa.decimal128 if schema["precision"] <= DECIMAL128_DIGITS else pa.decimal256
        return of(schema["precision"], schema.get("scale", 0))
    if kind == "fixed" and logical is None:
        return pa.binary(schema["size"])
    return _TYPES[kind if logical is None else f"{kind}-{logical}"]


def _struct(of: Sequence[Mapping[str, Any]], names: Mapping[str, Any], dtype: pa.DataType | None) -> pa.DataType:
    fields = {f["name"]: f["type"] for f in of}
    if dtype is None or not pa.types.is_struct(dtype):
        return pa.struct([(name, _type(of, names, None)) for name, of in fields.items()])
    if reason := unfit(tuple(fields), [f.name for f in dtype]):
        raise MisfitError(reason)
    declared = [f.name for f in dtype]
    if renamed := next(
        ((old, new) for old, new in zip(declared, _current(of, declared), strict=True) if old != new), None
    ):
        raise MisfitError("has a field {!r} that is {!r} now, which is not followed within a record".format(*renamed))
    return pa.struct([(f.name, _type(fields[f.name], names, f.type) if f.name in fields else pa.null()) for f in dtype])
