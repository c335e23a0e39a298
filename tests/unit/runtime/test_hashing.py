"""Goal: a key's hash is XXH64 over its columns' bytes, whatever computes it, and buckets are ranges of hashes."""

import struct
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from tidegate.runtime.hashing import buckets_of, key_hashes

US, MS = pa.timestamp("us", tz="UTC"), pa.timestamp("ms", tz="UTC")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def java_bytes(value: Decimal) -> bytes:
    """Of `BigInteger.toByteArray`: as few as hold the number and its sign."""
    sign, digits, _ = value.as_tuple()
    number = int("".join(map(str, digits))) * (-1 if sign else 1)
    length = next(n for n in range(1, 18) if -(1 << 8 * n - 1) <= number < 1 << 8 * n - 1)
    return number.to_bytes(length, "big", signed=True)


def four(value: int) -> bytes:
    return struct.pack("<i", value)


def eight(value: int) -> bytes:
    return struct.pack("<q", value)


def moment(value: datetime) -> bytes:
    elapsed = value - EPOCH
    return eight((elapsed.days * 86400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds)


def integers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


moments = st.datetimes(timezones=st.just(UTC))
KINDS: dict[pa.DataType, tuple[st.SearchStrategy[Any], Any]] = {
    pa.string(): (st.text(), str.encode),
    pa.binary(): (st.binary(max_size=70), bytes),
    pa.bool_(): (st.booleans(), four),
    pa.int8(): (integers(8), four),
    pa.int16(): (integers(16), four),
    pa.int32(): (integers(32), four),
    pa.int64(): (integers(64), eight),
    pa.date32(): (st.dates(), lambda d: four((d - date(1970, 1, 1)).days)),
    US: (moments, moment),
    MS: (moments.map(lambda d: d.replace(microsecond=d.microsecond // 1000 * 1000)), moment),
    pa.decimal128(18, 3): (
        st.integers(-(10**18) + 1, 10**18 - 1).map(lambda n: Decimal(f"{n}e-3")),
        lambda d: eight(int(d.scaleb(3))),
    ),
    pa.decimal128(38, 2): (
        st.integers(-(10**38) + 1, 10**38 - 1).map(lambda n: Decimal((n < 0, tuple(map(int, str(abs(n)))), -2))),
        java_bytes,
    ),
}


@given(data=st.data())
def test_a_hash_is_xxh64_seeded_with_the_hash_of_the_column_before(data: st.DataObject) -> None:
    columns = data.draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3))
    rows = data.draw(st.lists(st.tuples(*(KINDS[c][0] for c in columns)), min_size=1, max_size=6))
    skipped = data.draw(st.integers(0, len(rows) - 1))
    expected = []
    for row in rows:
        seed = 42
        for dtype, value in zip(columns, row, strict=True):
            seed = xxhash.xxh64_intdigest(KINDS[dtype][1](value), seed)
        expected.append(seed)
    keys = [
        pa.array(values, dtype).slice(skipped) for values, dtype in zip(zip(*rows, strict=True), columns, strict=True)
    ]
    assert key_hashes(keys).view(np.uint64).tolist() == expected[skipped:]


def test_hashes_that_spark_has_computed() -> None:
    """Else all stored state would be lost: these may never change."""
    keys = [pa.array(["", "ünï", "a" * 40]), pa.array([0, -1, 2**40])]
    assert key_hashes(keys[:1]).tolist() == [-7444071767201028348, -4376286985234447775, -8273737738657618755]
    assert key_hashes(keys).tolist() == [1172808402238552441, 8843899179149460379, -460446170452458632]


def test_no_key_has_no_hash() -> None:
    assert key_hashes([pa.array([], pa.string())]).tolist() == []


def test_a_null_leaves_the_hash_of_the_columns_before() -> None:
    """As on Spark: which bucket refuses a row without a key is the same everywhere."""
    names, prices = pa.array(["a", None, "b", None]), pa.array([None, 1, 2, None], pa.decimal128(30, 2))
    alone = [key_hashes([names.take(pa.array([i]))])[0] for i in (0, 2)]
    price = key_hashes([prices.take(pa.array([1]))])[0]
    both = key_hashes([pa.array(["b"]), prices.take(pa.array([2]))])[0]
    assert key_hashes([names, prices]).tolist() == [alone[0], price, both, 42]


@pytest.mark.parametrize("buckets", [1, 3, 4, 4096])
def test_buckets_are_ranges_of_like_size(buckets: int) -> None:
    hashes = np.sort(np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 200_000, dtype=np.int64))
    hashes = np.concatenate([[-(2**63)], hashes, [2**63 - 1]])
    found = buckets_of(hashes, buckets)
    assert (np.diff(found) >= 0).all()
    assert (found[0], found[-1]) == (0, buckets - 1)
    assert np.bincount(found).max() < 1.1 * len(hashes) / buckets + 50


@given(hashed=integers(64), buckets=st.integers(1, 2048))
def test_a_bucket_of_twice_as_many_lies_in_the_one_that_it_is_cut_from(hashed: int, buckets: int) -> None:
    hashes = np.array([hashed])
    assert buckets_of(hashes, 2 * buckets)[0] // 2 == buckets_of(hashes, buckets)[0]
