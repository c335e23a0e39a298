"""A schema that Avro was written with, as it is read by: for each value exactly what was written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import fastavro
import fastavro.read
from fastavro.schema import SchemaParseException

OWN = "tidegate-"
"""Stands before the logical types that are known here. fastavro does not know them by these names: its own readers
round decimals, and make moments of Python, which holds fewer of them."""

LOGICAL = {
    "bytes-decimal",
    "fixed-decimal",
    "fixed-uuid",
    "int-date",
    "int-time-millis",
    "long-time-micros",
    *(f"long-{kind}timestamp-{unit}" for kind in ("", "local-") for unit in ("millis", "micros", "nanos")),
}
"""Each with the type that it is written as. A value of another logical type is read as one without."""

_KEPT = ("type", "name", "namespace", "items", "values", "symbols", "size", "precision", "scale")
_DECIMAL_BYTES_MAX = 64
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


@dataclass(frozen=True)
class Written:
    """A record's schema.

    Args:
        fields: the type of each field, as Avro has it, with logical types that begin with `OWN`.
        names: the types that are called by a name in it.
        record: the whole, for fastavro.
    """

    fields: Mapping[str, Any]
    names: Mapping[str, Any]
    record: Any


@lru_cache(maxsize=1024)
def written_with(schema: str) -> Written:
    """A schema from its JSON.

    Raises:
        ValueError: it is none, not that of a record, or one by which few bytes could be values without an end: of a
            record that contains itself, or of an array of what takes no byte.
    """
    names: dict[str, Any] = {}
    try:
        record: Any = fastavro.parse_schema(_bare(json.loads(schema)), names)
    except (SchemaParseException, ValueError, TypeError, KeyError, AttributeError, RecursionError) as e:
        raise ValueError(f"it is no schema of Avro: {type(e).__name__}: {e}") from None
    if not isinstance(record, dict) or record["type"] != "record":
        raise ValueError("it is not the schema of a record")
    _check(record, names, ())
    return Written({f["name"]: f["type"] for f in record["fields"]}, names, record)


def _bare(schema: Any) -> Any:
    """A schema with what is needed to read by it: without defaults, documentation and what others have noted in it."""
    if isinstance(schema, list):
        return [_bare(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema["type"]
    if isinstance(kind, dict | list):
        return _bare(kind)
    bare = {name: schema[name] for name in _KEPT if name in schema}
    for name in ("items", "values"):
        if name in bare:
            bare[name] = _bare(bare[name])
    if kind == "record":
        bare["fields"] = [
            {"name": f["name"], "type": _bare(f["type"]), "aliases": _texts(f.get("aliases"))} for f in schema["fields"]
        ]
    if _is_logical(schema):
        bare["logicalType"] = f"{OWN}{schema['logicalType']}"
    return bare


def _texts(found: Any) -> list[str]:
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _is_logical(schema: Mapping[str, Any]) -> bool:
    if f"{schema['type']}-{schema.get('logicalType')}" not in LOGICAL:
        return False
    if schema["logicalType"] == "decimal":
        precision, scale = schema.get("precision"), schema.get("scale", 0)
        return type(precision) is int and type(scale) is int and 0 <= scale <= precision and 0 < precision <= 76
    return bool(schema["logicalType"] != "uuid" or schema.get("size") == 16)


def _check(schema: Any, names: Mapping[str, Any], within: tuple[str, ...]) -> None:
    """Raises ValueError; see `written_with`. `within` are the records that this is a part of."""
    if isinstance(schema, str):
        if schema in within:
            raise ValueError(f"the record {schema!r} contains itself, which is not read")
        return
    kind = schema["type"] if isinstance(schema, dict) else "union"
    for part in _parts(kind, schema):
        _check(part, names, (*within, schema["name"]) if kind == "record" else within)
    if kind == "record":
        of = [f["name"] for f in schema["fields"]]
        if twice := next((name for name in of if of.count(name) > 1), None):
            raise ValueError(f"the record {schema['name']!r} has two fields {twice!r}")
    if kind == "array" and _is_empty(schema["items"], names):
        raise ValueError("it has an array of values that take no byte, which is not read")


def _parts(kind: str, schema: Any) -> list[Any]:
    if kind == "union":
        return list(schema)
    return [f["type"] for f in schema.get("fields", ())] + [schema[n] for n in ("items", "values") if n in schema]


def _is_empty(schema: Any, names: Mapping[str, Any]) -> bool:
    if isinstance(schema, str):
        return _is_empty(names[schema], names) if schema in names else schema == "null"
    if isinstance(schema, list):
        return False
    if schema["type"] == "record":
        return all(_is_empty(f["type"], names) for f in schema["fields"])
    return bool(schema["type"] == "null" or schema.get("size") == 0)


def _decimal(data: bytes, schema: dict[str, Any] | None, _: object = None) -> Decimal:
    if len(data) > _DECIMAL_BYTES_MAX:
        raise ValueError(f"a decimal number of {len(data)} bytes")
    assert schema is not None
    return Decimal(int.from_bytes(data, "big", signed=True)).scaleb(-schema.get("scale", 0), _EXACT)


def _uuid(data: bytes, _schema: object, _: object = None) -> str:
    return str(UUID(bytes=data))


fastavro.read.LOGICAL_READERS[f"bytes-{OWN}decimal"] = _decimal
fastavro.read.LOGICAL_READERS[f"fixed-{OWN}decimal"] = _decimal
fastavro.read.LOGICAL_READERS[f"fixed-{OWN}uuid"] = _uuid
