"""What a checkpoint store refuses, and in which words: the rules that hold whatever keeps its rows. Data in, data out.

A store calls these inside its transaction, with what it found there, before it changes anything.
"""

from collections.abc import Iterable, Mapping, Sequence

from tidegate.errors import (
    ConfigurationError,
    FencedError,
    InvariantViolationError,
    LeaseHeldError,
    RefusedError,
    StateIncompatibleError,
)
from tidegate.protocol.lanes import usable
from tidegate.protocol.ledger import behind, start_of
from tidegate.protocol.model import (
    Clone,
    Epoch,
    Fork,
    Head,
    LaneId,
    Lease,
    ManifestRef,
    Offsets,
    Promotion,
    Run,
    Slice,
    Status,
)
from tidegate.protocol.purposes import takes_lane
from tidegate.protocol.transitions import Event, LaneEvent, Standing, Verdict, apply, apply_to_lane

# -- pipelines and leases ---------------------------------------------------------------------------------------------


def other_buckets(pipeline: str, *, kept: int | None, declared: int) -> StateIncompatibleError:
    """The error for a pipeline whose state is kept in another number of buckets."""
    return StateIncompatibleError(
        f"{pipeline}: the state has {kept} buckets, the pipeline now says {declared}: write buckets={kept} again, or "
        "give the pipeline a new name"
    )


def foreign_table(subject: Epoch | str, table: str, owner: str) -> ConfigurationError:
    """The error that names the pipeline to which a table belongs."""
    return ConfigurationError(
        f"{subject}: table {table} belongs to pipeline {owner}, whose partitions it may not replace: give each "
        "pipeline tables of its own"
    )


def unregistered(lane: LaneId) -> ConfigurationError:
    """The error for a lane of a pipeline that nobody registered."""
    return ConfigurationError(f"{lane}: the checkpoint does not know the pipeline {lane.pipeline!r}. Register it first")


def held(lane: LaneId, owner: str | None, seconds_left: float) -> LeaseHeldError:
    """The error for a lane that another owner has."""
    return LeaseHeldError(
        f"{lane}: {owner} is working on this lane; its lease ends in {max(0.0, seconds_left):.1f} s unless it renews "
        "it. Wait for it, or try again"
    )


def newest(lease: Lease, *, fence: int | None, owner: str | None) -> None:
    """Raise FencedError unless `lease` has the lane's newest `fence`, which `owner` took (I4)."""
    if fence is None:
        raise InvariantViolationError(f"{lease.lane}: nobody ever took this lane, yet attempt {lease.fence} writes")
    if fence != lease.fence:
        raise FencedError(
            f"{lease.lane}: attempt {lease.fence} ({lease.owner}) was superseded by attempt {fence} "
            f"({owner or 'ended'}): nothing was changed; leave the epoch to the newer one"
        )


# -- one change of an epoch -------------------------------------------------------------------------------------------


def of_lane(lease: Lease, epoch: Epoch) -> None:
    """Raise InvariantViolationError unless the lease is for the epoch's lane."""
    if lease.lane != epoch.lane:
        raise InvariantViolationError(f"{epoch}: the lease is for {lease.lane}")


def unchanged(epoch: Epoch, found: Epoch | None, event: Event, lease: Lease) -> Epoch:
    """The epoch as it was `found`, when the same attempt made this change before; else the error that says why not."""
    if found is None:
        raise InvariantViolationError(f"{epoch}: not in the checkpoint table. Run `tidegate verify`")
    _, verdict = apply(Standing(found.status, found.fence), event, fence=lease.fence)
    if verdict is Verdict.ALREADY:
        return found
    if verdict is Verdict.FENCED:
        raise FencedError(
            f"{found}: attempt {lease.fence} reports {event}, but the epoch is with attempt {found.fence}: nothing "
            "was changed; run again to adopt it"
        )
    raise InvariantViolationError(
        f"{found} is {found.status}: {event} by attempt {lease.fence} cannot follow. Run `tidegate verify`"
    )


def one_manifest(lease: Lease, staged: Epoch, manifest: ManifestRef) -> None:
    """Raise InvariantViolationError when the attempt staged another manifest before (I5)."""
    if staged.manifest != manifest:
        raise InvariantViolationError(
            f"{staged}: attempt {lease.fence} staged {staged.manifest} before and {manifest} now. Run `tidegate verify`"
        )


def not_staged(lease: Lease, epoch: Epoch) -> InvariantViolationError:
    """The error for a swap of what the attempt did not stage."""
    return InvariantViolationError(f"{epoch} is not STAGED by attempt {lease.fence}. Run `tidegate verify`")


def of_epoch(epoch: Epoch, heads: Iterable[Head]) -> None:
    """Raise InvariantViolationError unless all heads are the epoch's."""
    ours = (epoch.lane.pipeline, epoch.lane.lane, epoch.epoch, epoch.generation)
    for head in heads:
        if (head.pipeline, head.lane, head.epoch, head.generation) != ours:
            raise InvariantViolationError(f"{epoch}: {head} is not this epoch's. Run `tidegate verify`")


# -- plans ------------------------------------------------------------------------------------------------------------


def planned_before(unfinished: Epoch, lease: Lease, run: Run, offsets: Offsets) -> Epoch:
    """The unfinished epoch, when it is this very plan whose answer was lost (I1, I6)."""
    found = (unfinished.status, unfinished.run.key, unfinished.fence, unfinished.offsets)
    if found == (Status.PLANNED, run.key, lease.fence, offsets):
        return unfinished
    raise InvariantViolationError(
        f"{unfinished} of run {unfinished.run.key} is still {unfinished.status}: finish it before another is planned"
    )


def no_way_back(lane: LaneId, number: int) -> InvariantViolationError:
    """The error for a plan that starts from an epoch that is not there."""
    return InvariantViolationError(f"{lane}: there is no sealed epoch {number} to go back to")


def promotable(promotion: Promotion, promoted: LaneId, fork: Fork | None, *, unfinished: Epoch | None) -> None:
    """Raise unless the lane is open, was forked behind the epoch that is said, and has no epoch under way."""
    base = usable(fork, promoted.lane).base
    if base != promotion.base:
        raise InvariantViolationError(f"{promoted}: the lane was forked behind epoch {base}, not {promotion.base}")
    if unfinished:
        raise RefusedError(f"{promoted}: an epoch of the lane is unfinished: replay it first")


def continued(lane: LaneId, start: Epoch | None, offsets: Offsets) -> None:
    """InvariantViolationError unless each range starts where that of the epoch `start` ends (I1)."""
    for source in sorted({*offsets, *(start.offsets if start else ())}):
        expected = start_of(start, source)
        if source not in offsets or offsets[source].start != expected:
            begins = f"starts at {offsets[source].start}" if source in offsets else "has no range"
            raise InvariantViolationError(
                f"{lane}: a plan {begins} in the ledger of source {source!r}, but the sealed epoch before it "
                f"({start.epoch if start else 'none'}) ends at {expected}. Run `tidegate verify`"
            )


def without_gap(lane: LaneId, offsets: Offsets, discovered: Sequence[Slice], tails: Mapping[str, Slice | None]) -> None:
    """Raise unless the slices go on behind the ledgers' `tails`, without a gap up to the ends of the ranges (I8).

    `tails` has each source of `offsets` and `discovered`.
    """
    for source, tail in tails.items():
        end = behind(tail)
        for slice_ in discovered:
            if slice_.source == source:
                if slice_.position != end:
                    raise InvariantViolationError(
                        f"{lane}: {slice_.key} was discovered for position {slice_.position} of the ledger of source "
                        f"{source!r}, but {end} is next: nothing was planned; run again"
                    )
                end += 1
        if source in offsets and offsets[source].stop > end:
            raise InvariantViolationError(
                f"{lane}: a plan ends at position {offsets[source].stop}, but the ledger of source {source!r} ends at "
                f"{end}. Run `tidegate verify`"
            )


def correctable(newest_epoch: Epoch | None, slices: Iterable[Slice]) -> None:
    """Raise when an epoch that stays, of which the last is given, has one of the slices (I1, I8)."""
    for slice_ in slices:
        if newest_epoch and slice_.position < (stop := start_of(newest_epoch, slice_.source)):
            raise InvariantViolationError(
                f"{newest_epoch} is {newest_epoch.status} and ends at position {stop} of source {slice_.source!r}: "
                f"{slice_.key} at {slice_.position} cannot be corrected any more. Run `tidegate verify`"
            )


# -- lanes and clones -------------------------------------------------------------------------------------------------


def forked_elsewhere(found: Fork, base: int) -> RefusedError:
    """The error for a fork whose name an open lane has."""
    return RefusedError(
        f"{found.lane}: the lane was forked behind epoch {found.base}, not {base}: take another name, or discard it "
        "first"
    )


def not_promoted(lane: LaneId, of_main: Epoch | None) -> None:
    """Raise RefusedError while main's unfinished epoch promotes the lane."""
    if of_main and takes_lane(of_main.purpose) == lane.lane:
        raise RefusedError(f"{lane}: the lane is being promoted: take another name")


def lane_unmoved(lane: LaneId, found: Fork | None, event: LaneEvent) -> Fork:
    """The lane as it was `found`, when it is where the event leads already; else the error that says why not."""
    if found is None:
        raise InvariantViolationError(f"{lane}: there is no such lane. Run `tidegate verify`")
    if apply_to_lane(found.status, event) is Verdict.ALREADY:
        return found
    raise RefusedError(f"{lane}: the lane is {found.status.lower()}: {event} cannot follow")


def same_clone(found: Clone, clone: Clone) -> None:
    """Raise RefusedError when the name belongs to another clone than the one wanted."""
    if (found.pipeline, found.source, found.epoch) != (clone.pipeline, clone.source, clone.epoch):
        raise RefusedError(f"{found}, is there already: take another name, or drop that clone first")
