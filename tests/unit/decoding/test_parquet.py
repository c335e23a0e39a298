"""Goal: a Parquet column is read exactly as declared, value by value where need be, or refused by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decoding import Reading, reading
from tidegate import FileSource, Parquet
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding import check_file, parquet, parts

US, MS, NS = (pa.timestamp(unit, "UTC") for unit in ("us", "ms", "ns"))
Stored = Callable[..., Reading]


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    """Writes one column "v" and reads it as another type."""

    def stored(values: pa.Array, dtype: pa.DataType, **settings: Any) -> Reading:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({"more": pa.nulls(len(values)), "v": values}), path)
        return reading(path, FileSource(tmp_path, Parquet(**settings), pa.schema({"v": dtype})))

    return stored


@pytest.mark.parametrize(
    ("values", "dtype", "kept", "reason"),
    [
        (pa.array([300, 1]), pa.int8(), [1], "'300' is out of range for int8"),
        (pa.array([40000, None], pa.int32()), pa.int16(), [None], "'40000' is out of range for int16"),
        (pa.array([200, 7], pa.uint8()), pa.int8(), [7], "'200' is out of range for int8"),
        (pa.array([60000, 7], pa.uint16()), pa.int16(), [7], "'60000' is out of range for int16"),
        (pa.array([2**63, 7], pa.uint64()), pa.int64(), [7], "'9223372036854775808' is out of range for int64"),
        (pa.array([1e300, 0.5]), pa.float32(), [0.5], "'1e+300' is not exactly a float"),
        (pa.array([0.1, 0.5]), pa.float32(), [0.5], "'0.1' is not exactly a float"),
        (pa.array([b"\xff", b"ok"]), pa.string(), ["ok"], r"'\xff' is not UTF-8"),
        (pa.array([1001, 2000], NS), US, [2], "'1970-01-01 00:00:00.000001001Z' is finer than the declared unit, us"),
        (pa.array([1, 2000], US), MS, [2], "'1970-01-01 00:00:00.000001Z' is finer than the declared unit, ms"),
        (pa.array([2**62, 5], US), US, [5], "is outside of the years 1 to 9999"),
        (pa.array([-(2**62), 5], US), US, [5], "is outside of the years 1 to 9999"),
        (pa.array([2**50, 5], pa.timestamp("s", "UTC")), US, [5_000_000], "is outside of the years 1 to 9999"),
        (pa.array([-1, 5], pa.time32("ms")), pa.string(), ["00:00:00.005"], "'-1' (time32[ms]) is no time of day"),
        (
            pa.array([86_400, 5], pa.time32("s")).cast(pa.time32("ms")),
            pa.string(),
            ["00:00:05.000"],
            "is no time of day",
        ),
        (pa.array([2_932_897, 5], pa.date32()), pa.date32(), [5], "is outside of the years 1 to 9999"),
    ],
    ids=str,
)
def test_v9_a_value_that_does_not_fit_is_malformed_and_named(
    stored: Stored, values: pa.Array, dtype: pa.DataType, kept: list[object], reason: str
) -> None:
    found = stored(values, dtype)
    column = found.table.column("v").combine_chunks()
    number = {pa.date32(): pa.int32(), US: pa.int64(), MS: pa.int64()}.get(dtype)
    assert (column.view(number) if number else column).to_pylist() == kept
    ((place, column_name, why),) = found.reasons
    assert (place, column_name) == ("row 1", "v")
    assert reason in why
    assert found.malformed[0].text.startswith('{"v": ')


@pytest.mark.parametrize(
    ("values", "dtype", "read"),
    [
        (pa.nulls(2), pa.string(), [None, None]),
        (pa.nulls(2), US, [None, None]),
        (pa.nulls(1), pa.list_(pa.int8()), [None]),
        (pa.array(["a", None, "a"]).dictionary_encode(), pa.string(), ["a", None, "a"]),
        (pa.array([300, 1]).dictionary_encode(), pa.int16(), [300, 1]),
        (pa.array(["a"], pa.large_string()), pa.string(), ["a"]),
        (pa.array([b"ab"], pa.binary(2)), pa.binary(), [b"ab"]),
        (pa.array([1, None], pa.time64("us")), pa.string(), ["00:00:00.000001", None]),
        (pa.array([1, 127], pa.int64()), pa.int8(), [1, 127]),
        (pa.array([2**31 - 1], pa.int32()), pa.float64(), [2147483647.0]),
        (pa.array([float("nan"), 1.5], pa.float32()), pa.float64(), [None, 1.5]),
        (pa.array([5, -7]), pa.decimal128(10, 2), [5, -7]),
        (pa.array([[1, 2]], pa.list_(pa.int64(), 2)), pa.list_(pa.int8()), [[1, 2]]),
        (pa.array([["a"], None], pa.large_list(pa.large_string())), pa.list_(pa.string()), [["a"], None]),
    ],
    ids=str,
)
def test_v11_what_keeps_every_value_is_read(
    stored: Stored, values: pa.Array, dtype: pa.DataType, read: list[object]
) -> None:
    found = stored(values, dtype)
    assert found.reasons == []
    assert [None if v != v else v for v in found.column("v")] == read


def test_v11_nanoseconds_are_cut_on_request(stored: Stored) -> None:
    found = stored(pa.array([1999, -1, None], NS), US, nanoseconds="cut")
    assert found.table.column("v").combine_chunks().view(pa.int64()).to_pylist() == [1, -1, None]
    assert stored(pa.array([1500], US), MS, nanoseconds="cut").reasons == []


@pytest.mark.parametrize(
    ("values", "dtype", "said"),
    [
        (pa.array([0], US), pa.int64(), "is timestamp[us, tz=UTC], which is not read as int64"),
        (pa.array([0], pa.time64("us")), pa.int64(), "is time64[us], which is not read as int64"),
        (pa.array([0], pa.date32()), pa.int32(), "is date32[day], which is not read as int32"),
        (pa.array([0], pa.int32()), pa.date32(), "is int32, which is not read as date32[day]"),
        (pa.array([0], pa.int64()), US, "is int64, which is not read as timestamp"),
        (pa.array([0], pa.timestamp("us")), US, "is a timestamp without a zone"),
        (pa.array([True]), pa.int8(), "is bool, which is not read as int8"),
        (pa.array([0], pa.duration("us")), pa.int64(), "is duration[us], which is not read as int64"),
        (pa.array([[1]]), pa.int64(), "is list<element: int64>, which is not read as int64"),
        (pa.array(["[1]"]), pa.list_(pa.int64()), "is string and not list"),
        (pa.array([{"a": 1}]), pa.struct({"a": pa.int64(), "b": pa.int64()}), "has no field 'b'"),
        (pa.array([{"a": 1}]), pa.struct({"A": pa.int64()}), "has no field 'A'"),
        (
            pa.array([{"t": 0}], pa.struct({"t": pa.timestamp("us")})),
            pa.struct({"t": US}),
            "has a field 't' that is a timestamp without a zone",
        ),
        (
            pa.array([[0]], pa.list_(pa.timestamp("us"))),
            pa.list_(US),
            "has elements of which each is a timestamp without",
        ),
    ],
    ids=str,
)
def test_v12_v17_what_cannot_be_exact_is_refused_by_name(
    stored: Stored, tmp_path: Path, values: pa.Array, dtype: pa.DataType, said: str
) -> None:
    with pytest.raises(MalformedInputError) as raised:
        stored(values, dtype)
    assert f"column 'v' of {tmp_path}/a.parquet {said}" in str(raised.value)
    with pytest.raises(MalformedInputError):
        check_file(FileSource(tmp_path, "parquet", pa.schema({"v": dtype})).row_format, str(tmp_path / "a.parquet"))


def test_integers_are_moments_on_request(stored: Stored) -> None:
    found = stored(pa.array([1_767_225_600_000, 2**62]), US, timestamps=("milliseconds",))
    assert [str(v) for v in found.column("v")] == ["2026-01-01 00:00:00+00:00"]
    assert [place for place, _, _ in found.reasons] == ["row 2"]


def test_nested_values(stored: Stored) -> None:
    inner = pa.struct([pa.field("a", pa.list_(pa.int8()), nullable=False)])
    values = pa.array([[{"a": [1], "b": 2}], None, [], [None, {"a": [1, 500]}], [{"a": None}]])
    found = stored(values, pa.list_(inner))
    assert found.column("v") == [[{"a": [1]}], None, []]
    assert [(p, r) for p, _, r in found.reasons] == [
        ("row 4", "an element: field 'a': an element: '500' is out of range for int8"),
        ("row 5", "an element: field 'a': is null"),
    ]
    pairs = pa.array([[("a", 1)], None, [], [("300", 2), ("c", 300)]], pa.map_(pa.string(), pa.int64()))
    assert stored(pairs, pa.map_(pa.string(), pa.int16())).column("v") == pairs.to_pylist()
    assert stored(pairs, pa.map_(pa.string(), pa.int8())).reasons == [
        ("row 4", "v", "a value: '300' is out of range for int8")
    ]
    assert [(p, r) for p, _, r in stored(pairs, pa.map_(pa.int16(), pa.int64())).reasons] == [
        ("row 1", "a key: 'a' is no integer (int16)"),
        ("row 4", "a key: 'c' is no integer (int16)"),
    ]


def test_columns_are_found_by_exact_name_and_alias(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"x": [0], "orderTotal": [12], "a.b": ["y"]}), path)
    schema = pa.schema({"a_b": pa.string(), "order_total": pa.int64()})
    aliases = {"order_total": "orderTotal", "a_b": "a.b"}
    assert reading(path, FileSource(tmp_path, "parquet", schema, aliases=aliases)).rows == [
        {"a_b": "y", "order_total": 12}
    ]
    with pytest.raises(MalformedInputError, match=r"has no column 'a_b'; it has x, orderTotal, a\.b"):
        check_file(FileSource(tmp_path, "parquet", schema).row_format, str(path))


def test_parts_are_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"v": [*range(10), 500]}), path, row_group_size=2)
    source = FileSource(tmp_path, "parquet", pa.schema({"v": pa.int8()}))
    assert len(parts(source.row_format, str(path), 1)) == 1
    monkeypatch.setattr(parquet, "PART_BYTES", 1)
    assert len(parts(source.row_format, str(path), 1)) == 6
    found = reading(path, source)
    assert found.column("v") == list(range(10))
    assert [m.place for m in found.malformed] == ["row 11"]
    pq.write_table(pa.table({"v": pa.array([], pa.int8())}), path)
    assert reading(path, source).rows == []


def test_v16_two_thousand_columns(tmp_path: Path) -> None:
    names = [f"c{i}" for i in range(2000)]
    pq.write_table(pa.table({name: [i] for i, name in enumerate(names)}), tmp_path / "a.parquet")
    source = FileSource(tmp_path, "parquet", pa.schema(dict.fromkeys(names, pa.int16())))
    assert list(reading(tmp_path / "a.parquet", source).rows[0].values()) == list(range(2000))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"text that is not parquet", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_file_that_is_not_parquet_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(MalformedInputError, match=rf"{tmp_path}/a\.parquet is not a Parquet file"):
        check_file(FileSource(tmp_path, "parquet", pa.schema({"v": pa.int8()})).row_format, str(tmp_path / "a.parquet"))


def test_damaged_pages_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"v": range(10_000)}), path, use_dictionary=False, compression="gzip")
    data = bytearray(path.read_bytes())
    data[200:2000] = bytes(1800)
    path.write_bytes(data)
    with pytest.raises(MalformedInputError, match=rf"{tmp_path}/a\.parquet is not a Parquet file, or is damaged"):
        reading(path, FileSource(tmp_path, "parquet", pa.schema({"v": pa.int64()})))
