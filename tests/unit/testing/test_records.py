"""Goal: records become files from which the decoder reads the same values."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate import Avro, Csv, FileSource, Json, Parquet
from tidegate.api.formats import TypedFormat
from tidegate.runtime.decoding import decode, parts
from tidegate.testing.contents import rows_of
from tidegate.testing.records import Record, file_of

MOMENT = datetime(2026, 1, 31, 12, 30, 59, 123_456, tzinfo=UTC)
PLAIN = pa.schema(
    {
        "text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "yes": pa.bool_(),
        "price": pa.decimal128(10, 2),
        "day": pa.date32(),
        "at": pa.timestamp("us", tz="UTC"),
        "raw": pa.binary(),
    }
)
ROW = {
    "text": 'he said "hi", twice;\nñ',
    "whole": -7,
    "number": 1.5,
    "yes": True,
    "price": Decimal("19.90"),
    "day": date(2026, 1, 31),
    "at": MOMENT,
    "raw": b"\0\xff",
}
NOTHING: dict[str, Any] = dict.fromkeys(PLAIN.names)


def read(tmp_path: Path, source: FileSource, *records: Record) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows that are read again, and the reasons of the malformed ones."""
    path = tmp_path / f"records.{source.dialect.word}"
    path.write_bytes(file_of(source, records))
    rows = source.row_format
    decoded = [d for part in parts(rows, str(path), path.stat().st_size) for d in decode(rows, str(path), part)]
    return [row for d in decoded for row in rows_of(d.batch)], [m.reason for d in decoded for m in d.malformed]


@pytest.mark.parametrize(
    "dialect",
    [
        Csv(),
        Csv(delimiter=";", decimal=",", encoding="utf-16", header=False, nulls=("NA", "")),
        Csv(escape="\\"),
        Csv(timestamps=("microseconds",), dates=("%d.%m.%Y",)),
        Csv(timestamps=("%Y%m%d %H%M%S.%f",), zone="Europe/Berlin"),
        Json(),
        Json(timestamps=("nanoseconds", "iso")),
        Json(dates=("days",)),
        Parquet(),
        Avro(),
    ],
    ids=str,
)
def test_every_plain_type_comes_back(tmp_path: Path, dialect: TypedFormat) -> None:
    source = FileSource("/nowhere", dialect, PLAIN, aliases={"text": "Text"})
    assert read(tmp_path, source, ROW, {"whole": 1}, {}) == ([ROW, {**NOTHING, "whole": 1}, NOTHING], [])


@pytest.mark.parametrize("dialect", [Json(), Parquet(), Avro()])
def test_nested_values_come_back(tmp_path: Path, dialect: TypedFormat) -> None:
    schema = pa.schema(
        {
            "list": pa.list_(pa.timestamp("ms", tz="UTC")),
            "struct": pa.struct({"a": pa.int8(), "b": pa.list_(pa.string())}),
            "map": pa.map_(pa.string(), pa.int64()),
        }
    )
    row = {"list": [MOMENT.replace(microsecond=5_000), None], "struct": {"a": 1, "b": ["x"]}, "map": {"k": 2}}
    assert read(tmp_path, FileSource("/nowhere", dialect, schema), row) == ([row], [])


@given(st.lists(st.none() | st.text(st.characters(codec="utf-8"))))
def test_csv_quotes_what_needs_it(tmp_path_factory: pytest.TempPathFactory, texts: list[str | None]) -> None:
    source = FileSource("/nowhere", Csv(nulls=("", "NULL")), pa.schema({"a": pa.string(), "b": pa.int64()}))
    rows = [{"a": text, "b": 1} for text in [*texts, "NULL", ""]]
    assert read(tmp_path_factory.getbasetemp(), source, *rows) == (rows, [])


def test_lines_stand_as_they_are_and_what_does_not_fit_is_malformed(tmp_path: Path) -> None:
    schema = pa.schema([pa.field("a", pa.int64(), nullable=False)])
    for dialect, line, reason in ((Csv(nulls=("NA",)), "x", "no integer"), (Json(), '{"a": 1', "not JSON")):
        source = FileSource("/nowhere", dialect, schema)
        rows, malformed = read(tmp_path, source, {"a": 2}, line, {"a": "x"}, {"a": None})
        assert (rows, len(malformed)) == ([{"a": 2}], 3)
        assert reason in malformed[0]
    assert read(tmp_path, FileSource("/nowhere", Parquet(), schema), {"a": 2}, {})[0] == [{"a": 2}]


def test_a_moment_without_a_zone_is_the_dialects(tmp_path: Path) -> None:
    schema, naive = pa.schema({"at": PLAIN.field("at").type}), datetime(2026, 7, 1, 12)  # noqa: DTZ001
    for timestamps in (("iso",), ("seconds",), ("%Y-%m-%d %H:%M",)):
        source = FileSource("/nowhere", Json(timestamps=timestamps, zone="Europe/Berlin"), schema)
        assert read(tmp_path, source, {"at": naive})[0] == [{"at": datetime(2026, 7, 1, 10, tzinfo=UTC)}]
    east = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    assert read(tmp_path, FileSource("/nowhere", "csv", schema), {"at": east})[0] == [{"at": east}]


@pytest.mark.parametrize(
    ("dialect", "record", "error", "said"),
    [
        (Csv(), {"b": 1}, TypeError, "columns that the source does not: b"),
        (Csv(), {"a": object()}, TypeError, "csv has no form for"),
        (Csv(quote=None), {"a": "x,y"}, ValueError, "no quotes"),
        (Csv(nulls=()), {}, ValueError, "no field that means null"),
        (Csv(), {}, ValueError, "an empty line, which is no record"),
        (Json(), {"a": {1, 2}}, TypeError, "json has no form for"),
        (Parquet(), "a line", TypeError, "rows, not lines"),
        (Parquet(), {"a": 1}, TypeError, "got a 'int' object"),
    ],
)
def test_what_cannot_be_written_is_told(dialect: Any, record: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        file_of(FileSource("/nowhere", dialect, pa.schema({"a": pa.string()})), [record])
