"""Goal: a record of Kafka is one row, malformed or passed over, by its value and by what stands beside it."""

import json
from typing import Any

import pyarrow as pa
from confluent_kafka import Message

from tidegate import Debezium, KafkaSource
from tidegate.adapters.kafka.records import Received, Shape, decoded

SCHEMA = pa.schema({"who": pa.string(), "id": pa.int64(), "at": pa.timestamp("ms", "UTC")})


def shape(value_format: Any) -> Shape:
    source = KafkaSource("t", value_format, SCHEMA, metadata={"who": "key", "at": "timestamp"})
    return Shape(source.row_format, source.schema, source.metadata)


def messages(*records: tuple[bytes, bytes | None]) -> Received:
    """Of key and value, at every other offset from 10 on."""
    return Received(
        [
            Message(topic="t", partition=0, offset=10 + 2 * i, key=key, value=value, headers=[], timestamp=(1, i))
            for i, (key, value) in enumerate(records)
        ]
    )


def test_a_row_is_made_of_the_value_and_of_what_stands_beside_it() -> None:
    records = messages((b"a", b'{"id": 1}'), (b"b", b"x"), (b"\xff", b'{"id": 3}'), (b"d", None))
    found = decoded(shape("json"), records, {})
    assert found.batch.select(["who", "id"]).to_pylist() == [{"who": "a", "id": 1}, {"who": "d", "id": None}]
    assert found.batch.column("at").cast(pa.int64()).to_pylist() == [0, 3]
    assert found.rows.to_pylist() == [10, 16]
    assert [(m.place, m.column, m.reason) for m in found.malformed] == [
        ("offset 12", None, "the value is not JSON: JSON is malformed: invalid character (byte 0)"),
        ("offset 14", "who", "the key is not UTF-8"),
    ]
    assert [(m.raw, json.loads(m.position or "")["offset"]) for m in found.malformed] == [
        (b"x", 12),
        (b'{"id": 3}', 14),
    ]
    assert (found.records, found.passed) == (4, 0)


def test_a_null_that_is_passed_over_is_neither_a_row_nor_malformed() -> None:
    """Not even where its key is none."""
    create, delete = (
        json.dumps({"op": op, side: {"id": 1}}).encode() for op, side in (("c", "after"), ("d", "before"))
    )
    records = messages((b"a", create), (b"\xff", None), (b"a", delete), (b"a", None), (b"\xff", create))
    found = decoded(shape(Debezium()), records, {})
    assert found.rows.to_pylist() == [10, 14]
    assert [m.place for m in found.malformed] == ["offset 18"]
    assert (found.records, found.passed) == (3, 2)
    assert found.records == found.batch.num_rows + len(found.malformed)
