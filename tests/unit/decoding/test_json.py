"""Goal: a line of JSON is one strict object whose fields are read by name, exactly."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoding import Reader
from tidegate import FileSource, Json
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding import json_lines, parts

KN = {"k": pa.string(), "v": pa.int64()}
US = pa.timestamp("us", "UTC")


def test_v4_text_that_is_not_utf8_spoils_its_row_only(read: Reader) -> None:
    found = read(b'{"k": "M\xfcller", "v": 1}\n{"k": "b", "v": 2}\n', KN, "json")
    assert found.rows == [{"k": "b", "v": 2}]
    assert found.reasons == [("line 1", None, "the line is not UTF-8")]
    assert found.malformed[0].text == r'{"k": "M\xfcller", "v": 1}'


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        '{"k": ',
        "{'k': 'a'}",
        '{"k": "a",}',
        '{"k": "a"} {"k": "b"}',
        '{"k": "a"}, ',
        "[1]",
        "null",
        '"a"',
        '{"k": "a\tb"}',
        '{"v": 01}',
        '{"v": .5}',
        '{"v": +1}',
        '{"v": NaN}',
        '{"k": "\\x41"}',
        "[" * 100_000,
        '{"x":' * 100_000,
        '{"v": ' + "1" * 10_000 + "}",
        "\x00",
        '{"k":"a", "k":"a"}',
        '{"k":"a", "\\u006b":"b"}',
        '{"k":"a", "x": {"y" :1, "y": 2}}',
        '{"k":"a", "x": [{"y":1, "y"\t:2}]}',
    ],
)
def test_a_line_that_is_no_object_is_malformed(read: Reader, line: str) -> None:
    found = read(f'{{"k": "before", "v": 1}}\n{line}\n{{"k": "behind"}}\n', KN, "json")
    assert found.column("k") == ["before", "behind"]
    assert [m.place for m in found.malformed] == ["line 2"]
    assert found.malformed[0].text == line.rstrip()[:2000]


def test_a_colon_in_a_text_is_no_second_name(read: Reader) -> None:
    text = '{"k": "a : b", "v": 1}\n{"k": "{\\"v\\": 2, \\"v\\":3}", "v": 4}\n{"k" : "c", "x": {"v": 1}, "v": 5}\n'
    assert read(text, KN, "json").column("v") == [1, 4, 5]


def test_lines_of_white_space_are_no_records(read: Reader) -> None:
    found = read('\ufeff\n{"k": "a"}\r\n \t\r\n\n{"k": 1}\n', KN, "json")
    assert found.column("k") == ["a"]
    assert [m.place for m in found.malformed] == ["line 5"]
    assert read("", KN, "json").rows == []


def test_v7_numbers_are_moments_on_request_only(read: Reader) -> None:
    text = (
        '{"at": 1767225600000}\n{"at": "2026-01-01T00:00:00Z"}\n{"at": 1767225600000.5}\n{"at": 1e300}\n{"at": true}\n'
    )
    found = read(text, {"at": US}, "json")
    assert [str(v) for v in found.column("at")] == ["2026-01-01 00:00:00+00:00"]
    found = read(text, {"at": US}, Json(timestamps=("milliseconds", "iso")))
    assert [str(v) for v in found.column("at")] == ["2026-01-01 00:00:00+00:00"] * 2 + [
        "2026-01-01 00:00:00.000500+00:00"
    ]
    assert [r for _, _, r in found.reasons] == [
        "'1e300' is outside of the years 1 to 9999",
        "'True' is a boolean and no timestamp[us, tz=UTC]",
    ]
    found = read('{"at": 1767225600}\n{"at": 0.0000001}\n', {"at": US}, Json(timestamps=("seconds",)))
    assert [str(v) for v in found.column("at")] == ["2026-01-01 00:00:00+00:00"]
    assert found.reasons == [("line 2", "at", "'0.0000001' is finer than the declared unit, us")]


def test_v10_names_are_exact_and_a_near_one_is_no_silent_null(read: Reader) -> None:
    text = '{"k": "a", "orderTotal": 12}\n{"k": "b"}\n{"k": "c", "order_total": null, "orderTotal": 1}\n'
    found = read(text, {"k": pa.string(), "order_total": pa.int64()}, "json")
    assert found.column("k") == ["b", "c"]
    assert found.reasons == [
        ("line 1", None, "has no field 'order_total', but 'orderTotal'; names are exact, see the source's aliases")
    ]
    schema = {"k": pa.string(), "order_total": pa.int64(), "at": pa.string(), "id": pa.int64()}
    aliases = {"order_total": "orderTotal", "at": "@timestamp", "id": "Order ID"}
    text = '{"k": "a", "orderTotal": 12, "@timestamp": "x", "Order ID": 1}\n'
    assert read(text, schema, "json", aliases=aliases).rows == [{"k": "a", "order_total": 12, "at": "x", "id": 1}]
    nested = {"k": pa.list_(pa.struct({"a_b": pa.int64()}))}
    found = read('{"k": [{"aB": 1}]}\n{"k": [{}]}\n', nested, "json")
    assert found.rows == [{"k": [{"a_b": None}]}]
    assert [c for _, c, _ in found.reasons] == ["k"]


def test_fields_that_are_not_declared(read: Reader) -> None:
    text = '{"k": "a", "x": 1.10, "é": [1, {"y": null}]}\n{"k": "b"}\n{"x": "\\u00e9\\"", "k": "c"}\n'
    schema = {"k": pa.string(), "rest": pa.string()}
    assert read(text, {"k": pa.string()}, "json").column("k") == ["a", "b", "c"]
    found = read(text, {"k": pa.string()}, Json(extra="refuse"))
    assert found.column("k") == ["b"]
    assert found.reasons[0] == ("line 1", None, "has a field 'x' that is not declared")
    kept = read(text, schema, Json(rest="rest")).column("rest")
    assert kept == ['{"x":1.10,"é":[1, {"y": null}]}', None, '{"x":"\\u00e9\\""}']


def test_missing_is_null_unless_the_column_is_not_nullable(read: Reader) -> None:
    inner = pa.struct([pa.field("a", pa.int8(), nullable=False)])
    schema = pa.schema([pa.field("k", pa.string(), nullable=False), pa.field("s", inner)])
    found = read('{"k": "a"}\n{"s": null}\n{"k": "b", "s": {}}\n{"k": "c", "s": {"a": 1}}\n', schema, "json")
    assert found.rows == [{"k": "a", "s": None}, {"k": "c", "s": {"a": 1}}]
    assert found.reasons == [("line 2", "k", "is null"), ("line 3", "s", "field 'a': is null")]


def test_nested_values(read: Reader) -> None:
    schema = {"m": pa.map_(pa.string(), pa.list_(pa.int8())), "s": pa.struct({"a": pa.decimal128(5, 2), "t": US})}
    lines = [
        '{"m": {"x": [1, null], "y": null}, "s": {"a": 1.5, "t": "2026-01-01T00:00:00Z", "more": 1}}',
        '{"m": {}, "s": {"a": "1.25"}}',
        '{"m": null}',
        '{"m": {"x": [300]}}',
        '{"m": [1]}',
        '{"s": {"a": 1.005}}',
        '{"s": {"t": "12:30"}}',
    ]
    found = read("\n".join(lines), schema, "json")
    assert [r["m"] for r in found.rows] == [[("x", [1, None]), ("y", None)], [], None]
    assert [r["s"] and str(r["s"]["a"]) for r in found.rows] == ["1.50", "1.25", None]
    assert [(p, c) for p, c, _ in found.reasons] == [("line 4", "m"), ("line 5", "m"), ("line 6", "s"), ("line 7", "s")]
    assert found.reasons[0][2] == "a value: an element: '300' is out of range for int8"
    keyed = read('{"m": {"1": 1, "2": 2}}\n{"m": {"x": 1}}\n', {"m": pa.map_(pa.int8(), pa.int8())}, "json")
    assert keyed.rows == [{"m": [(1, 1), (2, 2)]}]
    assert keyed.reasons == [("line 2", "m", "a key: 'x' is no integer (int8)")]


def test_v16_two_thousand_columns(read: Reader) -> None:
    names = [f"c{i}" for i in range(2000)]
    values = {name: i for i, name in enumerate(names)}
    assert read(json.dumps(values), dict.fromkeys(names, pa.int64()), "json").rows == [values]


# -- parts ------------------------------------------------------------------------------------------------------------


@given(
    lines=st.lists(st.sampled_from(['{"v": 1}', '{"v": 22}', "", "x", "  "]), max_size=12),
    end=st.sampled_from(["", "\n"]),
    size=st.integers(1, 30),
    block=st.integers(1, 40),
)
def test_parts_have_each_line_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, size: int, block: int
) -> None:
    """Wherever a file is cut, and however it comes in blocks."""
    path = tmp_path_factory.getbasetemp() / "parts.json"
    data = "\n".join(lines) + end
    path.write_text(data)
    rows = FileSource(path.parent, "json", pa.schema({"v": pa.int64()})).row_format
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "PART_BYTES", size)
        patch.setattr(json_lines, "BLOCK_BYTES", block)
        found = [list(json_lines.decode(rows, str(path), p)) for p in parts(rows, str(path), len(data))]
    values = [v for part in found for d in part for v in d.batch.column("v").to_pylist()]
    assert values == [json.loads(line)["v"] for line in lines if "v" in line]
    bad = [m for part in found for d in part for m in d.malformed]
    starts = [sum(len(t) + 1 for t in lines[:i]) for i, line in enumerate(lines) if line == "x"]
    places = {f"byte {s + 1}" for s in starts} | {f"line {i + 1}" for i, line in enumerate(lines) if line == "x"}
    assert len(bad) == len(starts)
    assert {m.place for m in bad} <= places


def test_a_packed_file_is_one_part(tmp_path: Path) -> None:
    source = FileSource(tmp_path, "json", pa.schema({"v": pa.int64()}))
    assert len(parts(source.row_format, "/x/a.json.gz", 10**9)) == 1
    assert len(parts(source.row_format, "/x/a.json", 10**9)) == 15
    assert len(parts(FileSource(tmp_path, "csv", pa.schema({"v": pa.int64()})).row_format, "/x/a.csv", 10**9)) == 1


def test_a_line_without_end_stops_the_file(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "RECORD_BYTES_MAX", 1 << 20)
    with pytest.raises(MalformedInputError, match="line at byte 9 has more than 1048576 bytes"):
        read('{"v": 1}\n{"v": "' + "x" * (1 << 24), {"v": pa.int64()}, "json")
