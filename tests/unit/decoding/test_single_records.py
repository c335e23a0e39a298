"""Goal: a record is one row or malformed, and means what the same bytes mean in a file."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoding import Reader, Reading, read_bytes, read_values
from tidegate import Avro, Csv, Debezium, FileSource, Json, Parquet, Raw
from tidegate.api.formats import RowFormat
from tidegate.errors import DefinitionError
from tidegate.runtime.decoding import decode_values

KN = pa.schema({"k": pa.string(), "v": pa.int64()})
RECORDS = Csv(header=False)


def numbered(found: Reading) -> list[tuple[int, str | None, str]]:
    """Number, column and reason of each malformed record."""
    return [(m.row, m.column, m.reason) for m in found.malformed]


# -- JSON -------------------------------------------------------------------------------------------------------------


def test_a_value_is_one_document_with_line_breaks_or_none() -> None:
    values = [b'{"k": "a",\n "v":\n1}', b'{"k":"b"}\n', b" {} ", b'{\n"k"\n:"c", "x": [\n1]}']
    assert read_values(values, KN, "json").rows == [
        {"k": "a", "v": 1},
        {"k": "b", "v": None},
        {"k": None, "v": None},
        {"k": "c", "v": None},
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "the value is not JSON"),
        (b" \n", "the value is not JSON"),
        (b"nonsense", "the value is not JSON"),
        (b'{"k": "a"}\n{"k": "b"}', "the value is not JSON"),
        (b"[1]", "the value is not a JSON object"),
        (b"null", "the value is not a JSON object"),
        (b'{"k": "\xff"}', "the value is not UTF-8"),
        (b'{"k": "a", "k": "b"}', "has two fields 'k'"),
        (b'{"k":"a", "k"\n:"b"}', "has two fields 'k'"),
        (b'{"x":' * 100_000, "the value is nested too deeply"),
    ],
)
def test_a_value_that_is_no_object_is_malformed(value: bytes, reason: str) -> None:
    found = read_values([b'{"k": "before"}', value, b'{"k": "behind"}'], KN, "json")
    assert found.column("k") == ["before", "behind"]
    ((row, column, why),) = numbered(found)
    assert (row, column) == (1, None)
    assert why.startswith(reason)
    assert found.malformed[0].text == value.decode(errors="backslashreplace")[:2000]


def test_settings_and_aliases_are_those_of_files() -> None:
    found = read_values([b'{"K": "a", "v": 1, "x": 2}', b'{"K": "b"}'], KN, Json(extra="refuse"), k="K")
    assert found.rows == [{"k": "b", "v": None}]
    assert numbered(found) == [(0, None, "has a field 'x' that is not declared")]
    schema = {"k": pa.string(), "rest": pa.string()}
    assert read_values([b'{"k": "a",\n"x": [1,\n2]}'], schema, Json(rest="rest")).column("rest") == ['{"x":[1,\n2]}']
    found = read_values([b'{"K": "a"}'], KN, "json")
    assert numbered(found) == [(0, None, "has no field 'k', but 'K'; names are exact, see the source's aliases")]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**65), 2**65) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abkv "), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.sampled_from(["k", "v", "l", "s", "more"]), ANY, max_size=4)
LINES = (OBJECTS | ANY).map(json.dumps).map(str.encode) | st.binary(min_size=1, max_size=12)


@given(lines=st.lists(LINES.filter(lambda line: b"\n" not in line and bool(line.strip())), min_size=1, max_size=8))
def test_values_mean_what_lines_of_a_file_mean(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    schema = pa.schema([*KN, pa.field("l", pa.list_(pa.float64())), pa.field("s", pa.struct({"a": pa.int8()}))])
    first = b'{"k": "first"}'  # a byte order mark is one only at the begin of a file
    in_file = read_bytes(tmp_path_factory.getbasetemp(), b"\n".join([first, *lines]) + b"\n", schema, "json")
    alone = read_values([first, *lines], schema, "json")
    assert alone.table.equals(in_file.table)
    assert [(m.row, m.column, m.reason.replace("the value", "the line")) for m in alone.malformed] == [
        (m.row, m.column, m.reason) for m in in_file.malformed
    ]


# -- CSV --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [None, b"1,2,3\n"], ids=["at once", "one by one"])
def test_a_value_is_one_record_by_the_schemas_order(odd: bytes | None) -> None:
    values = [b"a,1", b'"b\n""c""",2', b",", b'"",3', *([odd] if odd else [])]
    found = read_values(values, KN, "csv")
    assert [(r["k"], r["v"]) for r in found.rows] == [("a", 1), ('b\n"c"', 2), (None, None), ("", 3)]
    assert numbered(found) == ([(4, None, "has 3 fields, not 2")] if odd else [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "has no character"),
        (b"\n", "has no character"),
        (b"a,1\nb,2", "is 2 records"),
        (b"a,1\n\nb,2\n", "is 2 records"),
        (b'"a,1', "has a quote that is never closed"),
        (b'"a"b,1', "has text behind a closing quote"),
        (b"a,1\r", "has a carriage return that no line feed follows"),
        (b"a", "has 1 fields, not 2"),
        (b"a,x", "'x' is no integer (int64)"),
        (b"\xff,1", r"'\xff' is not UTF-8"),
    ],
)
def test_a_value_that_is_not_one_record_is_malformed(value: bytes, reason: str) -> None:
    found = read_values([b"before,1\r\n", value, b"behind,2\n"], KN, RECORDS)
    assert found.column("k") == ["before", "behind"]
    assert [(m.row, m.reason) for m in found.malformed] == [(1, reason)]


def test_a_fault_does_not_reach_the_next_record() -> None:
    """Joined, an open quote would go on into the value behind it."""
    assert read_values([b'"a,1', b'b",2'], KN, RECORDS).rows == []
    assert read_values([b"a\\", b"b,2"], KN, Csv(header=False, escape="\\")).column("k") == ["b"]


def test_an_escape_character_may_stand_before_anything() -> None:
    found = read_values([b"a\\,b,1", b"c\\\n,2\n", b"\\N,3"], KN, Csv(header=False, escape="\\", nulls=("\\N",)))
    assert found.rows == [{"k": "a,b", "v": 1}, {"k": "c\n", "v": 2}, {"k": None, "v": 3}]
    swapped = pa.schema(list(reversed(KN)))
    assert read_values([b"1,a\\\n"], swapped, Csv(header=False, escape="\\")).column("k") == ["a\n"]


def test_encodings_and_marks_of_csv() -> None:
    dialect = Csv(header=False, delimiter=";", decimal=",", encoding="cp1252", nulls=("-",))
    schema = {"k": pa.string(), "v": pa.decimal128(5, 2)}
    found = read_values(["Müller;1,50".encode("cp1252"), b"-;-", b"\x81;1"], schema, dialect)
    assert [(r["k"], r["v"] and str(r["v"])) for r in found.rows] == [("Müller", "1.50"), (None, None)]
    assert [m.row for m in found.malformed] == [2]
    found = read_values(["a,1".encode("utf-16-le"), b"\x00"], KN, Csv(header=False, encoding="utf-16-le"))
    assert found.rows == [{"k": "a", "v": 1}]
    assert numbered(found) == [(1, None, "is not utf-16-le: truncated data")]


@given(values=st.lists(st.text(alphabet='a1,"\r\n\\', max_size=8).map(str.encode), max_size=6), escape=st.booleans())
def test_records_side_by_side_are_what_each_is_alone(values: list[bytes], escape: bool) -> None:
    dialect = Csv(header=False, escape="\\" if escape else None)
    alone = [read_values([value], KN, dialect) for value in values]
    found = read_values(values, KN, dialect)
    assert found.rows == [row for one in alone for row in one.rows]
    assert numbered(found) == [
        (place, column, why) for place, one in enumerate(alone) for _, column, why in numbered(one)
    ]


# -- raw and null -----------------------------------------------------------------------------------------------------


def test_raw_is_the_value_as_it_stands() -> None:
    values = [b"", b"\xff\xfe", None, "é".encode()]
    assert read_values(values, {"raw": pa.binary()}, Raw()).column("raw") == values
    found = read_values(values, {"raw": pa.string()}, "raw")
    assert found.column("raw") == ["", None, "é"]
    assert numbered(found) == [(1, "raw", r"'\xff\xfe' is not UTF-8")]


@pytest.mark.parametrize("value_format", ["json", RECORDS, Avro()])
def test_a_null_is_a_row_of_nulls_where_they_may_be(value_format: Any) -> None:
    assert read_values([None, None], KN, value_format).rows == [{"k": None, "v": None}] * 2
    schema = pa.schema([KN.field("k"), pa.field("v", pa.int64(), nullable=False)])
    assert numbered(read_values([None], schema, value_format)) == [(0, "v", "is null, as the record has no value")]
    assert read_values([], KN, value_format).rows == []


def test_nulls_stand_among_the_others() -> None:
    found = read_values([None, b'{"v": 1}', b"x", None, b'{"v": 2}', b"[]"], KN, "json")
    assert found.column("v") == [None, 1, None, 2]
    assert [m.row for m in found.malformed] == [2, 5]
    array = pa.array([None, b'{"v": 1}'], pa.binary())
    assert decode_values(RowFormat.declared("S", "json", KN, {}, records=True), array).rows.to_pylist() == [0, 1]


# -- declarations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_format", "schema", "said"),
    [
        (Csv(), KN, r"S format: a record has no header to name its fields: say Csv\(header=False\)"),
        (
            "parquet",
            KN,
            "'parquet' is not one of csv, json, avro, debezium, raw, nor a Csv, Json, Avro, Debezium or Raw",
        ),
        (Parquet(), KN, "is not one of csv, json, avro, debezium, raw"),
        (Raw(), KN, "S schema: Raw is read as one column"),
        (Raw(), pa.schema({"v": pa.int64()}), "S schema: Raw is read as one column"),
        (RECORDS, pa.schema({"v": pa.list_(pa.int8())}), "S schema: column 'v' is nested"),
    ],
)
def test_what_records_are_not_read_as(value_format: Any, schema: pa.Schema, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        RowFormat.declared("S", value_format, schema, {}, records=True)


@pytest.mark.parametrize("file_format", ["raw", "debezium", Raw(), Debezium()])
def test_what_files_are_not_read_as(file_format: Any) -> None:
    with pytest.raises(DefinitionError, match="is not one of csv, json, parquet, avro, nor a Csv"):
        FileSource("/in", file_format, pa.schema({"v": pa.string()}))


def test_a_file_and_a_record_of_one_row_are_alike(read: Reader) -> None:
    pairs: Sequence[tuple[bytes, Any]] = [(b'{"k": "a", "v": 1}', "json"), (b"a,1", RECORDS)]
    for value, dialect in pairs:
        assert read(value, KN, dialect).rows == read_values([value], KN, dialect).rows
