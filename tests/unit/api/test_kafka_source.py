"""Goal: a KafkaSource says at once what is wrong with it, in the words of its declaration."""

import re
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from tidegate import Json, KafkaSource
from tidegate.api.kafka import HEADERS
from tidegate.errors import DefinitionError

SCHEMA = pa.schema({"user": pa.string(), "n": pa.int64(), "at": pa.timestamp("us", "UTC"), "heads": HEADERS})


def test_what_it_reads_is_told() -> None:
    source = KafkaSource(("b", "a", "a"), "json", SCHEMA, metadata={"at": "timestamp", "heads": "headers"})
    assert source.topics == ("a", "b")
    assert source.row_format.schema.names == ["user", "n"]
    assert source.row_format.dialect == Json()
    assert source.describe() == "Kafka `a, b` (json)"
    assert KafkaSource(re.compile("a.*"), "json", SCHEMA).describe() == "Kafka `a.*` (json)"
    assert source.meaning()["metadata"] == {"at": "timestamp", "heads": "headers"}
    assert source.meaning() != KafkaSource("a", "json", SCHEMA).meaning()
    other = KafkaSource("b", "json", SCHEMA, start="latest", archive_input=True)
    assert KafkaSource("a", "json", SCHEMA).meaning() == other.meaning()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"topics": "a b"}, "'a b' is not the name of a topic"),
        ({"topics": "clicks-*"}, r"for a pattern give re.compile"),
        ({"topics": ()}, "topics must be a name"),
        ({"format": "parquet"}, "KafkaSource format"),
        ({"metadata": {"nope": "key"}}, "nope"),
        ({"metadata": {"n": "size"}}, "'size' is none of key, headers"),
        ({"metadata": {"n": "timestamp"}}, "column 'n' is int64, but timestamp is timestamp"),
        ({"aliases": {"at": "ts"}, "metadata": {"at": "timestamp"}}, "at"),
        ({"start": "yesterday"}, "start 'yesterday' is not"),
        ({"start": datetime(2026, 1, 1)}, "has no time zone"),  # noqa: DTZ001
        ({"start": {"a": {0: -1}}}, "an offset is a whole number"),
        ({"consumer_group": ""}, "consumer_group '' is not the name of a group"),
        ({"max_records": 0}, "max_records must be at least 1"),
        ({"max_records_per_partition": 0}, "max_records_per_partition must be at least 1"),
        ({"archive_input": "yes"}, "archive_input is True or False, not 'yes'"),
        ({"uid": "no uid"}, "uid"),
    ],
)
def test_what_is_wrong_is_named(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        KafkaSource(**{"topics": "a", "format": "json", "schema": SCHEMA, **settings})


@pytest.mark.parametrize("start", ["earliest", "latest", datetime(2026, 1, 1, tzinfo=UTC), {"a": {0: 5}}])
def test_where_it_can_begin(start: Any) -> None:
    assert KafkaSource("a", "json", SCHEMA, start=start).start == start
