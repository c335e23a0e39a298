"""Records as a file of a source's format."""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.api.files import FileSource
from tidegate.api.formats import DAYS, EPOCHS, ISO, Avro, Csv, Json, TypedFormat

Record = Mapping[str, Any] | str
"""A row by the names of the source's schema, or a line as it would stand in the file: for rows that are malformed."""

_1970 = datetime(1970, 1, 1, tzinfo=UTC)


def file_of(source: FileSource, records: Sequence[Record]) -> bytes:
    """The bytes of a file with these records. A column that a record does not name is null.

    Values are written as the format's settings say (dates and moments in the first form that they name), and not
    checked: what does not fit the schema is malformed when it is read.

    Raises:
        TypeError: a line of text in a file of Parquet or Avro, or a value that the format has no form for.
        ValueError: a text that the CSV dialect cannot write, as one with its delimiter where there are no quotes.
    """
    dialect = source.dialect
    named = [r if isinstance(r, str) else _named(source, r) for r in records]
    if isinstance(dialect, Csv):
        return _csv(dialect, source.row_format.names, named)
    if isinstance(dialect, Json):
        return "".join(f"{r if isinstance(r, str) else _json(dialect, r)}\n" for r in named).encode()
    return _avro(source, named) if isinstance(dialect, Avro) else _parquet(source, named)


def _named(source: FileSource, record: Mapping[str, Any]) -> dict[str, Any]:
    return {source.aliases.get(name, name): value for name, value in record.items()}


def _json(dialect: Json, record: Mapping[str, Any]) -> str:
    return json.dumps(record, default=lambda value: _plain(dialect, value))


def _plain(dialect: TypedFormat, value: Any) -> int | str:
    """A number or a text for a value that JSON and CSV have no form of their own for."""
    if isinstance(value, datetime):
        return _moment(dialect, value)
    if isinstance(value, date):
        form = dialect.dates[0]
        if form == DAYS:
            return (value - _1970.date()).days
        return value.isoformat() if form == ISO else value.strftime(form)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a file of {dialect.word} has no form for {value!r}")


def _moment(dialect: TypedFormat, value: datetime) -> int | str:
    form, zone = dialect.timestamps[0], ZoneInfo(dialect.zone)
    if form == ISO:
        return value.isoformat()
    aware = value if value.tzinfo else value.replace(tzinfo=zone)
    if form in EPOCHS:
        return (aware - _1970) // timedelta(microseconds=1) * int(10 ** EPOCHS[form]) // 10**6
    return aware.astimezone(zone).strftime(form)


def _csv(csv: Csv, names: Sequence[str], records: Sequence[dict[str, Any] | str]) -> bytes:
    lines = [csv.delimiter.join(_field(csv, name) for name in names)] if csv.header else []
    lines += [r if isinstance(r, str) else _line(csv, names, r) for r in records]
    return "".join(f"{line}\n" for line in lines).encode(csv.encoding)


def _line(csv: Csv, names: Sequence[str], record: Mapping[str, Any]) -> str:
    if unknown := record.keys() - set(names):
        raise TypeError(f"a record has columns that the source does not: {', '.join(sorted(unknown))}")
    line = csv.delimiter.join(_text(csv, record.get(n)) for n in names)
    if not line:
        raise ValueError(
            f"{record} would be an empty line, which is no record: say Csv(nulls=…), or have a further column"
        )
    return line


def _text(csv: Csv, value: Any) -> str:
    if value is None:
        if not csv.nulls:
            raise ValueError("Csv nulls names no field that means null")
        return csv.nulls[0]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | str):
        return _field(csv, str(value))
    if isinstance(value, float | Decimal):
        return _field(csv, str(value).replace(".", csv.decimal))
    return _field(csv, str(_plain(csv, value)))


def _field(csv: Csv, text: str) -> str:
    special = {csv.delimiter, "\r", "\n", *filter(None, (csv.quote, csv.escape))}
    if text not in csv.nulls and not any(c in text for c in special):
        return text
    if csv.quote is None:
        raise ValueError(f"Csv has no quotes, so that {text!r} cannot be a field")
    if csv.escape:
        text = text.replace(csv.escape, csv.escape * 2)
    return f"{csv.quote}{text.replace(csv.quote, csv.quote * 2)}{csv.quote}"


def _parquet(source: FileSource, records: Sequence[dict[str, Any] | str]) -> bytes:
    # a null where the source allows none is malformed, and must be there to be that
    columns = pa.schema([(n, f.type) for f, n in zip(source.schema, source.row_format.names, strict=True)])
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_rows(source, records), schema=columns), sink)
    return sink.getvalue()


def _avro(source: FileSource, records: Sequence[dict[str, Any] | str]) -> bytes:
    import fastavro  # noqa: PLC0415  (few pipelines need it)

    names = zip(source.schema, source.row_format.names, strict=True)
    fields = [{"name": name, "type": ["null", _avro_type(f.type, name)]} for f, name in names]
    sink = io.BytesIO()
    fastavro.writer(sink, {"type": "record", "name": "row", "fields": fields}, _rows(source, records))
    return sink.getvalue()


def _avro_type(dtype: pa.DataType, name: str) -> Any:
    """The type of Avro that holds every value of a type. Records in it are named by where they are."""
    t = pa.types
    if t.is_struct(dtype):
        fields = [{"name": f.name, "type": ["null", _avro_type(f.type, f"{name}_{f.name}")]} for f in dtype]
        return {"type": "record", "name": name, "fields": fields}
    if t.is_list(dtype):
        return {"type": "array", "items": ["null", _avro_type(dtype.value_type, name)]}
    if t.is_map(dtype):
        return {"type": "map", "values": ["null", _avro_type(dtype.item_type, name)]}
    return _avro_plain(dtype)


def _avro_plain(dtype: pa.DataType) -> Any:
    if pa.types.is_decimal(dtype):
        return {"type": "bytes", "logicalType": "decimal", "precision": dtype.precision, "scale": dtype.scale}
    if pa.types.is_timestamp(dtype):
        return {"type": "long", "logicalType": f"timestamp-{'millis' if dtype.unit in ('s', 'ms') else 'micros'}"}
    if pa.types.is_integer(dtype):
        return "int" if dtype.bit_width <= 32 else "long"
    return {
        pa.date32(): {"type": "int", "logicalType": "date"},
        pa.bool_(): "boolean",
        pa.float32(): "float",
        pa.float64(): "double",
        pa.binary(): "bytes",
    }.get(dtype, "string")


def _rows(source: FileSource, records: Sequence[dict[str, Any] | str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for record in records:
        if isinstance(record, str):
            raise TypeError(f"a file of {source.dialect.word} has rows, not lines of text like {record!r}")
        rows.append(record)
    return rows
