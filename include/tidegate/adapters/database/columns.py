"""How a column of PostgreSQL reaches its declared type: as a value of JSON, which the strict decoder reads.

What a type never keeps exactly is refused before anything is read; what a value does not, by the decoder.
"""

from dataclasses import dataclass

import pyarrow as pa
from psycopg import sql

_INTEGERS = {"int2": 16, "int4": 32, "int8": 64}
_OWN = {*_INTEGERS, "float4", "float8", "numeric", "money", "bool", "bytea", "date", "timestamp", "timestamptz"}
"""Types whose text is no string's."""
_JSON = {"json", "jsonb"}
_MANTISSA = {pa.float32(): 24, pa.float64(): 53}


@dataclass(frozen=True)
class Column:
    """A column as the database has it.

    Args:
        type: the name of its type in the catalog; of a domain that of the type behind it.
        element: of an array that of its elements.
        composite: a row type.
        shown: the type for people.
        required: it is declared NOT NULL.
    """

    type: str
    element: str | None
    composite: bool
    shown: str
    required: bool


def refusal(column: Column, dtype: pa.DataType) -> str | None:
    """Why a column is not read as a declared type, as the end of a sentence; None when it is, value by value."""
    if _takes(column, dtype):
        return None
    if column.type == "timestamp" and pa.types.is_timestamp(dtype):
        return (
            "is a timestamp without a zone; read a view with `AT TIME ZONE`, or alter its type to timestamp with time "
            "zone"
        )
    return f"is {column.shown}, which is not read as {dtype} without loss"


def _takes(column: Column, dtype: pa.DataType) -> bool:
    if column.composite:
        return False
    if column.element is not None:
        return bool(pa.types.is_list(dtype)) and _element(column.element, dtype.value_type)
    if pa.types.is_nested(dtype):
        return column.type in _JSON
    return _scalar(column.type, dtype)


def _scalar(found: str, dtype: pa.DataType) -> bool:
    t = pa.types
    if dtype == pa.string():
        return found not in _OWN
    if t.is_integer(dtype):
        return found in _INTEGERS or found == "xid8"
    if dtype in _MANTISSA:
        return (
            _INTEGERS.get(found, 64) <= _MANTISSA[dtype]
            or found == "float4"
            or (found, dtype) == ("float8", pa.float64())
        )
    if t.is_decimal(dtype):
        return found == "numeric" or found in _INTEGERS
    exact = {pa.binary(): "bytea", pa.bool_(): "bool", pa.date32(): "date"}
    return found == ("timestamptz" if t.is_timestamp(dtype) else exact.get(dtype))


def _element(found: str, dtype: pa.DataType) -> bool:
    """Elements reach JSON as they are: what needs an expression of its own is left out."""
    as_it_is = found not in _JSON | {"bytea"} and not (found == "float4" and dtype == pa.float64())
    return as_it_is and not pa.types.is_nested(dtype) and _scalar(found, dtype)


def expression(found: sql.Identifier, column: Column, dtype: pa.DataType) -> sql.Composable:
    """The value of a column, which JSON keeps exactly."""
    if dtype == pa.string():
        return sql.SQL("{}::text").format(found)
    if column.type == "bytea":
        return sql.SQL("translate(encode({}, 'base64'), E'\\n', '')").format(found)
    if column.type == "float4" and dtype == pa.float64():
        return sql.SQL("{}::float8").format(found)
    return found
