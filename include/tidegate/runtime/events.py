"""Events as a task gets them: in their declared types exactly, then as Python values; what does not fit is named."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidegate.api.values import printable, python_values

HASH = "_tidegate_hash"
"""The column of the key's hash."""
BUCKET = "_tidegate_bucket"
"""The column of the number of the key's bucket."""
TIMESTAMP = "_tidegate_timestamp"
"""The column of event time in milliseconds since 1970 UTC."""
SLICE = "_tidegate_slice"
"""The column that says which piece of the input a row comes from: a slice or a part of one, by its number in order."""
ORDER = "_tidegate_order"
"""The column that says where in its piece a row stands."""

PLACED = pa.schema({SLICE: pa.int32(), ORDER: pa.int64()})
"""The columns that a row has from the start."""

Misfits = dict[int, str]
"""Rows of a batch that cannot be processed, each with the reason."""


def declared(batch: pa.RecordBatch, schema: pa.Schema) -> tuple[pa.RecordBatch, Misfits]:
    """The batch with its columns in the types of `schema`, other columns as they are, and the rows that do not fit.

    What came through Spark has Spark's types: all moments are in microseconds there. Nothing is rounded.
    """
    misfits: Misfits = {}
    for field in schema:
        i = batch.schema.get_field_index(field.name)
        column, wrong = _exactly(batch.column(i), field)
        misfits = {**wrong, **misfits}
        if column is not batch.column(i):
            batch = batch.set_column(i, field.name, column)
    return batch, misfits


def _exactly(column: pa.Array, field: pa.Field) -> tuple[pa.Array, Misfits]:
    misfits: Misfits = {}
    if column.type != field.type:
        try:
            column = column.cast(field.type)
        except pa.ArrowInvalid:
            column, misfits = _each_exactly(column, field)
    if not field.nullable and column.null_count:
        nulls = pc.indices_nonzero(column.is_null()).to_pylist()
        misfits = {**dict.fromkeys(nulls, f"column {field.name!r} is null, but declared not to be"), **misfits}
    return column, misfits


def _each_exactly(column: pa.Array, field: pa.Field) -> tuple[pa.Array, Misfits]:
    values: list[pa.Array] = []
    misfits: Misfits = {}
    for i in range(len(column)):
        one = column.slice(i, 1)
        try:
            values.append(one.cast(field.type))
        except pa.ArrowInvalid:
            misfits[i] = f"column {field.name!r}: {_text(one)} is not {field.type}"
            values.append(pa.nulls(1, field.type))
    return pa.concat_arrays(values), misfits


def python_columns(batch: pa.RecordBatch, schema: pa.Schema) -> tuple[list[list[Any]], Misfits]:
    """The columns of `schema` as lists of Python values, maps as dictionaries; or the rows that Python cannot hold."""
    columns: list[list[Any]] = []
    misfits: Misfits = {}
    for field in schema:
        column = batch.column(field.name)
        try:
            columns.append(python_values(column))
        except (ValueError, OverflowError):
            wrong = _unreadable(column)
            if not wrong:
                raise
            misfits = {**{i: f"column {field.name!r}: {why}" for i, why in wrong.items()}, **misfits}
    return columns, misfits


def _unreadable(column: pa.Array) -> Misfits:
    misfits: Misfits = {}
    for i in range(len(column)):
        one = column.slice(i, 1)
        try:
            python_values(one)
        except (ValueError, OverflowError) as e:
            misfits[i] = f"{_text(one)} cannot be a Python value: {e}"
    return misfits


def readable(row: pa.RecordBatch) -> dict[str, Any]:
    """The values of a batch of one row, as text where Python cannot hold them."""
    return {field.name: _readable(row.column(i)) for i, field in enumerate(row.schema)}


def _readable(one: pa.Array) -> Any:
    try:
        return one[0].as_py()
    except (ValueError, OverflowError):
        return _text(one)


def _text(one: pa.Array) -> str:
    """The value of an array of one, also of one that Python cannot hold."""
    try:
        text = one.cast(pa.string())[0].as_py()
    except pa.ArrowNotImplementedError:
        text = " ".join(str(one).split())
    return printable(str(text)[:200])
