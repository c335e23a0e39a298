"""Goal: what is joined is small, enough, and in order; a long history leaves few partitions and rewrites little."""

import math

from hypothesis import given
from hypothesis import strategies as st

import builders as make
from tidegate.protocol.compaction import joinable
from tidegate.protocol.model import Head


def head(epoch: int, *values: str, size: int = 10) -> Head:
    return make.head("d.t", str(epoch), *values, at=f"/{epoch}", epoch=epoch, rows=size, size=size)


def test_nothing_is_joined_below_the_minimum() -> None:
    assert joinable([head(e) for e in range(1, 4)], minimum=4, small_bytes=100) == []


def test_partitions_of_like_size_are_joined_oldest_first_whatever_their_order() -> None:
    heads = [head(e) for e in (10, 9, 2, 1)]
    (group,) = joinable(heads, minimum=4, small_bytes=100)
    assert [h.epoch for h in group] == [1, 2, 9, 10]


def test_only_partitions_that_differ_in_the_epoch_alone_are_joined() -> None:
    heads = [head(e, day) for e in range(1, 5) for day in ("a", "b")] + [head(5, "c")]
    groups = joinable(heads, minimum=4, small_bytes=100)
    assert [{h.values[1:] for h in g} for g in groups] == [{("a",)}, {("b",)}]


def test_a_large_partition_stays_for_good() -> None:
    heads = [head(1, size=100), *(head(e) for e in range(2, 6))]
    (group,) = joinable(heads, minimum=4, small_bytes=100)
    assert [h.epoch for h in group] == [2, 3, 4, 5]


@given(st.lists(st.integers(1, 100), min_size=1, max_size=300), st.integers(2, 8))
def test_a_history_keeps_every_byte_in_few_partitions(sizes: list[int], minimum: int) -> None:
    """At most minimum + log2(all) partitions at any time, and a byte is rewritten O(log) times."""
    heads: list[Head] = []
    rewritten = 0
    for epoch, size in enumerate(sizes, start=1):
        heads.append(head(epoch, size=size))
        for group in joinable(heads, minimum=minimum, small_bytes=10**9):
            whole = sum(h.bytes for h in group)
            rewritten += whole
            heads = [h for h in heads if h not in group] + [head(group[-1].epoch, size=whole)]
        assert sum(h.bytes for h in heads) == sum(sizes[:epoch])
        assert len(heads) <= minimum + 1 + math.log2(sum(sizes[:epoch]) + 1)
    assert rewritten <= sum(sizes) * (2 + math.log2(sum(sizes) + 1))
