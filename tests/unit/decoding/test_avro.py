"""Goal: Avro is read by the schema that it was written with, each value exactly as declared or malformed by name."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoding import Reading, avro, read_values
from tidegate import Avro
from tidegate.api.avro_schema import written_with
from tidegate.errors import DefinitionError

US, MS = pa.timestamp("us", "UTC"), pa.timestamp("ms", "UTC")
MOMENT = datetime(2026, 1, 31, 12, 30, 0, 123_000, UTC)
EXACT = datetime(2026, 1, 31, 12, 30, 0, 123_456, UTC)


def record(*fields: tuple[str, Any], name: str = "R") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": n, "type": t} for n, t in fields]}


def logical(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "logicalType": name, **more}


def fixed(size: int, **more: Any) -> dict[str, Any]:
    return {"type": "fixed", "name": "F", "size": size, **more}


def one(written: Any, value: Any, dtype: pa.DataType, **settings: Any) -> Reading:
    """A value, the only field "v" of a record."""
    schema = record(("v", written))
    return read_values([avro(schema, {"v": value})], {"v": dtype}, Avro(schema=json.dumps(schema), **settings))


# -- types ------------------------------------------------------------------------------------------------------------

IN = record(("x", logical("bytes", "decimal", precision=4, scale=1)), ("y", "string"), name="In")
TYPES: dict[str, tuple[Any, pa.DataType, st.SearchStrategy[Any], Any]] = {
    "boolean": ("boolean", pa.bool_(), st.booleans(), None),
    "int": ("int", pa.int32(), st.integers(-(2**31), 2**31 - 1), None),
    "int as double": ("int", pa.float64(), st.integers(-(2**31), 2**31 - 1), None),
    "long": ("long", pa.int64(), st.integers(-(2**63), 2**63 - 1), None),
    "long as decimal": ("long", pa.decimal128(21, 2), st.integers(-(2**63), 2**63 - 1), Decimal),
    "float": ("float", pa.float32(), st.floats(width=32, allow_nan=False), None),
    "double": ("double", pa.float64(), st.floats(allow_nan=False), None),
    "bytes": ("bytes", pa.binary(), st.binary(max_size=9), None),
    "string": ("string", pa.string(), st.text(max_size=9), None),
    "bytes as string": ("bytes", pa.string(), st.text(max_size=9).map(str.encode), bytes.decode),
    "fixed": (fixed(3), pa.binary(), st.binary(min_size=3, max_size=3), None),
    "enum": ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, pa.string(), st.sampled_from("AB"), None),
    "decimal": (
        logical("bytes", "decimal", precision=30, scale=4),
        pa.decimal128(38, 6),
        st.integers(-(10**30) + 1, 10**30 - 1).map(lambda n: Decimal(f"{n}e-4")),
        None,
    ),
    "fixed decimal": (
        fixed(9, logicalType="decimal", precision=20, scale=2),
        pa.decimal128(20, 2),
        st.integers(-(10**20) + 1, 10**20 - 1).map(lambda n: Decimal(f"{n}e-2")),
        None,
    ),
    "date": (logical("int", "date"), pa.date32(), st.dates(), None),
    "timestamp-micros": (
        logical("long", "timestamp-micros"),
        US,
        st.datetimes(timezones=st.just(UTC)),
        None,
    ),
    "uuid": (logical("string", "uuid"), pa.string(), st.uuids(), str),
    "uuid of bytes": (fixed(16, logicalType="uuid"), pa.string(), st.uuids(), str),
    "time-micros": (
        logical("long", "time-micros"),
        pa.string(),
        st.times(),
        lambda t: t.isoformat(timespec="microseconds"),
    ),
    "array": (
        {"type": "array", "items": ["null", "long"]},
        pa.list_(pa.int64()),
        st.lists(st.none() | st.just(5)),
        None,
    ),
    "map": (
        {"type": "map", "values": "int"},
        pa.map_(pa.string(), pa.int64()),
        st.dictionaries(st.text(max_size=3), st.just(7), max_size=3),
        lambda m: list(m.items()),
    ),
    "record": (
        IN,
        pa.struct({"y": pa.string(), "x": pa.decimal128(5, 2), "later": pa.int8()}),
        st.fixed_dictionaries({"x": st.just(Decimal("1.5")), "y": st.text(max_size=3)}),
        lambda r: {**r, "later": None},
    ),
}


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_written_is_read_back(name: str, data: st.DataObject) -> None:
    """As it is, as one of two with a null, and among records of another schema."""
    written, dtype, values, read = TYPES[name]
    schema, optional = record(("id", "long"), ("v", written)), record(("v", ["null", written]), ("more", "string"))
    given_ = data.draw(st.lists(values, max_size=4))
    encoded = fixed_uuids(name, given_)
    records = [b"\0\0\0\0\1" + avro(schema, {"id": 1, "v": v}) for v in encoded]
    records += [b"\0\0\1\0\0" + avro(optional, {"v": v, "more": "x"}) for v in [None, *encoded]]
    found = read_values(records, {"v": dtype}, "avro", {1: json.dumps(schema), 65536: json.dumps(optional)})
    assert found.malformed == []
    expected = [read(v) if read else v for v in given_]
    assert found.column("v") == [*expected, None, *expected]


def fixed_uuids(name: str, values: list[Any]) -> list[Any]:
    """fastavro has no form of its own for a uuid that is written as a fixed."""
    return [v.bytes for v in values] if name == "uuid of bytes" else values


MISFITS = [
    ("long", 300, pa.int8(), "'300' is out of range for int8"),
    ("double", 0.1, pa.float32(), "'0.1' is not exactly a float"),
    ("string", "1.0", pa.int32(), "'1.0' is no integer (int32)"),
    ("bytes", b"\xff", pa.string(), r"'\xff' is not UTF-8"),
    (logical("bytes", "decimal", precision=5, scale=3), Decimal("1.005"), pa.decimal128(10, 2), "more than 2 decimal"),
    (logical("bytes", "decimal", precision=9), Decimal(12345), pa.decimal128(5, 2), "is out of range for decimal(5,2)"),
    (logical("long", "timestamp-micros"), EXACT, MS, "is finer than the declared unit, ms"),
    (logical("long", "timestamp-nanos"), 1001, US, "is finer than the declared unit, us"),
    (logical("long", "timestamp-millis"), 2**60, US, "is outside of the years 1 to 9999"),
    (logical("int", "date"), 2_932_897, pa.date32(), "is outside of the years 1 to 9999"),
    (logical("long", "time-micros"), 86_400_000_000, pa.string(), "is no time of day"),
    (logical("int", "time-millis"), -1, pa.string(), "'-1' (time32[ms]) is no time of day"),
    (logical("long", "local-timestamp-micros"), 0, US, "is a timestamp without a zone"),
    ("long", 0, US, "is int64, which is not read as timestamp[us, tz=UTC] without loss"),
    ("long", 0, pa.float64(), "is int64, which is not read as double"),
    ("string", "x", pa.list_(pa.string()), "is string and not list"),
    (logical("int", "time-millis"), 0, pa.int32(), "is time32[ms], which is not read as int32"),
    (["null", "int", "string"], 5, pa.int32(), "is a union of several types, which is not read"),
    (IN, {"x": Decimal(1), "y": ""}, pa.struct({"X": pa.int8()}), "has no field 'X', but 'x'; names are exact"),
    (IN, {"x": Decimal(1), "y": "a"}, pa.struct({"y": pa.int8()}), "field 'y': 'a' is no integer (int8)"),
    ({"type": "array", "items": "int"}, [1, 500], pa.list_(pa.int8()), "an element: '500' is out of range for int8"),
    ({"type": "map", "values": "int"}, {"a": 500}, pa.map_(pa.string(), pa.int8()), "a value: '500' is out of range"),
]


@pytest.mark.parametrize(("written", "value", "dtype", "reason"), MISFITS, ids=str)
def test_what_is_not_kept_exactly_is_malformed_by_name(
    written: Any, value: Any, dtype: pa.DataType, reason: str
) -> None:
    found = one(written, value, dtype)
    ((_, column, why),) = found.reasons
    assert column == "v"
    assert reason in why


def test_settings_say_what_numbers_and_texts_mean() -> None:
    assert one("long", 1_769_862_600_123, US, timestamps=("milliseconds",)).column("v") == [MOMENT]
    assert one("string", "31.01.2026", pa.date32(), dates=("%d.%m.%Y",)).column("v") == [date(2026, 1, 31)]
    assert one(logical("int", "time-millis"), time(1, 2, 3), pa.string()).column("v") == ["01:02:03.000"]


def test_a_number_that_its_own_schema_does_not_have_is_a_misfit() -> None:
    """An int is written as any number of bytes, a decimal as any bytes."""
    schema = record(("v", "int"))
    values = [avro(record(("v", "long")), {"v": v}) for v in (1, 2**40, 3)]
    found = read_values(values, {"v": pa.int64()}, Avro(schema=json.dumps(schema)))
    assert found.column("v") == [1, 3]
    assert [(m.row, m.reason) for m in found.malformed] == [(1, f"'{2**40}' is no int32")]
    schema = record(("v", logical("bytes", "decimal", precision=3)))
    values = [avro(record(("v", "bytes")), {"v": v}) for v in (b"\x05", b"\x7f" * 8, b"\0" * 70, b"")]
    found = read_values(values, {"v": pa.decimal128(38)}, Avro(schema=json.dumps(schema)))
    assert found.column("v") == [5, 0]
    assert [m.reason for m in found.malformed] == [
        "'9187201950435737471' is no decimal128(3, 0)",
        "was not written with its schema: a decimal number of 70 bytes",
    ]


# -- names ------------------------------------------------------------------------------------------------------------


def test_fields_are_found_by_name_and_alias() -> None:
    schema = record(("orderTotal", "long"), ("x", "string"), ("k", "string"))
    value = avro(schema, {"orderTotal": 12, "x": "?", "k": "a"})
    columns = {"k": pa.string(), "order_total": pa.int64(), "later": pa.bool_()}
    found = read_values([value], columns, Avro(schema=json.dumps(schema)), order_total="orderTotal")
    assert found.rows == [{"k": "a", "order_total": 12, "later": None}]
    found = read_values([value], columns, Avro(schema=json.dumps(schema)))
    assert found.reasons == [
        ("", None, "has no field 'order_total', but 'orderTotal'; names are exact, see the source's aliases")
    ]
    required = pa.schema([pa.field("k", pa.string()), pa.field("later", pa.bool_(), nullable=False)])
    assert read_values([value], required, Avro(schema=json.dumps(schema))).reasons == [("", "later", "is null")]


def test_a_field_that_was_renamed_is_found_by_its_alias() -> None:
    """Under its own name, too; and where another field has the name now, that is meant."""
    field: dict[str, Any] = {"name": "who", "type": "string", "aliases": ["user", "n"]}
    schema = {"type": "record", "name": "R", "fields": [field, {"name": "n", "type": "long"}]}
    value, columns = avro(schema, {"who": "a", "n": 1}), {"user": pa.string(), "who": pa.string(), "n": pa.int64()}
    row = {"user": "a", "who": "a", "n": 1}
    assert read_values([value], columns, Avro(schema=json.dumps(schema))).rows == [row]
    found = read_values([value], {"of": pa.string()}, Avro(schema=json.dumps(schema)), of="user")
    assert found.rows == [{"of": "a"}]
    for aliases, found_as in ((["w_ho", {}], "a"), ("w", None), (None, None)):
        field["aliases"] = aliases
        column = "w_ho" if found_as else "w"
        assert read_values([value], {column: pa.string()}, Avro(schema=json.dumps(schema))).rows == [{column: found_as}]


def test_a_field_that_was_renamed_within_a_record_is_malformed() -> None:
    inner = {"type": "record", "name": "In", "fields": [{"name": "who", "type": "string", "aliases": ["user"]}]}
    schema = record(("v", inner))
    value = avro(schema, {"v": {"who": "a"}})
    columns = {"v": pa.struct({"user": pa.string()})}
    assert read_values([value], columns, Avro(schema=json.dumps(schema))).reasons == [
        ("", "v", "has a field 'user' that is 'who' now, which is not followed within a record")
    ]


def test_types_that_are_named_once_and_used_again() -> None:
    inner = record(("e", {"type": "enum", "name": "E", "symbols": ["A"]}), ("f", fixed(1)), name="sub.In")
    schema = {**record(("a", inner), ("b", ["null", "sub.In"]), ("c", "sub.E")), "namespace": "top"}
    value = avro(schema, {"a": {"e": "A", "f": b"x"}, "b": {"e": "A", "f": b"y"}, "c": "A"})
    columns = {
        "a": pa.struct({"f": pa.binary()}),
        "b": pa.struct({"f": pa.binary(), "e": pa.string()}),
        "c": pa.string(),
    }
    assert read_values([value], columns, Avro(schema=json.dumps(schema))).rows == [
        {"a": {"f": b"x"}, "b": {"e": "A", "f": b"y"}, "c": "A"}
    ]


# -- records ----------------------------------------------------------------------------------------------------------

KN = record(("k", "string"), ("v", "long"))
DATUM = avro(KN, {"k": "é", "v": 1})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\0\0\0\0\2" + DATUM, "was written with schema 2, which none of the subjects has"),
        (b"\xff\0\0\0\1" + DATUM, "does not begin with a byte of 0 and four with the number of its schema"),
        (b"\0\0\0\0", "does not begin with a byte of 0 and four with the number of its schema"),
        (b"", "does not begin with a byte of 0 and four with the number of its schema"),
        (b"\0\0\0\0\1" + DATUM + b"\0", "has 1 bytes behind its end"),
        (b"\0\0\0\0\1" + DATUM[:-1], "is cut off, or was not written with its schema"),
        (b"\0\0\0\0\1", "is cut off, or was not written with its schema"),
        (b"\0\0\0\0\1" + b"\x01", "is cut off, or was not written with its schema"),
        (b"\0\0\0\0\1" + DATUM.replace(b"\xc3\xa9", b"\xc3\xc3"), "has a text that is not UTF-8"),
        (b"\0\0\0\0\3" + DATUM, "schema 3 is not read: it is no schema of Avro: UnknownType: nope"),
        (b"\0\0\0\0\4" + DATUM, "schema 4 is not read: it is not the schema of a record"),
    ],
)
def test_a_record_that_is_none_is_malformed(value: bytes, reason: str) -> None:
    schemas = {1: json.dumps(KN), 3: json.dumps(record(("k", "nope"))), 4: '"string"'}
    good = b"\0\0\0\0\1" + DATUM
    found = read_values([good, value, None, good], {"k": pa.string(), "v": pa.int64()}, "avro", schemas)
    assert found.column("k") == ["é", None, "é"]
    assert [(m.row, m.column, m.reason) for m in found.malformed] == [(1, None, reason)]


@settings(max_examples=300)
@given(data=st.binary(max_size=60))
def test_no_bytes_stop_the_others(data: bytes) -> None:
    """Whatever stands in a record: it is a row or malformed (`read_values` holds that), never an error."""
    schema = record(
        *((f"f{i}", t) for i, t in enumerate(["long", "string", IN, {"type": "array", "items": "In"}, "bytes"])),
        ("m", {"type": "map", "values": ["null", logical("long", "timestamp-micros")]}),
        ("d", [logical("bytes", "decimal", precision=5), fixed(16, logicalType="uuid"), "null", "double", "boolean"]),
    )
    columns = {
        "f0": pa.int8(),
        "f1": pa.string(),
        "f2": pa.struct({"x": pa.decimal128(3, 1)}),
        "m": pa.map_(pa.string(), US),
    }
    read_values([data, b"\2\2x" + data], columns, Avro(schema=json.dumps(schema)))


# -- schemas ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("", "Expecting value"),
        ("[]", "it is not the schema of a record"),
        ('{"type": "record"}', "it is no schema of Avro"),
        (json.dumps(record(("a", "int"), ("a", "int"))), "the record 'R' has two fields 'a'"),
        (json.dumps(record(("a", {"type": "array", "items": "null"}))), "an array of values that take no byte"),
        (json.dumps(record(("a", {"type": "array", "items": record(name="E")}))), "an array of values that take no"),
        (json.dumps(record(("next", ["null", "R"]))), "the record 'R' contains itself"),
        (
            json.dumps(record(("a", {"type": "map", "values": record(("b", ["null", "R"]), name="S")}))),
            "the record 'R' contains itself",
        ),
        ('{"type": "record", "name": "R", "fields": ' + "[" * 100_000, "it is no schema of Avro: RecursionError"),
    ],
)
def test_a_schema_that_is_refused_when_it_is_declared(schema: str, reason: str) -> None:
    """A record within itself would be read to the depth that the bytes say: far enough to end the process."""
    with pytest.raises(DefinitionError, match="Avro schema: ") as raised:
        Avro(schema=schema)
    assert reason in str(raised.value)


def test_what_others_note_in_a_schema_does_not_matter() -> None:
    """Connect's and Debezium's schemas have defaults and notes that stricter readers refuse."""
    field = {"name": "v", "type": {"type": "double", "connect.default": 0}, "default": 0, "doc": "?", "aliases": ["w"]}
    odd = {"name": "o", "type": {"type": "string", "logicalType": "decimal"}}
    plain = {"name": "b", "type": {"type": "bytes", "logicalType": "decimal", "precision": 1, "scale": 2}}
    schema = {"type": "record", "name": "R", "connect.name": "R", "fields": [field, odd, plain]}
    value = avro(record(("v", "double"), ("o", "string"), ("b", "bytes")), {"v": 0.5, "o": "1", "b": b"\1"})
    columns = {"v": pa.float64(), "o": pa.string(), "b": pa.binary()}
    assert read_values([value], columns, Avro(schema=json.dumps(schema))).rows == [{"v": 0.5, "o": "1", "b": b"\1"}]


def test_fastavros_own_readers_are_left_alone() -> None:
    """Others in the same process read Avro by them."""
    written_with(json.dumps(record(("v", logical("bytes", "decimal", precision=3, scale=1)))))
    readers: Any = fastavro.read.LOGICAL_READERS
    assert readers["bytes-decimal"](b"\x0f", {"precision": 3, "scale": 1}) == Decimal("1.5")
    assert isinstance(readers["string-uuid"]("12345678-1234-5678-1234-567812345678", {}), UUID)
