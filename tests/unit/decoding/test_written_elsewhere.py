"""Goal: what Python's csv and json, pandas, Polars and DuckDB write is read back exactly."""

import csv
import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decoding import reading
from tidegate import FileSource, Json

SCHEMA = pa.schema(
    {
        "i": pa.int64(),
        "s": pa.string(),
        "x": pa.float64(),
        "p": pa.decimal128(18, 4),
        "b": pa.bool_(),
        "d": pa.date32(),
        "t": pa.timestamp("us", "UTC"),
    }
)
UNIX = datetime(1970, 1, 1, tzinfo=UTC)
TEXT = st.text(
    alphabet=st.one_of(st.sampled_from("a,;\"'\\\n\r\t é\u2028日😀"), st.characters(codec="utf-8")), max_size=8
)
VALUES = {
    "s": TEXT.filter(lambda t: "\0" not in t),
    "x": st.floats(allow_nan=False),
    "p": st.decimals(min_value=-(10**13), max_value=10**13, places=4),
    "b": st.booleans(),
    "d": st.dates(min_value=date(1700, 1, 1), max_value=date(2200, 1, 1)),
    "t": st.integers(-8_000_000_000_000_000, 7_000_000_000_000_000).map(lambda us: UNIX + timedelta(microseconds=us)),
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {"i": st.integers(-(2**63), 2**63 - 1), **{n: st.one_of(st.none(), v) for n, v in VALUES.items()}}
    ),
    min_size=1,
    max_size=4,
).map(lambda rows: pa.Table.from_pylist(rows, SCHEMA))


def with_csv(table: pa.Table, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(table.column_names)
        writer.writerows(row.values() for row in table.to_pylist())


def with_json(table: pa.Table, path: Path) -> None:
    plain: dict[type, Callable[[Any], str]] = {Decimal: str, date: str, datetime: datetime.isoformat}
    lines = [
        json.dumps({n: plain[type(v)](v) if type(v) in plain else v for n, v in row.items()}, ensure_ascii=bool(i % 2))
        for i, row in enumerate(table.to_pylist())
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def with_duckdb(options: str) -> Callable[[pa.Table, Path], None]:
    def write(table: pa.Table, path: Path) -> None:
        with duckdb.connect() as db:
            db.register("rows", table)
            db.execute("SET TimeZone = 'UTC'")
            db.execute(f"COPY (SELECT * FROM rows) TO '{path}' ({options})")

    return write


def frame(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas(types_mapper=pd.ArrowDtype)


WRITERS: dict[str, tuple[str, Callable[[pa.Table, Path], Any]]] = {
    "csv": ("csv", with_csv),
    "json": ("json", with_json),
    "pandas_csv": ("csv", lambda t, p: frame(t).to_csv(p, index=False, lineterminator="\r\n")),
    "pandas_parquet": ("parquet", lambda t, p: frame(t).to_parquet(p)),
    "polars_csv": ("csv", lambda t, p: pl.from_arrow(t).write_csv(p)),  # type: ignore[union-attr]
    "polars_json": ("json", lambda t, p: pl.from_arrow(t).write_ndjson(p)),  # type: ignore[union-attr]
    "polars_parquet": ("parquet", lambda t, p: pl.from_arrow(t).write_parquet(p)),  # type: ignore[union-attr]
    "duckdb_csv": ("csv", with_duckdb("FORMAT csv, HEADER")),
    "duckdb_json": ("json", with_duckdb("FORMAT json")),
    "duckdb_parquet": ("parquet", with_duckdb("FORMAT parquet")),
    "arrow_parquet": ("parquet", pq.write_table),
}


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=ROWS)
def test_what_others_write_is_read_back_exactly(tmp_path: Path, writer: str, table: pa.Table) -> None:
    file_format, write = WRITERS[writer]
    path = tmp_path / "written"
    if file_format == "json":  # some write a bare Infinity, which is no JSON
        finite = [None if x is None or math.isinf(x) else x for x in table.column("x").to_pylist()]
        table = table.set_column(2, SCHEMA.field("x"), pa.array(finite, pa.float64()))
    write(table, path)
    found = reading(path, FileSource(tmp_path, file_format, SCHEMA))
    assert found.malformed == []
    wanted = table.to_pylist()
    if writer in ("csv", "pandas_csv"):  # they write null and the empty text alike
        wanted = [{**row, "s": row["s"] or None} for row in wanted]
    assert found.rows == wanted


def test_pandas_writes_moments_of_json_as_milliseconds(tmp_path: Path) -> None:
    table = pa.table({"t": pa.array([1_500, None], pa.timestamp("ms", "UTC"))})
    table.to_pandas().to_json(tmp_path / "a", orient="records", lines=True, date_format="epoch")
    source = FileSource(tmp_path, Json(timestamps=("milliseconds",)), pa.schema({"t": pa.timestamp("us", "UTC")}))
    assert [v and v.timestamp() for v in reading(tmp_path / "a", source).column("t")] == [1.5, None]
