"""Goal: a file that was written is on disk, and is read again as exactly that, wherever it lies."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from faults.damage import DAMAGES, flipped
from faults.power import Disk
from tidegate.errors import ConfigurationError, DataDamagedError, FencedError
from tidegate.runtime import locations
from tidegate.runtime.formats import TableFile
from tidegate.runtime.locations import ChecksummedFile, exists, open_checked, open_written
from tidegate.runtime.output_files import PartitionedWriter

DATA = bytes(range(256)) * 9_000


@pytest.fixture(params=["local", "elsewhere"])
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A location in a local folder, and in one that is reached as an object store is."""
    if request.param == "local":
        return f"file://{tmp_path}/a/b"
    store = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())
    monkeypatch.setattr(locations, "resolve", lambda uri: (store, uri.removeprefix("s3://")))
    return "s3://a/b"


def write(uri: str, data: bytes = DATA) -> tuple[int, str]:
    file = ChecksummedFile(uri)
    file.sink.write(data[:7])
    file.sink.write(data[7:])
    return file.close()


def test_what_is_written_is_read(uri: str, tmp_path: Path) -> None:
    size, sha256 = write(uri)
    assert (size, sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    assert (tmp_path / "a" / "b").read_bytes() == DATA
    with open_written(uri, size) as source:
        assert source.read() == DATA
    with open_checked(uri, size, sha256) as source:
        assert source.read(5) == DATA[:5]
        source.seek(100)
        assert source.read() == DATA[100:]


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_damaged_is_not_read(uri: str, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    size, sha256 = write(uri)
    damage(tmp_path / "a" / "b")
    with pytest.raises(DataDamagedError, match=f"^{uri} (is missing|has)"):
        open_checked(uri, size, sha256)
    if damage is not flipped:
        with pytest.raises(DataDamagedError, match=f"^{uri} (is missing|has)"):
            open_written(uri, size)


def test_a_folder_in_its_place(uri: str, tmp_path: Path) -> None:
    size, _ = write(uri)
    (tmp_path / "a" / "b").unlink()
    (tmp_path / "a" / "b").mkdir()
    with pytest.raises(DataDamagedError, match="is no file"):
        open_written(uri, size)


def test_a_copy_of_a_remote_file_is_not_left_behind(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with open_checked(uri, *write(uri)) as source:
        assert list((tmp_path / "temporary").iterdir()) == []
        assert source.read() == DATA


def test_without_the_right_to_read(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    size, _ = write(uri)

    def refused(_: str) -> pa.NativeFile:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locations, "open_input", refused)
    with pytest.raises(ConfigurationError, match=f"no right to read {uri}"):
        open_written(uri, size)


def test_a_closed_file_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    for name in ("a/b/1", "a/b/2", "a/c/d/3"):
        write(f"file://{tmp_path}/{name}")
    assert disk.lost(tmp_path) == []


def test_rows_go_to_their_partitions_however_many_columns_there_are(tmp_path: Path) -> None:
    names = [f"p{n:02}" for n in range(11)]
    rows = [{"x": i, **{name: i * 100 + n for n, name in enumerate(names)}} for i in range(64)]  # 64 ** 11 > 2 ** 64
    batch = pa.RecordBatch.from_pylist(rows)
    writer = PartitionedWriter(f"file://{tmp_path}", batch.schema, tuple(names), (("e", "7"),), "t")
    writer.write(batch)
    found = {
        values: pq.read_table(files[0].path.removeprefix("file://"), partitioning=None)["x"].to_pylist()
        for values, files in writer.close().items()
    }
    assert found == {("7", *(str(row[name]) for name in names)): [row["x"]] for row in rows}


def test_a_file_says_that_its_days_are_counted_in_one_calendar(tmp_path: Path) -> None:
    """Hive asks its footer; what was read from one may be written into the next."""
    table = pa.table({"day": pa.array([date(1, 1, 1)])})
    for name in ("first", "second"):
        with TableFile(f"{tmp_path}/{name}", table.schema) as file:
            file.write(table)
            file.close()
        table = pq.read_table(tmp_path / name)
        assert pq.read_metadata(tmp_path / name).metadata[b"writer.date.proleptic"] == b"true"
    assert table.to_pylist() == [{"day": date(1, 1, 1)}]


@pytest.mark.parametrize("late", ["opened", "closed"])
def test_a_file_that_comes_too_late_is_taken_back(uri: str, late: str) -> None:
    """Also one that was not there yet when whoever waits for no more had looked: that may be an object."""
    table, closed = pa.table({"x": [1]}), f"{uri}/closed"
    early = TableFile(f"{uri}/early", table.schema, closed=closed)
    early.write(table)
    assert early.close().rows == 1
    file = TableFile(f"{uri}/late", table.schema, closed=closed) if late == "closed" else None
    write(closed)
    with pytest.raises(FencedError, match="late comes too late"):
        (file or TableFile(f"{uri}/late", table.schema, closed=closed)).close()
    assert not exists(f"{uri}/late")
    assert exists(f"{uri}/early")
