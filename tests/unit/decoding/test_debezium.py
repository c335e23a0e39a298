"""Goal: an envelope of Debezium is the row that was changed, with what was done to it and where."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from decoding import avro, read_values
from tidegate import Avro, Csv, Debezium, Json
from tidegate.api.formats import RowFormat
from tidegate.errors import DefinitionError
from tidegate.runtime.decoding import decode_values

US = pa.timestamp("us", "UTC")
ROW = pa.schema({"id": pa.int64(), "name": pa.string()})
ALL = pa.schema([pa.field("op", pa.string()), *ROW, pa.field("place", pa.string()), pa.field("seen_at", US)])
OWN: dict[str, Any] = {"op": "op", "position": "place", "ts_ms": "seen_at"}
ANN, BOB = {"id": 1, "name": "Ann"}, {"id": 1, "name": "Bob"}


def envelope(op: Any, before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    return {"op": op, "before": before, "after": after, "source": {"lsn": 7}, "ts_ms": 1_769_862_600_123, **more}


def document(op: Any, before: Any = None, after: Any = None, **more: Any) -> bytes:
    return json.dumps(envelope(op, before, after, **more)).encode()


VALUE = {
    "type": "record",
    "name": "Value",
    "fields": [{"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]}],
}
SOURCE = {"type": "record", "name": "Source", "fields": [{"name": "lsn", "type": ["null", "long"]}]}
ENVELOPE = {
    "type": "record",
    "name": "Envelope",
    "namespace": "server.public.people",
    "fields": [
        {"name": "before", "type": ["null", VALUE], "default": None},
        {"name": "after", "type": ["null", "Value"], "default": None},
        {"name": "source", "type": SOURCE},
        {"name": "op", "type": "string"},
        {"name": "ts_ms", "type": ["null", "long"], "default": None},
    ],
}


def datum(op: str, before: Any = None, after: Any = None) -> bytes:
    return b"\0\0\0\0\5" + avro(ENVELOPE, envelope(op, before, after))


CHANGES = [("r", None, ANN), ("c", None, ANN), ("u", ANN, BOB), ("u", None, BOB), ("d", BOB, None)]


@pytest.mark.parametrize(
    ("inner", "day"),
    [(Json(dates=("days",)), date(2024, 10, 4)), (Avro(dates=("days",)), date(2024, 10, 4)), (Json(), None)],
)
def test_days_are_numbers_when_it_is_said(inner: Any, day: date | None) -> None:
    row = {"type": "record", "name": "Value", "fields": [{"name": "born", "type": "int"}]}
    fields = [*ENVELOPE["fields"]]
    fields[0] = {"name": "before", "type": ["null", row], "default": None}
    envelopes, change = {**ENVELOPE, "fields": fields}, envelope("c", None, {"born": 20_000})
    value = b"\0\0\0\0\5" + avro(envelopes, change) if isinstance(inner, Avro) else json.dumps(change).encode()
    row_format = RowFormat.declared("S", Debezium(inner=inner), pa.schema({"born": pa.date32()}), {}, records=True)
    found = decode_values(row_format, [value], {5: json.dumps(envelopes)})
    assert [r["born"] for r in found.batch.to_pylist()] == ([] if day is None else [day])
    assert len(found.malformed) == (day is None)


@pytest.mark.parametrize("inner", [Json(), Avro()])
def test_a_change_is_the_row_behind_it_or_of_a_delete_before_it(inner: Any) -> None:
    values = [(datum if isinstance(inner, Avro) else document)(*change) for change in CHANGES]
    found = read_values(values, ALL, Debezium(inner=inner, **OWN), {5: json.dumps(ENVELOPE)})
    assert found.malformed == []
    seen_at = datetime(2026, 1, 31, 12, 30, 0, 123_000, UTC)
    assert found.rows == [
        {"op": op, **(before if op == "d" else after), "place": f"{7:020}", "seen_at": seen_at}  # type: ignore[dict-item]
        for op, before, after in CHANGES
    ]
    found = read_values(values, ROW, Debezium(inner=inner), {5: json.dumps(ENVELOPE)})
    assert found.column("name") == ["Ann", "Ann", "Bob", "Bob", "Bob"]


def test_avro_with_one_schema_and_aliases() -> None:
    schema = pa.schema({"who": pa.string(), "later": pa.int8()})
    inner = Avro(schema=json.dumps(ENVELOPE))
    found = read_values([datum("c", None, ANN)[5:]], schema, Debezium(inner=inner), who="name")
    assert found.rows == [{"who": "Ann", "later": None}]


def test_an_envelope_beside_its_schema() -> None:
    """As Connect's converter writes JSON unless it is told not to."""
    value = json.dumps({"schema": {"type": "struct"}, "payload": envelope("c", None, ANN)}).encode()
    values = [value, document("d", BOB), document("c", None, ANN, payload=envelope("c", None, BOB))]
    assert read_values(values, ROW, "debezium").column("name") == ["Ann", "Bob", "Ann"]


@pytest.mark.parametrize("inner", [Json(), Avro()])
def test_a_null_behind_a_delete_is_passed_over(inner: Any) -> None:
    write = datum if isinstance(inner, Avro) else document
    values = [None, write("c", None, ANN), write("d", ANN), None, b"x", None]
    required = pa.schema([pa.field(f.name, f.type, nullable=False) for f in ROW])
    row_format = RowFormat.declared("S", Debezium(inner=inner), required, {}, records=True)
    found = decode_values(row_format, values, {5: json.dumps(ENVELOPE)})
    assert found.rows.to_pylist() == [1, 2]
    assert [m.row for m in found.malformed] == [4]
    assert (found.records, found.passed) == (3, 3)


@pytest.mark.parametrize(
    ("value", "column", "reason"),
    [
        (document("t"), None, "has the op 't', which is no change of a row"),
        (document(None), None, "has the op 'None', which is no change of a row"),
        (document("c", ANN), None, "has the op 'c', but no 'after' with a row"),
        (document("d", None, ANN), None, "has the op 'd', but no 'before' with a row"),
        (document("u", ANN, 5), None, "has the op 'u', but no 'after' with a row"),
        (b'{"id": 1, "name": "Ann"}', None, "is no envelope of Debezium: it has no op"),
        (b'{"schema": {}, "payload": null}', None, "is no envelope of Debezium: it has no op"),
        (b"{", None, "the value is not JSON: Input data was truncated"),
        (document("c", None, {"id": "x"}), "id", "'x' is no integer (int64)"),
        (
            document("c", None, {"ID": 1}),
            None,
            "has no field 'id', but 'ID'; names are exact, see the source's aliases",
        ),
        (document("c", None, ANN, source={}), "place", "has a source with neither an lsn nor a file and a pos"),
        (document("c", None, ANN, source=None), "place", "has a source with neither an lsn nor a file and a pos"),
        (document("c", None, ANN, ts_ms="now"), "seen_at", "has the ts_ms 'now', which is no number of milliseconds"),
        (document("c", None, ANN, ts_ms=2**60), "seen_at", "is outside of the years 1 to 9999"),
    ],
)
def test_what_is_no_change_is_malformed(value: bytes, column: str | None, reason: str) -> None:
    found = read_values([document("c", None, BOB), value, document("d", BOB)], ALL, Debezium(**OWN))
    assert found.column("op") == ["c", "d"]
    ((_, found_column, why),) = found.reasons
    assert found_column == column
    assert reason in why


def test_faults_keep_their_records_apart() -> None:
    values = [b"x", document("c", None, ANN, source={}), document("t"), document("c", None, BOB)]
    found = read_values(values, ALL, Debezium(**OWN))
    assert found.column("name") == ["Bob"]
    assert [(m.row, m.column) for m in found.malformed] == [(0, None), (1, "place"), (2, None)]


def test_a_schema_of_avro_that_is_no_envelope() -> None:
    other = {**VALUE, "name": "Other"}
    for fields in (
        [],
        [VALUE],
        [VALUE, other],
        ["long", "long"],
        [["null", "long"], ["null", VALUE]],
        [VALUE, ["null", "Value", "long"]],
    ):
        schema = {
            "type": "record",
            "name": "E",
            "fields": [{"name": n, "type": t} for n, t in zip(("before", "after"), fields, strict=False)],
        }
        found = read_values([b"\0\0\0\0\1"], ROW, Debezium(inner=Avro()), {1: json.dumps(schema)})
        ((_, column, reason),) = found.reasons
        assert column is None
        assert reason.startswith("schema 1 is not read: it is no envelope of Debezium, whose before and after")


def test_positions_sort_as_the_source_orders() -> None:
    sources = [
        {"file": "binlog.000009", "pos": 999, "row": 0},
        {"file": "binlog.000010", "pos": 4, "row": 2},
        {"file": "binlog.000010", "pos": 4, "row": 10},
        {"file": "binlog.000010", "pos": 30},
    ]
    for ordered in (sources, [{"lsn": 9}, {"lsn": 10}, {"lsn": 2**63 - 1}]):
        values = [document("c", None, ANN, source=source) for source in ordered]
        places = read_values(values, ALL, Debezium(**OWN)).column("place")
        assert places == sorted(set(places))
        assert len(places) == len(ordered)


@pytest.mark.parametrize(
    ("settings", "schema", "said"),
    [
        ({"op": "what"}, ALL, "S format: Debezium: unknown column 'what'"),
        ({"op": "id"}, ALL, "S format: Debezium op: column 'id' must be a string"),
        ({"ts_ms": "op"}, ALL, "S format: Debezium ts_ms: column 'op' must be a timestamp"),
        ({"op": "op", "position": "op"}, ALL, "S format: Debezium op, position and ts_ms must be columns of their own"),
        ({"op": "op"}, pa.schema({"op": pa.string()}), "S schema: it has no column of the row that was changed"),
        ({"inner": Csv(header=False)}, ALL, "Debezium inner must be a Json or an Avro"),
        ({"inner": Json(rest="name")}, ALL, "Debezium inner: Json rest"),
    ],
)
def test_declarations_that_cannot_be(settings: dict[str, Any], schema: pa.Schema, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        RowFormat.declared("S", Debezium(**settings), schema, {}, records=True)


def test_its_meaning_is_that_of_both() -> None:
    declared = [
        RowFormat.declared("S", dialect, ALL, {}, records=True)
        for dialect in (Debezium(), Debezium(op="op"), Debezium(inner=Avro()), Debezium(inner=Json(extra="refuse")))
    ]
    meanings = [json.dumps(row_format.meaning(), sort_keys=True) for row_format in declared]
    assert len(set(meanings)) == len(declared)


def test_a_field_of_the_row_that_was_renamed_is_found_by_its_alias() -> None:
    name: dict[str, Any] = {"name": "name", "type": "string", "aliases": ["nick"]}
    row = {"type": "record", "name": "Value", "fields": [name]}
    fields = [{"name": "before", "type": ["null", row]}, {"name": "after", "type": ["null", "Value"]}]
    schema = {"type": "record", "name": "E", "fields": [*fields, {"name": "op", "type": "string"}]}
    value = avro(schema, {"before": None, "after": {"name": "Ann"}, "op": "c"})
    inner = Avro(schema=json.dumps(schema))
    assert read_values([value], {"nick": pa.string()}, Debezium(inner=inner)).rows == [{"nick": "Ann"}]
