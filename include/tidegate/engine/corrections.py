"""Ways out of a stop at the source: an epoch of which nothing is staged is given up, a source file is skipped.

One transaction abandons the epoch and corrects the source log, so a process that dies leaves all of it or nothing, and
asking again is harmless. The position of a file stays its own: no other file ever gets it (I1). Only what no epoch that
stays has read can be corrected (I8), and who said so, when and why stays on record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidegate.ports import Adapters
from tidegate.protocol.corrections import covered, givable, mendable, read_up_to, skipping
from tidegate.protocol.model import Epoch, FileEntry, Kind, Lease, OffsetRange, Run, Word

if TYPE_CHECKING:
    from tidegate.engine.coordinator import Coordinator


@dataclass(frozen=True)
class Correction:
    """What a correction changes.

    Args:
        gives_up: the PLANNED epoch that is abandoned: its number and range are planned anew.
        entries: the source files that are taken as they are now, or `skipped`.
    """

    gives_up: Epoch | None
    entries: tuple[FileEntry, ...]


Plan = Callable[["Coordinator"], Correction]


def give_up(main: "Coordinator") -> Correction:
    """Give the PLANNED epoch up, and take the files that wait as they are now. Nothing when no epoch is under way.

    Raises:
        ConfigurationError: the epoch under way is past PLANNED.
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

    The plan raises ConfigurationError when one of `paths` is sealed, staged, or was never discovered.
    """

    def plan(main: "Coordinator") -> Correction:
        store, pipeline = main.adapters.store, main.definition.name
        last, unfinished = store.last_sealed(main.lane_id), store.unfinished(main.lane_id)
        waiting = store.log(pipeline, OffsetRange(read_up_to(last, unfinished), store.log_end(pipeline)))
        entries = skipping(main.lane_id, paths, waiting)
        return Correction(covered(unfinished, entries), entries)

    return plan


def correct(main: "Coordinator", run: Run, word: Word, plan: Plan) -> Correction:
    """Make the correction that `plan` finds, by a person's word. Live waits meanwhile. Raises what `plan` raises."""
    with main.exclusive(run) as lease:
        found = plan(main)
        if found.gives_up or found.entries:
            record(main.adapters, lease, word, found)
            epoch = found.gives_up.epoch if found.gives_up else 0
            main.crash.reach("corrected", pipeline=main.definition.name, epoch=epoch)
    return found


def record(adapters: Adapters, lease: Lease, word: Word, found: Correction) -> None:
    """The one durable effect: adopt the epoch that is given up, so that its older attempts are fenced; then correct."""
    epoch = adapters.store.adopt(lease, found.gives_up, retry=False) if found.gives_up else None
    adapters.store.correct(lease, word, gives_up=epoch, entries=found.entries)


def take_mended(main: "Coordinator", lease: Lease, epoch: Epoch | None) -> bool:
    """Give up an epoch whose file could not be read and has been changed since; False when there is no such file."""
    if epoch is None or not mendable(epoch):
        return False
    renewed = main.adapters.source.renewed(main.work.entries(epoch.offsets))
    if not renewed:
        return False
    why = f"{epoch.failure_kind}, and {renewed[0].path} was changed since"
    record(main.adapters, lease, Word(lease.owner, why), Correction(epoch, tuple(renewed)))
    main.progress(f"{epoch} is planned anew: {why}")
    return True
