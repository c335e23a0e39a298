"""Kafka's records as rows: their values decoded, and columns of what stands beside the value."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from tidegate.api.formats import RowFormat
from tidegate.runtime.decoding import Decoded, Malformed, decode_values


@dataclass(frozen=True)
class Shape:
    """What records are read as.

    Args:
        format: of the values.
        schema: all columns, those of `metadata` among them.
        metadata: columns that are not in the value, each with what it holds; see `KafkaSource`.
    """

    format: RowFormat
    schema: pa.Schema
    metadata: Mapping[str, str]


def decoded(shape: Shape, messages: Sequence[Message], schemas: Mapping[int, str]) -> Decoded:
    """Rows and malformed records of some messages of one partition, in order. `rows` are their offsets.

    `schemas` are those of a registry by number, where the format has them there.
    """
    found = decode_values(shape.format, [m.value() for m in messages], schemas)
    misfits, met = {m.row: m for m in found.malformed}, set(found.rows.to_pylist())
    columns = {}
    for name, what in shape.metadata.items():
        columns[name], wrong = _column(shape.schema.field(name), what, messages)
        more = {row: Malformed(row, "", name, reason, "") for row, reason in wrong.items() if row in met}
        misfits = {**more, **misfits}
    rows, batch = found.rows, found.batch
    if len(misfits) > len(found.malformed):
        kept = pa.array([row not in misfits for row in rows.to_pylist()], pa.bool_())
        rows, batch = rows.filter(kept), batch.filter(kept)
    arrays = [columns[f.name].take(rows) if f.name in columns else batch.column(f.name) for f in shape.schema]
    return Decoded(
        pa.RecordBatch.from_arrays(arrays, schema=shape.schema),
        pa.array([m.offset() for m in messages], pa.int64()).take(rows),
        tuple(_placed(misfits[row], messages[row]) for row in sorted(misfits)),
        len(messages) - found.passed,
        found.passed,
    )


def _column(field: pa.Field, what: str, messages: Sequence[Message]) -> tuple[pa.Array, dict[int, str]]:
    """The values of a column, null at each misfit, and the misfits: record → reason."""
    values = [_OF[what](m) for m in messages]
    misfits: dict[int, str] = {}
    if pa.types.is_string(field.type) and what == "key":
        values = [_text(value, row, misfits) for row, value in enumerate(values)]
    if not field.nullable:
        nulls = {row: f"the record has no {what}" for row, value in enumerate(values) if value is None}
        misfits = {**nulls, **misfits}
    if pa.types.is_timestamp(field.type):
        return pa.array(values, pa.timestamp("ms", "UTC")).cast(field.type), misfits
    return pa.array(values, field.type), misfits


def _text(value: bytes | None, row: int, misfits: dict[int, str]) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        misfits[row] = "the key is not UTF-8"
        return None


def _timestamp(message: Message) -> int | None:
    kind, ms = message.timestamp()
    return None if kind == TIMESTAMP_NOT_AVAILABLE else ms


def _headers(message: Message) -> list[dict[str, Any]]:
    headers: Any = message.headers() or ()  # pairs
    return [{"key": key, "value": value} for key, value in headers]


_OF: Mapping[str, Callable[[Message], Any]] = {
    "key": Message.key,
    "headers": _headers,
    "timestamp": _timestamp,
    "topic": Message.topic,
    "partition": Message.partition,
    "offset": Message.offset,
}


def _placed(malformed: Malformed, message: Message) -> Malformed:
    """With the place of the record, and the record itself."""
    value, key = message.value(), message.key()
    position = {
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "timestamp_ms": _timestamp(message),
        "key_base64": _base64(key),
        "headers": [{"key": h["key"], "value_base64": _base64(h["value"])} for h in _headers(message)],
    }
    return replace(malformed, place=f"offset {message.offset()}", position=json.dumps(position), raw=value)


def _base64(data: bytes | str | None) -> str | None:
    return None if data is None else b64encode(data.encode() if isinstance(data, str) else data).decode()
