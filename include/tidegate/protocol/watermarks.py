"""How far event time has come."""

from collections.abc import Mapping

Watermarks = Mapping[str, Mapping[str, int]]
"""Event time in milliseconds up to which input is taken to be complete, by source uid and partition of the source.

A source without partitions has one, "". One that has told no time yet has none: it is not known how far it has come.
"""


def earliest(watermarks: Watermarks) -> int | None:
    """An epoch's own watermark: the earliest of all sources; None when there is one that has told no time yet."""
    if not all(watermarks.values()):
        return None
    return min((ms for of_source in watermarks.values() for ms in of_source.values()), default=None)
