"""Which small partitions of an append table become one."""

from collections import defaultdict
from collections.abc import Sequence

from tidegate.protocol.merging import tail_to_merge
from tidegate.protocol.model import Head, PartitionValues


def joinable(heads: Sequence[Head], *, minimum: int, small_bytes: int) -> list[tuple[Head, ...]]:
    """Choose the heads to join, in groups, each oldest first.

    Args:
        heads: all heads of one append table, whose first partition value is the epoch.
        minimum: fewer small partitions than this are left alone.
        small_bytes: a partition of so many bytes is not small any more, and left alone for good.

    A group's partitions differ in the epoch only. Its newest gets all rows; the others are emptied and removed.
    """
    small: dict[PartitionValues, list[Head]] = defaultdict(list)
    for head in sorted(heads, key=lambda h: int(h.values[0])):
        if head.bytes < small_bytes:
            small[head.values[1:]].append(head)
    groups = []
    for _, ordered in sorted(small.items()):
        newest = tail_to_merge([h.bytes for h in ordered], minimum=minimum)
        if newest:
            groups.append(tuple(ordered[-newest:]))
    return groups
