"""Goal: an object is there whole or not at all, under exactly the name that it was given."""

import hashlib
import multiprocessing
import os
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from faults.damage import cut_off, emptied
from faults.power import Disk
from tidegate.adapters.files.storage import FsStorage
from tidegate.errors import ConfigurationError, DataDamagedError, TidegateError, UnavailableError
from tidegate.runtime.locations import open_input, resolve

NAMES = ["a.json", "a b.json", "a%20b.json", "dt=2026-01-01%3A10", "ümlaut ☃", "a?b#c", "[a]*{b}", "a+b&c;d", "100%"]


@pytest.fixture
def storage() -> FsStorage:
    return FsStorage()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_as_it_stands(storage: FsStorage, tmp_path: Path, name: str) -> None:
    """A location is a Hadoop path: nothing in it is decoded."""
    folder = f"file://{tmp_path}/x {name}"
    uri = f"{folder}/{name}"
    storage.write(uri, b"12345")
    assert (tmp_path / f"x {name}" / name).read_bytes() == b"12345"
    assert storage.read(uri) == b"12345"
    assert storage.sizes(folder) == {uri: 5}
    with open_input(uri) as f:
        assert f.read() == b"12345"
    storage.delete(uri)
    assert storage.sizes(folder) == {}


@pytest.mark.parametrize("prefix", ["file://", "file:", ""])
def test_the_spellings_of_a_local_location(storage: FsStorage, tmp_path: Path, prefix: str) -> None:
    storage.write(f"{prefix}{tmp_path}/new/a", b"1")
    assert resolve(f"{prefix}{tmp_path}/new/a")[1] == f"{tmp_path}/new/a"
    assert storage.read(f"{prefix}{tmp_path}/new/a") == b"1"
    assert storage.sizes(f"{prefix}{tmp_path}/new/") == {f"{prefix}{tmp_path}/new/a": 1}


def test_writing_again_gives_the_same_object(storage: FsStorage, tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/deep/er/manifest.json"
    for _ in range(3):
        storage.write(uri, b"same")
    assert storage.read(uri) == b"same"
    assert [p.name for p in (tmp_path / "deep" / "er").iterdir()] == ["manifest.json"]


def test_an_object_survives_a_power_cut(storage: FsStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    storage.write(f"file://{tmp_path}/deep/er/manifest.json", b"whole")
    storage.write(f"file://{tmp_path}/deep/other/manifest.json", b"whole")
    assert disk.lost(tmp_path) == []


def test_an_empty_object(storage: FsStorage, tmp_path: Path) -> None:
    storage.write(f"file://{tmp_path}/a", b"")
    assert storage.read(f"file://{tmp_path}/a") == b""
    assert storage.sizes(f"file://{tmp_path}") == {f"file://{tmp_path}/a": 0}


def test_a_reader_never_sees_half_an_object(storage: FsStorage, tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/a"
    contents = [bytes([i]) * 300_000 for i in range(2)]
    storage.write(uri, contents[0])
    done = threading.Event()
    seen: list[bytes] = []

    def read() -> None:
        while not done.is_set() or not seen:
            seen.append(storage.read(uri))

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(60):
        storage.write(uri, contents[i % 2])
    done.set()
    reader.join()
    assert seen
    assert set(seen) <= set(contents)


def _write_and_die(folder: str) -> None:
    os.fsync = lambda _: os._exit(9)  # type: ignore[assignment]  # this process ends there
    FsStorage().write(f"file://{folder}/a", b"new")


@pytest.mark.parametrize("before", [None, b"old"])
def test_a_writer_that_dies_leaves_nothing_that_is_seen(
    storage: FsStorage, tmp_path: Path, before: bytes | None
) -> None:
    """The process ends after its bytes were written and before they got their name."""
    uri = f"file://{tmp_path}/a"
    if before is not None:
        storage.write(uri, before)
    child = multiprocessing.get_context("spawn").Process(target=_write_and_die, args=(str(tmp_path),))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert any(p.name.startswith(".") for p in tmp_path.iterdir())  # it did get that far
    assert storage.sizes(f"file://{tmp_path}") == ({} if before is None else {uri: 3})
    storage.write(uri, b"whole")
    assert storage.read(uri) == b"whole"


def test_sizes_shows_visible_files_of_the_folder_itself(storage: FsStorage, tmp_path: Path) -> None:
    root = f"file://{tmp_path}"
    for name, data in {"b": b"22", "a": b"1", ".hidden": b"x", "_SUCCESS": b"x", "sub/c": b"333"}.items():
        storage.write(f"{root}/{name}", data)
    assert storage.sizes(root) == {f"{root}/a": 1, f"{root}/b": 2}
    assert storage.sizes(f"{root}/") == {f"{root}/a": 1, f"{root}/b": 2}
    assert storage.sizes(f"{root}/sub") == {f"{root}/sub/c": 3}


def test_what_is_missing(storage: FsStorage, tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/none/a"
    with pytest.raises(FileNotFoundError, match="none/a"):
        storage.read(uri)
    with pytest.raises(FileNotFoundError):
        storage.rows(uri)
    assert storage.sizes(f"file://{tmp_path}/none") == {}
    storage.delete(uri)
    storage.write(uri, b"1")
    storage.delete(uri)
    storage.delete(uri)
    with pytest.raises(FileNotFoundError):
        storage.read(uri)


def test_rows_are_read_from_the_footer(storage: FsStorage, tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/k=a%20b/part 0.parquet"
    (tmp_path / "k=a%20b").mkdir()
    pq.write_table(pa.table({"a": range(12)}), tmp_path / "k=a%20b" / "part 0.parquet")
    assert storage.rows(uri) == 12


def test_a_file_that_is_no_parquet_has_no_rows(storage: FsStorage, tmp_path: Path) -> None:
    for damage in (cut_off, emptied):
        pq.write_table(pa.table({"a": range(12)}), tmp_path / "part")
        damage(tmp_path / "part")
        with pytest.raises(DataDamagedError, match=r"/part has no footer"):
            storage.rows(f"file://{tmp_path}/part")


def test_a_checksum_is_of_the_bytes(storage: FsStorage, tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/a%20 b"
    for data in (b"", b"abc", os.urandom(3_000_000)):
        storage.write(uri, data)
        assert storage.sha256(uri) == hashlib.sha256(data).hexdigest()
    with pytest.raises(FileNotFoundError):
        storage.sha256(f"file://{tmp_path}/a")


@pytest.mark.parametrize("end", ["", "/"])
def test_a_walk_meets_every_file_below_a_folder(storage: FsStorage, tmp_path: Path, end: str) -> None:
    root = f"file://{tmp_path}/root"
    names = ["a", ".hidden", "_SUCCESS", "x/y%20z/b c", "x/dt=2026%3A01/.d"]
    for size, name in enumerate(names):
        storage.write(f"{root}/{name}", b"x" * size)
        os.utime(tmp_path / "root" / name, (1e9, 1e9 + size + 0.5))
    (tmp_path / "root" / "empty").mkdir()
    found = {(f.uri, f.bytes, f.modified_ms) for f in storage.walk(root + end)}
    assert found == {(f"{root}/{name}", i, 1_000_000_000_500 + 1000 * i) for i, name in enumerate(names)}
    assert list(storage.walk(f"file://{tmp_path}/none")) == []
    for uri, _, _ in found:
        storage.delete(uri)  # a URI of the walk is one that the other methods know
    assert list(storage.walk(root)) == []


def test_pruning_removes_folders_that_hold_no_file_at_any_depth(storage: FsStorage, tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("gone/deep/er", "gone/other", "kept/gone"):
        (root / folder).mkdir(parents=True)
    (root / "kept" / ".hidden").write_text("")
    storage.prune(f"file://{root}", lambda _: False)
    assert sorted(str(p.relative_to(root)) for p in root.rglob("*")) == ["kept", "kept/.hidden"]
    storage.prune(f"file://{root}", lambda _: False)
    storage.prune(f"file://{tmp_path}/none", lambda _: False)
    assert (root / "kept" / ".hidden").exists()


def test_a_file_in_the_place_of_a_folder(storage: FsStorage, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(UnavailableError, match=rf"cannot write file://{tmp_path}/a/b"):
        storage.write(f"file://{tmp_path}/a/b", b"1")
    assert (tmp_path / "a").read_text() == "old"


def _write_as_nobody(folder: str) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setuid(65534)
    try:
        FsStorage().write(f"file://{folder}/a", b"1")
    except ConfigurationError as e:
        os._exit(7 if f"no right to write file://{folder}/a" in str(e) else 1)
    except TidegateError:
        os._exit(2)


def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    child = multiprocessing.get_context("spawn").Process(target=_write_as_nobody, args=(str(tmp_path / "closed"),))
    child.start()
    child.join()
    assert child.exitcode == 7
