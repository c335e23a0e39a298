"""The ledger of slices: where each source goes on, and how much of it an epoch takes. Data in, data out.

A ledger gives the slices of a source their positions, from 0 and without a gap, in the order in which they were found.
An epoch has a range of them for each source. All that is decided about order, rollback and retention rests on positions
alone, whatever a slice is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.protocol.model import Epoch, OffsetRange, Offsets, Slice


@dataclass(frozen=True)
class Limit:
    """The most that one epoch takes of one source; None is no bound."""

    slices: int | None = None
    rows: int | None = None
    bytes: int | None = None

    def within(self, other: "Limit") -> "Limit":
        """What keeps both limits."""
        return Limit(_least(self.slices, other.slices), _least(self.rows, other.rows), _least(self.bytes, other.bytes))


def _least(a: int | None, b: int | None) -> int | None:
    return min((bound for bound in (a, b) if bound is not None), default=None)


NO_LIMIT = Limit()
EVERYTHING = OffsetRange(0, 2**31 - 1)
"""A range that has every position of a ledger."""


def choose(waiting: Iterable[Slice], limit: Limit, *, until_ms: int | None = None) -> list[Slice]:
    """The slices that one epoch takes of those that wait, from the first one on.

    It ends with the slice that reaches a bound, so there is at least one when there are any: slices are not split. With
    `until_ms` it ends before the first whose time is not known to be before it. Skipped ones are taken in passing, and
    count for nothing; so do rows and bytes that a source does not tell.

    Args:
        waiting: in the order of their positions; drawn no further than needed, so that it may measure as it goes.
        limit: the bounds.
        until_ms: milliseconds UTC; None is no bound.
    """
    taken: list[Slice] = []
    slices = rows = size = 0
    for slice_ in waiting:
        if not slice_.skipped:
            if until_ms is not None and (slice_.time_ms is None or slice_.time_ms >= until_ms):
                break
            slices += 1
            rows += slice_.rows or 0
            size += slice_.bytes or 0
        taken.append(slice_)
        reached = (limit.slices, slices), (limit.rows, rows), (limit.bytes, size)
        if not slice_.skipped and any(bound is not None and count >= bound for bound, count in reached):
            break
    return taken


def behind(tail: Slice | None) -> int:
    """The position behind the last slice of a ledger."""
    return tail.position + 1 if tail else 0


def start_of(before: Epoch | None, source: str) -> int:
    """The position at which a source goes on behind an epoch; None is before the first."""
    return before.offsets[source].stop if before and source in before.offsets else 0


def nothing_behind(before: Epoch | None, sources: Iterable[str]) -> Offsets:
    """An empty range for each source, at which it goes on behind an epoch: what an epoch without events has."""
    known = {*sources, *(before.offsets if before else ())}
    return {source: OffsetRange(at, at) for source in sorted(known) for at in [start_of(before, source)]}


def place(slice_: Slice, *, named: bool) -> str:
    """The key of a slice for people; behind the uid of its source when that is to be `named`."""
    return f"{slice_.source}: {slice_.key}" if named else slice_.key


def told(offsets: Offsets) -> str:
    """Ranges for people: of one source as ``[0, 2)``, of several as ``orders [0, 2), users [3, 3)``."""
    named = sorted(offsets.items())
    return str(named[0][1]) if len(named) == 1 else ", ".join(f"{source} {of_source}" for source, of_source in named)
