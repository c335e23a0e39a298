"""Goal: files from before a column was added are rewritten, joined and compared with nulls in it, and nothing else."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import builders as make
from tidegate.protocol.model import DataFile
from tidegate.runtime.compaction import Join, join
from tidegate.runtime.comparison import read_rows, sides
from tidegate.runtime.conform import conform
from tidegate.runtime.exchange import orders
from tidegate.runtime.upsert import Rewrite, rewrite

OLD = pa.schema({"k": pa.string(), "v": pa.int64()})
NEW = pa.schema({"tags": pa.list_(pa.string()), "v": pa.int64(), "k": pa.string(), "last": pa.int64()})


def store(path: Path, schema: pa.Schema, *rows: dict[str, Any]) -> DataFile:
    return make.parquet_file(path, pa.Table.from_pylist(list(rows), schema))


def read(uri: str) -> pa.Table:
    return pq.read_table(uri.removeprefix("file://"))


def null(**row: Any) -> dict[str, Any]:
    return {"tags": None, "last": None, **row}


def test_missing_columns_are_null_and_names_decide() -> None:
    batch = pa.RecordBatch.from_pylist([{"k": "a", "v": 1}, {"k": "b", "v": None}], OLD)
    table = conform(batch, NEW)
    assert table.schema == NEW
    assert table.to_pylist() == [null(k="a", v=1), null(k="b", v=None)]
    assert conform(pa.RecordBatch.from_pylist([], OLD), NEW).num_rows == 0


def test_an_upsert_over_an_older_file(tmp_path: Path) -> None:
    old = store(tmp_path / "1.parquet", OLD, {"k": "a", "v": 1}, {"k": "b", "v": 2})
    new = {"tags": ["x"], "v": 3, "k": "b", "last": 9}
    change = store(tmp_path / "2.parquet", NEW, new)
    (made,) = rewrite(Rewrite("d.t", ("p",), f"file://{tmp_path}/new", (change,), (old,), ("k",))).files
    assert read(made.path).schema == NEW
    assert read(made.path).to_pylist() == [null(k="a", v=1), new]


def test_a_compaction_over_files_with_and_without_the_column(tmp_path: Path) -> None:
    new = {"tags": [], "v": 3, "k": "b", "last": 9}
    files = store(tmp_path / "1.parquet", OLD, {"k": "a", "v": 1}), store(tmp_path / "2.parquet", NEW, new)
    (made,) = join(Join("d.t", ("2",), f"file://{tmp_path}/new", files, NEW.serialize().to_pybytes())).files
    assert (made.rows, read(made.path).to_pylist()) == (2, [null(k="a", v=1), new])


def test_a_row_without_the_column_is_the_same_row_with_null_in_it(tmp_path: Path) -> None:
    old = store(tmp_path / "1.parquet", OLD, {"k": "a", "v": 1})
    same = store(tmp_path / "2.parquet", NEW, null(k="a", v=1))
    other = store(tmp_path / "3.parquet", NEW, null(k="a", v=1, last=2))
    listed = orders(sides("0", "d.t", [old], [same, other], ("k",))).to_batches()
    rows = pa.Table.from_batches(read_rows({"d.t": NEW}, iter(listed)))
    now, after, changed = rows.column("row").to_pylist()
    assert now == after != changed
    assert len(set(rows.column("key").to_pylist())) == 1
