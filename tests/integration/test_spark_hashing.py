"""Goal: a key has the same hash and bucket on Spark and outside, whatever its types."""

import random
import string
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pytest

from tidegate.adapters.spark.hashing import bucket_of, key_hash
from tidegate.adapters.spark.reading import spark_types
from tidegate.adapters.spark.session import opened
from tidegate.runtime.hashing import buckets_of, key_hashes
from tidegate.wiring import Endpoints

pytestmark = pytest.mark.services

ROWS = 3_000
UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def columns(rng: random.Random) -> dict[str, pa.Array]:
    """Values of each type that a key may have, the least and the greatest among them."""

    def integers(bits: int) -> list[int]:
        least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        return [least, most, 0, -1, *(rng.randint(least, most) >> rng.randrange(bits) for _ in range(ROWS - 4))]

    def decimals(digits: int, scale: int) -> list[Decimal]:
        most = 10**digits - 1
        edges = [most, -most, 0, -1, 127, 128, -128, -129]
        drawn = (rng.randint(-most, most) // 10 ** rng.randrange(digits) for _ in range(ROWS - len(edges)))
        return [Decimal((n < 0, tuple(map(int, str(abs(n)))), -scale)) for n in (*edges, *drawn)]

    def texts() -> list[str]:
        letters = string.ascii_letters + "äß€中🜁\0 "
        return ["", "\0", *("".join(rng.choices(letters, k=rng.randrange(80))) for _ in range(ROWS - 2))]

    moments = [UNIX + timedelta(microseconds=rng.randint(-(6 * 10**16), 25 * 10**16)) for _ in range(ROWS)]
    dates = [date(1, 1, 1), *((UNIX + timedelta(days=rng.randint(-99_999, 99_999))).date() for _ in range(ROWS - 1))]
    whole = [m.replace(microsecond=m.microsecond // 1000 * 1000) for m in moments]
    found = {
        "text": pa.array(texts()),
        "bytes": pa.array([rng.randbytes(rng.randrange(70)) for _ in range(ROWS)], pa.binary()),
        "bool": pa.array([rng.random() < 0.5 for _ in range(ROWS)]),
        "date": pa.array(dates),
        "us": pa.array(moments, pa.timestamp("us", tz="UTC")),
        "ms": pa.array(whole, pa.timestamp("ms", tz="UTC")),
    }
    for dtype in (pa.int8(), pa.int16(), pa.int32(), pa.int64()):
        found[str(dtype)] = pa.array(integers(dtype.bit_width), dtype)
    for digits, scale in ((5, 2), (18, 0), (19, 4), (38, 10)):
        found[f"decimal{digits}"] = pa.array(decimals(digits, scale), pa.decimal128(digits, scale))
    return found


def test_spark_and_a_task_place_a_key_alike(endpoints: Endpoints) -> None:
    rng = random.Random(20)
    table = pa.table(columns(rng))
    keys: list[list[str]] = [[name] for name in table.column_names]
    keys += [rng.sample(table.column_names, rng.randint(2, 4)) for _ in range(25)]
    with opened(endpoints.spark, "a test", f"a test {uuid4()}") as spark:
        rows = spark.createDataFrame(table.cast(spark_types(table.schema)))
        hashes = [key_hash(key).alias(f"hash{i}") for i, key in enumerate(keys)]
        buckets = [bucket_of(key_hash(key), 2 + 41 * i).alias(f"bucket{i}") for i, key in enumerate(keys)]
        found: Any = rows.select(*hashes, *buckets).toArrow()
    for i, key in enumerate(keys):
        ours = key_hashes([table.column(name).combine_chunks() for name in key])
        assert (np.asarray(found.column(f"hash{i}")) == ours).all(), key
        assert (np.asarray(found.column(f"bucket{i}")) == buckets_of(ours, 2 + 41 * i)).all(), key
