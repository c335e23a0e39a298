"""Goal: a row whose value is not of its declared type, or none that Python can hold, is named; no other is touched."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from tidegate.runtime.events import declared, python_columns, readable

US, MS = pa.timestamp("us", tz="UTC"), pa.timestamp("ms", tz="UTC")


def test_a_moment_that_its_type_would_round_is_named() -> None:
    """V13."""
    batch = pa.record_batch({"k": pa.array([1000, 1001, None], US), "n": [1, 2, 3], "other": [1, 2, 3]})
    schema = pa.schema([("k", MS), ("n", pa.int64())])
    brought, misfits = declared(batch, schema)
    assert misfits == {1: "column 'k': 1970-01-01 00:00:00.001001Z is not timestamp[ms, tz=UTC]"}
    assert brought.schema.field("k").type == MS
    assert brought.schema.names == ["k", "n", "other"]
    columns, misfits = python_columns(brought.slice(0, 1), schema)
    assert (columns, misfits) == ([[datetime(1970, 1, 1, 0, 0, 0, 1000, UTC)], [1]], {})


def test_a_nested_moment_too() -> None:
    at = datetime(2026, 1, 1, microsecond=1, tzinfo=UTC)
    batch = pa.record_batch({"v": pa.array([[at], []], pa.list_(US))})
    _, misfits = declared(batch, pa.schema([("v", pa.list_(MS))]))
    assert list(misfits) == [0]


def test_null_where_none_is_declared() -> None:
    batch = pa.record_batch({"v": pa.array([1, None])})
    _, misfits = declared(batch, pa.schema([pa.field("v", pa.int64(), nullable=False)]))
    assert misfits == {1: "column 'v' is null, but declared not to be"}


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([0, 2**60], US), "-27032-08-17"),
        (pa.array([0, 10**7], pa.date32()), "29349"),
        (pa.array([[0], [2**60]], pa.list_(US)), "out of range"),
        (pa.array([[("a", 1)], [("a", 1), ("a", 2)]], pa.map_(pa.string(), pa.int64())), "a key stands twice"),
    ],
    ids=str,
)
def test_what_python_cannot_hold_is_named(column: pa.Array, said: str) -> None:
    schema = pa.schema([("v", column.type)])
    batch = pa.record_batch([column], schema=schema)
    _, misfits = python_columns(batch, schema)
    assert list(misfits) == [1]
    assert said in misfits[1]
    assert readable(batch.slice(1))["v"] is not None
    _, misfits = python_columns(batch.slice(0, 1), schema)
    assert misfits == {}
