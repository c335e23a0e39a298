"""Goal: a compaction joins exactly the rows of the files that the manifests list, in order, or nothing."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builders as make
from faults.damage import DAMAGES
from faults.power import Disk
from tidegate.errors import DataDamagedError
from tidegate.runtime.compaction import Join, join

SCHEMA = pa.schema([("a", pa.int64())])


def task(tmp_path: Path) -> Join:
    files = []
    for name, values in {"1/x": [5, 6], "2/x": [3], "2/w": [4, 1]}.items():
        files.append(make.parquet_file(tmp_path / f"{name}.parquet", pa.table({"a": values}, SCHEMA)))
    return Join("d.t", ("2",), f"file://{tmp_path}/new", tuple(files), SCHEMA.serialize().to_pybytes())


def test_all_rows_in_the_order_of_the_list(tmp_path: Path) -> None:
    given = task(tmp_path)
    (tmp_path / "1" / "copy.parquet").write_bytes((tmp_path / "1/x.parquet").read_bytes())
    (file,) = join(given).files
    assert pq.read_table(file.path.removeprefix("file://")).column("a").to_pylist() == [5, 6, 3, 4, 1]
    assert file.rows == 5


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["1/x", "2/w"])
def test_nothing_is_made_of_a_damaged_file(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    given = task(tmp_path)
    damage(tmp_path / f"{name}.parquet")
    with pytest.raises(DataDamagedError, match=rf"{name}\.parquet (is missing|has)"):
        join(given)


def test_what_is_made_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, disk = task(tmp_path), Disk(monkeypatch)
    join(given)
    assert disk.lost(tmp_path / "new") == []
