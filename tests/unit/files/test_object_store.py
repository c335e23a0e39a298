"""Goal: on an object store an object is there whole or not at all, and what goes wrong there is named as on a disk."""

import hashlib
import logging
from collections.abc import Iterator
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from faults.http_proxy import PASSING, HttpProxy, Trouble
from objects import KEY, SECRET, Store
from tidegate.adapters.files.storage import FsStorage
from tidegate.errors import ConfigurationError, DataDamagedError, UnavailableError
from tidegate.runtime import object_stores
from tidegate.runtime.locations import ChecksummedFile, open_checked, open_written
from tidegate.runtime.output_files import PartitionedWriter
from tidegate.runtime.task_failures import classified

NAMES = ["a.json", "a b.json", "a%20b.json", "dt=2026-01-01%3A10", "ümlaut ☃", "a?b#c", "[a]*{b}", "a+b&c;d", "100%"]
PART = 10 * 1024 * 1024
"""A larger object is sent in parts."""


@pytest.fixture
def storage() -> FsStorage:
    return FsStorage()


@pytest.fixture
def bucket(object_store: Store) -> Iterator[str]:
    with object_store.reached():
        yield object_store.bucket()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two tries, and no long wait for an answer."""
    monkeypatch.setattr(object_stores, "_SILENCE_S", 1.0)
    monkeypatch.setattr(object_stores, "_TRIES", 2)
    object_stores._client.cache_clear()
    yield
    object_stores._client.cache_clear()


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_as_it_stands(
    storage: FsStorage, object_store: Store, bucket: str, name: str, scheme: str
) -> None:
    folder = f"{scheme}://{bucket}/x {name}"
    uri = f"{folder}/{name}"
    storage.write(uri, b"12345")
    assert object_store.objects(bucket) == {f"x {name}/{name}": 5}
    assert storage.read(uri) == b"12345"
    assert storage.sizes(folder) == storage.sizes(f"{folder}/") == {uri: 5}
    assert [f.uri for f in storage.walk(f"{scheme}://{bucket}")] == [uri]
    storage.delete(uri)
    storage.delete(uri)
    assert storage.sizes(folder) == {}


def test_a_bucket_with_a_dot_in_its_name(storage: FsStorage, object_store: Store, bucket: str) -> None:
    dotted = object_store.bucket(f"{bucket}.with.dots")
    storage.write(f"s3a://{dotted}/a", b"1")
    assert storage.read(f"s3://{dotted}/a") == b"1"


@pytest.mark.parametrize("key", ["a//b", "./a", "a/../b", "/a"])
def test_a_folder_without_a_name_of_its_own_is_refused(storage: FsStorage, bucket: str, key: str) -> None:
    """On the way to the store it becomes another one."""
    with pytest.raises(ConfigurationError, match="a folder in it is called"):
        storage.write(f"s3a://{bucket}/{key}", b"1")


@pytest.mark.parametrize("place", ["KEY:SECRET@bucket/a", "bucket:9000/a", "/a", ""])
def test_secrets_and_ports_have_no_place_in_a_location(storage: FsStorage, place: str) -> None:
    with pytest.raises(ConfigurationError, match="s3a://bucket/folder") as failed:
        storage.read(f"s3a://{place}")
    assert "SECRET" not in str(failed.value)


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART + 1, 2 * PART + 5])
def test_an_object_is_what_was_written(storage: FsStorage, object_store: Store, bucket: str, size: int) -> None:
    uri, data = f"s3a://{bucket}/deep/er/a", hashlib.sha256(b"x").digest() * (size // 32 + 1)
    storage.write(uri, data[:size])
    assert object_store.objects(bucket) == {"deep/er/a": size}, "no objects that look like folders"
    assert storage.size(uri) == size
    assert storage.sha256(uri) == hashlib.sha256(data[:size]).hexdigest()


def test_a_small_object_is_one_request(storage: FsStorage, object_store: Store, bucket: str) -> None:
    """It takes effect or not; an upload of parts could end half-way."""
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url):
        storage.write(f"s3a://{bucket}/a", b"abc")
        assert proxy.calls == [("PUT", f"/{bucket}/a")]


def test_a_file_of_a_writer_that_fails_never_appears(object_store: Store, bucket: str) -> None:
    """A stream of pyarrow's would make an object of what it had when it is closed, and when it is forgotten."""

    def fail() -> None:
        file = ChecksummedFile(f"s3a://{bucket}/half")
        file.write(b"x" * (PART + 1))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert object_store.objects(bucket) == {}
    assert object_store.uploads(bucket) == []


def test_files_of_partitions_and_their_checksums(storage: FsStorage, object_store: Store, bucket: str) -> None:
    schema = pa.schema([("k", pa.string()), ("v", pa.int64())])
    writer = PartitionedWriter(f"s3://{bucket}/data", schema, ("k",), (("epoch_id", "7"),), "one")
    names = ["a b", "é/%=", "plain"]
    writer.write(pa.record_batch([names * 50, range(150)], schema))
    for (_, name), (file,) in writer.close().items():
        with open_checked(file.path, file.bytes, file.sha256) as opened:
            assert pq.read_table(opened).column("v").to_pylist() == [*range(names.index(name), 150, 3)]
        assert storage.rows(file.path) == file.rows == 50
    assert len(object_store.objects(bucket)) == 3


def test_what_was_damaged_is_named_as_on_a_disk(storage: FsStorage, object_store: Store, bucket: str) -> None:
    uri = f"s3a://{bucket}/a"
    with pytest.raises(FileNotFoundError):
        storage.read(uri)
    with pytest.raises(DataDamagedError, match=f"^{uri} is missing"):
        open_written(uri, 3)
    storage.write(uri, b"abc")
    with pytest.raises(DataDamagedError, match=f"^{uri} has 3 bytes, not 4"):
        open_written(uri, 4)
    with pytest.raises(DataDamagedError, match=f"^{uri} has the checksum"):
        open_checked(uri, 3, "0" * 64)
    with pytest.raises(DataDamagedError, match=f"^{uri} has no footer"):
        storage.rows(uri)


def test_a_bucket_that_is_not_there_is_a_wrong_setting(storage: FsStorage, bucket: str) -> None:
    """Not damage: nothing can be said of what was in it."""
    uri = f"s3a://not-{bucket}/a"
    for use in (
        lambda: storage.write(uri, b"1"),
        lambda: storage.read(uri),
        lambda: open_written(uri, 1),
        lambda: storage.rows(uri),
    ):
        with pytest.raises(ConfigurationError, match=r"NO_SUCH_BUCKET.*make the bucket"):
            use()


@pytest.mark.parametrize("trouble", [Trouble.FORBIDDEN, Trouble.WRONG_KEY, Trouble.WRONG_SECRET])
def test_what_is_refused_is_a_wrong_setting_and_says_which(
    storage: FsStorage, object_store: Store, bucket: str, trouble: Trouble
) -> None:
    uri = f"s3a://{bucket}/a"
    storage.write(uri, b"abc")
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url):
        for method, use in (
            ("PUT", lambda: storage.write(uri, b"1")),
            ("HEAD", lambda: storage.read(uri)),
            ("HEAD", lambda: open_written(uri, 3)),
            ("GET", lambda: storage.sizes(f"s3a://{bucket}")),
            ("HEAD", lambda: storage.delete(uri)),
        ):
            proxy.arm(method, trouble)
            with pytest.raises(ConfigurationError, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role") as e:
                use()
            assert SECRET not in str(e.value)
            assert KEY not in str(e.value)
    assert storage.read(uri) == b"abc"


@pytest.mark.parametrize(
    ("size", "trouble"),
    [
        *((3, t) for t in PASSING),
        *((PART + 1, t) for t in (Trouble.SLOW_DOWN, Trouble.CUT_REQUEST, Trouble.LOSE_ANSWER)),
    ],
)
def test_one_passing_fault_is_met_by_trying_again(
    storage: FsStorage, object_store: Store, bucket: str, size: int, trouble: Trouble
) -> None:
    """Written in one request or in parts; the last request of parts may have taken effect when its answer is lost."""
    uri, data = f"s3a://{bucket}/a", b"x" * size
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url):
        proxy.arm("PUT", trouble)
        storage.write(uri, data)
        assert storage.read(uri) == data
        proxy.arm("GET", trouble, path=f"{bucket}/a")
        assert storage.read(uri) == data, "what is smaller than the store's answer, pyarrow does not ask for again"
        proxy.arm("GET", trouble, path=f"{bucket}/a", times=1 if trouble is Trouble.LATE else 2)
        assert storage.read(uri) == data
        assert object_store.objects(bucket) == {"a": size}


@pytest.mark.parametrize("trouble", [t for t in PASSING if t is not Trouble.LATE])
@pytest.mark.usefixtures("impatient")
def test_a_store_that_does_not_come_back_is_unavailable(
    storage: FsStorage, object_store: Store, bucket: str, trouble: Trouble
) -> None:
    uri, table = f"s3a://{bucket}/a", f"s3a://{bucket}/b"
    storage.write(uri, b"abc")
    pq.write_table(pa.table({"a": range(9)}), sink := BytesIO())
    storage.write(table, sink.getvalue())
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url):
        proxy.arm("GET", trouble, times=1000)
        with pytest.raises(UnavailableError, match=f"cannot read {uri}"):
            storage.read(uri)
        with pytest.raises(UnavailableError, match=f"cannot read {uri}"):
            open_checked(uri, 3, "")
        with pytest.raises(UnavailableError, match=f"cannot read {table}"):
            storage.rows(table)
        if trouble is not Trouble.CUT_ANSWER:  # that of a PUT has no body
            proxy.arm("PUT", trouble, times=1000)
            with pytest.raises(UnavailableError, match=f"cannot write {uri}.*try again"):
                storage.write(uri, b"abc")
        proxy.disarm()
    assert storage.read(uri) == b"abc"


@pytest.mark.parametrize("trouble", [Trouble.SLOW_DOWN, Trouble.LOSE_REQUEST, Trouble.CUT_REQUEST])
@pytest.mark.usefixtures("impatient")
def test_parts_that_are_not_all_sent_are_no_object(
    storage: FsStorage, object_store: Store, bucket: str, trouble: Trouble
) -> None:
    uri = f"s3a://{bucket}/a"
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url):
        proxy.arm("PUT", trouble, path="partNumber=2", times=1000)
        with pytest.raises(UnavailableError, match=f"cannot write {uri}"):
            storage.write(uri, b"x" * (2 * PART + 1))
        proxy.disarm()
    assert object_store.objects(bucket) == {}
    storage.write(uri, b"whole")
    assert storage.read(uri) == b"whole"


@pytest.mark.usefixtures("impatient")
def test_trouble_in_a_task_is_told_apart_too(storage: FsStorage, object_store: Store, bucket: str) -> None:
    uri = f"s3a://{bucket}/a"
    storage.write(uri, b"x" * 1000)
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url):
        opened = open_written(uri, 1000)
        for trouble, kind in ((Trouble.FORBIDDEN, ConfigurationError), (Trouble.BROKEN, UnavailableError)):
            proxy.arm("GET", trouble, times=2)
            with pytest.raises(OSError, match="AWS Error") as failed:
                opened.read_at(1000, 0)
            assert type(classified(failed.value, "p epoch 3")) is kind
            proxy.disarm()


def test_pruning_removes_what_looks_like_folders_where_nobody_writes_any_more(
    storage: FsStorage, object_store: Store, bucket: str
) -> None:
    root = f"s3a://{bucket}/root"
    keys = ["root/gone/deep/a", "root/gone/b", "root/kept/c", "root/used/d"]
    object_store.put(bucket, dict.fromkeys(keys, b"x"))
    for key in ("root/gone/deep/a", "root/gone/b", "root/used/d"):
        storage.delete(f"s3a://{bucket}/{key}")
    assert object_store.objects(bucket).keys() == {"root/gone/deep/", "root/gone/", "root/used/", "root/kept/c"}
    asked: list[str] = []

    def ended(folder: str) -> bool:
        asked.append(folder)
        return folder != f"{root}/used"

    storage.prune(root, ended)
    assert object_store.objects(bucket).keys() == {"root/used/", "root/kept/c", "root/"}
    assert asked == [f"{root}/gone", f"{root}/used"]
    storage.prune(f"s3a://{bucket}/none", ended)


def test_nothing_of_a_secret_is_logged(storage: FsStorage, bucket: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        storage.write(f"s3a://{bucket}/a", b"1")
        with pytest.raises(ConfigurationError):
            storage.read(f"s3a://not-{bucket}/a")
    assert SECRET not in caplog.text
    assert KEY not in caplog.text
