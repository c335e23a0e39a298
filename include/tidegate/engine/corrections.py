"""Ways out of a stop at the source: an epoch of which nothing is staged is given up, a slice is skipped.

One transaction abandons the epoch and corrects the ledger, so a process that dies leaves all of it or nothing, and
asking again is harmless. The position of a slice stays its own: no other one ever gets it (I1). Only what no epoch that
stays has read can be corrected (I8), and who said so, when and why stays on record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tidegate.engine.coordinator import Coordinator
from tidegate.engine.mending import record
from tidegate.protocol.corrections import covered, givable, last_read, of_one_source, skipping
from tidegate.protocol.model import Epoch, OffsetRange, Run, Slice, Word
from tidegate.protocol.purposes import reads_sources


@dataclass(frozen=True)
class Correction:
    """What a correction changes.

    Args:
        gives_up: the PLANNED epoch that is abandoned: its number and ranges are planned anew.
        slices: those that are taken as they are now, or `skipped`.
        recut: those among them that have other bounds, for the limits of their source are others.
        missing: what sources do not have any more, in their words.
    """

    gives_up: Epoch | None
    slices: tuple[Slice, ...]
    recut: tuple[Slice, ...] = ()
    missing: tuple[str, ...] = ()


Plan = Callable[[Coordinator], Correction]


def give_up(main: Coordinator) -> Correction:
    """Give the PLANNED epoch up, and take the slices that wait as they are now, within the limits of sources now.

    Nothing when no epoch is under way.

    Raises:
        RefusedError: the epoch under way is past PLANNED.
        SourceGapError: a slice of the ranges, or behind them, is gone.
        UnavailableError: one was changed a moment ago.
    """
    epoch, ledger = givable(main.adapters.store.unfinished(main.lane_id)), main.work.ledger
    if epoch is None or not reads_sources(epoch.kind):
        return Correction(epoch, ())
    ends = ledger.behind(epoch)
    read = {uid: r for uid, r in epoch.offsets.items() if uid in ledger.sources}  # the others have ended
    waiting = {uid: OffsetRange(r.start, ends[uid].stop) for uid, r in read.items()}
    renewed = {(s.source, s.position): s for s in ledger.renewed(ledger.slices(waiting))}
    recut = ledger.recut(renewed.get((s.source, s.position), s) for s in ledger.known(waiting))
    slices = renewed | {(s.source, s.position): s for s in recut}
    return Correction(epoch, tuple(slices[place] for place in sorted(slices)), recut)


def skip(names: Sequence[str], source: str | None = None) -> Plan:
    """Skip slices, and give up the PLANNED epoch that has one of them in its ranges.

    The plan raises RefusedError when one of `names`, which are keys, is sealed, staged, or was never discovered; and
    when two sources have it, and `source` does not say which is meant, by its uid.
    """

    def plan(main: Coordinator) -> Correction:
        store, ledger = main.adapters.store, main.work.ledger
        last, unfinished = store.last_sealed(main.lane_id), store.unfinished(main.lane_id)
        waiting = ledger.known(ledger.behind(last_read(last, unfinished)))
        slices = skipping(main.lane_id, ledger.named(names, source=source), waiting)
        return Correction(covered(unfinished, slices), slices)

    return plan


def accept_gap(source: str | None = None) -> Plan:
    """Go on without data that a source does not have any more: they are in no range from now on.

    The PLANNED epoch that lost some is given up. Nothing when nothing is missing.

    The plan raises RefusedError when several sources have gaps, and `source` does not say which is meant, by its uid.
    """

    def plan(main: Coordinator) -> Correction:
        store, ledger = main.adapters.store, main.work.ledger
        last, unfinished = store.last_sealed(main.lane_id), store.unfinished(main.lane_id)
        waiting = ledger.known(ledger.behind(last_read(last, unfinished)))
        slices = ledger.bridged(waiting, source=source)
        of_one_source(main.lane_id, slices)
        missing = ledger.missing(waiting, source=source) if slices else ()
        return Correction(covered(unfinished, slices), slices, missing=missing)

    return plan


def correct(main: Coordinator, run: Run, word: Word, plan: Plan) -> Correction:
    """Make the correction that `plan` finds, by a person's word. Live waits meanwhile. Raises what `plan` raises."""
    with main.exclusive(run) as lease:
        found = plan(main)
        if found.gives_up or found.slices:
            record(main.adapters.store, lease, word, gives_up=found.gives_up, slices=found.slices)
            epoch = found.gives_up.epoch if found.gives_up else 0
            main.crash.reach("corrected", pipeline=main.definition.name, epoch=epoch)
    return found
