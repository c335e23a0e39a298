"""Avro: records of one datum each, read by the schema that each was written with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import fastavro
import numpy as np
import pyarrow as pa

from tidegate.api.avro_schema import OWN, Written, written_with
from tidegate.api.formats import Avro, RowFormat
from tidegate.runtime.decoding.arrays import from_array, refusal, required
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


def rows(row_format: RowFormat, values: Sequence[bytes], schemas: Mapping[int, str]) -> Rows:
    """The data as columns; `schemas` are the writers' by number, where the format does not have one for all."""
    dialect = _dialect(row_format)
    if dialect.schema is not None:
        return _group(row_format, values, dialect.schema, "its schema")
    faults: Faults = {}
    groups = defaultdict[int, list[int]](list)
    for place, value in enumerate(values):
        if len(value) < _HEAD_BYTES or value[0]:
            faults[place] = (None, "does not begin with a byte of 0 and four with the number of its schema")
        else:
            groups[int.from_bytes(value[1:_HEAD_BYTES], "big")].append(place)
    found = [Rows([pa.array([], f.type) for f in row_format.schema], np.array([], np.int64), faults)]
    for number, places in groups.items():
        if number in schemas:
            bodies = [values[p][_HEAD_BYTES:] for p in places]
            group = _group(row_format, bodies, schemas[number], f"schema {number}")
            found.append(group.among(np.array(places, np.int64)))
        else:
            faults |= dict.fromkeys(places, (None, f"was written with schema {number}, which is not known"))
    return together(found)


def _dialect(row_format: RowFormat) -> Avro:
    assert isinstance(row_format.dialect, Avro)
    return row_format.dialect


def _group(row_format: RowFormat, values: Sequence[bytes], schema: str, called: str) -> Rows:
    """Data of one schema."""
    try:
        written = written_with(schema)
        reason = unfit(tuple(written.fields), row_format.names)
    except ValueError as e:
        written, reason = None, f"{called} is not read: {e}"
    if written is None or reason:
        nothing = [pa.array([], f.type) for f in row_format.schema]
        return Rows(nothing, np.array([], np.int64), dict.fromkeys(range(len(values)), (None, reason or "")))
    data, numbers, faults = _data(values, written)
    columns = []
    for field, name in zip(row_format.schema, row_format.names, strict=True):
        found = [datum.get(name) for datum in data]
        column, misfits = required(*_column(found, name, field.type, written, _dialect(row_format)), field)
        add_misfits(faults, field.name, misfits, numbers)
        columns.append(column)
    return Rows(columns, np.array(numbers, np.int64), faults)


def _data(values: Sequence[bytes], written: Written) -> tuple[list[dict[str, Any]], list[int], Faults]:
    """The data that can be read, the place of each, and why the others cannot."""
    data, numbers, faults = list[dict[str, Any]](), list[int](), Faults()
    for place, value in enumerate(values):
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


def _column(values: Sequence[Any], name: str, dtype: pa.DataType, written: Written, dialect: Avro) -> Column:
    if name not in written.fields:
        return pa.nulls(len(values), dtype), {}
    try:
        found = _type(written.fields[name], written.names, dtype)
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
        return _struct({f["name"]: f["type"] for f in schema["fields"]}, names, dtype)
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


def _struct(fields: Mapping[str, Any], names: Mapping[str, Any], dtype: pa.DataType | None) -> pa.DataType:
    if dtype is None or not pa.types.is_struct(dtype):
        return pa.struct([(name, _type(of, names, None)) for name, of in fields.items()])
    if reason := unfit(tuple(fields), [f.name for f in dtype]):
        raise MisfitError(reason)
    return pa.struct([(f.name, _type(fields[f.name], names, f.type) if f.name in fields else pa.null()) for f in dtype])
