"""Checks and names of columns, tables and types, and the errors that point at the line to change."""

import difflib
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from tidegate.errors import DefinitionError

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,126}\Z")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,126}\Z")
_OWN_PREFIX = "_tidegate_"
_NAMES_OF_EVENTS = {"_asdict", "_fields"}
_PACKAGE = Path(__file__).resolve().parents[1]

_HIVE_TYPES: dict[pa.DataType, str] = {
    pa.string(): "string",
    pa.bool_(): "boolean",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.date32(): "date",
    pa.binary(): "binary",
}

_KEY_TYPES = {
    pa.string(),
    pa.bool_(),
    pa.int8(),
    pa.int16(),
    pa.int32(),
    pa.int64(),
    pa.date32(),
    pa.binary(),
}
PARTITION_TYPES = {pa.string(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.date32()}


def caller() -> str:
    """`file:line` of the nearest frame outside tidegate: the line that a DefinitionError names."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_own(frame.f_code.co_filename):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _is_own(file: str) -> bool:
    """True for tidegate's modules, and for the code that dataclasses generate ("<string>")."""
    return file == "<string>" or _PACKAGE in Path(file).resolve().parents


def fail(message: str) -> DefinitionError:
    """A DefinitionError that begins with the line to change."""
    return DefinitionError(f"{caller()}: {message}")


def identifier(name: str, what: str) -> str:
    """Return `name` when it is a plain lower-case identifier, which Hive, Spark and PostgreSQL read alike."""
    if not isinstance(name, str) or not _IDENTIFIER.match(name):
        raise fail(
            f"{what} {name!r} is not a valid identifier: use a lower-case letter or underscore first, "
            "then lower-case letters, digits and underscores, 127 characters at most"
        )
    return name


def operator_uid(name: str) -> str:
    """Return `name` when it can name an operator: it stands in the paths of its state."""
    if not isinstance(name, str) or not _FIELD.match(name):
        raise fail(
            f"operator uid {name!r} is not valid: use a letter or underscore first, then letters, digits and "
            'underscores of ASCII, 127 characters at most, as in `.process(…).uid("totals")`'
        )
    return name


def table_name(name: str) -> str:
    """Return `name` when it is `database.table` of two identifiers."""
    parts = name.split(".") if isinstance(name, str) else []
    if len(parts) != 2:
        raise fail(f"table {name!r} must be named as 'database.table'")
    for part, what in zip(parts, ("database", "table"), strict=True):
        identifier(part, what)
    return name


def hive_type(dtype: pa.DataType) -> str:
    """Hive's type for an Arrow type. Raises ValueError for a type that no Hive table keeps without loss."""
    if dtype in _HIVE_TYPES:
        return _HIVE_TYPES[dtype]
    if pa.types.is_timestamp(dtype) and dtype.tz == "UTC" and dtype.unit in ("ms", "us"):
        return "timestamp"
    if pa.types.is_decimal128(dtype) and 0 <= dtype.scale <= dtype.precision:
        return f"decimal({dtype.precision},{dtype.scale})"
    if pa.types.is_list(dtype):
        return f"array<{hive_type(dtype.value_type)}>"
    if pa.types.is_map(dtype) and not pa.types.is_nested(dtype.key_type):
        return f"map<{hive_type(dtype.key_type)},{hive_type(dtype.item_type)}>"
    if pa.types.is_struct(dtype):
        return f"struct<{','.join(f'{name}:{hive_type(dtype.field(name).type)}' for name in _field_names(dtype))}>"
    raise ValueError(_type_advice(dtype))


def _field_names(dtype: pa.StructType) -> list[str]:
    """Names of a struct's fields. Hive knows no case and none but plain characters; Parquet knows no empty struct."""
    names = [f.name for f in dtype]
    if odd := [n for n in names if not _FIELD.match(n)]:
        raise ValueError(f"the name of field {odd[0]!r} of {dtype} is not of letters, digits and underscores")
    if len({n.lower() for n in names}) < max(1, len(names)):
        raise ValueError(
            f"the fields of {dtype} need names that differ in more than their case, and at least one field"
        )
    return names


def _type_advice(dtype: pa.DataType) -> str:
    if pa.types.is_timestamp(dtype):
        return f"{dtype} is not UTC: declare pa.timestamp('us', tz='UTC')"
    if pa.types.is_decimal128(dtype):
        return f"the scale of {dtype} is not from 0 to its precision"
    if pa.types.is_map(dtype):
        return f"{dtype} has keys of a nested type"
    return (
        f"{dtype} has no lossless Hive type: use one of string, bool, int8 to int64, float, double, date32, "
        "timestamp UTC, decimal128, binary, list, map, struct"
    )


def checked_schema(schema: pa.Schema, what: str) -> pa.Schema:
    """Return `schema` when every name and type can be stored in Hive."""
    if not isinstance(schema, pa.Schema) or len(schema) == 0:
        raise fail(f"{what} must be a pyarrow.Schema with at least one column, not {schema!r}")
    seen: set[str] = set()
    for field in schema:
        identifier(field.name, f"{what}: column")
        if field.name.startswith(_OWN_PREFIX):
            raise fail(f"{what}: column {field.name!r}: names that begin with {_OWN_PREFIX!r} are tidegate's own")
        if field.name in seen:
            raise fail(f"{what}: column {field.name!r} is declared twice")
        seen.add(field.name)
        try:
            hive_type(field.type)
        except ValueError as e:
            raise fail(f"{what}: column {field.name!r}: {e}") from None
    return schema


def event_schema(schema: pa.Schema) -> pa.Schema:
    """Return `schema` when its columns can be attributes of an event."""
    for name in schema.names:
        if name in _NAMES_OF_EVENTS or (name.startswith("__") and name.endswith("__")):
            raise fail(f"column {name!r} has a name that events need themselves: rename it in a transform")
    return schema


def known_columns(names: Sequence[str], schema: pa.Schema, what: str) -> tuple[str, ...]:
    """Return `names` when `schema` has them all, each once."""
    if not names:
        raise fail(f"{what} needs at least one column")
    for name in names:
        if name not in schema.names:
            near = difflib.get_close_matches(str(name), schema.names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise fail(f"{what}: unknown column {name!r}{hint} Columns here: {', '.join(schema.names)}")
    if len(set(names)) != len(names):
        raise fail(f"{what} names a column twice: {', '.join(names)}")
    return tuple(names)


def key_columns(names: Sequence[str], schema: pa.Schema, what: str = "key_by") -> tuple[str, ...]:
    """Return `names` when they can be a key: known columns of types whose equality is exact."""
    names = known_columns(names, schema, what)
    _typed(names, schema, what, lambda t: t in _KEY_TYPES or pa.types.is_decimal(t) or pa.types.is_timestamp(t))
    return names


def partition_columns(names: Sequence[str], schema: pa.Schema) -> tuple[str, ...]:
    """Return `names` when they can be partition columns: known columns of types that Hive writes into a path."""
    if not names:
        return ()
    names = known_columns(names, schema, "partition_by")
    _typed(names, schema, "partition_by", PARTITION_TYPES.__contains__)
    if len(names) == len(schema):
        raise fail("partition_by names every column: a table needs at least one column beside its partitions")
    return names


def _typed(names: Iterable[str], schema: pa.Schema, what: str, allowed: Callable[[pa.DataType], bool]) -> None:
    for name in names:
        dtype = schema.field(name).type
        if not allowed(dtype):
            raise fail(f"{what}: column {name!r} is {dtype}, which cannot be used here")
