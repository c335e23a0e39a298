"""Goal: of equal primary keys the last change stays, other old rows stay as and where they were."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidegate.adapters.spark.upsert import Rewrite, rewrite


def table(*rows: tuple[str, int, str]) -> pa.Table:
    a, b, v = zip(*rows, strict=True)
    return pa.table({"a": a, "b": pa.array(b, pa.int64()), "v": v})


def store(path: Path, rows: pa.Table) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)
    return f"file://{path}"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("a", "b"), [("x", 2, "old2"), ("z", 1, "old3"), ("y", 1, "new"), ("x", 1, "second")]),
        (("a",), [("z", 1, "old3"), ("y", 1, "new"), ("x", 1, "second")]),
        ((), [("x", 1, "second")]),
    ],
)
def test_rewrite(tmp_path: Path, key: tuple[str, ...], expected: list[tuple[str, int, str]]) -> None:
    store(tmp_path / "old/1.parquet", table(("x", 1, "old1"), ("x", 2, "old2")))
    store(tmp_path / "old/2.parquet", table(("z", 1, "old3")))
    changes = (
        store(tmp_path / "c/1.parquet", table(("x", 1, "first"), ("y", 1, "new"))),
        store(tmp_path / "c/2.parquet", table(("x", 1, "second"))),
    )
    location = f"file://{tmp_path}/new"
    file = rewrite(Rewrite("d.t", ("p",), location, changes, f"file://{tmp_path}/old", key))
    read = pq.read_table(file.path.removeprefix("file://"))
    assert [tuple(r.values()) for r in read.to_pylist()] == expected
    assert file.rows == len(expected)
    assert file.bytes == Path(file.path.removeprefix("file://")).stat().st_size


def test_a_new_partition_has_no_old_rows(tmp_path: Path) -> None:
    change = store(tmp_path / "c/1.parquet", table(("x", 1, "v")))
    assert rewrite(Rewrite("d.t", ("p",), f"file://{tmp_path}/new", (change,), None, ("a",))).rows == 1
