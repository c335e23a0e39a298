"""What may be corrected of input that stops a pipeline: only what no epoch that stays has read. Data in, data out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tidegate.errors import MalformedInputError, RefusedError, SourceGapError
from tidegate.protocol.ledger import place
from tidegate.protocol.model import MAIN_LANE, Epoch, LaneId, Slice, Status
from tidegate.protocol.purposes import reads_sources
from tidegate.protocol.spelling import printable

_NAMED = 5
"""An error names at most so many slices."""


def givable(unfinished: Epoch | None) -> Epoch | None:
    """The epoch that can be given up, if one is under way. Raises RefusedError when it is past PLANNED (I5)."""
    if unfinished is not None and unfinished.status is not Status.PLANNED:
        raise RefusedError(
            f"{unfinished} is {unfinished.status}: from there it is only rolled forward. Run the pipeline to finish "
            "it; a rollback can then undo it"
        )
    return unfinished


def mendable(epoch: Epoch) -> bool:
    """True when a changed slice of the epoch is taken for mended: it could not be read, and nothing stays of it.

    A lane replays what main has read: there a changed slice is a gap.
    """
    failed = epoch.status is Status.PLANNED and epoch.failure_kind == MalformedInputError.kind
    return failed and reads_sources(epoch.kind) and epoch.lane.lane == MAIN_LANE


def last_read(last: Epoch | None, unfinished: Epoch | None) -> Epoch | None:
    """The newest epoch that has read its range for good, None before the first: a PLANNED one can be given up."""
    return unfinished if unfinished and unfinished.status is not Status.PLANNED else last


def skipping(lane: LaneId, keys: Sequence[Mapping[str, str]], waiting: Sequence[Slice]) -> tuple[Slice, ...]:
    """Slices among those that are not read yet, as skipped; those that are it already are left out.

    Args:
        lane: for messages.
        keys: of each wanted slice its key, by the sources that it may be of.
        waiting: those that are not read yet.

    Raises RefusedError for a key that is not among them, or that two sources have.
    """
    by_key = {(s.source, s.key): s for s in waiting}
    wanted: dict[tuple[str, str], Slice] = {}
    for by_source in keys:
        found = [of for of in by_source.items() if of in by_key]
        if not found:
            named = " or ".join(map(printable, dict.fromkeys(by_source.values())))
            raise RefusedError(
                f"{lane}: {named} is none of the {len(waiting)} planned or discovered slices that are not sealed yet"
                f"{_listed(waiting)}. What is sealed can be rolled back first; what was never discovered can be moved "
                "away"
            )
        of_one_source(lane, [by_key[of] for of in found])
        wanted[found[0]] = by_key[found[0]]
    return tuple(replace(s, skipped=True) for s in wanted.values() if not s.skipped)


def of_one_source(lane: LaneId, slices: Iterable[Slice]) -> None:
    """Raise RefusedError when the slices that a person may mean are of several sources."""
    of = {s.source: s.key for s in slices}
    if len(of) > 1:
        named = ", ".join(f"{source!r} ({key})" for source, key in of.items())
        raise RefusedError(
            f"{lane}: this concerns several sources: {named}. Say one by its uid: `--source {next(iter(of))}`; in the "
            "form, as `source`"
        )


def covered(epoch: Epoch | None, slices: Iterable[Slice]) -> Epoch | None:
    """The epoch, when its ranges have one of the slices."""
    return epoch if epoch is not None and any(_in(epoch, s) for s in slices) else None


def as_read(epoch: Epoch, slices: Sequence[Slice]) -> tuple[Slice, ...]:
    """The slices that `epoch` has read: a word that came after it was planned does not count.

    Raises SourceGapError when one was changed on purpose since then.
    """
    read = [s for s in slices if not (s.skipped and _known_to(epoch, s))]
    renewed = [s for s in read if s.word and not s.skipped and not _known_to(epoch, s)]
    if renewed:
        raise SourceGapError(f"{epoch} has read {renewed[0].key} as it was before it was changed and given up")
    return tuple(read)


def skipped_by(epoch: Epoch, slices: Iterable[Slice]) -> int:
    """How many of the slices lie in its ranges, and were to be skipped before the epoch was planned."""
    return sum(s.skipped and _in(epoch, s) and _known_to(epoch, s) for s in slices)


def _in(epoch: Epoch, slice_: Slice) -> bool:
    return slice_.source in epoch.offsets and slice_.position in epoch.offsets[slice_.source]


def _known_to(epoch: Epoch, slice_: Slice) -> bool:
    return (slice_.noted_ms or 0) <= (epoch.planned_ms or 0)


def _listed(waiting: Sequence[Slice]) -> str:
    several = len({s.source for s in waiting}) > 1
    named = [place(s, named=several) for s in waiting]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f": {', '.join(map(printable, named[:_NAMED]))}{more}" if named else ""
