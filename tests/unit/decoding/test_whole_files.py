"""Goal: files are read whatever their names and packing; damage and a cut are named, never less rows."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from decoding import Reader, reading
from tidegate import FileSource
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding import check_file

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
LINES = b"".join(b'{"v": %d}\n' % i for i in range(20_000))


@pytest.mark.parametrize("ending", PACK)
def test_packed_files_are_read(read: Reader, ending: str) -> None:
    pack, schema = PACK[ending], {"v": pa.int64()}
    assert len(read(pack(LINES), schema, "json", name=f"a.json.{ending}").rows) == 20_000
    assert len(read(pack(LINES) + pack(LINES), schema, "json", name=f"a.{ending}").rows) == 40_000
    assert read(pack(b"v\n1\n"), schema, "csv", name=f"a.csv.{ending}").rows == [{"v": 1}]
    assert read(pack(b""), schema, "json", name=f"a.{ending}").rows == []


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: b"", id="no byte"),
        pytest.param(lambda data: data[:-1], id="cut"),
        pytest.param(lambda data: data[: len(data) // 2], id="half"),
        pytest.param(lambda data: data + b"trailing", id="trailing"),
        pytest.param(lambda data: data + data[:-3], id="second stream cut"),
        pytest.param(lambda data: data[:40] + b"\x55" * 40 + data[80:], id="damaged"),
        pytest.param(lambda data: LINES, id="not packed"),
    ],
)
@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_v18_a_packed_file_that_is_damaged_or_cut_off_is_named(
    read: Reader, ending: str, spoil: Callable[[bytes], bytes], file_format: str
) -> None:
    with pytest.raises(MalformedInputError, match=rf"a\.{ending} is damaged or was cut off"):
        read(spoil(PACK[ending](b"v\n" + LINES)), {"v": pa.string()}, file_format, name=f"a.{ending}")


@pytest.mark.parametrize(
    "name",
    [
        "orders-2026-01-01T10:00:00",
        "2[x]",
        "{a,b}*?",
        "back\\slash",
        "a%20b",
        "\u3000 \u202f\u00a0\u0085",
        "n\nl",
        "#~'\"",
    ],
)
@pytest.mark.parametrize("file_format", ["csv", "json", "parquet"])
def test_t2_any_name_that_is_text_is_read(tmp_path: Path, name: str, file_format: str) -> None:
    table, path = pa.table({"v": [1]}), tmp_path / name
    write: dict[str, Callable[[], object]] = {
        "csv": lambda: path.write_text("v\n1\n"),
        "json": lambda: path.write_text('{"v": 1}\n'),
        "parquet": lambda: pq.write_table(table, pa.OSFile(str(path), "wb")),
    }
    write[file_format]()
    source = FileSource(tmp_path, file_format, table.schema)
    check_file(source.row_format, str(path))
    assert reading(path, source).table == table
