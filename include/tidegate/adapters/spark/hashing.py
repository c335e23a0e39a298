"""The key's hash and bucket as Spark expressions: the same numbers as `runtime.hashing` gives."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812  (Spark's own convention)


def key_hash(key: Sequence[str]) -> Column:
    """As `runtime.hashing.key_hashes`: XXH64, chained over the columns, of which Spark's own seed is the same 42."""
    return F.xxhash64(*key)


def bucket_of(hashes: Column, buckets: int) -> Column:
    """As `runtime.hashing.buckets_of`."""
    return F.shiftright((F.shiftright(hashes, 32) + F.lit(1 << 31)) * F.lit(buckets), 32).cast("int")
