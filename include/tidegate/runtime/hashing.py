"""The hash of a key, and the bucket that it falls into: computed here, and by Spark to the same numbers.

XXH64 over the little-endian bytes of the first key column, seeded with 42; its hash seeds that of the next column, and
so on. That is what Spark's `xxhash64` computes, so rows can be placed without the JVM and with it alike (ADR 20). A
text counts as UTF-8, bool and integers of up to 32 bits and dates as 4 bytes, int64 as 8, moments as 8 bytes of
microseconds, a decimal of up to 18 digits as 8 bytes of its unscaled value, and a longer one as the fewest big-endian
bytes that hold it.

Buckets are ranges of hashes: the smallest hashes are in bucket 0. So a run, which is sorted by hash, can be cut where a
bucket is.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import xxhash

FUNCTION = "xxh64"
SEED = 42

_P1, _P2, _P3, _P4, _P5 = (
    np.uint64(p)
    for p in (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
)
_MOST_DIGITS_OF_INT64 = 18


def key_hashes(keys: Sequence[pa.Array]) -> np.ndarray:
    """Hashes (int64) of keys whose columns are `keys`, of any type that `key_by` takes. A null changes no hash."""
    hashes = np.full(len(keys[0]), SEED, dtype=np.uint64)
    for column in keys:
        if column.null_count:
            there = column.is_valid().to_numpy(zero_copy_only=False)
            hashes[there] = _chained(column.filter(pa.array(there)), hashes[there])
        else:
            hashes = _chained(column, hashes)
    return hashes.view(np.int64)


def buckets_of(hashes: np.ndarray, buckets: int) -> np.ndarray:
    """The bucket (int32) of each hash (int64): `buckets` ranges of hashes, of one size as near as can be."""
    return (((hashes >> np.int64(32)) + np.int64(1 << 31)) * np.int64(buckets) >> np.int64(32)).astype(np.int32)


def _chained(column: pa.Array, seeds: np.ndarray) -> np.ndarray:
    dtype = column.type
    if pa.types.is_timestamp(dtype):
        return _eight_bytes(column.cast(pa.timestamp("us", tz=dtype.tz)).cast(pa.int64()).to_numpy(), seeds)
    if pa.types.is_int64(dtype):
        return _eight_bytes(column.to_numpy(), seeds)
    if pa.types.is_decimal(dtype):
        held = np.frombuffer(column.buffers()[1], dtype="<i8").reshape(-1, 2)[column.offset :][: len(column)]
        if dtype.precision <= _MOST_DIGITS_OF_INT64:
            return _eight_bytes(np.ascontiguousarray(held[:, 0]), seeds)
        return _bytes([_shortest(int.from_bytes(row.tobytes(), "little", signed=True)) for row in held], seeds)
    if pa.types.is_string(dtype) or pa.types.is_binary(dtype):
        return _bytes(column.cast(pa.binary()).to_pylist(), seeds)
    return _four_bytes(column.cast(pa.int32()).to_numpy(), seeds)


def _bytes(values: list[bytes], seeds: np.ndarray) -> np.ndarray:
    digest = xxhash.xxh64_intdigest
    return np.array([digest(v, s) for v, s in zip(values, seeds.tolist(), strict=True)], dtype=np.uint64)


def _shortest(number: int) -> bytes:
    """Two's complement as Java's BigInteger has it."""
    length = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return number.to_bytes(length, "big", signed=True)


def _four_bytes(values: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """XXH64 of each value's 4 bytes: the algorithm's own steps, over whole columns."""
    with np.errstate(over="ignore"):
        state = seeds + _P5 + np.uint64(4)
        state ^= values.view(np.uint32).astype(np.uint64) * _P1
        return _avalanche(_rotated(state, 23) * _P2 + _P3)


def _eight_bytes(values: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """XXH64 of each value's 8 bytes."""
    with np.errstate(over="ignore"):
        state = seeds + _P5 + np.uint64(8)
        state ^= _rotated(values.view(np.uint64) * _P2, 31) * _P1
        return _avalanche(_rotated(state, 27) * _P1 + _P4)


def _rotated(values: np.ndarray, bits: int) -> np.ndarray:
    return (values << np.uint64(bits)) | (values >> np.uint64(64 - bits))


def _avalanche(state: np.ndarray) -> np.ndarray:
    state ^= state >> np.uint64(33)
    state *= _P2
    state ^= state >> np.uint64(29)
    state *= _P3
    state ^= state >> np.uint64(32)
    return state
