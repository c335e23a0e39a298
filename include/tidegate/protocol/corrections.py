"""What may be corrected of input that stops a pipeline: only what no epoch that stays has read. Data in, data out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tidegate.errors import MalformedInputError, RefusedError, SourceGapError
from tidegate.protocol.model import MAIN_LANE, Epoch, FileEntry, Kind, LaneId, Status

_NAMED = 5
"""An error names at most so many files."""


def givable(unfinished: Epoch | None) -> Epoch | None:
    """The epoch that can be given up, if one is under way. Raises RefusedError when it is past PLANNED (I5)."""
    if unfinished is not None and unfinished.status is not Status.PLANNED:
        raise RefusedError(
            f"{unfinished} is {unfinished.status}: from there it is only rolled forward. Run the pipeline to finish "
            "it; a rollback can then undo it"
        )
    return unfinished


def mendable(epoch: Epoch) -> bool:
    """True when a changed file of the epoch's range is taken for mended: it could not be read, and nothing stays of it.

    A lane replays what main has read: there a changed file is a gap.
    """
    failed = epoch.status is Status.PLANNED and epoch.failure_kind == MalformedInputError.kind
    return failed and epoch.kind is Kind.EVENTS and epoch.lane.lane == MAIN_LANE


def read_up_to(last: Epoch | None, unfinished: Epoch | None) -> int:
    """The first source position that no epoch has read for good: a PLANNED one can be given up."""
    read = unfinished if unfinished and unfinished.status is not Status.PLANNED else last
    return read.offsets.stop if read else 0


def skipping(lane: LaneId, paths: Sequence[str], waiting: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
    """The entries of `paths` among those that are not read yet, as skipped; those that are it already are left out.

    Raises RefusedError for a path that is not among them.
    """
    by_path = {e.path: e for e in waiting}
    unknown = [p for p in paths if p not in by_path]
    if unknown:
        raise RefusedError(
            f"{lane}: {unknown[0]} is none of the {len(waiting)} planned or discovered files that are not sealed yet"
            f"{_listed(by_path)}. What is sealed can be rolled back first; what was never discovered can be moved away"
        )
    return tuple(replace(by_path[p], skipped=True) for p in dict.fromkeys(paths) if not by_path[p].skipped)


def covered(epoch: Epoch | None, entries: Iterable[FileEntry]) -> Epoch | None:
    """The epoch, when its range has one of the entries."""
    return epoch if epoch is not None and any(_in(epoch, e) for e in entries) else None


def as_read(epoch: Epoch, entries: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
    """The entries that `epoch` has read: a word that came after it was planned does not count.

    Raises SourceGapError when a file was changed on purpose since then.
    """
    read = [e for e in entries if not (e.skipped and _known_to(epoch, e))]
    renewed = [e for e in read if e.word and not e.skipped and not _known_to(epoch, e)]
    if renewed:
        raise SourceGapError(f"{epoch} has read {renewed[0].path} as it was before it was changed and given up")
    return tuple(read)


def skipped_by(epoch: Epoch, entries: Iterable[FileEntry]) -> int:
    """How many of the entries lie in its range, and were to be skipped before the epoch was planned."""
    return sum(e.skipped and _in(epoch, e) and _known_to(epoch, e) for e in entries)


def _in(epoch: Epoch, entry: FileEntry) -> bool:
    return epoch.offsets.start <= entry.position < epoch.offsets.stop


def _known_to(epoch: Epoch, entry: FileEntry) -> bool:
    return (entry.noted_ms or 0) <= (epoch.planned_ms or 0)


def _listed(paths: Iterable[str]) -> str:
    named = list(paths)
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f": {', '.join(named[:_NAMED])}{more}" if named else ""
