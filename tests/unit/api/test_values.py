"""Goal: a value of a declared type is taken exactly, as reading it back gives it, or refused with the reason."""

from collections import OrderedDict, deque
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tidegate.api.values import MisfitError, copier, python_values, taker

US, MS = pa.timestamp("us", tz="UTC"), pa.timestamp("ms", tz="UTC")
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
PAIR = pa.struct([("a", pa.int64()), pa.field("b", pa.string(), nullable=False)])


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("dtype", "value", "taken"),
    [
        (pa.string(), "é", "é"),
        (pa.string(), Colour.RED, "red"),
        (pa.string(), np.str_("x"), "x"),
        (pa.bool_(), np.True_, True),
        (pa.int8(), -128, -128),
        (pa.int64(), 2**63 - 1, 2**63 - 1),
        (pa.int32(), np.int64(7), 7),
        (pa.int64(), 2.0, 2),
        (pa.int64(), Decimal("7.00"), 7),
        (pa.float64(), 3, 3.0),
        (pa.float64(), np.float32(0.5), 0.5),
        (pa.float64(), 2**60, 2.0**60),
        (pa.float32(), 0.1, 0.10000000149011612),
        (pa.float32(), float("inf"), float("inf")),
        (pa.binary(), bytearray(b"x"), b"x"),
        (pa.date32(), date(2026, 1, 2), date(2026, 1, 2)),
        (US, MOMENT, MOMENT),
        (US, MOMENT.astimezone(timezone(timedelta(hours=5))), MOMENT),
        (MS, pd.Timestamp(MOMENT), MOMENT),
        (pa.decimal128(5, 2), Decimal("7.5"), Decimal("7.50")),
        (pa.decimal128(5, 2), 7, Decimal("7.00")),
        (pa.decimal128(5, 2), Decimal("-0"), Decimal("0.00")),
        (pa.list_(pa.int8()), (1, None), [1, None]),
        (pa.list_(pa.string()), deque(["é"]), ["é"]),
        (pa.list_(pa.list_(pa.int64())), np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (pa.map_(pa.string(), pa.int64()), {"a": 1, "b": None}, {"a": 1, "b": None}),
        (pa.map_(pa.string(), pa.list_(MS)), [("a", [MOMENT])], {"a": [MOMENT]}),
        (PAIR, OrderedDict(b="x", a=1.0), {"a": 1, "b": "x"}),
    ],
    ids=repr,
)
def test_a_taken_value_is_what_reading_it_back_gives(dtype: pa.DataType, value: Any, taken: Any) -> None:
    got = taker(dtype)(value)
    assert repr(got) == repr(python_values(pa.array([got], dtype))[0])
    assert got == taken
    assert type(got) is type(taken)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (pa.string(), b"x"),
        (pa.string(), "\ud83d"),
        (pa.bool_(), 1),
        (pa.int8(), 128),
        (pa.int64(), 2**63),
        (pa.int64(), True),
        (pa.int64(), 0.5),
        (pa.int64(), Decimal("7.99")),
        (pa.int64(), float("nan")),
        (pa.int64(), "1"),
        (pa.float64(), 2**53 + 1),
        (pa.float64(), 10**400),
        (pa.float64(), Decimal("0.1")),
        (pa.float64(), True),
        (pa.float32(), 1e39),
        (pa.float32(), 2**24 + 1),
        (pa.binary(), "x"),
        (pa.date32(), MOMENT),
        (pa.date32(), 1),
        (US, MOMENT.replace(tzinfo=None)),
        (US, date(2026, 1, 2)),
        (US, 0.5),
        (US, pd.NaT),
        (US, pd.Timestamp("2026-01-01T00:00:00.000000001Z")),
        (US, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        (MS, MOMENT.replace(microsecond=1)),
        (pa.decimal128(5, 2), 0.5),
        (pa.decimal128(5, 2), Decimal("0.005")),
        (pa.decimal128(5, 2), Decimal(1000)),
        (pa.decimal128(5, 2), Decimal("NaN")),
        (pa.decimal128(5, 2), True),
        (pa.list_(pa.string()), "abc"),
        (pa.list_(pa.string()), {"abc"}),
        (pa.list_(pa.string()), {"abc": 1}),
        (pa.list_(pa.string()), ["a", b"b"]),
        (pa.list_(pa.field("item", pa.string(), nullable=False)), [None]),
        (pa.map_(pa.string(), pa.int64()), {b"a": 1}),
        (pa.map_(pa.string(), pa.int64()), {None: 1}),
        (pa.map_(pa.string(), pa.int64()), {"a": 0.5}),
        (pa.map_(pa.string(), pa.int64()), [("a", 1), ("a", 2)]),
        (pa.map_(pa.string(), pa.int64()), ["ab"]),
        (pa.map_(pa.float64(), pa.int64()), {float("nan"): 1}),
        (PAIR, {"a": 1}),
        (PAIR, {"a": 1, "b": "x", "c": 1}),
        (PAIR, {"a": 1, "b": None}),
        (PAIR, {"a": 0.5, "b": "x"}),
        (PAIR, (1, "x")),
    ],
    ids=repr,
)
def test_what_does_not_fit_is_refused(dtype: pa.DataType, value: Any) -> None:
    with pytest.raises(MisfitError) as raised:
        taker(dtype)(value)
    str(raised.value).encode()


def test_a_refusal_says_where_in_a_nested_value() -> None:
    dtype = pa.struct([("m", pa.map_(pa.string(), pa.list_(pa.int8())))])
    with pytest.raises(MisfitError, match=r"field 'm': item element 1: 200 is not int8: it is out of range"):
        taker(dtype)({"m": {"a": [1, 200]}})


def test_a_taken_value_and_a_copy_share_nothing_that_can_be_changed() -> None:
    dtype = pa.list_(pa.struct([("m", pa.map_(pa.string(), pa.list_(pa.int64())))]))
    given = [{"m": {"a": [1]}}, None]
    taken = taker(dtype)(given)
    copy = copier(dtype)
    assert copy is not None
    copied = copy(taken)
    for changed in (given, copied):
        changed[0]["m"]["a"].append(2)  # type: ignore[index]
        changed[0]["m"]["b"] = []  # type: ignore[index]
        changed[0]["n"] = {}  # type: ignore[index]
    assert taken == [{"m": {"a": [1]}}, None]


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (pa.list_(pa.int64()), [1]),
        (pa.map_(pa.string(), pa.int64()), {"a": 1}),
        (pa.struct([("a", pa.int64())]), {"a": 1}),
    ],
    ids=str,
)
def test_a_copy_of_simple_values_is_one_too(dtype: pa.DataType, value: Any) -> None:
    copy = copier(dtype)
    assert copy is not None
    assert copy(value) == value
    assert copy(value) is not value
