"""Ways out of a stop at the source: an epoch of which nothing is staged is given up, a source file is skipped.

One transaction abandons the epoch and corrects the source log, so a process that dies leaves all of it or nothing, and
asking again is harmless. The position of a file stays its own: no other file ever gets it (I1). Only what no epoch that
stays has read can be corrected (I8), and who said so, when and why stays on record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tidegate.engine.coordinator import Coordinator
from tidegate.engine.mending import record
from tidegate.protocol.corrections import covered, givable, read_up_to, skipping
from tidegate.protocol.model import Epoch, FileEntry, Kind, OffsetRange, Run, Word


@dataclass(frozen=True)
class Correction:
    """What a correction changes.

    Args:
        gives_up: the PLANNED epoch that is abandoned: its number and range are planned anew.
        entries: the source files that are taken as they are now, or `skipped`.
    """

    gives_up: Epoch | None
    entries: tuple[FileEntry, ...]


Plan = Callable[[Coordinator], Correction]


def give_up(main: Coordinator) -> Correction:
    """Give the PLANNED epoch up, and take the files that wait as they are now. Nothing when no epoch is under way.

    Raises:
        RefusedError: the epoch under way is past PLANNED.
        SourceGapError: a file of the range, or behind it, is gone.
        UnavailableError: a file was changed a moment ago.
    """
    store, epoch = main.adapters.store, givable(main.adapters.store.unfinished(main.lane_id))
    if epoch is None or epoch.kind is not Kind.EVENTS:
        return Correction(epoch, ())
    waiting = main.work.entries(OffsetRange(epoch.offsets.start, store.log_end(main.definition.name)))
    return Correction(epoch, tuple(main.adapters.source.renewed(waiting)))


def skip(paths: Sequence[str]) -> Plan:
    """Skip source files, and give up the PLANNED epoch that has one of them in its range.

    The plan raises RefusedError when one of `paths` is sealed, staged, or was never discovered.
    """

    def plan(main: Coordinator) -> Correction:
        store, pipeline = main.adapters.store, main.definition.name
        last, unfinished = store.last_sealed(main.lane_id), store.unfinished(main.lane_id)
        waiting = store.log(pipeline, OffsetRange(read_up_to(last, unfinished), store.log_end(pipeline)))
        entries = skipping(main.lane_id, paths, waiting)
        return Correction(covered(unfinished, entries), entries)

    return plan


def correct(main: Coordinator, run: Run, word: Word, plan: Plan) -> Correction:
    """Make the correction that `plan` finds, by a person's word. Live waits meanwhile. Raises what `plan` raises."""
    with main.exclusive(run) as lease:
        found = plan(main)
        if found.gives_up or found.entries:
            record(main.adapters.store, lease, word, gives_up=found.gives_up, entries=found.entries)
            epoch = found.gives_up.epoch if found.gives_up else 0
            main.crash.reach("corrected", pipeline=main.definition.name, epoch=epoch)
    return found
