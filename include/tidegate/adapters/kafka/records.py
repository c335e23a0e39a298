"""Kafka's records: as they came, from brokers or from an archive, and as rows that are made of that.

A row has the decoded value, and columns of what stands beside the value.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pyarrow as pa
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from tidegate.api.formats import RowFormat
from tidegate.api.kafka import HEADERS
from tidegate.runtime.decoding import Decoded, Malformed, decode_values

RAW = pa.schema(
    {
        "topic": pa.string(),
        "partition": pa.int32(),
        "offset": pa.int64(),
        "timestamp": pa.timestamp("ms", "UTC"),
        "key": pa.binary(),
        "headers": HEADERS,
        "value": pa.large_binary(),
    }
)
"""The columns of records as they came."""


class Records(Protocol):
    """Neighbouring records of one partition, as they came; a part is one of the columns of `RAW`."""

    def part(self, name: str) -> list[Any]:
        """One part of each record; a timestamp is in milliseconds since 1970 UTC."""

    def one(self, row: int) -> Mapping[str, Any]:
        """All parts of one record."""

    def rows(self) -> pa.RecordBatch:
        """A row for each record, with the columns of `RAW`."""


@dataclass(frozen=True)
class Received(Records):
    """Records as brokers gave them, at least one."""

    messages: Sequence[Message]

    def part(self, name: str) -> list[Any]:
        """See `Records`."""
        of = _OF[name]
        return [of(m) for m in self.messages]

    def one(self, row: int) -> Mapping[str, Any]:
        """See `Records`."""
        return {name: of(self.messages[row]) for name, of in _OF.items()}

    def rows(self) -> pa.RecordBatch:
        """See `Records`."""
        of_all = {name: _OF[name](self.messages[0]) for name in ("topic", "partition")}
        return pa.RecordBatch.from_arrays(
            [
                pa.repeat(pa.scalar(of_all[f.name], f.type), len(self.messages))
                if f.name in of_all
                else pa.array(self.part(f.name), _in_ms(f.type)).cast(f.type)
                for f in RAW
            ],
            schema=RAW,
        )


@dataclass(frozen=True)
class Archived(Records):
    """Records as an archive has them."""

    kept: pa.RecordBatch

    def part(self, name: str) -> list[Any]:
        """See `Records`."""
        column = self.kept.column(name)
        return column.cast(_in_ms(column.type)).to_pylist()  # type: ignore[no-any-return]

    def one(self, row: int) -> Mapping[str, Any]:
        """See `Records`."""
        record = Archived(self.kept.slice(row, 1))
        return {name: record.part(name)[0] for name in RAW.names}

    def rows(self) -> pa.RecordBatch:
        """See `Records`."""
        return self.kept


def _in_ms(dtype: pa.DataType) -> pa.DataType:
    return pa.int64() if pa.types.is_timestamp(dtype) else dtype


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


def decoded(shape: Shape, records: Records, schemas: Mapping[int, str]) -> Decoded:
    """Rows and malformed ones of some records, in order. `rows` are their offsets.

    `schemas` are those of a registry by number, where the format has them there.
    """
    values, offsets = records.part("value"), pa.array(records.part("offset"), pa.int64())
    found = decode_values(shape.format, values, schemas)
    misfits, met = {m.row: m for m in found.malformed}, set(found.rows.to_pylist())
    columns = {}
    for name, what in shape.metadata.items():
        columns[name], wrong = _column(shape.schema.field(name), what, records)
        more = {row: Malformed(row, "", name, reason, "") for row, reason in wrong.items() if row in met}
        misfits = {**more, **misfits}
    rows, batch = found.rows, found.batch
    if len(misfits) > len(found.malformed):
        kept = pa.array([row not in misfits for row in rows.to_pylist()], pa.bool_())
        rows, batch = rows.filter(kept), batch.filter(kept)
    arrays = [columns[f.name].take(rows) if f.name in columns else batch.column(f.name) for f in shape.schema]
    return Decoded(
        pa.RecordBatch.from_arrays(arrays, schema=shape.schema),
        offsets.take(rows),
        tuple(_placed(misfits[row], records.one(row)) for row in sorted(misfits)),
        len(values) - found.passed,
        found.passed,
    )


def _column(field: pa.Field, what: str, records: Records) -> tuple[pa.Array, dict[int, str]]:
    """The values of a column, null at each misfit, and the misfits: record → reason."""
    values = records.part(what)
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
    headers: Any = message.headers()  # pairs
    return [{"key": key, "value": value} for key, value in headers] if headers else []


_OF: Mapping[str, Callable[[Message], Any]] = {
    "key": Message.key,
    "headers": _headers,
    "timestamp": _timestamp,
    "topic": Message.topic,
    "partition": Message.partition,
    "offset": Message.offset,
    "value": Message.value,
}


def _placed(malformed: Malformed, record: Mapping[str, Any]) -> Malformed:
    """With the place of the record, and the record itself."""
    position = {
        "topic": record["topic"],
        "partition": record["partition"],
        "offset": record["offset"],
        "timestamp_ms": record["timestamp"],
        "key_base64": _base64(record["key"]),
        "headers": [{"key": h["key"], "value_base64": _base64(h["value"])} for h in record["headers"]],
    }
    return replace(malformed, place=f"offset {record['offset']}", position=json.dumps(position), raw=record["value"])


def _base64(data: bytes | str | None) -> str | None:
    return None if data is None else b64encode(data.encode() if isinstance(data, str) else data).decode()
