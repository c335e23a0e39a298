"""Goal: a folder of an object store is a source as a mounted one is: the same files, the same rows, nothing cut off."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from faults.http_proxy import HttpProxy, Trouble
from objects import Store
from tidegate import Delete, FileSource
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.errors import ConfigurationError, DefinitionError, SourceGapError, TidegateError, UnavailableError
from tidegate.protocol.model import Slice
from tidegate.runtime import object_stores
from tidegate.runtime.decoding import json_lines
from tidegate.runtime.locations import open_bytes

SCHEMA = pa.schema({"a": pa.int64()})
NAMES = [
    "a b.json",
    "a%20b.json",
    "dt=2026-01-01%3A10/x.json",
    "ümlaut ☃.json",
    "a?b#c.json",
    "[a]*{b}.json",
    "100%.json",
]


@pytest.fixture
def bucket(object_store: Store) -> Iterator[str]:
    with object_store.reached():
        yield object_store.bucket()


def adapter(bucket: str, format_: str = "json", folder: str = "in", **settings: object) -> FileSourceAdapter:
    source = FileSource(f"s3://{bucket}/{folder}", format_, SCHEMA, settle=timedelta(0), **settings)  # type: ignore[arg-type]
    return FileSourceAdapter(source, "p", now=lambda: 4e9)


def found(source: FileSourceAdapter) -> list[Slice]:
    return source.discover(None, lambda keys: set())


def rows(source: FileSourceAdapter, slices: list[Slice]) -> list[int]:
    reader = source.reader()
    read = reader.read(reader.pieces(slices))
    return [value for _, decoded in read for value in decoded.batch.column("a").to_pylist()]


def line(number: int) -> bytes:
    return json.dumps({"a": number}).encode() + b"\n"


def test_files_are_found_and_read_under_their_names(object_store: Store, bucket: str) -> None:
    object_store.put(bucket, {f"in/{name}": line(n) for n, name in enumerate(NAMES)})
    object_store.put(bucket, {f"in/{name}": b"x" for name in (".h", "_tmp/x", "x.part", "sub/.git/y", "a.tmp/z")})
    object_store.put(bucket, {"in/folder/": b"", "input/no.json": line(9), "other": line(9)})
    source = adapter(bucket)
    slices = found(source)
    assert {s.key for s in slices} == {f"s3a://{bucket}/in/{name}" for name in NAMES}
    assert sorted(rows(source, slices)) == list(range(len(NAMES)))
    source.check(slices)
    known = {slices[0].key}
    assert {s.key for s in source.discover(None, lambda keys: known & set(keys))} == {s.key for s in slices} - known
    assert source.named(f"s3://{bucket}/in/a b.json") == source.named("a b.json") == f"s3a://{bucket}/in/a b.json"


def test_an_object_that_changes_or_goes_is_a_gap(object_store: Store, bucket: str) -> None:
    object_store.put(bucket, {f"in/{n}.json": line(n) for n in range(3)})
    source = adapter(bucket)
    slices = found(source)
    object_store.put(bucket, {"in/0.json": line(100)})
    with pytest.raises(SourceGapError, match=rf"s3a://{bucket}/in/0.json has changed: planned with 9 bytes, now 11"):
        source.check(slices[:1])
    (again,) = source.renewed(slices)
    assert rows(source, [again]) == [100]
    object_store.client.delete_object(Bucket=bucket, Key="in/1.json")
    with pytest.raises(SourceGapError, match=rf"s3a://{bucket}/in/1.json is gone.*tidegate skip p"):
        source.check(slices[1:])
    assert source.gone(slices) == [slices[1]]


def test_where_nothing_lies_is_an_empty_folder_and_no_bucket_is_a_wrong_setting(bucket: str) -> None:
    assert found(adapter(bucket)) == []
    with pytest.raises(ConfigurationError, match=r"NO_SUCH_BUCKET.*make the bucket"):
        found(adapter(f"not-{bucket}"))


def test_a_key_that_is_no_path_is_named(object_store: Store, bucket: str) -> None:
    object_store.put(bucket, {"in/a//b.json": line(1)})
    with pytest.raises(ConfigurationError, match=rf"p: s3a://{bucket}/in/a//b.json cannot be read.*rename the file"):
        found(adapter(bucket))


@pytest.mark.parametrize("path", ["s3://", "s3://b/../c", "s3a://b//c", "s3://K:S@b/c", "s3://b/./c"])
def test_a_wrong_path_is_refused_when_it_is_declared(path: str) -> None:
    with pytest.raises(DefinitionError, match="must be s3a://bucket/folder") as failed:
        FileSource(path, "json", SCHEMA)
    assert "K:S" not in str(failed.value)


def test_files_of_a_bucket_are_let_go_by_the_bucket() -> None:
    with pytest.raises(DefinitionError, match="after_sealed is for mounted folders; a bucket has lifecycle rules"):
        FileSource("s3://b/in", "json", SCHEMA, after_sealed=Delete(timedelta(days=1)))


def test_a_look_goes_as_far_back_as_is_declared(object_store: Store, bucket: str) -> None:
    object_store.put(bucket, {f"in/day=2026-01-{day:02}/a.json": line(day) for day in range(1, 11)})
    source = adapter(bucket, path_time="day=%Y-%m-%d", look_back=timedelta(days=2))
    slices = found(source)
    assert rows(source, slices) == list(range(1, 11))
    again = source.discover(slices[-1], lambda keys: set())
    assert [s.key[-12:-7] for s in again] == ["01-08", "01-09", "01-10"]


def test_parquet_and_its_times_are_read_by_the_footer(object_store: Store, bucket: str) -> None:
    schema = SCHEMA.append(pa.field("at", pa.timestamp("us", "UTC")))
    sink = BytesIO()
    pq.write_table(pa.table({"a": range(50_000), "at": [10**15 + i for i in range(50_000)]}, schema), sink)
    object_store.put(bucket, {"in/a.parquet": sink.getvalue()})
    settings = FileSource(f"s3a://{bucket}/in", "parquet", schema, settle=timedelta(0), event_time="at")
    source = FileSourceAdapter(settings, "p", now=lambda: 4e9)
    slices = found(source)
    assert [s.time_ms for s in slices] == [10**12]
    assert source.rows(slices) == 50_000
    assert rows(source, slices) == list(range(50_000))


def test_parts_of_a_large_file_are_read_by_themselves(
    object_store: Store, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "PART_BYTES", 100_000)
    object_store.put(bucket, {"in/a.json": b"".join(map(line, range(50_000)))})
    source = adapter(bucket)
    slices = found(source)
    assert len(source.reader().pieces(slices)) == 7
    assert rows(source, slices) == list(range(50_000))


@pytest.mark.parametrize("format_", ["json", "csv", "parquet", "avro"])
@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Trouble.FORBIDDEN, ConfigurationError),
        (Trouble.BROKEN, UnavailableError),
        (Trouble.CUT_ANSWER, UnavailableError),
        (Trouble.LOSE_ANSWER, UnavailableError),
    ],
)
def test_trouble_of_the_store_is_never_taken_for_the_end_of_a_file_or_for_damage(
    object_store: Store,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
    format_: str,
    trouble: Trouble,
    kind: type[TidegateError],
) -> None:
    monkeypatch.setattr(object_stores, "_TRIES", 2)
    object_stores._client.cache_clear()
    sink, packed = BytesIO(), BytesIO()
    pq.write_table(pa.table({"a": range(20_000)}, SCHEMA), sink)
    record = {"type": "record", "name": "r", "fields": [{"name": "a", "type": "long"}]}
    fastavro.writer(packed, record, ({"a": i} for i in range(20_000)))
    data = {
        "json": b"".join(map(line, range(20_000))),
        "csv": b"a\n" + b"".join(b"%d\n" % i for i in range(20_000)),
        "parquet": sink.getvalue(),
        "avro": packed.getvalue(),
    }
    object_store.put(bucket, {f"in/a.{format_}": data[format_]})
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url):
        source = adapter(bucket, format_)
        slices = found(source)
        proxy.arm("GET", trouble, path="/in/a.", times=1000)
        with pytest.raises(kind, match="cannot read s3a://"):
            rows(source, slices)
        with pytest.raises(kind, match="cannot read s3a://"):
            source.check(slices) if format_ != "json" else rows(source, slices)
        proxy.disarm()
        assert rows(source, slices) == list(range(20_000))
    object_stores._client.cache_clear()


def test_bytes_that_do_not_come_are_no_end(object_store: Store, bucket: str) -> None:
    """As from a server that says a length and gives less, without an error."""
    object_store.put(bucket, {"in/a.json": line(1) * 1000})
    with open_bytes(f"s3a://{bucket}/in/a.json") as file:
        assert file.seek(-9, io.SEEK_END) == file.tell() == 8991
        assert file.read() == line(1)
        file.raw._source = SimpleNamespace(read_at=lambda size, at: b"", close=lambda: None)  # type: ignore[attr-defined]
        file.seek(100)
        with pytest.raises(UnavailableError, match="no byte came behind 100 of 9000"):
            file.read()
