"""Goal: a container file of Avro is read by the schema in it; what is wrong with a file as a whole names it."""

import io
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pytest

from decoding import Reader
from tidegate import Avro, FileSource
from tidegate.api.formats import RowFormat
from tidegate.errors import DefinitionError, MalformedInputError
from tidegate.runtime.decoding import check_file

ROW = {"type": "record", "name": "row", "fields": [{"name": "k", "type": "string"}, {"name": "n", "type": "long"}]}
COLUMNS = {"k": pa.string(), "n": pa.int64()}
ROWS = [{"k": f"k{n % 7}", "n": n} for n in range(40_000)]


def container(schema: Any, rows: list[dict[str, Any]], **settings: Any) -> bytes:
    sink = io.BytesIO()
    fastavro.writer(sink, schema, rows, **settings)
    return sink.getvalue()


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz", "snappy", "zstandard"])
def test_all_records_of_all_blocks_are_read_in_order(read: Reader, codec: str) -> None:
    found = read(container(ROW, ROWS, codec=codec), COLUMNS, "avro")
    assert found.rows == ROWS
    assert found.malformed == []


def test_a_file_without_records(read: Reader) -> None:
    assert read(container(ROW, []), COLUMNS, "avro").rows == []


def test_a_row_that_does_not_fit_is_malformed_with_its_place(read: Reader) -> None:
    rows = [{"k": "a", "n": 1}, {"k": "b", "n": 300}, {"k": "c", "n": 3}]
    found = read(container(ROW, rows, sync_interval=1), {"k": pa.string(), "n": pa.int8()}, "avro")
    assert found.column("k") == ["a", "c"]
    assert found.reasons == [("row 2", "n", "'300' is out of range for int8")]
    assert found.malformed[0].text == '{"k": "b", "n": 300}'


def test_a_field_that_the_file_lacks_is_null_and_one_that_was_renamed_is_found(read: Reader) -> None:
    renamed = {**ROW, "fields": [ROW["fields"][0], {"name": "number", "type": "long", "aliases": ["n"]}]}
    found = read(container(renamed, [{"k": "a", "number": 1}]), {**COLUMNS, "more": pa.string()}, "avro")
    assert found.rows == [{"k": "a", "n": 1, "more": None}]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no container file of Avro"),
        (b"Obj\x01", "is no container file of Avro"),
        (b'{"k": 1}\n', "is no container file of Avro"),
        (container(ROW, ROWS)[:-1], "is no container file of Avro, or is damaged"),
        (container(ROW, ROWS, codec="deflate")[:-200], "is damaged"),
        (container(ROW, ROWS).replace(b"k3", b"\xff\xff"), "is damaged: a text is not UTF-8"),
        (container({"type": "array", "items": "long"}, [[1]]), "is not the schema of a record"),  # type: ignore[list-item]
        (container({**ROW, "fields": [{"name": "K", "type": "string"}]}, [{"K": "a"}]), "has no field 'k', but 'K'"),
        (container({**ROW, "fields": [{"name": "n", "type": "double"}]}, [{"n": 1.0}]), "column 'n' is double"),
    ],
)
def test_what_is_wrong_with_a_whole_file_names_it(read: Reader, tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(MalformedInputError, match=f"/a.*{said}"):
        read(data, COLUMNS, "avro")


def test_a_header_is_checked_before_an_epoch_reads(tmp_path: Path) -> None:
    path = tmp_path / "a.avro"
    path.write_bytes(container(ROW, ROWS))
    check_file(RowFormat.declared("S", "avro", pa.schema(COLUMNS), {}), str(path))
    with pytest.raises(MalformedInputError, match="column 'k' is string and not list"):
        check_file(RowFormat.declared("S", "avro", pa.schema({"k": pa.list_(pa.int8())}), {}), str(path))


@pytest.mark.parametrize("given", [Avro(schema='{"type": "record", "name": "r", "fields": []}'), Avro(subjects=("a",))])
def test_a_file_has_its_schema_in_it(given: Avro) -> None:
    with pytest.raises(DefinitionError, match="a file of Avro has its schema in it"):
        FileSource("/in", given, pa.schema(COLUMNS))
