"""Goal: a DatabaseSource says at once what is wrong with it, in the words of its declaration."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from tidegate import DatabaseSource
from tidegate.errors import DefinitionError

SCHEMA = pa.schema({"user": pa.string(), "n": pa.int64()})


def test_what_it_reads_is_told() -> None:
    source = DatabaseSource("shop.orders", SCHEMA, "id", aliases={"n": "Number"}, order_by=("n",))
    assert source.path == ("shop", "orders")
    assert source.names == ("user", "Number")
    assert source.settle == timedelta(minutes=1)
    assert source.describe() == "table `shop.orders` by `id`"
    other = DatabaseSource("orders", SCHEMA, "at", aliases={"n": "Number"}, order_by=("n",), start="latest")
    assert source.meaning() == other.meaning()
    assert source.meaning() != DatabaseSource("shop.orders", SCHEMA, "id").meaning()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"table": "a.b.c"}, "'a.b.c' must be 'table' or 'schema.table'"),
        ({"table": "a."}, "'' is not the name of a table"),
        ({"table": None}, "must be 'table' or 'schema.table'"),
        ({"table": "ä" * 32}, "at most 63 bytes"),
        ({"cursor": ""}, "'' is not the name of a column"),
        ({"cursor": None}, "None is not the name of a column"),
        ({"order_by": "id"}, "order_by must be a tuple of columns"),
        ({"order_by": ("a\0",)}, "is not the name of a column"),
        ({"aliases": {"m": "n"}}, "m"),
        ({"aliases": {"n": "user"}}, "two columns would be read from 'user'"),
        ({"schema": pa.schema({"n": pa.uint64()})}, "no lossless Hive type"),
        ({"settle": timedelta(seconds=-1)}, "settle must not be negative"),
        ({"start": "yesterday"}, "start 'yesterday' is not"),
        ({"start": True}, "start True is not"),
        ({"start": datetime(2026, 1, 1)}, "has no time zone"),  # noqa: DTZ001
        ({"max_rows": 0}, "max_rows must be at least 1"),
        ({"uid": "no uid"}, "uid"),
    ],
)
def test_what_is_wrong_is_named(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        DatabaseSource(**{"table": "t", "schema": SCHEMA, "cursor": "id", **settings})


@pytest.mark.parametrize("start", ["earliest", "latest", datetime(2026, 1, 1, tzinfo=UTC), -5])
def test_where_it_can_begin(start: Any) -> None:
    assert DatabaseSource("t", SCHEMA, "id", start=start).start == start
