"""Back to an earlier epoch, and forward again: an epoch of `main` that processes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.engine.coordinator import Coordinator
from tidegate.errors import MalformedInputError, RefusedError, SourceGapError
from tidegate.ports import EpochReport
from tidegate.protocol.model import Epoch, Lease, Offsets, Place, Placed, Rollback, Run, Status, Word
from tidegate.protocol.purposes import goes_back_to
from tidegate.protocol.rebasing import undone

_ALL = 2**31 - 1


@dataclass(frozen=True)
class RollbackPlan:
    """What a rollback does.

    Args:
        restored: the epoch to go back to; None is before the first.
        undone: the epochs behind it, the newest first.
        changes: the partitions that will lie elsewhere; None for those that will be no more.
        offsets: the source positions that are known and will be processed again, by source.
        state_rows: rows in the files of the present state, and of the restored one.
        unfinished: an epoch under way: a PLANNED one is abandoned; another is finished first, and undone too.
    """

    restored: Epoch | None
    undone: tuple[Epoch, ...]
    changes: Sequence[tuple[Place, Placed | None]]
    offsets: Offsets
    state_rows: tuple[int, int]
    unfinished: Epoch | None


def roll_back(main: Coordinator, run: Run, *, to_epoch: int, allow_gap: bool = False) -> EpochReport:
    """Bring tables, state and offsets back to what they were behind epoch `to_epoch` (0: before the first).

    It is an epoch of its own, so nothing is lost: a rollback to the epoch before it goes forward again, as long as
    `Retention` keeps both. An epoch of which nothing is staged is abandoned, another unfinished one finished first.

    Args:
        main: the coordinator of the lane `main`.
        run: who asks. Asking again for the same run finishes what an earlier attempt began.
        to_epoch: a sealed epoch.
        allow_gap: go back even when a slice that must then be read again is gone or has changed.

    Raises, with nothing changed but another run's epoch that was finished first:
        RefusedError: the epoch, or one behind it, is not kept; or it is the last one; or its state is not whole;
            or the run has made another epoch before.
        ConfigurationError: an epoch behind it wrote to a table that is not declared any more.
        SourceGapError: see `allow_gap`.
    """
    store = main.adapters.store

    def give_up(lease: Lease, epoch: Epoch) -> None:
        plan_rollback(main, to_epoch, allow_gap=allow_gap)  # refuses before anything is given up
        word = Word(run.owner, f"rolled back to epoch {to_epoch}")
        abandoned = store.abandon(lease, store.adopt(lease, epoch), word)
        main.progress(f"{abandoned} abandoned: nothing of it was staged")

    def plan(lease: Lease) -> Epoch:
        found = plan_rollback(main, to_epoch, allow_gap=allow_gap)
        main.progress(f"{lease.lane}: back to epoch {to_epoch}, over {len(found.undone)} epochs")
        return main.rooms.opener.empty(lease, run, behind=found.restored, purpose=Rollback(to_epoch))

    _same_rollback(run, store.of_run(main.lane_id, run.key), to_epoch)
    report = main.complete(run, plan, give_up=give_up)
    assert report is not None  # `plan` gave an epoch
    return report


def plan_rollback(main: Coordinator, to_epoch: int, *, allow_gap: bool = False) -> RollbackPlan:
    """What `roll_back` would do. Changes nothing and takes no lease; raises what `roll_back` raises."""
    store, lane = main.adapters.store, main.lane_id
    epochs = store.epochs(lane, limit=_ALL)
    behind = undone(epochs, to=to_epoch)
    if not behind:
        raise RefusedError(
            f"{lane}: epoch {to_epoch} is the last one: there is nothing to go back from. What is planned behind it "
            f"can be planned anew: `tidegate give-up {lane.pipeline} --reason …`"
        )
    restored = next((e for e in epochs if e.epoch == to_epoch and e.status is Status.SEALED), None)
    if lost := main.history.lost_state(restored):
        raise RefusedError(
            f"{lane}: epoch {to_epoch} cannot be gone back to: {lost}, a part of the state behind it, is not as it was "
            f"written. {_whole(main, epochs)}"
        )
    ledger = main.work.ledger
    offsets = ledger.behind(restored)
    if not allow_gap:
        try:
            ledger.check(ledger.slices(offsets))
        except (SourceGapError, MalformedInputError) as e:
            raise SourceGapError(
                f"{e}. To go back to epoch {to_epoch} all the same, allow the gap (`--allow-gap`, or the DAG's "
                "parameter `allow_gap`): the pipeline then stops where it meets it"
            ) from e
    return RollbackPlan(
        restored=restored,
        undone=behind,
        changes=main.history.back_to(to_epoch),
        offsets=offsets,
        state_rows=(main.history.state_rows(behind[0]), main.history.state_rows(restored)),
        unfinished=store.unfinished(lane),
    )


def _whole(main: Coordinator, epochs: Sequence[Epoch]) -> str:
    """The newest epoch that can be gone back to with all of its state, in words."""
    sealed = [*sorted({e.epoch: e for e in epochs if e.status is Status.SEALED}.items(), reverse=True), (0, None)]
    for number, epoch in sealed[1:]:
        try:
            undone(epochs, to=number)
        except RefusedError:
            break
        if main.history.lost_state(epoch) is None:
            return f"The newest one whose state is whole is {number}"
    return "There is none that is kept and whose state is whole: restore the file from a backup"


def _same_rollback(run: Run, own: Epoch | None, to_epoch: int) -> None:
    """A run makes one epoch: a key that made another one would report that as this rollback."""
    if own is None or own.status is Status.ABANDONED:
        return
    if own.purpose != Rollback(to_epoch):
        back = isinstance(own.purpose, Rollback)
        made = f"went back to epoch {goes_back_to(own.purpose)}" if back else f"is of kind {own.kind}"
        raise RefusedError(f"run {run.key} has made {own} before, which {made}: roll back in a run of its own")
