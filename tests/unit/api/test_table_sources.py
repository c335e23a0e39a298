"""Goal: a source that is a Hive table says at once what is wrong with it, in the words of its declaration."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from tidegate import HiveTableSource, TidegateSource
from tidegate.errors import DefinitionError

SCHEMA = pa.schema({"user": pa.string(), "n": pa.int64()})


def test_what_it_reads_is_told() -> None:
    source = TidegateSource("shop.log", SCHEMA, "payments")
    assert source.describe() == "epochs of `payments` in table `shop.log`"
    assert not source.tells_time
    assert source.meaning() == TidegateSource("shop.other", SCHEMA, "other", start=7).meaning()
    assert source.meaning() != TidegateSource("shop.log", pa.schema({"n": pa.int64()}), "payments").meaning()


def test_a_table_of_others_is_told() -> None:
    source = HiveTableSource("raw.clicks", SCHEMA, changed="again")
    assert source.describe() == "partitions of table `raw.clicks`"
    assert not source.tells_time
    assert source.meaning() == HiveTableSource("raw.other", SCHEMA, marker="_SUCCESS").meaning()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"table": "clicks"}, "clicks"),
        ({"schema": pa.schema({"n": pa.uint64()})}, "no lossless Hive type"),
        ({"settle": timedelta(seconds=-1)}, "settle must not be negative"),
        ({"marker": "a/b"}, "marker 'a/b' is not the name of a file"),
        ({"marker": ""}, "marker '' is not the name of a file"),
        ({"changed": "ignore"}, "changed 'ignore' is not one of stop, again"),
        ({"max_partitions": 0}, "max_partitions must be at least 1"),
        ({"max_bytes": 0}, "max_bytes must be at least 1"),
        ({"uid": "no uid"}, "uid"),
    ],
)
def test_what_is_wrong_with_a_table_of_others_is_named(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        HiveTableSource(**{"table": "raw.clicks", "schema": SCHEMA, **settings})


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"table": "log"}, "log"),
        ({"pipeline": "no name"}, "TidegateSource pipeline"),
        ({"schema": pa.schema({"n": pa.uint64()})}, "no lossless Hive type"),
        ({"start": "yesterday"}, "start 'yesterday' is not"),
        ({"start": True}, "start True is not"),
        ({"start": -1}, "start -1 is not"),
        ({"max_rows": 0}, "max_rows must be at least 1"),
        ({"uid": "no uid"}, "uid"),
    ],
)
def test_what_is_wrong_is_named(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        TidegateSource(**{"table": "shop.log", "schema": SCHEMA, "pipeline": "payments", **settings})
