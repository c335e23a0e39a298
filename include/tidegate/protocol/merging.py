"""When small immutable pieces become a larger one: the one rule for state runs and for partitions.

Size-tiered merging as in a log-structured merge tree (O'Neil et al., 1996, in the form of Bigtable and Cassandra).
"""

from collections.abc import Sequence


def tail_to_merge(sizes: Sequence[int], *, minimum: int) -> int:
    """How many of the newest pieces become one; 0 for none.

    Args:
        sizes: of the pieces, oldest first.
        minimum: fewer pieces than this are left alone: merging costs more than reading them.

    The longest tail of at least `minimum` pieces whose oldest is no larger than all newer ones together is merged. So
    sizes at least double with age, there are O(minimum + log n) pieces, and a row is rewritten O(log n) times.
    """
    for start in range(len(sizes) - minimum + 1):
        if sizes[start] <= sum(sizes[start + 1 :]):
            return len(sizes) - start
    return 0
