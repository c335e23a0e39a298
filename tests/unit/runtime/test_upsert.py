"""Goal: of equal primary keys the last change stays, other old rows stay as and where they were, or nothing is made."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builders as make
from faults.damage import DAMAGES
from faults.power import Disk
from tidegate.errors import DataDamagedError
from tidegate.protocol.model import DataFile
from tidegate.runtime.upsert import Rewrite, rewrite


def table(*rows: tuple[str, int, str]) -> pa.Table:
    a, b, v = zip(*rows, strict=True)
    return pa.table({"a": a, "b": pa.array(b, pa.int64()), "v": v})


def task(tmp_path: Path, key: tuple[str, ...] = ("a", "b")) -> Rewrite:
    return Rewrite(
        table="d.t",
        values=("p",),
        location=f"file://{tmp_path}/new",
        changes=(
            make.parquet_file(tmp_path / "c/1.parquet", table(("x", 1, "first"), ("y", 1, "new"))),
            make.parquet_file(tmp_path / "c/2.parquet", table(("x", 1, "second"))),
        ),
        old=(
            make.parquet_file(tmp_path / "old/1.parquet", table(("x", 1, "old1"), ("x", 2, "old2"))),
            make.parquet_file(tmp_path / "old/2.parquet", table(("z", 1, "old3"))),
        ),
        key=key,
    )


def rows(file: DataFile) -> list[tuple[str, int, str]]:
    return [tuple(r.values()) for r in pq.read_table(file.path.removeprefix("file://")).to_pylist()]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("a", "b"), [("x", 2, "old2"), ("z", 1, "old3"), ("y", 1, "new"), ("x", 1, "second")]),
        (("a",), [("z", 1, "old3"), ("y", 1, "new"), ("x", 1, "second")]),
        ((), [("x", 1, "second")]),
    ],
)
def test_rewrite(tmp_path: Path, key: tuple[str, ...], expected: list[tuple[str, int, str]]) -> None:
    (file,) = rewrite(task(tmp_path, key)).files
    assert rows(file) == expected
    assert file.rows == len(expected)
    assert file.bytes == Path(file.path.removeprefix("file://")).stat().st_size


def test_a_new_partition_has_no_old_rows(tmp_path: Path) -> None:
    change = make.parquet_file(tmp_path / "c/1.parquet", table(("x", 1, "v")))
    assert rewrite(Rewrite("d.t", ("p",), f"file://{tmp_path}/new", (change,), (), ("a",))).files[0].rows == 1


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["old/1", "old/2", "c/1", "c/2"])
def test_nothing_is_made_of_a_damaged_file(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    """D1, D3: no key is needed to find it; without one no old row would be kept."""
    for key in (("a", "b"), ()):
        given = task(tmp_path, key)
        damage(tmp_path / f"{name}.parquet")
        with pytest.raises(DataDamagedError, match=rf"{name}\.parquet (is missing|has).*tidegate rollback"):
            rewrite(given)


def test_a_valid_file_in_place_of_another_is_damage(tmp_path: Path) -> None:
    """D1: half the rows, well-formed Parquet."""
    given = task(tmp_path)
    make.parquet_file(tmp_path / "old/1.parquet", table(("x", 1, "old1")))
    with pytest.raises(DataDamagedError, match=r"old/1\.parquet has \d+ bytes, not \d+"):
        rewrite(given)


def test_a_valid_file_of_the_same_size_in_place_of_another_is_damage(tmp_path: Path) -> None:
    given = task(tmp_path)
    other = make.parquet_file(tmp_path / "old/1.parquet", table(("x", 1, "old8"), ("x", 2, "old9")))
    assert other.bytes == given.old[0].bytes
    with pytest.raises(DataDamagedError, match=r"old/1\.parquet has the checksum"):
        rewrite(given)


def test_what_the_manifest_does_not_list_is_not_read(tmp_path: Path) -> None:
    """D1: a copy beside the file would double its rows."""
    given = task(tmp_path)
    for copy in ("copy.parquet", "0.parquet", "junk"):
        (tmp_path / "old" / copy).write_bytes((tmp_path / "old/2.parquet").read_bytes())
    assert rows(rewrite(given).files[0]) == [("x", 2, "old2"), ("z", 1, "old3"), ("y", 1, "new"), ("x", 1, "second")]


def test_what_is_made_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, disk = task(tmp_path), Disk(monkeypatch)
    rewrite(given)
    assert disk.lost(tmp_path / "new") == []
